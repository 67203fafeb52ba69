//! Sources of music: where tracks are found, and where their sound and pictures come from.
//!
//! Owns what every source answers with: a page of search results and the errors. Each source is a module of its own;
//! Spotify takes its place beside [`library`] when it comes. Knows nothing of nests, queues or people.

pub mod house;
pub mod library;

use nests::track::Track;

/// One page of search results, best first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SearchPage {
    pub tracks: Vec<Track>,
    /// How many tracks match in all, this page included.
    pub total: u32,
}

/// Why a source could not answer. The text may be shown to people: it names no paths and no addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    #[error("there is no such track")]
    NotFound,
    #[error("the music cannot be reached right now")]
    Unavailable,
    #[error("the music took too long to answer")]
    TimedOut,
}
