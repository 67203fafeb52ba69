//! How strict the stand-in is.

mod from_outside;
mod music;
mod steering;

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::apps::{HOSTS, HOUSE, OTHER};
use super::journal::basic;
use super::listeners::{ANNA, DAN, EVE, FRED, Listener};
use super::{CLIENT_ID, CLIENT_SECRET, Mood, Spotify, secrets};

/// The status line and the headers of an answer, and its body.
pub(super) async fn ask(
    spotify: &Spotify,
    method: &str,
    path: &str,
    authorization: &str,
    body: &str,
) -> (u16, String) {
    let mut stream = TcpStream::connect(spotify.addr).await.expect("it is open");
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: standin\r\nconnection: close\r\nauthorization: {authorization}\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("an answer");
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok());
    (status.expect("a status"), answer)
}

pub(super) async fn token(spotify: &Spotify) -> String {
    let app = basic(CLIENT_ID, CLIENT_SECRET);
    let (status, _) = ask(
        spotify,
        "POST",
        "/api/token",
        &app,
        "grant_type=client_credentials",
    )
    .await;
    assert_eq!(status, 200);
    format!("Bearer {}", spotify.tokens().pop().expect("a token"))
}

#[tokio::test]
async fn an_app_that_is_not_registered_gets_no_token() {
    let spotify = Spotify::start().await.expect("a port");
    let (good, bad) = (basic(CLIENT_ID, CLIENT_SECRET), basic(CLIENT_ID, "wrong"));
    let table = [
        (bad.as_str(), "grant_type=client_credentials"),
        ("", "grant_type=client_credentials"),
        (good.as_str(), "grant_type=password"),
        (good.as_str(), ""),
    ];
    for (authorization, body) in table {
        assert_eq!(
            ask(&spotify, "POST", "/api/token", authorization, body).await.0,
            400,
            "{body}"
        );
    }
    assert_eq!(spotify.tokens(), Vec::<String>::new());
}

#[tokio::test]
async fn only_what_is_documented_is_answered() {
    let spotify = Spotify::start().await.expect("a port");
    let token = token(&spotify).await;
    let (track, artist) = (
        &spotify.catalogue().tracks[0].id,
        &spotify.catalogue().artists[0].id,
    );
    let table = [
        ("/v1/search?q=amber&type=track&limit=10".to_owned(), 200),
        ("/v1/search?q=amber&type=track&limit=11".to_owned(), 400),
        ("/v1/search?q=amber&type=track&limit=0".to_owned(), 400),
        (
            "/v1/search?q=amber&type=track&limit=10&offset=991".to_owned(),
            400,
        ),
        ("/v1/search?q=amber&limit=10".to_owned(), 400),
        ("/v1/search?q=&type=track".to_owned(), 400),
        ("/v1/search?q=amber&type=track&market=us".to_owned(), 400),
        (format!("/v1/tracks/{track}?market=SE"), 200),
        ("/v1/tracks/4uLU6hMCjMI75M1A2tKUQC".to_owned(), 404),
        ("/v1/tracks/short".to_owned(), 400),
        (format!("/v1/tracks?ids={track}"), 404),
        (format!("/v1/artists?ids={artist}"), 404),
        (format!("/v1/artists/{artist}"), 200),
        (format!("/v1/artists/{artist}/albums?limit=10"), 200),
        (format!("/v1/artists/{artist}/albums?limit=11"), 400),
        (format!("/v1/artists/{artist}/top-tracks?market=SE"), 404),
        (format!("/v1/artists/{artist}/related-artists"), 404),
        (format!("/v1/recommendations?seed_tracks={track}"), 404),
        (format!("/v1/audio-features/{track}"), 404),
    ];
    for (path, status) in table {
        assert_eq!(ask(&spotify, "GET", &path, &token, "").await.0, status, "{path}");
    }
    let (_, track) = ask(
        &spotify,
        "GET",
        &format!("/v1/tracks/{track}?market=SE"),
        &token,
        "",
    )
    .await;
    for gone in ["external_ids", "available_markets", "popularity", "linked_from"] {
        assert!(!track.contains(gone), "{gone}");
    }
}

