//! Who is here, as the others see it.

use engine::store::{Key, keys};
use nests::hearing::{Hears, InSync};
use nests::nest::NestId;
use nests::wire::{ErrorCode, ServerFrame, Snapshot};

use crate::support::process::Process;
use crate::support::{House, frame, person};

/// What is left of a heartbeat nobody renews: long enough to be seen, far shorter than until the next look around (30 s).
const ALMOST_OVER_MS: u64 = 1_500;

fn count_is(wanted: u32) -> impl Fn(&ServerFrame) -> bool {
    move |f| matches!(f, ServerFrame::People { count, .. } if *count == wanted)
}

/// In the older program closing one of two tabs removed the listener, and the occupied nest was cleaned up.
#[tokio::test]
async fn fault_closing_one_of_two_tabs_removed_the_listener() {
    let house = House::open().await;
    let main = NestId::main();
    let mut watcher = house.join(&main, "watcher").await;
    frame(&mut watcher, "only the watcher", count_is(1)).await;
    let (first_tab, second_tab) = (house.join(&main, "anna").await, house.join(&main, "anna").await);
    frame(&mut watcher, "anna counts once", count_is(2)).await;
    drop(first_tab);
    let _ben = house.join(&main, "ben").await;
    frame(&mut watcher, "anna is still there when ben comes", count_is(3)).await;
    drop(second_tab);
    frame(&mut watcher, "anna left", count_is(2)).await;
    house.close().await;
}

#[tokio::test]
async fn people_on_two_servers_see_each_other() {
    let house = House::open().await;
    let other = house.another_process().await;
    let main = NestId::main();
    let mut anna = house.join(&main, "anna").await;
    let mut ben = other.join(&main, "ben").await;
    for seat in [&mut anna, &mut ben] {
        let people = frame(seat, "both are here", count_is(2)).await;
        let ServerFrame::People { people, .. } = people else {
            unreachable!()
        };
        let names: Vec<&str> = people.iter().map(|l| l.person.name.as_str()).collect();
        assert_eq!(names, ["anna", "ben"]);
    }
    drop(ben);
    frame(&mut anna, "ben left", count_is(1)).await;
    other.close().await;
    house.close().await;
}

fn in_sync_are(count: u32, of: u32) -> impl Fn(&ServerFrame) -> bool {
    move |f| matches!(f, ServerFrame::People { in_sync, .. } if *in_sync == InSync { count, of })
}

#[tokio::test]
async fn how_many_are_in_sync_is_known_on_two_servers_and_who_only_looks_is_not_counted() {
    let house = House::open().await;
    let other = house.another_process().await;
    let main = NestId::main();
    let mut anna = house.join(&main, "anna").await;
    let mut ben = other.join(&main, "ben").await;
    let _cleo_only_looks = house.join(&main, "cleo").await;
    anna.hears(Some(Hears::InSync));
    ben.hears(Some(Hears::Apart));
    for seat in [&mut anna, &mut ben] {
        frame(seat, "anna is, ben isn't", in_sync_are(1, 2)).await;
    }
    let mut bens_other_tab = house.join(&main, "ben").await;
    bens_other_tab.hears(Some(Hears::InSync));
    for seat in [&mut anna, &mut ben] {
        frame(
            seat,
            "ben is by his other tab, at the other server",
            in_sync_are(2, 2),
        )
        .await;
    }
    drop(bens_other_tab);
    for seat in [&mut anna, &mut ben] {
        frame(seat, "what is left of ben", in_sync_are(1, 2)).await;
    }
    ben.hears(None);
    frame(&mut anna, "ben tuned out", in_sync_are(1, 1)).await;
    drop(anna);
    frame(
        &mut ben,
        "anna left, and hears nothing any more",
        in_sync_are(0, 0),
    )
    .await;
    other.close().await;
    house.close().await;
}

#[tokio::test]
async fn what_a_process_that_died_said_of_how_somebody_hears_counts_no_longer_than_a_heartbeat() {
    let house = House::open().await;
    let main = NestId::main();
    let theirs = Process::start(&house, None, |_| {}).await;
    let anna = person("anna");
    let mut there = theirs.engine.join(&main, &anna, None).await.expect("let in");
    let mut here = house.join(&main, "anna").await;
    there.hears(Some(Hears::InSync));
    frame(&mut here, "she hears it by the other process", in_sync_are(1, 1)).await;
    theirs.fuse.cut();
    let life = keys::HEARTBEAT_LIFE.as_millis() as i64;
    let among = |people: u32, of: u32| move |f: &ServerFrame| matches!(f, ServerFrame::People { count, in_sync, .. } if *count == people && in_sync.of == of);
    house.clock.advance(life - 1);
    let _ben = house.join(&main, "ben").await;
    frame(&mut here, "its word still counts", among(2, 1)).await;
    house.clock.advance(1);
    let _cleo = house.join(&main, "cleo").await;
    frame(&mut here, "and no longer", among(3, 0)).await;
    theirs.crash();
    house.close().await;
}

