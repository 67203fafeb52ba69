//! Music that the stand-in plays and lists: episodes beside tracks, and albums longer than a page.

use super::super::Spotify;
use super::super::listeners::ANNA;
use super::{STEERING, ask, token, token_of};

#[tokio::test]
async fn a_player_takes_tracks_and_episodes_and_shows_episodes_to_whoever_knows_them() {
    let spotify = Spotify::start().await.expect("a port");
    let anna = token_of(&spotify, ANNA, STEERING).await;
    let kitchen = spotify.open_device(ANNA, "Kitchen", "Speaker");
    let (track, episode) = (
        &spotify.catalogue().tracks[0].id,
        &spotify.catalogue().episodes[0].id,
    );
    let table = [
        (format!("spotify:track:{track}"), 204),
        (format!("spotify:track:{episode}"), 400),
        (format!("spotify:album:{track}"), 400),
        (episode.clone(), 400),
        (format!("spotify:episode:{episode}"), 204),
    ];
    for (uri, status) in table {
        let body = format!(r#"{{"uris": ["{uri}"], "position_ms": 5000}}"#);
        let path = format!("/v1/me/player/play?device_id={kitchen}");
        assert_eq!(ask(&spotify, "PUT", &path, &anna, &body).await.0, status, "{uri}");
    }
    let looks = [
        ("", r#""item":null"#),
        ("?additional_types=track", r#""item":null"#),
        (
            "?additional_types=track,episode",
            r#""name":"How the Ferry Was Won""#,
        ),
    ];
    for (query, shown) in looks {
        let path = format!("/v1/me/player{query}");
        let (status, answer) = ask(&spotify, "GET", &path, &anna, "").await;
        assert_eq!(status, 200, "{query}");
        assert!(
            answer.contains(shown) && answer.contains(r#""currently_playing_type":"episode""#),
            "{query}: {answer}"
        );
    }
    let wrong = "/v1/me/player?additional_types=show";
    assert_eq!(ask(&spotify, "GET", wrong, &anna, "").await.0, 400);
}

#[tokio::test]
async fn an_album_that_is_longer_than_a_page_goes_on_on_the_next() {
    let spotify = Spotify::start().await.expect("a port");
    let token = token(&spotify).await;
    let id = &spotify.catalogue().long_album().id;
    let (_, first) = ask(&spotify, "GET", &format!("/v1/albums/{id}"), &token, "").await;
    let next = format!("/v1/albums/{id}/tracks?limit=50&offset=50");
    let (_, second) = ask(&spotify, "GET", &next, &token, "").await;
    assert!(first.contains(r#""name":"Prelude 50""#) && !first.contains(r#""name":"Prelude 51""#));
    assert!(second.contains(r#""name":"Prelude 60""#) && second.contains(r#""total":60"#));
    let too_many = format!("/v1/albums/{id}/tracks?limit=51");
    assert_eq!(ask(&spotify, "GET", &too_many, &token, "").await.0, 400);
}
