//! Seats: listeners connect by the nest's app, five of them; each account counts for the app that it was connected by.

use engine::accounts::AccountError;
use nests::nest::NestId;
use nests::wire::directory::NestCard;
use standin::spotify::Spotify as Standin;
use standin::spotify::apps::{HOSTS, OTHER};
use standin::spotify::listeners::{ANNA, BEN, CLEO, DAN, EVE, FRED};

use super::{HOUR, account, come_back, connect, enter, open, own_app, page};
use crate::accounts::{dump, log, part};
use crate::support::{House, by_id, person};

async fn used(house: &House, nest: &NestCard) -> usize {
    own_app(house, nest).await.expect("an app").seats.used
}

/// A nest whose five seats are taken, by p0 to p4.
async fn full(standin: &Standin, house: &House) -> NestCard {
    let nest = house.build("Friday Vibes").await;
    enter(house, &nest, HOSTS).await.expect("it works");
    for (n, listener) in HOSTS.users.into_iter().enumerate() {
        assert_eq!(used(house, &nest).await, n);
        let who = format!("p{n}");
        connect(standin, house, &nest, &who, listener)
            .await
            .expect("a seat");
    }
    nest
}

#[tokio::test]
async fn who_connects_for_the_nest_connects_by_its_app_and_for_no_other_nest() {
    let (standin, house) = open().await;
    let (nest, elsewhere) = (house.build("Friday Vibes").await, house.build("Elsewhere").await);
    enter(&house, &nest, HOSTS).await.expect("it works");
    log(&standin);
    let asked = page(&house, &nest, "ben").await.expect("a page");
    assert_eq!(part(&asked, "client_id"), HOSTS.id);
    let state = part(&asked, "state");
    assert_eq!(engine::own_app::nest_of_state(&state), Some(nest.nest_id.clone()));
    let ben = come_back(&house, "ben", &standin.agree(&asked, BEN)).await;
    assert_eq!(ben.expect("connected").who, "Ben Listens");
    insta::assert_snapshot!("connecting_by_the_nests_app", log(&standin));
    assert!(account(&house, &nest, "ben").await.is_some());
    for nest in [&elsewhere.nest_id, &NestId::main()] {
        let there = house.engine.account_in(nest, &person("ben").id).await;
        assert_eq!(there.expect("the store answers"), None);
    }
    let theirs = page(&house, &elsewhere, "ben").await.expect("a page");
    assert_eq!(part(&theirs, "client_id"), standin::spotify::CLIENT_ID);
    crate::accounts::connect(&standin, &house, "ben", ANNA).await;
    let by_the_house = house
        .engine
        .account_in(&elsewhere.nest_id, &person("ben").id)
        .await;
    assert!(by_the_house.is_ok_and(|account| account.is_some_and(|account| account.who == "Anna Listens")));
    assert!(
        account(&house, &nest, "ben")
            .await
            .is_some_and(|account| account.who == "Ben Listens")
    );
    let all = dump(&house).await;
    for secret in standin.tokens().into_iter().chain(standin.refresh_tokens()) {
        assert!(!all.contains(&secret), "{secret}");
    }
}

#[tokio::test]
async fn a_token_is_renewed_by_the_app_that_it_was_given_to() {
    let (standin, house) = open().await;
    let nest = house.build("Friday Vibes").await;
    enter(&house, &nest, HOSTS).await.expect("it works");
    connect(&standin, &house, &nest, "ben", BEN)
        .await
        .expect("connected");
    standin.open_device(BEN, "Kitchen", "Speaker");
    log(&standin);
    house.clock.advance(HOUR);
    let devices = house.engine.devices(&person("ben").id, &nest.nest_id).await;
    assert_eq!(devices.expect("devices").len(), 1);
    insta::assert_snapshot!("renewing_by_the_nests_app", log(&standin));
    assert_eq!(used(&house, &nest).await, 1);
}

