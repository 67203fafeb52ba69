//! The store is away: every route says so, and none takes that for "there is no such nest".

use axum::http::Method;
use insta::assert_json_snapshot;
use nests::wire::ErrorCode;
use serde_json::{Value, json};

use super::table::Table;
use crate::support::{House, Tab};

const AWAY: u16 = 503;

#[tokio::test]
async fn with_the_store_away_every_route_says_so_and_none_says_not_found() {
    let mut house = House::open().await;
    let anna = house.guest("Anna").await;
    let code = anna.build("Out").await;
    let sound = format!("/audio/{}", house.track(0).await);
    house.lose_redis().await;
    let mut table = Table::of(&house);
    table.name(&code, "[code]");
    table.name(&sound, "/audio/[track]");
    let at = format!("/api/nests/{code}");
    let requests = [
        (Method::GET, "/health".to_owned(), Value::Null),
        (Method::GET, "/queue/".to_owned(), Value::Null),
        (Method::GET, "/playing/".to_owned(), Value::Null),
        (Method::GET, "/api/nests".to_owned(), Value::Null),
        (Method::POST, "/api/nests".to_owned(), json!({})),
        (Method::GET, at.clone(), Value::Null),
        (Method::PATCH, at.clone(), json!({"name": "In"})),
        (Method::PATCH, at.clone(), json!({"bender": false})),
        (Method::DELETE, at.clone(), Value::Null),
        (Method::POST, format!("{at}/restart"), json!({})),
        (Method::POST, format!("{at}/commands"), json!("clear")),
        (Method::GET, format!("{at}/history"), Value::Null),
        (Method::GET, format!("{at}/awake"), Value::Null),
        (Method::GET, sound, Value::Null),
        (Method::GET, "/api/fn/list_nests".to_owned(), Value::Null),
        (Method::GET, format!("/nest/{code}/qr.svg"), Value::Null),
        (Method::GET, format!("/nest/{code}/card.png"), Value::Null),
        (Method::GET, format!("/{code}"), Value::Null),
    ];
    for (method, path, body) in requests {
        let answer = table.send(&anna, method, &path, body).await;
        answer.refused(AWAY, ErrorCode::StoreUnavailable);
    }
    assert_json_snapshot!("with_the_store_away", table.rows);
}

#[tokio::test]
async fn with_the_store_away_whoever_waits_for_a_page_or_follows_a_link_gets_a_page_that_looks_again() {
    let mut house = House::open().await;
    let (stranger, anna) = (house.stranger(), house.guest("Anna").await);
    let code = anna.build("Out").await;
    house.lose_redis().await;
    let nest = format!("/nest/{code}");
    let pages = [
        "/".to_owned(),
        nest.clone(),
        format!("{nest}/history"),
        format!("{nest}/history.csv"),
        format!("{nest}/settings"),
        format!("{nest}/tv"),
        "/nests".to_owned(),
        "/build".to_owned(),
        "/join".to_owned(),
        "/pair".to_owned(),
        "/login".to_owned(),
    ];
    let links = [format!("/{code}"), "/out".to_owned(), "/tv".to_owned()];
    let visits = pages.iter().map(|page| (&anna, page));
    let followed = links.iter().flat_map(|link| [(&anna, link), (&stranger, link)]);
    for (who, path) in visits.chain(followed) {
        let page = who.visit(path).await.expect(AWAY);
        assert_eq!(page.header("retry-after"), "5", "{path}");
        assert!(page.header("content-type").starts_with("text/html"), "{path}");
        assert!(
            page.text().contains("Back in a moment"),
            "{path}: {}",
            page.text()
        );
    }
    stranger.visit("/login").await.expect(200);
}

#[tokio::test]
async fn with_the_store_away_a_plain_form_is_answered_by_a_page_and_not_sent_again() {
    let mut house = House::open().await;
    let anna = house.guest("Anna").await;
    house.lose_redis().await;
    for (form, fields) in [
        ("/api/fn/clear", "nest=main"),
        ("/api/fn/create_nest", ""),
        ("/logout", ""),
    ] {
        let page = anna.post_form(form, fields).await.expect(AWAY);
        let text = page.text();
        assert!(text.contains("go back and send it again"), "{form}: {text}");
        assert!(!text.contains("http-equiv"), "{form}: {text}");
    }
}

#[tokio::test]
async fn with_the_store_away_no_socket_opens_and_none_is_told_that_its_nest_is_unknown() {
    let mut house = House::open().await;
    let anna = house.guest("Anna").await;
    let code = anna.build("Out").await;
    house.lose_redis().await;
    for path in [
        "/socket/",
        "/socket/main",
        "/socket/out",
        &format!("/socket/{code}"),
    ] {
        let refused = Tab::try_open(house.addr, path, &[("cookie", &anna.cookie)]).await;
        let (status, error) = refused.err().expect("the door stays shut");
        assert_eq!(
            (status.as_u16(), error.map(|e| e.error)),
            (AWAY, Some(ErrorCode::StoreUnavailable)),
            "{path}"
        );
    }
}

/// Nobody has to be looked up in development, so the outage meets the page while it is drawn.
#[tokio::test]
async fn a_page_that_meets_the_outage_while_it_is_drawn_says_so_as_a_page() {
    let developer = [("DEBUG", "true"), ("DEV_AUTH_EMAIL", "dev@example.org")];
    let mut house = House::open_with(&developer, |_| {}).await;
    let dev = house.stranger();
    let code = dev.build("Out").await;
    house.lose_redis().await;
    let nest = format!("/nest/{code}");
    for path in [
        "/",
        &nest,
        &format!("{nest}/history"),
        &format!("{nest}/settings"),
        "/nests",
        "/join",
        &format!("/pair?nest={code}"),
    ] {
        let page = dev.visit(path).await.expect(AWAY);
        assert_eq!(page.header("retry-after"), "5", "{path}");
        let text = page.text();
        assert!(
            text.contains("Go to the Main Nest") || path == "/join",
            "{path}: {text}"
        );
        assert!(text.contains("be reached right now"), "{path}: {text}");
    }
}
