//! Screens: pairing, looking, nothing else.

use axum::http::Method;
use nests::wire::ErrorCode;
use serde_json::json;

use super::support::house::vote;
use super::support::restful::{drowsy_house, fall_asleep};
use super::support::{Answer, Browser, House, Standing};

/// What stands between two marks.
fn between(text: &str, start: &str, end: &str) -> String {
    let (_, rest) = text
        .split_once(start)
        .unwrap_or_else(|| panic!("no {start} in {text}"));
    rest.split(end).next().unwrap_or_default().to_owned()
}

/// A screen that waits, and its code.
async fn waiting_screen(house: &House) -> (Browser, String) {
    let mut screen = house.stranger();
    let page = screen.visit("/tv").await.expect(200);
    let cookie = page.header("set-cookie").to_owned();
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"),
        "{cookie}"
    );
    screen.take_cookie(&page);
    let code = between(&page.text(), "class=\"tv__code\">", "<");
    assert_eq!(code.len(), 6);
    (screen, code)
}

async fn pair(anna: &Browser, nest: &str, code: &str) -> String {
    let form = format!("nest={nest}&code={code}");
    let answer = anna.post_form("/api/fn/pair_tv", &form).await.expect(302);
    answer.header("location").to_owned()
}

async fn asks_to_be_paired(screen: &Browser, page: &str) {
    let answer = screen.visit(page).await.expect(302);
    assert_eq!(answer.header("location"), "/tv", "{page}");
}

#[tokio::test]
async fn a_screen_shows_a_code_until_a_member_types_it_and_then_the_nest() {
    let house = House::open().await;
    let anna = house.guest("Anna").await;
    let nest = anna.build("Kitchen & <Co>").await;
    let (screen, code) = waiting_screen(&house).await;
    assert!(
        screen.visit("/tv").await.expect(200).text().contains(&code),
        "still the same code"
    );
    let page = format!("/nest/{nest}/tv");
    assert_eq!(screen.visit(&page).await.expect(302).header("location"), "/tv");

    let form = anna
        .visit(&format!("/pair?nest={nest}&code={code}"))
        .await
        .expect(200)
        .text();
    assert!(
        form.contains(&format!("value=\"{code}\"")),
        "scanned codes need no typing"
    );
    assert_eq!(
        pair(&anna, &nest, &code.to_lowercase()).await,
        format!("/pair?nest={nest}")
    );
    let list = anna.visit(&format!("/pair?nest={nest}")).await.expect(200).text();
    assert!(list.contains("Paired by Anna"), "{list}");

    assert_eq!(screen.visit("/tv").await.expect(302).header("location"), page);
    let shown = screen.visit(&page).await.expect(200).text();
    assert!(shown.contains("Kitchen &amp; &lt;Co&gt;"), "{shown}");
    assert!(
        shown.contains("<svg") && shown.contains("127.0.0.1/kitchen-co"),
        "the way in is always there"
    );
    for control in ["<button", "<form", "<input", "wasm"] {
        assert!(!shown.contains(control), "{control}");
    }
}

#[tokio::test]
async fn a_screen_may_look_at_its_own_nest_and_at_nothing_else() {
    let house = House::open().await;
    let anna = house.guest("Anna").await;
    let (nest, other) = (anna.build("Ours").await, anna.build("Theirs").await);
    let (screen, code) = waiting_screen(&house).await;
    pair(&anna, &nest, &code).await;
    asks_to_be_paired(&screen, &format!("/nest/{other}/tv")).await;
    asks_to_be_paired(&screen, "/nest/ZZZZZ/tv").await;
    screen
        .get(&format!("/nest/{other}/tv/events"))
        .await
        .refused(401, ErrorCode::Unauthenticated);
    screen
        .get("/api/nests")
        .await
        .refused(401, ErrorCode::Unauthenticated);
    let add = json!({"add": {"track": house.track(0).await}});
    screen
        .post(&format!("/api/nests/{nest}/commands"), add)
        .await
        .refused(401, ErrorCode::Unauthenticated);
    let room = screen.visit(&format!("/nest/{nest}")).await.expect(303);
    assert!(room.header("location").starts_with("/login"));

    let mut events = screen.listen(&format!("/nest/{nest}/tv/events")).await;
    assert_eq!(events.next().await.0, "build");
    assert_eq!(events.next().await.0, "main");
    let list = anna.visit(&format!("/pair?nest={nest}")).await.text();
    let id = between(&list, "name=\"screen\" value=\"", "\"");
    let form = format!("nest={nest}&screen={id}");
    anna.post_form("/api/fn/unpair_tv", &form).await.expect(302);
    assert_eq!(events.next().await.0, "bye");
    asks_to_be_paired(&screen, &format!("/nest/{nest}/tv")).await;
    screen
        .get(&format!("/nest/{nest}/tv/events"))
        .await
        .refused(401, ErrorCode::Unauthenticated);
}

