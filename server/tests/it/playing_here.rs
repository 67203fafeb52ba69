//! Hearing a nest in the browser that asks: choosing it, the news of its player, and the token that the player gets, which is
//! nobody else's business.

use axum::body::Body;
use axum::http::Method;
use insta::assert_json_snapshot;
use nests::hearing::Footing;
use nests::wire::{ErrorCode, ServerFrame};
use serde_json::json;
use standin::spotify::listeners::{ANNA, BEN};
use standin::spotify::{Heard, Spotify};

use super::accounts::{connect, open_with_anna, page};
use super::support::house::PATIENCE;
use super::support::{Answer, Browser, House};

const PLAYER: &str = "/api/nests/main/player";
const TOKEN: &str = "/api/nests/main/player/token";

async fn choose(browser: &Browser) -> Answer {
    browser.post_form("/spotify/here", "nest=main").await.expect(303)
}

async fn ready(browser: &Browser, device: &str) -> Answer {
    browser
        .post(PLAYER, json!({"ready": {"device": device, "asked": true}}))
        .await
}

/// Waits until Anna hears something that is as `is` wants it.
async fn until(standin: &Spotify, is: impl Fn(&Heard) -> bool) {
    let comes = standin.until(|standin| standin.hears(ANNA).as_ref().is_some_and(&is));
    tokio::time::timeout(PATIENCE, comes)
        .await
        .unwrap_or_else(|_| panic!("never heard, but {:?}", standin.hears(ANNA)));
}

#[tokio::test]
async fn a_token_goes_to_its_owner_in_the_browser_they_chose_and_to_nobody_else() {
    let standin = Spotify::start().await.expect("a stand-in");
    let (house, anna) = open_with_anna(&standin).await;
    let ask = async |browser: &Browser| browser.post(TOKEN, json!({})).await;
    ask(&house.stranger())
        .await
        .refused(401, ErrorCode::Unauthenticated);
    let no_account = ask(&anna).await.refused(403, ErrorCode::Forbidden);
    connect(&standin, &anna, ANNA, "").await;
    ask(&anna).await.refused(403, ErrorCode::Forbidden);
    assert_eq!(choose(&anna).await.header("location"), "/#hear");
    let answer = ask(&anna).await.expect(200);
    assert_eq!(answer.header("cache-control"), "no-store");
    let body = answer.json();
    let token = body["access_token"].as_str().expect("a token").to_owned();
    assert!(standin.tokens().contains(&token), "Spotify gave it");
    assert_json_snapshot!("token", body, {".access_token" => "[token]"});
    assert_json_snapshot!("no_token", no_account);

    let ben = house.guest("Ben").await;
    connect(&standin, &ben, BEN, "").await;
    ask(&ben).await.refused(403, ErrorCode::Forbidden);
    choose(&ben).await;
    let his = ask(&ben).await.expect(200).json();
    assert_ne!(his["access_token"], token, "each gets their own");
}

#[tokio::test]
async fn another_sites_page_gets_no_token_and_neither_does_a_form_or_a_link() {
    let standin = Spotify::start().await.expect("a stand-in");
    let (_house, anna) = open_with_anna(&standin).await;
    connect(&standin, &anna, ANNA, "").await;
    choose(&anna).await;
    let send = async |headers: &[(&str, &str)]| {
        let all = [&[("content-type", "application/json")][..], headers].concat();
        anna.send(Method::POST, TOKEN, &all, Body::from("{}")).await
    };
    let ours = [("origin", "http://127.0.0.1"), ("sec-fetch-site", "same-origin")];
    send(&ours).await.expect(200);
    for foreign in [
        [
            ("origin", "https://evil.example"),
            ("sec-fetch-site", "cross-site"),
        ],
        [("origin", "null"), ("sec-fetch-site", "cross-site")],
        [
            ("origin", "http://127.0.0.1:8080"),
            ("sec-fetch-site", "same-site"),
        ],
    ] {
        send(&foreign).await.refused(403, ErrorCode::Forbidden);
    }
    send(&[("sec-fetch-site", "cross-site")])
        .await
        .refused(403, ErrorCode::Forbidden);
    anna.post_form(TOKEN, "").await.expect(400);
    anna.get(TOKEN).await.expect(405);
}

