//! A nest's own app at Spotify over HTTP: entered by its host, by forms and by programs; listeners connect by it.

use axum::body::Body;
use axum::http::Method;
use insta::assert_json_snapshot;
use nests::nest::NestId;
use nests::wire::ErrorCode;
use serde_json::{Value, json};
use standin::spotify::apps::{App, HOSTS, HOUSE};
use standin::spotify::listeners::{BEN, EVE, Listener};
use standin::spotify::{Mood, Spotify};

use super::accounts::{come_back, page};
use super::support::house::vote;
use super::support::{Browser, House};

/// A house that has no Spotify of its own, and Anna, who built a nest in it.
async fn open(standin: &Spotify) -> (House, Browser, String) {
    let (api, accounts) = (standin.api_url(), standin.accounts_url());
    let env = [
        ("SPOTIFY_API_URL", api.as_str()),
        ("SPOTIFY_ACCOUNTS_URL", accounts.as_str()),
    ];
    let house = House::open_with(&env, |_| {}).await;
    let anna = house.guest("Anna").await;
    let code = anna.build("Friday Vibes").await;
    (house, anna, code)
}

fn route(code: &str) -> String {
    format!("/api/nests/{code}/spotify-app")
}

fn credentials(app: App) -> Value {
    json!({"client_id": app.id, "client_secret": app.secret})
}

async fn enter(anna: &Browser, code: &str) {
    let put = anna.json(Method::PUT, &route(code), credentials(HOSTS)).await;
    put.expect(200);
}

/// Where the form for connecting in that nest leads.
async fn connect_form(who: &Browser, code: &str) -> String {
    let fields = format!("next=%2Fspotify%3Fnest%3D{code}&nest={code}");
    let answer = who.post_form("/spotify/connect", &fields).await;
    answer.header("location").to_owned()
}

async fn connect(standin: &Spotify, who: &Browser, code: &str, listener: Listener) -> String {
    let asked = connect_form(who, code).await;
    come_back(who, &standin.agree(&asked, listener)).await
}

#[tokio::test]
async fn its_host_enters_sees_and_removes_it_and_the_secret_never_comes_back() {
    let standin = Spotify::start().await.expect("a stand-in");
    let (_house, anna, code) = open(&standin).await;
    let path = route(&code);
    assert_eq!(anna.get(&path).await.expect(200).json(), json!({"app": null}));
    let put = anna
        .json(Method::PUT, &path, credentials(HOSTS))
        .await
        .expect(200);
    assert!(!put.text().contains(HOSTS.secret));
    assert_json_snapshot!("entered", put.json(), {".app.since" => "[time]"});
    let seen = anna.get(&path).await.expect(200);
    assert_eq!(seen.json(), put.json());
    anna.json(Method::DELETE, &path, json!({})).await.expect(204);
    assert_eq!(anna.get(&path).await.expect(200).json(), json!({"app": null}));
}

#[tokio::test]
async fn each_refusal_names_its_field_and_saves_nothing() {
    let standin = Spotify::start().await.expect("a stand-in");
    let (_house, anna, code) = open(&standin).await;
    let path = route(&code);
    let try_with = async |id: &str, secret: &str| {
        let body = json!({"client_id": id, "client_secret": secret});
        let answer = anna.json(Method::PUT, &path, body).await;
        let mut told = answer.json();
        told["status"] = answer.status.as_u16().into();
        told
    };
    let mut told = vec![
        ("a wrong secret", try_with(HOSTS.id, "wrong").await),
        ("an unknown id", try_with("unknown", HOSTS.secret).await),
        ("no secret", try_with(HOSTS.id, " ").await),
        ("an odd id", try_with("<b>", HOSTS.secret).await),
    ];
    standin.be(Mood::Overloaded);
    told.push(("Spotify away", try_with(HOSTS.id, HOSTS.secret).await));
    standin.be(Mood::Well);
    standin.allow_calls_of(HOSTS, 0, 30);
    told.push(("Spotify wants a break", try_with(HOSTS.id, HOSTS.secret).await));
    standin.rest_is_over();
    try_with(HOSTS.id, "wrong").await;
    let mut last = try_with(HOSTS.id, "wrong").await;
    assert!(
        last["retry_after"]
            .as_u64()
            .is_some_and(|seconds| (1..=60).contains(&seconds))
    );
    last["retry_after"] = "[seconds]".into();
    last["message"] = last["message"]
        .as_str()
        .map(|text| text.split(" in ").next().unwrap_or_default())
        .into();
    told.push(("too many tries", last));
    let told: serde_json::Map<String, Value> = told.into_iter().map(|(n, v)| (n.to_owned(), v)).collect();
    assert_json_snapshot!("refusals", told);
    assert_eq!(anna.get(&path).await.expect(200).json(), json!({"app": null}));
}

