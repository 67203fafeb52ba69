//! Restarting a nest: the same nest, the next generation.
//!
//! The host wakes a sleeping nest, or starts a live one over. One script checks that the nest is still what was read, and
//! makes the step; of fifty who try at once one succeeds. What an older generation still wants to write is refused by the
//! ids of the new log.

use std::time::Duration;

use nests::history::Played;
use nests::nest::{NestId, NestRef, Person};
use nests::time::Millis;
use nests::wire::Snapshot;
use nests::wire::directory::{NestCard, NestState};
use serde::{Deserialize, Serialize};

use crate::Engine;
use crate::clock::rfc3339;
use crate::directory::{Entry, Found};
use crate::error::EngineError;
use crate::live::{CloseReason, news};
use crate::store::keys::{HOUSE_CHANNEL, RESTARTS_WINDOW, channel, is_of_live_state};
use crate::store::state::{self, Effect, Loaded, Position, effect, effects, load, position_of};
use crate::store::{Key, scripts};

/// Restarts of one nest are at least this far apart, ...
pub const SHORTEST_GAP: Duration = Duration::from_secs(10);
/// ... and this many within [`RESTARTS_WINDOW`] at most.
pub const MAX_RESTARTS: usize = 10;
/// Tries against people who vote and add while their nest is restarted: each loss is somebody else's write.
const RESTART_ATTEMPTS: u32 = 64;

/// Which nests a restart is meant for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RestartMode {
    /// Only one that sleeps, or has lost its live state.
    #[default]
    IfInactive,
    /// Also one that is awake.
    Force,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RestartWish {
    pub mode: RestartMode,
    /// The generation that is meant to end; another one is left alone.
    pub expected_generation: Option<u32>,
    /// Whether what waits in the queue stays, with its votes and jams.
    pub keep_queue: bool,
}

/// A restart that was carried out, as the API tells it.
#[derive(Clone, Debug, Serialize)]
pub struct Restarted {
    pub nest: NestCard,
    pub generation: u32,
    pub restarted: bool,
    pub restarted_at: String,
    pub restart_count: u32,
    /// Names this generation of the nest: `X7K2P-2`.
    pub room_id: String,
    pub endpoints: Endpoints,
    /// Always null: the live socket takes the session, and there are no voice rooms yet that would need a token.
    pub token: Option<String>,
    pub message: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct Endpoints {
    /// Address of the live socket.
    pub socket: String,
}

/// What a nest's keys hold when its restart is decided.
enum Was {
    Asleep,
    Sound(Box<Loaded>),
    /// No log, or a state that nobody can read.
    Wrecked {
        /// The newest id of the log, as the script will find it; blank where there is none, or no log.
        newest: String,
        keys: Vec<String>,
    },
}

/// What the script answers.
enum Answer {
    Ok,
    /// Something moved since it was read.
    Behind,
    Gone,
    Limit,
    /// Milliseconds to wait.
    Pace(i64),
}

impl Engine {
    /// Begins the nest's next generation. Name, code, slug, creator and history stay as they are.
    ///
    /// # Errors
    /// [`EngineError::NotTheCreator`], [`EngineError::NestActive`], [`EngineError::OtherGeneration`],
    /// [`EngineError::RestartInProgress`], [`EngineError::RateLimited`], [`EngineError::NestLimit`]; nothing has changed then.
    ///
    /// A live nest whose keys can't be read is brought back fresh, by [`RestartMode::Force`]: there is no queue to keep.
    pub async fn restart_nest(
        &self,
        by: &Person,
        nest: &NestRef,
        wish: RestartWish,
    ) -> Result<Restarted, EngineError> {
        let mut first_seen = None;
        for _ in 0..RESTART_ATTEMPTS {
            let found = self.look_up(nest).await?;
            check_right(by, &found.entry)?;
            let generation = found.entry.generation;
            if *first_seen.get_or_insert(generation) != generation {
                return Err(EngineError::RestartInProgress);
            }
            if wish
                .expected_generation
                .is_some_and(|expected| expected != generation)
            {
                return Err(EngineError::OtherGeneration(generation));
            }
            let was = match found.state {
                NestState::Asleep => Was::Asleep,
                NestState::Awake => self.examine(&found.entry, wish.mode).await?,
            };
            let new = self.next_generation(&found.entry);
            match self.begin_generation(&found, &was, &new, wish).await? {
                Answer::Ok => return self.tell_restarted(new, found.state).await,
                Answer::Behind => {}
                Answer::Gone => return Err(EngineError::NestGone),
                Answer::Limit => return Err(self.nest_limit()),
                Answer::Pace(milliseconds) => return Err(too_soon(milliseconds)),
            }
        }
        Err(EngineError::Contended)
    }

