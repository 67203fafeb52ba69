//! Sources of music: where tracks are found, and where their sound and pictures come from.
//!
//! Owns what every source can do ([`MusicSource`]), what it answers with, and which sources the house has ([`Sources`]).
//! Each source is a module of its own. Knows nothing of nests, queues or people.

pub mod house;
pub mod library;
pub mod spotify;

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use nests::paste::Collection;
use nests::track::{Source, Track, TrackUri};

use self::library::Library;
use crate::error::EngineError;

/// What a source will have answered, in the end. Boxed, so that sources of all kinds stand in one list.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, SourceError>> + Send + 'a>>;

/// Whoever types waits no longer than this for any source.
pub const SEARCH_TIMEOUT: Duration = Duration::from_millis(1_200);
/// A source that is asked by itself keeps nobody waiting for the others, so it has longer.
pub const SEARCH_ALONE_TIMEOUT: Duration = Duration::from_secs(4);

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

    /// The same about one that may not be played here: then that is said, and is no error.
    fn listed<'a>(&'a self, uri: &'a TrackUri) -> Answer<'a, Listed> {
        Box::pin(async move {
            let track = self.track(uri).await?;
            Ok(Listed {
                track,
                is_playable: true,
            })
        })
    }

    /// What stands under one id; of what has many albums, the first `albums`.
    ///
    /// # Errors
    /// `NotFound` from a source that has no such thing; `NeedsAccount` for what is only for its owner.
    fn listing<'a>(&'a self, _collection: &'a Collection, _albums: usize) -> Answer<'a, Listing> {
        Box::pin(std::future::ready(Err(SourceError::NotFound)))
    }

    /// Whether the facts about a track are at hand, so that nobody outside the house is asked for them.
    fn has_at_hand<'a>(&'a self, _uri: &'a TrackUri) -> Pin<Box<dyn Future<Output = bool> + Send + 'a>> {
        Box::pin(std::future::ready(false))
    }

    /// Whether people hear it through accounts of their own alone. Bender picks from it where most of those here have one.
    fn needs_account(&self) -> bool {
        false
    }

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

    /// The same with `source` in the place of the one of its kind, or last where there was none.
    pub fn with_instead(mut self, source: Arc<dyn MusicSource>) -> Self {
        let place = self
            .others
            .iter()
            .position(|other| other.source() == source.source());
        match place {
            Some(place) => self.others[place] = source,
            None => self.others.push(source),
        }
        self
    }

    /// All of them, the library first.
    pub fn iter(&self) -> impl Iterator<Item = &dyn MusicSource> {
        let library: &dyn MusicSource = &self.library;
        std::iter::once(library).chain(self.others.iter().map(Arc::as_ref))
    }

    /// Which there are, in their order.
    pub fn names(&self) -> Vec<Source> {
        self.iter().map(|source| source.source()).collect()
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

    /// The same about one that may not be played here.
    pub async fn listed(&self, uri: &TrackUri) -> Result<Listed, SourceError> {
        self.of(uri.source())?.listed(uri).await
    }

    /// Whether looking the track up asks anybody outside the house.
    pub(crate) async fn asks_outside(&self, uri: &TrackUri) -> bool {
        match self.of(uri.source()) {
            Ok(source) => !source.has_at_hand(uri).await,
            Err(_) => false,
        }
    }

    /// What stands under the id of an album, an artist or a playlist; all of them are Spotify's.
    pub async fn listing(&self, collection: &Collection, albums: usize) -> Result<Listing, SourceError> {
        self.of(Source::Spotify)?.listing(collection, albums).await
    }

    /// Searches all of them side by side, or only one. Each has its own [`SEARCH_TIMEOUT`], and none that fails takes the
    /// others' answers with it.
    pub async fn search(
        &self,
        only: Option<Source>,
        query: &str,
        limit: usize,
        offset: usize,
    ) -> Vec<FoundIn> {
        if let Some(source) = only
            && let Err(error) = self.of(source)
        {
            let page = Err(error);
            return vec![FoundIn { source, page }];
        }
        let asked = self
            .iter()
            .filter(|source| only.is_none_or(|only| only == source.source()));
        join_all(asked.map(|source| search_in(source, SEARCH_TIMEOUT, query, limit, offset))).await
    }

    /// Searches one by itself, within [`SEARCH_ALONE_TIMEOUT`].
    pub async fn search_alone(&self, source: Source, query: &str, limit: usize, offset: usize) -> FoundIn {
        match self.of(source) {
            Ok(asked) => search_in(asked, SEARCH_ALONE_TIMEOUT, query, limit, offset).await,
            Err(error) => FoundIn {
                source,
                page: Err(error),
            },
        }
    }

    /// The one track as if it had been searched for, within that time.
    pub async fn the_one(&self, uri: &TrackUri, time: Duration) -> FoundIn {
        let looking = tokio::time::timeout(time, self.track(uri));
        let found = looking.await.unwrap_or(Err(SourceError::TimedOut));
        FoundIn {
            source: uri.source(),
            page: found.map(|track| SearchPage {
                tracks: vec![track],
                total: 1,
            }),
        }
    }

    /// The genre of a track, where its source has notes about it.
    pub fn genre_of(&self, uri: &TrackUri) -> Option<String> {
        self.of(uri.source()).ok()?.genre_of(uri)
    }

    /// The genre in which more like a track is looked for: its own, or else what the library tags most of the same artist's
    /// tracks with. Spotify says nothing of genres.
    pub fn genre_like(&self, track: &Track) -> Option<String> {
        let noted = self.genre_of(&track.uri);
        noted.or_else(|| self.library.genre_by_artist(&track.artist))
    }
}

