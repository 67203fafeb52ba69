//! `GET /api/search?q=&limit=&offset=&nest=&source=`: tracks that can be queued, from all sources or one.

use axum::Json;
use axum::extract::State;
use engine::source::FoundIn;
use nests::nest::NestId;
use nests::track::{Source, Track};
use nests::wire::ErrorBody;
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
    nest: Option<String>,
    source: Option<String>,
    limit: Option<String>,
    offset: Option<String>,
}

#[derive(Serialize)]
pub struct Found {
    /// One source's after the other's, in the order of `sources`.
    tracks: Vec<Track>,
    /// How many match in all.
    total: u32,
    sources: Vec<Answered>,
}

/// What came of asking one source.
#[derive(Serialize)]
struct Answered {
    source: Source,
    total: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorBody>,
}

impl From<&FoundIn> for Answered {
    fn from(found: &FoundIn) -> Self {
        let error = found.page.as_ref().err().map(|error| error.told(found.source));
        Self {
            source: found.source,
            total: found.total(),
            error,
        }
    }
}

pub async fn search(
    State(state): State<AppState>,
    SignedIn(person): SignedIn,
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
    let nest = question.nest.as_deref().map(NestId::parse).transpose();
    let nest = nest.map_err(|_| ApiError::invalid("nest", &"name the nest by its code, or main"))?;
    let source = question.source.as_deref().map(|name| {
        Source::parse(name).ok_or_else(|| ApiError::invalid("source", &"a source is library or spotify"))
    });
    let engine = &state.engine;
    let found = match source.transpose()? {
        Some(source) => vec![
            engine
                .search_in(&person, source, nest.as_ref(), words, limit, offset)
                .await?,
        ],
        None => {
            engine
                .search(&person, nest.as_ref(), words, limit, offset)
                .await?
        }
    };
    Ok(Json(Found {
        sources: found.iter().map(Answered::from).collect(),
        total: found.iter().map(FoundIn::total).sum(),
        tracks: found.iter().flat_map(FoundIn::tracks).cloned().collect(),
    }))
}
