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

/// A page's input with this id, up to the end of its tag.
fn input<'a>(page: &'a str, id: &str) -> &'a str {
    let from = page
        .find(&format!("id=\"{id}\""))
        .unwrap_or_else(|| panic!("{id}: {page}"));
    let begin = page[..from].rfind('<').expect("a tag");
    page[begin..].split('>').next().expect("a whole tag")
}

/// What is said at the field of this id.
fn said_at<'a>(page: &'a str, error_id: &str) -> &'a str {
    let after = page
        .split_once(&format!("id=\"{error_id}\""))
        .expect("a place for it")
        .1;
    after.split("</p>").next().expect("a paragraph")
}

#[tokio::test]
async fn a_nest_that_cannot_be_built_comes_back_with_what_was_typed_and_the_error_at_its_field() {
    let house = House::open().await;
    let anna = house.guest("Anna").await;
    let fields = "name=My+%22%3CParty%3E%22&seed_track=nonsense";
    let answer = anna.post_form("/api/fn/create_nest", fields).await.expect(302);
    let page = anna.visit(answer.header("location")).await.expect(200).text();
    let (name, seed) = (input(&page, "build-name"), input(&page, "build-seed"));
    assert!(
        name.contains("value=\"My &quot;&lt;Party") && !page.contains("<Party"),
        "typed text stays text: {name}"
    );
    assert!(seed.contains("value=\"nonsense\""), "{seed}");
    assert!(
        seed.contains("aria-invalid=\"true\"") && seed.contains("aria-describedby=\"build-seed-error "),
        "{seed}"
    );
    assert!(!name.contains("aria-invalid"), "{name}");
    assert!(
        said_at(&page, "build-seed-error").contains("A seed track is a track's URI"),
        "{page}"
    );
    assert_eq!(page.matches("A seed track is a track's URI").count(), 1, "once");

    let long = "x".repeat(5_000);
    let answer = anna
        .post_form("/api/fn/create_nest", &format!("name={long}"))
        .await
        .expect(302);
    assert!(
        answer.header("location").len() < 500,
        "{}",
        answer.header("location")
    );
    let page = anna.visit(answer.header("location")).await.expect(200).text();
    assert!(
        input(&page, "build-name").contains("aria-invalid=\"true\""),
        "{page}"
    );
    assert!(
        input(&page, "build-name").contains("value=\"xxxxx"),
        "it can be mended where it stands"
    );

    // Another site's link puts nothing into our form.
    let elsewhere = [("sec-fetch-site", "cross-site"), ("accept", "text/html")];
    let page = anna
        .ask("/build?error=No&name=Evil", &elsewhere)
        .await
        .expect(200)
        .text();
    assert!(!page.contains("Evil"), "{page}");
    let made = anna
        .post_form("/api/fn/create_nest", "name=My+Party")
        .await
        .expect(302);
    assert_eq!(made.header("location"), "/my-party");
    anna.call("create_nest", "seed_track=nonsense")
        .await
        .refused(400, ErrorCode::InvalidRequest);
}

#[tokio::test]
async fn a_refused_code_name_emoji_and_nickname_come_back_as_they_were_typed() {
    let house = House::open().await;
    let anna = house.guest("Anna").await;
    for code in ["no such code!", "ZZZZZ"] {
        let form = format!("code={}", code.replace(' ', "+"));
        let answer = anna.post_form("/api/fn/join_by_code", &form).await.expect(302);
        let page = anna.visit(answer.header("location")).await.expect(200).text();
        let field = input(&page, "join-code");
        assert!(
            field.contains(&format!("value=\"{code}\"")) && field.contains("aria-invalid=\"true\""),
            "{field}"
        );
        let said = said_at(&page, "join-code-error").split('>').next();
        assert!(said.is_some_and(|tag| !tag.contains("hidden")), "{page}");
    }

    let nest = anna.build("Friday Vibes").await;
    let long = &"x".repeat(41);
    for (function, field, typed) in [
        ("rename_nest", "name", long.as_str()),
        ("set_emoji", "emoji", "AB"),
    ] {
        let form = format!("nest={nest}&{field}={typed}");
        let answer = anna
            .post_form(&format!("/api/fn/{function}"), &form)
            .await
            .expect(302);
        let page = anna.visit(answer.header("location")).await.expect(200).text();
        let tag = input(&page, field);
        assert!(
            tag.contains(&format!("value=\"{typed}\"")) && tag.contains("aria-invalid=\"true\""),
            "{tag}"
        );
        assert!(
            tag.contains(&format!("aria-describedby=\"{field}-error ")),
            "{tag}"
        );
    }

    let stranger = house.stranger();
    let form = format!("nickname=%3Cb%3E{long}&next=/build");
    let answer = stranger.post_form("/login/guest", &form).await.expect(303);
    let page = stranger.visit(answer.header("location")).await.expect(200).text();
    let field = input(&page, "nickname");
    assert!(
        field.contains("value=\"&lt;b") && field.contains("aria-invalid=\"true\""),
        "{field}"
    );
    assert!(page.contains("value=\"/build\""), "and the way on stays: {page}");
}
