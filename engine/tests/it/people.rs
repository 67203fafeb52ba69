//! Who is here, as the others see it.

use engine::store::Key;
use nests::nest::NestId;
use nests::wire::{ErrorCode, ServerFrame};

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
    let mut redis = house.redis().await;
    let keys: Vec<String> = redis::cmd("KEYS")
        .arg("NEST:ZZZZZ|*")
        .query_async(&mut redis)
        .await
        .expect("a test may use KEYS");
    assert!(keys.is_empty(), "{keys:?}");
    house.close().await;
}
