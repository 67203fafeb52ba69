//! When a page can't be shown: there is no such nest, something broke, or the visitor hasn't signed in.

use http::{HeaderValue, StatusCode, header};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use leptos_meta::Title;
use nests::wire::ErrorCode;

use super::not_found::NoNest;
use crate::components::icon::{Icon, IconName};
use crate::components::nest_bar::PlainBar;
use crate::paths;
use crate::server_fns::Refused;

/// Seconds after which looking again is worth it.
const LOOK_AGAIN: u32 = 5;

/// What stands in place of a page that was refused.
pub fn in_place_of_the_page(refused: Refused) -> AnyView {
    match refused.0.error {
        ErrorCode::Unauthenticated => view! { <SignInFirst/> }.into_any(),
        ErrorCode::NotFound | ErrorCode::NestGone => view! { <NoNest/> }.into_any(),
        _ => view! { <OutOfOrder refused/> }.into_any(),
    }
}

/// Tells programs what the page tells people: that it is not what was asked for.
pub fn answer_refused(refused: &Refused) {
    let Some(response) = use_context::<ResponseOptions>() else {
        return;
    };
    response.set_status(match refused.0.error {
        ErrorCode::InvalidRequest => StatusCode::BAD_REQUEST,
        ErrorCode::RateLimited => {
            let wait = refused.0.retry_after.unwrap_or(LOOK_AGAIN);
            response.insert_header(header::RETRY_AFTER, HeaderValue::from(wait));
            StatusCode::TOO_MANY_REQUESTS
        }
        ErrorCode::StoreUnavailable => {
            response.insert_header(header::RETRY_AFTER, HeaderValue::from(LOOK_AGAIN));
            StatusCode::SERVICE_UNAVAILABLE
        }
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    });
}

#[component]
fn OutOfOrder(refused: Refused) -> impl IntoView {
    answer_refused(&refused);
    view! {
        <Title text="Out of order · EchoNest"/>
        <PlainBar/>
        <main class="page">
            <section class="card card--centre">
                <span class="card__mark"><Icon name=IconName::Warning/></span>
                <h1 class="card__title">"That didn't work."</h1>
                <p class="card__text">{refused.0.message}" Nothing of yours is lost."</p>
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
fn SignInFirst() -> impl IntoView {
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
