//! Pages, short links, files of the site, and the headers all of them carry.

use axum::body::Body;
use axum::http::Method;
use nests::wire::ErrorCode;
use serde_json::json;

use super::support::House;

#[tokio::test]
async fn short_links_lead_to_their_nest_and_nowhere_else() {
    let house = House::open().await;
    let anna = house.guest("Anna").await;
    let code = anna.build("Friday Vibes").await;
    let page = format!("/nest/{code}");
    for link in [
        format!("/{code}"),
        format!("/{}", code.to_lowercase()),
        "/friday-vibes".to_owned(),
    ] {
        let answer = house.stranger().visit(&link).await.expect(302);
        assert_eq!(answer.header("location"), page, "{link}");
    }
    anna.visit(&page).await.expect(200);
}

/// In the older program a nest called "Party" led to a 404, and one called "stats" to the statistics.
#[tokio::test]
async fn fault_names_that_look_like_codes_or_routes_led_elsewhere() {
    let house = House::open().await;
    let anna = house.guest("Anna").await;
    for name in ["Party", "stats", "login", "health", "queue"] {
        let card = anna
            .post("/api/nests", json!({"name": name}))
            .await
            .expect(200)
            .json();
        let link = format!("/{}", card["slug"].as_str().expect("a link name"));
        let answer = anna.visit(&link).await.expect(302);
        assert_eq!(
            answer.header("location"),
            format!("/nest/{}", card["code"].as_str().expect("a code")),
            "{name}"
        );
    }
    anna.get("/health").await.expect(200);
}

/// In the older program unknown paths answered 500.
#[tokio::test]
async fn fault_unknown_paths_answered_500() {
    let house = House::open().await;
    let browsers = [house.stranger(), house.guest("Anna").await];
    for browser in &browsers {
        for path in [
            "/nothing-here",
            "/ZZZZZ",
            "/stats",
            "/a/b/c",
            "/favicon-of-nobody.ico",
            "/pkg/nothing.js",
            "/%00",
        ] {
            let answer = browser.visit(path).await.expect(404);
            assert!(
                answer.header("content-type").starts_with("text/html"),
                "{path}: {answer:?}"
            );
        }
        for path in ["/api/nothing", "/api/nests/X7K2P/nothing", "/api/"] {
            browser.get(path).await.refused(404, ErrorCode::NotFound);
        }
        browser
            .get("/%FF%FE")
            .await
            .refused(400, ErrorCode::InvalidRequest);
        browser
            .post("/nothing/here", json!({}))
            .await
            .refused(404, ErrorCode::NotFound);
    }
}

#[tokio::test]
async fn a_method_that_an_address_does_not_take_is_refused_in_the_common_shape() {
    let house = House::open().await;
    let anna = house.guest("Anna").await;
    for (method, path) in [
        (Method::PUT, "/api/nests"),
        (Method::POST, "/queue/"),
        (Method::DELETE, "/login/guest"),
    ] {
        let answer = anna.json(method, path, json!({})).await;
        answer.refused(405, ErrorCode::InvalidRequest);
        assert!(!answer.header("allow").is_empty(), "{path}");
    }
}

#[tokio::test]
async fn whatever_can_be_got_can_be_asked_about() {
    let house = House::open().await;
    let anna = house.guest("Anna").await;
    for path in [
        "/",
        "/login",
        "/queue/",
        "/playing/",
        "/health",
        "/api/nests",
        "/api/library",
    ] {
        let head = anna
            .send(Method::HEAD, path, &[], Body::empty())
            .await
            .expect(200);
        assert!(head.body.is_empty(), "{path}");
    }
}

