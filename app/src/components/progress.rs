//! How far the song is. The bar is one CSS animation that began in the past; only the words beside it tick.

use std::time::Duration;

use leptos::prelude::*;
use nests::text::clock_face;

use crate::live::board::Stage;
use crate::live::browser;
use crate::live::nest_state::NestState;

const TICK: Duration = Duration::from_secs(1);

#[component]
pub fn Progress(stage: Stage) -> impl IntoView {
    let state = NestState::here();
    let length_ms = stage.track.duration_ms;
    let (started_at, paused_at) = (stage.started_at, stage.paused_at);
    let position_ms = move |now| {
        paused_at
            .unwrap_or(now)
            .since(started_at)
            .clamp(0, i64::from(length_ms)) as u32
    };
    let position = RwSignal::new(state.with_shown(|_, now| position_ms(now)));
    Effect::new(move |_| {
        position.set(position_ms(state.now()));
        if paused_at.is_some() {
            return;
        }
        let tick = move || {
            if browser::is_visible() {
                position.set(position_ms(state.now()));
            }
        };
        if let Ok(ticker) = set_interval_with_handle(tick, TICK) {
            on_cleanup(move || ticker.clear());
        }
    });
    // Drawn anew only when the clock turns out to be otherwise than was thought.
    let bar = Signal::derive(move || {
        state.clock_mended.track();
        let played = if state.awake.get() {
            position_ms(state.now())
        } else {
            position.get_untracked()
        };
        format!("--length: {}ms; --played: {played}ms", length_ms.max(1))
    });
    let now = Signal::derive(move || clock_face(position.get()));
    let end = clock_face(length_ms);
    let end_words = end.clone();
    view! {
        <div
            class="progress"
            role="progressbar"
            aria-label="Position in the song"
            aria-valuemin="0"
            aria-valuemax=(length_ms / 1000).to_string()
            aria-valuenow=Signal::derive(move || (position.get() / 1000).to_string())
            aria-valuetext=Signal::derive(move || format!("{} of {end_words}", now.get()))
            data-paused=paused_at.map(|_| "")
        >
            <div class="progress__track"><div class="progress__fill" style=bar></div></div>
            <p class="progress__times">
                <span class="progress__now">{now}</span>
                <span class="progress__sep">" / "</span>
                <span class="progress__end">{end}</span>
            </p>
        </div>
    }
}
