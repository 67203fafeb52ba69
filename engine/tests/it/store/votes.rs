//! Votes ride in a nest's log until something else is written, few or thousands of them.

use std::collections::BTreeMap;

use engine::store::Key;
use engine::store::state::LOG_LENGTH;
use engine::store::votes_in_log::VOTES_BETWEEN_CHECKPOINTS;
use nests::nest::NestId;
use nests::queue::{SongId, Vote};
use nests::wire::{Command, Snapshot};

use super::LOG;
use crate::support::{House, person};

/// So many that those of two starts need no checkpoint yet.
const VOTES_OF_A_START: usize = 60;
/// More than one write of a script can take.
const CROWD: usize = 4_100;

/// More votes than the log holds: checkpoints have them, and a fresh start knows them all.
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
    for start in 0..2 {
        for n in 0..VOTES_OF_A_START {
            let voter = format!("voter-{start}-{n}");
            let vote = house.vote(&main, &voter, &song, Some(Vote::Up)).await;
            vote.expect("the vote counts");
        }
        assert_eq!(newest_checkpoint(&house).await, None, "as yet the log has all");
        house = house.restart().await;
    }
    for n in VOTES_OF_A_START * 2..=VOTES_BETWEEN_CHECKPOINTS {
        let vote = house
            .vote(&main, &format!("voter-{n}"), &song, Some(Vote::Up))
            .await;
        vote.expect("the vote counts");
    }
    let checkpoint = newest_checkpoint(&house).await.expect("it was due");
    let votes: Checkpoint = serde_json::from_str(&checkpoint).expect("JSON");
    assert_eq!(votes[song.as_str()].len(), VOTES_BETWEEN_CHECKPOINTS + 1);
    house.close().await;
}

/// Votes (0: taken back) by song and voter.
type Checkpoint = BTreeMap<String, BTreeMap<String, i32>>;

/// What the newest entry of the Main Nest's log has beside its event.
async fn newest_checkpoint(house: &House) -> Option<String> {
    let mut newest = redis::cmd("XREVRANGE");
    newest.arg(LOG).arg("+").arg("-").arg("COUNT").arg(1);
    let newest: Vec<(String, BTreeMap<String, String>)> =
        newest.query_async(&mut house.redis().await).await.expect("read");
    let (_, fields) = newest.into_iter().next().expect("an entry");
    fields
        .into_iter()
        .find(|(name, _)| name != "e")
        .map(|(_, value)| value)
}

/// As long as people only vote nothing is written through, and what they did at first is long out of the log: also that a vote
/// which the keys have was taken back.
#[tokio::test]
async fn what_only_checkpoints_know_is_known_after_a_start_and_written_through_with_what_comes_next() {
    let mut house = House::open().await;
    let main = NestId::main();
    house.add(&main, "anna", 0).await;
    house.until_it_plays(&main).await;
    let song = house.add(&main, "anna", 1).await;
    let other = house.add(&main, "ben", 2).await;
    let crowded = house.add(&main, "cleo", 3).await;
    let up_and_down = [
        ("ben", Some(Vote::Up)),
        ("dora", Some(Vote::Up)),
        ("eve", Some(Vote::Down)),
    ];
    vote_in_turn(&house, &song, &up_and_down).await;
    house.add(&main, "dora", 4).await;
    let in_keys = keys_of_votes(&house, &song).await;
    assert_eq!(in_keys.len(), up_and_down.len());

    let changed = [
        ("ben", None),
        ("dora", Some(Vote::Down)),
        ("fred", Some(Vote::Up)),
    ];
    vote_in_turn(&house, &song, &changed).await;
    vote_in_turn(&house, &other, &[("dora", Some(Vote::Down))]).await;
    // So many starts, each between two checkpoints, that the log no longer holds these.
    let at_once = VOTES_BETWEEN_CHECKPOINTS + VOTES_BETWEEN_CHECKPOINTS / 2;
    for start in 0..LOG_LENGTH.div_ceil(at_once) + 1 {
        for n in 0..at_once {
            let vote = if (start + n) % 2 == 0 {
                Vote::Up
            } else {
                Vote::Down
            };
            vote_in_turn(&house, &crowded, &[(&format!("voter-{n}"), Some(vote))]).await;
        }
        let before = house.snapshot(&main).await;
        house = house.restart().await;
        assert_eq!(house.snapshot(&main).await, before, "start {start}");
    }
    assert_eq!(
        keys_of_votes(&house, &song).await,
        in_keys,
        "nothing was written through"
    );

    let by = |name: &str| person(name).id.to_string();
    house.add(&main, "eve", 5).await;
    let wanted = [("dora", -1), ("eve", -1), ("fred", 1)].map(|(name, worth)| (by(name), worth));
    assert_eq!(keys_of_votes(&house, &song).await, wanted.into());
    assert_eq!(keys_of_votes(&house, &other).await, [(by("dora"), -1)].into());
    assert_eq!(keys_of_votes(&house, &crowded).await.len(), at_once);
    let live = house.snapshot(&main).await;
    let anew = house.another_process().await;
    assert_eq!(anew.snapshot(&main).await, live);
    anew.close().await;
    house.close().await;
}

async fn vote_in_turn(house: &House, song: &SongId, votes: &[(&str, Option<Vote>)]) {
    for (voter, vote) in votes {
        let vote = house.vote(&NestId::main(), voter, song, *vote).await;
        vote.expect("the vote counts");
    }
}

/// The song's votes as the store has them outside the log.
async fn keys_of_votes(house: &House, song: &SongId) -> BTreeMap<String, i32> {
    redis::cmd("HGETALL")
        .arg(Key::Votes(&NestId::main(), song).name())
        .query_async(&mut house.redis().await)
        .await
        .expect("read")
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
