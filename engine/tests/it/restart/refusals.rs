//! Restarts that are refused, by right, by pace or by an outage: nothing has changed then.

use engine::{EngineError, RestartWish};
use nests::nest::{NestId, NestRef};
use nests::queue::Vote;
use nests::wire::ErrorCode;
use nests::wire::directory::NestState;

use super::{FORCE, WAKE, asleep};
use crate::support::whole_store::whole_store;
use crate::support::{House, by_id, person};

#[tokio::test]
async fn every_refusal_changes_nothing() {
    let house = House::open().await;
    let (awake, sleeping) = (house.build("Awake").await, asleep(&house, "Sleeping").await);
    // The clock went on while the second one fell asleep: the first one as well.
    let awake = house
        .engine
        .restart_nest(&person("anna"), &by_id(&awake), WAKE)
        .await
        .expect("woken")
        .nest;
    house.add(&awake.nest_id, "anna", 0).await;
    house.until_it_plays(&awake.nest_id).await;
    let waits = house.add(&awake.nest_id, "anna", 1).await;
    house
        .vote(&awake.nest_id, "ben", &waits, Some(Vote::Up))
        .await
        .expect("a vote");
    let gone = house.build("Gone").await;
    house
        .engine
        .delete_nest(&person("anna"), &by_id(&gone))
        .await
        .expect("hers");
    let gone = by_id(&gone);
    let snapshot = house.snapshot(&awake.nest_id).await;
    let expecting = |generation| RestartWish {
        expected_generation: Some(generation),
        ..FORCE
    };
    let nowhere = NestRef::parse("ZZZZZ").expect("a code");
    let (awake_ref, sleeping_ref) = (by_id(&awake), by_id(&sleeping));
    let main = NestRef::Id(NestId::main());
    let table = [
        ("ben", &awake_ref, FORCE, ErrorCode::Forbidden),
        ("ben", &sleeping_ref, WAKE, ErrorCode::Forbidden),
        ("anna", &main, FORCE, ErrorCode::Forbidden),
        ("anna", &nowhere, FORCE, ErrorCode::NotFound),
        ("anna", &awake_ref, WAKE, ErrorCode::NestActive),
        ("anna", &awake_ref, expecting(1), ErrorCode::GenerationConflict),
        ("anna", &sleeping_ref, expecting(7), ErrorCode::GenerationConflict),
        ("anna", &awake_ref, FORCE, ErrorCode::RateLimited),
        ("anna", &gone, FORCE, ErrorCode::NestGone),
    ];
    let before = whole_store(&house).await;
    for (who, nest, wish, code) in table {
        let refused = house.engine.restart_nest(&person(who), nest, wish).await;
        assert_eq!(
            refused.expect_err("refused").code(),
            code,
            "{who} {nest:?} {wish:?}"
        );
        assert_eq!(whole_store(&house).await, before, "{who} {nest:?} {wish:?}");
    }
    assert_eq!(house.snapshot(&awake.nest_id).await, snapshot);
    let still = house.engine.get_nest(&sleeping_ref).await.expect("known");
    assert_eq!((still.state, still.generation), (NestState::Asleep, 1));
    house.close().await;
}

#[tokio::test]
async fn a_nest_is_restarted_once_in_ten_seconds_and_ten_times_an_hour() {
    let house = House::open().await;
    let card = house.build("Restless").await;
    let (anna, nest) = (person("anna"), by_id(&card));
    let restart = || house.engine.restart_nest(&anna, &nest, FORCE);
    let wait = |answer: Result<_, EngineError>| match answer {
        Err(EngineError::RateLimited { retry_after, .. }) => retry_after,
        Err(other) => panic!("{other:?}"),
        Ok(engine::Restarted { generation, .. }) => panic!("restarted to {generation}"),
    };
    for n in 1..=10 {
        assert_eq!(restart().await.expect("restarted").restart_count, n);
        assert_eq!(wait(restart().await), 10);
        house.clock.advance(10_000);
    }
    assert_eq!(wait(restart().await), 3600 - 100);
    house.clock.advance((3600 - 100) * 1000);
    restart().await.expect("the first one is an hour ago");
    house.close().await;
}

#[tokio::test]
async fn waking_counts_towards_the_limit_of_nests() {
    let house = House::open_with(|s| s.nest_max_active = 2).await;
    let card = asleep(&house, "One too many").await;
    for _ in 0..2 {
        house.build("Another").await;
    }
    let refused = house
        .engine
        .restart_nest(&person("anna"), &by_id(&card), WAKE)
        .await;
    assert_eq!(refused.expect_err("full").code(), ErrorCode::NestLimitReached);
    house.close().await;
}

#[tokio::test]
async fn a_deleted_nest_is_gone_and_an_outage_is_never_a_404() {
    let house = House::open().await;
    let card = house.build("Short").await;
    house
        .engine
        .delete_nest(&person("anna"), &by_id(&card))
        .await
        .expect("deleted");
    let gone = house
        .engine
        .restart_nest(&person("anna"), &by_id(&card), FORCE)
        .await;
    assert_eq!(gone.expect_err("gone").code(), ErrorCode::NestGone);

    let other = house.another_process().await;
    house.close().await;
    let away = other
        .engine
        .restart_nest(&person("anna"), &by_id(&card), FORCE)
        .await;
    assert_eq!(away.expect_err("away").code(), ErrorCode::StoreUnavailable);
    other.close().await;
}
