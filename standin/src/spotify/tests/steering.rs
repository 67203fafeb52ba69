//! Orders to a player: who may give them, to which device, and that what plays moves with time.

use std::time::Duration;

use super::super::Spotify;
use super::super::listeners::{ANNA, BEN, CLEO};
use super::{STEERING, ask, token, token_of};

/// Nothing here takes longer, except on a machine that stands still.
const PATIENCE: Duration = Duration::from_secs(20);

#[tokio::test]
async fn orders_need_premium_a_scope_and_a_device_of_ones_own_that_is_awake() {
    let spotify = Spotify::start().await.expect("a port");
    let kitchen = spotify.open_device(ANNA, "Kitchen", "Speaker");
    let free = spotify.open_device(CLEO, "Phone", "Smartphone");
    let asleep = spotify.open_device(ANNA, "Bath", "Speaker");
    spotify.close_device(ANNA, &asleep);
    let app = token(&spotify).await;
    let anna = token_of(&spotify, ANNA, STEERING).await;
    let only_looks = token_of(&spotify, ANNA, "user-read-playback-state").await;
    let ben = token_of(&spotify, BEN, STEERING).await;
    let cleo = token_of(&spotify, CLEO, STEERING).await;
    let track = &spotify.catalogue().tracks[0].id;
    let play = format!(r#"{{"uris": ["spotify:track:{track}"]}}"#);
    let table = [
        (&app, kitchen.as_str(), 401, "Valid user authentication required"),
        (&only_looks, &kitchen, 403, "Insufficient client scope"),
        (&cleo, &free, 403, "PREMIUM_REQUIRED"),
        (&anna, "made-up", 404, "NO_ACTIVE_DEVICE"),
        (&anna, &asleep, 404, "NO_ACTIVE_DEVICE"),
        (&ben, &kitchen, 404, "NO_ACTIVE_DEVICE"),
        (&anna, &kitchen, 204, ""),
    ];
    // In this order: only what plays can be moved and paused.
    let orders = [
        ("play", "", play.as_str()),
        ("seek", "&position_ms=60000", ""),
        ("pause", "", ""),
    ];
    for (order, more, body) in orders {
        for (token, device, status, why) in table {
            let path = format!("/v1/me/player/{order}?device_id={device}{more}");
            let (said, answer) = ask(&spotify, "PUT", &path, token, body).await;
            assert!(said == status && answer.contains(why), "{path}: {answer}");
        }
        let nowhere = format!("/v1/me/player/{order}?{more}");
        let (status, answer) = ask(&spotify, "PUT", &nowhere, &ben, body).await;
        assert!(
            status == 404 && answer.contains("NO_ACTIVE_DEVICE"),
            "{nowhere}: {answer}"
        );
    }
    assert_eq!((spotify.hears(BEN), spotify.hears(CLEO)), (None, None));
}

#[tokio::test]
async fn what_plays_moves_with_time_until_it_is_paused_or_over() {
    let spotify = Spotify::start().await.expect("a port");
    let kitchen = spotify.open_device(ANNA, "Kitchen", "Speaker");
    let anna = token_of(&spotify, ANNA, STEERING).await;
    let track = &spotify.catalogue().tracks[0];
    let order = async |order: &str, body: &str| {
        let path = format!("/v1/me/player/{order}");
        ask(&spotify, "PUT", &path, &anna, body).await.0
    };
    let play = format!(
        r#"{{"uris": ["spotify:track:{}"], "position_ms": 5000}}"#,
        track.id
    );
    assert_eq!(order(&format!("play?device_id={kitchen}"), &play).await, 204);
    let heard = || {
        spotify
            .hears(ANNA)
            .map(|heard| (heard.position_ms, heard.playing))
    };
    let by_itself = async {
        while heard().is_none_or(|(position_ms, _)| position_ms <= 5_000) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, by_itself)
        .await
        .expect("it moves by itself");

    // From here on to the millisecond.
    spotify.hold_time();
    assert_eq!(order("seek?position_ms=60000", "").await, 204);
    assert_eq!(heard(), Some((60_000, true)));
    spotify.let_time_pass(30_000);
    assert_eq!(heard(), Some((90_000, true)));
    let (_, shown) = ask(&spotify, "GET", "/v1/me/player", &anna, "").await;
    assert!(
        shown.contains(r#""progress_ms":90000"#) && shown.contains(r#""is_playing":true"#),
        "{shown}"
    );
    assert_eq!(order("pause", "").await, 204);
    spotify.let_time_pass(30_000);
    assert_eq!(heard(), Some((90_000, false)));
    assert_eq!(order("pause", "").await, 403, "it is paused already");
    assert_eq!(order("seek?position_ms=10000", "").await, 204);
    spotify.let_time_pass(30_000);
    assert_eq!(
        heard(),
        Some((10_000, false)),
        "moved, it stands still all the same"
    );
    assert_eq!(order(&format!("play?device_id={kitchen}"), &play).await, 204);
    spotify.let_time_pass(u64::from(track.duration_ms) - 5_001);
    assert_eq!(heard(), Some((i64::from(track.duration_ms) - 1, true)));
    spotify.let_time_pass(1);
    assert_eq!(heard(), Some((0, false)), "it is over");
}
