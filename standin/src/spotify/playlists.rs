//! Playlists of people: anybody may be told that one is there (unless it is private), but what stands in it is told only to
//! its owner and to those who change it with them, as since February 2026.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Map, Value, json};

use super::catalogue::{Catalogue, id};
use super::listeners::{ANNA, BEN, DAN, Listener};
use super::web_api::{Asked, market, missing, page, paged, respond};
use super::{Shared, error};

/// Entries, and playlists, on a page at most.
const PAGE: usize = 50;
const SCOPE: &str = "playlist-read-private";
/// Tracks of a playlist that nobody takes in at once.
const MANY_TRACKS: usize = 260;
/// Playlists of somebody who has more than fit on a page.
const MANY_PLAYLISTS: usize = 55;

#[derive(Clone, Debug)]
pub struct Playlist {
    pub id: String,
    pub name: String,
    pub owner: Listener,
    /// Who may change it as well.
    pub shared_with: Vec<Listener>,
    /// Who has it in their list without having a part in it.
    pub followed_by: Vec<Listener>,
    /// Hidden from everybody else.
    pub is_private: bool,
    pub entries: Vec<Entry>,
}

/// What stands at one place of a playlist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// By its place in [`Catalogue::tracks`].
    Track(usize),
    /// By its place in [`Catalogue::episodes`].
    Episode(usize),
    /// On somebody's own disk.
    LocalFile,
    /// What was there is no more.
    Gone,
}

/// 0: Anna's, with everything that a playlist can hold. 1: Anna's, very long. 2: Ben's, private. 3: Ben's, followed by Anna.
/// 4: Ben's, changed by Anna as well. From 5: Dan's, many.
pub(super) fn made_up() -> Vec<Playlist> {
    let playlist = |n: usize, name: &str, owner: Listener, entries: Vec<Entry>| Playlist {
        id: id('P', n),
        name: name.to_owned(),
        owner,
        shared_with: Vec::new(),
        followed_by: Vec::new(),
        is_private: false,
        entries,
    };
    let tracks = |places: &[usize]| {
        places
            .iter()
            .map(|place| Entry::Track(*place))
            .collect::<Vec<_>>()
    };
    let mut of_all_kinds = tracks(&[0, 13, 11, 24]);
    of_all_kinds.extend([Entry::Episode(0), Entry::LocalFile, Entry::Gone, Entry::Track(36)]);
    let many = (0..MANY_TRACKS).map(Entry::Track).collect();
    let mut playlists = vec![
        playlist(0, "Rainy Fridays", ANNA, of_all_kinds),
        playlist(1, "Everything at Once", ANNA, many),
        Playlist {
            is_private: true,
            ..playlist(2, "Ben Alone", BEN, tracks(&[1]))
        },
        Playlist {
            followed_by: vec![ANNA],
            ..playlist(3, "Ben in Public", BEN, tracks(&[2]))
        },
        Playlist {
            shared_with: vec![ANNA],
            ..playlist(4, "Kitchen Duty", BEN, tracks(&[3, 4]))
        },
    ];
    let begin = playlists.len();
    playlists.extend((0..MANY_PLAYLISTS).map(|n| {
        let name = format!("Mixtape {}", n + 1);
        playlist(begin + n, &name, DAN, tracks(&[n]))
    }));
    playlists
}

impl Playlist {
    fn may_read(&self, who: Listener) -> bool {
        self.owner == who || self.shared_with.contains(&who)
    }

    fn is_seen_by(&self, who: Option<Listener>) -> bool {
        !self.is_private || who.is_some_and(|who| self.may_read(who))
    }

    fn is_listed_for(&self, who: Listener) -> bool {
        self.may_read(who) || self.followed_by.contains(&who)
    }

    /// With the number of its entries for those who may read them.
    fn json(&self, who: Option<Listener>) -> Value {
        let mut json = json!({
            "id": self.id, "name": self.name, "description": "", "images": [],
            "owner": {"id": self.owner.id, "display_name": self.owner.name, "type": "user"},
            "collaborative": !self.shared_with.is_empty(), "public": !self.is_private, "snapshot_id": "s", "type": "playlist",
            "uri": format!("spotify:playlist:{}", self.id),
        });
        if who.is_some_and(|who| self.may_read(who)) {
            let href = format!("https://api.spotify.com/v1/playlists/{}/items", self.id);
            json["items"] = json!({"href": href, "total": self.entries.len()});
        }
        json
    }
}

