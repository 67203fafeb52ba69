//! `GET /nest/{code}/qr.svg`: a nest's short link for cameras. Open to all: it says no more than the address it stands at.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};

use super::error::ApiError;
use super::{nests, own_address};
use crate::qr;
use crate::state::AppState;

/// The link changes when the nest is renamed; the old one leads on.
const FOR_A_WHILE: &str = "public, max-age=300";

pub async fn code(
    State(state): State<AppState>,
    Path(nest): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let card = state.engine.get_nest(&nests::named(&nest)?).await?;
    let link = own_address::short_link(&state.house, &headers, card);
    let svg =
        qr::svg(&link).ok_or_else(|| ApiError::not_found("This nest's link is too long for a QR code."))?;
    let kind = [
        (header::CONTENT_TYPE, "image/svg+xml"),
        (header::CACHE_CONTROL, FOR_A_WHILE),
    ];
    Ok((kind, svg).into_response())
}
