//! "My nests": those one made or visited, awake or asleep, with the way to wake one's own.

use engine::KnownNest;
use leptos::prelude::*;
use leptos_meta::Title;
use nests::wire::directory::NestState;

use super::moment::{LocalMoments, Moment};
use super::out_of_order::in_place_of_the_page;
use crate::components::icon::{Icon, IconName};
use crate::components::join::nest_line;
use crate::components::nest_bar::PlainBar;
use crate::components::notice::Notice;
use crate::paths;
use crate::server_fns::looking_back::my_nests;
use crate::server_fns::page_query::of_request;

#[component]
pub fn MyNestsPage() -> impl IntoView {
    Suspend::new(async move {
        match my_nests().await {
            Ok(nests) => view! { <Nests nests/> }.into_any(),
            Err(refused) => in_place_of_the_page(refused),
        }
    })
}

#[component]
fn Nests(nests: Vec<KnownNest>) -> impl IntoView {
    let none = nests.is_empty();
    view! {
        <Title text="My nests · EchoNest"/>
        <PlainBar/>
        <main class="page page--list">
            <section class="card card--wide">
                <h1 class="card__title">"My nests"</h1>
                <Notice text=Signal::stored(of_request().notice)/>
                <p class="card__text" hidden=!none>"You have not built or visited a nest yet."</p>
                <ul class="nests">{nests.into_iter().map(line).collect::<Vec<_>>()}</ul>
                <div class="card__acts">
                    <a class="button button--accent" href=paths::BUILD>"Build a Nest"</a>
                    <a class="button" href=paths::JOIN>"Join a Nest"</a>
                </div>
            </section>
        </main>
        <LocalMoments/>
    }
}

fn line(known: KnownNest) -> AnyView {
    match known.card.state {
        NestState::Awake => nest_line(known.card).into_any(),
        NestState::Asleep => view! { <SleepingNest known/> }.into_any(),
    }
}

#[component]
fn SleepingNest(known: KnownNest) -> impl IntoView {
    let KnownNest { card, is_mine } = known;
    let name = card.name.as_str().to_owned();
    let wake = format!("Restart {name}");
    view! {
        <li class="nests__sleeper" data-state="asleep">
            <a class="nests__nest" href=paths::nest(&card.nest_id)>
                <span class="nests__text">
                    <span class="nests__name">{name}</span>
                    <span class="nests__playing">
                        <Icon name=IconName::Clock/>
                        "Asleep since "<Moment at=card.asleep_since.unwrap_or(card.last_activity)/>
                    </span>
                </span>
            </a>
            {is_mine.then(|| view! {
                <form method="post" action=paths::form::RESTART_NEST>
                    <input type="hidden" name="nest" value=card.nest_id.to_string()/>
                    <input type="hidden" name="in_list" value="true"/>
                    <button class="button" aria-label=wake>"Restart"</button>
                </form>
            })}
        </li>
    }
}
