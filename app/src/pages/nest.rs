//! A nest's page: the room, or why there is none.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use nests::nest::NestId;
use nests::wire::ErrorCode;
use nests::wire::directory::NestCard;

use super::link_preview::LinkPreview;
use super::not_found::NoNest;
use super::out_of_order::{OutOfOrder, SignInFirst};
use crate::components::icon::{Icon, IconName};
use crate::components::nest_bar::PlainBar;
use crate::paths;
use crate::room::{ROOM, ROOM_DATA, RoomView};
use crate::server_fns::visiting::{Room, Visit, visit};

#[component]
pub fn MainNestPage() -> impl IntoView {
    view! { <Visited nest=NestId::main().to_string()/> }
}

#[component]
pub fn NestPage() -> impl IntoView {
    let nest = use_params_map().with_untracked(|params| params.get("code").unwrap_or_default());
    view! { <Visited nest/> }
}

#[component]
fn Visited(nest: String) -> impl IntoView {
    let visited = Suspend::new(async move {
        match visit(nest).await {
            Ok(Visit::Open(room)) => view! { <OpenRoom room=*room/> }.into_any(),
            Ok(Visit::Asleep(card)) => view! { <Asleep card=*card/> }.into_any(),
            Ok(Visit::NotFound) => view! { <NoNest/> }.into_any(),
            Err(refused) if refused.0.error == ErrorCode::Unauthenticated => {
                view! { <SignInFirst/> }.into_any()
            }
            Err(refused) => view! { <OutOfOrder text=refused.0.message/> }.into_any(),
        }
    });
    // Without it the view would be drawn outside of what the room provides to its parts.
    view! { <Suspense>{visited}</Suspense> }
}

/// The room, and beside it what it was drawn from, for the browser to wake it up with.
#[component]
fn OpenRoom(room: Room) -> impl IntoView {
    // `<` never appears in the data, so nothing in it can end the element early.
    let data = serde_json::to_string(&room)
        .map(|json| json.replace('<', "\\u003c"))
        .unwrap_or_default();
    let title = format!("{} · EchoNest", room.card.name.as_str());
    let card = room.card.clone();
    view! {
        <Title text=title/>
        <LinkPreview card/>
        <div id=ROOM><RoomView room/></div>
        <script type="application/json" id=ROOM_DATA inner_html=data></script>
    }
}

/// The nest sleeps: nobody is there and nothing waits. It wakes when somebody may wake it.
#[component]
fn Asleep(card: NestCard) -> impl IntoView {
    let name = card.name.as_str().to_owned();
    let who = card.creator.map_or_else(
        || "Whoever built it can wake it.".to_owned(),
        |creator| format!("{creator}, who built it, can wake it."),
    );
    let since = words_of(&card.last_activity);
    view! {
        <Title text=format!("{name} is asleep · EchoNest")/>
        <PlainBar/>
        <main class="page">
            <section class="card card--centre">
                <span class="card__mark"><Icon name=IconName::Clock/></span>
                <h1 class="card__title">{format!("{name} is asleep.")}</h1>
                <p class="card__text">
                    "It has been asleep since "<time datetime=card.last_activity>{since}</time>". "{who}
                </p>
                <div class="card__acts">
                    <a class="button button--accent" href=paths::HOME>"Go to the Main Nest"</a>
                    <a class="button" href=paths::BUILD>"Build a Nest"</a>
                </div>
            </section>
        </main>
    }
    .into_any()
}

/// `2026-11-21T21:42:07Z` as `2026-11-21, 21:42 UTC`.
fn words_of(rfc3339: &str) -> String {
    match rfc3339.split_once('T') {
        Some((day, time)) => format!("{day}, {} UTC", time.get(..5).unwrap_or(time)),
        None => rfc3339.to_owned(),
    }
}
