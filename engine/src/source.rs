//! Sources of music: where tracks are found, and where their sound and pictures come from.
//!
//! Owns what every source can do ([`MusicSource`]), what it answers with, and which sources the house has ([`Sources`]).
//! Each source is a module of its own. Knows nothing of nests, queues or people.

pub mod house;
pub mod library;

use std::pin::Pin;
use std::sync::Arc;

use nests::track::{Source, Track, TrackUri};

use self::library::Library;

/// What a source will have answered, in the end. Boxed, so that sources of all kinds stand in one list.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, SourceError>> + Send + 'a>>;

/// What every source of music can do. Each call takes care of its own time-out and of the source's rate limit.
pub trait MusicSource: Send + Sync {
    fn source(&self) -> Source;

    /// One page of what the words mean, best first. A source may cut `limit` to the pages it has.
    fn search<'a>(&'a self, query: &'a str, limit: usize, offset: usize) -> Answer<'a, SearchPage>;

    /// The facts about one track.
    ///
    /// # Errors
    /// `NotFound` for one that the source lacks, `NotPlayable` for one that it has and may not play here.
    fn track<'a>(&'a self, uri: &'a TrackUri) -> Answer<'a, Track>;

    /// Up to `limit` tracks that fit the wish, for Bender to choose from; spread over all that fit, from a place that
    /// the roll decides. None that fit is an empty list, never an error.
    fn alike<'a>(&'a self, wish: &'a Alike, limit: usize, roll: u64) -> Answer<'a, Vec<Track>>;

    /// The genre of a track, where the source's own notes say so. From memory: never waits.
    fn genre_of(&self, _uri: &TrackUri) -> Option<String> {
        None
    }
}

/// What more of the same may mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Alike {
    Genre(String),
    /// Tracks of this track's artist, found by name.
    Artist(Track),
    /// Tracks from the other albums of this track's artist.
    ArtistsAlbums(Track),
    /// Tracks of the album that this track is on, without itself.
    Album(Track),
    Anything,
}

/// The house's sources: the library, which is always there, and the others that are set up.
#[derive(Clone)]
pub struct Sources {
    library: Library,
    others: Vec<Arc<dyn MusicSource>>,
}

impl Sources {
    pub fn new(library: Library) -> Self {
        Self {
            library,
            others: Vec::new(),
        }
    }

    /// The same with one source more; it comes last wherever they are listed.
    pub fn with(mut self, source: Arc<dyn MusicSource>) -> Self {
        self.others.push(source);
        self
    }

    pub fn library(&self) -> &Library {
        &self.library
    }

    /// All of them, the library first.
    pub fn iter(&self) -> impl Iterator<Item = &dyn MusicSource> {
        let library: &dyn MusicSource = &self.library;
        std::iter::once(library).chain(self.others.iter().map(Arc::as_ref))
    }

    /// # Errors
    /// `NotSetUp` for a source that this house does not have.
    pub fn of(&self, source: Source) -> Result<&dyn MusicSource, SourceError> {
        self.iter()
            .find(|s| s.source() == source)
            .ok_or(SourceError::NotSetUp)
    }

    /// The facts about a track, from the source that its URI names.
    pub async fn track(&self, uri: &TrackUri) -> Result<Track, SourceError> {
        self.of(uri.source())?.track(uri).await
    }

    /// The genre of a track, where its source has notes about it.
    pub fn genre_of(&self, uri: &TrackUri) -> Option<String> {
        self.of(uri.source()).ok()?.genre_of(uri)
    }
}

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
    #[error("it can't be played in the country of this house")]
    NotPlayable,
    #[error("the music cannot be reached right now")]
    Unavailable,
    #[error("the music took too long to answer")]
    TimedOut,
    /// Nobody in the house asks that source again for this many seconds.
    #[error("the music was asked too often; again in {retry_after} s")]
    RateLimited { retry_after: u32 },
    #[error("the music does not know this house's credentials")]
    Refused,
    #[error("this house has no such source of music")]
    NotSetUp,
}
