//! The thin bar that says how the line to the server stands, when it doesn't stand well. The page stays usable.

use leptos::prelude::*;

use crate::live::nest_state::{Link, NestState};

#[component]
pub fn Banner() -> impl IntoView {
    let link = NestState::here().link;
    let news = move || match link.get() {
        Link::Opening | Link::Up => None,
        Link::Lost => Some(("reconnecting", "Reconnecting…")),
        Link::StoreAway => Some((
            "store",
            "The store is away. You can listen; changes have to wait.",
        )),
    };
    view! {
        <div class="banner" role="status" data-kind=move || news().map(|(kind, _)| kind) hidden=move || news().is_none()>
            <span class="banner__dot" aria-hidden="true"></span>
            {move || news().map(|(_, words)| words)}
        </div>
    }
    .into_any()
}
