//! The seam to the Leptos app: which contexts its pages and server functions find, and who may see a page.

use app::server_fns::PlayerDoor;
use axum::Router;
use axum::body::Body;
use axum::extract::{RawForm, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::Response;
use engine::hearing::in_browser::Browser;
use leptos::nonce::Nonce;
use leptos::prelude::{provide_context, use_context};
use leptos_axum::{LeptosRoutes as _, generate_route_list, render_app_async_with_context};

use super::own_address;
use super::redirect::{back_to_this_site, query_value, see_other};
use super::security_headers::PageNonce;
use crate::auth::visitor::Visitor;
use crate::state::AppState;

/// The one page that needs nobody.
const SIGN_IN: &str = "/login";

/// Every page of the app and every server function.
pub fn routes(state: &AppState) -> Router<AppState> {
    let options = state.leptos.clone();
    Router::new()
        .leptos_routes_with_context(
            state,
            generate_route_list(app::App),
            contexts(state.clone()),
            move || app::shell(options.clone()),
        )
        .route_layer(middleware::from_fn(people_only))
        .route_layer(middleware::from_fn_with_state(state.clone(), back_to_this_site))
}

/// Everything the app takes from its server, in one place.
fn contexts(state: AppState) -> impl Fn() + Clone + Send + Sync + 'static {
    move || {
        provide_context(state.engine.clone());
        let request = use_context::<Parts>();
        let extensions = request.as_ref().map(|parts| &parts.extensions);
        let visitor = extensions.and_then(|e| e.get::<Visitor>());
        provide_context(app::server_fns::Visitor(visitor.and_then(|v| v.person.clone())));
        let browser = Browser::of(visitor.and_then(|v| v.session.as_ref()));
        provide_context(app::server_fns::ThisBrowser(browser));
        let own_host = request
            .as_ref()
            .and_then(|parts| own_address::told_by_request(&state.house, &parts.headers));
        provide_context(app::server_fns::OwnHost(own_host));
        if let Some(player) = extensions.and_then(|e| e.get::<PlayerDoor>()) {
            provide_context(player.clone());
        }
        if let Some(nonce) = extensions.and_then(|e| e.get::<PageNonce>()) {
            provide_context(Nonce::from_value(nonce.0.clone()));
        }
    }
}

/// Sends whoever hasn't signed in to the sign-in page, and back afterwards. Server functions answer for themselves.
pub async fn people_only(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let is_open = path == SIGN_IN || path.starts_with("/api/");
    let is_known = request
        .extensions()
        .get::<Visitor>()
        .is_some_and(|visitor| visitor.person.is_some());
    if is_open || is_known {
        let mut response = next.run(request).await;
        // A page shows one person's view of one moment.
        response
            .headers_mut()
            .entry(header::CACHE_CONTROL)
            .or_insert(HeaderValue::from_static("private, no-cache"));
        return response;
    }
    let wanted = request
        .uri()
        .path_and_query()
        .map_or("/", |wanted| wanted.as_str());
    see_other(&format!("{SIGN_IN}?next={}", query_value(wanted)))
}

/// A page that is asked for by a form, because what it is asked fits into no address.
pub async fn asked_by_form(State(state): State<AppState>, parts: Parts, RawForm(form): RawForm) -> Response {
    let form = app::server_fns::SentForm(String::from_utf8_lossy(&form).into_owned());
    let options = state.leptos.clone();
    let contexts = contexts(state);
    let with_form = move || {
        contexts();
        provide_context(form.clone());
    };
    let render = render_app_async_with_context(with_form, move || app::shell(options.clone()));
    render(Request::from_parts(parts, Body::empty())).await
}

/// The app's own page for an address that leads nowhere.
pub async fn not_found(state: AppState, request: Request) -> Response {
    let options = state.leptos.clone();
    let render = render_app_async_with_context(contexts(state), move || app::shell(options.clone()));
    let mut response = render(request).await;
    if response.status() == StatusCode::OK {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    response
}
