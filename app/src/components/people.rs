//! Who is here, in a popover.

use leptos::prelude::*;
use nests::nest::Person;
use nests::nest::member::Listener;
use nests::time::Millis;

use super::avatar::Avatar;
use super::nest_bar::count_words;
use crate::live::browser;
use crate::live::nest_state::NestState;

#[component]
pub fn PeoplePopover() -> impl IntoView {
    let state = NestState::here();
    let title = Signal::derive(move || {
        state
            .people
            .with(|people| format!("{} listening", count_words(people.count)))
    });
    let list = move || {
        let everybody = state.people.with(|people| people.people.clone());
        let one = |Listener { person, since }| {
            let note = note(state, &person, since);
            let name = person.name.clone();
            view! {
                <li class="people__person">
                    <Avatar person/>
                    <span class="people__name">{name}</span>
                    <span class="people__note">{note}</span>
                </li>
            }
        };
        everybody.into_iter().map(one).collect::<Vec<_>>()
    };
    view! {
        <div class="menu menu--people" id="people" popover="auto" role="dialog" aria-labelledby="people-title">
            <h2 class="menu__title" id="people-title">{title}</h2>
            <ul class="people">{list}</ul>
        </div>
    }
}

/// What there is to say about somebody; nothing before the page knows its time zone.
fn note(state: NestState, person: &Person, since: Millis) -> String {
    let built_it = state
        .identity
        .with(|identity| identity.creator.as_ref() == Some(&person.id));
    if person.id == state.me().id {
        "you".to_owned()
    } else if built_it {
        "built this nest".to_owned()
    } else if state.awake.get() {
        format!("since {}", browser::wall_clock(since.0))
    } else {
        String::new()
    }
}
