//! What a screen is told, as server-sent events: the same few words whether it shows a nest or a code to be typed.

use std::convert::Infallible;
use std::time::Duration;

use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, Stream, StreamExt as _};
use nests::wire::{ErrorBody, ErrorCode};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};

/// How often a screen hears that we are there.
const HEARTBEAT: Duration = Duration::from_secs(20);
/// How long a screen whose stream ended waits before it comes back.
const COME_BACK: Duration = Duration::from_secs(5);
/// Seconds after which a screen that found no room may try again.
const TRY_AGAIN: u32 = 30;

pub(super) enum Told {
    /// What `<main>` holds from now on, as HTML.
    Main(String),
    Here,
    /// Load again: this page has nothing more to show.
    Bye,
}

impl Told {
    /// Each with some data: browsers pass over an event that has none.
    fn event(self) -> Event {
        match self {
            Self::Main(html) => Event::default().event("main").data(html),
            Self::Here => Event::default().event("here").data("here"),
            Self::Bye => Event::default().event("bye").data("bye"),
        }
    }
}

/// The stream, which begins with the build: a screen that was drawn by another one loads again.
pub(super) fn stream(build: &str, told: impl Stream<Item = Told> + Send + 'static) -> Response {
    let build = Event::default().event("build").data(build).retry(COME_BACK);
    let events = stream::once(std::future::ready(build)).chain(told.map(Told::event));
    Sse::new(events.map(Ok::<_, Infallible>)).into_response()
}

pub(super) fn heartbeat() -> Interval {
    let mut heartbeat = interval_at(Instant::now() + HEARTBEAT, HEARTBEAT);
    heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    heartbeat
}

pub(super) fn no_room() -> ErrorBody {
    ErrorBody {
        retry_after: Some(TRY_AGAIN),
        ..ErrorBody::new(
            ErrorCode::RateLimited,
            "There is no room for more screens right now.",
        )
    }
}
