//! Spotify beside the library, as people and programs see it.

use std::time::{Duration, Instant};

use insta::{assert_json_snapshot, assert_snapshot};
use nests::wire::ErrorCode;
use serde_json::json;
use standin::spotify::{CLIENT_ID, CLIENT_SECRET, Mood, Spotify};

use super::support::House;

pub async fn open(spotify: &Spotify) -> House {
    open_with_secret(spotify, CLIENT_SECRET).await
}

/// With what whoever runs it took for the app's secret.
pub async fn open_with_secret(spotify: &Spotify, secret: &str) -> House {
    let (api, accounts) = (spotify.api_url(), spotify.accounts_url());
    let env = [
        ("SPOTIFY_CLIENT_ID", CLIENT_ID),
        ("SPOTIFY_CLIENT_SECRET", secret),
        ("SPOTIFY_API_URL", api.as_str()),
        ("SPOTIFY_ACCOUNTS_URL", accounts.as_str()),
    ];
    House::open_with(&env, |_| {}).await
}

#[tokio::test]
async fn a_search_answers_by_source_and_one_that_hangs_or_fails_is_named() {
    let spotify = Spotify::start().await.expect("a stand-in");
    let house = open(&spotify).await;
    let anna = house.guest("Anna").await;
    let search = async |path: &str| anna.get(path).await.expect(200).json();
    let both = search("/api/search?q=glass&limit=2").await;
    assert_json_snapshot!("by_source", both, {
        ".tracks[0].uri" => "[uri]", ".tracks[1].uri" => "[uri]",
        ".tracks[].img" => "[cover]", ".tracks[].big_img" => "[cover]", ".tracks[].hue" => "[hue]",
    });

    spotify.be(Mood::Slow(Duration::from_secs(20)));
    let begun = Instant::now();
    let late = search("/api/search?q=glass&limit=2").await;
    assert!(
        begun.elapsed() < Duration::from_millis(1_500),
        "{:?}",
        begun.elapsed()
    );
    assert_eq!(late["total"], 2, "the library's");
    assert_json_snapshot!("one_hangs", late["sources"]);

    spotify.be(Mood::Overloaded);
    let broken = search("/api/search?q=glass&limit=2").await;
    assert_eq!(broken["total"], 2);
    assert_eq!(
        broken["sources"][1]["error"]["message"],
        "Spotify can't be reached right now."
    );
}

