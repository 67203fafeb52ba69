//! The one big button, and the dot that says whether this device plays with everybody else's.

use leptos::prelude::*;

use super::icon::{Icon, IconName};
use crate::live::listening::Listening;
use crate::live::sync_state::SyncState;

#[component]
pub fn TuneIn() -> impl IntoView {
    let listening = Listening::here();
    let sync = listening.sync;
    let is_on = Signal::derive(move || listening.tuned_in.get() && sync.get() != SyncState::Blocked);
    let is_off = Signal::derive(move || !is_on.get());
    view! {
        <div class="tune-in needs-js" data-sync=Signal::derive(move || sync.get().key())>
            <button
                class="tune-in__button"
                type="button"
                aria-pressed=Signal::derive(move || is_on.get().to_string())
                on:click=move |_| listening.toggle()
            >
                <span class="bars" aria-hidden="true" hidden=is_off><i></i><i></i><i></i></span>
                <span aria-hidden="true" hidden=is_on><Icon name=IconName::Headphones/></span>
                {Signal::derive(move || if is_on.get() { "Tuned in" } else { "Tune in" })}
            </button>
            <p class="tune-in__status" role="status">
                <span class="tune-in__dot" aria-hidden="true"></span>
                <span>{Signal::derive(move || sync.get().words())}</span>
            </p>
        </div>
    }
}

/// The one thing on the page that sounds, and one that never does: it fetches what comes next.
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
        <audio node_ref=listening.fetcher preload="auto" muted></audio>
    }
}
