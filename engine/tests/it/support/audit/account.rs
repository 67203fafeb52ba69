//! Where every song is that people brought: it waits, it plays, it has played, or somebody took it away.

use engine::store::Key;
use nests::history::Played;
use nests::nest::NestId;
use nests::queue::{QueuedSong, SongId};
use nests::track::TrackUri;
use nests::wire::Snapshot;

use super::Audit;
use super::burst::{Burst, Deed, What};
use super::store::{Held, Store};

/// A nest whose log is over.
pub(super) struct Ended<'a> {
    pub(super) nest: &'a NestId,
    /// How it was last seen; `None`: it slept.
    pub(super) before: Option<&'a Snapshot>,
    /// What had been taken away last.
    pub(super) removal: Option<&'a [QueuedSong]>,
    /// Whether it may have been a restart that keeps no queue.
    pub(super) may_be_empty: bool,
}

impl Audit {
    /// Whether every song is accounted for that was there, was brought back or was acknowledged.
    pub(super) async fn is_accounted_for(
        &mut self,
        store: &Store,
        ended: Ended<'_>,
        burst: &Burst,
        promises: &[&Deed],
    ) -> Result<(), String> {
        let Ended {
            nest,
            before,
            removal,
            may_be_empty,
        } = ended;
        let held = store.held(nest);
        // Read after the store: what was over by then stands in it.
        let history = self.history(nest).await;
        let has_played = |song: &SongId| history.iter().any(|played| played.song.id == *song);
        let is_lost = |song: &SongId| !held.contains_key(song) && !has_played(song);

        if let Some(playing) = before.and_then(|before| before.playing.as_ref()) {
            let song = &playing.queued.song.id;
            if is_lost(song) {
                return Err(format!("{nest} forgot {song}, which played in it"));
            }
        }
        let waited = before.map_or(&[][..], |before| before.songs.as_slice());
        let undone = removal.filter(|_| burst.undoes(nest, true) && !burst.takes_anything_away(nest));
        // What was back by another way was not brought back once more.
        let is_here_otherwise = |track: &TrackUri| {
            let is_now = |played: &&Played| played.ended_at >= burst.began;
            let played = history.iter().filter(is_now).map(|played| &played.song.track.uri);
            held.values()
                .map(|song| &song.track)
                .chain(played)
                .any(|uri| uri == track)
        };
        let restored = undone.unwrap_or_default().iter();
        let restored = restored.filter(|queued| !is_here_otherwise(&queued.song.track.uri));
        for queued in waited.iter().chain(restored).filter(|queued| !queued.song.auto) {
            let song = &queued.song.id;
            if is_lost(song) && !may_be_empty && !burst.takes_away(nest, song) {
                return Err(format!("{nest} lost {song} of {}", queued.song.user.name));
            }
        }

        for deed in promises.iter().filter(|deed| deed.nest == *nest) {
            match &deed.what {
                What::Added { track, by, version } => {
                    let played = history.iter().map(|played| Held::of(&played.song));
                    let mut known = held.values().cloned().chain(played);
                    let is_it =
                        |song: Held| song.track == *track && song.by == *by && song.added_at >= burst.began;
                    if !known.any(is_it) && !may_be_empty && !burst.clears_after(nest, *version) {
                        return Err(format!("{nest} lost what was acknowledged: {deed:?}"));
                    }
                }
                What::Removed { song, .. } if held.contains_key(song) && !burst.undoes(nest, false) => {
                    return Err(format!("{nest} has {song} back, which was removed"));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Every song that ended stands in the history, at its place in the log, as it was.
    pub(super) async fn are_remembered(
        &mut self,
        copy: &Snapshot,
        ended: Vec<(String, Played)>,
    ) -> Result<(), String> {
        for (place, played) in ended {
            let found = self.records(&copy.nest.id, &place, &place).await;
            if found != [played] {
                return Err(format!("{}: the history has {found:?} at {place}", copy.nest.id));
            }
        }
        Ok(())
    }

    async fn history(&mut self, nest: &NestId) -> Vec<Played> {
        self.records(nest, "-", "+").await
    }

    async fn records(&mut self, nest: &NestId, from: &str, to: &str) -> Vec<Played> {
        let records: redis::RedisResult<Vec<(String, Vec<String>)>> = redis::cmd("XRANGE")
            .arg(Key::History(nest).name())
            .arg(from)
            .arg(to)
            .query_async(&mut self.redis)
            .await;
        let records = records.expect("Redis answers").into_iter();
        records
            .map(|(_, fields)| serde_json::from_str(&fields[1]).expect("a record"))
            .collect()
    }
}
