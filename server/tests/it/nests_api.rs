//! `/api/nests`: building, listing, finding, renaming and deleting nests.

use axum::http::Method;
use insta::assert_json_snapshot;
use nests::wire::ErrorCode;
use serde_json::{Value, json};

use super::support::{Browser, House, music};

/// What differs from run to run.
const CODE: &str = "[code]";

async fn build(browser: &Browser, wish: Value) -> Value {
    browser.post("/api/nests", wish).await.expect(200).json()
}

/// The card without what chance and the clock put into it.
fn settled(card: &Value) -> Value {
    let mut card = card.clone();
    let code = card["code"].as_str().expect("a code").to_owned();
    for field in ["nest_id", "code", "url", "short_url"] {
        let text = card[field].as_str().expect("text").replace(&code, CODE);
        card[field] = json!(
            text.rsplit("://")
                .next()
                .and_then(|t| t.split_once('/'))
                .map_or(text.as_str(), |(_, p)| p)
        );
    }
    for field in ["created_at", "last_activity"] {
        assert!(
            card[field]
                .as_str()
                .is_some_and(|time| time.ends_with('Z') && time.contains('T')),
            "RFC 3339"
        );
        card[field] = json!("[time]");
    }
    card
}

#[tokio::test]
async fn a_nest_with_a_name_gets_a_link_name_and_everything_is_told_about_it() {
    let house = House::open().await;
    let anna = house.guest("Anna").await;
    let card = build(&anna, json!({"name": "  Friday\n Vibes "})).await;
    assert_json_snapshot!("a_named_nest", settled(&card));
    let code = card["code"].as_str().expect("a code");
    for name in [code, &code.to_lowercase(), "friday-vibes", "FRIDAY-VIBES"] {
        let found = anna.get(&format!("/api/nests/{name}")).await.expect(200).json();
        assert_eq!(found["nest_id"], card["nest_id"], "{name}");
    }
}

#[tokio::test]
async fn a_nest_without_a_name_gets_one() {
    let house = House::open().await;
    let anna = house.guest("Anna").await;
    let card = build(&anna, json!({})).await;
    assert!(card["name"].as_str().is_some_and(|name| name.len() > 3), "{card}");
    assert_eq!(card["slug"], Value::Null);
    assert_eq!(card["is_main"], false);
}

#[tokio::test]
async fn a_seed_is_looked_up_for_its_genre_and_kept_where_nobody_knows_it() {
    let house = House::open().await;
    let anna = house.guest("Anna").await;
    let ferry = house.track(3).await;
    let pasted = "https://open.spotify.com/intl-de/track/3utq2FgD1pkmIoaWfjXWAU?si=0f3a";
    let no_such = "library:ffffffffffffffff";
    let table = [
        (
            ferry.as_str(),
            ferry.as_str(),
            json!(music::FERRYS_GENRE),
            Value::Null,
        ),
        // There is no Spotify in this house that could be asked.
        (
            pasted,
            "spotify:track:3utq2FgD1pkmIoaWfjXWAU",
            Value::Null,
            json!(true),
        ),
        (no_such, no_such, Value::Null, json!(true)),
    ];
    for (seed, uri, genre, unverified) in table {
        let built = build(&anna, json!({"name": "Seeded", "seed_track": seed})).await;
        let path = format!("/api/nests/{}", built["code"].as_str().expect("a code"));
        let found = anna.get(&path).await.expect(200).json();
        for card in [&built, &found] {
            assert_eq!(
                (&card["seed_uri"], &card["genre_hint"], &card["seed_unverified"]),
                (&json!(uri), &genre, &unverified),
                "{seed}"
            );
        }
    }
    let sonic = build(&anna, json!({})).await;
    assert!(sonic["seed_uri"].is_string(), "{sonic}");
    assert_eq!(sonic["seed_unverified"], Value::Null, "nobody named it");
}

