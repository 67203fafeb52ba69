//! What played in a nest, read back: in pages, newest first, and searched.
//!
//! The records are written by the scripts that end a song (see `live::nest`, `cleanup`, `restarting`), each at its place in
//! the nest's log. They outlive sleep and restart and end with the nest.

use nests::history::{Ending, Played, Search};
use nests::nest::{NestId, NestRef, Person};
use nests::track::TrackUri;
use nests::wire::directory::NestCard;
use serde::Serialize;

use crate::Engine;
use crate::clock::rfc3339;
use crate::error::EngineError;
use crate::store::Key;
use crate::store::state::{Entries, HISTORY_LENGTH, Position};

/// Songs on one page, at most.
pub const MAX_PAGE: usize = 200;
/// Records read with one command while searching.
const BATCH: usize = 500;
const MAX_SEARCH_CHARS: usize = 200;

/// Which part of a history is wanted; with neither `before` nor `after`: the newest.
#[derive(Clone, Debug, Default)]
pub struct HistoryPage {
    /// What stands before this place, as [`History::next`] named it.
    pub before: Option<String>,
    /// What stands right behind this place, as [`History::previous`] named it.
    pub after: Option<String>,
    /// Words to look for; empty: everything.
    pub search: String,
    /// Songs wanted: 1 to [`MAX_PAGE`].
    pub limit: usize,
}

/// A part of a nest's history, newest first.
#[derive(Clone, Debug, Serialize)]
pub struct History {
    pub songs: Vec<PlayedSong>,
    /// Where the next page begins; `None`: there is nothing older.
    pub next: Option<String>,
    /// Where the page of newer songs ends; `None`: this is the newest page.
    pub previous: Option<String>,
}

/// Where a reading begins, and which way it goes.
#[derive(Clone, Copy)]
enum Start {
    Newest,
    /// Towards the older ones.
    Before(Position),
    /// Towards the newer ones.
    After(Position),
}

impl Start {
    fn of(page: &HistoryPage) -> Result<Self, EngineError> {
        let place = |field: &'static str, text: &str| {
            text.parse::<Position>().map_err(|_| EngineError::Invalid {
                field,
                message: format!("{field} is a place in the history, like 1-42, as the last page named it"),
            })
        };
        match (page.before.as_deref(), page.after.as_deref()) {
            (None, None) => Ok(Self::Newest),
            (Some(text), None) => Ok(Self::Before(place("before", text)?)),
            (None, Some(text)) => Ok(Self::After(place("after", text)?)),
            (Some(_), Some(_)) => Err(EngineError::Invalid {
                field: "after",
                message: "a page stands before a place or after one, not both".into(),
            }),
        }
    }

    /// The command that reads that way, where it begins, and where it ends.
    fn command(self) -> (&'static str, String, &'static str) {
        match self {
            Self::Newest => ("XREVRANGE", "+".to_owned(), "-"),
            Self::Before(place) => ("XREVRANGE", format!("({place}"), "-"),
            Self::After(place) => ("XRANGE", format!("({place}"), "+"),
        }
    }
}

/// A song that played. Times are RFC 3339, durations milliseconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PlayedSong {
    /// Its place in the history.
    pub place: String,
    pub trackid: TrackUri,
    pub title: String,
    pub artist: String,
    pub album: String,
    pub duration_ms: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub img: Option<String>,
    /// Who brought it.
    pub user: Person,
    /// Picked by Bender.
    pub auto: bool,
    pub added_at: String,
    pub started_at: String,
    pub ended_at: String,
    pub ending: Ending,
    /// Who loved it.
    pub jams: Vec<Person>,
}

impl PlayedSong {
    fn new(place: String, played: Played) -> Self {
        let Played { song, jams, .. } = played;
        Self {
            place,
            trackid: song.track.uri,
            title: song.track.title,
            artist: song.track.artist,
            album: song.track.album,
            duration_ms: song.track.duration_ms,
            img: song.track.img,
            user: song.user,
            auto: song.auto,
            added_at: rfc3339(song.added_at),
            started_at: rfc3339(played.started_at),
            ended_at: rfc3339(played.ended_at),
            ending: played.ending,
            jams,
        }
    }
}

