//! `Authorization: Bearer`: programs use a session by its token.

use std::fs::{self, File};

use axum::body::Body;
use axum::http::Method;
use nests::wire::ErrorCode;
use serde_json::json;
use tempfile::TempDir;

use super::support::house::vote;
use super::support::program::{Running, files};
use super::support::{Answer, Browser, House, Outsider, Tab};

const COMMANDS: &str = "/api/nests/main/commands";

fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}

/// Posts JSON with these headers and nothing else to be known by.
async fn post(who: &Browser, path: &str, headers: &[(&str, &str)], json: serde_json::Value) -> Answer {
    let headers: Vec<_> = [("content-type", "application/json")]
        .iter()
        .chain(headers)
        .copied()
        .collect();
    who.send(Method::POST, path, &headers, Body::from(json.to_string()))
        .await
}

#[tokio::test]
async fn a_token_opens_whatever_its_cookie_opens() {
    let house = House::open().await;
    let anna = house.guest("Anna").await;
    let authorization = bearer(anna.token());
    let claim = ("authorization", authorization.as_str());
    let script = house.stranger();
    let sound = format!("/audio/{}", house.track(0).await);
    for path in [
        "/",
        "/nests",
        "/nest/main/history.csv",
        "/api/nests",
        "/api/library",
        &sound,
    ] {
        script.ask(path, &[claim]).await.expect(200);
    }
    let add = json!({"add": {"track": house.track(0).await}});
    post(&script, COMMANDS, &[claim], add).await.expect(200);
    let built = post(&script, "/api/nests", &[claim], json!({})).await.expect(200);
    assert_eq!(built.json()["creator"], "Anna");
    let tab = Tab::try_open(house.addr, "/socket/", &[claim]).await;
    let snapshot = tab.expect("the door opens").snapshot().await;
    assert_eq!(snapshot.playing.iter().len() + snapshot.songs.len(), 1);
}

/// A browser never sends a token by itself, so no page of another site can make it.
#[tokio::test]
async fn a_token_needs_no_other_proof_of_where_it_comes_from_and_a_cookie_does() {
    let house = House::open().await;
    let anna = house.guest("Anna").await;
    let song = house.with_a_song_waiting(&anna).await;
    let ben = house.guest("Ben").await;
    let authorization = bearer(ben.token());
    let foreign = ("origin", "https://elsewhere.example");
    post(&ben, COMMANDS, &[foreign], vote(&song, "up"))
        .await
        .refused(403, ErrorCode::Forbidden);
    // The password of a proxy in front is no token.
    let password = ("authorization", "Basic YW5uYTpodW50ZXIy");
    post(&ben, COMMANDS, &[foreign, password], vote(&song, "up"))
        .await
        .refused(403, ErrorCode::Forbidden);
    ben.ask("/api/nests", &[password]).await.expect(200);
    let claim = [foreign, ("authorization", authorization.as_str())];
    post(&house.stranger(), COMMANDS, &claim, vote(&song, "up"))
        .await
        .expect(200);
    Tab::try_open(house.addr, "/socket/", &claim)
        .await
        .expect("the door opens");
}

#[tokio::test]
async fn a_bad_token_is_refused_everywhere_whatever_cookie_comes_along() {
    let house = House::open().await;
    let (anna, ben) = (house.guest("Anna").await, house.guest("Ben").await);
    let song = house.with_a_song_waiting(&anna).await;
    let before = house.everything().await;
    let signed_out = bearer(ben.token());
    ben.post_form("/logout", "").await.expect(303);
    let forged = bearer(&"ab".repeat(32));
    let unsigned = bearer(&anna.token()[44..]);
    for claim in [signed_out.as_str(), &forged, &unsigned, "Bearer", "Bearer a b"] {
        let claim = [("authorization", claim)];
        for path in ["/api/nests", "/", "/nest/main/history.csv", "/login"] {
            let answer = anna.ask(path, &claim).await;
            answer.refused(401, ErrorCode::Unauthenticated);
            assert_eq!(answer.header("www-authenticate"), "Bearer", "{path}");
        }
        let answer = post(&anna, COMMANDS, &claim, vote(&song, "down")).await;
        answer.refused(401, ErrorCode::Unauthenticated);
        let socket = [claim[0], ("cookie", anna.cookie.as_str())];
        let (status, error) = Tab::try_open(house.addr, "/socket/", &socket)
            .await
            .err()
            .expect("the door stays shut");
        assert_eq!(
            (status.as_u16(), error.map(|e| e.error)),
            (401, Some(ErrorCode::Unauthenticated))
        );
    }
    assert_eq!(house.everything().await, before);
    assert_eq!(house.state.house.places.count(), 0);
}

#[tokio::test]
async fn signing_out_with_a_token_ends_it_and_its_cookie() {
    let house = House::open().await;
    let anna = house.guest("Anna").await;
    let authorization = bearer(anna.token());
    let claim = [("authorization", authorization.as_str())];
    post(&house.stranger(), "/logout", &claim, json!(null))
        .await
        .expect(303);
    anna.get("/api/nests")
        .await
        .refused(401, ErrorCode::Unauthenticated);
    let again = house.stranger().ask("/api/nests", &claim).await;
    again.refused(401, ErrorCode::Unauthenticated);
}

#[test]
fn no_log_and_no_file_ever_holds_a_sessions_token() {
    let folder = TempDir::new().expect("a folder");
    let log = folder.path().join("log");
    let env = [
        ("NESTS_ADDR", "127.0.0.1:0"),
        ("MUSIC_DIR", "music"),
        ("RUST_LOG", "trace"),
    ];
    let file = File::create(&log).expect("a file");
    let program = Running::start_logging_into(folder.path(), &env, file);
    let anna = Outsider::sign_in(&program.address);
    let authorization = bearer(anna.token());
    let (status, _) = anna.get_with("/api/nests", ("authorization", &authorization));
    assert_eq!(status, 200);
    let wrong = bearer("hunter2hunter2");
    let (status, _) = anna.get_with("/api/nests", ("authorization", &wrong));
    assert_eq!(status, 401);
    assert!(program.stop().success());
    let said = fs::read_to_string(&log).expect("a log");
    assert!(said.contains("GET /api/nests"), "it did say everything");
    let (_signature, session) = anna.token().split_at(44);
    for (path, text) in files(folder.path()) {
        for secret in [session, "hunter2"] {
            assert!(!text.contains(secret), "{path} holds {secret}");
        }
    }
}
