//! Entering an app, replacing it and taking it away; what it outlives and what it doesn't.

use std::time::Duration;

use engine::own_app::{OwnAppError, SEATS, Seats};
use engine::source::SourceError;
use engine::{EngineError, RestartMode, RestartWish, Seal, SpotifySecret};
use nests::nest::{NestId, NestRef};
use nests::wire::{ErrorBody, ErrorCode};
use standin::spotify::apps::{HOSTS, HOUSE, OTHER};
use standin::spotify::listeners::{ANNA, BEN};
use standin::spotify::{Mood, Spotify as Standin};

use super::{account, connect, enter, enter_typed, open, own_app, page, with};
use crate::accounts::{dump, log, part};
use crate::support::{House, by_id, person};

const FIVE_MINUTES: i64 = 5 * 60_000 + 1;

#[tokio::test]
async fn an_app_is_tried_before_it_is_kept_and_spotify_is_asked_exactly_this() {
    let (standin, house) = open().await;
    let nest = house.build("Friday Vibes").await;
    assert_eq!(own_app(&house, &nest).await, None);
    let entered = enter(&house, &nest, HOSTS).await.expect("it works");
    assert_eq!(entered.client_id, HOSTS.id);
    assert_eq!(entered.seats, Seats { used: 0, of: SEATS });
    assert!(entered.usable && entered.since.ends_with('Z'), "{entered:?}");
    insta::assert_snapshot!("trying", log(&standin));
    assert_eq!(own_app(&house, &nest).await, Some(entered));
    let other = house.another_process_with(with(&standin)).await;
    assert!(
        own_app(&other, &nest).await.is_some_and(|app| app.usable),
        "in every process"
    );
    let key = format!("NEST:{}|SPOTIFY|app", nest.nest_id);
    let mut values = redis::cmd("HVALS");
    let values: Vec<String> = values
        .arg(&key)
        .query_async(&mut house.redis().await)
        .await
        .expect("a hash");
    assert!(values.iter().any(|value| value == HOSTS.id), "{values:?}");
    let all = values.join(" ") + &dump(&house).await;
    assert!(!all.contains(HOSTS.secret), "sealed");
    assert!(!format!("{:?}", SpotifySecret::new(HOSTS.secret)).contains(HOSTS.secret));
}

#[tokio::test]
async fn what_is_wrong_is_said_of_its_field_and_the_app_before_stays() {
    let (_standin, house) = open().await;
    let nest = house.build("Friday Vibes").await;
    enter(&house, &nest, OTHER).await.expect("it works");
    let before = own_app(&house, &nest).await;
    let table = [
        (
            HOSTS.id,
            "wrong",
            "client_secret",
            "This is not the secret of that app.",
        ),
        (
            "unknown",
            HOSTS.secret,
            "client_id",
            "Spotify knows no app with this client id.",
        ),
        (
            HOUSE.id,
            HOUSE.secret,
            "client_id",
            "The house goes by this app already.",
        ),
        (
            "",
            HOSTS.secret,
            "client_id",
            "The client id is missing: copy it from your app's page at developer.spotify.com.",
        ),
        (
            HOSTS.id,
            "two words",
            "client_secret",
            "A client secret has only letters and digits: copy it from your app's page at developer.spotify.com.",
        ),
    ];
    for (id, secret, field, message) in table {
        let refused = enter_typed(&house, &nest, id, secret).await.expect_err(message);
        let told = ErrorBody::from(refused);
        assert_eq!(
            (told.field.as_deref(), told.message.as_str()),
            (Some(field), message)
        );
        assert_eq!(told.error, ErrorCode::InvalidRequest);
    }
    assert_eq!(own_app(&house, &nest).await, before);
}

