//! `GET /queue/` and `GET /playing/`: the Main Nest for everybody.

use insta::assert_json_snapshot;
use serde_json::{Value, json};

use super::support::House;

#[tokio::test]
async fn a_quiet_house_says_so() {
    let house = House::open().await;
    let stranger = house.stranger();
    let queue = stranger.get("/queue/").await.expect(200).json();
    assert_eq!(queue["songs"], json!([]));
    assert_eq!(
        stranger.get("/playing/").await.expect(200).json()["playing"],
        Value::Null
    );
}

/// In the older program numbers came as text, and true as "True".
#[tokio::test]
async fn fault_json_types_that_changed() {
    let house = House::open().await;
    let anna = house.guest("Anna Lee").await;
    house.with_a_song_waiting(&anna).await;
    let stranger = house.stranger();
    assert_json_snapshot!("queue", stranger.get("/queue/").await.expect(200).json(), {
        ".version" => "[version]", ".songs[].id" => "[id]", ".songs[].trackid" => "[uri]", ".songs[].added_at" => "[ms]",
        ".songs[].img" => "[cover]", ".songs[].big_img" => "[cover]",
    });
    let playing = stranger.get("/playing/").await.expect(200).json();
    assert_json_snapshot!("playing", playing, {
        ".now" => "[ms]", ".playing.started_at" => "[ms]", ".playing.position" => "[s]", ".playing.song.id" => "[id]",
        ".playing.song.trackid" => "[uri]", ".playing.song.added_at" => "[ms]", ".playing.song.img" => "[cover]",
        ".playing.song.big_img" => "[cover]",
    });
    let (now, since) = (playing["now"].as_i64(), playing["playing"]["started_at"].as_i64());
    assert!(now >= since && since.is_some());
}

/// Statistics and history with e-mail addresses were open to all.
#[tokio::test]
async fn fault_people_could_be_recognised_from_outside() {
    let house = House::open_with(
        &[("DEBUG", "true"), ("DEV_AUTH_EMAIL", "dev@example.org")],
        |_| {},
    )
    .await;
    house.with_a_song_waiting(&house.stranger()).await;
    for path in ["/queue/", "/playing/"] {
        let text = house.stranger().get(path).await.expect(200).text();
        let member = house
            .state
            .house
            .developer
            .as_ref()
            .expect("a developer")
            .id
            .to_string();
        assert!(
            text.contains("\"dev\"") && !text.contains(&member) && !text.contains("example"),
            "{text}"
        );
    }
}
