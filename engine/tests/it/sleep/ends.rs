//! How nests end that sleep, and that nothing of them stays or comes back.

use engine::EngineSettings;
use engine::store::Key;
use engine::store::keys::all_of;
use nests::nest::{NestCode, NestId, NestRef, NestSlug};
use nests::wire::directory::NestState;
use nests::wire::{Command, ErrorCode};

use super::{DAY, FIVE_MINUTES, cleaned, due, keys};
use crate::support::{House, person};

#[tokio::test]
async fn a_nest_that_nobody_wakes_is_kept_for_its_days_and_then_ends() {
    let house = House::open_with(|s| s.nest_park_days = 30).await;
    let card = house.build("Long Gone").await;
    house.clock.advance(FIVE_MINUTES);
    assert_eq!(cleaned(&house).await.len(), 1);
    house.clock.advance(30 * DAY - 1);
    assert!(cleaned(&house).await.is_empty());
    let slug = NestRef::parse("long-gone").expect("a slug");
    let asleep = house.engine.get_nest(&slug).await.expect("still kept");
    assert_eq!(asleep.state, NestState::Asleep);
    assert!(asleep.asleep_since.is_some());
    house.clock.advance(1);
    cleaned(&house).await;
    let gone = house.engine.get_nest(&slug).await.expect_err("forgotten");
    assert_eq!(gone.code(), ErrorCode::NotFound);
    assert_eq!(
        keys(&house, format!("*{}*", card.nest_id)).await,
        [Key::Deleting(&card.nest_id).name()]
    );
    assert!(due(&house).await.is_empty());
    house.close().await;
}

#[tokio::test]
async fn with_no_days_to_be_kept_an_idle_nest_ends_at_once_and_loses_no_song() {
    let house = House::open_with(|s: &mut EngineSettings| s.nest_park_days = 0).await;
    for round in 0..12 {
        let card = house.build("Brief").await;
        house.clock.advance(FIVE_MINUTES);
        let add = house.act(
            &card.nest_id,
            "anna",
            Command::Add {
                track: house.track(round),
            },
        );
        let (ended, added) = tokio::join!(house.engine.cleanup_step(), add);
        let ended = ended.expect("cleaned").contains(&card.nest_id);
        assert_ne!(ended, added.is_ok(), "either or: {added:?}");
        if ended {
            let left = keys(&house, all_of(&card.nest_id)).await;
            assert_eq!(left, [Key::Deleting(&card.nest_id).name()], "nothing is kept");
            assert_eq!(keys(&house, "NESTS|code:*".to_owned()).await.len(), 0);
            assert_eq!(keys(&house, "NESTS|slug:*".to_owned()).await.len(), 0);
        }
        if added.is_ok() {
            house
                .engine
                .delete_nest(&person("anna"), &NestRef::Id(card.nest_id))
                .await
                .expect("deleted");
        }
    }
    house.close().await;
}

#[tokio::test]
async fn a_nest_that_cannot_be_read_keeps_no_other_awake() {
    let house = House::open().await;
    let card = house.build("Sound").await;
    let mut redis = house.redis().await;
    let _: () = redis::pipe()
        .hset(Key::Parked.name(), "ZZZZZ", "{not JSON")
        .zadd(Key::CleanupDue.name(), "ZZZZZ", 0)
        .query_async(&mut redis)
        .await
        .expect("broken");
    house.clock.advance(FIVE_MINUTES);
    assert_eq!(cleaned(&house).await, [card.nest_id]);
    assert!(
        due(&house).await.contains(&"ZZZZZ".to_owned()),
        "it is looked at again"
    );
    house.close().await;
}

/// A process may die between taking a nest out of the directory and removing its keys.
#[tokio::test]
async fn what_a_dead_process_left_of_a_deleted_nest_is_removed_by_the_next_step() {
    let house = House::open().await;
    let card = house.build("Half Gone").await;
    house.add(&card.nest_id, "anna", 0).await;
    let nest = &card.nest_id;
    let mut redis = house.redis().await;
    let _: () = redis::pipe()
        .hdel(Key::Registry.name(), nest.as_str())
        .unlink(Key::Log(nest).name())
        .unlink(Key::Code(&NestCode::parse(&card.code).expect("a code")).name())
        .unlink(Key::Slug(&NestSlug::parse("half-gone").expect("a slug")).name())
        .zadd(Key::CleanupDue.name(), nest.as_str(), 0)
        .query_async(&mut redis)
        .await
        .expect("it died here");
    assert!(!keys(&house, all_of(nest)).await.is_empty());
    cleaned(&house).await;
    assert!(keys(&house, all_of(nest)).await.is_empty());
    assert!(due(&house).await.is_empty());
    house.close().await;
}

#[tokio::test]
async fn leaving_a_nest_that_ended_brings_nothing_of_it_back() {
    let house = House::open().await;
    let card = house.build("Ended").await;
    let seat = house.join(&card.nest_id, "ben").await;
    house
        .engine
        .delete_nest(&person("anna"), &NestRef::Id(card.nest_id.clone()))
        .await
        .expect("deleted");
    drop(seat);
    // His leaving is carried out after the grace; somebody else's, who leaves later, tells us that it has been.
    let main = NestId::main();
    let mut watcher = house.join(&main, "watcher").await;
    let cleo = house.join(&main, "cleo").await;
    let count_is = |wanted: u32| move |f: &nests::wire::ServerFrame| matches!(f, nests::wire::ServerFrame::People { count, .. } if *count == wanted);
    crate::support::frame(&mut watcher, "both are here", count_is(2)).await;
    drop(cleo);
    crate::support::frame(&mut watcher, "cleo left", count_is(1)).await;
    assert_eq!(
        keys(&house, all_of(&card.nest_id)).await,
        [Key::Deleting(&card.nest_id).name()]
    );
    house.close().await;
}
