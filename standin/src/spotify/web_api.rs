//! The Web API: what an app may ask with a token of its own. What is gone since February 2026 has no route: 404.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::listeners::Listener;
use super::{Shared, Today, error, players, playlists};

/// Items on a page at most, by endpoint.
const SEARCH_PAGE: usize = 10;
const ALBUMS_PAGE: usize = 10;
const TRACKS_PAGE: usize = 50;
/// What an endpoint takes where no limit is given.
const DEFAULT_PAGE: usize = 5;
/// How far into a search one can look.
const SEARCH_DEPTH: usize = 1_000;
const ID_LENGTH: usize = 22;

/// What a token of the app's own does not open.
const OF_A_PERSON: &str = "/v1/me";
/// To everybody whom the owner of an app in development mode hasn't entered.
const NO_SEAT: &str = "Check settings on developer.spotify.com/dashboard, the user may not be registered.";

pub(super) type Asked = Query<HashMap<String, String>>;

pub(super) fn routes(shared: &Arc<Shared>) -> Router<Arc<Shared>> {
    let routes = Router::new()
        .route("/v1/search", get(search))
        .route("/v1/tracks/{id}", get(track))
        .route("/v1/albums/{id}", get(album))
        .route("/v1/albums/{id}/tracks", get(album_tracks))
        .route("/v1/artists/{id}", get(artist))
        .route("/v1/artists/{id}/albums", get(artist_albums))
        .route("/v1/episodes/{id}", get(episode))
        .route("/v1/me", get(me))
        .merge(players::routes())
        .merge(playlists::routes());
    routes.layer(middleware::from_fn_with_state(shared.clone(), at_the_door))
}

/// Whether the token counts, and whether the app has asked too often.
async fn at_the_door(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    match refusal(&shared, &request) {
        Some(refused) => refused,
        None => next.run(request).await,
    }
}

fn refusal(shared: &Shared, request: &Request) -> Option<Response> {
    let sent = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    let Some(token) = sent.and_then(|sent| sent.strip_prefix("Bearer ")) else {
        return Some(error(StatusCode::UNAUTHORIZED, "No token provided"));
    };
    let mut today = shared.today();
    let now = today.now();
    let about_a_person = request.uri().path().starts_with(OF_A_PERSON);
    let app = match today.tokens.iter().find(|given| given.token == token) {
        None => return Some(error(StatusCode::UNAUTHORIZED, "Invalid access token")),
        Some(given) if given.until <= now => {
            return Some(error(StatusCode::UNAUTHORIZED, "The access token expired"));
        }
        Some(given) => match &given.of {
            Some((listener, _))
                if !given.app.has_seat_for(*listener) || today.unseated.contains(listener) =>
            {
                return Some(error(StatusCode::FORBIDDEN, NO_SEAT));
            }
            Some((listener, _)) if today.shut_out.contains(listener) => {
                return Some(error(StatusCode::UNAUTHORIZED, "Invalid access token"));
            }
            None if about_a_person => {
                return Some(error(
                    StatusCode::UNAUTHORIZED,
                    "Valid user authentication required",
                ));
            }
            _ => given.app,
        },
    };
    let pace = today.paces.entry(app.id).or_default();
    match pace.calls_left {
        Some((0, retry_after)) => {
            pace.resting_until = Some(now + Duration::from_secs(retry_after));
            pace.calls_left = None;
        }
        Some((left, retry_after)) => pace.calls_left = Some((left - 1, retry_after)),
        None => {}
    }
    let rest = pace
        .resting_until
        .filter(|until| *until > now)?
        .duration_since(now);
    let mut response = error(StatusCode::TOO_MANY_REQUESTS, "API rate limit exceeded");
    let seconds = HeaderValue::from(rest.as_secs_f64().ceil() as u64);
    response.headers_mut().insert(header::RETRY_AFTER, seconds);
    Some(response)
}

async fn me(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    match shared.today().person_of(&headers) {
        Some((listener, scopes)) => Json(listener.json(&scopes)).into_response(),
        None => error(StatusCode::UNAUTHORIZED, "Valid user authentication required"),
    }
}

impl Today {
    /// Whom the token of a request acts for, and what it may do.
    pub(super) fn person_of(&self, headers: &HeaderMap) -> Option<(Listener, String)> {
        let sent = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
        let token = sent.strip_prefix("Bearer ")?;
        let given = self.tokens.iter().find(|given| given.token == token)?;
        given.of.clone()
    }
}

async fn search(State(shared): State<Arc<Shared>>, Query(asked): Asked) -> Response {
    let catalogue = &shared.catalogue;
    let answer = || {
        let market = market(&asked)?;
        let q = asked
            .get("q")
            .filter(|q| !q.is_empty())
            .ok_or("No search query")?;
        if asked.get("type").map(String::as_str) != Some("track") {
            return Err("Bad search type field: the stand-in knows tracks");
        }
        let (limit, offset) = page(&asked, SEARCH_PAGE)?;
        if offset + limit > SEARCH_DEPTH {
            return Err("Invalid offset");
        }
        let found = catalogue.search(q);
        let items = found
            .iter()
            .map(|track| catalogue.track_json(track, market))
            .collect();
        Ok(json!({"tracks": paged(items, limit, offset)}))
    };
    respond(answer())
}

