//! Every error that a route can answer, with its words; and that whoever is refused has changed nothing.

use axum::body::Body;
use axum::http::Method;
use futures_util::future::join_all;
use insta::assert_json_snapshot;
use serde_json::{Value, json};

use super::scene::Scene;
use super::table::Table;
use crate::support::house::vote;
use crate::support::{Answer, Browser, House};

type Row<'a> = (&'a Browser, Method, String, Value);

/// Rows of refusals, each compared with how the house stood before.
struct Refusals<'a> {
    scene: &'a Scene,
    table: Table,
}

impl Refusals<'_> {
    async fn add<const N: usize>(&mut self, rows: [Row<'_>; N]) {
        for (who, method, path, body) in rows {
            let before = self.scene.standing().await;
            let answer = self.table.send(who, method.clone(), &path, body).await;
            assert!(answer.status.is_client_error(), "{method} {path}: {answer:?}");
            assert_eq!(self.scene.standing().await, before, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn every_error_that_a_route_can_answer_has_its_shape_and_changes_nothing() {
    const GET: Method = Method::GET;
    const POST: Method = Method::POST;
    const PATCH: Method = Method::PATCH;
    const DELETE: Method = Method::DELETE;
    let scene = Scene::set().await;
    let Scene {
        stranger, anna, ben, ..
    } = &scene;
    let nests = || "/api/nests".to_owned();
    let at = |code: &str| format!("/api/nests/{code}");
    let [restart, commands, history] =
        ["restart", "commands", "history"].map(|what| move |code: &str| format!("/api/nests/{code}/{what}"));
    let (awake, asleep, gone) = (&*scene.awake, &*scene.asleep, &*scene.doomed);
    let mine = || json!({"name": "Mine"});
    let add = json!({"add": {"track": scene.house.track(2).await}});
    let mut table = Table::of(&scene.house);
    for (code, shown) in [(awake, "[awake]"), (asleep, "[asleep]"), (gone, "[gone]")] {
        table.name(code, shown);
    }
    table.name(add["add"]["track"].as_str().expect("a track"), "[track]");
    table.name(&scene.song, "[song]");
    let scene = &scene;
    let mut refusals = Refusals { scene, table };

    // nest_limit_reached
    refusals
        .add([
            (anna, POST, nests(), json!({})),
            (anna, POST, restart(asleep), json!({})),
        ])
        .await;
    // unauthenticated
    refusals
        .add([
            (stranger, GET, nests(), Value::Null),
            (stranger, POST, nests(), json!({})),
            (stranger, GET, at(awake), Value::Null),
            (stranger, PATCH, at(awake), mine()),
            (stranger, DELETE, at(awake), Value::Null),
            (stranger, POST, restart(awake), json!({})),
            (stranger, POST, commands(awake), json!("clear")),
            (stranger, GET, history(awake), Value::Null),
        ])
        .await;
    // forbidden
    refusals
        .add([
            (ben, PATCH, at(awake), mine()),
            (ben, PATCH, at(awake), json!({"bender": true})),
            (ben, DELETE, at(awake), Value::Null),
            (ben, POST, restart(awake), json!({})),
            (anna, DELETE, at("main"), Value::Null),
            (anna, PATCH, at("main"), mine()),
            (anna, POST, restart("main"), json!({"mode": "force"})),
            (anna, POST, commands(awake), vote(&scene.song, "up")),
        ])
        .await;
    // not_found
    refusals
        .add([
            (anna, GET, at("ZZZZZ"), Value::Null),
            (anna, GET, at("no-such-link"), Value::Null),
            (anna, PATCH, at("ZZZZZ"), mine()),
            (anna, DELETE, at("ZZZZZ"), Value::Null),
            (anna, POST, restart("ZZZZZ"), json!({})),
            (anna, POST, commands("ZZZZZ"), json!("clear")),
            (anna, GET, history("ZZZZZ"), Value::Null),
            (anna, GET, "/api/nothing-here".to_owned(), Value::Null),
        ])
        .await;
    // invalid_request
    refusals
        .add([
            (anna, POST, nests(), json!({"name": 7})),
            (anna, POST, nests(), json!({"name": "x".repeat(41)})),
            (anna, POST, nests(), json!({"seed_track": "no track"})),
            (anna, POST, nests(), json!([])),
            (anna, PATCH, at(awake), json!({})),
            (anna, PATCH, at(awake), json!({"emoji": "no emoji"})),
            (anna, PATCH, at(awake), json!({"emoji": "🎧", "name": " "})),
            (anna, PATCH, at(awake), json!({"bender": "off"})),
            (anna, PATCH, at(awake), json!({"bender": true})),
            (anna, PATCH, at(awake), json!({"bender": true, "name": "Mine"})),
            (anna, Method::PUT, at(awake), json!({})),
        ])
        .await;
    let text = [("content-type", "text/plain")];
    let not_json = anna.send(POST, "/api/nests", &text, Body::from("{}")).await;
    refusals.table.enter("POST /api/nests as text/plain", &not_json);
    // queue_full, nest_active, generation_conflict, nest_asleep
    refusals
        .add([
            (anna, POST, commands(awake), add),
            (anna, POST, restart(awake), json!({})),
            (
                anna,
                POST,
                restart(awake),
                json!({"mode": "force", "expected_generation": 7}),
            ),
            (anna, POST, commands(asleep), json!("clear")),
            (anna, PATCH, at(asleep), json!({"name": "Awake?"})),
            (anna, PATCH, at(asleep), json!({"bender": true})),
        ])
        .await;
    // nest_gone
    scene.delete_the_doomed().await;
    refusals
        .add([
            (anna, GET, at(gone), Value::Null),
            (anna, PATCH, at(gone), mine()),
            (anna, DELETE, at(gone), Value::Null),
            (anna, POST, commands(gone), json!("clear")),
            (anna, POST, restart(gone), json!({})),
        ])
        .await;
    // restart_in_progress, rate_limited
    let lost = a_restart_that_lost(anna, &restart(awake)).await;
    refusals
        .table
        .enter("POST a restart, of fifty at once one that lost", &lost);
    refusals
        .add([(anna, POST, restart(awake), json!({"mode": "force"}))])
        .await;
    // feature_not_allowed
    let closed = House::open_with(&[("ALLOW_GUESTS", "false")], |_| {}).await;
    let nickname = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("accept", "application/json"),
    ];
    let shut = closed
        .stranger()
        .send(POST, "/login/guest", &nickname, Body::from("nickname=Anna"))
        .await;
    refusals
        .table
        .enter("POST /login/guest where nicknames are switched off", &shut);
    assert_json_snapshot!("every_error", refusals.table.rows);
}

/// Fifty restarts at once: one makes the step, and of those that were under way with it one is given.
async fn a_restart_that_lost(anna: &Browser, path: &str) -> Answer {
    let all = (0..50).map(|_| anna.post(path, json!({"mode": "force"})));
    let (made, lost): (Vec<_>, Vec<_>) = join_all(all)
        .await
        .into_iter()
        .partition(|answer| answer.status == 200);
    assert_eq!(made.len(), 1, "one of them made the step");
    let mut lost = lost.into_iter();
    lost.find(|answer| answer.json()["error"] == "restart_in_progress")
        .expect("some came while it was under way")
}
