//! Putting idle nests to sleep.

use nests::nest::NestId;
use nests::nest::lifecycle::{Signs, may_sleep};
use nests::time::Millis;
use tokio_util::sync::CancellationToken;

use crate::Engine;
use crate::clock::rfc3339;
use crate::directory::Entry;
use crate::error::EngineError;
use crate::live::news;
use crate::store::keys::{channel, member_prefix};
use crate::store::state::{live_keys, load, position_of};
use crate::store::{Key, scripts};

impl Engine {
    pub(crate) async fn run_cleanup(&self, stop: CancellationToken) {
        let mut interval = tokio::time::interval(self.inner.settings.nest_cleanup);
        interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = interval.tick() => {}
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

    /// Puts to sleep whatever may sleep now. Answers which nests did.
    pub async fn cleanup_step(&self) -> Result<Vec<NestId>, EngineError> {
        let mut asleep = Vec::new();
        for entry in self.entries_awake().await? {
            if !entry.is_main && self.idle_since(&entry).await?.is_some() && self.put_to_sleep(&entry).await?
            {
                asleep.push(entry.nest_id);
            }
        }
        Ok(asleep)
    }

    /// The last activity, if it is longer ago than the nest's time to live. Two small reads; most nests end here.
    async fn idle_since(&self, entry: &Entry) -> Result<Option<Millis>, EngineError> {
        let last = self.last_activity(entry).await?;
        let limit = i64::from(entry.ttl_minutes) * 60_000;
        Ok((self.now().since(last) > limit).then_some(last))
    }

    async fn put_to_sleep(&self, entry: &Entry) -> Result<bool, EngineError> {
        let nest = &entry.nest_id;
        let store = &self.inner.store;
        // Read what it has, decide, and act only if nothing moved in between: the script checks the log's last id.
        let Some(loaded) = load(store, entry.identity(), true).await? else {
            return Ok(false);
        };
        let now = self.now();
        let last_activity = self.last_activity(entry).await?;
        let signs = Signs {
            is_main: entry.is_main,
            last_activity,
            ttl_minutes: entry.ttl_minutes,
            active_members: self.read_people(nest).await?.len(),
            songs_of_people: loaded.snapshot.songs_of_people(),
        };
        if !may_sleep(signs, now) {
            return Ok(false);
        }
        if self.inner.settings.nest_park_days == 0 {
            self.delete_entry(entry).await?;
            return Ok(true);
        }
        let parked = Entry {
            last_activity: rfc3339(last_activity),
            asleep_since: Some(rfc3339(now)),
            generation: loaded.snapshot.generation,
            version: loaded.snapshot.version,
            ..entry.clone()
        };
        let mut sleep = scripts::SLEEP.key(Key::Registry.name());
        sleep
            .key(Key::Parked.name())
            .key(Key::Log(nest).name())
            .key(Key::Members(nest).name())
            .key(Key::Due.name());
        sleep.key(live_keys(&loaded.snapshot));
        sleep
            .arg(nest.as_str())
            .arg(position_of(&loaded.snapshot).to_string())
            .arg(parked.to_json()?);
        sleep
            .arg(channel(nest))
            .arg(news::ASLEEP)
            .arg(member_prefix(nest));
        let answer: String = store.script(&sleep).await?;
        Ok(answer == "ok")
    }
}
