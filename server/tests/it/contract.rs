//! The contract as one table: every route and every error, with what exactly comes back.

use axum::body::Body;
use axum::http::Method;
use insta::assert_json_snapshot;
use nests::wire::{ErrorBody, ErrorCode};
use serde_json::{Value, json};
use server::http::error::status_of;

use super::support::restful::{drowsy_house, fall_asleep};
use super::support::{Answer, Browser, House};

/// What chance, the clock and the machine put into an answer, wherever it stands in it.
const TIMES: [&str; 7] = [
    "created_at",
    "last_activity",
    "restarted_at",
    "asleep_since",
    "added_at",
    "started_at",
    "ended_at",
];
const SEED: &str = "spotify:track:3utq2FgD1pkmIoaWfjXWAU";

/// Answers as rows: what was asked, the status, where it leads, what it says.
struct Table {
    rows: Vec<Value>,
    /// What each run calls otherwise, and its name in the table.
    names: Vec<(String, &'static str)>,
}

impl Table {
    fn of(house: &House) -> Self {
        let own_address = (house.addr.to_string(), "[host]");
        Self {
            rows: Vec::new(),
            names: vec![own_address],
        }
    }

    fn name(&mut self, text: impl Into<String>, name: &'static str) {
        self.names.push((text.into(), name));
    }

