//! `GET /api/search?q=&limit=&offset=`: tracks that can be queued.

use axum::Json;
use axum::extract::State;
use nests::track::Track;
use serde::{Deserialize, Serialize};

use super::error::ApiError;
use super::query::{Query, number};
use crate::auth::visitor::SignedIn;
use crate::state::AppState;

/// Longer than any title with its artist; more words only cost time.
const LONGEST_QUERY: usize = 200;
const PAGE: u32 = 20;
const LARGEST_PAGE: u32 = 50;
const FARTHEST: u32 = 10_000;

#[derive(Deserialize)]
pub struct Question {
    #[serde(default)]
    q: String,
    limit: Option<String>,
    offset: Option<String>,
}

#[derive(Serialize)]
pub struct Found {
    tracks: Vec<Track>,
    /// How many match in all.
    total: u32,
}

pub async fn search(
    State(state): State<AppState>,
    _: SignedIn,
    Query(question): Query<Question>,
) -> Result<Json<Found>, ApiError> {
    let words = question.q.trim();
    if words.is_empty() || words.chars().count() > LONGEST_QUERY {
        return Err(ApiError::invalid(
            "q",
            &format!("search for 1 to {LONGEST_QUERY} characters"),
        ));
    }
    let limit = number("limit", question.limit.as_deref(), PAGE, LARGEST_PAGE)?;
    let offset = number("offset", question.offset.as_deref(), 0, FARTHEST)?;
    let page = state.engine.search(words, limit, offset).await?;
    Ok(Json(Found {
        tracks: page.tracks,
        total: page.total,
    }))
}