#[tokio::test]
async fn each_source_can_be_asked_by_itself_so_that_none_waits_for_another() {
    let spotify = Spotify::start().await.expect("a stand-in");
    let house = open(&spotify).await;
    let anna = house.guest("Anna").await;
    for path in ["/api/search?q=glass", "/api/fn/search?q=glass&limit=10"] {
        spotify.be(Mood::Slow(Duration::from_secs(20)));
        let begun = Instant::now();
        let library = anna
            .get(&format!("{path}&source=library"))
            .await
            .expect(200)
            .json();
        assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
        assert_eq!(library["tracks"].as_array().map(Vec::len), Some(2), "{library}");
        spotify.be(Mood::Well);
        let other = anna
            .get(&format!("{path}&source=spotify"))
            .await
            .expect(200)
            .json();
        let first = &other["tracks"][0];
        assert_eq!(first["artist"], "Glass Harbour", "{other}");
        let nowhere = anna.get(&format!("{path}&source=radio")).await;
        let error = nowhere.refused(400, ErrorCode::InvalidRequest);
        assert_eq!(error.field.as_deref(), Some("source"));
    }
    spotify.be(Mood::Overloaded);
    let path = "/api/fn/search?q=glass&limit=10&source=spotify";
    let broken = anna.get(path).await.expect(200).json();
    assert_eq!(broken["complaints"][0], "Spotify can't be reached right now.");
    // None that a search has found before: those are known.
    let link = format!("spotify:track:{}", spotify.catalogue().tracks[40].id);
    let path = format!("/api/fn/search?q={link}&limit=10&source=spotify");
    let broken = anna.get(&path).await.expect(200).json();
    assert_eq!(broken["complaints"][0], "Spotify can't be reached right now.");
    let path = format!("/api/search?q={link}&source=spotify");
    let broken = anna.get(&path).await.expect(200).json();
    let error = &broken["sources"][0]["error"];
    assert_eq!(error["message"], "Spotify can't be reached right now.");
    let path = format!("/api/search?q={link}");
    anna.get(&path).await.refused(404, ErrorCode::NotFound);
    let room = anna.visit("/").await.expect(200).text();
    assert!(
        room.contains(r#""sources":["library","spotify"]"#),
        "the page knows whom to ask"
    );
}

#[tokio::test]
async fn a_search_goes_on_where_the_page_before_ended() {
    let spotify = Spotify::start().await.expect("a stand-in");
    let house = open(&spotify).await;
    let anna = house.guest("Anna").await;
    let page = async |offset: usize| {
        spotify.take_seen();
        let path = format!("/api/search?q=glass+harbour&limit=10&offset={offset}");
        let found = anna.get(&path).await.expect(200).json();
        let tracks = found["tracks"].as_array().expect("tracks").iter();
        let uris: Vec<String> = tracks.map(|track| track["uri"].to_string()).collect();
        let seen = spotify.take_seen().into_iter();
        let asked: Vec<String> = seen
            .filter(|seen| seen.path == "/v1/search")
            .map(|seen| format!("{seen}"))
            .collect();
        assert_eq!(found["total"], 36, "of all pages");
        (uris, asked.join("\n"))
    };
    let (first, asked_first) = page(0).await;
    let (second, asked_second) = page(10).await;
    assert!(!first.is_empty() && !second.is_empty(), "{first:?} {second:?}");
    assert!(
        !second.iter().any(|uri| first.contains(uri)),
        "{first:?} {second:?}"
    );
    assert_snapshot!(asked_first, @"GET /v1/search?limit=10&market=US&offset=0&q=glass+harbour&type=track by token 1 -> 200");
    assert_snapshot!(asked_second, @"GET /v1/search?limit=10&market=US&offset=10&q=glass+harbour&type=track by token 1 -> 200");
}

#[tokio::test]
async fn the_page_shows_groups_only_where_there_are_several_and_may_show_spotifys_pictures() {
    let spotify = Spotify::start().await.expect("a stand-in");
    let house = open(&spotify).await;
    let anna = house.guest("Anna").await;
    let heading = |name: &str| format!(r#"<li class="search__source">{name}</li>"#);
    let both = anna.visit("/?q=glass").await.expect(200);
    assert!(
        both.header("content-security-policy")
            .contains("img-src 'self' data: https://i.scdn.co/;")
    );
    let both = both.text();
    let (library, other) = (both.find(&heading("Library")), both.find(&heading("Spotify")));
    assert!(library.is_some() && library < other, "{library:?} {other:?}");
    assert!(both.contains("Glass Harbour") && both.contains("Morning Glass"));
    let one = anna.visit("/?q=ferry").await.expect(200).text();
    assert!(one.contains("Lowland"));
    let one_source = anna.visit("/?q=copper+wire").await.expect(200).text();
    assert!(one_source.contains("Copper Wire") && !one_source.contains("search__source"));
    spotify.be(Mood::Overloaded);
    let alone = anna.visit("/?q=glass").await.expect(200).text();
    assert!(alone.contains("Morning Glass") && !alone.contains("search__source"));
    assert!(
        alone.contains("Spotify can't be reached right now."),
        "which one has no answer is said"
    );
}

#[tokio::test]
async fn a_track_of_spotify_is_queued_by_its_uri_with_its_facts() {
    let spotify = Spotify::start().await.expect("a stand-in");
    let house = open(&spotify).await;
    let anna = house.guest("Anna").await;
    let tracks = &spotify.catalogue().tracks;
    let add = async |n: usize| {
        let add = json!({"add": {"track": format!("spotify:track:{}", tracks[n].id)}});
        anna.post("/api/nests/main/commands", add).await
    };
    add(0).await.expect(200);
    let song = &house.everything().await;
    let song = song
        .playing
        .as_ref()
        .map(|p| &p.queued)
        .or(song.songs.first())
        .expect("a song");
    assert_eq!(song.song.track.title, "Amber Rooms");
    assert_eq!(song.song.track.artist, "Glass Harbour");
    let refused = add(11).await.expect(404).json();
    assert_eq!(refused["message"], "That track is not available in your country.");
}
