//! Every route of the program, in one list, and the rules that hold for all of them.

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{any, get, post, put};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

use crate::auth::{guest, sign_out, visitor};
use crate::http::{
    audio, bounds, card, commands, covers, health, history, library, nests, own_app, pages, plain_page,
    player, public_queue, qr, request_log, restart, same_origin, same_shape, search, security_headers,
    short_link, site, spotify, tv, waking,
};
use crate::realtime::upgrade;
use crate::state::AppState;

pub fn router(state: AppState) -> Router {
    let who_asks = from_fn_with_state(state.clone(), visitor::look_up);

    // Links on a page: who has signed out meanwhile is led through the sign-in page.
    let keepsakes = Router::new()
        .route("/nest/{nest}/history.m3u", get(history::m3u))
        .route("/nest/{nest}/history.csv", get(history::csv))
        .route("/nest/{nest}/history.json", get(history::json))
        .route_layer(from_fn(pages::people_only));

    // Coming back from Spotify: likewise.
    let ways_back = Router::new()
        .route("/authentication/spotify_callback", get(spotify::came_back))
        .route_layer(from_fn(pages::people_only));

    let sheet = Router::new()
        .route("/nest/{code}/paste", post(pages::asked_by_form))
        .route_layer(from_fn(pages::people_only));

    let answers = Router::new()
        .route("/login/guest", post(guest::sign_in))
        .route("/logout", post(sign_out::sign_out))
        .route("/api/nests", get(nests::list).post(nests::create))
        .route(
            "/api/nests/{nest}",
            get(nests::show).patch(nests::alter).delete(nests::delete),
        )
        .route("/api/nests/{nest}/commands", post(commands::act))
        .route("/api/nests/{nest}/player", post(player::news))
        .route("/api/nests/{nest}/player/token", post(player::token))
        .route("/api/nests/{nest}/restart", post(restart::restart))
        .route("/api/v1/nests/{nest}/restart", post(restart::restart))
        .route("/api/nests/{nest}/history", get(history::page))
        .route(
            "/api/nests/{nest}/spotify-app",
            put(own_app::enter).get(own_app::show).delete(own_app::remove),
        )
        .route("/api/search", get(search::search))
        .route("/api/library", get(library::status))
        .route("/api/", any(site::nothing_here))
        .route("/api/{*rest}", any(site::nothing_here))
        .route("/spotify/connect", post(spotify::connect))
        .route("/spotify/disconnect", post(spotify::disconnect))
        .route("/spotify/here", post(player::choose))
        .merge(ways_back)
        .route("/tv", get(tv::waiting))
        .route("/nest/{nest}/tv", get(tv::screen))
        .merge(keepsakes)
        .merge(sheet)
        .merge(pages::routes(&state)) // /, /nest/{code}, /login, ... and the server functions under /api/fn
        .route("/{name}", get(short_link::follow)) // axum prefers every route above to this one
        .fallback(site::file_or_page)
        .layer(who_asks.clone())
        .layer(from_fn(plain_page::in_place_of_an_error))
        .route("/nest/{nest}/qr.svg", get(qr::code))
        .route("/nest/{nest}/card.png", get(card::card))
        .route("/queue/", get(public_queue::queue))
        .route("/playing/", get(public_queue::playing))
        .route("/health", get(health::health))
        .layer(from_fn(bounds::bounded_time))
        .layer(CompressionLayer::new());

    // These last as long as they last, and gain nothing from being compressed again.
    let streams = Router::new()
        .route("/audio/{track}", get(audio::audio))
        .route("/socket/", get(upgrade::main_nest))
        .route("/socket/{nest}", get(upgrade::nest))
        .route("/tv/events", get(tv::waiting_events))
        .route("/nest/{nest}/tv/events", get(tv::events))
        .route("/api/nests/{nest}/awake", get(waking::until_awake))
        .layer(who_asks)
        .route("/covers/{name}", get(covers::cover))
        .route("/pkg/{*file}", get(site::file_or_page))
        // What "Back in a moment" is made of: files that don't ask who asks, as that takes the store.
        .route("/back-soon.js", get(site::file_or_page))
        .route("/back-soon.css", get(site::file_or_page))
        .route("/favicon.svg", get(site::file_or_page));

    answers
        .merge(streams)
        .layer(CatchPanicLayer::custom(same_shape::after_panic))
        .layer(from_fn(bounds::bounded_body))
        .layer(from_fn_with_state(state.clone(), same_origin::required))
        .layer(from_fn_with_state(state.clone(), security_headers::add))
        .layer(from_fn(same_shape::shape))
        .layer(from_fn(request_log::log))
        .with_state(state)
}
