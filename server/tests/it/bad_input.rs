//! Whatever people and programs may send by mistake or on purpose: a clear answer, and nothing has changed.

use axum::body::Body;
use axum::http::Method;
use nests::nest::NestId;
use nests::wire::frame::MAX_CLIENT_FRAME;
use nests::wire::{Command, ErrorCode};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

use super::support::house::vote;
use super::support::{Before, Browser, House, NOTHING, Tab};

/// Names and values.
type Headers<'a> = &'a [(&'static str, &'a str)];

/// A frame that empties the queue, and its number.
const CLEAR: &str = r#"{"do":{"id":77,"command":"clear"}}"#;
const CLEARS: u32 = 77;

/// A house in which one song plays and another waits, and somebody who misbehaves in it.
async fn scene() -> (House, Browser, String) {
    let house = House::open().await;
    let anna = house.guest("Anna").await;
    let song = house.with_a_song_waiting(&anna).await;
    (house, anna, song)
}

/// The same with spaces behind it, which mean nothing.
fn padded(json: &str, bytes: usize) -> String {
    format!("{json}{}", " ".repeat(bytes - json.len()))
}

/// What everybody can see of the queue.
async fn queue(browser: &Browser) -> Value {
    browser.get("/queue/").await.expect(200).json()
}

#[tokio::test]
async fn bad_commands_are_refused_and_change_nothing() {
    let (house, anna, song) = scene().await;
    let seen_before = queue(&anna).await;
    let gone = "aaaaaaaaaaaa";
    let table: [(&str, Value, u16, ErrorCode); 11] = [
        ("main", vote(gone, "up"), 404, ErrorCode::NotFound),
        (
            "main",
            json!({"jam": {"song": gone, "on": true}}),
            404,
            ErrorCode::NotFound,
        ),
        (
            "main",
            json!({"remove": {"song": gone}}),
            404,
            ErrorCode::NotFound,
        ),
        ("main", json!({"skip": {"song": gone}}), 404, ErrorCode::NotFound),
        ("main", json!({"undo": {"version": 1}}), 404, ErrorCode::NotFound),
        (
            "main",
            json!({"vote": {"song": "../../etc/passwd", "vote": "up"}}),
            400,
            ErrorCode::InvalidRequest,
        ),
        (
            "main",
            json!({"add": {"track": "library:../../etc/passwd"}}),
            400,
            ErrorCode::InvalidRequest,
        ),
        ("main", vote(&song, "sideways"), 400, ErrorCode::InvalidRequest),
        ("main", json!({"explode": {}}), 400, ErrorCode::InvalidRequest),
        ("ZZZZZ", json!("clear"), 404, ErrorCode::NotFound),
        ("NEST:main%7CQUEUE", json!("clear"), 404, ErrorCode::NotFound),
    ];
    for (nest, command, status, code) in table {
        let path = format!("/api/nests/{nest}/commands");
        let before = Before::of(&house).await;
        anna.post(&path, command.clone()).await.refused(status, code);
        assert_eq!(before.changed(&house).await, NOTHING, "{nest} {command}");
    }
    assert_eq!(queue(&anna).await, seen_before);
}

/// It counts, so that nobody can try addresses for ever.
#[tokio::test]
async fn adding_a_track_that_there_is_not_changes_the_persons_count_and_nothing_else() {
    let (house, anna, _) = scene().await;
    let counts = house.store().keys_with("|RATE|");
    let [count] = counts.as_slice() else {
        panic!("only Anna has added songs: {counts:?}")
    };
    assert!(count.starts_with("NEST:main|RATE|add:"), "{count}");
    assert_eq!(house.store().get(count), "2", "those of the scene");
    let before = Before::of(&house).await;
    let missing = json!({"add": {"track": "library:0000000000000000"}});
    anna.post("/api/nests/main/commands", missing)
        .await
        .refused(404, ErrorCode::NotFound);
    assert_eq!(before.changed(&house).await, [count.as_str()]);
    assert_eq!(house.store().get(count), "3");
}

