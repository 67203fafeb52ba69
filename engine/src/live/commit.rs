//! The way to change a nest: the rule is asked, one script makes its answer true, and whoever was slower asks again.
//!
//! Owns the turns and the tries. What a change writes is the store's business, what it means the rules'.

use std::time::Duration;

use nests::nest::{MemberId, NestSlug};
use nests::time::Millis;
use nests::wire::{Change, Event, ServerFrame, Snapshot};
use redis::ScriptInvocation;

use super::nest::Writes;
use super::{CloseReason, Frame, LiveNest};
use crate::error::EngineError;
use crate::store::state::{Entries, LOG_LENGTH, Position};
use crate::store::{Key, Store, keys, scripts};

/// Tries of one commit against other processes' commits. Each loss is somebody else's win, so this is a storm's bound.
const COMMIT_ATTEMPTS: usize = 64;

/// A commit that went through, or had nothing to change.
#[derive(Clone, Debug)]
pub(crate) struct Committed {
    pub(crate) version: u64,
    pub(crate) change: Option<Change>,
}

/// How a commit is made: for whom, when, and with what remembered beside it.
#[derive(Clone, Copy)]
pub(crate) struct Commit<'a> {
    pub(crate) store: &'a Store,
    pub(crate) now: Millis,
    pub(crate) by: Option<&'a MemberId>,
    /// The player's lease, which must still be held.
    pub(crate) lease: Option<&'a str>,
    pub(crate) filter: Duration,
}

/// A nest's entry in the directory, to be replaced in the same step as the log tells of it.
pub(crate) struct NewEntry<'a> {
    /// The entry as it was read (JSON): while another one stands, nothing is changed.
    pub(crate) read: &'a str,
    pub(crate) text: String,
    pub(crate) slug: Option<&'a NestSlug>,
    pub(crate) let_go: &'a [NestSlug],
}

/// What became of a renaming.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Renamed {
    Yes,
    /// The entry is another one than was read.
    EntryChanged,
    /// Another nest has the slug.
    SlugTaken,
}

/// How the tries of a script ended.
enum Tried {
    Done(Committed),
    /// The script's own word for why not.
    Refused(String),
}

/// What a script that writes an event answers.
enum Answer {
    Ok,
    /// Somebody was faster; these are the entries from our version on.
    Behind(Entries),
    /// It has no log any more.
    Ended(CloseReason),
    Refused(String),
}

/// An event on its way into the log.
struct Step<'a> {
    nest: &'a LiveNest,
    place: Position,
    text: &'a str,
    writes: &'a Writes,
}

impl LiveNest {
    /// Makes one change true: asks `decide` what to do with the nest as it is, commits that, and asks again if somebody
    /// else was faster. `decide` may be called more than once and must not act.
    pub(crate) async fn commit(
        &self,
        how: Commit<'_>,
        decide: impl FnMut(&Snapshot) -> Result<Option<Change>, EngineError>,
    ) -> Result<Committed, EngineError> {
        let lease = how.lease.unwrap_or_default();
        match self.attempt(how, decide, |step| step.commit(lease)).await? {
            Tried::Done(committed) => Ok(committed),
            Tried::Refused(_) => Err(EngineError::Contended), // somebody else has the lease
        }
    }

    /// Gives the nest the name that `change` tells of, here and in the directory, in one step.
    pub(crate) async fn rename(
        &self,
        how: Commit<'_>,
        change: &Change,
        entry: &NewEntry<'_>,
    ) -> Result<Renamed, EngineError> {
        let decide = |_: &Snapshot| Ok(Some(change.clone()));
        match self.attempt(how, decide, |step| step.rename(entry)).await? {
            Tried::Done(_) => Ok(Renamed::Yes),
            Tried::Refused(why) if why == "slug" => Ok(Renamed::SlugTaken),
            Tried::Refused(_) => Ok(Renamed::EntryChanged),
        }
    }

