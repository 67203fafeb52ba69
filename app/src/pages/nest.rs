//! A nest: the whole room, drawn by the server and kept alive by the live client.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use nests::nest::NestId;
use nests::wire::ErrorCode;
use nests::wire::directory::NestCard;

use super::not_found::NoNest;
use super::out_of_order::{OutOfOrder, SignInFirst};
use crate::components::banner::Banner;
use crate::components::bottom_bar::BottomBar;
use crate::components::build::BuildDialog;
use crate::components::cover::PLAIN_HUE;
use crate::components::dialog::Dialogs;
use crate::components::icon::{Icon, IconName};
use crate::components::join::JoinDialog;
use crate::components::keys_help::KeysHelp;
use crate::components::menu::MenuPopover;
use crate::components::nest_bar::{NestBar, PlainBar};
use crate::components::notice::Notice;
use crate::components::people::PeoplePopover;
use crate::components::queue::Queue;
use crate::components::search::Search;
use crate::components::share::ShareDialog;
use crate::components::stage::StageView;
use crate::components::toasts::ToastsView;
use crate::components::tune_in::Sound;
use crate::live::connection::Connection;
use crate::live::listening::Listening;
use crate::live::nest_state::NestState;
use crate::live::{browser, keys, submitting};
use crate::paths;
use crate::server_fns::visiting::{Room, Visit, visit};

#[component]
pub fn MainNestPage() -> impl IntoView {
    view! { <Visited nest=NestId::main().to_string()/> }.into_any()
}

#[component]
pub fn NestPage() -> impl IntoView {
    let nest = use_params_map().with_untracked(|params| params.get("code").unwrap_or_default());
    view! { <Visited nest/> }.into_any()
}

#[component]
fn Visited(nest: String) -> impl IntoView {
    let visited = OnceResource::new_blocking(visit(nest));
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                match visited.await {
                    Ok(Visit::Open(room)) => view! { <OpenRoom room=*room/> }.into_any(),
                    Ok(Visit::Asleep(card)) => view! { <Asleep card=*card/> }.into_any(),
                    Ok(Visit::NotFound) => view! { <NoNest/> }.into_any(),
                    Err(refused) if refused.0.error == ErrorCode::Unauthenticated => view! { <SignInFirst/> }.into_any(),
                    Err(refused) => view! { <OutOfOrder text=refused.0.message/> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn OpenRoom(room: Room) -> impl IntoView {
    let state = NestState::new(&room);
    let connection = Connection::new(state, room.snapshot.nest.id.clone());
    let listening = Listening::new(state);
    let dialogs = Dialogs::new();
    provide_context(state);
    provide_context(connection);
    provide_context(listening);
    provide_context(dialogs);

    let drawn_at = room.now;
    Effect::new(move |_| {
        state.update_clock(|clock| clock.guess(drawn_at, browser::steady_now()));
        state.awake.set(true);
        submitting::take_over(connection);
        keys::listen(listening, dialogs);
        let let_go = window_event_listener(leptos::ev::pointerup, move |_| state.let_go());
        let cancelled = window_event_listener(leptos::ev::pointercancel, move |_| state.let_go());
        on_cleanup(move || {
            let_go.remove();
            cancelled.remove();
        });
        listening.start();
        connection.start();
    });

    let wash = move || {
        let hue = state
            .stage
            .with(|stage| stage.as_ref().and_then(|stage| stage.track.hue));
        format!("--wash-hue: {}", hue.unwrap_or(PLAIN_HUE))
    };
    let title = move || {
        let name = state.identity.with(|identity| identity.name.as_str().to_owned());
        state.stage.with(|stage| match stage {
            Some(stage) => format!("{} · {} · {name}", stage.track.title, stage.track.artist),
            None => format!("{name} · EchoNest"),
        })
    };
    let Room {
        card, notice, search, ..
    } = room;
    let (is_main, id) = (card.is_main, card.nest_id.clone());
    view! {
        <Title text=title/>
        <NestBar card=card.clone()/>
        <Banner/>
        <main class="room" style=wash>
            <StageView/>
            <div class="column">
                {notice.map(|text| view! { <Notice text/> })}
                <Search asked=search/>
                <Queue/>
            </div>
        </main>
        <Sound/>
        <BottomBar/>
        <PeoplePopover/>
        <MenuPopover is_main/>
        <BuildDialog/>
        <JoinDialog here=id/>
        <ShareDialog card/>
        <KeysHelp/>
        <ToastsView/>
    }
    .into_any()
}

/// The nest sleeps: nobody is there and nothing waits. It wakes when somebody may wake it.
#[component]
fn Asleep(card: NestCard) -> impl IntoView {
    let name = card.name.as_str().to_owned();
    let who = card.creator.map_or_else(
        || "Whoever built it can wake it.".to_owned(),
        |creator| format!("{creator}, who built it, can wake it."),
    );
    let since = card.last_activity.clone();
    let words = RwSignal::new(
        card.last_activity
            .replace('T', " ")
            .chars()
            .take("2026-11-21 21:42".len())
            .collect::<String>(),
    );
    Effect::new(move |_| {
        let at = js_sys::Date::parse(&since);
        if at.is_finite() {
            words.set(browser::wall_date(at as i64));
        }
    });
    view! {
        <Title text=format!("{name} is asleep · EchoNest")/>
        <PlainBar/>
        <main class="page">
            <section class="card card--centre">
                <span class="card__mark"><Icon name=IconName::Clock/></span>
                <h1 class="card__title">{format!("{name} is asleep.")}</h1>
                <p class="card__text">
                    "It has been asleep since "<time datetime=card.last_activity>{move || words.get()}</time>". "{who}
                </p>
                <div class="card__acts">
                    <a class="button button--accent" href=paths::HOME rel="external">"Go to the Main Nest"</a>
                    <a class="button" href=paths::BUILD rel="external">"Build a Nest"</a>
                </div>
            </section>
        </main>
    }
    .into_any()
}