impl Engine {
    /// A page of what played in the nest, awake or asleep.
    ///
    /// # Errors
    /// [`EngineError::Invalid`] where a place or `limit` is not what it should be; [`EngineError::NoSuchNest`].
    pub async fn history(
        &self,
        nest: &NestRef,
        page: HistoryPage,
    ) -> Result<(NestCard, History), EngineError> {
        if page.search.chars().count() > MAX_SEARCH_CHARS {
            let message = format!("a search has at most {MAX_SEARCH_CHARS} characters");
            return Err(EngineError::Invalid { field: "q", message });
        }
        if !(1..=MAX_PAGE).contains(&page.limit) {
            let message = format!("limit is a whole number from 1 to {MAX_PAGE}");
            return Err(EngineError::Invalid {
                field: "limit",
                message,
            });
        }
        let start = Start::of(&page)?;
        let card = self.get_nest(nest).await?;
        let search = Search::new(&page.search);
        let id = &card.nest_id;
        let mut history = self.read_history(id, start, &search, page.limit).await?;
        if matches!(start, Start::After(_)) && history.songs.len() < page.limit {
            // Too few are newer to fill a page: it is the newest one that is meant.
            history = self.read_history(id, Start::Newest, &search, page.limit).await?;
        }
        Ok((card, history))
    }

    /// All that is remembered, oldest first, for taking it elsewhere.
    pub async fn whole_history(&self, nest: &NestRef) -> Result<(NestCard, Vec<PlayedSong>), EngineError> {
        let card = self.get_nest(nest).await?;
        // The bound is approximate: the store trims by whole blocks.
        let all = self
            .read_history(
                &card.nest_id,
                Start::Newest,
                &Search::default(),
                2 * HISTORY_LENGTH,
            )
            .await?;
        Ok((card, all.songs.into_iter().rev().collect()))
    }

    async fn read_history(
        &self,
        nest: &NestId,
        start: Start,
        search: &Search,
        limit: usize,
    ) -> Result<History, EngineError> {
        // One more than wanted: whether it goes on that way.
        let mut songs = self.found(nest, start, search, limit + 1).await?;
        let goes_on = songs.len() > limit;
        songs.truncate(limit);
        if let Start::After(_) = start {
            songs.reverse();
        }
        let (newest, oldest) = (songs.first(), songs.last());
        let place = |song: Option<&PlayedSong>| song.map(|song| song.place.clone());
        // A page before a place has newer songs, and one after a place has older ones: at least the one at that place.
        let (next, previous) = match start {
            Start::Newest => (place(oldest.filter(|_| goes_on)), None),
            Start::Before(_) => (place(oldest.filter(|_| goes_on)), place(newest)),
            Start::After(_) => (place(oldest), place(newest.filter(|_| goes_on))),
        };
        Ok(History {
            songs,
            next,
            previous,
        })
    }

    /// The first `most` songs from `start` on that `search` finds, in the order of reading.
    async fn found(
        &self,
        nest: &NestId,
        start: Start,
        search: &Search,
        most: usize,
    ) -> Result<Vec<PlayedSong>, EngineError> {
        let mut songs: Vec<PlayedSong> = Vec::new();
        let (command, mut from, to) = start.command();
        let batch = if search.is_for_anything() {
            BATCH.min(most)
        } else {
            BATCH
        };
        loop {
            let mut read = redis::cmd(command);
            read.arg(Key::History(nest).name())
                .arg(&from)
                .arg(to)
                .arg("COUNT")
                .arg(batch);
            let entries: Entries = self.inner.store.run(&read).await?;
            let is_last = entries.len() < batch;
            for (place, fields) in entries {
                from = format!("({place}");
                let Some(played) = parse(nest, &place, fields) else {
                    continue;
                };
                if !played.matches(search) {
                    continue;
                }
                songs.push(PlayedSong::new(place, played));
                if songs.len() == most {
                    return Ok(songs);
                }
            }
            if is_last {
                return Ok(songs);
            }
        }
    }
}

fn parse(nest: &NestId, place: &str, fields: Vec<(String, String)>) -> Option<Played> {
    let (_, text) = fields.into_iter().find(|(name, _)| name == "e")?;
    match serde_json::from_str(&text) {
        Ok(played) => Some(played),
        Err(error) => {
            tracing::error!(nest.id = %nest, place, %error, "a record in the history can't be read; left out");
            None
        }
    }
}
