//! Who is here, as the others see it.

use nests::nest::NestId;
use nests::wire::{ErrorCode, ServerFrame};

use crate::support::{House, frame};

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
