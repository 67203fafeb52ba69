//! The one big button, and the dot that says whether this person hears what everybody else does, and if not, the one thing that
//! helps.

use leptos::prelude::*;
use nests::nest::NestId;
use nests::track::Source;

use super::icon::{Icon, IconName};
use crate::live::browser;
use crate::live::connection::Connection;
use crate::live::dot::{Dot, Help, dot};
use crate::live::listening::Listening;
use crate::live::nest_state::NestState;
use crate::live::sync_state::SyncState;
use crate::paths::{self, form};

#[component]
pub fn TuneIn() -> impl IntoView {
    let (state, listening) = (NestState::here(), Listening::here());
    let sync = listening.sync;
    let is_on = Signal::derive(move || listening.tuned_in.get() && sync.get() != SyncState::Blocked);
    let is_off = Signal::derive(move || !is_on.get());
    let nest = state.identity.with_untracked(|identity| identity.id.clone());
    let dot = Memo::new(move |_| {
        let is_on_spotify = state.stage.with(|stage| {
            let uri = stage.as_ref().map(|stage| &stage.track.uri);
            uri.is_some_and(|uri| uri.source() == Source::Spotify)
        });
        let clock = |at: nests::time::Millis| browser::wall_clock(at.0);
        state
            .own_device
            .with(|own| dot(sync.get(), is_on_spotify, own.as_ref(), clock))
    });
    let help = Memo::new(move |_| dot.with(|dot: &Dot| dot.help));
    view! {
        <div class="tune-in needs-js" data-sync=Signal::derive(move || dot.with(|dot| dot.key))>
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
                <span class="dot" aria-hidden="true"></span>
                <span>{Signal::derive(move || dot.with(|dot| dot.words.clone()))}</span>
            </p>
            {move || help.get().map(|help| view! { <HelpButton help nest=nest.clone()/> })}
        </div>
    }
}

#[component]
fn HelpButton(help: Help, nest: NestId) -> impl IntoView {
    const CLASS: &str = "button tune-in__help";
    let connection = Connection::here();
    let words = help.words();
    match help {
        Help::BackInSync => view! {
            <button class=CLASS type="button" on:click=move |_| connection.back_in_sync()>{words}</button>
        }
        .into_any(),
        Help::MeasureAgain => view! {
            <button class=CLASS type="button" on:click=move |_| connection.measure_again()>{words}</button>
        }
        .into_any(),
        Help::Connect => view! {
            <form method="post" action=form::CONNECT_SPOTIFY>
                <input type="hidden" name="next" value=paths::nest(&nest)/>
                <input type="hidden" name="nest" value=nest.to_string()/>
                <button class=CLASS>{words}</button>
            </form>
        }
        .into_any(),
        Help::ChooseDevice | Help::Account => {
            view! { <a class=CLASS href=paths::hear(&nest)>{words}</a> }.into_any()
        }
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
            on:playing=move |_| listening.follow()
            on:timeupdate=move |_| listening.follow()
            on:error=move |_| listening.follow()
        ></audio>
        <audio node_ref=listening.fetcher preload="auto" muted></audio>
    }
}
