//! A nest that sleeps: nobody is there and nothing waits. Who built it wakes it; everybody else may wait in front of it.

use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_meta::Title;
use nests::wire::directory::NestCard;

use super::moment::{LocalMoments, Moment};
use crate::components::icon::{Icon, IconName};
use crate::components::nest_bar::PlainBar;
use crate::components::notice::Notice;
use crate::paths;
use crate::server_fns::page_query::of_request;

#[component]
pub fn Asleep(card: NestCard, is_mine: bool) -> impl IntoView {
    let name = card.name.as_str().to_owned();
    let who = match (is_mine, card.creator) {
        (true, _) => "You built it, so you can wake it.".to_owned(),
        (false, Some(creator)) => format!("{creator}, who built it, can wake it."),
        (false, None) => "Whoever built it can wake it.".to_owned(),
    };
    let since = card.asleep_since.unwrap_or(card.last_activity);
    let enter = enter_when_awake(card.nest_id.as_str());
    view! {
        <Title text=format!("{name} is asleep · EchoNest")/>
        <PlainBar/>
        <main class="page">
            <section class="card card--centre">
                <span class="card__mark"><Icon name=IconName::Clock/></span>
                <h1 class="card__title">{format!("{name} is asleep.")}</h1>
                <Notice text=Signal::stored(of_request().notice)/>
                <p class="card__text">"Asleep since "<Moment at=since/>". "{who}</p>
                {(!is_mine).then(|| view! {
                    <p class="card__text needs-js" role="status">"Wait here if you like: you enter by yourself when it wakes."</p>
                })}
                <div class="card__acts">
                    {is_mine.then(|| view! {
                        <form method="post" action=paths::form::RESTART_NEST>
                            <input type="hidden" name="nest" value=card.nest_id.to_string()/>
                            <button class="button button--accent">"Restart nest"</button>
                        </form>
                    })}
                    {(!is_mine).then(|| view! {
                        <noscript>
                            <a class="button button--accent" href=paths::nest(&card.nest_id)>"Look again"</a>
                        </noscript>
                    })}
                    {is_mine.then(|| view! {
                        <a class="button" href=paths::settings(&card.nest_id)>"Nest settings"</a>
                    })}
                    <a class="button" href=paths::history(&card.nest_id)>"What played here"</a>
                    <a class="button" href=paths::HOME>"Go to the Main Nest"</a>
                </div>
            </section>
        </main>
        <LocalMoments/>
        <script nonce=use_nonce() inner_html=enter></script>
    }
    .into_any()
}

/// Listens for the nest's waking and draws the page anew: it is the room then. `id` is a code: letters and digits.
fn enter_when_awake(id: &str) -> String {
    format!(
        "{{const s=new EventSource('/api/nests/{id}/awake');\
         s.addEventListener('awake',()=>location.replace('/nest/{id}'));\
         s.addEventListener('gone',()=>location.replace('{}'))}}",
        paths::HOME_AFTER_THE_END
    )
}
