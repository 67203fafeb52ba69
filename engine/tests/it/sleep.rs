//! Sleep: what it takes and what it leaves, what puts it off, how what sleeps ends, and what it costs.

mod activity;
mod cost;
mod ends;

use std::collections::BTreeSet;

use engine::store::Key;
use engine::store::keys::all_of;
use engine::{Engine, EngineSettings, NewNest, RedisUrl, RedisWhere};
use nests::nest::{NestCode, NestId, NestRef};
use nests::wire::directory::NestState;
use nests::wire::{Command, ErrorCode};
use tokio_util::sync::CancellationToken;

use crate::support::fuse::Fuse;
use crate::support::{House, person, settings};

const MINUTE: i64 = 60_000;
const FIVE_MINUTES: i64 = 5 * MINUTE + 1;
const DAY: i64 = 24 * 60 * MINUTE;

async fn keys(house: &House, pattern: String) -> Vec<String> {
    let mut redis = house.redis().await;
    let mut keys = BTreeSet::new();
    let mut cursor = 0u64;
    loop {
        let (next, found): (u64, Vec<String>) = redis::cmd("SCAN")
            .arg(cursor)
            .arg("MATCH")
            .arg(&pattern)
            .query_async(&mut redis)
            .await
            .expect("a look at some keys");
        keys.extend(found);
        if next == 0 {
            return keys.into_iter().collect();
        }
        cursor = next;
    }
}

async fn due(house: &House) -> Vec<String> {
    let mut redis = house.redis().await;
    redis::cmd("ZRANGE")
        .arg(Key::CleanupDue.name())
        .arg(0)
        .arg(-1)
        .query_async(&mut redis)
        .await
        .expect("the set")
}

async fn cleaned(house: &House) -> Vec<NestId> {
    house.engine.cleanup_step().await.expect("cleaned")
}

/// Of a nest in which much went on only what played stays, for good or for a while; whoever builds another of its name gets
/// another link.
#[tokio::test]
async fn sleep_takes_every_key_of_the_live_state_and_keeps_code_link_and_history() {
    let house = House::open_with(|s| s.use_bender = true).await;
    let card = house.build("Busy Once").await;
    let nest = &card.nest_id;
    let seat = house.join(nest, "anna").await;
    let song = house.add(nest, "anna", 0).await;
    house
        .until(nest, "it plays and Bender's songs wait", |n| {
            n.playing.is_some() && n.songs.iter().filter(|q| q.song.auto).count() >= 3
        })
        .await;
    let jam = Command::Jam {
        song: song.clone(),
        on: true,
    };
    house.act(nest, "anna", jam).await.expect("a jam");
    let bender = house.snapshot(nest).await.songs[0].song.id.clone();
    house
        .vote(nest, "anna", &bender, Some(nests::queue::Vote::Up))
        .await
        .expect("a vote");
    house
        .act(nest, "anna", Command::Skip { song })
        .await
        .expect("skipped");
    house
        .act(nest, "anna", Command::Volume { level: 30 })
        .await
        .expect("quieter");
    let live = keys(&house, all_of(nest)).await;
    assert!(live.len() > 15, "much goes on: {live:#?}");

    drop(seat);
    house.until_everybody_left(nest).await;
    house.clock.advance(FIVE_MINUTES);
    assert_eq!(
        cleaned(&house).await,
        std::slice::from_ref(nest),
        "Bender's leftovers keep nobody up"
    );

    let left = keys(&house, all_of(nest)).await;
    let stays = |key: &&String| {
        let history = **key == Key::History(nest).name();
        history || key.contains("|FILTER|") || key.contains("|RATE|add:")
    };
    assert_eq!(left.iter().filter(stays).count(), left.len(), "{left:#?}");
    let mut redis = house.redis().await;
    for key in left.iter().filter(|key| **key != Key::History(nest).name()) {
        let mut life = redis::cmd("PTTL");
        life.arg(key);
        let life: i64 = life.query_async(&mut redis).await.expect("a number");
        assert!(life > 0, "{key} stays for a while only");
    }
    assert!(left.contains(&Key::History(nest).name()));
    let names = keys(&house, format!("NESTS|*{nest}")).await;
    assert_eq!(
        names,
        [Key::Code(&NestCode::parse(&card.code).expect("a code")).name()]
    );
    assert_eq!(
        house.engine.list_nests().await.expect("the list").len(),
        1,
        "off the list"
    );
    let second = house.build("Busy Once").await;
    assert_eq!(
        second.slug.map(|slug| slug.to_string()).as_deref(),
        Some("busy-once-2")
    );
    house.close().await;
}

