//! Players that follow a nest by its own app: they begin, they are let go, and other nests' players are left alone.

use std::time::Duration;

use engine::hearing::{Standing, Trouble};
use nests::following::Rest;
use nests::nest::NestId;
use nests::track::TrackUri;
use nests::wire::Command;
use nests::wire::directory::NestCard;
use standin::spotify::apps::HOSTS;
use standin::spotify::listeners::BEN;
use standin::spotify::{Mood, Spotify as Standin};

use super::{account, connect, enter, open, with, without};
use crate::accounts::log;
use crate::hearing::{GRACE, pass};
use crate::support::{House, PATIENCE, by_id, person};

fn uri(standin: &Standin, n: usize) -> TrackUri {
    TrackUri::parse(&format!("spotify:track:{}", standin.catalogue().tracks[n].id)).expect("a URI")
}

async fn until(standin: &Standin, what: &str, is: impl Fn() -> bool) {
    if tokio::time::timeout(PATIENCE, standin.until(|_| is()))
        .await
        .is_err()
    {
        panic!("never happened: {what}. Spotify was asked {:#?}", standin.seen());
    }
}

async fn standing(house: &House, nest: &NestCard, who: &str) -> Standing {
    standing_in(house, &nest.nest_id, who).await
}

async fn standing_in(house: &House, nest: &NestId, who: &str) -> Standing {
    let hearing = house.engine.hearing(&person(who).id, nest).await;
    hearing.expect("the store answers").standing
}

/// In a house that has no Spotify, Ben hears the first track in a nest that has.
async fn ben_hears(standin: &Standin) -> (House, NestCard, engine::Seat) {
    let house = House::open_with(without(standin)).await;
    let nest = house.build("Friday Vibes").await;
    let seat = house.join(&nest.nest_id, "ben").await;
    enter(&house, &nest, HOSTS).await.expect("it works");
    hear(standin, &house, &nest).await;
    (house, nest, seat)
}

/// Ben, who is in the nest, connects by its app, chooses his device and hears the first track on it.
async fn hear(standin: &Standin, house: &House, nest: &NestCard) {
    connect(standin, house, nest, "ben", BEN)
        .await
        .expect("connected");
    let kitchen = standin.open_device(BEN, "Kitchen", "Speaker");
    let chosen = house
        .engine
        .choose_device(&person("ben"), &nest.nest_id, &kitchen)
        .await;
    chosen.expect("chosen");
    let add = Command::Add {
        track: uri(standin, 0),
    };
    house.act(&nest.nest_id, "ben", add).await.expect("added");
    until(standin, "Ben hears it", || plays(standin, 0)).await;
}

fn plays(standin: &Standin, n: usize) -> bool {
    let wanted = uri(standin, n).to_string();
    let heard = standin.hears(BEN);
    heard.is_some_and(|heard| heard.playing && heard.uri == wanted)
}

fn is_silent(standin: &Standin) -> bool {
    standin.hears(BEN).is_some_and(|heard| !heard.playing)
}

#[tokio::test]
async fn a_device_follows_by_the_nests_app_and_falls_silent_when_the_app_goes() {
    let standin = Standin::start().await.expect("a stand-in");
    let (house, nest, _seat) = ben_hears(&standin).await;
    let removed = house.engine.remove_own_app(&person("anna"), &by_id(&nest)).await;
    removed.expect("removed");
    assert!(is_silent(&standin), "silent by then");
    assert_eq!(standing(&house, &nest, "ben").await, Standing::Off);
}

#[tokio::test]
async fn a_device_falls_silent_when_its_owner_disconnects_and_when_the_nest_is_deleted() {
    let standin = Standin::start().await.expect("a stand-in");
    let (house, nest, _seat) = ben_hears(&standin).await;
    house
        .engine
        .unlink_in(&nest.nest_id, &person("ben").id)
        .await
        .expect("disconnected");
    assert!(is_silent(&standin), "silent by then");

    let standin = Standin::start().await.expect("a stand-in");
    let (house, nest, _seat) = ben_hears(&standin).await;
    let deleted = house.engine.delete_nest(&person("anna"), &by_id(&nest)).await;
    deleted.expect("deleted");
    assert!(is_silent(&standin), "silent by then");
}

