//! The nest bar: where one is, how to bring others here, who is here, and the ways to other nests.

use leptos::prelude::*;
use nests::wire::directory::NestCard;

use super::avatar::{Avatar, Faces};
use super::dialog::Dialogs;
use super::icon::{Icon, IconName};
use super::peek::Peek;
use super::people::PEOPLE;
use crate::live::nest_state::NestState;
use crate::paths;

const FACES: usize = 3;

#[component]
pub fn NestBar(card: NestCard) -> impl IntoView {
    let state = NestState::here();
    let dialogs = Dialogs::here();
    let is_main = card.is_main;
    let code = (!is_main).then(|| {
        view! { <span class="visually-hidden">"Nest code "</span><span class="code__text">{card.code.clone()}</span> }
    });
    let link = StoredValue::new(card.short_link());
    view! {
        <a class="skip-link" href="#queue">"Skip to the queue"</a>
        <header class="nest-bar">
            <Brand/>
            <p class="nest-bar__name">{state.name()}</p>
            <span class="code">
                {code}
                <button
                    class="code__copy needs-js"
                    type="button"
                    aria-label="Copy link to this nest"
                    on:click=move |_| super::share::copy_link(state, dialogs, link.get_value())
                >
                    <Icon name=IconName::Link/>
                </button>
                <a
                    class="code__copy desk-only"
                    href=paths::qr(&card.nest_id)
                    aria-label="QR code of this nest"
                    on:click=dialogs.opener("share")
                >
                    <Icon name=IconName::Qr/>
                </a>
            </span>
            <PeopleButton/>
            <nav class="nest-bar__actions desk-only" aria-label="Nests">
                {(!is_main).then(|| view! {
                    <a class="button button--quiet" href=paths::HOME>
                        <Icon name=IconName::Home/>"Back to Main Nest"
                    </a>
                })}
                <a class="button button--quiet" href=paths::JOIN on:click=dialogs.opener("join")>"Join"</a>
                <a class="button" href=paths::BUILD on:click=dialogs.opener("build")>
                    <Icon name=IconName::Plus/>"Build a Nest"
                </a>
            </nav>
            <button class="nest-bar__me desk-only" type="button" popovertarget="menu" aria-label="Your menu">
                <Avatar person=state.me()/>
            </button>
        </header>
    }
}

/// The mark that leads home.
#[component]
pub fn Brand() -> impl IntoView {
    view! {
        <a class="nest-bar__brand" href=paths::HOME aria-label="EchoNest, Main Nest">
            <Icon name=IconName::Nest/>
        </a>
    }
}

/// The bar of pages without a nest.
#[component]
pub fn PlainBar() -> impl IntoView {
    view! { <header class="nest-bar"><Brand/><p class="nest-bar__name">"EchoNest"</p></header> }
}

/// How many listen, as it stands in the bar: unknown is `--`, never 0.
pub fn count_words(count: Option<u32>) -> String {
    count.map_or_else(|| "--".to_owned(), |count| count.to_string())
}

#[component]
fn PeopleButton() -> impl IntoView {
    let (state, peek) = (NestState::here(), Peek::here());
    let count = Signal::derive(move || state.people.with(|people| count_words(people.count)));
    let faces = move || {
        let here = state.people.with(|people| {
            people
                .people
                .iter()
                .take(FACES)
                .map(|l| l.person.clone())
                .collect::<Vec<_>>()
        });
        view! { <Faces people=here most=FACES/> }
    };
    view! {
        <button
            class="nest-bar__people"
            type="button"
            popovertarget=PEOPLE
            on:pointerenter=move |event| peek.enter(&event)
            on:pointerleave=move |event| peek.leave(&event)
            on:focus=move |event| peek.focus(&event)
            on:blur=move |_| peek.blur()
            on:click=move |event| peek.click(&event)
            aria-label=Signal::derive(move || format!("{} listening: who is here", count.get()))
        >
            {faces}
            <span class="nest-bar__count">
                <span class="num" data-testid="listeners">{count}</span>" "<span class="nest-bar__word">"listening"</span>
            </span>
        </button>
    }
}
