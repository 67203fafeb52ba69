//! What can be wrong with a device, as Spotify itself says it, and what its owner's tabs are told.

use std::time::Duration;

use engine::hearing::{Standing, Trouble};
use nests::following::Rest;
use nests::hearing::Footing;
use nests::nest::NestId;
use nests::wire::{Change, Command, ServerFrame};
use standin::spotify::listeners::{ANNA, BEN, CLEO};
use standin::spotify::{Mood, Spotify as Standin};

use super::{
    GRACE, Hearer, add, back_in_sync, comes_to, hearer, hears, is_told, open, pass, silence, skip, standing,
    uri,
};
use crate::accounts::with;
use crate::support::{House, PATIENCE, frame};

#[tokio::test]
async fn each_trouble_is_named() {
    let (standin, house) = open().await;
    let nest = NestId::main();
    add(&standin, &house, &nest, 0).await;
    house.until(&nest, "it plays", |n| n.playing.is_some()).await;

    let mut cleo = hearer(&standin, &house, &nest, "cleo", CLEO).await;
    comes_to(&house, &cleo, &nest, Standing::Trouble(Trouble::NoPremium)).await;
    is_told(&mut cleo._seat, Footing::NoPremium).await;

    let mut anna = hearer(&standin, &house, &nest, "anna", ANNA).await;
    hears(&standin, &anna, 0).await;
    standin.close_device(ANNA, &anna.device);
    back_in_sync(&house, &anna, &nest).await;
    comes_to(&house, &anna, &nest, Standing::Trouble(Trouble::NoDevice)).await;
    is_told(&mut anna._seat, Footing::NoDevice).await;
    house.engine.unlink(&anna.person.id).await.expect("disconnected");
    comes_to(&house, &anna, &nest, Standing::Off).await;

    let mut ben = hearer(&standin, &house, &nest, "ben", BEN).await;
    hears(&standin, &ben, 0).await;
    standin.withdraw_permission(BEN);
    back_in_sync(&house, &ben, &nest).await;
    comes_to(&house, &ben, &nest, Standing::Trouble(Trouble::Withdrawn)).await;
    is_told(&mut ben._seat, Footing::AccountEnded).await;
}

/// A look that takes longer than 4 s tells nothing, and one that takes 5 s is given up.
const TOO_LATE: Duration = Duration::from_millis(4_400);

#[tokio::test]
async fn what_the_server_finds_out_about_spotify_reaches_the_tab_of_whom_it_concerns() {
    let (standin, house) = open().await;
    let nest = NestId::main();
    let mut anna = hearer(&standin, &house, &nest, "anna", ANNA).await;
    let mut ben = house.join(&nest, "ben").await;
    add(&standin, &house, &nest, 0).await;
    hears(&standin, &anna, 0).await;
    is_told(&mut anna._seat, Footing::Starting).await;

    // Her conductor looks when she opens another tab, and need not be waited for.
    standin.be(Mood::Slow(TOO_LATE));
    let _first = house.join(&nest, "anna").await;
    is_told(&mut anna._seat, Footing::ClockUnsure).await;

    standin.be(Mood::Overloaded);
    let _second = house.join(&nest, "anna").await;
    is_told(&mut anna._seat, Footing::Unreachable).await;

    standin.be(Mood::Well);
    back_in_sync(&house, &anna, &nest).await;
    is_told(&mut anna._seat, Footing::Starting).await;

    standin.unseat(ANNA);
    let _third = house.join(&nest, "anna").await;
    is_told(&mut anna._seat, Footing::NoSeat).await;

    // What Ben was told of all this, up to his own wish: nothing.
    house.act(&nest, "ben", Command::Pause).await.expect("paused");
    frame(&mut ben, "the nest is paused", |f| {
        assert!(!matches!(f, ServerFrame::Hearing { .. }), "{f:?}");
        matches!(f, ServerFrame::Event(event) if matches!(event.change, Change::Paused { .. }))
    })
    .await;
}

