//! What people play on: devices, and a player that really moves with time. Orders need Premium, a scope and a device that is
//! awake; the person can always do as they like by hand.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, put};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::listeners::Listener;
use super::{Catalogue, Episode, Shared, Spotify, Today, Track, error};

const READ: &str = "user-read-playback-state";
const MODIFY: &str = "user-modify-playback-state";
/// Tracks in one order at most.
const MOST_URIS: usize = 100;

/// Something that a person has Spotify open on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    pub id: String,
    pub name: String,
    pub kind: &'static str,
}

/// What somebody hears at this moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    pub device: String,
    pub uri: String,
    pub position_ms: i64,
    pub playing: bool,
}

/// One person's devices and their one player.
#[derive(Default)]
pub(super) struct Room {
    pub(super) devices: Vec<Device>,
    pub(super) player: Option<Player>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Player {
    pub(super) device: String,
    pub(super) uri: String,
    pub(super) duration_ms: i64,
    position_ms: i64,
    /// When it was there; `None`: it stands still.
    since: Option<Instant>,
}

impl Player {
    pub(super) fn heard(&self, now: Instant) -> Heard {
        let moved = self
            .since
            .map_or(0, |since| now.saturating_duration_since(since).as_millis());
        let position_ms = self.position_ms + i64::try_from(moved).unwrap_or(i64::MAX);
        let is_over = position_ms >= self.duration_ms;
        Heard {
            device: self.device.clone(),
            uri: self.uri.clone(),
            position_ms: if is_over { 0 } else { position_ms },
            playing: self.since.is_some() && !is_over,
        }
    }
}

/// What an order to play can name.
#[derive(Clone, Copy)]
enum Playable<'a> {
    Track(&'a Track),
    Episode(&'a Episode),
}

impl<'a> Playable<'a> {
    fn of_uri(music: &'a Catalogue, uri: &str) -> Option<Self> {
        let (kind, id) = uri.strip_prefix("spotify:")?.split_once(':')?;
        match kind {
            "track" => music.tracks.iter().find(|track| track.id == id).map(Self::Track),
            "episode" => {
                let mut episodes = music.episodes.iter();
                episodes.find(|episode| episode.id == id).map(Self::Episode)
            }
            _ => None,
        }
    }

    fn duration_ms(self) -> i64 {
        i64::from(match self {
            Self::Track(track) => track.duration_ms,
            Self::Episode(episode) => episode.duration_ms,
        })
    }

    /// The one market that may play it; `None`: all may.
    fn only_in(self) -> Option<&'static str> {
        match self {
            Self::Track(track) => track.only_in,
            Self::Episode(_) => None,
        }
    }
}

pub(super) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/v1/me/player", get(player))
        .route("/v1/me/player/devices", get(devices))
        .route("/v1/me/player/play", put(play))
        .route("/v1/me/player/pause", put(pause))
        .route("/v1/me/player/seek", put(seek))
}

type Asked = Query<HashMap<String, String>>;
type Refused = Box<Response>;

/// A 403 of the player, with its reason.
fn forbidden(message: &str, reason: &str) -> Refused {
    let body = json!({"error": {"status": 403, "message": message, "reason": reason}});
    Box::new((StatusCode::FORBIDDEN, Json(body)).into_response())
}

fn no_device() -> Refused {
    let body = json!({"error": {"status": 404, "message": "Device not found", "reason": "NO_ACTIVE_DEVICE"}});
    Box::new((StatusCode::NOT_FOUND, Json(body)).into_response())
}

fn bad(message: &str) -> Refused {
    Box::new(error(StatusCode::BAD_REQUEST, message))
}

/// Whose token it is, if it has the scope.
fn person(today: &Today, headers: &HeaderMap, scope: &str) -> Result<Listener, Refused> {
    let (listener, scopes) = today.person_of(headers).ok_or_else(|| {
        Box::new(error(
            StatusCode::UNAUTHORIZED,
            "Valid user authentication required",
        ))
    })?;
    if !scopes.split(' ').any(|has| has == scope) {
        return Err(Box::new(error(
            StatusCode::FORBIDDEN,
            "Insufficient client scope",
        )));
    }
    Ok(listener)
}

/// Who gives an order, and which awake device it is for.
fn order(today: &Today, headers: &HeaderMap, asked: &Asked) -> Result<(Listener, String), Refused> {
    let listener = person(today, headers, MODIFY)?;
    if !listener.premium {
        return Err(forbidden(
            "Player command failed: Premium required",
            "PREMIUM_REQUIRED",
        ));
    }
    let room = today.rooms.get(listener.id);
    let active = room
        .and_then(|room| room.player.as_ref())
        .map(|player| player.device.clone());
    let device = asked.get("device_id").cloned().or(active).ok_or_else(no_device)?;
    let is_awake = room.is_some_and(|room| room.devices.iter().any(|there| there.id == device));
    if is_awake {
        Ok((listener, device))
    } else {
        Err(no_device())
    }
}

