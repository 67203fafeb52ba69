//! `GET /health`: whether the program can do its work, for whoever watches over it.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use nests::wire::ErrorCode;
use serde::Serialize;

use super::error::ApiError;
use crate::state::AppState;

/// A store that takes longer is as good as away.
const PATIENCE: Duration = Duration::from_secs(2);

#[derive(Serialize)]
pub struct Health {
    status: &'static str,
}

pub async fn health(State(state): State<AppState>) -> Result<Json<Health>, ApiError> {
    match tokio::time::timeout(PATIENCE, state.engine.ping()).await {
        Ok(pong) => pong?,
        Err(_) => {
            return Err(ApiError::new(
                ErrorCode::StoreUnavailable,
                "The store does not answer.",
            ));
        }
    }
    Ok(Json(Health { status: "ok" }))
}
