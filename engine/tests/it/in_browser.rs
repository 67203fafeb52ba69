//! Hearing a nest in the browser itself: the browser stays chosen, its player comes and goes, and only that player gets a token.
//! To Spotify it is a device like any other, so the stand-in opens one.

use engine::accounts::AccountError;
use engine::hearing::Standing;
use engine::hearing::in_browser::{Browser, InBrowserError};
use engine::{EngineError, SessionId};
use nests::following::Rest;
use nests::nest::NestId;
use standin::spotify::Spotify as Standin;
use standin::spotify::listeners::{ANNA, BEN};

use crate::accounts::{connect, open};
use crate::hearing::{Hearer, add, comes_to, hears, silence, standing, uri};
use crate::support::{House, person};

/// The browser that is signed in with the session of that digit.
fn browser(digit: char) -> Browser {
    Browser::of(SessionId::parse(&digit.to_string().repeat(64)).as_ref())
}

/// Anna is in the nest, connected, and hears it in browser 1, which has opened no player yet.
async fn anna_chose_her_browser(standin: &Standin, house: &House, nest: &NestId) -> Hearer {
    connect(standin, house, "anna", ANNA).await;
    let seat = house.join(nest, "anna").await;
    house
        .engine
        .choose_browser(&person("anna"), nest, &browser('1'))
        .await
        .expect("chosen");
    Hearer {
        person: person("anna"),
        listener: ANNA,
        device: standin.open_device(ANNA, "EchoNest (Main Nest)", "Computer"),
        _seat: seat,
    }
}

async fn ready(house: &House, who: &Hearer, nest: &NestId, asked: bool) -> Result<(), InBrowserError> {
    let (engine, browser) = (&house.engine, browser('1'));
    engine
        .player_is_ready(&who.person, nest, &browser, &who.device, asked)
        .await
}

async fn gone(house: &House, who: &Hearer, nest: &NestId, device: &str) {
    house
        .engine
        .player_is_gone(&who.person, nest, &browser('1'), device)
        .await
        .expect("the store answers");
}

#[tokio::test]
async fn the_player_of_a_chosen_browser_is_kept_in_step_from_when_it_is_ready_until_its_page_goes() {
    let (standin, house) = open().await;
    let nest = NestId::main();
    add(&standin, &house, &nest, 0).await;
    let anna = anna_chose_her_browser(&standin, &house, &nest).await;
    house.until(&nest, "it plays", |n| n.playing.is_some()).await;
    assert_eq!(standin.hears(ANNA), None, "no player yet");
    ready(&house, &anna, &nest, true).await.expect("it is listed");
    hears(&standin, &anna, 0).await;
    let chosen = house.engine.hearing(&anna.person.id, &nest).await;
    let chosen = chosen.expect("the store answers").device.expect("one");
    assert!(chosen.is_in(&browser('1')) && !chosen.is_in(&browser('2')));

    gone(&house, &anna, &nest, "another").await;
    let chosen = house.engine.hearing(&anna.person.id, &nest).await;
    let there = chosen.expect("the store answers").device.expect("one").id;
    assert_eq!(there, anna.device, "it was not this one");
    gone(&house, &anna, &nest, &anna.device).await;
    silence(&standin, &anna).await;
    comes_to(&house, &anna, &nest, Standing::Off).await;
    // The page again, with a player of another name: nobody has to choose anew.
    let device = standin.open_device(ANNA, "EchoNest (Main Nest)", "Computer");
    standin.close_device(ANNA, &anna.device);
    let anna = Hearer { device, ..anna };
    ready(&house, &anna, &nest, false).await.expect("it is listed");
    hears(&standin, &anna, 0).await;
}

#[tokio::test]
async fn only_what_was_chosen_may_play_and_a_player_that_spotify_does_not_list_yet_is_asked_to_wait() {
    let (standin, house) = open().await;
    let nest = NestId::main();
    let engine = &house.engine;
    let none = engine.choose_browser(&person("anna"), &nest, &browser('1')).await;
    assert!(matches!(none, Err(AccountError::NotConnected)), "{none:?}");
    let anna = anna_chose_her_browser(&standin, &house, &nest).await;

    let other_browser = engine
        .player_is_ready(&anna.person, &nest, &browser('2'), &anna.device, true)
        .await;
    assert!(
        matches!(other_browser, Err(InBrowserError::NotChosen)),
        "{other_browser:?}"
    );
    let unknown = engine
        .player_is_ready(&anna.person, &nest, &browser('1'), "made-up", true)
        .await;
    assert!(matches!(unknown, Err(InBrowserError::NotThereYet)), "{unknown:?}");
    let nonsense = engine
        .player_is_ready(&anna.person, &nest, &browser('1'), "../me", true)
        .await;
    let is_invalid = matches!(
        &nonsense,
        Err(InBrowserError::Account(AccountError::Engine(
            EngineError::Invalid { field: "device", .. }
        )))
    );
    assert!(is_invalid, "{nonsense:?}");

    // A speaker instead: what the page still says counts no more.
    let kitchen = standin.open_device(ANNA, "Kitchen", "Speaker");
    engine
        .choose_device(&anna.person, &nest, &kitchen)
        .await
        .expect("chosen");
    let late = ready(&house, &anna, &nest, true).await;
    assert!(matches!(late, Err(InBrowserError::NotChosen)), "{late:?}");
    gone(&house, &anna, &nest, &kitchen).await;
    add(&standin, &house, &nest, 0).await;
    let anna = Hearer {
        device: kitchen,
        ..anna
    };
    hears(&standin, &anna, 0).await;
}

