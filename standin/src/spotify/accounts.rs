//! The accounts service: tokens for the app itself (client credentials). Nobody signs in yet.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Form, Json, Router};
use serde_json::json;

use super::journal::basic;
use super::{CLIENT_ID, CLIENT_SECRET, Shared, TOKEN_LIFE};

pub(super) fn routes() -> Router<Arc<Shared>> {
    Router::new().route("/api/token", post(token))
}

async fn token(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Form(form): Form<Vec<(String, String)>>,
) -> Response {
    let sent = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    if sent != Some(basic(CLIENT_ID, CLIENT_SECRET).as_str()) {
        return refused("invalid_client", "Invalid client secret");
    }
    match form.as_slice() {
        [(name, kind)] if name == "grant_type" && kind == "client_credentials" => {}
        [(name, _), ..] if name == "grant_type" => {
            return refused("unsupported_grant_type", "grant_type parameter is missing");
        }
        _ => return refused("invalid_request", "grant_type parameter is missing"),
    }
    let mut today = shared.today();
    let life = today.token_life.unwrap_or(TOKEN_LIFE);
    today.given_out += 1;
    let token = format!("standin-token-{}-{}", today.given_out, "x".repeat(40));
    today
        .tokens
        .push((token.clone(), Instant::now() + Duration::from_secs(life)));
    Json(json!({"access_token": token, "token_type": "Bearer", "expires_in": life})).into_response()
}

/// The accounts service's shape of an error, which is not the Web API's.
fn refused(error: &str, description: &str) -> Response {
    let body = json!({"error": error, "error_description": description});
    (StatusCode::BAD_REQUEST, Json(body)).into_response()
}
