//! A device in the middle of a song: moved where it is off, otherwise left to play, whatever becomes of its owner's token.

use engine::hearing::Standing;
use nests::following::Rest;
use nests::hearing::Footing;
use nests::nest::NestId;
use nests::wire::Command;
use standin::spotify::Spotify as Standin;
use standin::spotify::listeners::ANNA;

use super::{
    GRACE, Hearer, add, comes_to, hearer, hears, is_told, open, pass, silence, skip, standing, until, uri,
};
use crate::support::House;

/// Their conductor looks at the player now: somebody opened another tab.
async fn look(house: &House, hearer: &Hearer, nest: &NestId) {
    let _tab = house.join(nest, &hearer.person.name).await;
}

/// Their conductor looks, and finds the device so far ahead, to the millisecond. It is done with looking then: time may pass.
async fn is_found_ahead(house: &House, hearer: &Hearer, nest: &NestId, ahead_ms: i64) {
    look(house, hearer, nest).await;
    comes_to(house, hearer, nest, Standing::Follows(Rest::InSync { ahead_ms })).await;
}

/// Their conductor looks, moves the device, and finds it where it belongs.
async fn is_moved(standin: &Standin, house: &House, hearer: &Hearer, nest: &NestId) {
    look(house, hearer, nest).await;
    comes_to(house, hearer, nest, Standing::Follows(Rest::Settling)).await;
    is_found_ahead(house, hearer, nest, 0).await;
    assert_eq!(orders(standin), ["/v1/me/player/seek -> 204"]);
}

/// What players were told to do since the last time.
fn orders(standin: &Standin) -> Vec<String> {
    let seen = standin.take_seen().into_iter();
    let orders = seen.filter(|seen| seen.method == "PUT");
    orders
        .map(|seen| format!("{} -> {}", seen.path, seen.status))
        .collect()
}

#[tokio::test]
async fn a_device_that_fell_behind_is_moved_once_in_twenty_seconds_and_otherwise_left_to_play() {
    const NOTHING: [&str; 0] = [];
    let (standin, house) = open().await;
    let nest = NestId::main();
    let mut anna = hearer(&standin, &house, &nest, "anna", ANNA).await;
    add(&standin, &house, &nest, 0).await;
    hears(&standin, &anna, 0).await;
    let at = || standin.hears(ANNA).expect("something").position_ms;
    is_found_ahead(&house, &anna, &nest, 0).await;
    standin.take_seen();
    pass(&standin, &house, 25_000).await;
    standin.move_by_hand(ANNA, 15_000);
    is_moved(&standin, &house, &anna, &nest).await;
    assert_eq!(at(), 25_000);

    // It falls behind again at once, and then some more.
    standin.move_by_hand(ANNA, 15_000);
    is_found_ahead(&house, &anna, &nest, -10_000).await;
    is_told(&mut anna._seat, Footing::CatchingUp).await;
    pass(&standin, &house, 19_000).await;
    standin.move_by_hand(ANNA, 30_000);
    is_found_ahead(&house, &anna, &nest, -14_000).await;
    assert_eq!(orders(&standin), NOTHING);
    let known = house.engine.hearing(&anna.person.id, &nest).await;
    assert_eq!(known.expect("the store answers").footing, Footing::CatchingUp);
    pass(&standin, &house, 2_000).await;
    is_moved(&standin, &house, &anna, &nest).await;
    assert_eq!(at(), 46_000);

    // So little nobody hears, and a jump everybody does.
    pass(&standin, &house, 21_000).await;
    standin.move_by_hand(ANNA, 67_000 + 1_500);
    is_found_ahead(&house, &anna, &nest, 1_500).await;
    assert_eq!(orders(&standin), NOTHING);
    assert_eq!(at(), 68_500);
}

#[tokio::test]
async fn a_token_whose_time_is_over_in_mid_song_is_renewed_once_and_the_song_goes_on() {
    const TOKEN_LIFE_S: u64 = 90;
    let (standin, house) = open().await;
    standin.give_tokens_for(TOKEN_LIFE_S);
    let nest = NestId::main();
    let anna = hearer(&standin, &house, &nest, "anna", ANNA).await;
    add(&standin, &house, &nest, 0).await;
    hears(&standin, &anna, 0).await;
    is_found_ahead(&house, &anna, &nest, 0).await;
    standin.take_seen();
    pass(&standin, &house, 100_000).await;
    look(&house, &anna, &nest).await;
    until(&standin, "it is looked at", || {
        standin
            .seen()
            .iter()
            .any(|seen| seen.path == "/v1/me/player" && seen.status == 200)
    })
    .await;
    let heard = standin.hears(ANNA).expect("something");
    assert_eq!(
        (heard.uri, heard.position_ms, heard.playing),
        (uri(&standin, 0).to_string(), 100_000, true)
    );
    // Before it does this, the conductor has done what it would about the look.
    house.act(&nest, "anna", Command::Pause).await.expect("paused");
    silence(&standin, &anna).await;
    let seen = standin.seen();
    let renewals = seen
        .iter()
        .filter(|seen| seen.body.contains("grant_type=refresh_token"));
    assert_eq!(renewals.count(), 1);
    assert!(seen.iter().all(|seen| seen.status != 401), "{seen:#?}");
    assert_eq!(orders(&standin), ["/v1/me/player/pause -> 204"]);
    assert_eq!(standin.hears(ANNA).expect("something").position_ms, 100_000);
}

#[tokio::test]
async fn a_token_that_is_taken_back_in_mid_song_is_replaced_and_nobody_notices() {
    let (standin, house) = open().await;
    let nest = NestId::main();
    let anna = hearer(&standin, &house, &nest, "anna", ANNA).await;
    for n in [0, 1] {
        add(&standin, &house, &nest, n).await;
    }
    hears(&standin, &anna, 0).await;
    standin.revoke_tokens();
    skip(&house, &nest).await;
    hears(&standin, &anna, 1).await;
    assert!(!matches!(
        standing(&house, &anna, &nest).await,
        Standing::Trouble(_)
    ));
}

/// A bug: it was, where the nest moved on within fifteen seconds.
#[tokio::test]
async fn what_somebody_chose_a_moment_before_a_skip_is_not_taken_from_them() {
    let (standin, house) = open().await;
    let nest = NestId::main();
    let anna = hearer(&standin, &house, &nest, "anna", ANNA).await;
    for n in [0, 1] {
        add(&standin, &house, &nest, n).await;
    }
    hears(&standin, &anna, 0).await;
    pass(&standin, &house, GRACE + 1_000).await;
    standin.take_seen();
    standin.play_by_hand(ANNA, &anna.device, 7);
    let own = standin.hears(ANNA).expect("her own").uri;
    pass(&standin, &house, 5_000).await;
    skip(&house, &nest).await;
    comes_to(&house, &anna, &nest, Standing::Follows(Rest::OwnWay)).await;
    assert_eq!(standin.hears(ANNA).map(|heard| heard.uri), Some(own));
    assert_eq!(orders(&standin), [""; 0]);
}
