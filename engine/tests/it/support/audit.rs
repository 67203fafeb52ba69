//! Reads the whole store in one go and says what does not hold together.
//!
//! Keeps a copy of each nest that only its log moves on, and holds the keys against it. Where a log has ended (the nest was
//! restarted, sleeps or is gone) every song that was there, and every one that was acknowledged since, has to be found
//! again: in the queue, playing, or in the history; or somebody took it away.

mod account;
mod agreement;
mod burst;
mod store;

use std::collections::BTreeMap;

use nests::history::{Played, ended_by};
use nests::nest::{MemberId, NestId};
use nests::queue::{QueuedSong, SongId};
use nests::wire::{Applied, Change, Event, Snapshot};

use self::account::Ended;
pub use self::burst::{Burst, Deed, What};
use self::store::Store;
use super::{House, person};

/// Whether the keys of the house agree with each other, whatever happened before.
pub async fn holds_together(house: &House) -> Result<(), String> {
    keys_agree(&mut house.redis().await).await
}

/// The same over a connection that is there already.
pub async fn keys_agree(redis: &mut redis::aio::MultiplexedConnection) -> Result<(), String> {
    let store = Store::read(redis, std::iter::empty()).await;
    agreement::holds_together(&store)
}

pub struct Audit {
    redis: redis::aio::MultiplexedConnection,
    nests: BTreeMap<NestId, Snapshot>,
    /// The last generation of every nest that ever was.
    generations: BTreeMap<NestId, u32>,
    asleep: BTreeMap<NestId, Option<MemberId>>,
    /// What was taken away last from each nest, and its version with that.
    removals: BTreeMap<NestId, (u64, Vec<QueuedSong>)>,
    reached: BTreeMap<&'static str, usize>,
}

impl Audit {
    pub async fn of(house: &House) -> Self {
        let mut audit = Self {
            redis: house.redis().await,
            nests: BTreeMap::new(),
            generations: BTreeMap::new(),
            asleep: BTreeMap::new(),
            removals: BTreeMap::new(),
            reached: BTreeMap::new(),
        };
        let found = audit.look(house, &Burst::default()).await;
        found.expect("an empty store holds together");
        audit
    }

    /// The nests that are awake.
    pub fn nests(&self) -> impl Iterator<Item = &NestId> {
        self.nests.keys()
    }

    pub fn any_asleep(&self, rng: &mut fastrand::Rng) -> Option<NestId> {
        let nests: Vec<_> = self.asleep.keys().collect();
        (!nests.is_empty()).then(|| nests[rng.usize(0..nests.len())].clone())
    }

    pub fn songs(&self, nest: &NestId) -> Vec<SongId> {
        let waiting = self
            .nests
            .get(nest)
            .map(|nest| nest.songs.iter().map(|q| q.song.id.clone()));
        waiting.into_iter().flatten().chain(self.playing(nest)).collect()
    }

    pub fn creator(&self, nest: &NestId) -> Option<&MemberId> {
        let awake = self.nests.get(nest).map(|copy| copy.nest.creator.as_ref());
        awake.or_else(|| self.asleep.get(nest).map(Option::as_ref))?
    }

    pub fn playing(&self, nest: &NestId) -> Option<SongId> {
        let playing = self.nests.get(nest)?.playing.as_ref()?;
        Some(playing.queued.song.id.clone())
    }

    /// The version of the nest with its last removal.
    pub fn last_removal(&self, nest: &NestId) -> Option<u64> {
        self.removals.get(nest).map(|(version, _)| *version)
    }