#[tokio::test]
async fn choosing_the_browser_lets_the_device_before_go_at_once_and_stopping_forgets_the_browser() {
    let (standin, house) = open().await;
    let nest = NestId::main();
    connect(&standin, &house, "anna", ANNA).await;
    let kitchen = standin.open_device(ANNA, "Kitchen", "Speaker");
    let anna = Hearer {
        person: person("anna"),
        listener: ANNA,
        device: kitchen,
        _seat: house.join(&nest, "anna").await,
    };
    let engine = &house.engine;
    engine
        .choose_device(&anna.person, &nest, &anna.device)
        .await
        .expect("chosen");
    add(&standin, &house, &nest, 0).await;
    hears(&standin, &anna, 0).await;
    engine
        .choose_browser(&anna.person, &nest, &browser('1'))
        .await
        .expect("chosen");
    silence(&standin, &anna).await;

    let device = standin.open_device(ANNA, "EchoNest (Main Nest)", "Computer");
    let anna = Hearer { device, ..anna };
    ready(&house, &anna, &nest, true).await.expect("it is listed");
    hears(&standin, &anna, 0).await;
    engine.stop_hearing(&anna.person, &nest).await.expect("stopped");
    silence(&standin, &anna).await;
    let late = ready(&house, &anna, &nest, false).await;
    assert!(matches!(late, Err(InBrowserError::NotChosen)), "{late:?}");
}

#[tokio::test]
async fn a_page_that_is_opened_again_takes_nothing_away_and_one_that_is_asked_for_does() {
    let (standin, house) = open().await;
    let nest = NestId::main();
    let anna = anna_chose_her_browser(&standin, &house, &nest).await;
    let phone = standin.open_device(ANNA, "Phone", "Smartphone");
    add(&standin, &house, &nest, 0).await;
    house.until(&nest, "it plays", |n| n.playing.is_some()).await;
    standin.play_by_hand(ANNA, &phone, 7);
    ready(&house, &anna, &nest, false).await.expect("it is listed");
    comes_to(&house, &anna, &nest, Standing::Follows(Rest::OwnWay)).await;
    let own = uri(&standin, 7).to_string();
    assert!(
        standin
            .hears(ANNA)
            .is_some_and(|heard| heard.playing && heard.uri == own)
    );
    // A tap on the page: the same player, and now it is wished for.
    ready(&house, &anna, &nest, true).await.expect("it is there");
    hears(&standin, &anna, 0).await;
}

#[tokio::test]
async fn a_token_goes_to_the_player_that_was_chosen_its_owners_own_and_the_next_one_where_it_is_refused() {
    let (standin, house) = open().await;
    let nest = NestId::main();
    let engine = &house.engine;
    let anna = anna_chose_her_browser(&standin, &house, &nest).await;
    connect(&standin, &house, "ben", BEN).await;
    let token = engine
        .token_for_player(&anna.person, &nest, &browser('1'), None)
        .await
        .expect("a token");
    let hers = engine.access_token(&anna.person.id).await.expect("a token");
    assert_eq!(token, hers);
    let his = engine.access_token(&person("ben").id).await.expect("a token");
    assert_ne!(token, his);

    for (who, which) in [(&anna.person, '2'), (&person("ben"), '1')] {
        let refused = engine.token_for_player(who, &nest, &browser(which), None).await;
        assert!(matches!(refused, Err(InBrowserError::NotChosen)), "{refused:?}");
    }
    let next = engine
        .token_for_player(&anna.person, &nest, &browser('1'), Some(token.clone()))
        .await
        .expect("the next one");
    assert_ne!(next, token);
    let again = engine
        .token_for_player(&anna.person, &nest, &browser('1'), Some(token))
        .await
        .expect("the same");
    assert_eq!(again, next, "it is renewed once, however often it is refused");

    engine.unlink(&anna.person.id).await.expect("disconnected");
    let refused = engine
        .token_for_player(&anna.person, &nest, &browser('1'), None)
        .await;
    assert!(refused.is_err(), "{refused:?}");
    assert_eq!(standing(&house, &anna, &nest).await, Standing::Off);
}

#[tokio::test]
async fn a_page_that_asks_without_end_is_told_to_wait_before_spotify_tells_the_house() {
    let (standin, house) = open().await;
    let nest = NestId::main();
    let anna = anna_chose_her_browser(&standin, &house, &nest).await;
    let is_told_to_wait = |answer: Result<(), InBrowserError>| {
        matches!(
            answer,
            Err(InBrowserError::Account(AccountError::Engine(
                EngineError::RateLimited { .. }
            )))
        )
    };
    standin.take_seen();
    let mut waits = 0;
    for _ in 0..60 {
        let made_up = house
            .engine
            .player_is_ready(&anna.person, &nest, &browser('1'), "made-up", true)
            .await;
        waits += usize::from(is_told_to_wait(made_up));
    }
    assert!(waits >= 20, "{waits}");
    assert!(standin.take_seen().len() <= 40);

    let mut renewed = 0;
    for _ in 0..20 {
        let token = house
            .engine
            .token_for_player(&anna.person, &nest, &browser('1'), None)
            .await
            .expect("hers");
        let next = house
            .engine
            .token_for_player(&anna.person, &nest, &browser('1'), Some(token))
            .await;
        renewed += usize::from(next.is_ok());
    }
    assert!((1..=5).contains(&renewed), "{renewed}");
}
