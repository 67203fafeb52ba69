//! Songs start, end and follow one another by the clock.

use nests::nest::NestId;
use nests::wire::Command;

use crate::support::{House, person};

const SONG_MS: i64 = 60_000;

/// A song ends by the clock, and the next one starts where it ended.
#[tokio::test]
async fn fault_each_song_ran_a_second_long() {
    let house = House::open().await;
    let main = NestId::main();
    let first = house.add(&main, "anna", 0).await;
    let playing = house
        .until(&main, "the first song plays", |n| n.playing.is_some())
        .await
        .playing
        .expect("it plays");
    assert_eq!(playing.queued.song.id, first);
    let second = house.add(&main, "anna", 1).await;
    house.pass(SONG_MS - 1).await;
    assert_eq!(
        house.snapshot(&main).await.playing.map(|p| p.queued.song.id),
        Some(first)
    );
    house.pass(400).await;
    let nest = house
        .until(&main, "the second song plays", |n| n.songs.is_empty())
        .await;
    let next = nest.playing.expect("it plays");
    assert_eq!(next.queued.song.id, second);
    assert_eq!(
        next.started_at,
        playing.started_at.plus(SONG_MS),
        "lateness does not add up"
    );
    house.pass(SONG_MS).await;
    house.until(&main, "silence", |n| n.playing.is_none()).await;
    house.close().await;
}

#[tokio::test]
async fn after_a_stop_of_any_length_nothing_is_lost_and_nothing_plays_twice() {
    let house = House::open().await;
    let main = NestId::main();
    let first = house.add(&main, "anna", 0).await;
    let started = house
        .until(&main, "it plays", |n| n.playing.is_some())
        .await
        .playing
        .expect("it plays")
        .started_at;
    let second = house.add(&main, "anna", 1).await;
    let third = house.add(&main, "anna", 2).await;

    // Twenty seconds away: the same song goes on where the clock says.
    house.clock.advance(20_000);
    let house = house.restart().await;
    let nest = house
        .until(&main, "it still plays", |n| n.playing.is_some())
        .await;
    let playing = nest.playing.expect("it plays");
    assert_eq!(
        (playing.queued.song.id.clone(), playing.started_at),
        (first, started)
    );
    assert_eq!(playing.position_ms(house.engine.now()), 20_000);

    // A night away: the song is over, the next one starts from its beginning, the third still waits.
    house.clock.advance(9 * 3_600_000);
    let house = house.restart().await;
    let nest = house
        .until(&main, "the second plays", |n| n.songs.len() == 1)
        .await;
    let playing = nest.playing.expect("it plays");
    assert_eq!(playing.queued.song.id, second);
    assert_eq!(playing.position_ms(house.engine.now()), 0);
    assert_eq!(nest.songs[0].song.id, third);
    house.close().await;
}

#[tokio::test]
async fn a_paused_nest_stays_paused_across_restarts_and_resumes_where_it_was() {
    let house = House::open().await;
    let main = NestId::main();
    house.add(&main, "anna", 0).await;
    house.until(&main, "it plays", |n| n.playing.is_some()).await;
    house.clock.advance(12_000);
    house.act(&main, "ben", Command::Pause).await.expect("paused");
    house.clock.advance(5 * 3_600_000);
    let house = house.restart().await;
    house.pass(0).await;
    let playing = house.snapshot(&main).await.playing.expect("it is still there");
    assert!(playing.paused_at.is_some());
    house.act(&main, "ben", Command::Resume).await.expect("resumed");
    let playing = house.snapshot(&main).await.playing.expect("it plays");
    assert_eq!(playing.position_ms(house.engine.now()), 12_000);
    house.close().await;
}

#[tokio::test]
async fn skipping_works_at_once_and_the_last_skip_leaves_silence() {
    let house = House::open().await;
    let main = NestId::main();
    let first = house.add(&main, "anna", 0).await;
    house.until(&main, "it plays", |n| n.playing.is_some()).await;
    let second = house.add(&main, "anna", 1).await;
    house
        .act(&main, "ben", Command::Skip { song: first })
        .await
        .expect("skipped");
    let playing = house.snapshot(&main).await.playing.expect("it plays");
    assert_eq!(
        (playing.queued.song.id, playing.started_at),
        (second.clone(), house.engine.now())
    );
    house
        .act(&main, "ben", Command::Skip { song: second })
        .await
        .expect("skipped");
    assert_eq!(house.snapshot(&main).await.playing, None);
    house.close().await;
}

#[tokio::test]
async fn bender_plays_for_whoever_listens_and_waits_behind_people() {
    let house = House::open_with(|s| s.use_bender = true).await;
    let main = NestId::main();
    let _anna = house.join(&main, "anna").await;
    let nest = house
        .until(&main, "Bender fills the queue", |n| {
            n.playing.is_some() && n.songs.len() == 3
        })
        .await;
    assert!(
        nest.songs
            .iter()
            .all(|q| q.song.auto && q.song.user == nests::nest::Person::bender())
    );
    let song = house.add(&main, "anna", 11).await;
    let nest = house.snapshot(&main).await;
    assert_eq!(
        nest.ordered().first().map(|p| p.queued.song.id.clone()),
        Some(song),
        "people's songs come first"
    );
    assert_eq!(nest.bender.streak_start, None, "a person's song ends his streak");
    house.close().await;
}

#[tokio::test]
async fn bender_repeats_nothing_while_the_library_has_something_else() {
    let house = House::open_with(|s| s.use_bender = true).await;
    let main = NestId::main();
    let _anna = house.join(&main, "anna").await;
    let mut heard = Vec::new();
    for _ in 0..crate::support::SONGS {
        let already = heard.clone();
        let nest = house
            .until(&main, "another song plays", move |n| {
                n.songs.len() == 3
                    && n.playing
                        .as_ref()
                        .is_some_and(|p| !already.contains(&p.queued.song.track.uri))
            })
            .await;
        heard.push(nest.playing.expect("it plays").queued.song.track.uri);
        house.pass(SONG_MS).await;
    }
    assert_eq!(heard.len(), crate::support::SONGS);
    house.close().await;
}

#[tokio::test]
async fn two_servers_play_one_song_at_a_time() {
    let house = House::open().await;
    let other = house.another_process().await;
    let main = NestId::main();
    for n in 0..6 {
        let at = if n % 2 == 0 { &house } else { &other };
        at.engine
            .act(&main, &person("anna"), Command::Add { track: at.track(n) })
            .await
            .expect("added");
    }
    house.until(&main, "it plays", |n| n.playing.is_some()).await;
    for left in (0..5).rev() {
        house.clock.advance(SONG_MS);
        let (a, b) = tokio::join!(house.engine.player_step(), other.engine.player_step());
        assert!(a.is_ok() && b.is_ok());
        let nest = house
            .until(&main, "the next one plays", |n| n.songs.len() <= left)
            .await;
        assert_eq!(nest.songs.len(), left, "one song per song's time, not two");
    }
    other.close().await;
    house.close().await;
}