    fn enter(&mut self, asked: &str, answer: &Answer) {
        let says_json = answer.header("content-type") == "application/json";
        let mut row = json!({"asked": asked, "status": answer.status.as_u16()});
        if !answer.header("location").is_empty() {
            row["leads to"] = json!(answer.header("location"));
        }
        if !answer.header("retry-after").is_empty() {
            row["retry-after"] = json!("[s]");
        }
        if says_json {
            row["says"] = settled(answer.json());
        } else if !answer.body.is_empty() {
            row["says"] = json!(format!("[{}]", answer.header("content-type")));
        }
        let named = |text: String, (real, name): &(String, &'static str)| text.replace(real, name);
        let text = self.names.iter().fold(row.to_string(), named);
        self.rows.push(serde_json::from_str(&text).expect("still JSON"));
    }

    async fn get(&mut self, who: &Browser, path: &str) -> Answer {
        let answer = who.get(path).await;
        self.enter(&format!("GET {path}"), &answer);
        answer
    }

    async fn visit(&mut self, who: &Browser, path: &str) {
        let answer = who.visit(path).await;
        self.enter(&format!("GET {path} as a page"), &answer);
    }

    async fn send(&mut self, who: &Browser, method: Method, path: &str, body: Value) -> Answer {
        let answer = who.json(method.clone(), path, body.clone()).await;
        let sent = if body.is_null() {
            String::new()
        } else {
            format!(" {body}")
        };
        self.enter(&format!("{method} {path}{sent}"), &answer);
        answer
    }

    async fn form(&mut self, who: &Browser, path: &str, fields: &str) {
        let answer = who.post_form(path, fields).await;
        self.enter(format!("POST {path} {fields}").trim_end(), &answer);
    }
}

/// Times, waits and positions by their kind.
fn settled(mut said: Value) -> Value {
    match &mut said {
        Value::Array(items) => items.iter_mut().for_each(|item| *item = settled(item.take())),
        Value::Object(fields) => {
            if let Some(wait) = fields.get("retry_after").map(Value::to_string) {
                let words = fields["message"].as_str().expect("words").replace(&wait, "[s]");
                fields["message"] = json!(words);
            }
            for (name, value) in fields.iter_mut() {
                *value = match name.as_str() {
                    time if TIMES.contains(&time) && !value.is_null() => json!("[time]"),
                    "retry_after" => json!("[s]"),
                    "now" => json!("[ms]"),
                    _ => settled(value.take()),
                };
            }
        }
        _ => {}
    }
    said
}

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
        .send(&anna, patch, &by_code, json!({"emoji": "\u{1F3A7}"}))
        .await;

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

#[tokio::test]
async fn every_error_that_a_route_can_answer_has_its_shape() {
    let more = "https://example.org/more-nests";
    let env = [("NEST_MAX_QUEUE_DEPTH", "1")];
    let house = drowsy_house(&env, |settings| {
        settings.nest_max_active = 3;
        settings.upgrade_url = Some(more.to_owned());
    })
    .await;
    let mut table = Table::of(&house);
    let (stranger, anna, ben) = (
        house.stranger(),
        house.guest("Anna").await,
        house.guest("Ben").await,
    );
    let mut codes = Vec::new();
    for (name, shown) in [("Awake", "[awake]"), ("Asleep", "[asleep]"), ("Gone", "[gone]")] {
        let card = anna.post("/api/nests", json!({"name": name})).await.expect(200);
        let code = card.json()["code"].as_str().expect("a code").to_owned();
        table.name(&code, shown);
        codes.push(code);
    }
    let [awake, asleep, gone] = codes.as_slice() else {
        unreachable!("three were built")
    };
    let at = |code: &str| format!("/api/nests/{code}");
    let (post, patch, delete) = (Method::POST, Method::PATCH, Method::DELETE);
    // nest_limit_reached comes first: the house is full now.
    table.send(&anna, post.clone(), "/api/nests", json!({})).await;
    anna.json(delete.clone(), &at(gone), Value::Null)
        .await
        .expect(204);
    let _tab = house.tab_at(&anna, &format!("/socket/{awake}")).await;
    fall_asleep(&house, asleep).await;

    // unauthenticated
    table.get(&stranger, "/api/nests").await;
    table.send(&stranger, post.clone(), "/api/nests", json!({})).await;
    table.get(&stranger, &at(awake)).await;
    table
        .send(&stranger, patch.clone(), &at(awake), json!({"name": "Mine"}))
        .await;
    table
        .send(&stranger, delete.clone(), &at(awake), Value::Null)
        .await;
    table
        .send(
            &stranger,
            post.clone(),
            &format!("{}/restart", at(awake)),
            json!({}),
        )
        .await;
    // forbidden
    table
        .send(&ben, patch.clone(), &at(awake), json!({"name": "Mine"}))
        .await;
    table.send(&ben, delete.clone(), &at(awake), Value::Null).await;
    table
        .send(&ben, post.clone(), &format!("{}/restart", at(awake)), json!({}))
        .await;
    table
        .send(&anna, delete.clone(), "/api/nests/main", Value::Null)
        .await;
    table
        .send(&anna, patch.clone(), "/api/nests/main", json!({"name": "Mine"}))
        .await;
    // not_found
    table.get(&anna, "/api/nests/ZZZZZ").await;
    table.get(&anna, "/api/nests/no-such-link").await;
    table
        .send(&anna, delete.clone(), "/api/nests/ZZZZZ", Value::Null)
        .await;
    table.get(&anna, "/api/nothing-here").await;
    // invalid_request
    let wishes = [
        json!({"name": 7}),
        json!({"name": "x".repeat(41)}),
        json!({"seed_track": "no track"}),
        json!([]),
    ];
    for wish in wishes {
        table.send(&anna, post.clone(), "/api/nests", wish).await;
    }
    table.send(&anna, patch.clone(), &at(awake), json!({})).await;
    table
        .send(&anna, patch.clone(), &at(awake), json!({"emoji": "no emoji"}))
        .await;
    let not_json = anna
        .send(
            post.clone(),
            "/api/nests",
            &[("content-type", "text/plain")],
            Body::from("{}"),
        )
        .await;
    table.enter("POST /api/nests as text/plain", &not_json);
    table.send(&anna, Method::PUT, &at(awake), json!({})).await;
    // queue_full: one plays, one waits, the third is one too many.
    let mut full = anna.get("/health").await;
    for n in 0..3 {
        let add = json!({"add": {"track": house.track(n).await}});
        full = anna.post(&format!("{}/commands", at(awake)), add).await;
        if full.status == 200 && n == 0 {
            let mut tab = house.tab_at(&anna, &format!("/socket/{awake}")).await;
            let mut nest = tab.snapshot().await;
            while nest.playing.is_none() {
                let news = |frame| match frame {
                    nests::wire::ServerFrame::Event(event) => Some(event),
                    _ => None,
                };
                nest.apply(&tab.frame_that(news).await);
            }
        }
    }
    table.enter("POST a song too many", &full);
    // nest_active, generation_conflict, rate_limited
    let restart = format!("{}/restart", at(awake));
    table.send(&anna, post.clone(), &restart, json!({})).await;
    let other = json!({"mode": "force", "expected_generation": 7});
    table.send(&anna, post.clone(), &restart, other).await;
    anna.post(&restart, json!({"mode": "force"})).await.expect(200);
    table
        .send(&anna, post.clone(), &restart, json!({"mode": "force"}))
        .await;
    // nest_asleep
    table
        .send(
            &anna,
            post.clone(),
            &format!("{}/commands", at(asleep)),
            json!("clear"),
        )
        .await;
    table
        .send(&anna, patch, &at(asleep), json!({"name": "Awake?"}))
        .await;
    // nest_gone
    table.get(&anna, &at(gone)).await;
    table
        .send(
            &anna,
            post.clone(),
            &format!("{}/commands", at(gone)),
            json!("clear"),
        )
        .await;
    table
        .send(&anna, post, &format!("{}/restart", at(gone)), json!({}))
        .await;
    assert_json_snapshot!("every_error", table.rows);
}

#[tokio::test]
async fn with_the_store_away_every_route_says_so_and_none_says_not_found() {
    let mut house = House::open().await;
    let anna = house.guest("Anna").await;
    let card = anna.post("/api/nests", json!({"name": "Out"})).await.expect(200);
    let code = card.json()["code"].as_str().expect("a code").to_owned();
    let at = format!("/api/nests/{code}");
    house.lose_redis().await;
    let requests = [
        (Method::GET, "/health".to_owned(), Value::Null),
        (Method::GET, "/queue/".to_owned(), Value::Null),
        (Method::GET, "/playing/".to_owned(), Value::Null),
        (Method::GET, "/api/nests".to_owned(), Value::Null),
        (Method::POST, "/api/nests".to_owned(), json!({})),
        (Method::GET, at.clone(), Value::Null),
        (Method::PATCH, at.clone(), json!({"name": "In"})),
        (Method::DELETE, at.clone(), Value::Null),
        (Method::POST, format!("{at}/restart"), json!({})),
        (Method::POST, format!("{at}/commands"), json!("clear")),
        (Method::GET, format!("{at}/history"), Value::Null),
    ];
    let mut said = Vec::new();
    for (method, path, body) in requests {
        let answer = anna.json(method.clone(), &path, body).await;
        said.push(json!({
            "asked": format!("{method} {}", path.replace(&code, "[code]")),
            "status": answer.status.as_u16(),
            "says": answer.json(),
        }));
    }
    assert_json_snapshot!("with_the_store_away", said);
}

/// Some errors belong to features that come later (plans, invitations), and one needs two people in the same millisecond: no
/// route can be made to answer them here. Their shape is part of the contract all the same.
#[test]
fn every_error_code_has_a_word_and_a_status() {
    use ErrorCode as C;
    let all = [
        C::NestLimitReached,
        C::RateLimited,
        C::FeatureNotAllowed,
        C::Forbidden,
        C::InviteRequired,
        C::NotFound,
        C::InvalidRequest,
        C::QueueFull,
        C::NestGone,
        C::NestAsleep,
        C::NestActive,
        C::RestartInProgress,
        C::GenerationConflict,
        C::Unauthenticated,
        C::StoreUnavailable,
        C::Internal,
    ];
    let docs = include_str!("../../../docs/HTTP-API.md");
    let told = all.map(|code| {
        let body = serde_json::to_value(ErrorBody::new(code, "Plain words.")).expect("JSON");
        let word = body["error"].as_str().expect("a word").to_owned();
        let status = status_of(code).as_u16();
        let row = docs
            .lines()
            .find(|line| line.starts_with('|') && line.contains(&format!("`{word}`")));
        let row = row.unwrap_or_else(|| panic!("docs/HTTP-API.md says nothing of {word}"));
        assert!(row.contains(&status.to_string()), "{word} is {status}: {row}");
        json!({"status": status, "says": body})
    });
    assert_json_snapshot!("every_code", told);
}

#[tokio::test]
async fn fifty_builds_at_once_never_pass_the_limit() {
    let house = House::open_with(&[("NEST_MAX_ACTIVE", "5")], |_| {}).await;
    let anna = house.guest("Anna").await;
    let all = (0..50).map(|n| anna.post("/api/nests", json!({"name": format!("Nest {n}")})));
    let answers = futures_util::future::join_all(all).await;
    let built = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(built, 5);
    for refused in answers.iter().filter(|answer| answer.status != 200) {
        refused.refused(429, ErrorCode::NestLimitReached);
    }
    let list = anna.get("/api/nests").await.json();
    assert_eq!(
        list["nests"].as_array().map(Vec::len),
        Some(6),
        "and the Main Nest"
    );
}