async fn search_in(
    source: &dyn MusicSource,
    time: Duration,
    query: &str,
    limit: usize,
    offset: usize,
) -> FoundIn {
    let asked = tokio::time::timeout(time, source.search(query, limit, offset)).await;
    let page = asked.unwrap_or(Err(SourceError::TimedOut));
    if let Err(error) = &page {
        tracing::debug!(source = source.source().as_str(), %error, "a source had no answer");
    }
    FoundIn {
        source: source.source(),
        page,
    }
}

/// What one source found, or why it found nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundIn {
    pub source: Source,
    pub page: Result<SearchPage, SourceError>,
}

impl FoundIn {
    /// It has nothing of what was asked for.
    pub(crate) fn nothing(source: Source) -> Self {
        Self {
            source,
            page: Ok(SearchPage::default()),
        }
    }

    pub fn tracks(&self) -> &[Track] {
        self.page.as_ref().map_or(&[], |page| &page.tracks)
    }

    pub fn total(&self) -> u32 {
        self.page.as_ref().map_or(0, |page| page.total)
    }

    /// Why it has nothing to say.
    pub(crate) fn trouble(&self) -> Option<EngineError> {
        self.page.as_ref().err().map(|error| error.of(self.source))
    }

    /// The same in a sentence that names it.
    pub fn complaint(&self) -> Option<String> {
        self.page.as_ref().err().map(|error| error.about(self.source))
    }
}

/// A track as its source lists it: also where nobody may play it here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    pub track: Track,
    pub is_playable: bool,
}

/// An album with its tracks in their order, or a playlist as if it were one, by its owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Album {
    pub title: String,
    pub artist: String,
    pub tracks: Vec<Listed>,
    /// How many entries were read, from the first; those that are no tracks count as well.
    pub read: usize,
    /// How many entries there are in all.
    pub total: usize,
}

/// What stands under one id of a source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    pub albums: Vec<Album>,
    /// How many albums there are in all, these included.
    pub total: usize,
}

impl Listing {
    /// One alone.
    pub(crate) fn of(album: Album) -> Self {
        Self {
            albums: vec![album],
            total: 1,
        }
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
    /// The same of the app that the nest's host entered.
    #[error("the music does not know this nest's own app")]
    OwnAppRefused,
    /// Spotify shows a playlist's entries to its owner, and to those who change it with them.
    #[error("that is open only to its owner's own account")]
    NeedsAccount,
    #[error("this house has no such source of music")]
    NotSetUp,
}

impl SourceError {
    pub fn of(self, source: Source) -> EngineError {
        EngineError::Source {
            of: source,
            error: self,
        }
    }

    /// A sentence for people that names the source.
    pub fn about(self, source: Source) -> String {
        let name = match source {
            Source::Library => "The library",
            Source::Spotify => "Spotify",
        };
        match self {
            Self::NotFound => format!("{name} doesn't have that."),
            Self::NotPlayable => format!("{name} may not play that in your country."),
            Self::Unavailable => format!("{name} can't be reached right now."),
            Self::TimedOut => format!("{name} took too long to answer."),
            Self::RateLimited { retry_after } => format!("{name} needs a break; again in {retry_after} s."),
            Self::Refused => format!("{name} does not accept this house's credentials."),
            Self::OwnAppRefused => {
                format!("{name} does not accept this nest's own app; its host can enter it again.")
            }
            Self::NeedsAccount => {
                format!(
                    "{name} shows a playlist to its owner alone, who can paste it with their own account connected."
                )
            }
            Self::NotSetUp => format!("{name} is not set up in this house."),
        }
    }
}
