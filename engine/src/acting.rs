//! What people do in a nest: one way for every wish. The rule decides, one script makes it true.

use std::time::{Duration, Instant};

use nests::action::{Circumstances, decide};
use nests::nest::{MemberId, NestId, Person};
use nests::track::{Track, TrackUri};
use nests::wire::frame::Note;
use nests::wire::{Change, Command};

use crate::Engine;
use crate::error::EngineError;
use crate::live::LiveNest;
use crate::live::commit::Commit;
use crate::pace::{self, Pace};
use crate::store::Key;
use crate::store::keys::ADDS_WINDOW;

/// Songs a person may add to one nest in an hour.
pub const MAX_ADDS_AN_HOUR: u32 = 50;

/// Wishes by requests of their own: nobody clicks faster, and sockets are held to the same.
const WISH_EVERY: Duration = Duration::from_millis(100);
/// At once: a person who clicks through a whole queue, in two tabs.
const WISHES_AT_ONCE: u32 = 40;

/// Of wishes that come by requests, one by one.
pub(crate) fn pace() -> Pace<MemberId> {
    Pace::new(WISH_EVERY, WISHES_AT_ONCE)
}

/// A wish that was carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Done {
    /// The nest's version with it (or before it, where there was nothing to change).
    pub version: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<Note>,
}

impl Engine {
    /// Carries out a wish that came by a request of its own. Sockets have a pace already, and what adds many tracks at once
    /// has limits of its own.
    ///
    /// # Errors
    /// As for [`Engine::act`], and `RateLimited` for whoever wishes faster than anybody clicks.
    pub async fn act_by_request(
        &self,
        nest: &NestId,
        by: &Person,
        command: Command,
    ) -> Result<Done, EngineError> {
        let admitted = self.inner.wish_pace.admit(&by.id, Instant::now());
        admitted.map_err(|wait| EngineError::RateLimited {
            retry_after: pace::retry_after(wait),
            message: "That was too fast. Wait a second.".to_owned(),
        })?;
        self.act(nest, by, command).await
    }

    /// Carries out a wish. Where the nest is restarted under our hands, in the generation that follows.
    pub async fn act(&self, nest: &NestId, by: &Person, command: Command) -> Result<Done, EngineError> {
        let live = self.open(nest).await?;
        match self.act_in(&live, by, command.clone()).await {
            Err(EngineError::NestAsleep | EngineError::NestRestarted) => {
                // Whether it sleeps, is being deleted, or lives on: the directory knows.
                self.entry(nest).await?;
                let live = self.open(nest).await?;
                self.act_in(&live, by, command).await
            }
            answer => answer,
        }
    }

    /// Carries out a wish in this generation of the nest and in no other.
    pub(crate) async fn act_in(
        &self,
        live: &LiveNest,
        by: &Person,
        command: Command,
    ) -> Result<Done, EngineError> {
        let nest = &live.id;
        // Counted before anybody looks the track up: a look-up may cost the house a call of its source.
        if matches!(command, Command::Add { .. } | Command::Take { .. }) {
            self.count_add(nest, &by.id).await?;
        }
        let track = match &command {
            Command::Add { track } => Some(self.track(nest, track).await?),
            _ => None,
        };
        let now = self.now();
        let settings = &self.inner.settings;
        let about = Circumstances {
            now,
            track,
            roll: crate::random::roll(),
            max_queue_depth: (!nest.is_main()).then_some(settings.nest_max_queue_depth),
            mixed_sources: settings.mixed_sources,
            removed: match &command {
                Command::Undo { version } => live.removed_at(*version, now),
                _ => None,
            },
        };
        let mut note = None;
        let commit = Commit {
            store: &self.inner.store,
            now,
            by: Some(&by.id),
            lease: None,
            filter: settings.bender_filter,
        };
        let committed = live
            .commit(commit, |snapshot| {
                let granted = decide(snapshot, by, &command, about.clone())?;
                note = granted.note;
                Ok(granted.change)
            })
            .await?;
        if committed.change.as_ref().is_some_and(concerns_the_player) {
            self.inner.player.poke(nest);
        }
        Ok(Done {
            version: committed.version,
            note,
        })
    }

    pub(crate) async fn track(&self, nest: &NestId, uri: &TrackUri) -> Result<Track, EngineError> {
        let track = self.sources_of(Some(nest)).await?.track(uri).await;
        track.map_err(|error| error.of(uri.source()))
    }

    async fn count_add(&self, nest: &NestId, member: &MemberId) -> Result<(), EngineError> {
        let key = Key::AddsThisHour(nest, member).name();
        let mut count = redis::pipe();
        count
            .cmd("SET")
            .arg(&key)
            .arg(0)
            .arg("EX")
            .arg(ADDS_WINDOW.as_secs())
            .arg("NX")
            .ignore();
        count.incr(&key, 1).ttl(&key);
        let (adds, ttl): (u32, i64) = self.inner.store.run_all(&count).await?;
        if adds > MAX_ADDS_AN_HOUR {
            let retry_after = ttl.clamp(1, ADDS_WINDOW.as_secs() as i64) as u32;
            let message = format!(
                "You added {MAX_ADDS_AN_HOUR} songs within an hour. Leave some room for the others; more in {} min.",
                retry_after.div_ceil(60)
            );
            return Err(EngineError::RateLimited { retry_after, message });
        }
        Ok(())
    }
}

/// Whether the player may have to do something, or at another time.
pub(crate) fn concerns_the_player(change: &Change) -> bool {
    match change {
        Change::Added { .. }
        | Change::Removed { .. }
        | Change::Filtered { .. }
        | Change::Restored { .. }
        | Change::Started { .. }
        | Change::Stopped
        | Change::Paused { .. }
        | Change::Resumed { .. }
        | Change::BenderAsked { .. }
        | Change::BenderSwitched { .. } => true,
        Change::Voted { .. } | Change::Jammed { .. } | Change::Volume { .. } | Change::Renamed { .. } => {
            false
        }
    }
}
