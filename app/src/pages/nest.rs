//! A nest's page: the room, or why there is none.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use nests::nest::NestId;

use super::asleep::Asleep;
use super::link_preview::LinkPreview;
use super::not_found::NoNest;
use super::out_of_order::in_place_of_the_page;
use crate::paths;
use crate::room::{ROOM, ROOM_DATA, RoomView};
use crate::server_fns::accounts::plays_here;
use crate::server_fns::visiting::{Room, Visit, visit};

/// The element by which the player's script knows where it is.
const HEAR_HERE_DATA: &str = "hear-here-script";

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
            Ok(Visit::Open(room)) => {
                let player = plays_here(&room.card.nest_id).await;
                view! { <OpenRoom room=*room player/> }.into_any()
            }
            Ok(Visit::Asleep { card, is_mine }) => view! { <Asleep card=*card is_mine/> }.into_any(),
            Ok(Visit::NotFound) => view! { <NoNest/> }.into_any(),
            Err(refused) => in_place_of_the_page(refused),
        }
    });
    // Without it the view would be drawn outside of what the room provides to its parts.
    view! { <Suspense>{visited}</Suspense> }
}

/// The room, and beside it what it was drawn from, for the browser to wake it up with. `player`: where Spotify's script is, for
/// whoever hears the nest in this browser.
#[component]
fn OpenRoom(room: Room, player: Option<String>) -> impl IntoView {
    // `<` never appears in the data, so nothing in it can end the element early.
    let data = serde_json::to_string(&room)
        .map(|json| json.replace('<', "\\u003c"))
        .unwrap_or_default();
    let title = format!("{} · EchoNest", room.card.name.as_str());
    let card = room.card.clone();
    let player = player.map(|sdk| {
        let (nest, name) = (card.nest_id.to_string(), card.name.as_str().to_owned());
        view! {
            <script
                type="module"
                src=paths::HEAR_HERE_SCRIPT
                id=HEAR_HERE_DATA
                data-sdk=sdk
                data-nest=nest
                data-name=name
            ></script>
        }
    });
    view! {
        <Title text=title/>
        <LinkPreview card/>
        <div id=ROOM><RoomView room/></div>
        <script type="application/json" id=ROOM_DATA inner_html=data></script>
        {player}
    }
}
