//! Who is here, in a popover.

use leptos::prelude::*;
use nests::nest::member::Listener;

use super::avatar::Avatar;
use super::local_time::LocalTime;
use super::nest_bar::count_words;
use crate::live::nest_state::NestState;

#[component]
pub fn PeoplePopover() -> impl IntoView {
    let state = NestState::here();
    let title = move || {
        state
            .people
            .with(|people| format!("{} listening", count_words(people.count)))
    };
    let list = move || {
        let (me, builder) = (
            state.me().id,
            state.identity.with(|identity| identity.creator.clone()),
        );
        let everybody = state.people.with(|people| people.people.clone());
        let one = |Listener { person, since }: Listener| {
            let note = if person.id == me {
                view! { "you" }.into_any()
            } else if builder.as_ref() == Some(&person.id) {
                view! { "built this nest" }.into_any()
            } else {
                view! { "since "<LocalTime at=Some(since)/> }.into_any()
            };
            view! {
                <li class="people__person">
                    <Avatar person=person.clone()/>
                    <span class="people__name">{person.name.clone()}</span>
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
    .into_any()
}
