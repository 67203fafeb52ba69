//! The queue: people's songs, then Bender's picks.

use leptos::prelude::*;
use nests::nest::NestId;
use nests::queue::SongId;

use super::icon::{Icon, IconName};
use super::local_time::local_time;
use super::row::RowView;
use crate::live::nest_state::NestState;
use crate::paths::form;
use crate::reading::counted;

#[component]
pub fn Queue() -> impl IntoView {
    let state = NestState::here();
    let nest = StoredValue::new(state.identity.with_untracked(|identity| identity.id.clone()));
    view! {
        <section
            class="queue"
            id="queue"
            aria-labelledby="queue-title"
            tabindex="-1"
            on:pointerdown=move |_| state.hold_still()
        >
            <header class="queue__head">
                <h2 class="queue__title" id="queue-title">"Up next"</h2>
                <p class="queue__sum">{Signal::derive(move || sum(state))}</p>
                <Clear nest=nest.get_value()/>
            </header>
            <Rows songs=state.order nest=nest/>
            <BendersPicks nest/>
            <Empty/>
        </section>
    }
}

/// `14 songs · ends 23:10`
fn sum(state: NestState) -> String {
    let heading = state.heading.get();
    let songs = counted(heading.songs, "song", "songs");
    match heading.ends {
        _ if heading.songs == 0 => "nothing yet".to_owned(),
        Some(ends) => format!("{songs} · ends {}", local_time(state, Some(ends))),
        None => format!("{songs} · paused"),
    }
}

#[component]
fn Rows(songs: RwSignal<Vec<SongId>>, nest: StoredValue<NestId>) -> impl IntoView {
    view! {
        <ol class="queue__list">
            <For each=move || songs.get() key=SongId::clone children=move |song| view! { <RowView song nest=nest.get_value()/> }/>
        </ol>
    }
}

#[component]
fn BendersPicks(nest: StoredValue<NestId>) -> impl IntoView {
    let state = NestState::here();
    let none = Signal::derive(move || state.heading.with(|heading| heading.songs == heading.of_people));
    view! {
        <section class="queue__bender" aria-labelledby="bender-title" hidden=none>
            <h3 class="queue__divider" id="bender-title"><Icon name=IconName::Bender/>"Bender's picks"</h3>
            <Rows songs=state.bender_order nest/>
        </section>
    }
}

#[component]
fn Clear(nest: NestId) -> impl IntoView {
    let state = NestState::here();
    let forbidden = Signal::derive(move || !state.heading.with(|heading| heading.clearable));
    view! {
        <form class="queue__clear" method="post" action=form::CLEAR hidden=forbidden>
            <input type="hidden" name="nest" value=nest.to_string()/>
            <button class="button button--quiet">"Clear"</button>
        </form>
    }
}

/// The end of a sentence that begins with searching and pasting.
pub(super) fn or_bender(state: NestState) -> Signal<&'static str> {
    Signal::derive(move || match state.heading.with(|heading| heading.bender) {
        true => ", or let Bender pick.",
        false => ". Bender is off here.",
    })
}

#[component]
fn Empty() -> impl IntoView {
    let state = NestState::here();
    let filled = Signal::derive(move || state.heading.with(|heading| heading.songs > 0));
    view! {
        <p class="queue__empty" hidden=filled>
            "Nothing waits. "<a href="#search">"Search or paste a link"</a>{or_bender(state)}
        </p>
    }
}
