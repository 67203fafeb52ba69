//! A moment as the clock on this device's wall shows it.

use leptos::prelude::*;
use nests::time::Millis;

use crate::live::browser;
use crate::live::nest_state::NestState;
use crate::reading::rfc3339;

/// `21:42` once the page is awake: only the browser knows its time zone. Until then, and where no script runs, how long
/// it is from now: `in 6 min`. `None` is a moment that nobody knows yet.
#[component]
pub fn LocalTime(at: Option<Millis>) -> impl IntoView {
    let Some(at) = at else {
        return view! { <span class="num">"--:--"</span> }.into_any();
    };
    let state = NestState::here();
    let text = move || {
        if state.awake.get() {
            browser::wall_clock(at.0)
        } else {
            state.with_shown(|_, now| crate::reading::in_minutes(at.since(now)))
        }
    };
    view! { <time class="num" datetime=rfc3339(at)>{text}</time> }.into_any()
}