#[tokio::test]
async fn a_token_that_spotify_refuses_is_replaced_and_one_of_a_withdrawn_permission_is_named() {
    let standin = Spotify::start().await.expect("a stand-in");
    let (_house, anna) = open_with_anna(&standin).await;
    connect(&standin, &anna, ANNA, "").await;
    choose(&anna).await;
    let first = anna.post(TOKEN, json!({})).await.expect(200).json()["access_token"].clone();
    standin.revoke_tokens();
    let next = anna
        .post(TOKEN, json!({"refused": first}))
        .await
        .expect(200)
        .json();
    assert_ne!(next["access_token"], first);
    standin.withdraw_permission(ANNA);
    let refused = anna
        .post(TOKEN, json!({"refused": next["access_token"]}))
        .await
        .refused(403, ErrorCode::FeatureNotAllowed);
    assert!(refused.message.contains("Connect again"), "{refused:?}");
}

/// Seconds that Spotify asks for.
const RETRY_AFTER: u64 = 30;

#[tokio::test]
async fn while_spotify_rests_the_page_is_told_for_how_long_and_a_token_that_still_counts_is_handed_over() {
    let standin = Spotify::start().await.expect("a stand-in");
    let (_house, anna) = open_with_anna(&standin).await;
    connect(&standin, &anna, ANNA, "").await;
    choose(&anna).await;
    let device = standin.open_device(ANNA, "EchoNest (Main Nest)", "Computer");
    standin.allow_calls(0, RETRY_AFTER);
    let is_told = |answer: Answer| {
        let wait: u64 = answer.header("retry-after").parse().expect("seconds");
        assert!((1..=RETRY_AFTER).contains(&wait), "{wait}");
        let refused = answer.refused(429, ErrorCode::RateLimited);
        assert!(
            refused.message.starts_with("Spotify needs a break"),
            "{refused:?}"
        );
    };
    is_told(ready(&anna, &device).await); // what Spotify itself says
    standin.take_seen();
    is_told(ready(&anna, &device).await);
    let token = anna.post(TOKEN, json!({})).await.expect(200).json()["access_token"].clone();
    is_told(anna.post(TOKEN, json!({"refused": token})).await);
    assert_eq!(standin.take_seen(), [], "nobody asked");
}

/// It stood there twice, once of the device that is heard and once of the list of all devices.
#[tokio::test]
async fn fault_the_page_of_devices_told_of_one_break_twice() {
    let standin = Spotify::start().await.expect("a stand-in");
    let (house, anna) = open_with_anna(&standin).await;
    connect(&standin, &anna, ANNA, "").await;
    let kitchen = standin.open_device(ANNA, "Kitchen", "Speaker");
    anna.post_form("/api/fn/hear_on", &format!("nest=main&device={kitchen}"))
        .await
        .expect(302);
    let mut tab = house.tab(&anna).await;
    let [first, second] = [0, 1].map(|n| format!("spotify:track:{}", standin.catalogue().tracks[n].id));
    for track in [&first, &second] {
        anna.post("/api/nests/main/commands", json!({"add": {"track": track}}))
            .await
            .expect(200);
    }
    until(&standin, |heard| heard.playing && heard.device == kitchen).await;
    standin.allow_calls(0, RETRY_AFTER);
    let playing = house.everything().await.playing.expect("it plays").queued.song.id;
    anna.post("/api/nests/main/commands", json!({"skip": {"song": playing}}))
        .await
        .expect(200);
    let footing = |frame| match frame {
        ServerFrame::Hearing { footing, .. } => Some(footing),
        _ => None,
    };
    while !matches!(tab.frame_that(footing).await, Footing::RateLimited { .. }) {}
    let choosing = page(&anna, "/spotify?nest=main").await;
    assert!(choosing.contains("needs a break; again in"), "{choosing}");
    assert!(!choosing.contains("wants a break"), "{choosing}");
}

