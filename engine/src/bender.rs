//! Bender's picks from the library. The rules of what he starts from and keeps away from stand in `nests::bender`.

use nests::bender::{Strategy, choose, strategies};
use nests::nest::{NestId, Person};
use nests::queue::{Song, SongId};
use nests::track::TrackUri;
use nests::wire::Snapshot;

use crate::Engine;
use crate::error::EngineError;
use crate::live::LiveNest;
use crate::source::library::{LibraryTrack, Selection};
use crate::store::Key;

/// Candidates looked at for one pick; their filters are one MGET.
const CANDIDATES: usize = 64;

impl Engine {
    /// Up to `count` songs that Bender would play next.
    pub(crate) async fn bender_picks(&self, live: &LiveNest, count: usize) -> Result<Vec<Song>, EngineError> {
        let snapshot = live.snapshot();
        let seed = self.bender_seed(&snapshot).await?;
        let mut songs: Vec<Song> = Vec::with_capacity(count);
        let mut imagined = (*snapshot).clone();
        for place in 0..count {
            let Some(pick) = self.bender_pick(&imagined, seed.as_ref()).await? else {
                break;
            };
            let song = Song {
                id: SongId::from_roll(crate::random::roll()),
                track: pick.track,
                user: Person::bender(),
                // Apart by a millisecond each, so that they play in the order of picking.
                added_at: self.now().plus(place as i64),
                auto: true,
            };
            imagined.change(
                &nests::wire::Change::Added {
                    songs: vec![song.clone()],
                },
                song.added_at,
            );
            songs.push(song);
        }
        Ok(songs)
    }

    /// The last song a person queued, else Bender's own last, else what plays.
    async fn bender_seed(&self, nest: &Snapshot) -> Result<Option<LibraryTrack>, EngineError> {
        let id = &nest.nest.id;
        let mut read = redis::pipe();
        read.get(Key::LastQueued(id).name())
            .get(Key::LastBenderTrack(id).name());
        let (queued, own): (Option<String>, Option<String>) = self.inner.store.run_all(&read).await?;
        let playing = nest.playing.as_ref().map(|p| p.queued.song.track.uri.to_string());
        let known = |uri: &String| self.library().track(&TrackUri::parse(uri).ok()?);
        Ok([queued, own, playing].iter().flatten().find_map(known))
    }

    async fn bender_pick(
        &self,
        nest: &Snapshot,
        seed: Option<&LibraryTrack>,
    ) -> Result<Option<LibraryTrack>, EngineError> {
        let roll = crate::random::roll();
        let mut long_ago: Option<(i64, TrackUri)> = None;
        for strategy in strategies(roll) {
            let candidates = draw(&self.selection(strategy, seed), roll);
            let played = self.played_at(&nest.nest.id, &candidates).await?;
            let lately: Vec<TrackUri> = played.iter().map(|(_, uri)| uri.clone()).collect();
            if let Some(uri) = choose(&candidates, nest, &lately, roll) {
                return Ok(self.library().track(uri));
            }
            let oldest = played.into_iter().filter(|(_, uri)| !nest.holds(uri)).min();
            long_ago = [long_ago, oldest].into_iter().flatten().min();
        }
        // A small library has all been played within the week: what was played longest ago, rather than silence.
        Ok(long_ago.and_then(|(_, uri)| self.library().track(&uri)))
    }

    fn selection(&self, strategy: Strategy, seed: Option<&LibraryTrack>) -> Selection {
        let library = self.library();
        match (strategy, seed) {
            (Strategy::SameArtist, Some(seed)) => library.tracks_by_artist(&seed.track.artist),
            (Strategy::SameGenre, Some(seed)) => library.tracks_by_genre(&seed.genre),
            (Strategy::Anything, _) | (_, None) => library.all(),
        }
    }

    /// Which of these played within the filter's time, and when.
    async fn played_at(&self, nest: &NestId, uris: &[TrackUri]) -> Result<Vec<(i64, TrackUri)>, EngineError> {
        if uris.is_empty() {
            return Ok(Vec::new());
        }
        let mut read = redis::cmd("MGET");
        for uri in uris {
            read.arg(Key::Filter(nest, uri).name());
        }
        let times: Vec<Option<i64>> = self.inner.store.run(&read).await?;
        Ok(times
            .into_iter()
            .zip(uris)
            .filter_map(|(at, uri)| Some((at?, uri.clone())))
            .collect())
    }
}

/// Some tracks of a selection, spread over all of it from a place that the roll decides.
fn draw(selection: &Selection, roll: u64) -> Vec<TrackUri> {
    let len = selection.len();
    let count = len.min(CANDIDATES);
    let start = (roll % len.max(1) as u64) as usize;
    let places = (0..count).map(|i| (start + i * len / count) % len);
    places
        .filter_map(|place| selection.nth(place))
        .map(|t| t.track.uri)
        .collect()
}
