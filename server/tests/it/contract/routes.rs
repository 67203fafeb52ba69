//! Every route of the nests, each with an answer that is not a refusal.

use axum::http::Method;
use insta::assert_json_snapshot;
use serde_json::{Value, json};

use super::scene::Scene;
use super::table::Table;
use crate::support::{House, Tab};

const SEED: &str = "spotify:track:3utq2FgD1pkmIoaWfjXWAU";

#[tokio::test]
async fn every_route_answers_as_it_is_written() {
    let house = House::open_with(&[("NEST_MAX_ACTIVE", "2")], |_| {}).await;
    let mut table = Table::of(&house);
    let (stranger, anna) = (house.stranger(), house.guest("Anna").await);

    table.get(&stranger, "/health").await;
    table.visit(&stranger, "/login").await;
    table
        .form(&stranger, "/login/guest", "nickname=Ben&next=/nests")
        .await;
    table.get(&stranger, "/queue/").await;
    table.get(&stranger, "/playing/").await;

    let wish = json!({"name": "Friday Vibes", "seed_track": SEED});
    let built = anna.post("/api/nests", wish).await.expect(200);
    let code = built.json()["code"].as_str().expect("a code").to_owned();
    table.name(&code, "[code]");
    table.name(code.to_lowercase(), "[code, lower case]");
    table.enter("POST /api/nests with a name and a seed track", &built);
    let by_code = format!("/api/nests/{}", code.to_lowercase());
    table.get(&anna, "/api/nests").await;
    table.get(&anna, "/api/nests/main").await;
    table.get(&anna, &by_code).await;
    let patch = Method::PATCH;
    table
        .send(&anna, patch.clone(), &by_code, json!({"name": "Saturday Vibes"}))
        .await;
    table
        .send(&anna, patch.clone(), &by_code, json!({"emoji": "\u{1F3A7}"}))
        .await;
    table.send(&anna, patch, &by_code, json!({"bender": false})).await;

    table.visit(&anna, "/friday-vibes").await;
    table.visit(&anna, "/saturday-vibes").await;
    table.visit(&anna, &format!("/{}", code.to_lowercase())).await;
    let page = format!("/nest/{code}");
    table.visit(&anna, &page).await;
    table.visit(&stranger, &page).await;
    table.visit(&stranger, &format!("{page}/settings")).await;
    table.visit(&stranger, "/nests").await;
    table.visit(&anna, "/nest/ZZZZZ").await;

    let force = json!({"mode": "force"});
    table
        .send(&anna, Method::POST, &format!("{by_code}/restart"), force)
        .await;
    table.get(&anna, &format!("{by_code}/history")).await;
    table.send(&anna, Method::DELETE, &by_code, Value::Null).await;
    table.form(&anna, "/logout", "").await;
    table.get(&anna, "/api/nests").await;
    assert_json_snapshot!("every_route", table.rows);
}

/// What the routes say of a nest in which somebody listens to something, and of one that sleeps; and who gets a socket.
#[tokio::test]
async fn what_plays_who_listens_and_what_sleeps_is_told_and_sockets_open_for_whoever_may() {
    let scene = Scene::set().await;
    let mut table = Table::of(&scene.house);
    let names = [
        (&scene.awake, "[awake]"),
        (&scene.asleep, "[asleep]"),
        (&scene.doomed, "[other]"),
    ];
    for (code, shown) in names {
        table.name(code, shown);
    }
    table.name(scene.asleep.to_lowercase(), "[asleep, lower case]");
    table.get(&scene.ben, "/api/nests").await;
    for code in [&scene.awake, &scene.asleep] {
        table.get(&scene.ben, &format!("/api/nests/{code}")).await;
    }
    table
        .visit(&scene.ben, &format!("/{}", scene.asleep.to_lowercase()))
        .await;
    let nowhere = [
        (&scene.ben, "/socket/ZZZZZ".to_owned()),
        (&scene.ben, format!("/socket/{}", scene.asleep)),
        (&scene.stranger, "/socket/".to_owned()),
        (&scene.stranger, format!("/socket/{}", scene.awake)),
    ];
    for (who, path) in nowhere {
        let cookie = [("cookie", who.cookie.as_str())];
        let shut = Tab::try_open(scene.house.addr, &path, &cookie).await.err();
        let (status, error) = shut.unwrap_or_else(|| panic!("{path} is shut"));
        table.enter_refusal(&format!("GET {path}, a socket"), status, error);
    }
    for path in ["/socket/".to_owned(), format!("/socket/{}", scene.awake)] {
        scene.house.tab_at(&scene.ben, &path).await.snapshot().await;
    }
    assert_json_snapshot!("awake_and_asleep", table.rows);
}
