//! Search, sound, pictures, and what the library says about itself.

use axum::body::Body;
use axum::http::Method;
use nests::wire::ErrorCode;
use serde_json::json;

use super::support::House;

#[tokio::test]
async fn search_finds_by_title_artist_and_with_typos_in_pages() {
    let house = House::open().await;
    let anna = house.guest("Anna").await;
    let found = anna.get("/api/search?q=coper+wire").await.expect(200).json();
    assert_eq!(
        (&found["total"], &found["tracks"][0]["title"]),
        (&json!(1), &json!("Copper Wire"))
    );
    assert_eq!(found["tracks"][0]["duration_ms"], 60_000);
    let page = anna
        .get("/api/search?q=ada+brook&limit=1&offset=1")
        .await
        .expect(200)
        .json();
    assert_eq!(
        (page["tracks"].as_array().map(Vec::len), &page["total"]),
        (Some(1), &json!(2))
    );
}

#[tokio::test]
async fn a_search_that_makes_no_sense_is_explained() {
    let house = House::open().await;
    let anna = house.guest("Anna").await;
    let long = format!("/api/search?q={}", "x".repeat(201));
    let table = [
        ("/api/search", "q"),
        ("/api/search?q=%20", "q"),
        (long.as_str(), "q"),
        ("/api/search?q=a&limit=many", "limit"),
        ("/api/search?q=a&limit=51", "limit"),
        ("/api/search?q=a&limit=-1", "limit"),
        ("/api/search?q=a&offset=1e9", "offset"),
        ("/api/search?q=a&q=b", "query"),
    ];
    for (path, field) in table {
        let error = anna.get(path).await.refused(400, ErrorCode::InvalidRequest);
        assert_eq!(error.field.as_deref(), Some(field), "{path}");
    }
}

#[tokio::test]
async fn a_flood_of_searches_is_asked_to_wait() {
    let house = House::open().await;
    let anna = house.guest("Anna").await;
    for path in ["/api/search?q=a", "/api/fn/search?q=a&limit=5&source=library"] {
        let flood = (0..100).map(|_| anna.get(path));
        let answers = futures_util::future::join_all(flood).await;
        let refused = answers.iter().find(|answer| answer.status != 200);
        let refused = refused.expect("a hundred at once are too many");
        let error = refused.refused(429, ErrorCode::RateLimited);
        assert_eq!(error.retry_after, Some(1), "{path}");
        assert_eq!(refused.header("retry-after"), "1", "{path}");
        assert!(answers.iter().filter(|answer| answer.status == 200).count() >= 20);
    }
    let ben = house.guest("Ben").await;
    ben.get("/api/search?q=a").await.expect(200);
}

#[tokio::test]
async fn sound_comes_in_the_ranges_that_players_ask_for() {
    let house = House::open().await;
    let anna = house.guest("Anna").await;
    let path = format!("/audio/{}", house.track(0).await);
    let whole = anna.get(&path).await.expect(200);
    assert_eq!(
        (whole.header("content-type"), whole.header("accept-ranges")),
        ("audio/wav", "bytes")
    );
    assert_eq!(
        (whole.body.len(), whole.header("content-encoding")),
        (480_044, "")
    );

    let part = anna.ask(&path, &[("range", "bytes=44-47")]).await.expect(206);
    assert_eq!(
        (part.header("content-range"), &part.body[..]),
        ("bytes 44-47/480044", &[0, 1, 2, 3][..])
    );
    let tail = anna.ask(&path, &[("range", "bytes=-2")]).await.expect(206);
    assert_eq!(tail.header("content-range"), "bytes 480042-480043/480044");
    let beyond = anna.ask(&path, &[("range", "bytes=480044-")]).await;
    beyond.refused(416, ErrorCode::InvalidRequest);
    assert_eq!(beyond.header("content-range"), "bytes */480044");

    let head = anna
        .send(Method::HEAD, &path, &[], Body::empty())
        .await
        .expect(200);
    assert_eq!((head.body.len(), head.header("content-length")), (0, "480044"));
}

#[tokio::test]
async fn sound_that_a_browser_has_is_not_sent_again_and_versions_are_never_mixed() {
    let house = House::open().await;
    let anna = house.guest("Anna").await;
    let path = format!("/audio/{}", house.track(0).await);
    let first = anna.get(&path).await.expect(200);
    let (tag, changed) = (
        first.header("etag").to_owned(),
        first.header("last-modified").to_owned(),
    );
    assert!(!tag.is_empty() && !changed.is_empty());
    anna.ask(&path, &[("if-none-match", &tag)]).await.expect(304);
    anna.ask(&path, &[("if-modified-since", &changed)])
        .await
        .expect(304);
    anna.ask(&path, &[("range", "bytes=0-3"), ("if-range", &tag)])
        .await
        .expect(206);
    anna.ask(&path, &[("range", "bytes=0-3"), ("if-range", "\"another\"")])
        .await
        .expect(200);
}

/// "Unchanged", said the answer, with the tag of the new file: by the date, although the tag was another one.
#[tokio::test]
async fn fault_replaced_music_was_told_to_be_unchanged() {
    let house = House::open().await;
    let anna = house.guest("Anna").await;
    let path = format!("/audio/{}", house.track(0).await);
    let first = anna.get(&path).await.expect(200);
    let changed = first.header("last-modified");
    let of_another = [("if-none-match", "\"another\""), ("if-modified-since", changed)];
    let sent = anna.ask(&path, &of_another).await.expect(200);
    assert_eq!(sent.header("etag"), first.header("etag"));
    assert_eq!(sent.body, first.body);
}

#[tokio::test]
async fn covers_are_open_to_everybody_and_kept_for_good() {
    let house = House::open().await;
    let anna = house.guest("Anna").await;
    let found = anna.get("/api/search?q=ferry").await.expect(200).json();
    for field in ["img", "big_img"] {
        let path = found["tracks"][0][field].as_str().expect("a cover");
        let cover = house.stranger().get(path).await.expect(200);
        assert_eq!(cover.header("content-type"), "image/jpeg");
        assert_eq!(
            cover.header("cache-control"),
            "public, max-age=31536000, immutable"
        );
        assert!(cover.body.starts_with(&[0xff, 0xd8]), "a JPEG");
    }
}

#[tokio::test]
async fn a_corrupt_file_is_listed_by_name_and_never_played() {
    let house = House::open().await;
    let anna = house.guest("Anna").await;
    let status = anna.get("/api/library").await.expect(200).json();
    assert_eq!(
        (&status["tracks"], &status["scanning"], &status["folder_found"]),
        (&json!(4), &json!(false), &json!(true))
    );
    let broken = status["broken_files"].as_array().expect("a list");
    let promise = broken
        .iter()
        .find(|file| file["path"] == "Broken - Promise.mp3")
        .expect("it is listed");
    assert!(
        promise["reason"]
            .as_str()
            .is_some_and(|reason| !reason.is_empty() && !reason.contains('/')),
        "{promise}"
    );
    let found = anna.get("/api/search?q=promise").await.expect(200).json();
    assert_eq!(found["total"], 0);
}