#[tokio::test]
async fn nobody_comes_in_without_a_token_that_counts() {
    let spotify = Spotify::start().await.expect("a port");
    let search = "/v1/search?q=amber&type=track";
    for authorization in ["", "Bearer nonsense", &basic(CLIENT_ID, CLIENT_SECRET)] {
        assert_eq!(ask(&spotify, "GET", search, authorization, "").await.0, 401);
    }
    spotify.give_tokens_for(0);
    let expired = token(&spotify).await;
    assert_eq!(ask(&spotify, "GET", search, &expired, "").await.0, 401);
    spotify.give_tokens_for(60);
    let taken_back = token(&spotify).await;
    spotify.revoke_tokens();
    assert_eq!(ask(&spotify, "GET", search, &taken_back, "").await.0, 401);
}

#[tokio::test]
async fn an_app_that_asks_too_often_has_to_wait() {
    let spotify = Spotify::start().await.expect("a port");
    let token = token(&spotify).await;
    let search = "/v1/search?q=amber&type=track";
    spotify.allow_calls(1, 30);
    assert_eq!(ask(&spotify, "GET", search, &token, "").await.0, 200);
    for _ in 0..2 {
        let (status, answer) = ask(&spotify, "GET", search, &token, "").await;
        assert_eq!(status, 429);
        assert!(answer.contains("retry-after: 30\r\n"), "{answer}");
    }
    spotify.rest_is_over();
    assert_eq!(ask(&spotify, "GET", search, &token, "").await.0, 200);
}

#[tokio::test]
async fn every_request_is_written_down_without_its_secrets() {
    let spotify = Spotify::start().await.expect("a port");
    let token = token(&spotify).await;
    spotify.be(Mood::Slow(Duration::from_millis(1)));
    ask(&spotify, "GET", "/v1/search?type=track&q=b", &token, "").await;
    let seen: Vec<String> = spotify.take_seen().iter().map(ToString::to_string).collect();
    assert_eq!(
        seen,
        [
            "POST /api/token by app with grant_type=client_credentials -> 200",
            "GET /v1/search?q=b&type=track by token 1 -> 200",
        ]
    );
    assert!(spotify.seen().is_empty());
}

/// The query of the page on which people agree, with one part changed.
pub(super) fn consent(name: &str, value: &str) -> String {
    let parts = [
        ("client_id", CLIENT_ID),
        ("response_type", "code"),
        (
            "redirect_uri",
            "http://127.0.0.1:3000/authentication/spotify_callback",
        ),
        ("code_challenge_method", "S256"),
        // The example of RFC 7636, appendix B.
        ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
        ("state", "s"),
        ("scope", "streaming"),
    ];
    let part = |(n, v): &(&str, &str)| format!("{n}={}", if *n == name { value } else { v });
    format!(
        "/authorize?{}",
        parts.iter().map(part).collect::<Vec<_>>().join("&")
    )
}

#[tokio::test]
async fn people_agree_only_to_what_is_asked_as_documented() {
    let spotify = Spotify::start().await.expect("a port");
    let table = [
        ("", "", 200),
        ("client_id", "another", 400),
        (
            "redirect_uri",
            "http://localhost:3000/authentication/spotify_callback",
            400,
        ),
        ("redirect_uri", "https://evil.example/", 400),
        ("response_type", "token", 400),
        ("code_challenge_method", "plain", 400),
        ("code_challenge", "short", 400),
        ("state", "", 400),
        ("scope", "everything", 400),
    ];
    for (name, value, status) in table {
        let page = consent(name, value);
        assert_eq!(
            ask(&spotify, "GET", &page, "", "").await.0,
            status,
            "{name} {value}"
        );
    }
}

