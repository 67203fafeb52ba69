//! The queue: people's songs, then Bender's picks.

use leptos::prelude::*;
use nests::nest::NestId;
use nests::queue::SongId;

use super::icon::{Icon, IconName};
use super::local_time::LocalTime;
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
                <p class="queue__sum">{move || sum(state)}</p>
                {move || state.heading.with(|heading| heading.clearable).then(|| view! { <Clear nest=nest.get_value()/> })}
            </header>
            <Rows songs=state.order nest=nest/>
            {move || bender_has_songs(state).then(|| view! { <BendersPicks nest=nest/> })}
            {move || (state.heading.with(|heading| heading.songs) == 0).then(Empty)}
        </section>
    }
    .into_any()
}

fn bender_has_songs(state: NestState) -> bool {
    state.heading.with(|heading| heading.songs > heading.of_people)
}

fn sum(state: NestState) -> impl IntoView {
    let heading = state.heading.get();
    if heading.songs == 0 {
        return view! { "nothing yet" }.into_any();
    }
    let songs = counted(heading.songs, "song", "songs");
    match heading.ends {
        Some(ends) => view! { {songs} " · ends " <LocalTime at=Some(ends)/> }.into_any(),
        None => view! { {songs} " · paused" }.into_any(),
    }
}

#[component]
fn Rows(songs: RwSignal<Vec<SongId>>, nest: StoredValue<NestId>) -> impl IntoView {
    view! {
        <ol class="queue__list">
            <For each=move || songs.get() key=SongId::clone children=move |song| view! { <RowView song nest=nest.get_value()/> }/>
        </ol>
    }
    .into_any()
}

#[component]
fn BendersPicks(nest: StoredValue<NestId>) -> impl IntoView {
    let state = NestState::here();
    view! {
        <section class="queue__bender" aria-labelledby="bender-title">
            <h3 class="queue__divider" id="bender-title"><Icon name=IconName::Bender/>"Bender's picks"</h3>
            <Rows songs=state.bender_order nest=nest/>
        </section>
    }
    .into_any()
}

#[component]
fn Clear(nest: NestId) -> impl IntoView {
    view! {
        <form class="queue__clear" method="post" action=form::CLEAR>
            <input type="hidden" name="nest" value=nest.to_string()/>
            <button class="button button--quiet">"Clear"</button>
        </form>
    }
    .into_any()
}

#[component]
fn Empty() -> impl IntoView {
    view! {
        <p class="queue__empty">
            "Nothing waits. "<a href="#search" rel="external">"Search or paste a link"</a>", or let Bender pick."
        </p>
    }
    .into_any()
}
