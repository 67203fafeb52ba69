//! The one big button, and the dot that says whether this device plays with everybody else's.

use leptos::prelude::*;

use super::icon::{Icon, IconName};
use crate::live::listening::Listening;
use crate::live::sync_state::SyncState;

#[component]
pub fn TuneIn() -> impl IntoView {
    let listening = Listening::here();
    let sync = listening.sync;
    let is_on = move || listening.tuned_in.get() && sync.get() != SyncState::Blocked;
    let face = move || {
        if is_on() {
            view! { <span class="bars" aria-hidden="true"><i></i><i></i><i></i></span> " Tuned in" }
                .into_any()
        } else {
            view! { <Icon name=IconName::Headphones/> " Tune in" }.into_any()
        }
    };
    view! {
        <div class="tune-in needs-js" data-sync=move || sync.get().key()>
            <button
                class="tune-in__button"
                type="button"
                aria-pressed=move || is_on().to_string()
                on:click=move |_| listening.toggle()
            >
                {face}
            </button>
            <p class="tune-in__status" role="status">
                <span class="tune-in__dot" aria-hidden="true"></span>
                <span>{move || sync.get().words()}</span>
            </p>
        </div>
    }
    .into_any()
}

/// The one thing on the page that sounds.
#[component]
pub fn Sound() -> impl IntoView {
    let listening = Listening::here();
    view! {
        <audio
            node_ref=listening.audio
            data-testid="audio"
            preload="auto"
            on:playing=move |_| listening.sound_is_there()
            on:seeked=move |_| listening.sound_is_there()
            on:error=move |_| listening.failed()
        ></audio>
    }
    .into_any()
}
