//! When a page can't be shown: something broke, or the visitor hasn't signed in.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::components::icon::{Icon, IconName};
use crate::components::nest_bar::PlainBar;
use crate::paths;

/// `text` says what happened, in plain words.
#[component]
pub fn OutOfOrder(text: String) -> impl IntoView {
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(http::StatusCode::SERVICE_UNAVAILABLE);
    }
    view! {
        <Title text="Out of order · EchoNest"/>
        <PlainBar/>
        <main class="page">
            <section class="card card--centre">
                <span class="card__mark"><Icon name=IconName::Warning/></span>
                <h1 class="card__title">"That didn't work."</h1>
                <p class="card__text">{text}" Nothing of yours is lost."</p>
                <div class="card__acts">
                    <a class="button button--accent" href="">"Load the page again"</a>
                    <a class="button" href=paths::HOME>"Go to the Main Nest"</a>
                </div>
            </section>
        </main>
    }
    .into_any()
}

/// The server sends such visitors to the sign-in page before it draws anything; this is for a session that ended in
/// between.
#[component]
pub fn SignInFirst() -> impl IntoView {
    if let Some(parts) = use_context::<http::request::Parts>() {
        leptos_axum::redirect(&paths::login(parts.uri.path()));
    }
    view! {
        <Title text="Sign in · EchoNest"/>
        <PlainBar/>
        <main class="page">
            <section class="card card--centre">
                <h1 class="card__title">"Sign in first."</h1>
                <p class="card__text">"A nickname is enough."</p>
                <div class="card__acts"><a class="button button--accent" href=paths::LOGIN>"Sign in"</a></div>
            </section>
        </main>
    }
    .into_any()
}