#[tokio::test]
async fn every_page_lets_only_its_own_scripts_run() {
    let house = House::open().await;
    let anna = house.guest("Anna").await;
    let nonce_of = |policy: &str| {
        policy
            .split_once("'nonce-")
            .and_then(|(_, rest)| rest.split_once('\''))
            .map(|(nonce, _)| nonce.to_owned())
    };
    let mut nonces = Vec::new();
    for path in ["/", "/login", "/nothing-here", "/nests", "/nest/main/history"] {
        let page = anna.visit(path).await;
        let policy = page.header("content-security-policy");
        let nonce = nonce_of(policy).unwrap_or_else(|| panic!("{path}: {policy}"));
        assert!(
            policy.contains("frame-ancestors 'none'") && !policy.contains("'unsafe-eval'"),
            "{policy}"
        );
        assert!(!policy.contains("script-src 'self' 'unsafe-inline'"), "{policy}");
        let html = page.text();
        assert!(
            html.contains(&format!("nonce=\"{nonce}\"")),
            "{path}: the page's scripts carry its nonce"
        );
        let inline_without = html.match_indices("<script").filter(|(at, _)| {
            let tag = html[*at..].split('>').next().unwrap_or_default();
            let is_data = tag.contains("type=\"application/json\""); // never runs
            !is_data && !tag.contains("src=") && !tag.contains("nonce=")
        });
        assert_eq!(inline_without.count(), 0, "{path}");
        nonces.push(nonce);
    }
    nonces.dedup();
    assert_eq!(nonces.len(), 5, "each page has a word of its own");
}

#[tokio::test]
async fn every_answer_tells_browsers_what_to_refuse() {
    let house = House::open().await;
    let anna = house.guest("Anna").await;
    for path in ["/", "/queue/", "/nothing-here", "/api/nothing", "/covers/none"] {
        let answer = anna.visit(path).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "same-origin");
        assert!(
            answer
                .header("content-security-policy")
                .contains("frame-ancestors 'none'")
        );
        assert!(answer.header("permissions-policy").contains("camera=()"));
    }
}

/// In the older program nothing was compressed.
#[tokio::test]
async fn fault_nothing_was_compressed() {
    let house = House::open().await;
    let anna = house.guest("Anna").await;
    for (path, encoding) in [("/", "br"), ("/", "gzip"), ("/api/nests", "br")] {
        let answer = anna.ask(path, &[("accept-encoding", encoding)]).await.expect(200);
        assert_eq!(answer.header("content-encoding"), encoding, "{path}");
    }
    let sound = format!("/audio/{}", house.track(0).await);
    let answer = anna
        .ask(&sound, &[("accept-encoding", "br, gzip")])
        .await
        .expect(200);
    assert_eq!(
        answer.header("content-encoding"),
        "",
        "music is compressed already"
    );
}

#[tokio::test]
async fn a_plain_form_works_without_scripts_and_leads_back() {
    let house = House::open().await;
    let anna = house.guest("Anna").await;
    house.with_a_song_waiting(&anna).await;
    let track = house.track(2).await;
    let headers = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("accept", "text/html"),
        ("origin", "http://127.0.0.1"),
        ("referer", "http://127.0.0.1/?q=copper"),
    ];
    let form = |fields: String| anna.send(Method::POST, "/api/fn/add", &headers, Body::from(fields));
    let answer = form(format!("nest=main&track={track}")).await.expect(302);
    assert_eq!(answer.header("location"), "http://127.0.0.1/?q=copper");
    let queue = anna.get("/queue/").await.json();
    assert!(
        queue["songs"]
            .as_array()
            .is_some_and(|songs| songs.iter().any(|song| song["trackid"] == track.as_str()))
    );

    let refused = form("nest=main&track=library:ffffffffffffffff".to_owned())
        .await
        .expect(302);
    assert!(
        refused
            .header("location")
            .starts_with("http://127.0.0.1/?q=copper&__"),
        "{}",
        refused.header("location")
    );
}

#[tokio::test]
async fn a_server_function_refuses_with_the_status_of_its_reason() {
    let house = House::open().await;
    let fields = "nest=main&track=library:ffffffffffffffff";
    house
        .stranger()
        .call("add", fields)
        .await
        .refused(401, ErrorCode::Unauthenticated);
    let anna = house.guest("Anna").await;
    anna.call("add", fields).await.refused(404, ErrorCode::NotFound);
    anna.call("add", "nest=main")
        .await
        .refused(400, ErrorCode::InvalidRequest);
}