#[tokio::test]
async fn a_stop_by_hand_and_a_device_that_fell_asleep_are_told_apart() {
    let (standin, house) = open().await;
    let nest = NestId::main();
    let mut anna = hearer(&standin, &house, &nest, "anna", ANNA).await;
    let mut ben = hearer(&standin, &house, &nest, "ben", BEN).await;
    add(&standin, &house, &nest, 0).await;
    hears(&standin, &anna, 0).await;
    hears(&standin, &ben, 0).await;
    is_told(&mut anna._seat, Footing::InSync).await;
    is_told(&mut ben._seat, Footing::InSync).await;
    standin.pause_by_hand(ANNA);
    standin.close_device(BEN, &ben.device);
    pass(&standin, &house, GRACE + 1_000).await;
    // Their conductors look when they open another tab, and need not be waited for.
    let _tabs = [house.join(&nest, "anna").await, house.join(&nest, "ben").await];
    is_told(&mut anna._seat, Footing::StoppedByHand).await;
    is_told(&mut ben._seat, Footing::Asleep).await;
    back_in_sync(&house, &ben, &nest).await;
    is_told(&mut ben._seat, Footing::NoDevice).await;
}

#[tokio::test]
async fn the_rate_limit_stops_all_orders_for_its_time_and_the_queue_goes_on() {
    let (standin, house) = open().await;
    let nest = NestId::main();
    let mut anna = hearer(&standin, &house, &nest, "anna", ANNA).await;
    for n in [0, 1] {
        add(&standin, &house, &nest, n).await;
    }
    hears(&standin, &anna, 0).await;
    standin.allow_calls(0, 30);
    skip(&house, &nest).await;
    house
        .until(&nest, "the next song", |n| {
            n.playing
                .as_ref()
                .is_some_and(|p| p.queued.song.track.uri == uri(&standin, 1))
        })
        .await;
    comes_to_rate_limit(&house, &anna, &nest).await;
    frame(&mut anna._seat, "it goes on in a while", |f| {
        let footing = match f {
            ServerFrame::Hearing { footing, .. } => *footing,
            _ => Footing::Off,
        };
        let in_thirty_seconds = house.clock.now().plus(30_000);
        matches!(footing, Footing::RateLimited { until } if until <= in_thirty_seconds)
    })
    .await;
    standin.take_seen();
    back_in_sync(&house, &anna, &nest).await;
    comes_to_rate_limit(&house, &anna, &nest).await;
    assert_eq!(standin.take_seen(), [], "nothing is asked");
}

async fn comes_to_rate_limit(house: &House, hearer: &Hearer, nest: &NestId) {
    let waiting = async {
        while !matches!(
            standing(house, hearer, nest).await,
            Standing::Trouble(Trouble::RateLimited { .. })
        ) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting)
        .await
        .expect("it is rate-limited");
}

#[tokio::test]
async fn a_song_that_spotify_bars_for_somebody_is_silence_for_them_and_the_next_one_plays() {
    const ONLY_IN_SWEDEN: usize = 11;
    let standin = Standin::start().await.expect("a stand-in");
    let house = House::open_with(|settings| {
        with(&standin)(settings);
        if let Some(spotify) = &mut settings.spotify {
            "SE".clone_into(&mut spotify.market);
        }
    })
    .await;
    let nest = NestId::main();
    let mut anna = hearer(&standin, &house, &nest, "anna", ANNA).await;
    add(&standin, &house, &nest, 0).await;
    hears(&standin, &anna, 0).await;
    add(&standin, &house, &nest, ONLY_IN_SWEDEN).await;
    add(&standin, &house, &nest, 1).await;
    skip(&house, &nest).await;
    comes_to(&house, &anna, &nest, Standing::Follows(Rest::Barred)).await;
    is_told(&mut anna._seat, Footing::Barred).await;
    silence(&standin, &anna).await;
    skip(&house, &nest).await;
    hears(&standin, &anna, 1).await;
}
