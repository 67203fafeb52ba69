//! A moment as the clock on this device's wall shows it.

use leptos::prelude::*;
use nests::time::Millis;

use crate::live::browser;
use crate::live::nest_state::NestState;
use crate::reading::{in_minutes, rfc3339};

/// The words of [`LocalTime`]. Call where signals are tracked.
pub fn local_time(state: NestState, at: Option<Millis>) -> String {
    match at {
        None => "--:--".to_owned(),
        Some(at) if state.awake.get() => browser::wall_clock(at.0),
        Some(at) => state.with_shown(|_, now| in_minutes(at.since(now))),
    }
}

/// `21:42` once the page is awake: only the browser knows its time zone. Until then, and where no script runs, how long
/// it is from now: `in 6 min`. `None` is a moment that nobody knows yet.
#[component]
pub fn LocalTime(at: Option<Millis>) -> impl IntoView {
    let state = NestState::here();
    view! { <time class="num" datetime=at.map(rfc3339)>{Signal::derive(move || local_time(state, at))}</time> }
}
