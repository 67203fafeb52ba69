//! Restart: the same nest, the next generation.

mod identity;
mod inside;
mod refusals;
mod wrecks;

use std::sync::atomic::{AtomicU32, Ordering};

use engine::{RestartMode, RestartWish};
use nests::queue::Vote;
use nests::wire::directory::NestCard;
use nests::wire::{Command, ErrorCode};

use crate::support::{House, by_id, person};

const FORCE: RestartWish = RestartWish {
    mode: RestartMode::Force,
    expected_generation: None,
    keep_queue: false,
};
const WAKE: RestartWish = RestartWish {
    mode: RestartMode::IfInactive,
    ..FORCE
};
const ELEVEN_SECONDS: i64 = 11_000;
const FIVE_MINUTES: i64 = 5 * 60_000 + 1;

async fn asleep(house: &House, name: &str) -> NestCard {
    let card = house.build(name).await;
    house.clock.advance(FIVE_MINUTES);
    let fell_asleep = house.engine.cleanup_step().await.expect("cleaned");
    assert!(fell_asleep.contains(&card.nest_id));
    card
}

#[tokio::test]
async fn fifty_restarts_at_once_make_one_step() {
    let house = House::open().await;
    let card = asleep(&house, "Everybody's").await;
    let other = house.another_process().await;
    let (anna, nest) = (person("anna"), by_id(&card));
    for (wish, generation) in [(WAKE, 2), (FORCE, 3)] {
        house.clock.advance(ELEVEN_SECONDS);
        let all = (0..50).map(|n| {
            let engine = if n % 2 == 0 { &house.engine } else { &other.engine };
            engine.restart_nest(&anna, &nest, wish)
        });
        let answers = futures_util::future::join_all(all).await;
        let done: Vec<u32> = answers
            .iter()
            .filter_map(|a| a.as_ref().ok())
            .map(|r| r.generation)
            .collect();
        assert_eq!(done, [generation], "one step");
        for refused in answers.iter().filter_map(|a| a.as_ref().err()) {
            let code = refused.code();
            let expected = [
                ErrorCode::RestartInProgress,
                ErrorCode::NestActive,
                ErrorCode::RateLimited,
            ];
            assert!(expected.contains(&code), "{refused:?}");
        }
        assert_eq!(house.snapshot(&card.nest_id).await.generation, generation);
    }
    other.close().await;
    house.close().await;
}

#[tokio::test]
async fn a_queue_that_is_kept_keeps_its_votes_and_plays_on() {
    let house = House::open().await;
    let card = house.build("Kept").await;
    let nest = &card.nest_id;
    house.add(nest, "anna", 0).await;
    house.until(nest, "it plays", |n| n.playing.is_some()).await;
    for n in 1..=3 {
        house.add(nest, "anna", n).await;
    }
    let last = house.snapshot(nest).await.songs[2].song.id.clone();
    // The newest votes stand in the log alone, and the log ends with its generation.
    for who in ["ben", "cleo"] {
        house
            .vote(nest, who, &last, Some(Vote::Up))
            .await
            .expect("counted");
    }
    let before = house.snapshot(nest).await;
    let wish = RestartWish {
        keep_queue: true,
        ..FORCE
    };
    house
        .engine
        .restart_nest(&person("anna"), &by_id(&card), wish)
        .await
        .expect("restarted");
    let after = house
        .until(nest, "the next song plays", |n| {
            n.generation == 2 && n.playing.is_some()
        })
        .await;
    let playing = after.playing.expect("it plays");
    assert_eq!(playing.queued.song.id, last, "two votes brought it to the front");
    assert_eq!(playing.queued.net_votes(), 2);
    assert_eq!(after.songs[..], before.songs[..2]);
    house.close().await;
}

#[tokio::test]
async fn a_song_added_while_the_nest_restarts_lands_in_one_of_its_generations() {
    let house = House::open().await;
    let card = house.build("Races").await;
    let nest = &card.nest_id;
    let (anna, by_id) = (person("anna"), by_id(&card));
    let seen = AtomicU32::new(0);
    for round in 0..10 {
        house.clock.advance(360_001);
        let wish = RestartWish {
            keep_queue: true,
            ..FORCE
        };
        let add = house.act(
            nest,
            "ben",
            Command::Add {
                track: house.track(round),
            },
        );
        let (restarted, added) = tokio::join!(house.engine.restart_nest(&anna, &by_id, wish), add);
        restarted.expect("restarted");
        added.expect("an add is carried out, before or after");
        let uri = house.track(round);
        let snapshot = house.snapshot(nest).await;
        let history = house.engine.whole_history(&by_id).await.expect("a history").1;
        let played = history.iter().any(|song| song.trackid == uri);
        assert!(snapshot.holds(&uri) || played, "never lost with a 200");
        seen.store(snapshot.generation, Ordering::Relaxed);
    }
    assert_eq!(seen.load(Ordering::Relaxed), 11);
    house.close().await;
}
