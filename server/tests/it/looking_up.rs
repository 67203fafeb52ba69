//! Nobody uses the house's sources up alone: what a paste and a seed may have looked up is bounded, in plain words.

use axum::http::Method;
use nests::wire::ErrorCode;
use serde_json::json;
use standin::spotify::Spotify;

use super::paste::{encoded, read};
use super::spotify;

const PASTE: &str = "/nest/main/paste";
const SHEET: usize = 200;
const NOBODYS: &str = "spotify:track:0000000000000000000000";

fn invented(paste: &str) -> String {
    let lines = (0..SHEET).map(|n| format!("qxjw{paste} vvkz{n}"));
    encoded(&lines.collect::<Vec<_>>().join("\n"))
}

#[tokio::test]
async fn a_second_sheet_of_invented_titles_says_when_to_paste_the_rest_and_a_seed_waits_as_well() {
    let spotify = Spotify::start().await.expect("a stand-in");
    let house = spotify::open(&spotify).await;
    let anna = house.guest("Anna").await;
    let sheet = async |paste: &str| {
        let form = format!("text={}", invented(paste));
        read(&anna.post_form(PASTE, &form).await.expect(200).text())
    };
    let put_off = "That is more than can be looked up at once. Paste the rest again in ";
    assert_eq!(sheet("a").await.matches(put_off).count(), 0);
    let second = sheet("b").await;
    let count = second.matches(put_off).count();
    assert!(count > SHEET * 3 / 4, "{count}: {second}");
    let calls = spotify.take_seen().len();
    assert!(calls < SHEET * 5 / 4, "{calls} calls");

    let seeded = json!({"seed_track": NOBODYS});
    // What was worked off in the meantime may build a few.
    let refused = loop {
        let answer = anna.json(Method::POST, "/api/nests", seeded.clone()).await;
        if !answer.status.is_success() {
            break answer;
        }
    };
    assert_eq!(refused.header("retry-after"), "1");
    let error = refused.refused(429, ErrorCode::RateLimited);
    assert_eq!(
        error.message,
        "You had more looked up than goes at once. Try again in 1 s."
    );
    let ben = house.guest("Ben").await;
    ben.json(Method::POST, "/api/nests", seeded).await.expect(200);
}