/// Nobody says goodbye for the people of a process that died. Their heartbeats end within 90 s, and that moment the others are
/// told, not with the next look around.
#[tokio::test]
async fn people_of_a_process_that_died_are_gone_within_ninety_seconds() {
    let house = House::open().await;
    let other = house.another_process().await;
    let main = NestId::main();
    let mut anna = house.join(&main, "anna").await;
    let ben = other.join(&main, "ben").await;
    frame(&mut anna, "both are here", count_is(2)).await;
    // A process that ends leaves its heartbeats behind as one that dies does.
    other.close().await;
    drop(ben);
    let bens = Key::Member(&main, &person("ben").id).name();
    let mut redis = house.redis().await;
    let mut left = redis::cmd("PTTL");
    let left: i64 = left.arg(&bens).query_async(&mut redis).await.expect("a time");
    assert!((1..=90_000).contains(&left), "{left} ms");
    // The store's own clock can't be turned: his time is shortened instead. The next look learns of it.
    let mut shorten = redis::cmd("PEXPIRE");
    shorten.arg(&bens).arg(ALMOST_OVER_MS);
    let _: () = shorten.query_async(&mut redis).await.expect("shortened");
    let _cleo = house.join(&main, "cleo").await;
    frame(&mut anna, "ben is gone, cleo is here", |f| {
        let ServerFrame::People { people, .. } = f else {
            return false;
        };
        let names: Vec<&str> = people.iter().map(|l| l.person.name.as_str()).collect();
        names == ["anna", "cleo"]
    })
    .await;
    house.close().await;
}

/// The store's own clock can't be turned: as much of the heartbeat's time is taken away.
async fn time_passes(house: &House, milliseconds: i64) {
    house.clock.advance(milliseconds);
    let key = Key::Member(&NestId::main(), &person("anna").id).name();
    let mut redis = house.redis().await;
    let left: i64 = redis::cmd("PTTL")
        .arg(&key)
        .query_async(&mut redis)
        .await
        .expect("a time");
    if left > 0 {
        let mut shorten = redis::cmd("PEXPIRE");
        shorten.arg(&key).arg(left - milliseconds);
        let _: () = shorten.query_async(&mut redis).await.expect("shortened");
    }
}

#[tokio::test]
async fn heartbeats_keep_a_person_here_for_as_long_as_a_socket_is_open_and_no_longer_than_its_process_lives()
{
    const BETWEEN_HEARTBEATS: i64 = 30_000;
    let house = House::open().await;
    let main = NestId::main();
    let theirs = Process::start(&house, None, |_| {}).await;
    let anna = person("anna");
    let _seat = theirs.engine.join(&main, &anna, None).await.expect("let in");
    let here = async || house.engine.people(&main).await.expect("a list").count;
    let started = house.clock.now();
    for _ in 0..6 {
        time_passes(&house, BETWEEN_HEARTBEATS).await;
        assert_eq!(theirs.engine.heartbeat_step().await, std::slice::from_ref(&main));
        assert_eq!(here().await, 1, "{} ms later", house.clock.now().since(started));
    }
    let life = keys::HEARTBEAT_LIFE.as_millis() as i64;
    assert!(house.clock.now().since(started) > life, "more than once over");

    theirs.fuse.cut();
    let died = house.clock.now();
    while here().await > 0 {
        time_passes(&house, BETWEEN_HEARTBEATS).await;
        theirs.engine.heartbeat_step().await;
        assert!(
            house.clock.now().since(died) <= life,
            "gone within the life of a heartbeat"
        );
    }
    assert_eq!(house.clock.now().since(died), life, "and not before");
    theirs.crash();
    house.close().await;
}

#[tokio::test]
async fn a_person_whose_last_socket_closed_gets_no_more_heartbeats() {
    let house = House::open().await;
    let main = NestId::main();
    let mut watcher = house.join(&main, "watcher").await;
    let (first_tab, second_tab) = (house.join(&main, "anna").await, house.join(&main, "anna").await);
    let heartbeat = Key::Member(&main, &person("anna").id).name();
    drop(first_tab);
    house.engine.heartbeat_step().await;
    assert_eq!(house.keys(&heartbeat).await.len(), 1, "one tab is left");
    frame(&mut watcher, "anna is here", count_is(2)).await;
    drop(second_tab);
    frame(&mut watcher, "anna left", count_is(1)).await;
    house.engine.heartbeat_step().await;
    assert_eq!(house.keys(&heartbeat).await, Vec::<String>::new());
    house.close().await;
}

#[tokio::test]
async fn fault_a_socket_to_an_unknown_nest_opened_a_shadow_room() {
    let house = House::open().await;
    let nowhere = NestId::parse("ZZZZZ").expect("well formed");
    let error = house
        .engine
        .join(&nowhere, &crate::support::person("anna"), None)
        .await
        .err()
        .expect("refused");
    assert_eq!(error.code(), ErrorCode::NotFound);
    let keys = house.keys("NEST:ZZZZZ|*").await;
    assert!(keys.is_empty(), "{keys:?}");
    house.close().await;
}

/// It used to stay away until something else happened: whoever had come in counted as having been there before.
#[tokio::test]
async fn whoever_comes_to_music_that_plays_for_nobody_finds_benders_next_song() {
    let house = House::open_with(|settings| settings.use_bender = true).await;
    let main = NestId::main();
    house.add(&main, "anna", 0).await;
    house.until_it_plays(&main).await;
    let _ben = house.join(&main, "ben").await;
    let is_there = |nest: &Snapshot| nest.songs.iter().any(|queued| queued.song.auto);
    house.until(&main, "Bender's next song", is_there).await;
}
