//! `GET /covers/{name}`: a cover in one of its two sizes. A name's picture never changes, so browsers keep it for good.

use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use engine::source::library::CoverName;
use tower_http::services::ServeFile;

use super::error::ApiError;
use super::site::FOR_GOOD;
use crate::state::AppState;

pub async fn cover(
    State(state): State<AppState>,
    Path(name): Path<String>,
    request: Request,
) -> Result<Response, ApiError> {
    let missing = || ApiError::not_found("There is no such cover.");
    let name: CoverName = name.parse().map_err(|_| missing())?;
    let path = state.engine.library().cover_file(name).ok_or_else(missing)?;
    let sent = ServeFile::new(path)
        .try_call(request)
        .await
        .map_err(|_| missing())?;
    let mut response = sent.map(Body::new);
    if response.status().is_success() {
        response
            .headers_mut()
            .insert(header::CACHE_CONTROL, HeaderValue::from_static(FOR_GOOD));
    }
    Ok(response)
}