async fn track(State(shared): State<Arc<Shared>>, Path(id): Path<String>, Query(asked): Asked) -> Response {
    let catalogue = &shared.catalogue;
    let Some(track) = catalogue.tracks.iter().find(|track| track.id == id) else {
        return missing(&id);
    };
    respond(market(&asked).map(|market| catalogue.track_json(track, market)))
}

async fn album(State(shared): State<Arc<Shared>>, Path(id): Path<String>, Query(asked): Asked) -> Response {
    let catalogue = &shared.catalogue;
    let Some(place) = catalogue.albums.iter().position(|album| album.id == id) else {
        return missing(&id);
    };
    let answer = market(&asked).map(|market| {
        let mut json = catalogue.album_json(&catalogue.albums[place]);
        json["tracks"] = paged(tracks_of(&shared, place, market), TRACKS_PAGE, 0);
        json
    });
    respond(answer)
}

async fn album_tracks(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    Query(asked): Asked,
) -> Response {
    let Some(place) = shared.catalogue.albums.iter().position(|album| album.id == id) else {
        return missing(&id);
    };
    let answer = || {
        let (limit, offset) = page(&asked, TRACKS_PAGE)?;
        Ok(paged(tracks_of(&shared, place, market(&asked)?), limit, offset))
    };
    respond(answer())
}

fn tracks_of(shared: &Shared, album: usize, market: Option<&str>) -> Vec<Value> {
    let catalogue = &shared.catalogue;
    let tracks = catalogue.tracks.iter().filter(|track| track.album == album);
    tracks
        .map(|track| catalogue.simplified_json(track, market))
        .collect()
}

async fn artist(State(shared): State<Arc<Shared>>, Path(id): Path<String>) -> Response {
    let catalogue = &shared.catalogue;
    match catalogue.artists.iter().find(|artist| artist.id == id) {
        Some(artist) => Json(catalogue.artist_json(artist)).into_response(),
        None => missing(&id),
    }
}

async fn artist_albums(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    Query(asked): Asked,
) -> Response {
    let catalogue = &shared.catalogue;
    let Some(place) = catalogue.artists.iter().position(|artist| artist.id == id) else {
        return missing(&id);
    };
    let answer = || {
        market(&asked)?;
        let groups = asked.get("include_groups").map_or("", String::as_str);
        let known = ["album", "single", "appears_on", "compilation"];
        if groups
            .split(',')
            .any(|group| !group.is_empty() && !known.contains(&group))
        {
            return Err("Invalid include_groups");
        }
        let (limit, offset) = page(&asked, ALBUMS_PAGE)?;
        let albums = catalogue.albums.iter().filter(|album| album.artist == place);
        let items = albums.map(|album| catalogue.album_json(album)).collect();
        Ok(paged(items, limit, offset))
    };
    respond(answer())
}

async fn episode(State(shared): State<Arc<Shared>>, Path(id): Path<String>, Query(asked): Asked) -> Response {
    let catalogue = &shared.catalogue;
    let Some(episode) = catalogue.episodes.iter().find(|episode| episode.id == id) else {
        return missing(&id);
    };
    // Without a market an app of its own gets no episodes.
    respond(match market(&asked) {
        Ok(None) => return missing(&id),
        Ok(Some(_)) => Ok(catalogue.episode_json(episode)),
        Err(wrong) => Err(wrong),
    })
}

pub(super) fn respond(answer: Result<Value, &'static str>) -> Response {
    match answer {
        Ok(json) => Json(json).into_response(),
        Err(wrong) => error(StatusCode::BAD_REQUEST, wrong),
    }
}

pub(super) fn missing(id: &str) -> Response {
    let is_an_id = id.len() == ID_LENGTH && id.bytes().all(|b| b.is_ascii_alphanumeric());
    match is_an_id {
        true => error(StatusCode::NOT_FOUND, "Resource not found"),
        false => error(StatusCode::BAD_REQUEST, "Invalid base62 id"),
    }
}

pub(super) fn market(asked: &HashMap<String, String>) -> Result<Option<&str>, &'static str> {
    match asked.get("market") {
        None => Ok(None),
        Some(market) if market.len() == 2 && market.bytes().all(|b| b.is_ascii_uppercase()) => {
            Ok(Some(market))
        }
        Some(_) => Err("Invalid market code"),
    }
}

pub(super) fn page(asked: &HashMap<String, String>, largest: usize) -> Result<(usize, usize), &'static str> {
    let number = |name: &str, default: usize| asked.get(name).map_or(Some(default), |text| text.parse().ok());
    let limit = number("limit", DEFAULT_PAGE).filter(|limit| (1..=largest).contains(limit));
    let offset = number("offset", 0).ok_or("Invalid offset")?;
    Ok((limit.ok_or("Invalid limit")?, offset))
}

pub(super) fn paged(items: Vec<Value>, limit: usize, offset: usize) -> Value {
    let total = items.len();
    let next = (offset + limit < total)
        .then(|| format!("https://api.spotify.com/v1/next?offset={}", offset + limit));
    let previous = (offset > 0).then_some("https://api.spotify.com/v1/previous");
    let items: Vec<Value> = items.into_iter().skip(offset).take(limit).collect();
    json!({
        "href": "https://api.spotify.com/v1/page", "items": items, "limit": limit, "next": next, "offset": offset,
        "previous": previous, "total": total,
    })
}