#[tokio::test]
async fn nothing_is_kept_that_could_not_be_tried() {
    let (standin, house) = open().await;
    let nest = house.build("Friday Vibes").await;
    for mood in [
        Mood::Overloaded,
        Mood::Garbled,
        Mood::Slow(Duration::from_secs(30)),
    ] {
        standin.be(mood);
        let told = ErrorBody::from(enter(&house, &nest, HOSTS).await.expect_err("away"));
        assert_eq!(told.error, ErrorCode::StoreUnavailable, "{mood:?}");
        assert_eq!(told.field.as_deref(), Some("client_id"));
        assert!(told.message.contains("Nothing was saved"), "{}", told.message);
    }
    standin.be(Mood::Well);
    standin.allow_calls_of(HOSTS, 0, 30);
    let told = ErrorBody::from(enter(&house, &nest, HOSTS).await.expect_err("too often"));
    assert_eq!((told.error, told.retry_after), (ErrorCode::RateLimited, Some(30)));
    assert_eq!(told.field.as_deref(), Some("client_id"));
    assert_eq!(own_app(&house, &nest).await, None);
    assert_eq!(
        house.keys("*rate-limited").await,
        Vec::<String>::new(),
        "that is nobody's rest yet"
    );
    assert_eq!(house.keys("*|SPOTIFY|*").await, Vec::<String>::new());
}

#[tokio::test]
async fn only_the_nests_host_may_and_the_main_nest_has_none() {
    let (standin, house) = open().await;
    let nest = house.build("Friday Vibes").await;
    enter(&house, &nest, HOSTS).await.expect("it works");
    log(&standin);
    let (ben, secret) = (person("ben"), SpotifySecret::new(OTHER.secret));
    for nest in [by_id(&nest), NestRef::Id(NestId::main())] {
        let set = house.engine.set_own_app(&ben, &nest, OTHER.id, &secret).await;
        assert!(
            matches!(set, Err(OwnAppError::Engine(EngineError::NotTheCreator))),
            "{set:?}"
        );
        let removed = house.engine.remove_own_app(&ben, &nest).await;
        assert!(matches!(removed, Err(EngineError::NotTheCreator)), "{removed:?}");
        let seen = house.engine.own_app_for_host(&ben, &nest).await;
        assert!(matches!(seen, Err(EngineError::NotTheCreator)), "{seen:?}");
    }
    assert_eq!(log(&standin), "", "nobody asked Spotify");
    assert!(
        own_app(&house, &nest)
            .await
            .is_some_and(|app| app.client_id == HOSTS.id)
    );
}

#[tokio::test]
async fn after_five_tries_a_host_has_to_wait_and_spotify_is_asked_no_more() {
    let (standin, house) = open().await;
    let nest = house.build("Friday Vibes").await;
    for _ in 0..5 {
        let refused = enter_typed(&house, &nest, HOSTS.id, "wrong").await;
        assert!(matches!(refused, Err(OwnAppError::WrongSecret)), "{refused:?}");
    }
    log(&standin);
    let told = ErrorBody::from(enter(&house, &nest, HOSTS).await.expect_err("too many"));
    assert_eq!(told.error, ErrorCode::RateLimited);
    assert!(
        told.retry_after
            .is_some_and(|seconds| (1..=60).contains(&seconds))
    );
    assert_eq!(log(&standin), "");
}

#[tokio::test]
async fn it_outlives_restart_sleep_and_the_program_and_goes_with_the_nest() {
    let (standin, house) = open().await;
    let nest = house.build("Friday Vibes").await;
    enter(&house, &nest, HOSTS).await.expect("it works");
    connect(&standin, &house, &nest, "ben", BEN)
        .await
        .expect("connected");
    let before = own_app(&house, &nest).await;
    assert!(before.as_ref().is_some_and(|app| app.seats.used == 1));
    let force = RestartWish {
        mode: RestartMode::Force,
        expected_generation: None,
        keep_queue: false,
    };
    let restarted = house
        .engine
        .restart_nest(&person("anna"), &by_id(&nest), force)
        .await;
    restarted.expect("restarted");
    assert_eq!(own_app(&house, &nest).await, before, "restarted");
    house.clock.advance(FIVE_MINUTES);
    let asleep = house.engine.cleanup_step().await.expect("cleaned");
    assert!(asleep.contains(&nest.nest_id));
    assert_eq!(own_app(&house, &nest).await, before, "asleep");
    let house = house.restart_with(with(&standin)).await;
    assert_eq!(own_app(&house, &nest).await, before, "after a new start");
    assert!(account(&house, &nest, "ben").await.is_some());
    let delete = house.engine.delete_nest(&person("anna"), &by_id(&nest)).await;
    delete.expect("deleted");
    assert_eq!(house.keys("*|SPOTIFY|*").await, Vec::<String>::new());
    let again = enter(&house, &nest, HOSTS).await;
    assert!(
        matches!(again, Err(OwnAppError::Engine(EngineError::NestGone))),
        "{again:?}"
    );
    assert_eq!(
        house.keys("*|SPOTIFY|*").await,
        Vec::<String>::new(),
        "nothing comes back"
    );
}