    /// The live state of a nest that is awake, if it may be restarted.
    async fn examine(&self, entry: &Entry, mode: RestartMode) -> Result<Was, EngineError> {
        match load(&self.inner.store, entry.identity(), true).await {
            Ok(None) => self.salvage(&entry.nest_id).await,
            Ok(Some(_)) if mode == RestartMode::IfInactive => Err(EngineError::NestActive),
            Ok(Some(loaded)) => Ok(Was::Sound(Box::new(loaded))),
            Err(error) if error.is_unreadable() && mode == RestartMode::IfInactive => {
                Err(EngineError::NestActive)
            }
            Err(error) if error.is_unreadable() => {
                tracing::error!(nest.id = %entry.nest_id, %error, "a nest can't be read; its host begins it anew");
                self.salvage(&entry.nest_id).await
            }
            Err(error) => Err(error),
        }
    }

    /// Everything of the live state that is to make room, whatever it holds.
    async fn salvage(&self, nest: &NestId) -> Result<Was, EngineError> {
        let mut read = redis::cmd("XREVRANGE");
        read.arg(Key::Log(nest).name())
            .arg("+")
            .arg("-")
            .arg("COUNT")
            .arg(1);
        let newest: Vec<(String, redis::Value)> = match self.inner.store.run(&read).await {
            Ok(newest) => newest,
            Err(error) if EngineError::from(error.clone()).is_unreadable() => Vec::new(),
            Err(error) => return Err(error.into()),
        };
        let mut keys = self.keys_of(nest).await?;
        // The script begins the log anew by itself.
        let log = Key::Log(nest).name();
        keys.retain(|key| *key != log && is_of_live_state(nest, key));
        Ok(Was::Wrecked {
            newest: newest.into_iter().next().map(|(id, _)| id).unwrap_or_default(),
            keys,
        })
    }

    fn next_generation(&self, old: &Entry) -> Entry {
        let now = rfc3339(self.now());
        Entry {
            last_activity: now.clone(),
            asleep_since: None,
            generation: old.generation + 1,
            version: 0,
            restarted_at: Some(now),
            restart_count: old.restart_count + 1,
            ..old.clone()
        }
    }

    async fn begin_generation(
        &self,
        found: &Found,
        was: &Was,
        new: &Entry,
        wish: RestartWish,
    ) -> Result<Answer, EngineError> {
        let (nest, now) = (&new.nest_id, self.now());
        let place = Position {
            generation: new.generation,
            version: 0,
        };
        let (newest, writes) = match was {
            Was::Asleep => (String::new(), Vec::new()),
            Was::Sound(loaded) => (
                position_of(&loaded.snapshot).to_string(),
                start_over(loaded, place, wish.keep_queue, now)?,
            ),
            Was::Wrecked { newest, keys } => {
                (newest.clone(), keys.iter().map(|key| clear_away(key)).collect())
            }
        };
        let mut restart = scripts::RESTART.key(Key::Registry.name());
        restart
            .key(Key::Parked.name())
            .key(Key::Log(nest).name())
            .key(Key::Version(nest).name())
            .key(Key::Deleting(nest).name())
            .key(Key::Restarts(nest).name())
            .key(Key::CleanupDue.name())
            .key(Key::Due.name())
            .key(Key::MasterPlayer(nest).name());
        restart
            .arg(nest.as_str())
            .arg(&found.text)
            .arg(match found.state {
                NestState::Asleep => "asleep",
                NestState::Awake => "awake",
            })
            .arg(newest)
            .arg(new.to_json()?)
            .arg(place.to_string())
            .arg(self.inner.settings.nest_max_active);
        restart
            .arg(now.0)
            .arg(SHORTEST_GAP.as_millis() as u64)
            .arg(MAX_RESTARTS)
            .arg(RESTARTS_WINDOW.as_millis() as u64);
        restart
            .arg(channel(nest))
            .arg(news::restarted(new.generation))
            .arg(HOUSE_CHANNEL)
            .arg(now.plus(new.ttl_ms() + 1).0);
        for write in &writes {
            write.join(&mut restart);
        }
        let (status, wait): (String, Option<i64>) = match self
            .inner
            .store
            .script::<Vec<redis::Value>>(&restart)
            .await?
            .as_slice()
        {
            [status] => (read(status)?, None),
            [status, wait] => (read(status)?, Some(read(wait)?)),
            _ => return Err(EngineError::Unreadable("the answer to a restart".into())),
        };
        Ok(match (status.as_str(), wait) {
            ("ok", _) => Answer::Ok,
            ("gone", _) => Answer::Gone,
            ("limit", _) => Answer::Limit,
            ("pace", Some(wait)) => Answer::Pace(wait),
            _ => Answer::Behind,
        })
    }