impl Entry {
    /// As somebody who lives there is shown it: their country counts, whatever market was asked for.
    fn json(self, catalogue: &Catalogue, country: &str) -> Value {
        let item = match self {
            Self::Track(place) => catalogue.track_json(&catalogue.tracks[place], Some(country)),
            Self::Episode(place) => catalogue.episode_json(&catalogue.episodes[place]),
            Self::LocalFile => json!({
                "id": null, "uri": "spotify:local:Somebody::Demo:180", "name": "Demo", "type": "track", "is_local": true,
                "duration_ms": 180_000, "artists": [{"id": null, "name": "Somebody"}],
                "album": {"id": null, "name": "", "artists": [], "images": []},
            }),
            Self::Gone => Value::Null,
        };
        let is_local = self == Self::LocalFile;
        json!({"added_at": "2026-01-05T20:00:00Z", "added_by": {"id": "somebody"}, "is_local": is_local, "item": item})
    }
}

pub(super) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/v1/playlists/{id}", get(playlist))
        .route("/v1/playlists/{id}/items", get(items))
        .route("/v1/me/playlists", get(mine))
}

/// What it is called and whose it is.
async fn playlist(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Path(id): Path<String>,
    Query(asked): Asked,
) -> Response {
    let who = shared.today().person_of(&headers).map(|(listener, _)| listener);
    let Some(playlist) = find(&shared, &id, who) else {
        return missing(&id);
    };
    let json = playlist.json(who);
    Json(match asked.get("fields") {
        Some(fields) => only(&json, fields),
        None => json,
    })
    .into_response()
}

async fn items(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Path(id): Path<String>,
    Query(asked): Asked,
) -> Response {
    let listener = match reader(&shared, &headers) {
        Ok(listener) => listener,
        Err(refused) => return *refused,
    };
    let Some(playlist) = find(&shared, &id, Some(listener)) else {
        return missing(&id);
    };
    if !playlist.may_read(listener) {
        return error(StatusCode::FORBIDDEN, "Forbidden");
    }
    let answer = || {
        market(&asked)?;
        let kinds = asked.get("additional_types").map_or("", String::as_str);
        if kinds
            .split(',')
            .any(|kind| !["", "track", "episode"].contains(&kind))
        {
            return Err("Invalid additional_types");
        }
        let (limit, offset) = page(&asked, PAGE)?;
        let entries = playlist.entries.iter();
        let items = entries.map(|entry| entry.json(&shared.catalogue, listener.country));
        Ok(paged(items.collect(), limit, offset))
    };
    respond(answer())
}

async fn mine(State(shared): State<Arc<Shared>>, headers: HeaderMap, Query(asked): Asked) -> Response {
    let listener = match reader(&shared, &headers) {
        Ok(listener) => listener,
        Err(refused) => return *refused,
    };
    let listed = shared.catalogue.playlists.iter();
    let listed = listed.filter(|playlist| playlist.is_listed_for(listener));
    let items = listed.map(|playlist| playlist.json(Some(listener))).collect();
    respond(page(&asked, PAGE).map(|(limit, offset)| paged(items, limit, offset)))
}

/// The person who asks, if they let the app read their playlists.
fn reader(shared: &Shared, headers: &HeaderMap) -> Result<Listener, Box<Response>> {
    let Some((listener, scopes)) = shared.today().person_of(headers) else {
        return Err(Box::new(error(StatusCode::FORBIDDEN, "Forbidden")));
    };
    match scopes.split(' ').any(|scope| scope == SCOPE) {
        true => Ok(listener),
        false => Err(Box::new(error(
            StatusCode::FORBIDDEN,
            "Insufficient client scope",
        ))),
    }
}

fn find<'a>(shared: &'a Shared, id: &str, who: Option<Listener>) -> Option<&'a Playlist> {
    let mut all = shared.catalogue.playlists.iter();
    all.find(|playlist| playlist.id == id && playlist.is_seen_by(who))
}

/// Only the named fields, as in `name,owner(display_name)`.
fn only(json: &Value, fields: &str) -> Value {
    let mut named = Map::new();
    let mut rest = fields;
    while !rest.is_empty() {
        let end = rest.find([',', '(']).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        let inner = after.strip_prefix('(').and_then(|inner| inner.split_once(')'));
        let (value, after) = match inner {
            Some((inner, after)) => (only(&json[name], inner), after),
            None => (json[name].clone(), after),
        };
        named.insert(name.to_owned(), value);
        rest = after.trim_start_matches([',', '(']);
    }
    Value::Object(named)
}
