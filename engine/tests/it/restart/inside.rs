//! Whoever is in a nest that is restarted, and whoever waits in front of one that sleeps.

use engine::{CloseReason, EngineError, SeatEvent, Since};
use nests::queue::Vote;
use nests::wire::{Command, ErrorCode, ServerFrame};

use super::{FORCE, WAKE, asleep};
use crate::support::{House, PATIENCE, by_id, frame, person};

#[tokio::test]
async fn whoever_is_inside_is_told_and_lands_on_the_new_generation() {
    let house = House::open().await;
    let other = house.another_process().await;
    let card = house.build("Busy").await;
    let nest = &card.nest_id;
    house.add(nest, "anna", 0).await;
    house.until(nest, "it plays", |n| n.playing.is_some()).await;
    let song = house.add(nest, "anna", 1).await;
    let here = house.join(nest, "anna").await;
    let there = other.join(nest, "ben").await;
    let old = house.snapshot(nest).await;
    house
        .engine
        .restart_nest(&person("anna"), &by_id(&card), FORCE)
        .await
        .expect("restarted");
    for (house, mut seat, who) in [(&house, here, "anna"), (&other, there, "ben")] {
        let told = async {
            loop {
                if let SeatEvent::Closed(reason) = seat.next().await {
                    return reason;
                }
            }
        };
        let reason = tokio::time::timeout(PATIENCE, told).await.expect("told in time");
        assert_eq!(reason, CloseReason::NestRestarted);
        let vote = Command::Vote {
            song: song.clone(),
            vote: Some(Vote::Up),
        };
        let refused = seat.act(&person(who), vote).await.expect_err("of another time");
        assert_eq!(refused.code(), ErrorCode::GenerationConflict);
        let since = Since {
            generation: old.generation,
            version: old.version,
        };
        let back = house
            .engine
            .join(nest, &person(who), Some(since))
            .await
            .expect("let in");
        let first: ServerFrame = serde_json::from_slice(&back.opening[0].0).expect("JSON");
        let ServerFrame::Snapshot(fresh) = first else {
            panic!("a whole snapshot, not what was missed: {first:?}");
        };
        assert_eq!((fresh.generation, fresh.version), (2, 0));
        assert!(fresh.songs.is_empty() && fresh.playing.is_none(), "a fresh start");
    }
    other.close().await;
    house.close().await;
}

#[tokio::test]
async fn who_waits_in_front_of_a_sleeping_nest_is_told_when_it_wakes() {
    let house = House::open().await;
    let other = house.another_process().await;
    let card = asleep(&house, "Dormant").await;
    let waiting = tokio::spawn({
        let (engine, nest) = (other.engine.clone(), card.nest_id.clone());
        async move { engine.until_awake(&nest).await }
    });
    let gone = asleep(&house, "Forgotten").await;
    let in_vain = tokio::spawn({
        let (engine, nest) = (other.engine.clone(), gone.nest_id.clone());
        async move { engine.until_awake(&nest).await }
    });
    let anna = person("anna");
    house
        .engine
        .restart_nest(&anna, &by_id(&card), WAKE)
        .await
        .expect("woken");
    house
        .engine
        .delete_nest(&anna, &by_id(&gone))
        .await
        .expect("deleted");
    told(waiting).await.expect("it is awake");
    let error: EngineError = told(in_vain).await.expect_err("it ended");
    assert_eq!(error.code(), ErrorCode::NestGone);
    let mut seat = other.join(&card.nest_id, "ben").await;
    frame(&mut seat, "ben is in", |f| {
        matches!(f, ServerFrame::People { count: 1, .. })
    })
    .await;
    other.close().await;
    house.close().await;
}

async fn told(waiting: tokio::task::JoinHandle<Result<(), EngineError>>) -> Result<(), EngineError> {
    tokio::time::timeout(PATIENCE, waiting)
        .await
        .expect("in time")
        .expect("no panic")
}

/// News travel beside the log and may come late: after the restart, to a copy that is of the next generation.
#[tokio::test]
async fn late_news_of_a_generation_that_is_over_change_nothing_in_the_next() {
    let house = House::open().await;
    let other = house.another_process().await;
    let card = asleep(&house, "Late news").await;
    let nest = &card.nest_id;
    house
        .engine
        .restart_nest(&person("anna"), &by_id(&card), WAKE)
        .await
        .expect("woken");
    let mut seat = house.join(nest, "anna").await;
    let mut redis = house.redis().await;
    let event = r#"1-1 {"event":{"v":1,"at":0,"change":{"volume":{"level":5}}}}"#;
    for news in ["asleep 1", "restarted 2", event, "nonsense", "1-x {}"] {
        let _: () = redis::cmd("PUBLISH")
            .arg(format!("NEST:{nest}|MISC|update-pubsub"))
            .arg(news)
            .query_async(&mut redis)
            .await
            .expect("told");
    }
    // What the other process does is heard behind them.
    other
        .act(nest, "anna", Command::Volume { level: 33 })
        .await
        .expect("louder");
    let event = frame(&mut seat, "the volume", |f| matches!(f, ServerFrame::Event(_))).await;
    let ServerFrame::Event(event) = event else {
        unreachable!()
    };
    assert_eq!(
        (event.v, event.change),
        (1, nests::wire::Change::Volume { level: 33 })
    );
    let snapshot = house.snapshot(nest).await;
    assert_eq!((snapshot.generation, snapshot.volume), (2, 33));
    other.close().await;
    house.close().await;
}
