//! What chat programs show of a link to a nest: its name and emoji, and a picture. They come without signing in and follow
//! the link to the sign-in page, so that page carries it, too; nothing else of a nest is in it.

use leptos::prelude::*;
use leptos_meta::Meta;
use nests::wire::directory::NestCard;

use crate::paths;

const WORDS: &str = "One queue, everyone’s music, the same moment. Fly in.";

#[component]
pub fn LinkPreview(card: NestCard) -> impl IntoView {
    let name = card.name.as_str();
    let title = match &card.emoji {
        Some(emoji) => format!("{emoji} {name}"),
        None => name.to_owned(),
    };
    let picture = format!("{}{}", card.origin(), paths::card(&card.nest_id));
    view! {
        <Meta property="og:site_name" content="EchoNest"/>
        <Meta property="og:type" content="website"/>
        <Meta property="og:title" content=title.clone()/>
        <Meta property="og:description" content=WORDS/>
        <Meta property="og:url" content=card.short_link()/>
        <Meta property="og:image" content=picture.clone()/>
        <Meta property="og:image:width" content="1200"/>
        <Meta property="og:image:height" content="630"/>
        <Meta property="og:image:alt" content=name.to_owned()/>
        <Meta name="twitter:card" content="summary_large_image"/>
        <Meta name="twitter:title" content=title/>
        <Meta name="twitter:image" content=picture/>
    }
}

/// The preview of the nest that a visitor was on the way to when they were asked to sign in.
pub fn of_way_to(next: Option<String>) -> impl IntoView {
    let preview = Suspend::new(async move {
        let card = crate::server_fns::visiting::nest_at(next.as_deref().unwrap_or(paths::HOME)).await;
        card.map(|card| view! { <LinkPreview card/> })
    });
    view! { <Suspense>{preview}</Suspense> }
}