#[tokio::test]
async fn an_old_link_name_leads_on_until_somebody_claims_it() {
    let house = House::open().await;
    let (anna, ben) = (house.guest("Anna").await, house.guest("Ben").await);
    let hers = anna.build("Friday Vibes").await;
    let path = format!("/api/nests/{hers}");
    let rename = |name: &str| anna.json(Method::PATCH, &path, json!({"name": name}));
    rename("Saturday Vibes").await.expect(200);
    let leads_to = async |link: &str, code: &str| {
        let answer = house.stranger().visit(&format!("/{link}")).await.expect(302);
        assert_eq!(answer.header("location"), format!("/nest/{code}"), "{link}");
        let found = anna.get(&format!("/api/nests/{link}")).await.expect(200).json();
        assert_eq!(found["code"], code, "{link}");
    };
    leads_to("friday-vibes", &hers).await;
    let his = build(&ben, json!({"name": "Friday Vibes"})).await;
    assert_eq!(his["slug"], "friday-vibes", "the old name was free");
    let his = his["code"].as_str().expect("a code");
    leads_to("friday-vibes", his).await;
    leads_to("saturday-vibes", &hers).await;
    let renamed = rename("Friday Vibes").await.expect(200).json();
    assert_eq!(renamed["slug"], "friday-vibes-2");
    leads_to("friday-vibes", his).await;
}

#[tokio::test]
async fn the_list_begins_with_the_main_nest_and_is_for_people_who_came_in() {
    let house = House::open().await;
    let anna = house.guest("Anna").await;
    build(&anna, json!({"name": "Friday Vibes"})).await;
    let list = anna.get("/api/nests").await.expect(200).json();
    let names: Vec<&Value> = list["nests"]
        .as_array()
        .expect("nests")
        .iter()
        .map(|nest| &nest["name"])
        .collect();
    assert_eq!(names, [&json!("Main Nest"), &json!("Friday Vibes")]);
    assert_eq!(list["nests"][0]["now_playing"], Value::Null);
    house
        .stranger()
        .get("/api/nests")
        .await
        .refused(401, ErrorCode::Unauthenticated);
}

#[tokio::test]
async fn what_plays_stands_in_the_list() {
    let house = House::open().await;
    let anna = house.guest("Anna").await;
    house.with_a_song_waiting(&anna).await;
    let list = anna.get("/api/nests").await.expect(200).json();
    assert_eq!(
        list["nests"][0]["now_playing"],
        json!({"title": "Morning Glass", "artist": "Ada Brook"})
    );
}

#[tokio::test]
async fn only_its_creator_renames_a_nest_and_its_link_name_follows() {
    let house = House::open().await;
    let (anna, ben) = (house.guest("Anna").await, house.guest("Ben").await);
    let card = build(&anna, json!({"name": "Friday Vibes"})).await;
    let path = format!("/api/nests/{}", card["code"].as_str().expect("a code"));
    let wish = json!({"name": "Saturday Vibes"});
    ben.json(Method::PATCH, &path, wish.clone())
        .await
        .refused(403, ErrorCode::Forbidden);
    let renamed = anna.json(Method::PATCH, &path, wish).await.expect(200).json();
    assert_eq!(
        (&renamed["name"], &renamed["slug"]),
        (&json!("Saturday Vibes"), &json!("saturday-vibes"))
    );
    anna.json(Method::PATCH, &path, json!({}))
        .await
        .refused(400, ErrorCode::InvalidRequest);
    let error = anna
        .json(Method::PATCH, &path, json!({"name": " \n "}))
        .await
        .refused(400, ErrorCode::InvalidRequest);
    assert_eq!(error.field.as_deref(), Some("name"));
}

#[tokio::test]
async fn bender_is_switched_by_the_host_and_in_the_main_nest_by_everybody() {
    let house = House::open_with(&[("USE_BENDER", "true")], |_| {}).await;
    let (anna, ben) = (house.guest("Anna").await, house.guest("Ben").await);
    let card = build(&anna, json!({"name": "Friday Vibes"})).await;
    assert_eq!(card["bender"], true);
    let hers = format!("/api/nests/{}", card["code"].as_str().expect("a code"));
    let switch = async |who: &Browser, path: &str, on: bool| {
        who.json(Method::PATCH, path, json!({"bender": on})).await
    };
    switch(&ben, &hers, false)
        .await
        .refused(403, ErrorCode::Forbidden);
    for (who, path) in [(&anna, hers.as_str()), (&ben, "/api/nests/main")] {
        for on in [false, false, true] {
            let said = switch(who, path, on).await.expect(200).json();
            assert_eq!(said["bender"], on, "{path}");
            let found = ben.get(path).await.expect(200).json();
            assert_eq!(found["bender"], on, "{path}");
        }
    }
    let both = json!({"bender": false, "name": "Saturday Vibes"});
    let error = anna
        .json(Method::PATCH, &hers, both)
        .await
        .refused(400, ErrorCode::InvalidRequest);
    assert_eq!(error.field.as_deref(), Some("bender"), "one step or none");
    let found = anna.get(&hers).await.expect(200).json();
    assert_eq!(
        (&found["bender"], &found["name"]),
        (&json!(true), &json!("Friday Vibes"))
    );
}