    /// How often what happened.
    pub const fn reached(&self) -> &BTreeMap<&'static str, usize> {
        &self.reached
    }

    fn count(&mut self, what: &'static str) {
        *self.reached.entry(what).or_default() += 1;
    }

    /// What Redis does by itself 90 seconds after a crash, and what it does within the hour.
    pub async fn heartbeat_ends(&mut self, _house: &House, nest: &NestId, who: &str) {
        let key = format!("NEST:{nest}|MEMBER:{}", person(who).id);
        let ended: redis::RedisResult<()> = redis::cmd("DEL").arg(key).query_async(&mut self.redis).await;
        ended.expect("Redis answers");
    }

    pub async fn look(&mut self, house: &House, burst: &Burst) -> Result<(), String> {
        let store = Store::read(&mut self.redis, self.nests.values()).await;
        agreement::holds_together(&store)?;
        let mut promises = burst.promises();
        for deed in &promises {
            if matches!(deed.what, What::Added { .. }) {
                self.count("added");
            }
        }
        for nest in store.awake.keys() {
            self.follow(house, &store, nest, burst, &mut promises).await?;
        }
        if let Some(deed) = promises.iter().find(|deed| store.awake.contains_key(&deed.nest)) {
            return Err(format!("{deed:?} was acknowledged, and the log knows nothing"));
        }
        self.count_ends(&store, burst, &promises).await
    }

    /// Moves the copy of the nest on by what its log says is new, and holds the nest's keys against it.
    async fn follow(
        &mut self,
        house: &House,
        store: &Store,
        nest: &NestId,
        burst: &Burst,
        promises: &mut Vec<&Deed>,
    ) -> Result<(), String> {
        let was = self.nests.remove(nest);
        let (generation, events) = match (store.news(nest)?, &was) {
            (Some(news), _) => news,
            (None, Some(copy)) => (copy.generation, Vec::new()),
            (None, None) => return Err(format!("{nest} is new, and its log is empty")),
        };
        let goes_on = was.as_ref().is_some_and(|copy| copy.generation == generation);
        let mut removal = None;
        if !goes_on {
            self.take_generation(nest, generation, burst)?;
            removal = self.removals.remove(nest);
        }
        for event in &events {
            if !burst.explains(nest, event) {
                return Err(format!("{nest}: nobody asked for {event:?}"));
            }
            promises.retain(|deed| deed.nest != *nest || !deed.is_told_by(event));
            match event.change {
                Change::Started { .. } => self.count("played"),
                Change::Restored { .. } => self.count("undone"),
                _ => {}
            }
        }
        let copy = match was.clone() {
            Some(copy) if goes_on => Some(copy),
            Some(_) if !burst.has_begun_empty(nest, generation) => None,
            _ => Some(Snapshot::new(store.awake[nest].identity(), generation, false)),
        };
        let copy = match copy {
            Some(mut copy) => {
                let ended = self.replay(&mut copy, &events)?;
                agreement::keys_follow_the_log(store, &copy)?;
                self.are_remembered(&copy, ended).await?;
                copy
            }
            // What it began with stands in its keys alone.
            None => match house.engine.snapshot(nest).await {
                Ok(first) => (*first).clone(),
                Err(error) => return Err(format!("{nest} can't be read: {error}")),
            },
        };
        if !goes_on {
            let ended = Ended {
                nest,
                before: was.as_ref(),
                removal: removal.as_ref().map(|(_, songs)| songs.as_slice()),
                may_be_empty: burst.may_have_begun_empty(nest, generation),
            };
            let keeps_queue = !ended.may_be_empty;
            self.is_accounted_for(store, ended, burst, promises).await?;
            promises.retain(|deed| deed.nest != *nest);
            self.count(match was {
                Some(before) if keeps_queue && !before.songs.is_empty() => "kept",
                Some(_) => "restarted",
                None if self.asleep.contains_key(nest) => "woken",
                None => "awake",
            });
        }
        self.nests.insert(nest.clone(), copy);
        Ok(())
    }

    /// A generation begins when somebody restarts the nest, one after the other.
    fn take_generation(&mut self, nest: &NestId, generation: u32, burst: &Burst) -> Result<(), String> {
        match self.generations.insert(nest.clone(), generation) {
            Some(before) if generation != before + 1 => {
                Err(format!("{nest} went from generation {before} to {generation}"))
            }
            Some(_) if !burst.was_restarted(nest, generation) => Err(format!(
                "{nest} is of generation {generation}, and nobody restarted it"
            )),
            _ => Ok(()),
        }
    }

    /// Answers the songs that ended, at their places in the log.
    fn replay(&mut self, copy: &mut Snapshot, events: &[Event]) -> Result<Vec<(String, Played)>, String> {
        let nest = copy.nest.id.clone();
        let mut ended = Vec::new();
        for event in events {
            if let Some(played) = ended_by(event, copy) {
                ended.push((format!("{}-{}", copy.generation, event.v), played));
            }
            if let Change::Removed { songs } = &event.change {
                let taken = copy.songs.iter().filter(|q| songs.contains(&q.song.id));
                let taken = taken.cloned().collect();
                self.removals.insert(nest.clone(), (event.v, taken));
            }
            if copy.apply(event) == Applied::Gap {
                return Err(format!(
                    "{nest}: the log leaves out what comes before {}",
                    event.v
                ));
            }
        }
        Ok(ended)
    }

    /// The nests that are awake no more.
    async fn count_ends(&mut self, store: &Store, burst: &Burst, promises: &[&Deed]) -> Result<(), String> {
        let is_gone = |nest: &&NestId| !store.awake.contains_key(*nest);
        let mut gone: Vec<NestId> = self.nests.keys().filter(is_gone).cloned().collect();
        gone.extend(promises.iter().map(|deed| deed.nest.clone()));
        gone.sort();
        gone.dedup();
        for nest in gone {
            let before = self.nests.remove(&nest);
            let removal = self.removals.remove(&nest);
            if store.parked.contains_key(&nest) {
                let ended = Ended {
                    nest: &nest,
                    before: before.as_ref(),
                    removal: removal.as_ref().map(|(_, songs)| songs.as_slice()),
                    may_be_empty: false,
                };
                self.is_accounted_for(store, ended, burst, promises).await?;
                self.count("asleep");
            } else if burst.may_be_deleted(&nest) {
                self.count("deleted");
            } else {
                return Err(format!("{nest} is gone, and nobody deleted it"));
            }
        }
        for nest in self.asleep.keys() {
            let is_known = store.awake.contains_key(nest) || store.parked.contains_key(nest);
            if !is_known && !burst.may_be_deleted(nest) {
                return Err(format!("{nest} slept and is gone, and nobody deleted it"));
            }
        }
        let asleep = store.parked.iter();
        self.asleep = asleep
            .map(|(nest, entry)| (nest.clone(), entry.creator.clone()))
            .collect();
        Ok(())
    }
}
