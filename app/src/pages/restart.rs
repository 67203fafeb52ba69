//! Restarting a nest, confirmed: the page says how many are listening before anything happens to them.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use nests::wire::ErrorCode;
use nests::wire::directory::{NestCard, NestState};

use super::not_found::NoNest;
use super::out_of_order::{OutOfOrder, SignInFirst};
use crate::components::icon::{Icon, IconName};
use crate::components::nest_bar::PlainBar;
use crate::components::notice::Notice;
use crate::paths;
use crate::server_fns::looking_back::a_nest;
use crate::server_fns::page_query::of_request;

#[component]
pub fn RestartPage() -> impl IntoView {
    let nest = use_params_map().with_untracked(|params| params.get("code").unwrap_or_default());
    Suspend::new(async move {
        match a_nest(&nest).await {
            Ok((card, true)) if !card.is_main => view! { <Confirm card/> }.into_any(),
            Ok((card, _)) => view! { <NotYours card/> }.into_any(),
            Err(refused) => match refused.0.error {
                ErrorCode::Unauthenticated => view! { <SignInFirst/> }.into_any(),
                ErrorCode::NotFound | ErrorCode::NestGone => view! { <NoNest/> }.into_any(),
                _ => view! { <OutOfOrder text=refused.0.message/> }.into_any(),
            },
        }
    })
}

#[component]
fn Confirm(card: NestCard) -> impl IntoView {
    let name = card.name.as_str().to_owned();
    let is_awake = card.state == NestState::Awake;
    let listening = match (is_awake, card.member_count) {
        (false, _) => "It is asleep: nobody is listening.".to_owned(),
        (true, 0) => "Nobody is listening right now.".to_owned(),
        (true, 1) => "One person is listening. They come along to the new start by themselves.".to_owned(),
        (true, many) => {
            format!("{many} people are listening. They come along to the new start by themselves.")
        }
    };
    view! {
        <Title text=format!("Restart {name} · EchoNest")/>
        <PlainBar/>
        <main class="page">
            <section class="card card--panel">
                <h1 class="card__title">{format!("Restart {name}?")}</h1>
                <p class="card__text" data-testid="listening">{listening}</p>
                <Notice text=Signal::stored(of_request().notice)/>
                <form class="card__form" method="post" action=paths::form::RESTART_NEST>
                    <input type="hidden" name="nest" value=card.nest_id.to_string()/>
                    <input type="hidden" name="mode" value="force"/>
                    <p class="card__text">
                        "What plays now ends. Name, code, link and history stay as they are."
                    </p>
                    {is_awake.then(|| view! {
                        <label class="check">
                            <input class="check__box" type="checkbox" name="keep_queue" value="true" checked/>
                            "Keep the songs that wait"
                        </label>
                    })}
                    <button class="button button--accent">"Restart nest"</button>
                    <a class="button button--quiet" href=paths::nest(&card.nest_id)>"Cancel"</a>
                </form>
            </section>
        </main>
    }
}

#[component]
fn NotYours(card: NestCard) -> impl IntoView {
    let words = match (card.is_main, &card.creator) {
        (true, _) => "The Main Nest runs for ever; nobody restarts it.".to_owned(),
        (false, Some(creator)) => format!("Only {creator}, who built it, can restart it."),
        (false, None) => "Only whoever built it can restart it.".to_owned(),
    };
    view! {
        <Title text="Restart · EchoNest"/>
        <PlainBar/>
        <main class="page">
            <section class="card card--centre">
                <span class="card__mark"><Icon name=IconName::Nest/></span>
                <h1 class="card__title">"Not yours to restart."</h1>
                <p class="card__text">{words}</p>
                <div class="card__acts">
                    <a class="button button--accent" href=paths::nest(&card.nest_id)>"Back to the nest"</a>
                </div>
            </section>
        </main>
    }
}