#[tokio::test]
async fn a_person_finds_the_nests_they_made_and_visited_again_asleep_or_awake() {
    let house = House::open().await;
    let made = house.build("Made").await;
    house.clock.advance(1_000);
    let visited = house
        .engine
        .create_nest(&person("ben"), NewNest::default())
        .await
        .expect("created");
    house.clock.advance(1_000);
    let _seat = house.join(&visited.nest_id, "anna").await;
    house.clock.advance(FIVE_MINUTES);
    assert_eq!(cleaned(&house).await, std::slice::from_ref(&made.nest_id));
    let known = house.engine.nests_of(&person("anna")).await.expect("hers");
    let told: Vec<_> = known
        .iter()
        .map(|nest| (nest.card.nest_id.clone(), nest.card.state, nest.is_mine))
        .collect();
    assert_eq!(
        told,
        [
            (visited.nest_id.clone(), NestState::Awake, false),
            (made.nest_id.clone(), NestState::Asleep, true)
        ]
    );
    house
        .engine
        .delete_nest(&person("anna"), &NestRef::Id(made.nest_id))
        .await
        .expect("deleted");
    assert_eq!(
        house.engine.nests_of(&person("anna")).await.expect("hers").len(),
        1
    );
    assert!(
        house
            .engine
            .nests_of(&person("nobody"))
            .await
            .expect("none")
            .is_empty()
    );
    house.close().await;
}

/// The cleanup of one process stands still after each of its commands in turn, while a song is added through another one
/// and begins to play.
#[tokio::test]
async fn a_song_that_is_added_and_starts_at_any_moment_of_the_decision_keeps_its_nest_awake() {
    const MOST_COMMANDS: usize = 40;
    let house = House::open().await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let fuse = Fuse::lay(&house.redis_socket(), folder.path().join("line.sock"), None);
    let url = RedisUrl::new(format!("unix://{}", fuse.socket.display()));
    let cleaner = EngineSettings {
        redis: RedisWhere::Url(url),
        ..settings(folder.path())
    };
    let cleaner = Engine::start_with_clock(cleaner, CancellationToken::new(), house.clock.clone());
    let cleaner = cleaner.await.expect("it starts");
    let (mut kept, mut refused) = (0, 0);
    for commands in 1..MOST_COMMANDS {
        let nest = house.build("Nearly Asleep").await.nest_id;
        house.clock.advance(FIVE_MINUTES);
        fuse.hold_after(commands);
        let cleaning = tokio::spawn({
            let cleaner = cleaner.clone();
            async move { cleaner.cleanup_step().await }
        });
        fuse.until_it_holds(&cleaning).await;
        let track = house.track(0);
        let added = house.act(&nest, "anna", Command::Add { track }).await;
        if added.is_ok() {
            house.until_it_plays(&nest).await;
        }
        fuse.let_pass();
        cleaning.await.expect("no panic").expect("cleaned");
        let card = house
            .engine
            .get_nest(&NestRef::Id(nest.clone()))
            .await
            .expect("a card");
        match added {
            Ok(_) => {
                assert_eq!(card.state, NestState::Awake, "after {commands} commands");
                kept += 1;
            }
            Err(error) => {
                assert_eq!(error.code(), ErrorCode::NestAsleep, "after {commands} commands");
                assert_eq!(card.state, NestState::Asleep, "after {commands} commands");
                refused += 1;
            }
        }
        house
            .engine
            .delete_nest(&person("anna"), &NestRef::Id(nest))
            .await
            .expect("hers");
    }
    assert!(
        kept > 3 && refused > 3,
        "before and after the decision: {kept} and {refused}"
    );
    house.close().await;
}
