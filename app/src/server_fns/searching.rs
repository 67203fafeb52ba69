//! Search in all music sources.

use leptos::prelude::*;
use nests::track::Track;
use serde::{Deserialize, Serialize};

use super::Refused;
use super::answer::Answer;

/// Rows that fit under the field without scrolling for long.
pub const RESULTS: u32 = 12;
/// Rows under the seed field of the Build dialog.
pub const SEED_RESULTS: u32 = 5;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    pub tracks: Vec<Track>,
    /// How many there are in all.
    pub total: u32,
}

/// The best `limit` tracks for what was typed, or the track that a pasted link names.
#[server(name = Search, prefix = "/api/fn", endpoint = "search", input = leptos::server_fn::codec::GetUrl, output = Answer)]
pub async fn search(q: String, limit: u32) -> Result<Found, Refused> {
    super::door::person()?;
    find(&q, limit).await
}

#[cfg(feature = "ssr")]
pub(super) async fn find(query: &str, limit: u32) -> Result<Found, Refused> {
    use super::door;
    let page = door::engine()?
        .search(query, limit, 0)
        .await
        .map_err(door::refused)?;
    Ok(Found {
        tracks: page.tracks,
        total: page.total,
    })
}
