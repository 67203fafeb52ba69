//! `GET /{code}` and `GET /{slug}`: the short links people share. The last route of all, so that it shadows nothing.

use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Response};
use nests::nest::NestRef;
use nests::wire::ErrorCode;

use super::error::ApiError;
use super::{pages, redirect, site};
use crate::state::AppState;

pub async fn follow(State(state): State<AppState>, Path(name): Path<String>, request: Request) -> Response {
    // What cannot be a nest's name may be a file at the root of the site, like `favicon.ico`.
    let Ok(nest) = NestRef::parse(&name) else {
        return site::file_or_page(State(state), request).await;
    };
    match state.engine.get_nest(&nest).await.map_err(ApiError::from) {
        Ok(card) if card.is_main => redirect::found("/"),
        Ok(card) => redirect::found(&format!("/nest/{}", card.nest_id)),
        Err(error) if matches!(error.0.error, ErrorCode::NotFound | ErrorCode::NestGone) => {
            pages::not_found(state, request).await
        }
        Err(error) => error.into_response(),
    }
}
