//! Coming in, staying in, leaving.

use axum::body::Body;
use axum::http::Method;
use nests::wire::ErrorCode;
use server::http::redirect::query_value;

use super::support::house::AWAY;
use super::support::{Answer, Browser, House};

async fn is_in(browser: &Browser) -> bool {
    browser.get("/api/nests").await.status.as_u16() == 200
}

/// The JSON answer that a program gets for these fields.
async fn by_program(browser: &Browser, fields: &str) -> Answer {
    let headers = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("accept", "application/json"),
    ];
    browser
        .send(
            Method::POST,
            "/login/guest",
            &headers,
            Body::from(fields.to_owned()),
        )
        .await
}

#[tokio::test]
async fn a_nickname_is_enough_to_come_in_and_leads_where_one_wanted_to_go() {
    let house = House::open().await;
    let mut anna = house.stranger();
    let answer = anna
        .post_form(
            "/login/guest",
            "nickname=Anna+Lee&next=%2Fnest%2FX7K2P%3Fq%3Dferry",
        )
        .await
        .expect(303);
    assert_eq!(answer.header("location"), "/nest/X7K2P?q=ferry");
    let (cookie, attributes) = answer.header("set-cookie").split_once("; ").expect("a cookie");
    assert_eq!(attributes, "HttpOnly; SameSite=Lax; Path=/; Max-Age=2592000");
    anna.cookie = cookie.to_owned();
    assert!(is_in(&anna).await);
}

/// Whoever came each day was thrown out on the thirtieth: only the store's side was renewed, never the browser's.
#[tokio::test]
async fn fault_who_came_daily_was_signed_out_after_thirty_days() {
    const DAY: i64 = 24 * 3600;
    const LIFE: i64 = 30 * DAY;
    let house = House::open().await;
    let anna = house.guest("Anna").await;
    let mut store = house.store();
    let key = store.keys_with("|session:").pop().expect("her session");
    store.age(&key, DAY - 600);
    let early = anna.visit("/").await.expect(200);
    assert_eq!(early.header("set-cookie"), "", "it is fresh enough");
    assert!(store.life_of(&key) < LIFE - DAY + 700, "and nothing was written");
    for path in ["/", "/socket/", "/api/nests"] {
        store.age(&key, DAY);
        let answer = anna.visit(path).await;
        let wanted = format!("{}; HttpOnly; SameSite=Lax; Path=/; Max-Age=2592000", anna.cookie);
        assert_eq!(answer.header("set-cookie"), wanted, "{path}");
        assert!(answer.header("cache-control").contains("private"), "{path}");
        assert!(store.life_of(&key) > LIFE - 60, "{path}");
        assert_eq!(anna.visit(path).await.header("set-cookie"), "", "{path}: once");
    }
    store.age(&key, DAY);
    let goodbye = anna.post_form("/logout", "").await.expect(303);
    assert_eq!(goodbye.headers.get_all("set-cookie").iter().count(), 1);
    assert!(goodbye.header("set-cookie").contains("Max-Age=0"));
}

/// A program that uses a browser's token gets no cookie to hand on: it leaves the renewal to the browser's next page.
#[tokio::test]
async fn a_program_leaves_the_renewal_to_the_browsers_next_page_for_a_week() {
    const DAY: i64 = 24 * 3600;
    let house = House::open().await;
    let anna = house.guest("Anna").await;
    let bearer = format!("Bearer {}", anna.token());
    let mut store = house.store();
    let key = store.keys_with("|session:").pop().expect("her session");
    let by_program = async || {
        let answer = house
            .stranger()
            .ask("/api/nests", &[("authorization", &bearer)])
            .await;
        assert_eq!(answer.expect(200).header("set-cookie"), "");
    };
    store.age(&key, 6 * DAY);
    by_program().await;
    assert!(store.life_of(&key) < 25 * DAY, "the browser's page finds it due");
    store.age(&key, 2 * DAY);
    by_program().await;
    assert!(store.life_of(&key) > 29 * DAY, "but it does not run out");
}

