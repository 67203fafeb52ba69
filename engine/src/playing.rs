//! The player: starts and ends songs when the clock says so.
//!
//! Driven by deadlines: the sorted set [`Key::Due`] holds, for each nest in which something will happen, when. A nest in
//! which nothing will happen costs nothing. Any number of processes may run players side by side: a lease keeps them from
//! doing each other's work, its fencing number keeps one that slept through its end from acting, and the commit itself
//! would refuse the second of two anyway.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::join_all;
use nests::bender::{Limits, wanted};
use nests::nest::NestId;
use nests::playback::{Step, step};
use nests::time::Millis;
use nests::wire::Change;
use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::Engine;
use crate::bender::PATIENCE;
use crate::error::EngineError;
use crate::live::LiveNest;
use crate::live::commit::Commit;
use crate::store::keys::LEASE_LIFE;
use crate::store::{Key, scripts};

/// How long the player sleeps at most: deadlines that another process set, and left behind, are found by then.
const LONGEST_SLEEP: Duration = Duration::from_secs(5);
/// How long it sleeps at least when something is due that it could not do: somebody else holds the lease, or the store
/// is away.
const RETRY: Duration = Duration::from_millis(250);
/// Nests looked at in one step.
const BATCH: usize = 64;
/// Steps of one nest in a row: a start, a top-up and a start again are three.
const STEPS: usize = 8;

pub(crate) struct Player {
    /// Who we are on the lease.
    holder: String,
    poked: Mutex<HashSet<NestId>>,
    /// Nests for which Bender found less than they want.
    hungry: Mutex<HashSet<NestId>>,
    /// Nests where Bender is wanted and another process's player has the lease: looked at again when that may have run out.
    awaited: Mutex<HashSet<NestId>>,
    wake: Notify,
}

impl Player {
    pub(crate) fn new() -> Self {
        Self {
            holder: format!("{:016x}", crate::random::roll()),
            poked: Mutex::default(),
            hungry: Mutex::default(),
            awaited: Mutex::default(),
            wake: Notify::new(),
        }
    }

    /// The word by which other processes know this one.
    pub(crate) fn holder(&self) -> &str {
        &self.holder
    }

    /// Something happened in the nest: look at it now.
    pub(crate) fn poke(&self, nest: &NestId) {
        self.poked
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(nest.clone());
        self.wake.notify_one();
    }

    /// Look at it again in the next step, which comes in its own time.
    fn keep(&self, nest: NestId) {
        self.poked
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(nest);
    }