#[tokio::test]
async fn a_house_can_begin_its_nests_without_bender() {
    let env = [("USE_BENDER", "true"), ("NEST_BENDER_DEFAULT", "false")];
    let house = House::open_with(&env, |_| {}).await;
    let anna = house.guest("Anna").await;
    let card = build(&anna, json!({})).await;
    assert_eq!(card["bender"], false);
    let path = format!("/api/nests/{}", card["code"].as_str().expect("a code"));
    let on = anna.json(Method::PATCH, &path, json!({"bender": true})).await;
    assert_eq!(on.expect(200).json()["bender"], true);
}

/// In the older program anyone could delete any nest, and deleted nests went on working.
#[tokio::test]
async fn fault_anyone_could_delete_any_nest() {
    let house = House::open().await;
    let (anna, ben) = (house.guest("Anna").await, house.guest("Ben").await);
    let card = build(&anna, json!({})).await;
    let path = format!("/api/nests/{}", card["code"].as_str().expect("a code"));
    ben.json(Method::DELETE, &path, json!({}))
        .await
        .refused(403, ErrorCode::Forbidden);
    anna.json(Method::DELETE, "/api/nests/main", json!({}))
        .await
        .refused(403, ErrorCode::Forbidden);
    anna.json(Method::DELETE, &path, json!({})).await.expect(204);
    let gone = anna.get(&path).await;
    assert!(matches!(gone.status.as_u16(), 404 | 410), "{gone:?}");
    let add = json!({"add": {"track": house.track(0).await}});
    let refused = anna.post(&format!("{path}/commands"), add).await;
    assert!(matches!(refused.status.as_u16(), 404 | 410), "{refused:?}");
}

#[tokio::test]
async fn the_house_holds_so_many_nests_and_no_more() {
    let house = House::open_with(&[("NEST_MAX_ACTIVE", "2")], |_| {}).await;
    let anna = house.guest("Anna").await;
    for _ in 0..2 {
        build(&anna, json!({})).await;
    }
    anna.post("/api/nests", json!({}))
        .await
        .refused(429, ErrorCode::NestLimitReached);
}

#[tokio::test]
async fn a_house_may_have_no_nests_but_the_main_one() {
    let house = House::open_with(&[("NESTS_ENABLED", "false")], |_| {}).await;
    let anna = house.guest("Anna").await;
    anna.post("/api/nests", json!({}))
        .await
        .refused(429, ErrorCode::NestLimitReached);
}

/// In the older program a name that isn't a string answered 500 with internals.
#[tokio::test]
async fn fault_a_name_that_is_not_a_string_answered_500() {
    let house = House::open().await;
    let anna = house.guest("Anna").await;
    let long = "x".repeat(41);
    let wishes = [
        (json!({"name": 7}), "name"),
        (json!({"name": ["a"]}), "name"),
        (json!({"name": {"$gt": ""}}), "name"),
        (json!({"name": long}), "name"),
        (json!({"seed_track": 7}), "seed_track"),
        (json!({"seed_track": "../../etc/passwd"}), "seed_track"),
        (json!("name"), "body"),
        (json!(null), "body"),
    ];
    for (wish, field) in wishes {
        let answer = anna.post("/api/nests", wish.clone()).await;
        assert_eq!(answer.status.as_u16(), 400, "{wish}");
        let error = answer.refused(400, ErrorCode::InvalidRequest);
        assert_eq!(error.field.as_deref(), Some(field), "{wish}");
        assert!(
            !error.message.contains("Wish") && !error.message.contains("line"),
            "{}",
            error.message
        );
    }
    assert_eq!(
        anna.get("/api/nests").await.json()["nests"]
            .as_array()
            .map(Vec::len),
        Some(1),
        "nothing was built"
    );
}