#[tokio::test]
async fn over_https_the_cookie_is_secure() {
    let house = House::open_with(&[("HOSTNAME", "music.example.org")], |_| {}).await;
    let answer = house
        .stranger()
        .post_form("/login/guest", "nickname=Anna")
        .await
        .expect(303);
    let cookie = answer.header("set-cookie");
    assert!(
        cookie.starts_with("__Host-") && cookie.contains("; Secure;"),
        "{cookie}"
    );
    assert!(!answer.header("strict-transport-security").is_empty());
}

#[tokio::test]
async fn fault_open_redirects() {
    let house = House::open().await;
    for next in [
        "https://evil.example",
        "//evil.example",
        "/%5Cevil.example",
        "/%09/evil.example",
        "",
    ] {
        let fields = format!("nickname=Anna&next={next}");
        let answer = house
            .stranger()
            .post_form("/login/guest", &fields)
            .await
            .expect(303);
        assert_eq!(answer.header("location"), "/", "{next}");
    }
}

/// Server functions that change nothing led back to whatever page one came from.
#[tokio::test]
async fn fault_open_redirects_by_the_page_before() {
    let house = House::open().await;
    let calls = [
        "/api/fn/search?q=a&limit=5&source=library",
        "/api/fn/list_nests",
        "/api/fn/get_nest?nest=main",
    ];
    for browser in [house.stranger(), house.guest("Anna").await] {
        for call in calls {
            for page in [
                "https://evil.example/",
                "http://127.0.0.1@evil.example/",
                "//evil.example/",
            ] {
                let headers = [("accept", "text/html"), ("referer", page)];
                let answer = browser.ask(call, &headers).await;
                let location = answer.header("location");
                assert!(!location.contains("evil.example"), "{call}: {page}: {location}");
            }
            let here = [("accept", "text/html"), ("referer", "http://127.0.0.1/nest/main")];
            let answer = browser.ask(call, &here).await.expect(302);
            let location = answer.header("location");
            assert!(
                location.starts_with("http://127.0.0.1/nest/main"),
                "{call}: {location}"
            );
        }
    }
}

#[tokio::test]
async fn a_bad_nickname_is_explained_to_people_and_to_programs() {
    let house = House::open().await;
    let stranger = house.stranger();
    for fields in [
        "nickname=",
        "nickname=Bender",
        "nickname=xxxxxxxxxxxxxxxxxxxxxxxxx",
    ] {
        let error = by_program(&stranger, fields)
            .await
            .refused(400, ErrorCode::InvalidRequest);
        assert_eq!(error.field.as_deref(), Some("nickname"));
        let page = stranger
            .post_form("/login/guest", &format!("{fields}&next=/nest/X7K2P"))
            .await
            .expect(303);
        assert!(
            page.header("location").starts_with("/login?error="),
            "{}",
            page.header("location")
        );
        assert!(page.header("location").ends_with("&next=/nest/X7K2P"));
        assert_eq!(page.header("set-cookie"), "");
    }
    by_program(&stranger, "name=Anna")
        .await
        .refused(400, ErrorCode::InvalidRequest);
}

#[tokio::test]
async fn a_flood_of_sign_ins_from_one_address_has_to_wait() {
    let house = House::open().await;
    let stranger = house.stranger();
    for _ in 0..20 {
        by_program(&stranger, "nickname=Anna").await.expect(303);
    }
    let answer = by_program(&stranger, "nickname=Anna").await;
    let error = answer.refused(429, ErrorCode::RateLimited);
    assert_eq!(
        answer.header("retry-after"),
        error.retry_after.expect("seconds").to_string()
    );
    let elsewhere = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("x-forwarded-for", "203.0.113.9"),
    ];
    let answer = stranger
        .send(
            Method::POST,
            "/login/guest",
            &elsewhere,
            Body::from("nickname=Ben"),
        )
        .await;
    answer.expect(303);
}

#[tokio::test]
async fn leaving_ends_the_session_for_good() {
    let house = House::open().await;
    let anna = house.guest("Anna").await;
    let answer = anna.post_form("/logout", "").await.expect(303);
    assert_eq!(answer.header("location"), "/login");
    assert!(answer.header("set-cookie").contains("Max-Age=0"));
    assert!(!is_in(&anna).await, "the old cookie opens nothing any more");
}

