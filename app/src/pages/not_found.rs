//! Nothing at this address, said with status 404 and a way on.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::components::icon::{Icon, IconName};
use crate::components::nest_bar::PlainBar;
use crate::paths;

fn answer_not_found() {
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(http::StatusCode::NOT_FOUND);
    }
}

/// The code or link name leads to no nest.
#[component]
pub fn NoNest() -> impl IntoView {
    view! {
        <Nothing
            title="No nest here."
            text="The code may have a typo, or the nest is gone for good. Codes have five letters and digits, and never 0, O, 1, I or L."
        />
    }
    .into_any()
}

/// Any other address.
#[component]
pub fn NotFound() -> impl IntoView {
    view! { <Nothing title="Nothing here." text="This address leads nowhere. The link may have a typo."/> }
        .into_any()
}

#[component]
fn Nothing(title: &'static str, text: &'static str) -> impl IntoView {
    answer_not_found();
    view! {
        <Title text="Not found · EchoNest"/>
        <PlainBar/>
        <main class="page">
            <section class="card card--centre">
                <span class="card__mark"><Icon name=IconName::Nest/></span>
                <h1 class="card__title">{title}</h1>
                <p class="card__text">{text}</p>
                <div class="card__acts">
                    <a class="button button--accent" href=paths::HOME>"Go to the Main Nest"</a>
                    <a class="button" href=paths::JOIN>"Join with a code"</a>
                </div>
            </section>
        </main>
    }
    .into_any()
}