    fn take_poked(&self) -> HashSet<NestId> {
        std::mem::take(&mut *self.poked.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn set_hungry(&self, nest: &NestId, is: bool) {
        let mut hungry = self.hungry.lock().unwrap_or_else(PoisonError::into_inner);
        match is {
            true => hungry.insert(nest.clone()),
            false => hungry.remove(nest),
        };
    }

    /// Whether the nest is now awaited, and was not before.
    fn set_awaited(&self, nest: &NestId, is: bool) -> bool {
        let mut awaited = self.awaited.lock().unwrap_or_else(PoisonError::into_inner);
        match is {
            true => awaited.insert(nest.clone()),
            false => awaited.remove(nest),
        }
    }

    /// There is more to pick from: look at the nests that wanted more.
    fn poke_hungry(&self) {
        let hungry = std::mem::take(&mut *self.hungry.lock().unwrap_or_else(PoisonError::into_inner));
        for nest in hungry {
            self.poke(&nest);
        }
    }
}

/// How a look at a nest ended.
enum Turn {
    Done,
    /// Something is due, and another process holds the lease.
    Theirs,
}

impl Engine {
    pub(crate) async fn run_player(&self, stop: CancellationToken) {
        let mut looked_around = false;
        loop {
            if !looked_around {
                looked_around = self.look_at_every_nest().await.is_ok();
            }
            let sleep = match self.player_step().await {
                Ok(Some(next)) => {
                    let until = Duration::from_millis(next.since(self.now()).max(0) as u64);
                    if until.is_zero() {
                        RETRY
                    } else {
                        until.min(LONGEST_SLEEP)
                    }
                }
                Ok(None) => LONGEST_SLEEP,
                Err(error) => {
                    tracing::debug!(%error, "the player waits for the store");
                    RETRY
                }
            };
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.inner.player.wake.notified() => {}
                () = tokio::time::sleep(sleep) => {}
            }
        }
    }

    /// As the library grows, on a first start above all, Bender picks for those who got too little from it before.
    pub(crate) async fn run_harvest(&self, stop: CancellationToken) {
        let mut changes = self.library().changes();
        let mut revision = changes.borrow_and_update().revision;
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                changed = changes.changed() => if changed.is_err() {
                    return;
                },
            }
            let before = std::mem::replace(&mut revision, changes.borrow_and_update().revision);
            if revision != before {
                self.inner.player.poke_hungry();
            }
        }
    }

    /// After a start: whatever was playing or waiting when the last process ended goes on.
    async fn look_at_every_nest(&self) -> Result<(), EngineError> {
        for nest in self.awake_nests().await? {
            let mut look = redis::pipe();
            look.exists(Key::NowPlaying(&nest).name())
                .exists(Key::PriorityQueue(&nest).name());
            let (plays, waits): (bool, bool) = self.inner.store.run_all(&look).await?;
            if plays || waits {
                self.inner.player.poke(&nest);
            }
        }
        Ok(())
    }

    /// Does what is due now. Answers when something is due next.
    pub async fn player_step(&self) -> Result<Option<Millis>, EngineError> {
        let now = self.now();
        let mut due = redis::cmd("ZRANGEBYSCORE");
        due.arg(Key::Due.name())
            .arg("-inf")
            .arg(now.0)
            .arg("LIMIT")
            .arg(0)
            .arg(BATCH);
        let due: Vec<String> = self.inner.store.run(&due).await?;
        let mut nests = self.inner.player.take_poked();
        nests.extend(due.iter().filter_map(|id| NestId::parse(id).ok()));
        let mut unfinished = false;
        // Side by side: what one nest waits for makes no other late.
        let turns = nests.into_iter().map(async |nest| (self.play(&nest).await, nest));
        for (turn, nest) in join_all(turns).await {
            match turn {
                Ok(Turn::Done) => {}
                Ok(Turn::Theirs) => {
                    self.inner.player.keep(nest);
                    unfinished = true;
                }
                // It fell asleep or was deleted since: nothing will happen in it.
                Err(EngineError::NestAsleep | EngineError::NestGone | EngineError::NoSuchNest) => {
                    self.forget_deadline(&nest).await?;
                }
                Err(error) => {
                    tracing::warn!(nest.id = %nest, %error, "the player could not do its step; it tries again");
                    self.inner.player.keep(nest);
                    unfinished = true;
                }
            }
        }
        if unfinished {
            return Ok(Some(now));
        }
        let mut next = redis::cmd("ZRANGE");
        next.arg(Key::Due.name()).arg(0).arg(0).arg("WITHSCORES");
        let next: Vec<(String, f64)> = self.inner.store.run(&next).await?;
        Ok(next.first().map(|(_, at)| Millis(*at as i64)))
    }

    async fn play(&self, nest: &NestId) -> Result<Turn, EngineError> {
        let live = self.open(nest).await?;
        let Some(lease) = self.take_lease(nest).await? else {
            // Whoever holds the lease does what is due, unless that process died: then it is ours in a moment.
            let is_due = !matches!(step(&live.snapshot(), self.now()), Step::Wait(_));
            if !is_due && self.wanted_from_bender(&live, self.now()) > 0 {
                self.look_once_the_lease_is_over(nest);
            }
            return Ok(if is_due { Turn::Theirs } else { Turn::Done });
        };
        let patience = Instant::now() + PATIENCE;
        for _ in 0..STEPS {
            let snapshot = live.snapshot();
            match step(&snapshot, self.now()) {
                Step::Wait(until) => {
                    if self.top_up(&live, &lease, patience).await? == 0 {
                        self.set_deadline(nest, until).await?;
                        return Ok(Turn::Done);
                    }
                }
                due @ (Step::Start { .. } | Step::Stop) => {
                    let plays = self.carry_out(&live, &lease, &due).await?;
                    tracing::debug!(nest.id = %nest, plays, "the player made a step");
                }
            }
        }
        // More to do than steps at once: go on right after the others had theirs.
        self.set_deadline(nest, Some(self.now())).await?;
        Ok(Turn::Done)
    }

    /// Commits a due step, if it is still due in the moment of the commit.
    async fn carry_out(&self, live: &LiveNest, lease: &str, due: &Step) -> Result<bool, EngineError> {
        let now = self.now();
        let committed = live
            .commit(self.players_commit(lease, now), |snapshot| {
                let is = step(snapshot, now);
                Ok(match (due, is) {
                    (Step::Start { .. }, Step::Start { song, at }) => Some(Change::Started { song, at }),
                    (Step::Stop, Step::Stop) => Some(Change::Stopped),
                    _ => None,
                })
            })
            .await?;
        Ok(matches!(committed.change, Some(Change::Started { .. })))
    }

    /// Lets Bender fill the queue up, asking sources no longer than `until`. Answers how many songs he added.
    async fn top_up(&self, live: &LiveNest, lease: &str, until: Instant) -> Result<usize, EngineError> {
        let now = self.now();
        let missing = self.wanted_from_bender(live, now);
        if missing == 0 {
            return Ok(0);
        }
        // Before the picking: what appears meanwhile is not missed.
        self.inner.player.set_hungry(&live.id, true);
        let songs = self.bender_picks(live, missing, until).await?;
        let count = songs.len();
        if count == missing {
            self.inner.player.set_hungry(&live.id, false);
        }
        if count == 0 {
            return Ok(0);
        }
        let committed = live
            .commit(self.players_commit(lease, now), |snapshot| {
                let still_missing = wanted(snapshot, true, now, self.benders_limits());
                let songs: Vec<_> = songs
                    .iter()
                    .filter(|s| !snapshot.holds(&s.track.uri))
                    .take(still_missing)
                    .cloned()
                    .collect();
                Ok((!songs.is_empty()).then_some(Change::Added { songs }))
            })
            .await?;
        Ok(committed.change.map_or(0, |_| count))
    }

    fn wanted_from_bender(&self, live: &LiveNest, now: Millis) -> usize {
        wanted(&live.snapshot(), live.has_listeners(), now, self.benders_limits())
    }

    fn benders_limits(&self) -> Limits {
        Limits {
            min_queue_depth: self.inner.settings.min_queue_depth,
            max_minutes: self.inner.settings.max_bender_minutes,
        }
    }

    /// The process that has it looks for itself, and may be dead.
    fn look_once_the_lease_is_over(&self, nest: &NestId) {
        if !self.inner.player.set_awaited(nest, true) {
            return;
        }
        let (engine, nest) = (self.clone(), nest.clone());
        tokio::spawn(async move {
            let stop = engine.inner.stop.clone();
            let in_time = stop.run_until_cancelled(tokio::time::sleep(LEASE_LIFE)).await;
            engine.inner.player.set_awaited(&nest, false);
            if in_time.is_some() {
                engine.inner.player.poke(&nest);
            }
        });
    }

    fn players_commit<'a>(&'a self, lease: &'a str, now: Millis) -> Commit<'a> {
        Commit {
            store: &self.inner.store,
            now,
            by: None,
            lease: Some(lease),
            filter: self.inner.settings.bender_filter,
        }
    }

    /// The lease's value, `holder:fence`, if we hold it now.
    async fn take_lease(&self, nest: &NestId) -> Result<Option<String>, EngineError> {
        let mut take = scripts::LEASE.key(Key::MasterPlayer(nest).name());
        take.key(Key::PlayerFence(nest).name()).key(Key::Log(nest).name());
        take.arg(&self.inner.player.holder)
            .arg(LEASE_LIFE.as_millis() as u64);
        Ok(self.inner.store.script(&take).await?)
    }

    async fn set_deadline(&self, nest: &NestId, at: Option<Millis>) -> Result<(), EngineError> {
        let Some(at) = at else {
            return self.forget_deadline(nest).await;
        };
        let mut set = scripts::DEADLINE.key(Key::Due.name());
        set.key(Key::Log(nest).name()).arg(nest.as_str()).arg(at.0);
        Ok(self.inner.store.script(&set).await?)
    }

    async fn forget_deadline(&self, nest: &NestId) -> Result<(), EngineError> {
        let mut forget = redis::cmd("ZREM");
        forget.arg(Key::Due.name()).arg(nest.as_str());
        Ok(self.inner.store.run(&forget).await?)
    }
}