#[tokio::test]
async fn signing_in_anew_ends_the_session_before() {
    let house = House::open().await;
    let before = house.guest("Anna").await;
    let mut after = before.clone();
    after.sign_in("Anna").await;
    assert!(is_in(&after).await && !is_in(&before).await);
}

#[tokio::test]
async fn fault_state_changes_by_get() {
    let house = House::open().await;
    let anna = house.guest("Anna").await;
    for path in [
        "/logout",
        "/login/guest?nickname=Ben",
        "/api/nests/main/commands?clear",
        "/api/fn/clear?nest=main",
    ] {
        let status = anna.get(path).await.status.as_u16();
        assert!(status == 404 || status == 405, "{path}: {status}");
    }
    assert!(is_in(&anna).await);
}

#[tokio::test]
async fn a_made_up_cookie_is_nobody() {
    let house = House::open().await;
    let mut mallory = house.stranger();
    for cookie in [
        format!("nests_session={}", "ab".repeat(32)),
        "nests_session=".into(),
        "\u{1}".into(),
        ";;=;".into(),
    ] {
        if axum::http::HeaderValue::from_str(&cookie).is_ok() {
            mallory.cookie = cookie;
            assert!(!is_in(&mallory).await, "{}", mallory.cookie);
        }
    }
}

#[tokio::test]
async fn without_a_session_programs_are_told_and_people_are_led_to_the_door_and_back() {
    let house = House::open().await;
    let stranger = house.stranger();
    let song = "/audio/library:0123456789abcdef";
    for path in [
        "/api/nests",
        "/api/nests/main",
        "/api/search?q=a",
        "/api/library",
        song,
        "/socket/",
        "/socket/X7K2P",
    ] {
        stranger.get(path).await.refused(401, ErrorCode::Unauthenticated);
    }
    for (path, next) in [("/", "/"), ("/nest/X7K2P?q=a&b", "/nest/X7K2P%3Fq%3Da%26b")] {
        let answer = stranger.visit(path).await.expect(303);
        assert_eq!(answer.header("location"), format!("/login?next={next}"));
    }
    stranger.visit("/login").await.expect(200);
}

#[tokio::test]
async fn pages_around_the_nests_lead_through_the_door_and_back() {
    let house = House::open().await;
    for page in ["/build", "/join", "/pair?nest=main&code=ABC234", "/nests"] {
        let mut visitor = house.stranger();
        let led = visitor.visit(page).await.expect(303);
        let door = visitor.visit(led.header("location")).await.expect(200).text();
        let next = format!("value=\"{}\"", page.replace('&', "&amp;"));
        assert!(
            door.contains("action=\"/login/guest\"") && door.contains(&next),
            "{door}"
        );
        let fields = format!("nickname=Anna&next={}", query_value(page));
        let answer = visitor.post_form("/login/guest", &fields).await.expect(303);
        assert_eq!(answer.header("location"), page);
        visitor.take_cookie(&answer);
        visitor.visit(page).await.expect(200);
    }
}

#[tokio::test]
async fn nicknames_can_be_switched_off() {
    let house = House::open_with(&[("ALLOW_GUESTS", "false")], |_| {}).await;
    by_program(&house.stranger(), "nickname=Anna")
        .await
        .refused(403, ErrorCode::FeatureNotAllowed);
}

#[tokio::test]
async fn in_development_everybody_is_the_developer() {
    let house = House::open_with(
        &[("DEBUG", "true"), ("DEV_AUTH_EMAIL", "Dev@Example.org")],
        |_| {},
    )
    .await;
    let somebody = house.stranger();
    assert!(is_in(&somebody).await);
    let card = somebody
        .post("/api/nests", serde_json::json!({}))
        .await
        .expect(200)
        .json();
    assert_eq!(card["creator"], "dev", "the address itself is nobody's business");
}

#[tokio::test]
async fn when_the_store_is_away_nobody_is_taken_for_signed_out() {
    let mut house = House::open().await;
    let anna = house.guest("Anna").await;
    anna.get("/health").await.expect(200);
    house.lose_redis().await;
    let (status, code) = AWAY;
    anna.get("/api/nests").await.refused(status, code);
    anna.get("/health").await.refused(status, code);
    let page = anna.visit("/").await.expect(status);
    assert!(page.text().contains("Back in a moment") && page.header("content-type").starts_with("text/html"));
}
