//! Server functions refuse as the REST routes do: same reasons, same status, same words.

use axum::http::Method;
use serde_json::{Value, json};

use super::scene::Scene;
use super::table::settled;
use crate::support::house::vote;
use crate::support::{Answer, Browser};

/// Who asks; the server function with its fields; the same by REST; the status of both.
type Pair<'a> = (&'a Browser, &'static str, String, Rest, u16);
type Rest = (Method, String, Value);

/// Those whose arguments stand in the address.
const BY_GET: [&str; 2] = ["list_nests", "get_nest"];

async fn call(who: &Browser, function: &str, fields: &str) -> Answer {
    match BY_GET.contains(&function) {
        true => who.get(&format!("/api/fn/{function}?{fields}")).await,
        false => who.call(function, fields).await,
    }
}

async fn compare<const N: usize>(scene: &Scene, pairs: [Pair<'_>; N]) {
    for (who, function, fields, (method, path, body), status) in pairs {
        let before = scene.standing().await;
        let by_function = call(who, function, &fields).await.expect(status);
        let by_rest = who.json(method, &path, body).await.expect(status);
        assert_eq!(
            settled(by_function.json()),
            settled(by_rest.json()),
            "{function} {fields}, and {path}"
        );
        assert_eq!(scene.standing().await, before, "{function} {fields}, and {path}");
    }
}

fn show(code: &str) -> Rest {
    (Method::GET, format!("/api/nests/{code}"), Value::Null)
}

fn alter(code: &str, body: Value) -> Rest {
    (Method::PATCH, format!("/api/nests/{code}"), body)
}

fn delete(code: &str) -> Rest {
    (Method::DELETE, format!("/api/nests/{code}"), Value::Null)
}

fn restart(code: &str, body: Value) -> Rest {
    (Method::POST, format!("/api/nests/{code}/restart"), body)
}

fn command(code: &str, command: Value) -> Rest {
    (Method::POST, format!("/api/nests/{code}/commands"), command)
}

fn create(body: Value) -> Rest {
    (Method::POST, "/api/nests".to_owned(), body)
}

#[tokio::test]
async fn what_a_server_function_refuses_rest_refuses_alike_and_neither_changes_anything() {
    let mut scene = Scene::set().await;
    let Scene {
        house,
        stranger,
        anna,
        ben,
        awake,
        asleep,
        doomed: gone,
        song,
        ..
    } = &scene;
    let nest = |code: &str| format!("nest={code}");
    let and = |code: &str, more: &str| format!("nest={code}&{more}");
    let (missing, track) = ("library:ffffffffffffffff", house.track(2).await);
    let add = |track: &str| json!({"add": {"track": track}});
    let long = "x".repeat(41);

    let building = [
        (stranger, "create_nest", String::new(), create(json!({})), 401),
        (anna, "create_nest", String::new(), create(json!({})), 429),
        (
            anna,
            "create_nest",
            format!("name={long}"),
            create(json!({"name": long})),
            400,
        ),
        (
            anna,
            "create_nest",
            "seed_track=no+track".to_owned(),
            create(json!({"seed_track": "no track"})),
            400,
        ),
    ];
    compare(&scene, building).await;
    let list = (Method::GET, "/api/nests".to_owned(), Value::Null);
    let finding = [
        (stranger, "list_nests", String::new(), list, 401),
        (stranger, "get_nest", nest(awake), show(awake), 401),
        (anna, "get_nest", nest("ZZZZZ"), show("ZZZZZ"), 404),
        (anna, "get_nest", nest("x"), show("x"), 404),
        (
            stranger,
            "join_by_code",
            format!("code={awake}"),
            show(awake),
            401,
        ),
        (anna, "join_by_code", "code=ZZZZZ".to_owned(), show("ZZZZZ"), 404),
    ];
    compare(&scene, finding).await;
    let mine = || json!({"name": "Mine"});
    let altering = [
        (
            stranger,
            "rename_nest",
            and(awake, "name=Mine"),
            alter(awake, mine()),
            401,
        ),
        (
            ben,
            "rename_nest",
            and(awake, "name=Mine"),
            alter(awake, mine()),
            403,
        ),
        (
            anna,
            "rename_nest",
            and("main", "name=Mine"),
            alter("main", mine()),
            403,
        ),
        (
            anna,
            "rename_nest",
            and("ZZZZZ", "name=Mine"),
            alter("ZZZZZ", mine()),
            404,
        ),
        (
            anna,
            "rename_nest",
            and(asleep, "name=Mine"),
            alter(asleep, mine()),
            409,
        ),
        (
            anna,
            "rename_nest",
            and(awake, "name=+"),
            alter(awake, json!({"name": " "})),
            400,
        ),
        (
            ben,
            "set_emoji",
            and(awake, "emoji="),
            alter(awake, json!({"emoji": ""})),
            403,
        ),
        (
            anna,
            "set_emoji",
            and(awake, "emoji=ab"),
            alter(awake, json!({"emoji": "ab"})),
            400,
        ),
    ];
    compare(&scene, altering).await;
    let on = || json!({"bender": true});
    let switching = [
        (
            stranger,
            "switch_bender",
            and(awake, "on=true"),
            alter(awake, on()),
            401,
        ),
        (
            ben,
            "switch_bender",
            and(awake, "on=true"),
            alter(awake, on()),
            403,
        ),
        (
            anna,
            "switch_bender",
            and("ZZZZZ", "on=true"),
            alter("ZZZZZ", on()),
            404,
        ),
        (
            anna,
            "switch_bender",
            and(asleep, "on=true"),
            alter(asleep, on()),
            409,
        ),
        // This house has none.
        (
            anna,
            "switch_bender",
            and(awake, "on=true"),
            alter(awake, on()),
            400,
        ),
    ];
    compare(&scene, switching).await;
    let force = || json!({"mode": "force"});
    let restarting = [
        (
            stranger,
            "restart_nest",
            nest(awake),
            restart(awake, json!({})),
            401,
        ),
        (ben, "restart_nest", nest(awake), restart(awake, json!({})), 403),
        (
            anna,
            "restart_nest",
            and("main", "mode=force"),
            restart("main", force()),
            403,
        ),
        (
            anna,
            "restart_nest",
            nest("ZZZZZ"),
            restart("ZZZZZ", json!({})),
            404,
        ),
        (anna, "restart_nest", nest(awake), restart(awake, json!({})), 409),
        (
            anna,
            "restart_nest",
            nest(asleep),
            restart(asleep, json!({})),
            429,
        ),
    ];
    compare(&scene, restarting).await;
    let queueing = [
        (
            stranger,
            "add",
            and(awake, &format!("track={track}")),
            command(awake, add(&track)),
            401,
        ),
        (
            anna,
            "add",
            and(awake, &format!("track={track}")),
            command(awake, add(&track)),
            409,
        ),
        (
            anna,
            "add",
            and(awake, &format!("track={missing}")),
            command(awake, add(missing)),
            404,
        ),
        (
            anna,
            "add",
            and("ZZZZZ", &format!("track={track}")),
            command("ZZZZZ", add(&track)),
            404,
        ),
        (
            anna,
            "vote",
            and(awake, &format!("song={song}&vote=up")),
            command(awake, vote(song, "up")),
            403,
        ),
        (
            anna,
            "vote",
            and(awake, "song=aaaaaaaaaaaa&vote=up"),
            command(awake, vote("aaaaaaaaaaaa", "up")),
            404,
        ),
        (
            anna,
            "remove",
            and(awake, "song=aaaaaaaaaaaa"),
            command(awake, json!({"remove": {"song": "aaaaaaaaaaaa"}})),
            404,
        ),
        (
            anna,
            "jam",
            and(awake, "song=aaaaaaaaaaaa&on=true"),
            command(awake, json!({"jam": {"song": "aaaaaaaaaaaa", "on": true}})),
            404,
        ),
        (
            anna,
            "skip",
            and(awake, "song=aaaaaaaaaaaa"),
            command(awake, json!({"skip": {"song": "aaaaaaaaaaaa"}})),
            404,
        ),
        (
            anna,
            "take",
            and(awake, &format!("song={song}")),
            command(awake, json!({"take": {"song": song}})),
            403,
        ),
        (anna, "clear", nest(asleep), command(asleep, json!("clear")), 409),
        (anna, "pause", nest(asleep), command(asleep, json!("pause")), 409),
        (
            stranger,
            "resume",
            nest(awake),
            command(awake, json!("resume")),
            401,
        ),
    ];
    compare(&scene, queueing).await;
    let deleting = [
        (stranger, "delete_nest", nest(awake), delete(awake), 401),
        (ben, "delete_nest", nest(awake), delete(awake), 403),
        (anna, "delete_nest", nest("main"), delete("main"), 403),
        (anna, "delete_nest", nest("ZZZZZ"), delete("ZZZZZ"), 404),
    ];
    compare(&scene, deleting).await;
    scene.delete_the_doomed().await;
    let too_late = [
        (anna, "get_nest", nest(gone), show(gone), 410),
        (anna, "join_by_code", format!("code={gone}"), show(gone), 410),
        (
            anna,
            "rename_nest",
            and(gone, "name=Mine"),
            alter(gone, mine()),
            410,
        ),
        (anna, "restart_nest", nest(gone), restart(gone, json!({})), 410),
        (anna, "clear", nest(gone), command(gone, json!("clear")), 410),
        (anna, "delete_nest", nest(gone), delete(gone), 410),
    ];
    compare(&scene, too_late).await;
    scene.restart_without_anna().await;
    let (anna, awake) = (&scene.anna, &scene.awake);
    let too_soon = [(
        anna,
        "restart_nest",
        and(awake, "mode=force"),
        restart(awake, force()),
        429,
    )];
    compare(&scene, too_soon).await;
}