#[tokio::test]
async fn the_sixth_is_told_before_being_sent_anywhere_and_whoever_leaves_makes_room() {
    let (standin, house) = open().await;
    let nest = full(&standin, &house).await;
    assert_eq!(used(&house, &nest).await, 5);
    log(&standin);
    let sixth = page(&house, &nest, "p5").await;
    assert!(matches!(sixth, Err(AccountError::SeatsTaken)), "{sixth:?}");
    assert_eq!(log(&standin), "");
    connect(&standin, &house, &nest, "p2", CLEO)
        .await
        .expect("who has a seat connects again");
    assert_eq!(used(&house, &nest).await, 5);
    house
        .engine
        .unlink_in(&nest.nest_id, &person("p2").id)
        .await
        .expect("disconnected");
    assert_eq!(used(&house, &nest).await, 4);
    assert_eq!(account(&house, &nest, "p2").await, None);
    connect(&standin, &house, &nest, "p5", CLEO)
        .await
        .expect("a seat");
    assert_eq!(used(&house, &nest).await, 5);
}

#[tokio::test]
async fn of_eight_who_come_back_at_the_same_moment_five_get_a_seat() {
    let (standin, house) = open().await;
    let nest = house.build("Friday Vibes").await;
    enter(&house, &nest, HOSTS).await.expect("it works");
    let other = house.another_process_with(super::with(&standin)).await;
    let mut backs = Vec::new();
    for n in 0..8 {
        let who = format!("p{n}");
        let asked = page(&house, &nest, &who).await.expect("room is left");
        backs.push((who, standin.agree(&asked, DAN)));
    }
    let houses = [&house, &other];
    let coming = backs
        .iter()
        .enumerate()
        .map(|(n, (who, back))| come_back(houses[n % 2], who, back));
    let came = futures_util::future::join_all(coming).await;
    let seated = came.iter().filter(|came| came.is_ok()).count();
    let told = came
        .iter()
        .filter(|came| matches!(came, Err(AccountError::SeatsTaken)))
        .count();
    assert_eq!((seated, told), (5, 3), "{came:?}");
    assert_eq!(used(&house, &nest).await, 5);
    for (came, (who, _)) in came.iter().zip(&backs) {
        assert_eq!(account(&house, &nest, who).await.is_some(), came.is_ok(), "{who}");
    }
}

#[tokio::test]
async fn a_seat_whose_account_ran_out_is_free() {
    let (standin, house) = open().await;
    let nest = full(&standin, &house).await;
    let key = format!("NEST:{}|SPOTIFY|account:p3", nest.nest_id);
    let mut redis = house.redis().await;
    let life: i64 = redis::cmd("TTL")
        .arg(&key)
        .query_async(&mut redis)
        .await
        .expect("a life");
    assert!(life > 29 * 24 * 3600, "{life}");
    redis::cmd("UNLINK")
        .arg(&key)
        .exec_async(&mut redis)
        .await
        .expect("run out");
    assert_eq!(used(&house, &nest).await, 4);
    connect(&standin, &house, &nest, "p5", BEN).await.expect("a seat");
    let again = page(&house, &nest, "p3").await;
    assert!(matches!(again, Err(AccountError::SeatsTaken)), "{again:?}");
}

#[tokio::test]
async fn who_is_not_entered_in_the_app_is_told_so_and_takes_no_seat() {
    let (standin, house) = open().await;
    let nest = house.build("Friday Vibes").await;
    enter(&house, &nest, HOSTS).await.expect("it works");
    let eve = connect(&standin, &house, &nest, "eve", EVE).await;
    assert!(matches!(eve, Err(AccountError::NoSeat)), "{eve:?}");
    assert_eq!(
        (used(&house, &nest).await, account(&house, &nest, "eve").await),
        (0, None)
    );
    crate::accounts::connect(&standin, &house, "eve", EVE).await; // by the house's app she has one
    connect(&standin, &house, &nest, "fred", FRED)
        .await
        .expect("he is entered here");
}

