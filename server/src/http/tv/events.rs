//! `GET /nest/{nest}/tv/events`: the screen's `<main>`, each time it has to look different.

use std::convert::Infallible;
use std::time::Duration;

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use engine::CloseReason;
use engine::live::watch::Watch;
use futures_util::stream::{self, Stream};
use nests::nest::NestId;
use nests::wire::{ErrorBody, ErrorCode};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at, sleep};

use super::scene::Scene;
use super::{Pass, nests_api};
use crate::auth::visitor::Visitor;
use crate::http::error::ApiError;
use crate::state::AppState;

/// Screens that listen at once, in the whole house.
pub const MAX_SCREENS: usize = 256;
/// How often a screen hears that we are there, and we look whether it may still look.
const HEARTBEAT: Duration = Duration::from_secs(20);
/// Changes within this time are shown together.
const GATHER: Duration = Duration::from_millis(250);
/// How long a screen waits before it comes back.
const COME_BACK: Duration = Duration::from_secs(5);
/// Seconds after which a screen that found no room may try again.
const TRY_AGAIN: u32 = 30;

pub async fn events(
    State(state): State<AppState>,
    Extension(visitor): Extension<Visitor>,
    Path(nest): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let nest = nests_api::id_of(&state, &nest).await?;
    let pass = Pass::of(&state, &visitor, &headers, &nest)
        .await?
        .ok_or_else(|| {
            ApiError::new(
                ErrorCode::Unauthenticated,
                "This screen is not paired with the nest. Open /tv on it.",
            )
        })?;
    let room = state
        .house
        .screens
        .clone()
        .try_acquire_owned()
        .map_err(|_| ErrorBody {
            retry_after: Some(TRY_AGAIN),
            ..ErrorBody::new(
                ErrorCode::RateLimited,
                "There is no room for more screens right now.",
            )
        })?;
    let watch = state.engine.watch(&nest).await?;
    let mut heartbeat = interval_at(Instant::now() + HEARTBEAT, HEARTBEAT);
    heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let viewer = Viewer {
        state,
        nest,
        pass,
        watch,
        shown: None,
        heartbeat,
        greeted: false,
        over: false,
        _room: room,
    };
    Ok(Sse::new(viewer.events()).into_response())
}

struct Viewer {
    state: AppState,
    nest: NestId,
    pass: Pass,
    watch: Watch,
    /// What the screen looks like.
    shown: Option<Scene>,
    heartbeat: Interval,
    greeted: bool,
    over: bool,
    /// Gives the place back when the stream ends.
    _room: OwnedSemaphorePermit,
}

impl Viewer {
    fn events(self) -> impl Stream<Item = Result<Event, Infallible>> {
        stream::unfold(self, |mut viewer| async move {
            let event = viewer.next().await?;
            Some((Ok(event), viewer))
        })
    }

    /// `None`: the stream ends, and the screen comes back.
    async fn next(&mut self) -> Option<Event> {
        if self.over {
            return None;
        }
        if !self.greeted {
            self.greeted = true;
            let build = &self.state.house.build;
            return Some(Event::default().event("build").data(build).retry(COME_BACK));
        }
        loop {
            let scene = Scene::of(&self.watch.snapshot());
            if self.shown.as_ref() != Some(&scene) {
                let html = scene.html(self.state.engine.now());
                self.shown = Some(scene);
                return Some(Event::default().event("main").data(html));
            }
            let stop = self.state.house.stop.clone();
            tokio::select! {
                () = stop.cancelled() => return None,
                _ = self.heartbeat.tick() => return Some(self.heartbeat_event().await),
                changed = self.watch.changed() => match changed {
                    Ok(()) => sleep(GATHER).await,
                    Err(CloseReason::NestGone) => return Some(self.farewell()),
                    Err(_) => return None, // asleep, restarted or shut down: it comes back to what is there then
                },
            }
        }
    }

    async fn heartbeat_event(&mut self) -> Event {
        match self.pass.holds(&self.state, &self.nest).await {
            Ok(false) => self.farewell(),
            // While the store is away the screen stays as it is.
            Ok(true) | Err(_) => Event::default().event("here").data("here"),
        }
    }

    /// The screen has nothing to show here any more: it loads again, and sees why.
    fn farewell(&mut self) -> Event {
        self.over = true;
        Event::default().event("bye").data("bye")
    }
}