#[tokio::test]
async fn the_player_of_the_page_plays_what_the_nest_plays_until_the_page_goes_or_something_else_is_chosen() {
    let standin = Spotify::start().await.expect("a stand-in");
    let (house, anna) = open_with_anna(&standin).await;
    connect(&standin, &anna, ANNA, "").await;
    choose(&anna).await;
    let _tab = house.tab(&anna).await;
    let track = format!("spotify:track:{}", standin.catalogue().tracks[0].id);
    anna.post("/api/nests/main/commands", json!({"add": {"track": track}}))
        .await
        .expect(200);
    ready(&anna, "not-listed-yet")
        .await
        .refused(404, ErrorCode::NotFound);
    ready(&anna, "../me")
        .await
        .refused(400, ErrorCode::InvalidRequest);
    let device = standin.open_device(ANNA, "EchoNest (Main Nest)", "Computer");
    ready(&anna, &device).await.expect(204);
    until(&standin, |heard| heard.playing && heard.device == device).await;
    let choosing = page(&anna, "/spotify?nest=main").await;
    assert_eq!(choosing.matches(r#"data-testid="chosen""#).count(), 1);
    assert!(
        !choosing.contains("EchoNest (Main Nest) · Computer"),
        "once in the list"
    );
    let ben = house.guest("Ben").await;
    ready(&ben, &device).await.refused(403, ErrorCode::Forbidden);

    anna.post(PLAYER, json!({"gone": {"device": device}}))
        .await
        .expect(204);
    until(&standin, |heard| !heard.playing).await;
    let kitchen = standin.open_device(ANNA, "Kitchen", "Speaker");
    anna.post_form("/api/fn/hear_on", &format!("nest=main&device={kitchen}"))
        .await
        .expect(302);
    ready(&anna, &device).await.refused(403, ErrorCode::Forbidden);
    anna.post(TOKEN, json!({}))
        .await
        .refused(403, ErrorCode::Forbidden);
}

#[tokio::test]
async fn the_script_is_on_the_page_of_the_nest_for_which_this_browser_was_chosen_and_nowhere_else() {
    let standin = Spotify::start().await.expect("a stand-in");
    let (house, anna) = open_with_anna(&standin).await;
    const SCRIPT: &str = r#"src="/hear-here.js""#;
    connect(&standin, &anna, ANNA, "").await;
    assert!(!page(&anna, "/").await.contains(SCRIPT));
    let offered = page(&anna, "/spotify?nest=main").await;
    assert!(offered.contains("In this browser") && offered.contains(r#"action="/spotify/here""#));
    choose(&anna).await;
    let room = page(&anna, "/").await;
    assert!(room.contains(SCRIPT));
    assert!(
        room.contains(r#"data-sdk="https://sdk.scdn.co/spotify-player.js""#)
            && room.contains(r#"data-nest="main""#)
            && room.contains(r#"data-name="Main Nest""#),
        "{room}"
    );
    let code = anna.build("Another").await;
    assert!(!page(&anna, &format!("/nest/{code}")).await.contains(SCRIPT));
    let ben = house.guest("Ben").await;
    assert!(!page(&ben, "/").await.contains(SCRIPT));
    let chosen = page(&anna, "/spotify?nest=main").await;
    assert!(chosen.contains("It plays in this browser while you have the nest open."));
    anna.post_form("/api/fn/stop_hearing", "nest=main")
        .await
        .expect(302);
    assert!(!page(&anna, "/").await.contains(SCRIPT));
}

#[tokio::test]
async fn who_has_no_account_is_led_to_where_one_is_connected() {
    let standin = Spotify::start().await.expect("a stand-in");
    let (house, anna) = open_with_anna(&standin).await;
    assert_eq!(choose(&anna).await.header("location"), "/spotify?nest=main");
    anna.post_form("/spotify/here", "nest=%21").await.expect(404);
    house
        .stranger()
        .post_form("/spotify/here", "nest=main")
        .await
        .expect(401);
    let without = House::open().await;
    let ben = without.guest("Ben").await;
    assert_eq!(choose(&ben).await.header("location"), "/spotify?nest=main");
}

#[tokio::test]
async fn only_the_page_that_opens_the_player_lets_spotifys_script_and_its_frame_in() {
    let standin = Spotify::start().await.expect("a stand-in");
    let (house, anna) = open_with_anna(&standin).await;
    connect(&standin, &anna, ANNA, "").await;
    let ben = house.guest("Ben").await;
    let sdk = "https://sdk.scdn.co";
    let shut = async |who: &Browser, page: &str| {
        let answer = who.visit(page).await.expect(200);
        let policy = answer.header("content-security-policy");
        assert!(!policy.contains(sdk), "{page}: {policy}");
        assert_eq!(part(policy, "frame-src "), "frame-src 'none'");
        assert!(answer.header("permissions-policy").ends_with("autoplay=(self)"));
    };
    shut(&anna, "/").await;
    choose(&anna).await;
    let answer = anna.visit("/").await.expect(200);
    let policy = answer.header("content-security-policy");
    assert!(
        part(policy, "script-src ").ends_with(&format!(" {sdk}")),
        "{policy}"
    );
    assert_eq!(part(policy, "frame-src "), format!("frame-src {sdk}"));
    let permissions = answer.header("permissions-policy");
    assert!(
        permissions.contains(&format!(r#"autoplay=(self "{sdk}")"#)),
        "{permissions}"
    );
    shut(&anna, "/spotify?nest=main").await;
    shut(&anna, "/nests").await;
    shut(&ben, "/").await;
}

fn part(policy: &str, name: &str) -> String {
    let found = policy.split("; ").find(|part| part.starts_with(name));
    found.unwrap_or_default().to_owned()
}
