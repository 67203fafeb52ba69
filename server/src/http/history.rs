//! What played in a nest, as JSON in pages and as files to take home.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use engine::history::{History, HistoryPage, MAX_PAGE};
use nests::wire::directory::NestCard;
use serde::Deserialize;

use super::error::ApiError;
use super::nests::named;
use super::query::{Query, number};
use super::song_list;
use crate::auth::visitor::SignedIn;
use crate::state::AppState;

const PAGE: u32 = 50;

#[derive(Deserialize)]
pub struct Wanted {
    before: Option<String>,
    after: Option<String>,
    #[serde(default)]
    q: String,
    limit: Option<String>,
}

pub async fn page(
    State(state): State<AppState>,
    _: SignedIn,
    Path(nest): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Json<History>, ApiError> {
    let limit = number("limit", wanted.limit.as_deref(), PAGE, MAX_PAGE as u32)?;
    let filled = |place: Option<String>| place.filter(|place| !place.is_empty());
    let page = HistoryPage {
        before: filled(wanted.before),
        after: filled(wanted.after),
        search: wanted.q,
        limit: limit as usize,
    };
    let (_, history) = state.engine.history(&named(&nest)?, page).await?;
    Ok(Json(history))
}

pub async fn m3u(
    State(state): State<AppState>,
    _: SignedIn,
    Path(nest): Path<String>,
) -> Result<Response, ApiError> {
    let (card, songs) = state.engine.whole_history(&named(&nest)?).await?;
    let text = song_list::m3u(&songs, &state.house.public_address.url());
    Ok(file(&card, "m3u", "audio/x-mpegurl; charset=utf-8", text))
}

pub async fn csv(
    State(state): State<AppState>,
    _: SignedIn,
    Path(nest): Path<String>,
) -> Result<Response, ApiError> {
    let (card, songs) = state.engine.whole_history(&named(&nest)?).await?;
    Ok(file(
        &card,
        "csv",
        "text/csv; charset=utf-8; header=present",
        song_list::csv(&songs),
    ))
}

pub async fn json(
    State(state): State<AppState>,
    _: SignedIn,
    Path(nest): Path<String>,
) -> Result<Response, ApiError> {
    let (card, songs) = state.engine.whole_history(&named(&nest)?).await?;
    let text = serde_json::json!({"nest": card.name, "code": card.code, "songs": songs}).to_string();
    Ok(file(&card, "json", "application/json", text))
}

/// For keeping, not for showing.
fn file(card: &NestCard, ending: &str, kind: &'static str, text: String) -> Response {
    // Codes and slugs are letters, digits and hyphens: nothing to quote.
    let name = card
        .slug
        .as_ref()
        .map_or(card.code.as_str(), |slug| slug.as_str());
    let disposition = format!("attachment; filename=\"{name}-history.{ending}\"");
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_DISPOSITION, disposition.as_str()),
    ];
    (headers, text).into_response()
}
