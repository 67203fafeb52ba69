//! `POST /api/nests/{ref}/commands`: everything a socket can ask for, one command at a time, for programs without one.

use axum::Json;
use axum::extract::{Path, State};
use engine::Done;
use nests::wire::Command;

use super::error::ApiError;
use super::json_body::JsonBody;
use super::nests::id_of;
use crate::auth::visitor::SignedIn;
use crate::state::AppState;

pub async fn act(
    State(state): State<AppState>,
    SignedIn(person): SignedIn,
    Path(nest): Path<String>,
    JsonBody(command): JsonBody<Command>,
) -> Result<Json<Done>, ApiError> {
    let nest = id_of(&state, &nest).await?;
    Ok(Json(state.engine.act_by_request(&nest, &person, command).await?))
}