#[tokio::test]
async fn nobody_but_its_host_may_and_the_main_nest_has_no_host() {
    let standin = Spotify::start().await.expect("a stand-in");
    let (house, anna, code) = open(&standin).await;
    let ben = house.guest("Ben").await;
    for (who, path) in [(&ben, route(&code)), (&anna, route("main"))] {
        let put = who.json(Method::PUT, &path, credentials(HOSTS)).await;
        put.refused(403, ErrorCode::Forbidden);
        who.get(&path).await.refused(403, ErrorCode::Forbidden);
        let delete = who.json(Method::DELETE, &path, json!({})).await;
        delete.refused(403, ErrorCode::Forbidden);
    }
    let stranger = house.stranger();
    let put = stranger
        .json(Method::PUT, &route(&code), credentials(HOSTS))
        .await;
    put.refused(401, ErrorCode::Unauthenticated);
    let unknown = anna.json(Method::PUT, &route("ZZZZZ"), credentials(HOSTS)).await;
    unknown.refused(404, ErrorCode::NotFound);
    let fields = format!(
        "nest={code}&client_id={}&client_secret={}",
        HOSTS.id, HOSTS.secret
    );
    let by_form = ben.call("set_spotify_app", &fields).await;
    assert_eq!(by_form.json()["error"], "forbidden", "{}", by_form.text());
    assert!(standin.seen().is_empty(), "Spotify was asked nothing");
}

