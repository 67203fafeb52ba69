//! The thin bar that says how the line to the server stands, when it doesn't stand well. The page stays usable.

use leptos::prelude::*;

use crate::live::nest_state::{Link, NestState};

#[component]
pub fn Banner() -> impl IntoView {
    let link = NestState::here().link;
    let kind = Signal::derive(move || news(link.get()).map(|(kind, _)| kind));
    let words = Signal::derive(move || news(link.get()).map_or("", |(_, words)| words));
    let no_news = Signal::derive(move || words.get().is_empty());
    view! {
        <div class="banner" role="status" data-kind=kind hidden=no_news>
            <span class="banner__dot" aria-hidden="true"></span>{words}
        </div>
    }
}

/// Kind and words.
fn news(link: Link) -> Option<(&'static str, &'static str)> {
    match link {
        Link::Opening | Link::Up => None,
        Link::Restarted => Some(("notice", "The host restarted this nest.")),
        Link::Lost => Some(("reconnecting", "Reconnecting…")),
        Link::StoreAway => Some((
            "store",
            "The store is away. You can listen; changes have to wait.",
        )),
    }
}
