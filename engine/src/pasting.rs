//! What a paste would add: each piece looked up at its source, with why where it can't be added. Nothing is queued here.
//!
//! The forms of links and texts are the rule's (`nests::paste`); the trouble of a source stays with the piece it concerns.

use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use nests::nest::NestId;
use nests::paste::{self, Meaning, Piece};
use nests::track::{Source, Track};

use crate::Engine;
use crate::error::EngineError;
use crate::source::SourceError;

/// Pieces that are looked up at once; more would only meet the rate limit sooner.
const AT_ONCE: usize = 4;
/// A piece that takes longer is given up, so that the others are shown.
const PIECE_TIMEOUT: Duration = Duration::from_secs(6);
/// Tracks that one paste brings at most: a queue of an evening.
pub const MAX_TRACKS: usize = 200;

/// A paste as it was understood, to be looked at before anything is added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Understood {
    pub rows: Vec<Row>,
    /// Whether there was more than one paste may bring.
    pub cut: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// As it was pasted.
    pub text: String,
    /// What it brings, or in a sentence why it brings nothing.
    pub tracks: Result<Vec<Track>, String>,
}

impl Engine {
    /// Reads a paste and looks up what it names, in its order. Each track comes once. For a nest that is held to one source,
    /// tracks of another are told apart.
    ///
    /// # Errors
    /// Only where the store doesn't answer: whatever a source can't do stands in its row.
    pub async fn understand(&self, nest: Option<&NestId>, text: &str) -> Result<Understood, EngineError> {
        let only = self.source_held_to(nest).await?;
        let pasted = paste::read(text);
        let looking = pasted
            .pieces
            .into_iter()
            .map(|piece| self.look_up_piece(piece, only));
        let mut understood = Understood {
            rows: stream::iter(looking).buffered(AT_ONCE).collect().await,
            cut: pasted.cut,
        };
        understood.keep_each_track_once();
        Ok(understood)
    }

    async fn look_up_piece(&self, piece: Piece, only: Option<Source>) -> Row {
        let looking = tokio::time::timeout(PIECE_TIMEOUT, self.tracks_of(&piece.meaning, only));
        let tracks = looking
            .await
            .unwrap_or(Err("It took too long to find out what this is.".to_owned()));
        let other = |track: &Track| only.is_some_and(|only| track.uri.source() != only);
        let tracks = match (tracks, only) {
            (Ok(tracks), Some(only)) if tracks.iter().any(other) => Err(format!(
                "This nest plays from one source at a time, now from {}.",
                only.title()
            )),
            (tracks, _) => tracks,
        };
        Row {
            text: piece.text,
            tracks,
        }
    }

    async fn tracks_of(&self, meaning: &Meaning, only: Option<Source>) -> Result<Vec<Track>, String> {
        let sources = &self.inner.sources;
        match meaning {
            Meaning::Track(uri) => match sources.track(uri).await {
                Ok(track) => Ok(vec![track]),
                Err(error) => Err(error.about(uri.source())),
            },
            Meaning::Collection(collection) => match sources.tracks_of(collection).await {
                Ok(tracks) if tracks.is_empty() => Err(SourceError::NotPlayable.about(Source::Spotify)),
                Ok(tracks) => Ok(tracks),
                Err(error) => Err(error.about(Source::Spotify)),
            },
            Meaning::Words(words) => {
                let found = sources.search(only, words, 1, 0).await;
                let best = found.iter().find_map(|found| found.tracks().first());
                let trouble = || found.iter().find_map(|found| found.complaint());
                match best {
                    Some(track) => Ok(vec![track.clone()]),
                    None => Err(trouble().unwrap_or_else(|| "Nothing found.".to_owned())),
                }
            }
            Meaning::Nothing(why) => Err(why.to_string()),
        }
    }
}

impl Understood {
    /// How many tracks "Add" would add.
    pub fn count(&self) -> usize {
        self.rows
            .iter()
            .map(|row| row.tracks.as_ref().map_or(0, Vec::len))
            .sum()
    }

    fn keep_each_track_once(&mut self) {
        let mut seen = std::collections::HashSet::new();
        for row in &mut self.rows {
            let Ok(tracks) = &mut row.tracks else {
                continue;
            };
            tracks.retain(|track| !seen.contains(&track.uri));
            if tracks.is_empty() {
                row.tracks = Err("This is in the list already.".to_owned());
                continue;
            }
            let room = MAX_TRACKS - seen.len();
            if tracks.len() > room {
                tracks.truncate(room);
                self.cut = true;
            }
            seen.extend(tracks.iter().map(|track| track.uri.clone()));
            if tracks.is_empty() {
                row.tracks = Err(format!("A paste brings at most {MAX_TRACKS} tracks."));
            }
        }
    }
}
