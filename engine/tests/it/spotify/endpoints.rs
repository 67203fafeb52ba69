//! Exactly what is asked of Spotify: each endpoint has its request in a snapshot.

use std::fs;
use std::path::Path;

use engine::source::MusicSource as _;
use engine::source::spotify::{Endpoint, Spotify};
use nests::nest::NestId;
use nests::paste::{Collection, CollectionKind};
use nests::wire::Command;
use standin::spotify::Spotify as Standin;
use standin::spotify::listeners::ANNA;

use super::{log, open, spotify, uri, with};
use crate::accounts::{self, connect};
use crate::hearing::{Hearer, add, hears, pass, until};
use crate::support::{House, person};

#[tokio::test]
async fn calls_are_counted_by_endpoint() {
    let standin = Standin::start().await.expect("a stand-in");
    let house = House::open_with(with(&standin)).await;
    let source = house.engine.spotify().expect("it is set up");
    source.track(&uri(&standin, 0)).await.expect("a track");
    source.search("amber", 20, 0).await.expect("found");
    let counts: Vec<u64> = Endpoint::ALL
        .iter()
        .map(|endpoint| Spotify::calls(source).of(*endpoint))
        .collect();
    assert_eq!(counts[..3], [1, 2, 1]);
    assert!(counts[3..].iter().all(|count| *count == 0), "{counts:?}");
}

#[tokio::test]
async fn an_album_longer_than_a_page_is_read_to_its_end() {
    let (standin, house) = open().await;
    let album = Collection {
        kind: CollectionKind::Album,
        id: standin.catalogue().long_album().id.clone(),
    };
    let listing = spotify(&house).listing(&album, 1).await.expect("listed");
    let album = &listing.albums[0];
    assert_eq!((album.tracks.len(), album.read, album.total), (60, 60, 60));
    let title = |n: usize| album.tracks[n].track.title.as_str();
    assert_eq!(
        (title(0), title(50), title(59)),
        ("Prelude 1", "Prelude 51", "Prelude 60")
    );
    insta::assert_snapshot!("long_album", log(&standin));
}

/// Waits until a request to an address that ends like this was answered.
async fn answered(standin: &Standin, end: &str) {
    let is = || {
        let seen = standin.seen();
        seen.iter()
            .any(|seen| seen.path.ends_with(end) && seen.status != 0)
    };
    until(standin, end, is).await;
}

#[tokio::test]
async fn a_device_is_looked_at_and_steered_with_exactly_these_requests() {
    let (standin, house) = accounts::open().await;
    let nest = NestId::main();
    add(&standin, &house, &nest, 0).await;
    house.until_it_plays(&nest).await;
    connect(&standin, &house, "anna", ANNA).await;
    let device = standin.open_device(ANNA, "Kitchen", "Speaker");
    standin.take_seen();
    let chosen = house.engine.choose_device(&person("anna"), &nest, &device).await;
    chosen.expect("it is there");
    let anna = Hearer {
        person: person("anna"),
        listener: ANNA,
        device,
        _seat: house.join(&nest, "anna").await,
    };
    hears(&standin, &anna, 0).await;
    answered(&standin, "/play").await;
    pass(&standin, &house, 25_000).await;
    standin.move_by_hand(ANNA, 15_000);
    // Her conductor looks when she opens another tab, and need not be waited for.
    let _tab = house.join(&nest, "anna").await;
    answered(&standin, "/seek").await;
    house.act(&nest, "anna", Command::Pause).await.expect("paused");
    answered(&standin, "/pause").await;
    insta::assert_snapshot!("a_device", log(&standin));
}

/// The request that an endpoint is asked with, `*` for any one part of its path, and what stands in it besides.
const fn request(endpoint: Endpoint) -> (&'static str, &'static str) {
    match endpoint {
        Endpoint::Token => ("POST /api/token", "grant_type=client_credentials"),
        Endpoint::PersonsToken => ("POST /api/token", "grant_type=authorization_code"),
        Endpoint::Search => ("GET /v1/search", "q="),
        Endpoint::Track => ("GET /v1/tracks/*", "market="),
        Endpoint::Album => ("GET /v1/albums/*", "market="),
        Endpoint::AlbumTracks => ("GET /v1/albums/*/tracks", "offset=50"),
        Endpoint::ArtistAlbums => ("GET /v1/artists/*/albums", "limit=10"),
        Endpoint::Episode => ("GET /v1/episodes/*", "market="),
        Endpoint::Me => ("GET /v1/me", ""),
        Endpoint::MyPlaylists => ("GET /v1/me/playlists", "limit=50"),
        Endpoint::Playlist => ("GET /v1/playlists/*", "fields="),
        Endpoint::PlaylistItems => ("GET /v1/playlists/*/items", "additional_types="),
        Endpoint::Devices => ("GET /v1/me/player/devices", ""),
        Endpoint::Player => ("GET /v1/me/player", "additional_types=track%2Cepisode"),
        Endpoint::Play => ("PUT /v1/me/player/play", "position_ms"),
        Endpoint::Seek => ("PUT /v1/me/player/seek", "position_ms="),
        Endpoint::Pause => ("PUT /v1/me/player/pause", "device_id="),
    }
}

/// Every line of every snapshot below a folder.
fn snapshot_lines(folder: &Path) -> Vec<String> {
    let mut lines = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            lines.extend(snapshot_lines(&path));
        } else if path.extension().is_some_and(|kind| kind == "snap") {
            let text = fs::read_to_string(&path).expect("text");
            lines.extend(text.lines().map(str::to_owned));
        }
    }
    lines
}

/// Whether a line of the stand-in's journal is that request, and it was granted.
fn is_granted(line: &str, (request, part): (&str, &str)) -> bool {
    let mut words = line.split(' ');
    let (method, address) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let asked = format!("{method} {}", address.split('?').next().unwrap_or_default());
    let same_length = asked.split('/').count() == request.split('/').count();
    let mut parts = asked.split('/').zip(request.split('/'));
    let is_this = same_length && parts.all(|(asked, wanted)| wanted == "*" || asked == wanted);
    is_this && line.contains(part) && (line.ends_with(" -> 200") || line.ends_with(" -> 204"))
}

#[test]
fn of_every_endpoint_an_exact_request_that_was_granted_stands_in_a_snapshot() {
    let lines = snapshot_lines(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it"));
    let without: Vec<Endpoint> = Endpoint::ALL
        .into_iter()
        .filter(|endpoint| !lines.iter().any(|line| is_granted(line, request(*endpoint))))
        .collect();
    assert_eq!(without, []);
}
