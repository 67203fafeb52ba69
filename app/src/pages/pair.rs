//! Showing a nest on a TV: typing the code that the screen shows, and the screens that show the nest already.

use engine::Screen;
use leptos::prelude::*;
use leptos_meta::Title;
use nests::wire::directory::NestCard;

use super::out_of_order::in_place_of_the_page;
use crate::components::nest_bar::PlainBar;
use crate::components::notice::FieldError;
use crate::paths;
use crate::server_fns::page_query::{PageQuery, of_request};
use crate::server_fns::screens::screens_of;

#[component]
pub fn PairPage() -> impl IntoView {
    let asked = of_request();
    let page = Suspend::new(async move {
        let nest = asked.nest.clone().unwrap_or_else(|| "main".to_owned());
        match screens_of(&nest).await {
            Ok((card, screens)) => view! { <Pairing card screens asked/> }.into_any(),
            Err(refused) => in_place_of_the_page(refused),
        }
    });
    view! { <Suspense>{page}</Suspense> }.into_any()
}

#[component]
fn Pairing(card: NestCard, screens: Vec<Screen>, asked: PageQuery) -> impl IntoView {
    let name = card.name.as_str().to_owned();
    let nest = card.nest_id.to_string();
    let invalid = asked.notice.is_some().then_some("true");
    view! {
        <Title text="Show on a TV · EchoNest"/>
        <PlainBar/>
        <main class="page">
            <section class="card card--panel">
                <h1 class="card__title">{format!("Show {name} on a TV")}</h1>
                <p class="card__text">
                    "Open "<strong>{paths::TV}</strong>" of this site in the TV’s browser and type the code it shows."
                </p>
                <form class="card__form" method="post" action=paths::form::PAIR_TV>
                    <input type="hidden" name="nest" value=nest.clone()/>
                    <div class="field">
                        <label class="field__label" for="code">"Code on the screen"</label>
                        <input
                            class="field__input"
                            id="code"
                            name="code"
                            required
                            maxlength="12"
                            autocomplete="off"
                            autocapitalize="characters"
                            spellcheck="false"
                            value=asked.code
                            aria-invalid=invalid
                            aria-describedby="code-error"
                        />
                        <FieldError id="code-error" text=Signal::stored(asked.notice)/>
                    </div>
                    <button class="button button--accent button--wide">"Show it there"</button>
                </form>
                {(!screens.is_empty()).then(|| view! { <Screens nest screens/> })}
                <a class="card__back" href=paths::nest(&card.nest_id)>{format!("Back to {name}")}</a>
            </section>
        </main>
    }
    .into_any()
}

#[component]
fn Screens(nest: String, screens: Vec<Screen>) -> impl IntoView {
    let row = move |screen: Screen| {
        view! {
            <li>
                <form class="screens__row" method="post" action=paths::form::UNPAIR_TV>
                    <input type="hidden" name="nest" value=nest.clone()/>
                    <input type="hidden" name="screen" value=screen.id/>
                    <span>{format!("Paired by {}, {}", screen.by.name, words_of(&screen.since))}</span>
                    <button class="button">"Disconnect"</button>
                </form>
            </li>
        }
    };
    view! {
        <h2 class="card__subtitle">"Screens that show it"</h2>
        <ul class="screens">{screens.into_iter().map(row).collect::<Vec<_>>()}</ul>
    }
    .into_any()
}

/// `2026-11-21T21:42:07Z` as `2026-11-21`.
fn words_of(rfc3339: &str) -> String {
    rfc3339.split('T').next().unwrap_or(rfc3339).to_owned()
}
