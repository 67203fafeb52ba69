//! The room: what lives on a nest's page. The server draws it, the browser wakes it up where it stands.
//!
//! This is all that the browser's half of the program shows; everything around it is plain HTML from the server.

use leptos::prelude::*;

use crate::components::banner::Banner;
use crate::components::bottom_bar::BottomBar;
use crate::components::build::BuildDialog;
use crate::components::cover::PLAIN_HUE;
use crate::components::dialog::Dialogs;
use crate::components::join::JoinDialog;
use crate::components::keys_help::KeysHelp;
use crate::components::menu::MenuPopover;
use crate::components::nest_bar::NestBar;
use crate::components::notice::Notice;
use crate::components::peek::Peek;
use crate::components::people::{PEOPLE, PeoplePopover};
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
use crate::server_fns::visiting::Room;

/// The element that the browser wakes up, and the one beside it that holds what it was drawn from.
pub const ROOM: &str = "room";
pub const ROOM_DATA: &str = "room-data";

/// The page's title while `state` is what it shows.
pub fn title(state: NestState) -> String {
    let name = state.name().get();
    state.stage.with(|stage| match stage {
        Some(stage) => format!("{} · {} · {name}", stage.track.title, stage.track.artist),
        None => format!("{name} · EchoNest"),
    })
}

#[component]
pub fn RoomView(room: Room) -> impl IntoView {
    let state = NestState::new(&room);
    let connection = Connection::new(state, room.snapshot.nest.id.clone());
    let listening = Listening::new(state);
    let dialogs = Dialogs::new();
    provide_context(state);
    provide_context(connection);
    provide_context(listening);
    provide_context(dialogs);
    provide_context(Peek::new(PEOPLE));

    let drawn_at = room.now;
    Effect::new(move |_| {
        state.update_clock(|clock| clock.guess(drawn_at, browser::steady_now()));
        state.awake.set(true);
        submitting::take_over(connection);
        keys::listen(listening, dialogs);
        // A menu of the browser's, or another window, keeps the news that a pointer went up to itself.
        for end in ["pointerup", "pointercancel", "contextmenu", "blur"] {
            let let_go = window_event_listener_untyped(end, move |_| state.let_go());
            on_cleanup(move || let_go.remove());
        }
        listening.start(connection);
        connection.start();
    });
    Effect::new(move |_| browser::document().set_title(&title(state)));

    let wash = Signal::derive(move || {
        let hue = state
            .stage
            .with(|stage| stage.as_ref().and_then(|stage| stage.track.hue));
        format!("--wash-hue: {}", hue.unwrap_or(PLAIN_HUE))
    });
    let Room {
        card,
        notice,
        is_good_news,
        search,
        sources,
        ..
    } = room;
    let id = card.nest_id.clone();
    view! {
        <NestBar card=card.clone()/>
        <Banner/>
        <main class="room" style=wash>
            <StageView/>
            <div class="column">
                <Notice text=Signal::stored(notice) is_good=is_good_news/>
                <Search asked=search sources/>
                <Queue/>
            </div>
        </main>
        <Sound/>
        <BottomBar/>
        <PeoplePopover/>
        <MenuPopover/>
        <BuildDialog/>
        <JoinDialog here=id/>
        <ShareDialog card/>
        <KeysHelp/>
        <ToastsView/>
    }
}
