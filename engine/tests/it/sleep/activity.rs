//! What keeps a nest awake, and what does not.

use engine::store::Key;
use nests::nest::NestId;
use nests::queue::Vote;
use nests::wire::directory::NestCard;
use nests::wire::{Command, Snapshot};

use super::{MINUTE, cleaned};
use crate::support::{House, by_id, person};

/// What Bender left plays on to nobody; each of his songs put sleep off by its whole time to live.
#[tokio::test]
async fn fault_songs_that_nobody_asked_for_kept_an_empty_nest_awake() {
    let house = House::open_with(|s| s.use_bender = true).await;
    let nest = house.build("Left Alone").await.nest_id;
    let seat = house.join(&nest, "anna").await;
    let song = house.add(&nest, "anna", 0).await;
    let left = |n: &Snapshot| n.playing.is_some() && n.songs.iter().filter(|q| q.song.auto).count() >= 3;
    house.until(&nest, "it plays and Bender's songs wait", left).await;
    drop(seat);
    house.until_everybody_left(&nest).await;
    let mut heard = 0;
    for _ in 0..4 {
        let before = house.snapshot(&nest).await.playing;
        house.pass(MINUTE + 1).await;
        heard += usize::from(house.snapshot(&nest).await.playing != before);
    }
    assert!(heard >= 3, "song after song plays: {heard}");
    assert_ne!(
        house.snapshot(&nest).await.playing.map(|p| p.queued.song.id),
        Some(song)
    );
    house.clock.advance(MINUTE);
    assert_eq!(cleaned(&house).await, [nest]);
    house.close().await;
}

#[tokio::test]
async fn a_persons_song_that_plays_keeps_the_nest_awake_to_its_end() {
    let house = House::open_with(|s| {
        s.nest_max_inactive_minutes = 0;
        s.nest_cleanup = std::time::Duration::from_secs(1);
    })
    .await;
    let nest = house.build("One More").await.nest_id;
    house.add(&nest, "anna", 0).await;
    house.until(&nest, "it plays", |n| n.playing.is_some()).await;
    house.until_everybody_left(&nest).await;
    house.clock.advance(30_000);
    assert_eq!(cleaned(&house).await, Vec::<NestId>::new(), "half of it is left");
    house.clock.advance(31_000);
    assert_eq!(cleaned(&house).await, [nest]);
    house.close().await;
}

#[tokio::test]
async fn activity_puts_sleep_off_by_its_whole_time_to_live() {
    let house = House::open().await;
    let card = house.build("Now and then").await;
    house.clock.advance(4 * MINUTE);
    drop(house.join(&card.nest_id, "ben").await);
    let mut redis = house.redis().await;
    let _: () = redis::cmd("DEL")
        .arg(Key::Member(&card.nest_id, &person("ben").id).name())
        .query_async(&mut redis)
        .await
        .expect("his heartbeat ended");
    house.clock.advance(2 * MINUTE);
    assert!(
        cleaned(&house).await.is_empty(),
        "two minutes after the last visit"
    );
    house.clock.advance(3 * MINUTE + 1);
    assert_eq!(cleaned(&house).await, [card.nest_id]);
    house.close().await;
}

async fn last_activity(house: &House, card: &NestCard) -> String {
    let found = house.engine.get_nest(&by_id(card)).await;
    found.expect("it is there").last_activity
}

#[tokio::test]
async fn whatever_people_do_is_activity_and_what_the_player_does_by_itself_is_not() {
    let house = House::open().await;
    let card = house.build("Lively").await;
    let nest = &card.nest_id;
    house.add(nest, "anna", 0).await;
    let playing = house.until_it_plays(nest).await;
    let waiting = house.add(nest, "anna", 1).await;
    let song = || waiting.clone();
    let vote = Some(Vote::Up);
    let wishes = [
        ("ben", Command::Vote { song: song(), vote }),
        (
            "ben",
            Command::Jam {
                song: song(),
                on: true,
            },
        ),
        ("anna", Command::Volume { level: 7 }),
        ("anna", Command::Pause),
        ("anna", Command::Resume),
        ("anna", Command::Remove { song: song() }),
        (
            "anna",
            Command::Add {
                track: house.track(2),
            },
        ),
        ("anna", Command::Clear),
        ("anna", Command::Skip { song: playing }),
    ];
    let mut before = last_activity(&house, &card).await;
    let mut removed = None;
    for (who, command) in wishes {
        house.clock.advance(1_000);
        let what = format!("{command:?}");
        let done = house.act(nest, who, command).await.expect(&what);
        let after = last_activity(&house, &card).await;
        assert!(after > before, "{what}: {before} {after}");
        (before, removed) = (
            after,
            what.starts_with("Clear").then_some(done.version).or(removed),
        );
    }
    house.clock.advance(1_000);
    let version = removed.expect("cleared");
    house
        .act(nest, "anna", Command::Undo { version })
        .await
        .expect("undone");
    let undone = last_activity(&house, &card).await;
    assert!(undone > before, "undo");
    house.clock.advance(1_000);
    drop(house.join(nest, "cleo").await);
    house.until_everybody_left(nest).await;
    let joined = last_activity(&house, &card).await;
    assert!(joined > undone, "join");

    house.until_it_plays(nest).await;
    house.pass(MINUTE + 1_000).await;
    let over = |n: &Snapshot| n.playing.is_none() && n.songs.is_empty();
    let mut watch = house.engine.watch(nest).await.expect("it may look");
    while !over(&watch.snapshot()) {
        watch.changed().await.expect("it lives");
    }
    assert_eq!(
        last_activity(&house, &card).await,
        joined,
        "songs began and ended"
    );
    house.close().await;
}