#[tokio::test]
async fn without_a_script_a_wrong_secret_is_told_and_the_right_one_saved() {
    let standin = Spotify::start().await.expect("a stand-in");
    let (_house, anna, code) = open(&standin).await;
    let settings = format!("/nest/{code}/settings");
    // A form is sent from its page, to which a refusal leads back.
    let from = format!("http://127.0.0.1{settings}");
    let headers = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("accept", "text/html"),
        ("referer", from.as_str()),
    ];
    let send = async |secret: &str| {
        let fields = format!("nest={code}&client_id={}&client_secret={secret}", HOSTS.id);
        let path = "/api/fn/set_spotify_app";
        let answer = anna
            .send(Method::POST, path, &headers, Body::from(fields))
            .await
            .expect(302);
        let location = answer.header("location").to_owned();
        assert!(!location.contains(secret), "{location}");
        location
    };
    let before = page(&anna, &settings).await;
    assert!(
        before.contains("Save app") && before.contains("/authentication/spotify_callback"),
        "{before}"
    );
    let refused = send("wrong-one").await;
    let (query, place) = refused
        .split_once('?')
        .expect("why")
        .1
        .split_once('#')
        .expect("where");
    assert_eq!(place, "client_secret", "the field that is wrong is in sight");
    let told = page(&anna, &format!("{settings}?{query}")).await;
    assert_eq!(
        told.matches("This is not the secret of that app.").count(),
        1,
        "{told}"
    );
    let field = told
        .split("<input")
        .find(|input| input.contains(r#"id="client_secret""#))
        .expect("a field");
    assert!(field.contains(r#"aria-invalid="true""#), "{field}");
    assert!(
        told.contains(HOSTS.id),
        "what was typed is still there, but for the secret"
    );
    assert_eq!(send(HOSTS.secret).await, format!("{settings}#own-app"));
    let after = page(&anna, &settings).await;
    assert!(
        after.contains("0 of 5 seats used") && after.contains("Replace app"),
        "{after}"
    );
    assert!(after.contains(HOSTS.id) && !after.contains(HOSTS.secret));
    let removed = anna
        .post_form("/api/fn/remove_spotify_app", &format!("nest={code}"))
        .await
        .expect(302);
    assert_eq!(removed.header("location"), format!("{settings}#own-app"));
    assert!(page(&anna, &settings).await.contains("Save app"));
}

#[tokio::test]
async fn a_listener_connects_by_the_nests_app_sees_the_seats_and_disconnects() {
    let standin = Spotify::start().await.expect("a stand-in");
    let (house, anna, code) = open(&standin).await;
    let ben = house.guest("Ben").await;
    let hear = format!("/spotify?nest={code}");
    assert!(page(&ben, &hear).await.contains("This house has no Spotify"));
    enter(&anna, &code).await;
    let empty = page(&ben, &hear).await;
    assert!(
        empty.contains("0 of 5 seats used") && empty.contains("Connect Spotify"),
        "{empty}"
    );
    assert!(
        connect_form(&ben, &code)
            .await
            .contains(&format!("client_id={}", HOSTS.id))
    );
    assert_eq!(
        connect(&standin, &ben, &code, BEN).await,
        format!("{hear}&why=connected")
    );
    standin.open_device(BEN, "Kitchen", "Speaker");
    let connected = page(&ben, &format!("{hear}&why=connected")).await;
    for part in [
        "Connected.",
        "Ben Listens",
        "1 of 5 seats used",
        "Kitchen · Speaker",
    ] {
        assert!(connected.contains(part), "{part}: {connected}");
    }
    let elsewhere = page(&ben, "/spotify?nest=main").await;
    assert!(
        elsewhere.contains("This house has no Spotify"),
        "it is for that nest alone"
    );
    let gone = ben
        .post_form("/spotify/disconnect", &format!("nest={code}"))
        .await
        .expect(302);
    assert_eq!(gone.header("location"), format!("{hear}&why=disconnected"));
    let after = page(&ben, gone.header("location")).await;
    assert!(
        after.contains("your seat is free") && after.contains("0 of 5 seats used"),
        "{after}"
    );
}

#[tokio::test]
async fn who_is_not_entered_in_the_app_hears_what_the_host_has_to_do() {
    let standin = Spotify::start().await.expect("a stand-in");
    let (house, anna, code) = open(&standin).await;
    enter(&anna, &code).await;
    let eve = house.guest("Eve").await;
    let back = connect(&standin, &eve, &code, EVE).await;
    assert_eq!(back, format!("/spotify?nest={code}&why=no-seat"));
    let told = page(&eve, &back).await;
    assert!(
        told.contains("User Management") && told.contains("add songs and vote"),
        "{told}"
    );
    assert!(told.contains("0 of 5 seats used") && told.contains("Connect Spotify"));
}

#[tokio::test]
async fn the_sixth_is_told_on_the_page_and_not_sent_to_spotify() {
    let standin = Spotify::start().await.expect("a stand-in");
    let (house, anna, code) = open(&standin).await;
    enter(&anna, &code).await;
    for (n, listener) in HOSTS.users.into_iter().enumerate() {
        let guest = house.guest(&format!("Guest{n}")).await;
        let back = connect(&standin, &guest, &code, listener).await;
        assert!(back.ends_with("why=connected"), "{back}");
    }
    let sixth = house.guest("Eve").await;
    let hear = format!("/spotify?nest={code}");
    let told = page(&sixth, &hear).await;
    assert!(
        told.contains("5 of 5 seats used") && told.contains("add songs and vote as before"),
        "{told}"
    );
    assert!(!told.contains("Connect Spotify"), "{told}");
    let led = connect_form(&sixth, &code).await;
    assert_eq!(led, format!("{hear}&why=seats-taken"));
    let once = page(&sixth, &led).await;
    assert_eq!(once.matches("All five seats").count(), 1, "{once}");
    let settings = page(&anna, &format!("/nest/{code}/settings")).await;
    assert!(settings.contains("5 of 5 seats used"));

    // "as before": what the sixth brings is queued and played, and their votes count.
    let commands = format!("/api/nests/{code}/commands");
    let track = format!("spotify:track:{}", standin.catalogue().tracks[0].id);
    let mut tab = house.tab_at(&sixth, &format!("/socket/{code}")).await;
    let add = json!({"add": {"track": track}});
    sixth.post(&commands, add).await.expect(200);
    tab.event_that(|change| change.get("started").is_some()).await;
    let add = json!({"add": {"track": house.track(0).await}});
    anna.post(&commands, add).await.expect(200);
    let nest = NestId::parse(&code).expect("a code");
    let queue = house.state.engine.snapshot(&nest).await.expect("it is awake");
    let playing = queue.playing.as_ref().expect("something plays");
    assert_eq!(playing.queued.song.track.uri.to_string(), track);
    let hers = queue.songs[0].song.id.to_string();
    sixth.post(&commands, vote(&hers, "up")).await.expect(200);
    let voted = house.state.engine.snapshot(&nest).await.expect("it is awake");
    assert_eq!(voted.songs[0].votes.len(), 1);
}

#[tokio::test]
async fn in_a_house_with_spotify_each_nest_keeps_to_its_app() {
    let standin = Spotify::start().await.expect("a stand-in");
    let house = super::spotify::open(&standin).await;
    let (anna, ben) = (house.guest("Anna").await, house.guest("Ben").await);
    let code = anna.build("Friday Vibes").await;
    enter(&anna, &code).await;
    let search = async |nest: &str| {
        standin.take_seen();
        ben.get(&format!("/api/search?q=glass&limit=2&nest={nest}"))
            .await
            .expect(200);
        let seen = standin.take_seen();
        seen.last().map(|seen| seen.by.clone()).unwrap_or_default()
    };
    // The first one was the trial's.
    assert_eq!(search(&code).await, "token 2 of host's app");
    assert_eq!(search("main").await, "token 1");
    connect(&standin, &ben, &code, BEN).await;
    assert!(
        page(&ben, "/spotify").await.contains("Connect Spotify"),
        "by the house's app he is not connected"
    );
    let houses = ben.post_form("/spotify/connect", "next=/").await.expect(303);
    assert!(
        houses
            .header("location")
            .contains(&format!("client_id={}", HOUSE.id))
    );
}
