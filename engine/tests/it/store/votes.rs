//! Votes ride in a nest's log and are written through in time, few or thousands of them.

use engine::store::Key;
use engine::store::state::MAX_VOTES_IN_LOG;
use nests::nest::NestId;
use nests::queue::{SongId, Vote};
use nests::wire::{Command, Snapshot};

use super::LOG;
use crate::support::House;

/// So many that those of two starts still may ride in the log.
const VOTES_OF_A_START: usize = 60;
/// More than one write of a script can take.
const CROWD: usize = 4_100;

/// More votes than the log holds alone: they are written through in time, and a fresh start knows them all.
#[tokio::test]
async fn votes_that_ride_in_the_log_are_never_trimmed_away() {
    let house = House::open().await;
    let main = NestId::main();
    house.add(&main, "anna", 0).await;
    house.until(&main, "it plays", |n| n.playing.is_some()).await;
    let song = house.add(&main, "anna", 1).await;
    for n in 0..1500 {
        house
            .vote(&main, &format!("voter-{n}"), &song, Some(Vote::Up))
            .await
            .expect("the vote counts");
    }
    let mut redis = house.redis().await;
    let log: u64 = redis::cmd("XLEN")
        .arg(LOG)
        .query_async(&mut redis)
        .await
        .expect("length");
    assert!(log < 1500, "the log is trimmed: {log}");
    let house = house.restart().await;
    assert_eq!(
        house.snapshot(&main).await.song(&song).map(|q| q.net_votes()),
        Some(1500)
    );
    house.close().await;
}

/// After a start the songs with such votes counted, not the votes: with enough starts, votes that were written nowhere else were
/// trimmed away with the log.
#[tokio::test]
async fn fault_a_start_counted_the_songs_that_votes_in_the_log_are_for() {
    let mut house = House::open().await;
    let main = NestId::main();
    house.add(&main, "anna", 0).await;
    house.until_it_plays(&main).await;
    let song = house.add(&main, "anna", 1).await;
    let written = written_through(&house).await;
    for start in 0..2 {
        for n in 0..VOTES_OF_A_START {
            let voter = format!("voter-{start}-{n}");
            let vote = house.vote(&main, &voter, &song, Some(Vote::Up)).await;
            vote.expect("the vote counts");
        }
        assert_eq!(
            written_through(&house).await,
            written,
            "as yet they ride in the log"
        );
        house = house.restart().await;
    }
    for n in VOTES_OF_A_START * 2..=MAX_VOTES_IN_LOG {
        let vote = house
            .vote(&main, &format!("voter-{n}"), &song, Some(Vote::Up))
            .await;
        vote.expect("the vote counts");
    }
    assert_ne!(
        written_through(&house).await,
        written,
        "one more than may ride there"
    );
    house.close().await;
}

/// The version that the Main Nest's keys have.
async fn written_through(house: &House) -> String {
    redis::cmd("GET")
        .arg(Key::Version(&NestId::main()).name())
        .query_async(&mut house.redis().await)
        .await
        .expect("a version")
}

/// Redis refused the writing through of a song with some 4,000 votes, after the event was in the log: nobody was told of it, and
/// whoever did it was told that nothing was changed.
#[tokio::test]
async fn fault_a_song_of_four_thousand_votes_could_not_be_written_through() {
    let house = House::open().await;
    let main = NestId::main();
    house.add(&main, "anna", 0).await;
    house.until_it_plays(&main).await;
    let song = house.add(&main, "anna", 1).await;
    let mut crowd = redis::pipe();
    for n in 0..CROWD {
        crowd.hset(Key::Votes(&main, &song).name(), format!("voter-{n}"), 1);
        crowd.zadd(Key::Jams(&main, &song).name(), format!("voter-{n}|Voter {n}"), n);
    }
    let _: redis::Value = crowd
        .query_async(&mut house.redis().await)
        .await
        .expect("everybody votes for it");
    let house = house.restart().await; // it had read the song before
    assert_eq!(votes(&house.snapshot(&main).await, &song), CROWD);

    // Its votes are in the log alone, then written through with what comes next.
    house
        .vote(&main, "ben", &song, Some(Vote::Up))
        .await
        .expect("a vote");
    house.add(&main, "ben", 2).await;
    // Taken away, and brought back with all its keys.
    let removed = house.act(&main, "anna", Command::Remove { song: song.clone() });
    let version = removed.await.expect("removed").version;
    let undo = house.act(&main, "anna", Command::Undo { version });
    undo.await.expect("undone");
    let jam = Command::Jam {
        song: song.clone(),
        on: true,
    };
    house.act(&main, "ben", jam).await.expect("a jam");
    let playing = house
        .snapshot(&main)
        .await
        .playing
        .expect("it plays")
        .queued
        .song
        .id;
    let skip = Command::Skip { song: playing };
    house.act(&main, "anna", skip).await.expect("skipped");
    let live = house
        .until(&main, "the next one plays", |nest| nest.playing.is_some())
        .await;
    assert_eq!(votes(&live, &song), CROWD + 1);

    let anew = house.another_process().await;
    assert_eq!(anew.snapshot(&main).await, live);
    anew.close().await;
    house.close().await;
}

fn votes(nest: &Snapshot, song: &SongId) -> usize {
    let song = nest.song_or_playing(song);
    song.expect("it is there").votes.len()
}