fn answered(done: Result<Response, Refused>) -> Response {
    done.unwrap_or_else(|refused| *refused)
}

fn done() -> Response {
    StatusCode::NO_CONTENT.into_response()
}

async fn devices(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    let today = shared.today();
    answered(person(&today, &headers, READ).map(|listener| {
        let room = today.rooms.get(listener.id);
        let active = room
            .and_then(|room| room.player.as_ref())
            .map(|player| player.device.as_str());
        let devices = room.map_or(&[] as &[Device], |room| &room.devices).iter();
        let devices: Vec<Value> = devices
            .map(|device| device_json(device, active == Some(&device.id)))
            .collect();
        Json(json!({"devices": devices})).into_response()
    }))
}

fn device_json(device: &Device, is_active: bool) -> Value {
    json!({
        "id": device.id, "name": device.name, "type": device.kind, "is_active": is_active, "is_restricted": false,
        "is_private_session": false, "volume_percent": 60, "supports_volume": true,
    })
}

async fn player(State(shared): State<Arc<Shared>>, headers: HeaderMap, Query(asked): Asked) -> Response {
    let today = shared.today();
    let answer = || {
        let listener = person(&today, &headers, READ)?;
        let kinds = asked.get("additional_types").map(|kinds| kinds.split(','));
        if kinds
            .clone()
            .is_some_and(|mut kinds| kinds.any(|kind| !["track", "episode"].contains(&kind)))
        {
            return Err(bad("Invalid additional_types"));
        }
        let takes_episodes = kinds.is_some_and(|mut kinds| kinds.any(|kind| kind == "episode"));
        let room = today.rooms.get(listener.id);
        let heard = room
            .and_then(|room| room.player.as_ref())
            .map(|player| player.heard(today.now()));
        let device = heard
            .as_ref()
            .and_then(|heard| room?.devices.iter().find(|there| there.id == heard.device));
        let (Some(heard), Some(device)) = (heard, device) else {
            return Ok(done()); // 204: nothing is open anywhere
        };
        let music = &shared.catalogue;
        let (kind, item) = match Playable::of_uri(music, &heard.uri) {
            Some(Playable::Track(track)) => ("track", Some(music.track_json(track, Some(listener.country)))),
            // Whoever doesn't say that they know episodes is told of none.
            Some(Playable::Episode(episode)) => {
                ("episode", takes_episodes.then(|| music.episode_json(episode)))
            }
            None => ("unknown", None),
        };
        Ok(Json(json!({
            "device": device_json(device, true), "is_playing": heard.playing, "progress_ms": heard.position_ms,
            "item": item, "currently_playing_type": kind, "repeat_state": "off", "shuffle_state": false,
            "context": null, "timestamp": 0, "actions": {"disallows": {}},
        }))
        .into_response())
    };
    answered(answer())
}

async fn play(State(shared): State<Arc<Shared>>, headers: HeaderMap, asked: Asked, body: Bytes) -> Response {
    let mut today = shared.today();
    let now = today.now();
    let mut carry_out = || {
        let (listener, device) = order(&today, &headers, &asked)?;
        let wish: Value = serde_json::from_slice(&body).map_err(|_| bad("Malformed json"))?;
        let uris = wish["uris"]
            .as_array()
            .filter(|uris| (1..=MOST_URIS).contains(&uris.len()));
        let uri = uris
            .and_then(|uris| uris[0].as_str())
            .ok_or_else(|| bad("uris is missing"))?;
        let position_ms = match &wish["position_ms"] {
            Value::Null => 0,
            position => position
                .as_i64()
                .filter(|ms| *ms >= 0)
                .ok_or_else(|| bad("Invalid position_ms"))?,
        };
        let playable = Playable::of_uri(&shared.catalogue, uri).ok_or_else(|| bad("Invalid track uri"))?;
        if playable
            .only_in()
            .is_some_and(|market| market != listener.country)
        {
            return Err(forbidden(
                "Player command failed: Restriction violated",
                "UNKNOWN",
            ));
        }
        let player = Player {
            device,
            uri: uri.to_owned(),
            duration_ms: playable.duration_ms(),
            position_ms,
            since: Some(now),
        };
        today.rooms.entry(listener.id).or_default().player = Some(player);
        Ok(done())
    };
    answered(carry_out())
}

