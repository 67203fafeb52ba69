//! `POST /api/nests/{ref}/restart`: every answer, and the pages around a nest that sleeps.

use axum::body::Body;
use axum::http::Method;
use futures_util::StreamExt as _;
use insta::assert_json_snapshot;
use nests::wire::{Command, ErrorCode};
use serde_json::{Value, json};

use super::support::house::PATIENCE;
use super::support::restful::{drowsy_house, fall_asleep};
use super::support::{House, Standing, Tab};

fn address(code: &str) -> String {
    format!("/api/nests/{code}/restart")
}

/// The answer without what chance and the clock put into it.
fn settled(answer: &Value, code: &str) -> Value {
    let text = answer.to_string().replace(code, "[code]");
    let mut answer: Value = serde_json::from_str(&text).expect("still JSON");
    answer["restarted_at"] = json!("[time]");
    for field in ["created_at", "last_activity", "restarted_at"] {
        answer["nest"][field] = json!("[time]");
    }
    for field in ["url", "short_url"] {
        answer["nest"][field] = json!("[address]");
    }
    let socket = answer["endpoints"]["socket"].as_str().expect("an address");
    assert!(socket.starts_with("ws://127.0.0.1:"), "{socket}");
    answer["endpoints"]["socket"] = json!("[address]");
    answer
}

#[tokio::test]
async fn the_host_wakes_a_sleeping_nest_and_is_told_everything_about_it() {
    let house = drowsy_house(&[], |_| {}).await;
    let anna = house.guest("Anna").await;
    let code = anna.build("Friday Vibes").await;
    fall_asleep(&house, &code).await;
    let asleep = anna.get(&format!("/api/nests/{code}")).await.expect(200).json();
    assert_eq!(asleep["state"], "asleep");
    assert!(asleep["asleep_since"].is_string(), "{asleep}");
    // Nothing in the body; and by its link name, under the versioned address.
    let headers = [("accept", "application/json")];
    let woken = anna
        .send(
            Method::POST,
            "/api/v1/nests/friday-vibes/restart",
            &headers,
            Body::empty(),
        )
        .await
        .expect(200)
        .json();
    assert_json_snapshot!("restarted", settled(&woken, &code));
    for field in [
        "name",
        "code",
        "slug",
        "creator",
        "created_at",
        "url",
        "short_url",
    ] {
        assert_eq!(woken["nest"][field], asleep[field], "{field}");
    }
}

#[tokio::test]
async fn each_refusal_has_its_status_and_changes_nothing() {
    let house = drowsy_house(&[], |_| {}).await;
    let (anna, ben) = (house.guest("Anna").await, house.guest("Ben").await);
    let code = anna.build("Awake").await;
    let mut tab = house.tab_at(&anna, &format!("/socket/{code}")).await;
    let path = address(&code);
    let force = || json!({"mode": "force"});
    anna.post(&path, force()).await.expect(200);
    assert_eq!(tab.closed_with().await, 4412);
    let mut tab = house.tab_at(&anna, &format!("/socket/{code}")).await;
    tab.counts(1).await;
    let commands = format!("/api/nests/{code}/commands");
    for n in [0, 1] {
        let add = json!({"add": {"track": house.track(n).await}});
        ben.post(&commands, add).await.expect(200);
    }
    tab.event_that(|change| change.get("started").is_some()).await;

    let unchanged = Standing::of(&house, &[]).await;
    let other_generation = json!({"mode": "force", "expected_generation": 1});
    let stranger = house.stranger();
    let rows = [
        (&stranger, &path, json!({}), 401, ErrorCode::Unauthenticated),
        (&ben, &path, force(), 403, ErrorCode::Forbidden),
        (&anna, &address("main"), force(), 403, ErrorCode::Forbidden),
        (&anna, &address("ZZZZZ"), force(), 404, ErrorCode::NotFound),
        (&anna, &path, json!({}), 409, ErrorCode::NestActive),
        (&anna, &path, other_generation, 409, ErrorCode::GenerationConflict),
    ];
    let too_soon = anna.post(&path, force()).await;
    let error = too_soon.refused(429, ErrorCode::RateLimited);
    let wait: u32 = too_soon.header("retry-after").parse().expect("seconds");
    assert!((1..=10).contains(&wait), "{wait}");
    assert_eq!(error.retry_after, Some(wait));
    assert_eq!(Standing::of(&house, &[]).await, unchanged, "too soon");
    let mut told = Vec::new();
    for (who, path, wish, status, code) in rows {
        told.push(who.post(path, wish).await.refused(status, code));
        assert_eq!(Standing::of(&house, &[]).await, unchanged, "{status}");
    }
    for wrong in [
        json!({"mode": "now"}),
        json!({"expected_generation": -1}),
        json!({"keep_queue": "yes"}),
    ] {
        let error = anna.post(&path, wrong.clone()).await;
        let error = error.refused(400, ErrorCode::InvalidRequest);
        let field = wrong.as_object().and_then(|o| o.keys().next().cloned());
        assert_eq!(error.field, field);
        assert_eq!(Standing::of(&house, &[]).await, unchanged, "{wrong}");
    }
    assert_json_snapshot!("refused_restarts", told);
    let card = anna.get(&format!("/api/nests/{code}")).await.expect(200).json();
    assert_eq!(
        (&card["generation"], &card["restart_count"]),
        (&json!(2), &json!(1))
    );

    let gone = anna.build("Gone").await;
    anna.json(Method::DELETE, &format!("/api/nests/{gone}"), json!({}))
        .await
        .expect(204);
    anna.post(&address(&gone), force())
        .await
        .refused(410, ErrorCode::NestGone);
    for page in [format!("/{gone}"), format!("/nest/{gone}")] {
        anna.visit(&page).await.expect(404);
    }
}

