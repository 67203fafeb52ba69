//! The same from outside, for browser tests, whose stand-in is a process of its own: what somebody hears, what they do with
//! their player themselves, and how the service is today. No path of Spotify's begins like these.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::json;

use super::apps::HOUSE;
use super::listeners::Listener;
use super::{Mood, Shared};

/// What all these paths begin with: no mood of the service touches them.
pub(super) const BY_HAND: &str = "/by-hand/";

pub(super) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/by-hand/mood/{mood}", post(be))
        .route("/by-hand/rest/{seconds}", post(rest))
        .route("/by-hand/{listener}", get(hears))
        .route("/by-hand/{listener}/play/{track}", post(play))
        .route("/by-hand/{listener}/expire-tokens", post(expire_tokens))
        .route("/by-hand/{listener}/withdraw", post(withdraw))
        .route("/by-hand/tokens", get(tokens))
}

/// `well`, `overloaded`, `garbled`, or how many milliseconds every answer takes.
async fn be(State(shared): State<Arc<Shared>>, Path(mood): Path<String>) -> StatusCode {
    let mood = match (mood.as_str(), mood.parse()) {
        ("well", _) => Mood::Well,
        ("overloaded", _) => Mood::Overloaded,
        ("garbled", _) => Mood::Garbled,
        (_, Ok(milliseconds)) => Mood::Slow(Duration::from_millis(milliseconds)),
        _ => return StatusCode::NOT_FOUND,
    };
    shared.today().mood = mood;
    StatusCode::NO_CONTENT
}

/// The house's app has asked too often: from its next call on it is told to wait for so many seconds.
async fn rest(State(shared): State<Arc<Shared>>, Path(seconds): Path<u64>) -> StatusCode {
    shared.today().allow_calls(HOUSE, 0, seconds);
    StatusCode::NO_CONTENT
}

async fn hears(State(shared): State<Arc<Shared>>, Path(who): Path<String>) -> Response {
    let Some(listener) = Listener::of_id(&who) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let heard = shared.today().heard(listener);
    Json(heard.map(|heard| {
        json!({
            "device": heard.device, "uri": heard.uri, "position_ms": heard.position_ms, "playing": heard.playing,
        })
    }))
    .into_response()
}

/// On the device that plays or played last.
async fn play(State(shared): State<Arc<Shared>>, Path((who, track)): Path<(String, usize)>) -> Response {
    let mut today = shared.today();
    let heard = Listener::of_id(&who).and_then(|listener| Some((listener, today.heard(listener)?.device)));
    let (Some((listener, device)), Some(track)) = (heard, shared.catalogue.tracks.get(track)) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    today.play_by_hand(listener, &device, track);
    StatusCode::NO_CONTENT.into_response()
}

/// Their access tokens count no longer, before the time that was said; what the app may do stays.
async fn expire_tokens(State(shared): State<Arc<Shared>>, Path(who): Path<String>) -> Response {
    let Some(listener) = Listener::of_id(&who) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let mut today = shared.today();
    today.tokens.retain(|given| !given.is_of(listener));
    StatusCode::NO_CONTENT.into_response()
}

/// They take their permission back, as on Spotify's own page for that.
async fn withdraw(State(shared): State<Arc<Shared>>, Path(who): Path<String>) -> StatusCode {
    let Some(listener) = Listener::of_id(&who) else {
        return StatusCode::NOT_FOUND;
    };
    shared.today().withdraw(listener);
    StatusCode::NO_CONTENT
}

/// All that count, of access and refresh: what must not stand in any file.
async fn tokens(State(shared): State<Arc<Shared>>) -> Response {
    let today = shared.today();
    let access = today.tokens.iter().map(|given| &given.token);
    let refresh = today.refreshes.iter().map(|held| &held.token);
    Json(access.chain(refresh).collect::<Vec<_>>()).into_response()
}
