//! Putting idle nests to sleep, and ending those that nobody woke for too long.
//!
//! Driven by the sorted set [`Key::CleanupDue`]: it holds when each nest is to be looked at. A step touches only what is
//! due; what people do in a nest does not touch the set, a nest that turns out to be busy is looked at again later.

use std::collections::HashSet;

use nests::history::Played;
use nests::nest::lifecycle::{Signs, may_sleep};
use nests::nest::{NestId, NestRef};
use nests::time::Millis;
use nests::wire::directory::NestState;
use tokio_util::sync::CancellationToken;

use crate::Engine;
use crate::clock::{parse_rfc3339, rfc3339};
use crate::directory::{Entry, Found};
use crate::error::EngineError;
use crate::live::news;
use crate::store::keys::{channel, member_prefix};
use crate::store::state::{HISTORY_LENGTH, Position, live_keys, load, position_of};
use crate::store::{Key, scripts};

/// Nests looked at in one step; the others have their turn in the next one.
const BATCH: usize = 256;
const DAY_MS: i64 = 24 * 3_600_000;

impl Engine {
    pub(crate) async fn run_cleanup(&self, stop: CancellationToken) {
        let mut interval = tokio::time::interval(self.inner.settings.nest_cleanup);
        interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut knows_all = false;
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = interval.tick() => {}
            }
            if !knows_all {
                knows_all = self.note_every_nest().await.is_ok();
            }
            match self.cleanup_step().await {
                Ok(asleep) if asleep.is_empty() => {}
                Ok(asleep) => tracing::info!(nests = asleep.len(), "idle nests fell asleep"),
                Err(error) => {
                    tracing::warn!(%error, "the cleanup could not finish; it tries again next time")
                }
            }
        }
    }

    /// After a start: nests that an older version of the program knew are due as well.
    async fn note_every_nest(&self) -> Result<(), EngineError> {
        let mut read = redis::pipe();
        read.hkeys(Key::Registry.name())
            .hkeys(Key::Parked.name())
            .zrange(Key::CleanupDue.name(), 0, -1);
        let (awake, parked, due): (Vec<String>, Vec<String>, HashSet<String>) =
            self.inner.store.run_all(&read).await?;
        let main = NestId::main();
        let unknown = awake
            .iter()
            .chain(&parked)
            .filter(|id| *id != main.as_str() && !due.contains(*id));
        let mut note = redis::cmd("ZADD");
        note.arg(Key::CleanupDue.name()).arg("NX");
        let mut any = false;
        for id in unknown {
            note.arg(self.now().0).arg(id);
            any = true;
        }
        if any {
            self.inner.store.run::<()>(&note).await?;
        }
        Ok(())
    }

    /// Looks at the nests that are due. Answers which of them fell asleep or, with nothing to be kept, ended.
    pub async fn cleanup_step(&self) -> Result<Vec<NestId>, EngineError> {
        let mut due = redis::cmd("ZRANGEBYSCORE");
        due.arg(Key::CleanupDue.name())
            .arg("-inf")
            .arg(self.now().0)
            .arg("LIMIT")
            .arg(0)
            .arg(BATCH);
        let due: Vec<String> = self.inner.store.run(&due).await?;
        let mut asleep = Vec::new();
        for nest in due.iter().filter_map(|id| NestId::parse(id).ok()) {
            match self.look_at(&nest).await {
                Ok(true) => asleep.push(nest),
                Ok(false) => {}
                Err(error @ EngineError::Store(_)) => return Err(error),
                // What is wrong with one nest must not keep the others awake.
                Err(error) => {
                    tracing::error!(nest.id = %nest, %error, "the cleanup can't make sense of a nest; it looks again later");
                    self.look_again(&nest, self.next_step()).await?;
                }
            }
        }
        Ok(asleep)
    }

    /// Whether the nest fell asleep or, with nothing to be kept, ended.
    async fn look_at(&self, nest: &NestId) -> Result<bool, EngineError> {
        let found = match self.look_up(&NestRef::Id(nest.clone())).await {
            Ok(found) => found,
            Err(EngineError::NestGone | EngineError::NoSuchNest) => {
                self.remove_remains(nest).await?;
                return Ok(false);
            }
            Err(error) => return Err(error),
        };
        match found.state {
            NestState::Awake => self.put_to_sleep(&found).await,
            NestState::Asleep => {
                self.end_if_forgotten(&found).await?;
                Ok(false)
            }
        }
    }

    fn next_step(&self) -> Millis {
        self.now()
            .plus(self.inner.settings.nest_cleanup.as_millis() as i64)
    }

    /// A nest that slept for longer than it is kept.
    async fn end_if_forgotten(&self, found: &Found) -> Result<(), EngineError> {
        let since = found.entry.asleep_since.as_deref().and_then(parse_rfc3339);
        let until = self.parked_until(since.unwrap_or_else(|| self.now()));
        if until > self.now() {
            return self.look_again(&found.entry.nest_id, until).await;
        }
        // Only as it was found: if it was woken meanwhile, it stays.
        if self.delete_found(found).await? {
            tracing::info!(nest.id = %found.entry.nest_id, "nobody woke it for too long: it ended");
        }
        Ok(())
    }

    fn parked_until(&self, asleep_since: Millis) -> Millis {
        asleep_since.plus(i64::from(self.inner.settings.nest_park_days) * DAY_MS)
    }

    async fn look_again(&self, nest: &NestId, at: Millis) -> Result<(), EngineError> {
        let mut set = redis::cmd("ZADD");
        set.arg(Key::CleanupDue.name())
            .arg("XX")
            .arg(at.0)
            .arg(nest.as_str());
        Ok(self.inner.store.run(&set).await?)
    }

    /// Reads what the nest has, decides, and acts only if nothing moved in between: the script checks.
    async fn put_to_sleep(&self, found: &Found) -> Result<bool, EngineError> {
        let entry = &found.entry;
        let nest = &entry.nest_id;
        let now = self.now();
        let last_activity = self.last_activity(entry).await?;
        let earliest = last_activity.plus(entry.ttl_ms() + 1);
        if earliest > now {
            self.look_again(nest, earliest).await?;
            return Ok(false);
        }
        let later = self.next_step();
        let Some(loaded) = load(&self.inner.store, entry.identity(), true).await? else {
            tracing::warn!(nest.id = %nest, "awake without any live state; its creator can restart it");
            self.look_again(nest, later).await?;
            return Ok(false);
        };
        // Read again after the state: a song that was added and began to play between the first reading and that one is no
        // longer among those that wait, and its time is what keeps the nest awake. What comes later moves the log.
        let last_activity = self.last_activity(entry).await?;
        let signs = Signs {
            is_main: entry.is_main,
            last_activity,
            ttl_minutes: entry.ttl_minutes,
            active_members: self.read_people(nest).await?.len(),
            songs_of_people: loaded.snapshot.songs_of_people_left(now),
        };
        if !may_sleep(signs, now) {
            self.look_again(nest, later).await?;
            return Ok(false);
        }
        let parked = Entry {
            last_activity: rfc3339(last_activity),
            asleep_since: Some(rfc3339(now)),
            generation: loaded.snapshot.generation,
            version: loaded.snapshot.version,
            ..entry.clone()
        };
        let text = parked.to_json()?;
        let mut sleep = scripts::SLEEP.key(Key::Registry.name());
        sleep
            .key(Key::Parked.name())
            .key(Key::Log(nest).name())
            .key(Key::Members(nest).name())
            .key(Key::Due.name())
            .key(Key::CleanupDue.name())
            .key(Key::LastActivity(nest).name())
            .key(Key::History(nest).name());
        sleep.key(live_keys(&loaded.snapshot));
        sleep
            .arg(nest.as_str())
            .arg(&found.text)
            .arg(position_of(&loaded.snapshot).to_string())
            .arg(last_activity.0)
            .arg(&text);
        sleep
            .arg(channel(nest))
            .arg(news::asleep(loaded.snapshot.generation))
            .arg(member_prefix(nest))
            .arg(self.parked_until(now).0);
        // What played while nobody listened is over now.
        let played = loaded
            .snapshot
            .playing
            .as_ref()
            .map(|playing| Played::of(playing, now));
        let place = Position {
            version: loaded.snapshot.version + 1,
            ..position_of(&loaded.snapshot)
        };
        let record = played.map(|played| serde_json::to_string(&played)).transpose();
        let record = record.map_err(|error| EngineError::Unreadable(error.to_string()))?;
        sleep
            .arg(record.as_ref().map(|_| place.to_string()).unwrap_or_default())
            .arg(record.unwrap_or_default())
            .arg(HISTORY_LENGTH);
        if self.inner.store.script::<String>(&sleep).await? != "ok" {
            self.look_again(nest, later).await?;
            return Ok(false);
        }
        if self.inner.settings.nest_park_days == 0 {
            let asleep = Found {
                entry: parked,
                text,
                state: NestState::Asleep,
            };
            self.delete_found(&asleep).await?;
        }
        Ok(true)
    }
}