#[tokio::test]
async fn a_guest_who_leaves_takes_every_account_along() {
    let (standin, house) = open().await;
    let (nest, another) = (house.build("Friday Vibes").await, house.build("Another").await);
    enter(&house, &nest, HOSTS).await.expect("it works");
    enter(&house, &another, OTHER).await.expect("it works");
    crate::accounts::connect(&standin, &house, "ben", BEN).await;
    for nest in [&nest, &another] {
        connect(&standin, &house, nest, "ben", BEN)
            .await
            .expect("connected");
    }
    house
        .engine
        .unlink_everywhere(&person("ben").id)
        .await
        .expect("forgotten");
    assert_eq!(house.keys("*account:*").await, Vec::<String>::new());
    assert_eq!(house.keys("NESTS|spotify-seats:*").await, Vec::<String>::new());
    assert_eq!((used(&house, &nest).await, used(&house, &another).await), (0, 0));
}

#[tokio::test]
async fn a_seat_whose_account_spotify_accepts_no_more_is_free() {
    let (standin, house) = open().await;
    let nest = full(&standin, &house).await;
    standin.withdraw_permission(HOSTS.users[2]);
    house.clock.advance(HOUR); // its token has to be renewed
    let refused = house.engine.devices(&person("p2").id, &nest.nest_id).await;
    assert!(matches!(refused, Err(AccountError::Withdrawn)), "{refused:?}");
    assert_eq!(used(&house, &nest).await, 4);
    connect(&standin, &house, &nest, "p5", BEN).await.expect("a seat");
    let again = page(&house, &nest, "p2").await;
    assert!(matches!(again, Err(AccountError::SeatsTaken)), "{again:?}");
}

#[tokio::test]
async fn disconnecting_after_the_app_was_taken_away_leaves_the_account_by_the_houses_app() {
    let (standin, house) = open().await;
    let nest = house.build("Friday Vibes").await;
    enter(&house, &nest, HOSTS).await.expect("it works");
    crate::accounts::connect(&standin, &house, "ben", BEN).await;
    connect(&standin, &house, &nest, "ben", BEN)
        .await
        .expect("connected");
    let removed = house.engine.remove_own_app(&person("anna"), &by_id(&nest)).await;
    removed.expect("removed");
    let ben = person("ben").id;
    house
        .engine
        .unlink_in(&nest.nest_id, &ben)
        .await
        .expect("nothing to do");
    let by_the_house = house.engine.account(&ben).await.expect("the store answers");
    assert!(by_the_house.is_some());
}

/// What a cleanup has not reached yet, while somebody comes back from Spotify.
#[tokio::test]
async fn an_account_for_a_nest_that_was_deleted_meanwhile_leaves_nothing_behind() {
    let (standin, house) = open().await;
    let nest = house.build("Friday Vibes").await;
    enter(&house, &nest, HOSTS).await.expect("it works");
    let back = standin.agree(&page(&house, &nest, "ben").await.expect("a page"), BEN);
    let key = format!("NEST:{}|SPOTIFY|app", nest.nest_id);
    let mut redis = house.redis().await;
    let app: Vec<u8> = redis::cmd("DUMP")
        .arg(&key)
        .query_async(&mut redis)
        .await
        .expect("the app");
    let deleted = house.engine.delete_nest(&person("anna"), &by_id(&nest)).await;
    deleted.expect("deleted");
    redis::cmd("RESTORE")
        .arg(&key)
        .arg(0)
        .arg(app)
        .exec_async(&mut redis)
        .await
        .expect("not reached yet");
    let came = come_back(&house, "ben", &back).await;
    assert!(came.is_err(), "{came:?}");
    let left = house.keys(&format!("NEST:{}|SPOTIFY*", nest.nest_id)).await;
    assert_eq!(left, [key]);
}
