//! What played: over the API, on its page, and as files.

use axum::http::Method;
use insta::assert_json_snapshot;
use nests::wire::ErrorCode;
use serde_json::{Value, json};

use super::support::{Browser, House};

const MAIN: &str = "/api/nests/main/history";

/// Three songs played and skipped, two by Anna and one by Ben, whom Anna gave a jam.
async fn an_evening(house: &House) -> (Browser, Browser) {
    let (anna, ben) = (house.guest("Anna").await, house.guest("Ben").await);
    for (n, who) in [(0, &anna), (1, &ben), (2, &anna)] {
        let mut tab = house.tab(who).await;
        tab.snapshot().await;
        let add = json!({"add": {"track": house.track(n).await}});
        who.post("/api/nests/main/commands", add).await.expect(200);
        tab.event_that(|change| change.get("started").is_some()).await;
        let playing = who.get("/playing/").await.json();
        let song = playing["playing"]["song"]["id"]
            .as_str()
            .or(playing["playing"]["id"].as_str())
            .unwrap_or_else(|| panic!("{playing}"))
            .to_owned();
        if n == 1 {
            let jam = json!({"jam": {"song": song, "on": true}});
            anna.post("/api/nests/main/commands", jam).await.expect(200);
        }
        who.post("/api/nests/main/commands", json!({"skip": {"song": song}}))
            .await
            .expect(200);
    }
    (anna, ben)
}

fn settled(mut history: Value) -> Value {
    let songs = history["songs"].as_array_mut().expect("songs");
    for (n, song) in songs.iter_mut().enumerate() {
        for field in ["added_at", "started_at", "ended_at"] {
            assert!(song[field].as_str().is_some_and(|time| time.ends_with('Z')));
            song[field] = json!("[time]");
        }
        song["user"]["id"] = json!("[person]");
        for jam in song["jams"].as_array_mut().expect("jams") {
            jam["id"] = json!("[person]");
        }
        song["place"] = json!(format!("[place {n}]"));
        song["trackid"] = json!("[track]");
        if song["img"].is_string() {
            song["img"] = json!("[cover]");
        }
    }
    history
}

#[tokio::test]
async fn what_played_is_told_newest_first_and_in_pages() {
    let house = House::open().await;
    let (anna, _) = an_evening(&house).await;
    let whole = anna.get(MAIN).await.expect(200).json();
    assert_json_snapshot!("history", settled(whole.clone()));
    let first = anna.get(&format!("{MAIN}?limit=2")).await.expect(200).json();
    assert_eq!(first["songs"].as_array().map(Vec::len), Some(2));
    let next = first["next"].as_str().expect("more");
    let second = anna
        .get(&format!("{MAIN}?limit=2&before={next}"))
        .await
        .expect(200)
        .json();
    assert_eq!(second["songs"], json!([whole["songs"][2]]));
    assert_eq!(second["next"], Value::Null);
    let previous = second["previous"].as_str().expect("newer ones");
    let back = anna
        .get(&format!("{MAIN}?limit=2&after={previous}"))
        .await
        .expect(200)
        .json();
    assert_eq!(back, first, "and back again");
    let bens = anna.get(&format!("{MAIN}?q=ben")).await.expect(200).json();
    assert_eq!(bens["songs"], json!([whole["songs"][1]]));
}

#[tokio::test]
async fn fault_history_was_open_to_all() {
    let house = House::open().await;
    let anna = house.guest("Anna").await;
    house
        .stranger()
        .get(MAIN)
        .await
        .refused(401, ErrorCode::Unauthenticated);
    for (query, field) in [
        ("limit=0", "limit"),
        ("limit=x", "limit"),
        ("limit=201", "limit"),
        ("before=x", "before"),
        ("after=x", "after"),
        ("before=1-1&after=1-1", "after"),
        (&format!("q={}", "x".repeat(201)), "q"),
    ] {
        let error = anna.get(&format!("{MAIN}?{query}")).await;
        let error = error.refused(400, ErrorCode::InvalidRequest);
        assert_eq!(error.field.as_deref(), Some(field), "{query}");
    }
    anna.get("/api/nests/ZZZZZ/history")
        .await
        .refused(404, ErrorCode::NotFound);
}

#[tokio::test]
async fn the_page_shows_searches_and_leads_to_the_files() {
    let house = House::open().await;
    let (anna, _) = an_evening(&house).await;
    let page = anna.visit("/nest/main/history").await.expect(200).text();
    for words in [
        "What played in Main Nest",
        "Morning Glass",
        "brought by Anna",
        "brought by Ben",
        "1 jam",
        "skipped",
        "href=\"/nest/main/history.m3u\"",
        "href=\"/nest/main/history.csv\"",
        "href=\"/nest/main/history.json\"",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let found = anna.visit("/nest/main/history?q=BEN").await.expect(200).text();
    assert!(found.contains("brought by Ben") && !found.contains("brought by Anna"));
    let nothing = anna
        .visit("/nest/main/history?q=%3Cscript%3E")
        .await
        .expect(200)
        .text();
    assert!(nothing.contains("No song that played here has all these words"));
    assert!(!nothing.contains("value=\"<script>"), "what was typed stays text");
    anna.visit("/nest/ZZZZZ/history").await.expect(404);
    let stranger = house.stranger().visit("/nest/main/history?q=a").await.expect(303);
    assert_eq!(
        stranger.header("location"),
        "/login?next=/nest/main/history%3Fq%3Da"
    );
}

#[tokio::test]
async fn the_files_are_what_they_say_and_are_kept_not_shown() {
    let house = House::open().await;
    let (anna, _) = an_evening(&house).await;
    for (ending, kind) in [
        ("m3u", "audio/x-mpegurl; charset=utf-8"),
        ("csv", "text/csv; charset=utf-8; header=present"),
        ("json", "application/json"),
    ] {
        let path = format!("/nest/main/history.{ending}");
        let answer = anna.get(&path).await.expect(200);
        assert_eq!(answer.header("content-type"), kind);
        assert_eq!(
            answer.header("content-disposition"),
            format!("attachment; filename=\"main-history.{ending}\"")
        );
        let stranger = house.stranger().visit(&path).await.expect(303);
        assert_eq!(stranger.header("location"), format!("/login?next={path}"));
        let head = anna
            .send(Method::HEAD, &path, &[], axum::body::Body::empty())
            .await;
        assert!(head.expect(200).body.is_empty());
    }
    let playlist = anna.get("/nest/main/history.m3u").await.text();
    assert!(playlist.starts_with("#EXTM3U\n#EXTINF:"), "{playlist}");
    assert_eq!(playlist.matches("/audio/library:").count(), 3);
    let table = anna.get("/nest/main/history.csv").await.text();
    assert_eq!(table.lines().count(), 4, "a header and three songs: {table}");
    let json = anna.get("/nest/main/history.json").await.json();
    assert_eq!(json["songs"][0]["title"], "Morning Glass", "the oldest first");
    assert_eq!(json["code"], "main");
}