/// What all these tests rest on.
#[tokio::test]
async fn the_least_change_of_the_store_is_noticed() {
    let (house, anna, song) = scene().await;
    let before = Before::of(&house).await;
    anna.post("/api/nests/main/commands", vote(&song, "down"))
        .await
        .expect(200);
    let changed = before.changed(&house).await;
    assert_eq!(changed, ["NEST:main|MISC|log", "the copy in memory"]);
    let before = Before::of(&house).await;
    house.guest("Ben").await;
    let changed = before.changed(&house).await;
    let [session] = changed.as_slice() else {
        panic!("somebody signed in: {changed:?}")
    };
    assert!(session.starts_with("NESTS|session:"), "{session}");
}

#[tokio::test]
async fn bodies_that_are_not_what_they_should_be_change_nothing() {
    let (house, anna, _) = scene().await;
    let before = Before::of(&house).await;
    let path = "/api/nests/main/commands";
    let json = [("content-type", "application/json")];
    let bodies: [&'static [u8]; 6] = [
        b"",
        b"clear",
        b"{",
        b"\xff\xfe",
        b"\"clear\" \"clear\"",
        b"[[[[[[[[[[[[",
    ];
    for body in bodies {
        let answer = anna.send(Method::POST, path, &json, Body::from(body)).await;
        answer.refused(400, ErrorCode::InvalidRequest);
    }
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "",
    ] {
        let answer = anna
            .send(
                Method::POST,
                path,
                &[("content-type", kind)],
                Body::from("\"clear\""),
            )
            .await;
        assert_eq!(
            answer.refused(400, ErrorCode::InvalidRequest).field.as_deref(),
            Some("content-type"),
            "{kind}"
        );
    }
    assert_eq!(before.changed(&house).await, NOTHING);
}

