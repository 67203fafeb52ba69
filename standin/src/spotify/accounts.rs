//! The accounts service: tokens for the app itself (client credentials), and for people who let it act for them.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Form, Json, Router};
use serde_json::{Value, json};

use super::Shared;
use super::consent::token_for_a_person;
use super::journal::{basic, named_by};

pub(super) fn routes() -> Router<Arc<Shared>> {
    Router::new().route("/api/token", post(token))
}

async fn token(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Form(form): Form<Vec<(String, String)>>,
) -> Response {
    let fields: HashMap<String, String> = form.iter().cloned().collect();
    if fields.len() != form.len() {
        return refused("invalid_request", "a parameter is there twice");
    }
    let grant = fields.get("grant_type").map_or("", String::as_str);
    match grant {
        "authorization_code" | "refresh_token" => token_for_a_person(&mut shared.today(), &fields),
        "client_credentials" if fields.len() == 1 => {
            let sent = headers
                .get(header::AUTHORIZATION)
                .and_then(|value| value.to_str().ok());
            let named = sent.and_then(named_by).filter(|app| shared.today().has(app));
            let Some(app) = named else {
                return refused("invalid_client", "Invalid client");
            };
            if sent != Some(basic(app.id, app.secret).as_str()) {
                return refused("invalid_client", "Invalid client secret");
            }
            let (token, life) = shared.today().give(app, None);
            Json(token_json(&token, life)).into_response()
        }
        "" | "client_credentials" => refused("invalid_request", "grant_type parameter is missing"),
        _ => refused("unsupported_grant_type", "grant_type parameter is missing"),
    }
}

pub(super) fn token_json(token: &str, life: u64) -> Value {
    json!({"access_token": token, "token_type": "Bearer", "expires_in": life})
}

/// The accounts service's shape of an error, which is not the Web API's.
pub(super) fn refused(error: &str, description: &str) -> Response {
    let body = json!({"error": error, "error_description": description});
    (StatusCode::BAD_REQUEST, Json(body)).into_response()
}