#[tokio::test]
async fn a_screens_token_opens_no_socket_no_history_and_no_music_and_changes_nothing() {
    let house = House::open().await;
    let anna = house.guest("Anna").await;
    let (ours, other) = (anna.build("Ours").await, anna.build("Theirs").await);
    let song = house.with_a_song_waiting(&anna).await;
    let track = house.track(0).await;
    let (screen, code) = waiting_screen(&house).await;
    pair(&anna, &ours, &code).await;
    let before = Standing::of(&house, &[]).await;
    let bearer = format!("Bearer {}", screen.token());
    let unauthenticated = |answer: Answer| answer.refused(401, ErrorCode::Unauthenticated);

    let mut reads = [
        "/socket/",
        "/api/nests",
        "/api/library",
        "/api/search?q=a",
        "/api/fn/list_nests",
    ]
    .map(str::to_owned)
    .to_vec();
    reads.push(format!("/audio/{track}"));
    for nest in ["main", &ours, &other] {
        let more = [
            "/socket/{}",
            "/api/nests/{}",
            "/api/nests/{}/history",
            "/api/nests/{}/awake",
        ];
        reads.extend(more.map(|path| path.replace("{}", nest)));
        for file in [
            "history.m3u",
            "history.csv",
            "history.json",
            "history",
            "settings",
        ] {
            let led = screen.visit(&format!("/nest/{nest}/{file}")).await.expect(303);
            assert!(led.header("location").starts_with("/login?"), "{file}");
        }
    }
    for path in &reads {
        unauthenticated(screen.get(path).await);
        unauthenticated(screen.ask(path, &[("authorization", &bearer)]).await);
    }

    unauthenticated(screen.post("/api/nests", json!({})).await);
    for nest in ["main", &ours, &other] {
        let path = format!("/api/nests/{nest}");
        unauthenticated(screen.json(Method::PATCH, &path, json!({"name": "Mine"})).await);
        unauthenticated(screen.json(Method::DELETE, &path, json!(null)).await);
        unauthenticated(screen.post(&format!("{path}/restart"), json!({})).await);
        let commands = format!("{path}/commands");
        for command in [
            json!("clear"),
            json!("pause"),
            json!({"skip": {"song": song}}),
            vote(&song, "up"),
        ] {
            unauthenticated(screen.post(&commands, command).await);
        }
        for (function, fields) in [
            ("add", format!("track={track}")),
            ("vote", format!("song={song}&vote=up")),
            ("remove", format!("song={song}")),
            ("clear", String::new()),
            ("rename_nest", "name=Mine".to_owned()),
            ("restart_nest", String::new()),
            ("delete_nest", String::new()),
            ("pair_tv", "code=ABC234".to_owned()),
            ("unpair_tv", "screen=0".to_owned()),
        ] {
            let form = format!("nest={nest}&{fields}");
            unauthenticated(screen.call(function, form.trim_end_matches('&')).await);
        }
    }
    unauthenticated(screen.call("create_nest", "").await);
    assert_eq!(Standing::of(&house, &[]).await, before);
}

#[tokio::test]
async fn what_happens_in_the_nest_is_on_the_screen_at_once_and_a_screen_is_no_listener() {
    let house = House::open().await;
    let anna = house.guest("Anna").await;
    let nest = anna.build("Kitchen").await;
    let (screen, code) = waiting_screen(&house).await;
    pair(&anna, &nest, &code).await;
    let mut events = screen.listen(&format!("/nest/{nest}/tv/events")).await;
    let (kind, build) = events.next().await;
    assert_eq!((kind.as_str(), build.is_empty()), ("build", false));
    let (kind, quiet) = events.next().await;
    assert!(kind == "main" && quiet.contains("Quiet in here"), "{quiet}");

    let commands = format!("/api/nests/{nest}/commands");
    let mut tab = house.tab_at(&anna, &format!("/socket/{nest}")).await;
    anna.post(&commands, json!({"add": {"track": house.track(0).await}}))
        .await
        .expect(200);
    tab.event_that(|change| change.get("started").is_some()).await;
    loop {
        let (_, main) = events.next().await;
        if main.contains("Now playing") && main.contains("brought by Anna") {
            break;
        }
    }
    let card = anna.get(&format!("/api/nests/{nest}")).await.json();
    assert_eq!(card["member_count"], 1, "Anna alone");
    anna.json(Method::DELETE, &format!("/api/nests/{nest}"), json!({}))
        .await
        .expect(204);
    assert_eq!(events.next().await.0, "bye");
}

#[tokio::test]
async fn a_screen_whose_nest_is_gone_asks_to_be_paired_again() {
    let house = House::open().await;
    let anna = house.guest("Anna").await;
    let nest = anna.build("Kitchen").await;
    let (screen, code) = waiting_screen(&house).await;
    pair(&anna, &nest, &code).await;
    screen.visit("/tv").await.expect(302);
    anna.json(Method::DELETE, &format!("/api/nests/{nest}"), json!({}))
        .await
        .expect(204);
    let page = screen.visit("/tv").await.expect(200).text();
    pair(&anna, "main", &between(&page, "class=\"tv__code\">", "<")).await;
    assert_eq!(
        screen.visit("/tv").await.expect(302).header("location"),
        "/nest/main/tv"
    );
}