#[tokio::test]
async fn an_outage_is_never_a_404() {
    let mut house = House::open().await;
    let anna = house.guest("Anna").await;
    let code = anna.build("Out").await;
    house.lose_redis().await;
    anna.post(&address(&code), json!({"mode": "force"}))
        .await
        .refused(503, ErrorCode::StoreUnavailable);
}

#[tokio::test]
async fn fifty_restarts_at_once_make_one_step() {
    let house = drowsy_house(&[], |_| {}).await;
    let anna = house.guest("Anna").await;
    let code = anna.build("Everybody").await;
    fall_asleep(&house, &code).await;
    let path = address(&code);
    let all = (0..50).map(|_| anna.post(&path, json!({})));
    let mut answers: Vec<_> = futures_util::future::join_all(all).await;
    answers.retain(|answer| answer.status != 200 || answer.json()["generation"] != 2);
    assert_eq!(answers.len(), 49, "one of them made the step");
    let mut in_progress = 0;
    for answer in &answers {
        let error: nests::wire::ErrorBody = serde_json::from_slice(&answer.body).expect("an error");
        match error.error {
            ErrorCode::RestartInProgress => in_progress += 1,
            ErrorCode::NestActive => {}
            other => panic!("{other:?}"),
        }
        assert_eq!(answer.status, 409);
    }
    assert!(in_progress > 0, "some came while it was under way");
    let card = anna.get(&format!("/api/nests/{code}")).await.expect(200).json();
    assert_eq!(card["generation"], 2);
}

#[tokio::test]
async fn who_is_inside_is_sent_to_the_new_generation_and_gets_all_of_it() {
    let house = House::open().await;
    let (anna, ben) = (house.guest("Anna").await, house.guest("Ben").await);
    let code = anna.build("Busy").await;
    let socket = format!("/socket/{code}");
    let mut tab = house.tab_at(&ben, &socket).await;
    let old = tab.snapshot().await;
    anna.post(&address(&code), json!({"mode": "force"}))
        .await
        .expect(200);
    assert_eq!(tab.closed_with().await, 4412);
    let since = format!("{socket}?since={}-{}", old.generation, old.version);
    let mut back = house.tab_at(&ben, &since).await;
    let new = back.snapshot().await;
    assert_eq!((new.generation, new.version, &new.nest), (2, 0, &old.nest));
    let track = nests::track::TrackUri::parse(&house.track(0).await).expect("a track");
    back.wish(1, Command::Add { track }).await;
    back.answer_to(1).await.expect("the new one takes wishes");
}

