//! Players in browsers: the script by which a page becomes one (`sdk/spotify-player.js`, in place of the Web Playback SDK), and
//! what its frame asks of this server. For the Web API such a player is a device like any other, for as long as its page lives.
//!
//! Opening one takes a token that counts, the scope for it and Premium; a token that runs out is asked for anew.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::sse::{Event, Sse};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use futures_util::stream;
use serde_json::{Value, json};

use super::listeners::Listener;
use super::players::{Device, Player};
use super::{Shared, Today};

pub(super) const SCRIPT: &str = "/sdk/spotify-player.js";
const STREAMING: &str = "streaming";
/// How often a page's part is compared with what it was last told.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// How long a player goes on without a token that counts.
const TOKEN_GRACE: Duration = Duration::from_secs(5);
const MAX_NAME: usize = 200;

/// What a page has opened.
pub(super) struct BrowserPlayer {
    listener: Listener,
    token: String,
}

pub(super) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route(SCRIPT, get(script))
        .route("/sdk/embedded", get(frame))
        .route("/sdk/players", post(connect))
        .route("/sdk/players/{device}/token", post(renew))
        .route("/sdk/players/{device}/events", get(events))
        .route("/sdk/players/{device}/{order}", post(order))
}

async fn script() -> Response {
    let kind = [(header::CONTENT_TYPE, "text/javascript; charset=utf-8")];
    (kind, include_str!("sdk/spotify-player.js")).into_response()
}

async fn frame() -> Html<&'static str> {
    Html(include_str!("sdk/embedded.html"))
}

/// In the words of the script's own events.
fn refused(status: StatusCode, event: &str, message: &str) -> Response {
    (status, Json(json!({"error": event, "message": message}))).into_response()
}

/// Whose token it is, if it opens a player in a browser.
fn admitted(today: &Today, headers: &HeaderMap) -> Result<(Listener, String), Box<Response>> {
    let refused = |event, message| Err(Box::new(refused(StatusCode::FORBIDDEN, event, message)));
    let sent = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|sent| sent.strip_prefix("Bearer "));
    let token = sent.filter(|token| today.counts(token)).map(str::to_owned);
    let Some((token, (listener, scopes))) = token.zip(today.person_of(headers)) else {
        return refused("authentication_error", "Authentication failed");
    };
    if !scopes.split(' ').any(|scope| scope == STREAMING) {
        return refused("authentication_error", "Invalid token scopes.");
    }
    if today.app_of(&token).is_none_or(|app| !app.has_seat_for(listener)) {
        return refused("authentication_error", "Authentication failed");
    }
    if !listener.premium {
        return refused(
            "account_error",
            "This functionality is restricted to premium users only",
        );
    }
    Ok((listener, token))
}

async fn connect(State(shared): State<Arc<Shared>>, headers: HeaderMap, Json(wish): Json<Value>) -> Response {
    let mut today = shared.today();
    let (listener, token) = match admitted(&today, &headers) {
        Ok(admitted) => admitted,
        Err(refused) => return *refused,
    };
    let name = wish["name"]
        .as_str()
        .filter(|name| (1..=MAX_NAME).contains(&name.len()));
    let Some(name) = name else {
        return refused(StatusCode::BAD_REQUEST, "initialization_error", "name is missing");
    };
    today.given_out += 1;
    let device = format!("{:0>40x}", today.given_out);
    today
        .browsers
        .insert(device.clone(), BrowserPlayer { listener, token });
    let room = today.rooms.entry(listener.id).or_default();
    room.devices.push(Device {
        id: device.clone(),
        name: name.to_owned(),
        kind: "Computer",
    });
    Json(json!({"device_id": device})).into_response()
}

/// The page has a new token.
async fn renew(
    State(shared): State<Arc<Shared>>,
    Path(device): Path<String>,
    headers: HeaderMap,
) -> Response {
    let mut today = shared.today();
    let (listener, token) = match admitted(&today, &headers) {
        Ok(admitted) => admitted,
        Err(refused) => return *refused,
    };
    match today.browsers.get_mut(&device) {
        Some(player) if player.listener == listener => {
            player.token = token;
            Json(json!({"device_id": device})).into_response()
        }
        _ => refused(
            StatusCode::NOT_FOUND,
            "initialization_error",
            "there is no such player",
        ),
    }
}

type Asked = Query<HashMap<String, String>>;

