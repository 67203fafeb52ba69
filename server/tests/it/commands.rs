//! `POST /api/nests/{ref}/commands`: what a socket can do, for programs without one.

use axum::http::Method;
use futures_util::future::join_all;
use nests::wire::ErrorCode;
use serde_json::{Value, json};

use super::support::house::vote;
use super::support::{Before, Browser, House, NOTHING, Tab};

/// What is said of a song that is not there.
const GONE: &str = "That song is not in the queue any more.";

async fn songs(browser: &Browser) -> Vec<Value> {
    browser.get("/queue/").await.expect(200).json()["songs"]
        .as_array()
        .expect("songs")
        .clone()
}

#[tokio::test]
async fn a_song_is_added_voted_for_loved_and_removed() {
    let house = House::open().await;
    let (anna, ben) = (house.guest("Anna").await, house.guest("Ben").await);
    let song = house.with_a_song_waiting(&anna).await;
    let commands = "/api/nests/main/commands";
    let before = anna.get("/queue/").await.json()["version"]
        .as_u64()
        .expect("a version");

    let done = ben.post(commands, vote(&song, "up")).await.expect(200).json();
    assert_eq!(done, json!({"version": before + 1}));
    ben.post(commands, json!({"jam": {"song": song, "on": true}}))
        .await
        .expect(200);
    let waiting = songs(&anna).await;
    assert_eq!(
        (&waiting[0]["vote"], &waiting[0]["jam"]),
        (&json!(1), &json!(["Ben"]))
    );

    let again = ben
        .post(commands, json!({"add": {"track": house.track(1).await}}))
        .await
        .expect(200)
        .json();
    assert_eq!(again["note"], "voted_instead", "it is in the queue already");

    anna.post(commands, json!({"remove": {"song": song}}))
        .await
        .expect(200);
    assert_eq!(songs(&anna).await, Vec::<Value>::new());
}

#[tokio::test]
async fn a_vote_for_a_song_that_is_gone_is_refused_and_kept_nowhere_until_the_song_is_back() {
    let house = House::open().await;
    let (anna, ben) = (house.guest("Anna").await, house.guest("Ben").await);
    let song = house.with_a_song_waiting(&anna).await;
    let commands = "/api/nests/main/commands";
    let votes = format!("|VOTE|{song}");
    let removed = anna.post(commands, json!({"remove": {"song": song}})).await;
    let removed = removed.expect(200).json()["version"].clone();
    let before = Before::of(&house).await;
    for way in ["up", "down"] {
        let error = ben.post(commands, vote(&song, way)).await;
        let error = error.refused(404, ErrorCode::NotFound);
        assert_eq!(error.message, GONE);
    }
    assert_eq!(before.changed(&house).await, NOTHING);
    assert_eq!(house.store().keys_with(&song), NOTHING);

    anna.post(commands, json!({"undo": {"version": removed}}))
        .await
        .expect(200);
    ben.post(commands, vote(&song, "up")).await.expect(200);
    let waiting = songs(&ben).await;
    assert_eq!(
        (&waiting[0]["id"], &waiting[0]["vote"]),
        (&json!(song), &json!(1))
    );
    // Votes are written through by the next other change.
    anna.post(commands, json!({"volume": {"level": 40}}))
        .await
        .expect(200);
    let kept = house.store().keys_with(&votes);
    assert_eq!(kept, [format!("NEST:main|QUEUE|VOTE|{song}")]);
}

/// Waits until something plays and Bender's next song stands behind it; gives that song, as everybody sees it.
async fn benders_pick(house: &House, tab: &mut Tab, asked_by: &Browser) -> Value {
    loop {
        let nest = house.everything().await;
        if nest.playing.is_some() && nest.songs.iter().any(|queued| queued.song.auto) {
            let waiting = songs(asked_by).await;
            return waiting.last().expect("his song").clone();
        }
        tab.frame().await;
    }
}