#[tokio::test]
async fn a_code_counts_once_and_only_with_its_verifier_and_a_refresh_token_only_once() {
    let spotify = Spotify::start().await.expect("a port");
    let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    let home = "http://127.0.0.1:3000/authentication/spotify_callback";
    let page = format!("{}{}", spotify.accounts_url(), consent("", ""));
    let redeem = async |code: &str, verifier: &str| {
        let form = format!(
            "grant_type=authorization_code&client_id={CLIENT_ID}&code={code}&redirect_uri={home}&code_verifier={verifier}"
        );
        ask(&spotify, "POST", "/api/token", "", &form).await
    };
    let code = || {
        spotify
            .agree(&page, ANNA)
            .split("code=")
            .nth(1)
            .and_then(|c| c.split('&').next())
            .map(str::to_owned)
    };
    let first = code().expect("a code");
    assert_eq!(redeem(&first, "another-verifier").await.0, 400);
    assert_eq!(
        redeem(&first, verifier).await.0,
        400,
        "a code is gone after one try"
    );
    let second = code().expect("a code");
    let (status, answer) = redeem(&second, verifier).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(redeem(&second, verifier).await.0, 400);
    let refresh = spotify.refresh_tokens().pop().expect("a refresh token");
    let renew = format!("grant_type=refresh_token&client_id={CLIENT_ID}&refresh_token={refresh}");
    assert_eq!(ask(&spotify, "POST", "/api/token", "", &renew).await.0, 200);
    assert_eq!(
        ask(&spotify, "POST", "/api/token", "", &renew).await.0,
        400,
        "used up"
    );
    assert_eq!(spotify.refresh_tokens().len(), 1);
}

#[tokio::test]
async fn a_token_of_the_apps_own_opens_nobodys_player() {
    let spotify = Spotify::start().await.expect("a port");
    let token = token(&spotify).await;
    for path in ["/v1/me", "/v1/me/player", "/v1/me/player/devices"] {
        assert_eq!(ask(&spotify, "GET", path, &token, "").await.0, 401, "{path}");
    }
}

/// A token that acts for the listener, who agreed to this.
async fn token_of(spotify: &Spotify, listener: Listener, scope: &str) -> String {
    let page = format!("{}{}", spotify.accounts_url(), consent("scope", scope));
    let back = spotify.agree(&page, listener);
    let code = back.split("code=").nth(1).and_then(|c| c.split('&').next());
    let form = format!(
        "grant_type=authorization_code&client_id={CLIENT_ID}&code={}&code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk\
         &redirect_uri=http://127.0.0.1:3000/authentication/spotify_callback",
        code.expect("a code")
    );
    let (status, answer) = ask(spotify, "POST", "/api/token", "", &form).await;
    assert_eq!(status, 200, "{answer}");
    format!("Bearer {}", spotify.tokens().pop().expect("a token"))
}

/// What [`token_of`] is asked for where somebody's player is steered and looked at.
const STEERING: &str = "user-read-playback-state%20user-modify-playback-state";