/// What is done in the page itself. `blocked`: the browser let no sound begin.
async fn order(
    State(shared): State<Arc<Shared>>,
    Path((device, order)): Path<(String, String)>,
    Query(asked): Asked,
) -> StatusCode {
    let mut today = shared.today();
    let now = today.now();
    if order == "disconnect" {
        today.close_browser(&device);
        return StatusCode::NO_CONTENT;
    }
    let Some(player) = today.player_in(&device) else {
        return StatusCode::NOT_FOUND; // nothing was played here yet
    };
    let position = asked.get("position_ms").and_then(|ms| ms.parse::<i64>().ok());
    match (order.as_str(), position) {
        ("pause" | "blocked", None) => player.stand_still(now),
        ("resume", None) => player.go_on(now),
        ("seek", Some(position)) if position >= 0 => player.move_to(position, now),
        _ => return StatusCode::BAD_REQUEST,
    }
    StatusCode::NO_CONTENT
}

/// What the page is told, until it goes; the player goes with it.
async fn events(State(shared): State<Arc<Shared>>, Path(device): Path<String>) -> Response {
    if !shared.today().browsers.contains_key(&device) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let page = Page {
        shared,
        device,
        shown: None,
        asked: None,
    };
    let news = stream::unfold(page, |mut page| async move {
        let news = page.news().await?;
        let event = Event::default().data(news.to_string());
        Some((Ok::<_, Infallible>(event), page))
    });
    Sse::new(news).into_response()
}

/// The page at the other end of a stream.
struct Page {
    shared: Arc<Shared>,
    device: String,
    /// What it was last told: the player, and whether it plays.
    shown: Option<Option<(Player, bool)>>,
    /// The token in whose place another one was asked for, and when.
    asked: Option<(String, Instant)>,
}

enum Look {
    Nothing,
    News(Value),
    Over,
}

impl Page {
    async fn news(&mut self) -> Option<Value> {
        loop {
            match self.look() {
                Look::News(news) => return Some(news),
                Look::Over => return None,
                Look::Nothing => tokio::time::sleep(LOOK_EVERY).await,
            }
        }
    }

    fn look(&mut self) -> Look {
        let mut today = self.shared.today();
        let Some(opened) = today.browsers.get(&self.device) else {
            return Look::Over;
        };
        let token = opened.token.clone();
        let lacks_token = !today.counts(&token);
        let asked_at = self.asked.as_ref().filter(|(asked, _)| *asked == token);
        match asked_at.map(|(_, at)| at.elapsed()) {
            None if lacks_token => {
                self.asked = Some((token, Instant::now()));
                return Look::News(json!({"token": "expired"}));
            }
            Some(waited) if lacks_token && waited > TOKEN_GRACE => {
                today.close_browser(&self.device);
                return Look::News(json!({"error": "authentication_error"}));
            }
            _ => {}
        }
        let now = today.now();
        let player = today.player_in(&self.device).cloned();
        let picture = player.map(|player| {
            let playing = player.heard(now).playing;
            (player, playing)
        });
        if self.shown.as_ref() == Some(&picture) {
            return Look::Nothing;
        }
        let state = picture.as_ref().map(|(player, playing)| {
            let position_ms = player.heard(now).position_ms;
            json!({
                "uri": player.uri, "duration": player.duration_ms, "position": position_ms, "paused": !playing,
            })
        });
        self.shown = Some(picture);
        Look::News(json!({"state": state}))
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        self.shared.today().close_browser(&self.device);
    }
}

impl Today {
    /// Whether Spotify accepts the token at this moment.
    fn counts(&self, token: &str) -> bool {
        let now = self.now();
        self.tokens
            .iter()
            .any(|given| given.token == token && given.until > now)
    }

    /// The player of whoever opened that one, where it is the one that plays or played last.
    fn player_in(&mut self, device: &str) -> Option<&mut Player> {
        let listener = self.browsers.get(device)?.listener;
        let player = self.rooms.get_mut(listener.id)?.player.as_mut()?;
        (player.device == device).then_some(player)
    }

    fn close_browser(&mut self, device: &str) {
        let now = self.now();
        if let Some(player) = self.player_in(device) {
            player.stand_still(now);
        }
        if let Some(opened) = self.browsers.remove(device) {
            let room = self.rooms.entry(opened.listener.id).or_default();
            room.devices.retain(|there| there.id != device);
        }
    }
}

#[cfg(test)]
mod tests;