#[tokio::test]
async fn what_bender_picked_is_taken_or_filtered() {
    let house = House::open_with(&[("USE_BENDER", "true"), ("MIN_QUEUE_DEPTH", "1")], |_| {}).await;
    let (anna, ben) = (house.guest("Anna").await, house.guest("Ben").await);
    let mut tab = house.tab(&anna).await;
    let commands = "/api/nests/main/commands";

    let pick = benders_pick(&house, &mut tab, &anna).await;
    let take = json!({"take": {"song": pick["id"]}});
    let done = ben.post(commands, take.clone()).await.expect(200).json();
    let taken = tab.event_that(|change| is_added(change, &pick["trackid"])).await;
    assert_eq!(done, json!({"version": taken}));
    anna.post(commands, take).await.refused(404, ErrorCode::NotFound);
    let his = songs(&anna).await[0].clone();
    assert_eq!(
        (&his["trackid"], &his["user"], &his["auto"]),
        (&pick["trackid"], &json!("Ben"), &json!(false))
    );

    let pick = benders_pick(&house, &mut tab, &anna).await;
    let filter = json!({"filter": {"song": pick["id"]}});
    let done = ben.post(commands, filter.clone()).await.expect(200).json();
    let filtered = tab
        .event_that(|change| change["filtered"]["track"] == pick["trackid"])
        .await;
    assert_eq!(done, json!({"version": filtered}));
    anna.post(commands, filter)
        .await
        .refused(404, ErrorCode::NotFound);
    let other = benders_pick(&house, &mut tab, &anna).await;
    assert_ne!(other["trackid"], pick["trackid"], "another one at once");
}

/// Whether a person's song of that track came.
fn is_added(change: &Value, track: &Value) -> bool {
    let song = &change["added"]["songs"][0];
    song["track"]["uri"] == *track && song["auto"] == json!(false)
}

#[tokio::test]
async fn bender_is_asked_only_where_he_is_switched_on() {
    let house = House::open_with(&[("USE_BENDER", "true")], |_| {}).await;
    let anna = house.guest("Anna").await;
    let commands = "/api/nests/main/commands";
    anna.post(commands, json!("ask_bender")).await.expect(200);
    anna.json(Method::PATCH, "/api/nests/main", json!({"bender": false}))
        .await
        .expect(200);
    let error = anna
        .post(commands, json!("ask_bender"))
        .await
        .refused(403, ErrorCode::Forbidden);
    assert_eq!(error.message, "Bender is switched off in this nest.");
}

#[tokio::test]
async fn the_rules_are_the_engines_and_their_answers_come_through() {
    let house = House::open().await;
    let anna = house.guest("Anna").await;
    let song = house.with_a_song_waiting(&anna).await;
    anna.post("/api/nests/main/commands", vote(&song, "up"))
        .await
        .refused(403, ErrorCode::Forbidden);
    for wish in ["take", "filter"] {
        let benders_only = json!({ wish: {"song": song} });
        anna.post("/api/nests/main/commands", benders_only)
            .await
            .refused(403, ErrorCode::Forbidden);
    }
    let skip = json!({"skip": {"song": song}});
    anna.post("/api/nests/main/commands", skip)
        .await
        .refused(404, ErrorCode::NotFound);
    let volume = json!({"volume": {"level": 101}});
    let error = anna
        .post("/api/nests/main/commands", volume)
        .await
        .refused(400, ErrorCode::InvalidRequest);
    assert_eq!(error.field.as_deref(), Some("level"));
}

/// What waits in a nest, as somebody sees it who opens it: the songs' ids.
async fn waiting_in(house: &House, nest: &str, browser: &Browser) -> Vec<Value> {
    let mut tab = house.tab_at(browser, &format!("/socket/{nest}")).await;
    let songs = tab.snapshot().await.songs;
    songs.iter().map(|queued| json!(queued.song.id)).collect()
}

/// Everybody hears of a removal and its version: a listener took back what the host had removed, again and again.
#[tokio::test]
async fn a_listener_undoes_their_own_removal_and_never_the_hosts() {
    let house = House::open().await;
    let (host, ben) = (house.guest("Host").await, house.guest("Ben").await);
    host.build("Attic").await;
    let commands = "/api/nests/attic/commands";
    let mut tab = house.tab_at(&host, "/socket/attic").await;
    for n in [0, 1] {
        let add = json!({"add": {"track": house.track(n).await}});
        ben.post(commands, add).await.expect(200);
        if n == 0 {
            tab.event_that(|change| change.get("started").is_some()).await;
        }
    }
    let song = waiting_in(&house, "attic", &ben).await[0].clone();
    let remove = json!({"remove": {"song": song}});
    for wish in [remove.clone(), json!("clear")] {
        let removed = host.post(commands, wish).await.expect(200).json()["version"].clone();
        let undo = json!({"undo": {"version": removed}});
        let before = Before::of(&house).await;
        let error = ben.post(commands, undo.clone()).await;
        let error = error.refused(403, ErrorCode::Forbidden);
        assert_eq!(error.message, "Only the host of this nest can do that.");
        assert_eq!(before.changed(&house).await, NOTHING);
        assert_eq!(waiting_in(&house, "attic", &ben).await, Vec::<Value>::new());
        host.post(commands, undo).await.expect(200);
        assert_eq!(
            waiting_in(&house, "attic", &ben).await,
            std::slice::from_ref(&song),
            "the host may"
        );
    }
    for who in [&ben, &host] {
        let removed = ben.post(commands, remove.clone()).await.expect(200).json()["version"].clone();
        who.post(commands, json!({"undo": {"version": removed}}))
            .await
            .expect(200);
        assert_eq!(
            waiting_in(&house, "attic", &ben).await,
            std::slice::from_ref(&song),
            "Ben's own removal"
        );
    }
}

