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

/// Which part of a history is wanted.
#[derive(Clone, Debug, Default)]
pub struct HistoryPage {
    /// What stands before this place, as [`History::next`] named it; `None`: from the newest.
    pub before: Option<String>,
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
    /// [`EngineError::Invalid`] where `before` or `limit` is not what it should be; [`EngineError::NoSuchNest`].
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
        let before = page
            .before
            .as_deref()
            .map(str::parse::<Position>)
            .transpose()
            .map_err(|_| EngineError::Invalid {
                field: "before",
                message: "before is a place in the history, like 1-42, as the last page named it".into(),
            })?;
        let card = self.get_nest(nest).await?;
        let search = Search::new(&page.search);
        let history = self
            .read_history(&card.nest_id, before, &search, page.limit)
            .await?;
        Ok((card, history))
    }

    /// All that is remembered, oldest first, for taking it elsewhere.
    pub async fn whole_history(&self, nest: &NestRef) -> Result<(NestCard, Vec<PlayedSong>), EngineError> {
        let card = self.get_nest(nest).await?;
        // The bound is approximate: the store trims by whole blocks.
        let all = self
            .read_history(&card.nest_id, None, &Search::default(), 2 * HISTORY_LENGTH)
            .await?;
        Ok((card, all.songs.into_iter().rev().collect()))
    }

    async fn read_history(
        &self,
        nest: &NestId,
        before: Option<Position>,
        search: &Search,
        limit: usize,
    ) -> Result<History, EngineError> {
        let mut songs: Vec<PlayedSong> = Vec::new();
        let mut end = before.map_or("+".to_owned(), |place| format!("({place}"));
        let batch = if search.is_for_anything() {
            BATCH.min(limit + 1)
        } else {
            BATCH
        };
        loop {
            let mut read = redis::cmd("XREVRANGE");
            read.arg(Key::History(nest).name())
                .arg(&end)
                .arg("-")
                .arg("COUNT")
                .arg(batch);
            let entries: Entries = self.inner.store.run(&read).await?;
            let is_last = entries.len() < batch;
            for (place, fields) in entries {
                end = format!("({place}");
                let Some(played) = parse(nest, &place, fields) else {
                    continue;
                };
                if !played.matches(search) {
                    continue;
                }
                // One more than wanted: then there is a next page, and it begins behind the last one of this.
                if songs.len() == limit {
                    let next = songs.last().map(|song| song.place.clone());
                    return Ok(History { songs, next });
                }
                songs.push(PlayedSong::new(place, played));
            }
            if is_last {
                return Ok(History { songs, next: None });
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