#[tokio::test]
async fn a_visitor_waits_in_front_of_a_sleeping_nest_until_it_wakes() {
    let house = drowsy_house(&[], |_| {}).await;
    let (anna, ben) = (house.guest("Anna").await, house.guest("Ben").await);
    let code = anna.build("Dormant").await;
    fall_asleep(&house, &code).await;
    let page = format!("/nest/{code}");
    let his = ben.visit(&page).await.expect(200).text();
    assert!(his.contains("Dormant is asleep") && his.contains("Anna, who built it, can wake it"));
    assert!(his.contains(&format!("/api/nests/{code}/awake")), "it waits");
    assert!(!his.contains("/api/fn/restart_nest"), "not his to wake");
    assert!(his.contains("Look again"), "without a script");
    let hers = anna.visit(&page).await.expect(200).text();
    assert!(hers.contains("Restart nest") && hers.contains("/api/fn/restart_nest"));
    let socket = Tab::try_open(house.addr, &format!("/socket/{code}"), &[("cookie", &ben.cookie)]).await;
    let (status, error) = socket.err().expect("refused");
    assert_eq!(
        (status.as_u16(), error.map(|e| e.error)),
        (409, Some(ErrorCode::NestAsleep))
    );
    // A page is not told by its browser why its socket was refused. It asks the same door in plain HTTP.
    let door = format!("/socket/{code}");
    ben.get(&door).await.refused(409, ErrorCode::NestAsleep);
    house
        .stranger()
        .get(&door)
        .await
        .refused(401, ErrorCode::Unauthenticated);
    ben.get("/socket/ABCDE").await.refused(404, ErrorCode::NotFound);

    let waiting = ben.stream(&format!("/api/nests/{code}/awake")).await;
    assert_eq!(waiting.status(), 200);
    assert_eq!(waiting.headers()["content-type"], "text/event-stream");
    let mut words = waiting.into_body().into_data_stream();
    let form = format!("nest={code}");
    let answer = anna.post_form("/api/fn/restart_nest", &form).await.expect(302);
    assert_eq!(answer.header("location"), page);
    let word = tokio::time::timeout(PATIENCE, words.next())
        .await
        .expect("in time")
        .expect("a word")
        .expect("whole");
    assert_eq!(
        word, "event: awake\ndata: awake\n\n",
        "without data browsers would pass over it"
    );
    let room = ben.visit(&page).await.expect(200).text();
    assert!(room.contains("id=\"room\""), "he enters");
    ben.get("/api/nests/ZZZZZ/awake")
        .await
        .refused(404, ErrorCode::NotFound);
    house
        .stranger()
        .get(&format!("/api/nests/{code}/awake"))
        .await
        .refused(401, ErrorCode::Unauthenticated);
}

#[tokio::test]
async fn my_nests_are_those_i_made_or_visited_and_mine_can_be_woken_there() {
    let house = drowsy_house(&[], |_| {}).await;
    let (anna, ben) = (house.guest("Anna").await, house.guest("Ben").await);
    let page = anna.visit("/nests").await.expect(200).text();
    assert!(page.contains("You have not built or visited a nest yet"));
    let (mine, his) = (anna.build("Mine").await, ben.build("Bens Place").await);
    let mut tab = house.tab_at(&anna, &format!("/socket/{his}")).await;
    tab.snapshot().await;
    fall_asleep(&house, &mine).await;
    let page = anna.visit("/nests").await.expect(200).text();
    assert!(page.contains("Bens Place") && page.contains("Mine"), "{page}");
    assert!(page.contains("Asleep since"));
    assert_eq!(page.matches("/api/fn/restart_nest").count(), 1, "only her own");
    let answer = anna
        .post_form("/api/fn/restart_nest", &format!("nest={mine}&in_list=true"))
        .await
        .expect(302);
    assert_eq!(answer.header("location"), "/nests", "in place");
    let page = anna.visit("/nests").await.expect(200).text();
    assert!(!page.contains("Asleep since"), "{page}");
    let stranger = house.stranger().visit("/nests").await.expect(303);
    assert_eq!(stranger.header("location"), "/login?next=/nests");
}