async fn pause(State(shared): State<Arc<Shared>>, headers: HeaderMap, asked: Asked) -> Response {
    let mut today = shared.today();
    let now = today.now();
    let mut carry_out = || {
        let (listener, _) = order(&today, &headers, &asked)?;
        let player = today
            .rooms
            .get_mut(listener.id)
            .and_then(|room| room.player.as_mut());
        let player = player.filter(|player| player.heard(now).playing);
        let player =
            player.ok_or_else(|| forbidden("Player command failed: Restriction violated", "UNKNOWN"))?;
        player.stand_still(now);
        Ok(done())
    };
    answered(carry_out())
}

async fn seek(State(shared): State<Arc<Shared>>, headers: HeaderMap, asked: Asked) -> Response {
    let mut today = shared.today();
    let now = today.now();
    let mut carry_out = || {
        let (listener, _) = order(&today, &headers, &asked)?;
        let position = asked
            .get("position_ms")
            .and_then(|ms| ms.parse().ok())
            .filter(|ms: &i64| *ms >= 0);
        let position = position.ok_or_else(|| bad("position_ms is missing"))?;
        let player = today
            .rooms
            .get_mut(listener.id)
            .and_then(|room| room.player.as_mut());
        let player = player.ok_or_else(no_device)?;
        player.move_to(position, now);
        Ok(done())
    };
    answered(carry_out())
}

impl Player {
    pub(super) fn stand_still(&mut self, now: Instant) {
        self.position_ms = self.heard(now).position_ms;
        self.since = None;
    }

    pub(super) fn go_on(&mut self, now: Instant) {
        self.position_ms = self.heard(now).position_ms;
        self.since = Some(now);
    }

    pub(super) fn move_to(&mut self, position_ms: i64, now: Instant) {
        self.position_ms = position_ms;
        self.since = self.since.map(|_| now);
    }
}

impl Spotify {
    /// They open Spotify on one more device; its id.
    pub fn open_device(&self, listener: Listener, name: &'static str, kind: &'static str) -> String {
        let mut today = self.shared.today();
        let room = today.rooms.entry(listener.id).or_default();
        let id = format!("{}device{}", listener.id, room.devices.len() + 1);
        room.devices.push(Device {
            id: id.clone(),
            name: name.to_owned(),
            kind,
        });
        id
    }

    /// They close it there, or it falls asleep.
    pub fn close_device(&self, listener: Listener, id: &str) {
        let mut today = self.shared.today();
        let room = today.rooms.entry(listener.id).or_default();
        room.devices.retain(|device| device.id != id);
    }

    /// What they hear.
    pub fn hears(&self, listener: Listener) -> Option<Heard> {
        self.shared.today().heard(listener)
    }

    /// They play another track on that device by hand, from its beginning.
    pub fn play_by_hand(&self, listener: Listener, device: &str, track: usize) {
        let track = &self.shared.catalogue.tracks[track];
        self.shared.today().play_by_hand(listener, device, track);
    }

    /// They press pause on the device itself.
    pub fn pause_by_hand(&self, listener: Listener) {
        let mut today = self.shared.today();
        let now = today.now();
        if let Some(player) = today
            .rooms
            .get_mut(listener.id)
            .and_then(|room| room.player.as_mut())
        {
            player.stand_still(now);
        }
    }

    /// They move within the track, or the device falls behind.
    pub fn move_by_hand(&self, listener: Listener, position_ms: i64) {
        let mut today = self.shared.today();
        let now = today.now();
        if let Some(player) = today
            .rooms
            .get_mut(listener.id)
            .and_then(|room| room.player.as_mut())
        {
            player.move_to(position_ms, now);
        }
    }

    /// From now on time stands still here, as a test's own clock does, and goes by only where it is let pass: then what somebody
    /// hears is known to the millisecond, however busy the machine is.
    pub fn hold_time(&self) {
        self.shared.today().held_at = Some(Instant::now());
    }

    /// As if so much time had gone by.
    pub fn let_time_pass(&self, milliseconds: u64) {
        self.shared.today().turned += Duration::from_millis(milliseconds);
    }
}

impl Today {
    pub(super) fn heard(&self, listener: Listener) -> Option<Heard> {
        let player = self.rooms.get(listener.id)?.player.as_ref()?;
        Some(player.heard(self.now()))
    }

    pub(super) fn play_by_hand(&mut self, listener: Listener, device: &str, track: &Track) {
        let player = Player {
            device: device.to_owned(),
            uri: format!("spotify:track:{}", track.id),
            duration_ms: i64::from(track.duration_ms),
            position_ms: 0,
            since: Some(self.now()),
        };
        self.rooms.entry(listener.id).or_default().player = Some(player);
    }

    /// The time here: real time, unless it is held, and what a test let pass.
    pub(super) fn now(&self) -> Instant {
        self.held_at.unwrap_or_else(Instant::now) + self.turned
    }
}