    async fn tell_restarted(&self, new: Entry, was: NestState) -> Result<Restarted, EngineError> {
        let (nest, generation) = (new.nest_id.clone(), new.generation);
        let (restart_count, restarted_at) = (new.restart_count, new.restarted_at.clone().unwrap_or_default());
        let held = self.inner.hub.held(&nest);
        if let Some(old) = held.filter(|live| live.generation() < generation) {
            old.close(CloseReason::NestRestarted);
        }
        self.inner.player.poke(&nest);
        let card = self.card(new, NestState::Awake).await?;
        let message = match was {
            NestState::Asleep => format!("{} is awake again.", card.name),
            NestState::Awake => format!("{} was restarted.", card.name),
        };
        Ok(Restarted {
            generation,
            restarted: true,
            restarted_at,
            restart_count,
            room_id: format!("{nest}-{generation}"),
            endpoints: Endpoints {
                socket: self.socket_url(&nest),
            },
            token: None,
            message,
            nest: card,
        })
    }

    fn socket_url(&self, nest: &NestId) -> String {
        let public = &self.inner.settings.public_url;
        let host = public.strip_prefix("http").unwrap_or(public); // `s://host` or `://host`
        format!("ws{host}/socket/{nest}")
    }
}

fn check_right(by: &Person, entry: &Entry) -> Result<(), EngineError> {
    if entry.is_main {
        return Err(EngineError::MainIsPermanent);
    }
    if entry.creator.as_ref() != Some(&by.id) {
        return Err(EngineError::NotTheCreator);
    }
    Ok(())
}

fn too_soon(milliseconds: i64) -> EngineError {
    let retry_after = u32::try_from(milliseconds.max(1))
        .unwrap_or(u32::MAX)
        .div_ceil(1000);
    EngineError::RateLimited {
        retry_after,
        message: format!("This nest was restarted a moment ago. Try again in {retry_after} s."),
    }
}

fn clear_away(key: &str) -> Effect {
    Effect {
        command: "UNLINK",
        key: key.to_owned(),
        args: vec![],
    }
}

/// The writes that turn the keys of a live nest into those of its next generation.
fn start_over(
    loaded: &Loaded,
    place: Position,
    keep_queue: bool,
    now: Millis,
) -> Result<Vec<Effect>, EngineError> {
    let old = &loaded.snapshot;
    let nest = &old.nest.id;
    let mut new = Snapshot::new(old.nest.clone(), place.generation, old.bender.enabled);
    if keep_queue {
        new.songs.clone_from(&old.songs);
        new.volume = old.volume;
    }
    let mut writes = effects(old, &new, &loaded.votes_in_log);
    if !keep_queue {
        writes.push(effect("UNLINK", Key::LastQueued(nest), vec![]));
        writes.push(effect("UNLINK", Key::LastBenderTrack(nest), vec![]));
    }
    writes.extend(state::forget_ideas(nest));
    if let Some(playing) = &old.playing {
        writes.extend(state::remember(nest, place, &Played::of(playing, now))?);
    }
    Ok(writes)
}

fn read<T: redis::FromRedisValue>(value: &redis::Value) -> Result<T, EngineError> {
    Ok(redis::from_redis_value(value.clone()).map_err(redis::RedisError::from)?)
}
