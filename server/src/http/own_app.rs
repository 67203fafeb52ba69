//! `/api/nests/{nest}/spotify-app`: the app at Spotify that a nest's host enters for it. The secret comes in and never goes out.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use engine::SpotifySecret;
use engine::own_app::OwnApp;
use nests::wire::ErrorBody;
use serde::{Deserialize, Serialize};

use super::error::ApiError;
use super::json_body::JsonBody;
use super::nests::named;
use crate::auth::visitor::SignedIn;
use crate::state::AppState;

/// No `Debug`: it holds a secret.
#[derive(Deserialize)]
pub struct Credentials {
    client_id: String,
    client_secret: String,
}

#[derive(Serialize)]
pub struct Entered {
    /// `None`: the nest goes by the house's.
    app: Option<OwnApp>,
}

pub async fn show(
    State(state): State<AppState>,
    SignedIn(person): SignedIn,
    Path(nest): Path<String>,
) -> Result<Json<Entered>, ApiError> {
    let app = state.engine.own_app_for_host(&person, &named(&nest)?).await?;
    Ok(Json(Entered { app }))
}

/// Tries the app at Spotify, and keeps it if it works.
pub async fn enter(
    State(state): State<AppState>,
    SignedIn(person): SignedIn,
    Path(nest): Path<String>,
    JsonBody(credentials): JsonBody<Credentials>,
) -> Result<Json<Entered>, ApiError> {
    let secret = SpotifySecret::new(credentials.client_secret);
    let entered = state
        .engine
        .set_own_app(&person, &named(&nest)?, &credentials.client_id, &secret)
        .await;
    let app = entered.map_err(ErrorBody::from)?;
    Ok(Json(Entered { app: Some(app) }))
}

pub async fn remove(
    State(state): State<AppState>,
    SignedIn(person): SignedIn,
    Path(nest): Path<String>,
) -> Result<StatusCode, ApiError> {
    state.engine.remove_own_app(&person, &named(&nest)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
