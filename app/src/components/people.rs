//! Who is here, in a popover: on a tap, at a look, on the keyboard's focus.

use leptos::prelude::*;
use nests::hearing::{Hears, InSync};
use nests::nest::Person;
use nests::nest::member::Listener;
use nests::time::Millis;

use super::avatar::Avatar;
use super::nest_bar::count_words;
use super::peek::Peek;
use crate::live::browser;
use crate::live::nest_state::NestState;
use crate::reading::{here_for, rfc3339};

/// The popover's id.
pub const PEOPLE: &str = "people";

#[component]
pub fn PeoplePopover() -> impl IntoView {
    let (state, peek) = (NestState::here(), Peek::here());
    let title = Signal::derive(move || {
        state
            .people
            .with(|people| format!("{} listening", count_words(people.count)))
    });
    let in_sync = Signal::derive(move || state.people.with(|people| people.in_sync));
    let list = move || {
        let everybody = state.people.with(|people| people.people.clone());
        let one = |listener: Listener| {
            let Listener { person, since, hears } = listener;
            let (role, name) = (role(state, &person), person.name.clone());
            view! {
                <li class="people__person">
                    <Avatar person/>
                    <span class="people__who">
                        <span class="people__name">{name}</span>
                        <span class="people__note">
                            {role}<time datetime=rfc3339(since)>{Signal::derive(move || here_since(state, since))}</time>
                        </span>
                    </span>
                    {hears.map(|hears| view! { <HearsDot hears/> })}
                </li>
            }
        };
        everybody.into_iter().map(one).collect::<Vec<_>>()
    };
    view! {
        <div
            class="menu menu--people"
            id=PEOPLE
            popover="auto"
            role="dialog"
            aria-labelledby="people-title"
            on:pointerenter=move |event| peek.enter(&event)
            on:pointerleave=move |event| peek.leave(&event)
            on:toggle=move |_| peek.toggled()
        >
            <h2 class="menu__title" id="people-title">{title}</h2>
            <p class="people__sync" data-testid="in-sync" hidden=Signal::derive(move || in_sync.get().of == 0)>
                {Signal::derive(move || in_sync_words(in_sync.get()))}
            </p>
            <ul class="people">{list}</ul>
        </div>
    }
}

/// `9 of 11 in sync`. Who only looks is not among them.
fn in_sync_words(InSync { count, of }: InSync) -> String {
    format!("{count} of {of} in sync")
}

/// Whether somebody hears what the nest plays, by shape, colour and word.
#[component]
fn HearsDot(hears: Hears) -> impl IntoView {
    let (key, words) = match hears {
        Hears::InSync => ("in-sync", "in sync"),
        Hears::Apart => ("catching-up", "not in sync"),
    };
    view! {
        <span class="people__hears" data-sync=key title=words>
            <span class="dot" aria-hidden="true"></span>
            <span class="visually-hidden">{words}</span>
        </span>
    }
}

/// Who somebody is to whoever reads.
fn role(state: NestState, person: &Person) -> &'static str {
    let built_it = state
        .identity
        .with(|identity| identity.creator.as_ref() == Some(&person.id));
    if person.id == state.me().id {
        "you · "
    } else if built_it {
        "built this nest · "
    } else {
        ""
    }
}

/// By the clock on this device's wall once the page is awake: the server doesn't know its time zone, and says how long it is.
fn here_since(state: NestState, since: Millis) -> String {
    match state.awake.get() {
        true => format!("here since {}", browser::wall_clock(since.0)),
        false => state.with_shown(|_, now| here_for(now.since(since))),
    }
}
