//! This device's own volume, on top of the nest's.

use leptos::prelude::*;

use super::icon::{Icon, IconName};
use crate::live::listening::Listening;

#[component]
pub fn Volume() -> impl IntoView {
    let listening = Listening::here();
    let (own, muted) = (listening.own_volume, listening.muted);
    let icon = move || {
        if muted.get() {
            IconName::Mute
        } else {
            IconName::Volume
        }
    };
    view! {
        <div class="volume needs-js">
            <button
                class="button button--quiet button--icon"
                type="button"
                aria-label="Mute"
                aria-pressed=Signal::derive(move || muted.get().to_string())
                on:click=move |_| muted.update(|muted| *muted = !*muted)
            >
                {move || view! { <Icon name=icon()/> }}
            </button>
            <input
                class="volume__slider"
                type="range"
                min="0"
                max="100"
                aria-label="Your volume"
                prop:value=Signal::derive(move || own.get().to_string())
                style=Signal::derive(move || format!("--level: {}%", own.get()))
                on:input=move |event| {
                    if let Ok(volume) = event_target_value(&event).parse() {
                        listening.set_own_volume(volume);
                    }
                }
            />
        </div>
    }
}