/// Each of these would do something if it were read: what is too long about them is spaces, or a field that nobody looks at.
#[tokio::test]
async fn a_megabyte_is_too_much_for_every_door_whatever_it_says() {
    let (house, anna, _) = scene().await;
    let before = Before::of(&house).await;
    let (json, form) = ("application/json", "application/x-www-form-urlencoded");
    let commands = "/api/nests/main/commands";
    let doors = [
        ("/api/nests", json, r#"{"name":"Too Much"}"#, " "),
        (commands, json, "\"clear\"", " "),
        (commands, form, "\"clear\"", " "),
        ("/login/guest", form, "nickname=Eve&more=", "x"),
        ("/logout", form, "more=", "x"),
        ("/api/fn/clear", form, "nest=main&more=", "x"),
        ("/nothing-here", json, "{}", " "),
    ];
    for (path, kind, says, more) in doors {
        let length = 1024 * 1024;
        let body = format!("{says}{}", more.repeat(length - says.len()));
        for headers in [
            &[("content-type", kind)][..],
            &[("content-type", kind), ("content-length", &length.to_string())],
        ] {
            let answer = anna
                .send(Method::POST, path, headers, Body::from(body.clone()))
                .await;
            answer.refused(413, ErrorCode::InvalidRequest);
        }
        assert_eq!(before.changed(&house).await, NOTHING, "{path}");
    }
    assert_eq!(anna.get("/api/nests").await.status, 200, "nobody was signed out");
    let fits = padded("\"clear\"", 64 * 1024);
    let headers = [("content-type", json)];
    anna.send(Method::POST, commands, &headers, Body::from(fits))
        .await
        .expect(200);
    assert_eq!(queue(&anna).await["songs"], json!([]), "what fits is carried out");
}

#[tokio::test]
async fn nothing_outside_the_music_and_the_covers_is_ever_served() {
    let (house, anna, _) = scene().await;
    let before = Before::of(&house).await;
    let ways_out = [
        "../../../etc/passwd",
        "..%2f..%2f..%2fetc%2fpasswd",
        "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "%2e%2e/%2e%2e/etc/passwd",
        "..%5c..%5cetc%5cpasswd",
        "%252e%252e%252fetc%252fpasswd",
        "library:..%2f..%2fetc%2fpasswd",
        "library:0123456789abcde%2f",
        "0123456789abcdef-96.jpg%00.png",
        "0123456789abcdef-96.jpg/../../secret_key",
        "..%2fsecret_key",
        "%2fetc%2fpasswd",
        "0123456789ABCDEF-96.jpg",
        "0123456789abcdef-97.jpg",
    ];
    for folder in ["audio", "covers", "pkg", ""] {
        for way in ways_out {
            let path = format!("/{folder}/{way}").replace("//", "/");
            let answer = anna.get(&path).await;
            assert!(matches!(answer.status.as_u16(), 400 | 404), "{path}: {answer:?}");
            let text = answer.text();
            assert!(
                !text.contains("root:") && !text.contains(&"k".repeat(64)),
                "{path}: {text}"
            );
        }
    }
    let leak = anna.get("/api/search?q=passwords").await.expect(200).json();
    assert_eq!(
        leak["total"], 0,
        "a link that leads out of the folder is not music"
    );
    assert_eq!(before.changed(&house).await, NOTHING);
}

/// In the older program there was no origin check.
#[tokio::test]
async fn fault_no_origin_check() {
    let (house, anna, song) = scene().await;
    let before = Before::of(&house).await;
    let foreign: [Headers<'_>; 3] = [
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
        &[("sec-fetch-site", "cross-site")],
    ];
    for headers in foreign {
        let json: Vec<_> = headers
            .iter()
            .copied()
            .chain([("content-type", "application/json")])
            .collect();
        let body = || Body::from(vote(&song, "down").to_string());
        let answer = anna
            .send(Method::POST, "/api/nests/main/commands", &json, body())
            .await;
        answer.refused(403, ErrorCode::Forbidden);
        for path in ["/logout", "/login/guest", "/api/fn/clear"] {
            let form: Vec<_> = headers
                .iter()
                .copied()
                .chain([("content-type", "application/x-www-form-urlencoded")])
                .collect();
            let answer = anna
                .send(Method::POST, path, &form, Body::from("nest=main&nickname=Eve"))
                .await;
            answer.refused(403, ErrorCode::Forbidden);
        }
    }
    assert_eq!(
        anna.get("/api/nests").await.status.as_u16(),
        200,
        "nobody was signed out"
    );
    assert_eq!(before.changed(&house).await, NOTHING);
}

#[tokio::test]
async fn a_socket_is_refused_before_it_opens() {
    let (house, anna, _) = scene().await;
    let gone = anna.build("Gone").await;
    anna.json(Method::DELETE, &format!("/api/nests/{gone}"), json!({}))
        .await
        .expect(204);
    let gone = format!("/socket/{gone}");
    let (before, cookie) = (Before::of(&house).await, anna.cookie.as_str());
    let table: [(&str, Headers<'_>, u16, ErrorCode); 9] = [
        (&gone, &[("cookie", cookie)], 410, ErrorCode::NestGone),
        ("/socket/", &[], 401, ErrorCode::Unauthenticated),
        (
            "/socket/",
            &[("cookie", "nests_session=forged")],
            401,
            ErrorCode::Unauthenticated,
        ),
        (
            "/socket/",
            &[("cookie", cookie), ("origin", "https://evil.example")],
            403,
            ErrorCode::Forbidden,
        ),
        (
            "/socket/",
            &[("cookie", cookie), ("sec-fetch-site", "cross-site")],
            403,
            ErrorCode::Forbidden,
        ),
        ("/socket/ZZZZZ", &[("cookie", cookie)], 404, ErrorCode::NotFound),
        (
            "/socket/no-such-nest",
            &[("cookie", cookie)],
            404,
            ErrorCode::NotFound,
        ),
        (
            "/socket/NEST%3Amain%7CQUEUE",
            &[("cookie", cookie)],
            404,
            ErrorCode::NotFound,
        ),
        (
            "/socket/?since=yesterday",
            &[("cookie", cookie)],
            400,
            ErrorCode::InvalidRequest,
        ),
    ];
    for (path, headers, status, code) in table {
        let (refused, error) = Tab::try_open(house.addr, path, headers)
            .await
            .err()
            .expect("the door stays shut");
        assert_eq!(
            (refused.as_u16(), error.map(|e| e.error)),
            (status, Some(code)),
            "{path} {headers:?}"
        );
    }
    anna.get("/socket/").await.refused(400, ErrorCode::InvalidRequest);
    assert_eq!(before.changed(&house).await, NOTHING);
    assert_eq!(house.state.house.places.count(), 0);
}

#[tokio::test]
async fn nonsense_on_a_socket_is_answered_and_the_socket_stays() {
    let (house, anna, _) = scene().await;
    let before = Before::of(&house).await;
    let mut tab = house.tab(&anna).await;
    let table = [
        ("nonsense", 0),
        ("{\"do\":", 0),
        ("[]", 0),
        (r#"{"do":{"id":7,"command":"explode"}}"#, 7),
        (r#"{"do":{"id":8,"command":{"vote":{"song":7,"vote":"up"}}}}"#, 8),
        (
            r#"{"do":{"id":9,"command":{"add":{"track":"library:../../etc"}}}}"#,
            9,
        ),
    ];
    for (text, id) in table {
        tab.send(text).await;
        let error = tab.answer_to(id).await.expect_err("it means nothing");
        assert_eq!(error.error, ErrorCode::InvalidRequest, "{text}");
    }
    tab.send_raw(Message::binary(CLEAR.as_bytes())).await;
    assert_eq!(
        tab.answer_to(0).await.map_err(|e| e.error),
        Err(ErrorCode::InvalidRequest)
    );
    let gone = nests::queue::SongId::from_roll(0);
    tab.wish(10, Command::Remove { song: gone }).await;
    assert_eq!(
        tab.answer_to(10).await.map_err(|e| e.error),
        Err(ErrorCode::NotFound),
        "it still listens"
    );
    assert_eq!(before.changed(&house).await, NOTHING);
}

#[tokio::test]
async fn too_much_nonsense_closes_the_socket() {
    let (house, anna, _) = scene().await;
    let mut tab = house.tab(&anna).await;
    for _ in 0..11 {
        tab.send("nonsense").await;
    }
    assert_eq!(tab.closed_with().await, 1007);
}

/// Each would clear the queue if it were read.
#[tokio::test]
async fn frames_that_are_too_big_or_not_text_close_the_socket() {
    let (house, anna, _) = scene().await;
    let before = Before::of(&house).await;
    let ruined = [CLEAR.as_bytes(), &[0xff, 0xfe]].concat();
    let invalid = Frame::message(ruined, OpCode::Data(Data::Text), true);
    let table = [
        (Message::text(padded(CLEAR, 65 * 1024)), 1009),
        (Message::text(padded(CLEAR, MAX_CLIENT_FRAME + 1)), 1009),
        (Message::binary(padded(CLEAR, 65 * 1024).into_bytes()), 1009),
        (Message::Frame(invalid), 1007),
    ];
    for (message, code) in table {
        let mut tab = house.tab(&anna).await;
        tab.send_raw(message).await;
        assert_eq!(tab.closed_with().await, code);
        assert_eq!(before.changed(&house).await, NOTHING);
    }
    let mut tab = house.tab(&anna).await;
    tab.send(&padded(CLEAR, MAX_CLIENT_FRAME)).await;
    tab.answer_to(CLEARS).await.expect("what fits is carried out");
    assert_eq!(queue(&anna).await["songs"], json!([]));
}

#[tokio::test]
async fn a_flood_of_commands_is_held_back() {
    let (house, anna, _) = scene().await;
    let mut tab = house.tab(&anna).await;
    for id in 1..=60 {
        tab.wish(id, Command::Volume { level: 50 }).await;
    }
    let mut refused = 0;
    for id in 1..=60 {
        if let Err(error) = tab.answer_to(id).await {
            assert_eq!(
                (error.error, error.retry_after),
                (ErrorCode::RateLimited, Some(1))
            );
            refused += 1;
        }
    }
    assert!((1..=40).contains(&refused), "{refused} of 60 were refused");
}

/// In the older program `/socket/{slug}` opened a shadow room.
#[tokio::test]
async fn fault_a_socket_by_link_name_opened_a_shadow_room() {
    let house = House::open().await;
    let anna = house.guest("Anna").await;
    let code = anna.build("Friday Vibes").await;
    for name in ["friday-vibes", &code.to_lowercase(), &code] {
        let mut tab = house.tab_at(&anna, &format!("/socket/{name}")).await;
        assert_eq!(
            tab.snapshot().await.nest.id,
            NestId::parse(&code).expect("an id"),
            "{name}"
        );
    }
}