#[tokio::test]
async fn in_the_main_nest_everybody_undoes_every_removal() {
    let house = House::open().await;
    let (anna, ben) = (house.guest("Anna").await, house.guest("Ben").await);
    house.with_a_song_waiting(&anna).await;
    let commands = "/api/nests/main/commands";
    for who in [&anna, &ben] {
        let removed = anna.post(commands, json!("clear")).await.expect(200).json()["version"].clone();
        who.post(commands, json!({"undo": {"version": removed}}))
            .await
            .expect(200);
        assert_eq!(songs(&ben).await.len(), 1);
    }
}

/// By requests a flood of commands had no bound, whatever sockets were held to.
#[tokio::test]
async fn of_a_hundred_commands_at_once_each_is_done_or_told_to_wait() {
    let house = House::open().await;
    let (anna, ben) = (house.guest("Anna").await, house.guest("Ben").await);
    let song = house.with_a_song_waiting(&anna).await;
    let commands = "/api/nests/main/commands";
    let before = house.everything().await.version;
    let louder = (0..50).map(|level| ben.post(commands, json!({"volume": {"level": level}})));
    let fields = format!("nest=main&song={song}&vote=");
    let votes = ["up", "down"].map(|way| format!("{fields}{way}"));
    let votes = votes.iter().cycle().take(50).map(|vote| ben.call("vote", vote));
    let (louder, votes) = tokio::join!(join_all(louder), join_all(votes));
    let (done, refused): (Vec<_>, Vec<_>) = louder
        .into_iter()
        .chain(votes)
        .partition(|answer| answer.status.is_success());
    assert_eq!(done.len() + refused.len(), 100);
    assert!(done.len() >= 40, "{} done", done.len());
    assert!(!refused.is_empty(), "none was held back");
    for answer in &refused {
        let error = answer.refused(429, ErrorCode::RateLimited);
        assert_eq!(error.message, "That was too fast. Wait a second.");
        assert_eq!(answer.header("retry-after"), "1");
    }
    let newest = done.iter().filter_map(|answer| answer.json()["version"].as_u64());
    let now = house.everything().await.version;
    assert_eq!(newest.max(), Some(now), "what was refused changed nothing");
    assert!(now > before);
    anna.post(commands, json!({"volume": {"level": 77}}))
        .await
        .expect(200);
}

#[tokio::test]
async fn two_hundred_ticked_tracks_are_no_flood() {
    let house = House::open().await;
    let anna = house.guest("Anna").await;
    let tracks = (0..200).map(|n| format!("&track[]=library:{n:016x}"));
    let fields = format!("nest=main{}", tracks.collect::<String>());
    let each = anna.call("add_ticked", &fields).await.expect(200).json();
    let each = each.as_array().expect("each").clone();
    assert_eq!(each.len(), 200);
    let too_fast = |one: &Value| one.to_string().contains("too fast");
    assert!(!each.iter().any(too_fast), "{each:?}");
}

#[tokio::test]
async fn a_temporary_nests_queue_has_an_end() {
    let house = House::open_with(&[("NEST_MAX_QUEUE_DEPTH", "1")], |_| {}).await;
    let anna = house.guest("Anna").await;
    let code = anna.build("Small Talk").await;
    let mut tab = house.tab_at(&anna, "/socket/small-talk").await;
    for n in [0, 1] {
        let add = json!({"add": {"track": house.track(n).await}});
        anna.post("/api/nests/small-talk/commands", add).await.expect(200);
        if n == 0 {
            tab.event_that(|change| change.get("started").is_some()).await;
        }
    }
    let path = format!("/api/nests/{code}/commands");
    let add = json!({"add": {"track": house.track(2).await}});
    anna.post(&path, add).await.refused(409, ErrorCode::QueueFull);
}
