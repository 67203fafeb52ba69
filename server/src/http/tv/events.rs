//! `GET /nest/{nest}/tv/events`: the screen's `<main>`, each time it has to look different.

use std::future::pending;
use std::time::Duration;

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use engine::live::watch::Watch;
use engine::{CloseReason, EngineError};
use futures_util::stream;
use nests::nest::{NestId, NestRef};
use nests::wire::ErrorCode;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Interval, sleep};

use super::scene::Picture;
use super::telling::{self, Told};
use super::{Pass, nests_api};
use crate::auth::visitor::Visitor;
use crate::http::error::ApiError;
use crate::state::AppState;

/// Screens that listen at once, in the whole house.
pub const MAX_SCREENS: usize = 256;
/// Changes within this time are shown together.
const GATHER: Duration = Duration::from_millis(250);

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
    let room = state.house.screens.clone().try_acquire_owned();
    let room = room.map_err(|_| telling::no_room())?;
    let build = state.house.build.clone();
    let viewer = Viewer {
        showing: Showing::of(&state, &nest).await?,
        state,
        nest,
        pass,
        shown: None,
        heartbeat: telling::heartbeat(),
        over: false,
        _room: room,
    };
    let told = stream::unfold(viewer, |mut viewer| async move {
        let told = viewer.next().await?;
        Some((told, viewer))
    });
    Ok(telling::stream(&build, told))
}

/// What the screen looks at.
enum Showing {
    Awake(Watch),
    /// By the nest's name. It wakes with the nest.
    Asleep(String),
}

/// What came next.
enum News {
    Changed,
    /// It fell asleep, woke or began anew.
    AnotherLife,
    Gone,
    /// The screen comes back by itself, and finds what is there then.
    Over,
}

impl Showing {
    async fn of(state: &AppState, nest: &NestId) -> Result<Self, EngineError> {
        match state.engine.watch(nest).await {
            Ok(watch) => Ok(Self::Awake(watch)),
            Err(EngineError::NestAsleep) => {
                let card = state.engine.get_nest(&NestRef::Id(nest.clone())).await?;
                Ok(Self::Asleep(card.name.as_str().to_owned()))
            }
            Err(error) => Err(error),
        }
    }

    fn picture(&self) -> Picture {
        match self {
            Self::Awake(watch) => Picture::of(&watch.snapshot()),
            Self::Asleep(name) => Picture::Asleep(name.clone()),
        }
    }

    async fn news(&mut self, state: &AppState, nest: &NestId) -> News {
        match self {
            Self::Awake(watch) => match watch.changed().await {
                Ok(()) => {
                    sleep(GATHER).await;
                    News::Changed
                }
                Err(CloseReason::NestGone) => News::Gone,
                Err(CloseReason::NestAsleep | CloseReason::NestRestarted) => News::AnotherLife,
                Err(_) => News::Over,
            },
            Self::Asleep(_) => match state.engine.until_awake(nest).await {
                Ok(()) => News::AnotherLife,
                Err(EngineError::NestGone | EngineError::NoSuchNest) => News::Gone,
                Err(_) => News::Over,
            },
        }
    }
}

struct Viewer {
    state: AppState,
    nest: NestId,
    pass: Pass,
    showing: Showing,
    /// What the screen looks like.
    shown: Option<Picture>,
    heartbeat: Interval,
    over: bool,
    /// Gives the place back when the stream ends.
    _room: OwnedSemaphorePermit,
}

impl Viewer {
    /// `None`: the stream ends, and the screen comes back.
    async fn next(&mut self) -> Option<Told> {
        if self.over {
            return None;
        }
        loop {
            let picture = self.showing.picture();
            if self.shown.as_ref() != Some(&picture) {
                let html = picture.html(self.state.engine.now());
                self.shown = Some(picture);
                return Some(Told::Main(html));
            }
            let stop = self.state.house.stop.clone();
            let news = tokio::select! {
                () = stop.cancelled() => return None,
                _ = self.heartbeat.tick() => return Some(self.beat().await),
                () = taken_back(&self.state, &self.pass, &self.nest) => News::Gone,
                news = self.showing.news(&self.state, &self.nest) => news,
            };
            match news {
                News::Changed => {}
                News::AnotherLife => self.showing = Showing::of(&self.state, &self.nest).await.ok()?,
                News::Gone => return Some(self.farewell()),
                News::Over => return None,
            }
        }
    }

    /// A person may have signed out since, and news get lost with a connection.
    async fn beat(&mut self) -> Told {
        match self.pass.holds(&self.state, &self.nest).await {
            Ok(false) => self.farewell(),
            // While the store is away the screen stays as it is.
            Ok(true) | Err(_) => Told::Here,
        }
    }

    fn farewell(&mut self) -> Told {
        self.over = true;
        Told::Bye
    }
}

/// Never returns for a person.
async fn taken_back(state: &AppState, pass: &Pass, nest: &NestId) {
    let Pass::Screen(token) = pass else {
        return pending().await;
    };
    let moved = state.engine.until_screen_shows_other_than(Some(nest), token);
    if let Err(error) = moved.await {
        tracing::debug!(nest.id = %nest, %error, "the next heartbeat looks whether the screen may still look");
        pending().await
    }
}