#[tokio::test]
async fn what_stands_in_a_playlist_is_told_to_those_whose_it_is_and_whether_one_is_there_to_all() {
    let spotify = Spotify::start().await.expect("a port");
    let app = token(&spotify).await;
    let anna = token_of(&spotify, ANNA, "playlist-read-private").await;
    let elsewhere = token_of(&spotify, ANNA, "streaming").await;
    let playlist = |n: usize| &spotify.catalogue().playlists[n].id;
    let (hers, long, private, public, shared) =
        (playlist(0), playlist(1), playlist(2), playlist(3), playlist(4));
    let table = [
        (format!("/v1/playlists/{hers}/items?limit=50"), &anna, 200),
        (format!("/v1/playlists/{hers}/items?limit=51"), &anna, 400),
        (format!("/v1/playlists/{hers}/items?limit=0"), &anna, 400),
        (
            format!("/v1/playlists/{hers}/items?additional_types=show"),
            &anna,
            400,
        ),
        (
            format!("/v1/playlists/{long}/items?limit=50&offset=250"),
            &anna,
            200,
        ),
        (format!("/v1/playlists/{hers}/tracks"), &anna, 404),
        (format!("/v1/playlists/{public}/items"), &anna, 403),
        (format!("/v1/playlists/{shared}/items"), &anna, 200),
        (format!("/v1/playlists/{private}/items"), &anna, 404),
        (format!("/v1/playlists/{hers}/items"), &elsewhere, 403),
        (format!("/v1/playlists/{hers}/items"), &app, 403),
        (format!("/v1/playlists/{hers}"), &app, 200),
        (format!("/v1/playlists/{public}"), &anna, 200),
        (format!("/v1/playlists/{private}"), &anna, 404),
        (format!("/v1/playlists/{private}"), &app, 404),
        ("/v1/playlists/short".to_owned(), &anna, 400),
        ("/v1/me/playlists?limit=50".to_owned(), &anna, 200),
        ("/v1/me/playlists?limit=51".to_owned(), &anna, 400),
        ("/v1/me/playlists".to_owned(), &elsewhere, 403),
        ("/v1/me/playlists".to_owned(), &app, 401),
        ("/v1/users/anna31/playlists".to_owned(), &anna, 404),
    ];
    for (path, token, status) in table {
        assert_eq!(ask(&spotify, "GET", &path, token, "").await.0, status, "{path}");
    }
    let told = async |path: String| ask(&spotify, "GET", &path, &anna, "").await.1;
    let list = told("/v1/me/playlists?limit=50".to_owned()).await;
    assert!(list.contains("Kitchen Duty") && list.contains("Ben in Public") && !list.contains("Ben Alone"));
    let entries = told(format!("/v1/playlists/{hers}/items?limit=50")).await;
    assert!(
        entries.contains(r#""item":"#)
            && !entries.contains(r#""track":{"#)
            && entries.contains("Harbour Stories")
    );
    let name = told(format!("/v1/playlists/{public}?fields=name,owner(display_name)")).await;
    assert!(
        name.ends_with(r#"{"name":"Ben in Public","owner":{"display_name":"Ben Listens"}}"#),
        "{name}"
    );
    let dan = token_of(&spotify, DAN, "playlist-read-private").await;
    let (_, second) = ask(&spotify, "GET", "/v1/me/playlists?limit=50&offset=50", &dan, "").await;
    assert!(
        second.contains("Mixtape 55") && second.contains(r#""total":55"#),
        "{second}"
    );
}

/// An app's own token.
async fn token_of_app(spotify: &Spotify, app: super::apps::App) -> String {
    let authorization = basic(app.id, app.secret);
    let grant = "grant_type=client_credentials";
    let (status, _) = ask(spotify, "POST", "/api/token", &authorization, grant).await;
    assert_eq!(status, 200);
    format!("Bearer {}", spotify.tokens().pop().expect("a token"))
}

#[tokio::test]
async fn each_app_has_a_secret_and_a_rate_limit_of_its_own() {
    let spotify = Spotify::start().await.expect("a port");
    let grant = "grant_type=client_credentials";
    let mixed = basic(HOSTS.id, OTHER.secret);
    let (status, said) = ask(&spotify, "POST", "/api/token", &mixed, grant).await;
    assert!(status == 400 && said.contains("Invalid client secret"), "{said}");
    let unknown = basic("somebody", HOSTS.secret);
    let (status, said) = ask(&spotify, "POST", "/api/token", &unknown, grant).await;
    assert!(status == 400 && said.contains(r#""Invalid client""#), "{said}");
    let (hosts, others) = (
        token_of_app(&spotify, HOSTS).await,
        token_of_app(&spotify, OTHER).await,
    );
    spotify.allow_calls_of(HOSTS, 0, 30);
    let search = "/v1/search?q=amber&type=track";
    assert_eq!(ask(&spotify, "GET", search, &hosts, "").await.0, 429);
    assert_eq!(ask(&spotify, "GET", search, &others, "").await.0, 200);
    assert_eq!(
        ask(&spotify, "GET", search, &token(&spotify).await, "").await.0,
        200
    );
}

/// Somebody agrees that an app acts for them; the app's answer from the accounts service, and the token.
async fn agreed(spotify: &Spotify, app: super::apps::App, by: &str, listener: Listener) -> (u16, String) {
    let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    let home = "http://127.0.0.1:3000/authentication/spotify_callback";
    let page = format!("{}{}", spotify.accounts_url(), consent("client_id", app.id));
    let back = spotify.agree(&page, listener);
    let code = back.split("code=").nth(1).and_then(|rest| rest.split('&').next());
    let form = format!(
        "grant_type=authorization_code&client_id={by}&code={}&redirect_uri={home}&code_verifier={verifier}",
        code.expect("a code")
    );
    let (status, _) = ask(spotify, "POST", "/api/token", "", &form).await;
    let token = spotify.tokens().pop().unwrap_or_default();
    (status, format!("Bearer {token}"))
}

#[tokio::test]
async fn each_app_has_five_seats_and_what_it_was_given_counts_for_no_other() {
    let spotify = Spotify::start().await.expect("a port");
    for (app, listener, status) in [
        (HOUSE, FRED, 403),
        (HOSTS, FRED, 200),
        (HOUSE, EVE, 200),
        (HOSTS, EVE, 403),
    ] {
        let (_, token) = agreed(&spotify, app, app.id, listener).await;
        let said = ask(&spotify, "GET", "/v1/me", &token, "").await;
        assert_eq!(said.0, status, "{} {}: {}", app.name, listener.id, said.1);
    }
    assert_eq!(agreed(&spotify, HOSTS, OTHER.id, ANNA).await.0, 400, "a code");
    assert_eq!(agreed(&spotify, HOSTS, HOSTS.id, ANNA).await.0, 200);
    let refresh = spotify.refresh_tokens().pop().expect("a refresh token");
    let renew = |app: &str| format!("grant_type=refresh_token&client_id={app}&refresh_token={refresh}");
    let (others, own) = (renew(OTHER.id), renew(HOSTS.id));
    assert_eq!(
        ask(&spotify, "POST", "/api/token", "", &others).await.0,
        400,
        "a refresh token"
    );
    assert_eq!(ask(&spotify, "POST", "/api/token", "", &own).await.0, 200);
}

#[tokio::test]
async fn every_secret_that_it_gives_or_is_given_can_be_told_by_its_looks() {
    let spotify = Spotify::start().await.expect("a port");
    for app in [HOUSE, HOSTS, OTHER] {
        agreed(&spotify, app, app.id, ANNA).await;
    }
    let apps = [HOUSE, HOSTS, OTHER];
    let of_apps = apps.iter().map(|app| app.secret.to_owned());
    let credentials = apps.iter().map(|app| basic(app.id, app.secret));
    let page = format!("{}{}", spotify.accounts_url(), consent("client_id", HOUSE.id));
    let code = spotify.agree(&page, ANNA);
    let all = spotify.tokens().into_iter().chain(spotify.refresh_tokens());
    for secret in all.chain(of_apps).chain(credentials).chain([code]) {
        let told = secrets().iter().any(|piece| secret.contains(piece));
        assert!(told, "{secret}");
    }
}

#[tokio::test]
async fn an_answer_that_is_cut_short_lacks_its_end_and_keeps_its_status() {
    let spotify = Spotify::start().await.expect("a port");
    spotify.be(Mood::CutShort);
    let app = basic(CLIENT_ID, CLIENT_SECRET);
    let (status, answer) = ask(
        &spotify,
        "POST",
        "/api/token",
        &app,
        "grant_type=client_credentials",
    )
    .await;
    let (_, body) = answer.split_once("\r\n\r\n").expect("a body");
    assert_eq!(status, 200);
    assert!(
        body.contains(&spotify.tokens()[0]) && !body.trim_end().ends_with('}'),
        "{body}"
    );
}