#[tokio::test]
async fn whose_permission_is_taken_back_is_told_what_is_wrong() {
    let standin = Standin::start().await.expect("a stand-in");
    let (house, nest, _seat) = ben_hears(&standin).await;
    standin.withdraw_permission(BEN);
    let asked = house.engine.back_in_step(&person("ben"), &nest.nest_id).await;
    asked.expect("told");
    let told = async {
        while standing(&house, &nest, "ben").await != Standing::Trouble(Trouble::Withdrawn) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, told)
        .await
        .expect("he is told in time");
    assert!(
        account(&house, &nest, "ben")
            .await
            .is_some_and(|account| account.withdrawn)
    );
}

#[tokio::test]
async fn an_app_that_was_deleted_at_spotify_is_no_permission_taken_back() {
    let standin = Standin::start().await.expect("a stand-in");
    let (house, nest, _seat) = ben_hears(&standin).await;
    standin.delete_app(HOSTS);
    let asked = house.engine.back_in_step(&person("ben"), &nest.nest_id).await;
    asked.expect("told");
    let told = async {
        while standing(&house, &nest, "ben").await != Standing::Trouble(Trouble::AppRefused) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, told)
        .await
        .expect("he is told in time");
    let his = account(&house, &nest, "ben")
        .await
        .expect("it stays for when the app is back");
    assert!(!his.withdrawn, "connecting again would not help");
}

#[tokio::test]
async fn who_came_in_by_another_process_before_the_app_was_entered_hears_it() {
    let standin = Standin::start().await.expect("a stand-in");
    let house = House::open_with(without(&standin)).await;
    let other = house.another_process_with(without(&standin)).await;
    let nest = house.build("Friday Vibes").await;
    let _seat = other.join(&nest.nest_id, "ben").await;
    enter(&house, &nest, HOSTS).await.expect("it works");
    hear(&standin, &house, &nest).await;
}

#[tokio::test]
async fn entering_an_app_silences_those_who_hear_the_nest_by_the_houses_at_whatever_process() {
    let (standin, house) = open().await;
    let other = house.another_process_with(with(&standin)).await;
    let nest = house.build("Friday Vibes").await;
    let _seat = other.join(&nest.nest_id, "ben").await;
    hear(&standin, &house, &nest).await;
    enter(&house, &nest, HOSTS).await.expect("it works");
    assert!(is_silent(&standin), "silent by then");
}

#[tokio::test]
async fn connecting_by_a_nests_app_leaves_the_player_alone_that_hears_another_nest() {
    let (standin, house) = open().await;
    let main = NestId::main();
    crate::accounts::connect(&standin, &house, "ben", BEN).await;
    let kitchen = standin.open_device(BEN, "Kitchen", "Speaker");
    let _in_main = house.join(&main, "ben").await;
    let chosen = house.engine.choose_device(&person("ben"), &main, &kitchen).await;
    chosen.expect("chosen");
    let add = Command::Add {
        track: uri(&standin, 0),
    };
    house.act(&main, "anna", add).await.expect("added");
    until(&standin, "Ben hears it", || plays(&standin, 0)).await;
    // He plays something of his own, and is left alone.
    standin.play_by_hand(BEN, &kitchen, 7);
    pass(&standin, &house, GRACE + 1_000).await;
    let own_way = async {
        while standing_in(&house, &main, "ben").await != Standing::Follows(Rest::OwnWay) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, own_way)
        .await
        .expect("he is left alone");

    let nest = house.build("Friday Vibes").await;
    enter(&house, &nest, HOSTS).await.expect("it works");
    let _in_both = house.join(&nest.nest_id, "ben").await;
    log(&standin);
    connect(&standin, &house, &nest, "ben", BEN)
        .await
        .expect("connected");
    assert!(plays(&standin, 7), "his own");
    assert!(!log(&standin).contains("PUT /v1/me/player/play"));
    assert_eq!(
        standing_in(&house, &main, "ben").await,
        Standing::Follows(Rest::OwnWay)
    );
}

#[tokio::test]
async fn whoever_stops_is_let_go_also_while_spotify_takes_long_to_show_the_player() {
    let standin = Standin::start().await.expect("a stand-in");
    let (house, nest, _seat) = ben_hears(&standin).await;
    standin.be(Mood::Slow(Duration::from_millis(4_300)));
    house
        .engine
        .stop_hearing(&person("ben"), &nest.nest_id)
        .await
        .expect("told");
    until(&standin, "silence", || is_silent(&standin)).await;
}
