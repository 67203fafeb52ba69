//! Whatever the library has, for when nothing else has an answer.
//!
//! The way over the library is a rule of `nests::bender::walk`. Here it is walked, in pieces that the store answers at once, and
//! once for all that is missing in a queue. What bounds it stands here too: the player waits for it.

use nests::bender::Walk;
use nests::playback::step::SEAMLESS_MS;
use nests::track::{Source, TrackUri};
use nests::wire::Snapshot;
use tokio::time::{Duration, Instant};

use super::{Ears, PATIENCE, Pick};
use crate::Engine;
use crate::error::EngineError;
use crate::source::library::{Library, Selection};

/// Tracks looked at first: where not nearly all was heard, one of them was not.
const FIRST_PIECE: usize = 64;
/// Tracks looked at with one question to the store, from then on. It is busy with each for a third of a millisecond.
const PIECE: usize = 1_000;
/// Pieces looked at for one topping-up.
const PIECES: usize = 101;
/// How long the store is asked for more, once it was asked for two pieces. A hundred thousand tracks take half of it where
/// nothing is optimised.
const WALK_PATIENCE: Duration = Duration::from_millis(400);

const _: () = assert!(
    FIRST_PIECE + (PIECES - 1) * PIECE >= 100_000,
    "the largest library that is reckoned with is looked at to its end"
);
const _: () = assert!(
    (PATIENCE.as_millis() + WALK_PATIENCE.as_millis()) < SEAMLESS_MS as u128,
    "nobody hears how long the sources and the library were waited for"
);

/// The library as it was when the topping-up began, and how far it was looked at.
pub(super) struct LastResort {
    tracks: Selection,
    walk: Walk,
    pieces: usize,
    /// From the first piece on.
    until: Option<Instant>,
}

impl LastResort {
    pub(super) fn of(library: &Library) -> Self {
        let tracks = library.all();
        Self {
            walk: Walk::over(tracks.len(), crate::random::roll()),
            tracks,
            pieces: 0,
            until: None,
        }
    }

    /// The next piece of the way; empty where it is over, or there is no time for more.
    fn ahead(&mut self) -> Vec<(usize, TrackUri)> {
        let now = Instant::now();
        let until = *self.until.get_or_insert(now + WALK_PATIENCE);
        let count = match self.pieces {
            0 => FIRST_PIECE,
            1 => PIECE,
            2..PIECES if now < until => PIECE,
            _ => 0,
        };
        self.pieces += 1;
        let tracks = &self.tracks;
        let places = self.walk.ahead(count).into_iter();
        places
            .filter_map(|place| Some((place, tracks.uri(place)?)))
            .collect()
    }

    fn unheard(&mut self, nest: &Snapshot) -> Option<Pick> {
        let place = self.walk.unheard(|place| is_held(&self.tracks, place, nest))?;
        self.pick(place)
    }

    fn longest_ago(&mut self, nest: &Snapshot) -> Option<Pick> {
        let place = self
            .walk
            .longest_ago(|place| is_held(&self.tracks, place, nest))?;
        self.pick(place)
    }

    fn pick(&self, place: usize) -> Option<Pick> {
        let track = self.tracks.nth(place)?.track;
        Some(Pick { track, by: None })
    }
}

fn is_held(tracks: &Selection, place: usize, nest: &Snapshot) -> bool {
    tracks.uri(place).is_none_or(|uri| nest.holds(&uri))
}

impl Engine {
    /// Where all of the library was played within the filter's time: what was played longest ago, rather than silence; never
    /// what somebody rejected. Before that nothing comes twice, unless the store is too slow to say.
    pub(super) async fn pick_from_library(
        &self,
        nest: &Snapshot,
        ears: &Ears,
        last: &mut LastResort,
    ) -> Result<Option<Pick>, EngineError> {
        if !self.fits(nest, ears, Source::Library) {
            return Ok(None);
        }
        loop {
            if let Some(pick) = last.unheard(nest) {
                return Ok(Some(pick));
            }
            let (places, uris): (Vec<usize>, Vec<TrackUri>) = last.ahead().into_iter().unzip();
            if places.is_empty() {
                return Ok(last.longest_ago(nest));
            }
            let heard = self.filters(&nest.nest.id, &uris).await?;
            for (place, uri) in places.into_iter().zip(&uris) {
                last.walk.saw(place, heard.get(uri).copied());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use nests::track::Track;

    use super::*;
    use crate::source::library::LibraryTrack;

    fn library(tracks: usize) -> Library {
        let made_up = |id| LibraryTrack {
            track: Track {
                uri: TrackUri::library(id),
                title: format!("Title {id}"),
                artist: String::new(),
                album: String::new(),
                duration_ms: 60_000,
                img: None,
                big_img: None,
                hue: None,
            },
            genre: String::new(),
            year: None,
        };
        Library::without_files((0..tracks as u64).map(made_up))
    }

    /// How many tracks are looked at with each question.
    fn pieces(last: &mut LastResort) -> Vec<usize> {
        let pieces = std::iter::from_fn(|| Some(last.ahead().len()));
        pieces.take_while(|count| *count > 0).collect()
    }

    #[tokio::test]
    async fn the_store_is_asked_about_a_library_in_pieces_until_its_end() {
        for (tracks, expected) in [
            (0, vec![]),
            (12, vec![12]),
            (300, vec![64, 236]),
            (2_500, vec![64, 1_000, 1_000, 436]),
        ] {
            let mut last = LastResort::of(&library(tracks));
            assert_eq!(pieces(&mut last), expected, "{tracks}");
        }
    }

    #[tokio::test]
    async fn where_the_time_is_over_two_pieces_must_do() {
        let mut last = LastResort::of(&library(2_500));
        last.until = Some(Instant::now());
        assert_eq!(pieces(&mut last), [64, 1_000]);
    }
}
