//! `POST /api/nests/{ref}/commands`: what a socket can do, for programs without one.

use nests::wire::ErrorCode;
use serde_json::{Value, json};

use super::support::house::vote;
use super::support::{Browser, House};

async fn songs(browser: &Browser) -> Vec<Value> {
    browser.get("/queue/").await.expect(200).json()["songs"]
        .as_array()
        .expect("songs")
        .clone()
}

#[tokio::test]
async fn a_song_is_added_voted_for_loved_and_removed() {
    let house = House::open().await;
    let (anna, ben) = (house.guest("Anna").await, house.guest("Ben").await);
    let song = house.with_a_song_waiting(&anna).await;
    let commands = "/api/nests/main/commands";
    let before = anna.get("/queue/").await.json()["version"]
        .as_u64()
        .expect("a version");

    let done = ben.post(commands, vote(&song, "up")).await.expect(200).json();
    assert_eq!(done, json!({"version": before + 1}));
    ben.post(commands, json!({"jam": {"song": song, "on": true}}))
        .await
        .expect(200);
    let waiting = songs(&anna).await;
    assert_eq!(
        (&waiting[0]["vote"], &waiting[0]["jam"]),
        (&json!(1), &json!(["Ben"]))
    );

    let again = ben
        .post(commands, json!({"add": {"track": house.track(1).await}}))
        .await
        .expect(200)
        .json();
    assert_eq!(again["note"], "voted_instead", "it is in the queue already");

    anna.post(commands, json!({"remove": {"song": song}}))
        .await
        .expect(200);
    assert_eq!(songs(&anna).await, Vec::<Value>::new());
}

#[tokio::test]
async fn the_rules_are_the_engines_and_their_answers_come_through() {
    let house = House::open().await;
    let anna = house.guest("Anna").await;
    let song = house.with_a_song_waiting(&anna).await;
    anna.post("/api/nests/main/commands", vote(&song, "up"))
        .await
        .refused(403, ErrorCode::Forbidden);
    for wish in ["take", "filter"] {
        let benders_only = json!({ wish: {"song": song} });
        anna.post("/api/nests/main/commands", benders_only)
            .await
            .refused(403, ErrorCode::Forbidden);
    }
    let skip = json!({"skip": {"song": song}});
    anna.post("/api/nests/main/commands", skip)
        .await
        .refused(404, ErrorCode::NotFound);
    let volume = json!({"volume": {"level": 101}});
    let error = anna
        .post("/api/nests/main/commands", volume)
        .await
        .refused(400, ErrorCode::InvalidRequest);
    assert_eq!(error.field.as_deref(), Some("level"));
}

#[tokio::test]
async fn a_temporary_nests_queue_has_an_end() {
    let house = House::open_with(&[("NEST_MAX_QUEUE_DEPTH", "1")], |_| {}).await;
    let anna = house.guest("Anna").await;
    let code = anna.build("Small Talk").await;
    let mut tab = house.tab_at(&anna, "/socket/small-talk").await;
    for n in [0, 1] {
        let add = json!({"add": {"track": house.track(n).await}});
        anna.post("/api/nests/small-talk/commands", add).await.expect(200);
        if n == 0 {
            tab.event_that(|change| change.get("started").is_some()).await;
        }
    }
    let path = format!("/api/nests/{code}/commands");
    let add = json!({"add": {"track": house.track(2).await}});
    anna.post(&path, add).await.refused(409, ErrorCode::QueueFull);
}