#[tokio::test]
async fn another_app_forgets_the_accounts_of_the_one_before_and_the_same_one_keeps_them() {
    let (standin, house) = open().await;
    let nest = house.build("Friday Vibes").await;
    enter(&house, &nest, HOSTS).await.expect("it works");
    connect(&standin, &house, &nest, "ben", BEN)
        .await
        .expect("connected");
    let under_way = standin.agree(&page(&house, &nest, "cleo").await.expect("a page"), ANNA);
    enter(&house, &nest, HOSTS).await.expect("it works still");
    assert!(account(&house, &nest, "ben").await.is_some(), "the same app");
    let other = enter(&house, &nest, OTHER).await.expect("it works");
    assert_eq!(other.seats.used, 0);
    assert_eq!(account(&house, &nest, "ben").await, None, "another app");
    let (state, code) = (part(&under_way, "state"), part(&under_way, "code"));
    let late = house
        .engine
        .finish_linking(&person("cleo"), &state, Some(&code))
        .await;
    assert!(
        matches!(late, Err(engine::accounts::AccountError::UnknownState)),
        "{late:?}"
    );
    assert_eq!(own_app(&house, &nest).await.map(|app| app.seats.used), Some(0));
}

#[tokio::test]
async fn removing_it_leaves_no_trace_and_the_house_has_the_nest_back() {
    let (standin, house) = open().await;
    let nest = house.build("Friday Vibes").await;
    crate::accounts::connect(&standin, &house, "ben", BEN).await;
    enter(&house, &nest, HOSTS).await.expect("it works");
    assert_eq!(
        account(&house, &nest, "ben").await,
        None,
        "his account is the house's"
    );
    connect(&standin, &house, &nest, "ben", ANNA)
        .await
        .expect("connected");
    let removed = house.engine.remove_own_app(&person("anna"), &by_id(&nest)).await;
    removed.expect("removed");
    assert_eq!(own_app(&house, &nest).await, None);
    assert_eq!(house.keys("*|SPOTIFY|*").await, Vec::<String>::new());
    let his = account(&house, &nest, "ben").await.expect("the house's");
    assert_eq!(his.who, "Ben Listens");
    let again = house.engine.remove_own_app(&person("anna"), &by_id(&nest)).await;
    again.expect("it is gone, as wished");
}

#[tokio::test]
async fn a_secret_sealed_with_a_key_that_was_lost_is_said_and_the_library_goes_on() {
    let standin = Standin::start().await.expect("a stand-in");
    let house = House::open_with(with(&standin)).await;
    let nest = house.build("Friday Vibes").await;
    enter(&house, &nest, HOSTS).await.expect("it works");
    let other = house
        .another_process_with(|settings| {
            with(&standin)(settings);
            settings.seal = Seal::new("another secret key, which is just as long as this");
        })
        .await;
    assert!(own_app(&other, &nest).await.is_some_and(|app| !app.usable));
    log(&standin);
    let found = other
        .engine
        .search(&person("ben"), Some(&nest.nest_id), "song", 5, 0)
        .await
        .expect("an answer");
    assert!(!found[0].tracks().is_empty(), "the library's");
    assert_eq!(found[1].page, Err(SourceError::OwnAppRefused));
    assert_eq!(log(&standin), "", "nobody asked");
    enter(&other, &nest, HOSTS).await.expect("entered anew");
    let found = other
        .engine
        .search(&person("ben"), Some(&nest.nest_id), "glass", 5, 0)
        .await
        .expect("an answer");
    assert!(found[1].page.is_ok());
}
