//! How strict the player for browsers is.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::super::listeners::{ANNA, CLEO, FRED, Listener};
use super::super::tests::{ask, consent, token};
use super::super::{CLIENT_ID, Spotify};

/// A token of `listener`'s for what `scope` says.
async fn token_of(spotify: &Spotify, listener: Listener, scope: &str) -> String {
    let page = format!("{}{}", spotify.accounts_url(), consent("scope", scope));
    let back = spotify.agree(&page, listener);
    let code = back
        .split("code=")
        .nth(1)
        .and_then(|rest| rest.split('&').next())
        .expect("a code");
    let form = format!(
        "grant_type=authorization_code&client_id={CLIENT_ID}&code={code}\
         &redirect_uri=http://127.0.0.1:3000/authentication/spotify_callback\
         &code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    );
    assert_eq!(ask(spotify, "POST", "/api/token", "", &form).await.0, 200);
    format!("Bearer {}", spotify.tokens().pop().expect("a token"))
}

/// As the script's frame opens a player.
async fn open_player(spotify: &Spotify, token: &str) -> (u16, String) {
    let body = r#"{"name": "EchoNest"}"#;
    let mut stream = TcpStream::connect(spotify.addr).await.expect("it is open");
    let request = format!(
        "POST /sdk/players HTTP/1.1\r\nhost: standin\r\nconnection: close\r\nauthorization: {token}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("an answer");
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok());
    (status.expect("a status"), answer)
}

#[tokio::test]
async fn a_player_in_a_browser_takes_a_token_that_counts_the_scope_for_it_and_premium() {
    let spotify = Spotify::start().await.expect("a port");
    let of_the_app = token(&spotify).await;
    let without_scope = token_of(&spotify, ANNA, "user-read-private").await;
    let without_premium = token_of(&spotify, CLEO, "streaming").await;
    let without_seat = token_of(&spotify, FRED, "streaming").await;
    let refusals = [
        ("", "Authentication failed"),
        ("Bearer nonsense", "Authentication failed"),
        (of_the_app.as_str(), "Authentication failed"),
        (without_scope.as_str(), "Invalid token scopes."),
        (without_premium.as_str(), "restricted to premium users"),
        (without_seat.as_str(), "Authentication failed"),
    ];
    for (token, why) in refusals {
        let (status, answer) = open_player(&spotify, token).await;
        assert!(status == 403 && answer.contains(why), "{answer}");
    }
    let good = token_of(&spotify, ANNA, "streaming").await;
    assert_eq!(open_player(&spotify, &good).await.0, 200);
    spotify.revoke_tokens();
    assert_eq!(open_player(&spotify, &good).await.0, 403);
}

#[tokio::test]
async fn a_player_in_a_browser_is_a_device_for_as_long_as_its_page_is_open() {
    let spotify = Spotify::start().await.expect("a port");
    let scopes = "streaming%20user-read-playback-state%20user-modify-playback-state";
    let token = token_of(&spotify, ANNA, scopes).await;
    let (_, answer) = open_player(&spotify, &token).await;
    let device = answer
        .split("\"device_id\":\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("a device")
        .to_owned();
    let mut page = TcpStream::connect(spotify.addr).await.expect("it is open");
    let request = format!("GET /sdk/players/{device}/events HTTP/1.1\r\nhost: standin\r\n\r\n");
    page.write_all(request.as_bytes()).await.expect("sent");
    let mut told = String::new();
    let mut bytes = [0; 4096];
    let mut hear = async |wanted: &str| {
        while !told.contains(wanted) {
            let count = page.read(&mut bytes).await.expect("more");
            assert!(count > 0, "the stream ended: {told}");
            told.push_str(&String::from_utf8_lossy(&bytes[..count]));
        }
    };
    hear(r#"data: {"state":null}"#).await;
    let uri = format!("spotify:track:{}", spotify.catalogue().tracks[0].id);
    let play = format!("/v1/me/player/play?device_id={device}");
    let body = format!(r#"{{"uris": ["{uri}"], "position_ms": 5000}}"#);
    assert_eq!(ask(&spotify, "PUT", &play, &token, &body).await.0, 204);
    hear(r#""paused":false"#).await;
    assert!(
        spotify
            .hears(ANNA)
            .is_some_and(|heard| heard.playing && heard.device == device)
    );
    spotify.revoke_tokens();
    hear(r#"data: {"token":"expired"}"#).await;
    drop(page);
    while spotify.hears(ANNA).is_some_and(|heard| heard.playing) {
        tokio::task::yield_now().await;
    }
    let again = token_of(&spotify, ANNA, scopes).await;
    let (_, devices) = ask(&spotify, "GET", "/v1/me/player/devices", &again, "").await;
    assert!(devices.contains(r#"{"devices":[]}"#), "{devices}");
}