#[tokio::test]
async fn who_is_signed_in_opens_the_screen_of_any_nest_and_who_is_not_learns_how_to_pair() {
    let house = House::open().await;
    let anna = house.guest("Anna").await;
    let page = anna.visit("/nest/main/tv").await.expect(200);
    assert_eq!(page.header("cache-control"), "private, no-cache");
    assert!(page.text().contains("Main Nest"));
    anna.visit("/nest/ZZZZZ/tv").await.expect(404);
    assert_eq!(
        house
            .stranger()
            .visit("/nest/main/tv")
            .await
            .expect(302)
            .header("location"),
        "/tv"
    );
    let sign_in = house
        .stranger()
        .visit("/pair?nest=main&code=ABC234")
        .await
        .expect(303);
    assert_eq!(
        sign_in.header("location"),
        "/login?next=/pair%3Fnest%3Dmain%26code%3DABC234"
    );
}

#[tokio::test]
async fn a_waiting_screen_is_told_when_its_code_was_typed_and_keeps_the_code_until_then() {
    let house = House::open().await;
    let anna = house.guest("Anna").await;
    let nest = anna.build("Kitchen").await;
    house
        .stranger()
        .get("/tv/events")
        .await
        .refused(401, ErrorCode::Unauthenticated);
    let (screen, code) = waiting_screen(&house).await;
    let mut events = screen.listen("/tv/events").await;
    assert_eq!(events.next().await.0, "build");
    let (kind, main) = events.next().await;
    assert_eq!(kind, "main");
    assert_eq!(between(&main, "class=\"tv__code\">", "<"), code);
    pair(&anna, &nest, &code).await;
    assert_eq!(events.next().await.0, "bye");
    let page = format!("/nest/{nest}/tv");
    assert_eq!(screen.visit("/tv").await.expect(302).header("location"), page);
}

#[tokio::test]
async fn a_screen_falls_asleep_with_its_nest_and_wakes_with_it() {
    let house = drowsy_house(&[], |_| {}).await;
    let anna = house.guest("Anna").await;
    let nest = anna.build("Kitchen").await;
    let (screen, code) = waiting_screen(&house).await;
    pair(&anna, &nest, &code).await;
    let address = format!("/nest/{nest}/tv/events");
    let mut events = screen.listen(&address).await;
    assert_eq!(events.next().await.0, "build");
    assert!(events.next().await.1.contains("Quiet in here"));
    fall_asleep(&house, &nest).await;
    assert!(events.next().await.1.contains("Asleep."));
    let mut late = screen.listen(&address).await;
    assert_eq!(late.next().await.0, "build");
    assert!(
        late.next().await.1.contains("Asleep."),
        "one that is switched on meanwhile"
    );
    anna.post(&format!("/api/nests/{nest}/restart"), json!({}))
        .await
        .expect(200);
    for events in [&mut events, &mut late] {
        let (kind, main) = events.next().await;
        assert!(kind == "main" && main.contains("Quiet in here"), "{kind}: {main}");
    }
}

/// Any 64 hex digits passed for a screen that the house knows: its pace was for the honest, and each wrote two keys.
#[tokio::test]
async fn fault_made_up_screens_were_past_the_pace() {
    /// As many screens may ask for a code within a minute.
    const ALLOWED: usize = 20;
    let house = House::open().await;
    let anna = house.guest("Anna").await;
    let (paired, code) = waiting_screen(&house).await;
    pair(&anna, "main", &code).await;
    let (waiting, code) = waiting_screen(&house).await;
    let made_up = |n: usize| {
        let mut screen = house.stranger();
        screen.cookie = format!("nests_tv={n:064x}");
        screen
    };
    let events = made_up(0).stream("/tv/events").await;
    assert_eq!(events.status(), 401, "nor does it hear of a code");
    for n in 2..ALLOWED {
        let page = made_up(n).visit("/tv").await.expect(200);
        let issued = page.header("set-cookie");
        assert!(!issued.contains(made_up(n).token()), "it gets a token of ours");
    }
    let keys = house.store().keys_with("|tv-");
    let refused = made_up(ALLOWED).get("/tv").await;
    let error = refused.refused(429, ErrorCode::RateLimited);
    assert_eq!(
        refused.header("retry-after"),
        error.retry_after.expect("seconds").to_string()
    );
    assert_eq!(
        house.store().keys_with("|tv-"),
        keys,
        "nothing was written for it"
    );
    for _ in 0..2 * ALLOWED {
        paired.visit("/tv").await.expect(302);
    }
    let page = waiting.visit("/tv").await.expect(200);
    assert!(page.text().contains(&code), "nor is one that waits");
}