    async fn attempt<'s>(
        &self,
        how: Commit<'_>,
        mut decide: impl FnMut(&Snapshot) -> Result<Option<Change>, EngineError>,
        script: impl Fn(&Step<'_>) -> ScriptInvocation<'s>,
    ) -> Result<Tried, EngineError> {
        let _turn = self.turn.lock().await;
        for _ in 0..COMMIT_ATTEMPTS {
            if let Some(reason) = self.closed() {
                return Err(reason.into());
            }
            let before = self.snapshot();
            let Some(change) = decide(&before)? else {
                return Ok(Tried::Done(Committed {
                    version: before.version,
                    change: None,
                }));
            };
            let event = Event {
                v: before.version + 1,
                at: how.now,
                by: how.by.cloned(),
                change,
            };
            let text = serde_json::to_string(&ServerFrame::Event(event.clone()))
                .map_err(|error| EngineError::Unreadable(error.to_string()))?;
            let step = Step {
                nest: self,
                place: Position {
                    generation: before.generation,
                    version: event.v,
                },
                text: &text,
                writes: &self.writes(&before, &event, how.filter)?,
            };
            match Answer::read(how.store.script(&script(&step)).await?)? {
                Answer::Ok => {
                    self.receive(&event, Frame::from_text(text));
                    return Ok(Tried::Done(Committed {
                        version: event.v,
                        change: Some(event.change),
                    }));
                }
                Answer::Behind(missed) => self.take_missed(how.store, missed).await?,
                Answer::Ended(reason) => {
                    self.close(reason);
                    return Err(reason.into());
                }
                Answer::Refused(why) => return Ok(Tried::Refused(why)),
            }
        }
        Err(EngineError::Contended)
    }
}

impl Step<'_> {
    fn commit(&self, lease: &str) -> ScriptInvocation<'static> {
        let nest = &self.nest.id;
        let mut script = scripts::COMMIT.key(Key::Log(nest).name());
        script.key(Key::MasterPlayer(nest).name());
        script.key(Key::Deleting(nest).name());
        self.tell_event(&mut script);
        script.arg(lease).arg(&self.writes.checkpoint);
        self.join_effects(script)
    }

    fn rename(&self, entry: &NewEntry<'_>) -> ScriptInvocation<'static> {
        let nest = &self.nest.id;
        let mut script = scripts::RENAME.key(Key::Log(nest).name());
        script.key(Key::Deleting(nest).name());
        for house in [Key::Registry, Key::Parked, Key::Names] {
            script.key(house.name());
        }
        for slug in entry.slug.into_iter().chain(entry.let_go) {
            script.key(Key::Slug(slug).name());
        }
        self.tell_event(&mut script);
        script.arg(nest.as_str()).arg(entry.read).arg(&entry.text);
        script
            .arg(usize::from(entry.slug.is_some()))
            .arg(entry.let_go.len());
        self.join_effects(script)
    }

    /// The arguments with which every script that writes an event begins.
    fn tell_event(&self, script: &mut ScriptInvocation<'_>) {
        script.arg(self.place.to_string()).arg(LOG_LENGTH).arg(self.text);
        script.arg(keys::channel(&self.nest.id));
    }

    fn join_effects<'s>(&self, mut script: ScriptInvocation<'s>) -> ScriptInvocation<'s> {
        for write in &self.writes.effects {
            write.join(&mut script);
        }
        script
    }
}

impl Answer {
    fn read(answer: Vec<redis::Value>) -> Result<Self, EngineError> {
        let mut answer = answer.into_iter();
        let status: String = read(answer.next())?;
        Ok(match status.as_str() {
            "ok" => Self::Ok,
            "behind" => Self::Behind(read(answer.next())?),
            "asleep" => Self::Ended(CloseReason::NestAsleep),
            "gone" => Self::Ended(CloseReason::NestGone),
            _ => Self::Refused(status),
        })
    }
}

fn read<T: redis::FromRedisValue>(value: Option<redis::Value>) -> Result<T, EngineError> {
    Ok(redis::from_redis_value(value.unwrap_or(redis::Value::Nil)).map_err(redis::RedisError::from)?)
}
