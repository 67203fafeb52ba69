//! `POST /api/nests/{ref}/restart`: the host wakes a sleeping nest, or starts a live one over.

use axum::Json;
use axum::extract::{Path, State};
use engine::{RestartMode, RestartWish, Restarted};
use serde::Deserialize;

use super::error::ApiError;
use super::json_body::JsonBody;
use super::nests::named;
use crate::auth::visitor::SignedIn;
use crate::state::AppState;

#[derive(Default, Deserialize)]
pub struct Wish {
    #[serde(default)]
    mode: RestartMode,
    expected_generation: Option<u32>,
    #[serde(default)]
    keep_queue: bool,
}

pub async fn restart(
    State(state): State<AppState>,
    SignedIn(person): SignedIn,
    Path(nest): Path<String>,
    wish: Option<JsonBody<Wish>>,
) -> Result<Json<Restarted>, ApiError> {
    let wish = wish.map(|JsonBody(wish)| wish).unwrap_or_default();
    let wish = RestartWish {
        mode: wish.mode,
        expected_generation: wish.expected_generation,
        keep_queue: wish.keep_queue,
    };
    Ok(Json(
        state.engine.restart_nest(&person, &named(&nest)?, wish).await?,
    ))
}
