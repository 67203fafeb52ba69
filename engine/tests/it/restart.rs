//! Restart: the same nest, the next generation.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};

use engine::store::Key;
use engine::store::keys::older::named_within;
use engine::{CloseReason, EngineError, NewNest, RestartMode, RestartWish, SeatEvent, Since};
use nests::nest::{NestId, NestRef};
use nests::queue::Vote;
use nests::wire::directory::{NestCard, NestState};
use nests::wire::{Command, ErrorCode, ServerFrame};

use crate::support::{House, PATIENCE, frame, person};

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

async fn build(house: &House, name: &str) -> NestCard {
    let wish = NewNest {
        name: Some(name.to_owned()),
        seed_track: None,
    };
    house
        .engine
        .create_nest(&person("anna"), wish)
        .await
        .expect("created")
}

async fn asleep(house: &House, name: &str) -> NestCard {
    let card = build(house, name).await;
    house.clock.advance(FIVE_MINUTES);
    let fell_asleep = house.engine.cleanup_step().await.expect("cleaned");
    assert!(fell_asleep.contains(&card.nest_id));
    card
}

fn by_id(card: &NestCard) -> NestRef {
    NestRef::Id(card.nest_id.clone())
}

/// Everything about a nest that a restart must leave as it was.
fn identity(card: &NestCard) -> impl PartialEq + std::fmt::Debug + use<> {
    (
        card.nest_id.clone(),
        card.code.clone(),
        card.name.clone(),
        card.slug.clone(),
        card.creator.clone(),
        card.created_at.clone(),
        card.url.clone(),
        card.short_url.clone(),
    )
}

/// Every key as Redis stores it, except the player's lease, which comes and goes by itself.
async fn whole_store(house: &House) -> BTreeMap<String, Vec<u8>> {
    let mut redis = house.redis().await;
    let keys: Vec<String> = redis::cmd("KEYS")
        .arg("*")
        .query_async(&mut redis)
        .await
        .expect("keys");
    let mut whole = BTreeMap::new();
    for key in keys
        .into_iter()
        .filter(|key| !key.ends_with("|MISC|master-player"))
    {
        let value: Option<Vec<u8>> = redis::cmd("DUMP")
            .arg(&key)
            .query_async(&mut redis)
            .await
            .expect("a value");
        whole.extend(value.map(|value| (key, value)));
    }
    whole
}

/// What is left of the registry's entry when what a new start is about is taken out.
fn lasting(entry: &str) -> serde_json::Value {
    let mut entry: serde_json::Value = serde_json::from_str(entry).expect("JSON");
    let fields = entry.as_object_mut().expect("an object");
    for passing in [
        "generation",
        "version",
        "last_activity",
        "asleep_since",
        "restarted_at",
        "restart_count",
    ] {
        fields.remove(passing);
    }
    entry
}

/// The entry with its lasting part, the lookups and the history, as Redis has them.
async fn lasting_part(
    house: &House,
    nest: &NestId,
) -> (serde_json::Value, Vec<String>, Vec<(String, Vec<String>)>) {
    let mut redis = house.redis().await;
    let mut entry = None;
    for kept_in in [Key::Registry, Key::Parked] {
        let mut get = redis::cmd("HGET");
        get.arg(kept_in.name()).arg(nest.as_str());
        let found: Option<String> = get.query_async(&mut redis).await.expect("read");
        entry = entry.or(found);
    }
    let mut lookups = Vec::new();
    for pattern in ["NESTS|code:*", "NESTS|slug:*"] {
        let mut keys: Vec<String> = redis::cmd("KEYS")
            .arg(pattern)
            .query_async(&mut redis)
            .await
            .expect("keys");
        keys.sort();
        for key in keys {
            let to: String = redis::cmd("GET")
                .arg(&key)
                .query_async(&mut redis)
                .await
                .expect("an id");
            lookups.push(format!("{key} {to}"));
        }
    }
    let mut history = redis::cmd("XRANGE");
    history.arg(Key::History(nest).name()).arg("-").arg("+");
    let history = history.query_async(&mut redis).await.expect("read");
    (lasting(&entry.expect("an entry")), lookups, history)
}

#[tokio::test]
async fn name_code_links_creator_and_history_come_through_a_restart_byte_for_byte() {
    let house = House::open().await;
    let anna = person("anna");
    let wish = NewNest {
        name: Some("First Name".to_owned()),
        seed_track: Some("spotify:track:4uLU6hMCjMI75M1A2tKUQC".to_owned()),
    };
    let card = house.engine.create_nest(&anna, wish).await.expect("created");
    let (nest, named) = (&card.nest_id, by_id(&card));
    house
        .engine
        .rename_nest(&anna, &named, "Friday Vibes")
        .await
        .expect("renamed");
    house.engine.set_emoji(&anna, &named, "🐦").await.expect("set");
    for track in 0..2 {
        let song = house.add(nest, "ben", track).await;
        let mut watch = house.engine.watch(nest).await.expect("it may look");
        while watch.snapshot().playing.is_none() {
            watch.changed().await.expect("it lives");
        }
        house
            .act(nest, "anna", Command::Skip { song })
            .await
            .expect("skipped");
    }
    let (entry, lookups, history) = lasting_part(&house, nest).await;
    assert_eq!(
        (lookups.len(), history.len()),
        (3, 2),
        "two names, one code, two songs"
    );
    for (generation, wish) in [(2, FORCE), (3, WAKE)] {
        house.clock.advance(FIVE_MINUTES);
        if wish == WAKE {
            let fell_asleep = house.engine.cleanup_step().await.expect("cleaned");
            assert_eq!(fell_asleep, std::slice::from_ref(nest));
        }
        let restarted = house
            .engine
            .restart_nest(&anna, &named, wish)
            .await
            .expect("restarted");
        assert_eq!(restarted.generation, generation);
        let (entry_now, lookups_now, history_now) = lasting_part(&house, nest).await;
        assert_eq!(entry_now, entry);
        assert_eq!(lookups_now, lookups);
        assert_eq!(history_now, history);
    }
    house.close().await;
}

#[tokio::test]
async fn a_sleeping_nest_wakes_as_the_same_nest_in_the_next_generation() {
    let house = House::open().await;
    let card = asleep(&house, "Friday Vibes").await;
    let woken = house
        .engine
        .restart_nest(
            &person("anna"),
            &NestRef::parse("friday-vibes").expect("a slug"),
            WAKE,
        )
        .await
        .expect("it wakes");
    assert_eq!(identity(&woken.nest), identity(&card));
    assert_eq!(
        (woken.generation, woken.restart_count, woken.nest.state),
        (2, 1, NestState::Awake)
    );
    assert_eq!(woken.room_id, format!("{}-2", card.code));
    assert_eq!(house.snapshot(&card.nest_id).await.generation, 2);
    house.add(&card.nest_id, "ben", 0).await;
    assert_eq!(house.engine.list_nests().await.expect("the list").len(), 2);
    house.close().await;
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
async fn whoever_is_inside_is_told_and_lands_on_the_new_generation() {
    let house = House::open().await;
    let other = house.another_process().await;
    let card = build(&house, "Busy").await;
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
async fn a_queue_that_is_kept_keeps_its_votes_and_plays_on() {
    let house = House::open().await;
    let card = build(&house, "Kept").await;
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
async fn every_refusal_changes_nothing() {
    let house = House::open().await;
    let (awake, sleeping) = (build(&house, "Awake").await, asleep(&house, "Sleeping").await);
    // The clock went on while the second one fell asleep: the first one as well.
    let awake = house
        .engine
        .restart_nest(&person("anna"), &by_id(&awake), WAKE)
        .await
        .expect("woken")
        .nest;
    house.add(&awake.nest_id, "anna", 0).await;
    let mut watch = house.engine.watch(&awake.nest_id).await.expect("it may look");
    while watch.snapshot().playing.is_none() {
        watch.changed().await.expect("it lives");
    }
    let waits = house.add(&awake.nest_id, "anna", 1).await;
    house
        .vote(&awake.nest_id, "ben", &waits, Some(Vote::Up))
        .await
        .expect("a vote");
    let gone = build(&house, "Gone").await;
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

/// Keys may be broken by hand, by a disk, by a fault of ours: the host can always begin anew, and nothing of the wreck stays.
#[tokio::test]
async fn a_live_nest_that_cannot_be_read_comes_back_fresh_when_its_host_insists() {
    let house = House::open().await;
    let mut redis = house.redis().await;
    let wrecks: [(&str, &[&[&str]]); 7] = [
        ("a version that is none", &[&["SET", "MISC|version", "nonsense"]]),
        ("no version", &[&["DEL", "MISC|version"]]),
        (
            "an event that is none",
            &[&["XADD", "MISC|log", "*", "e", "{not JSON"]],
        ),
        (
            "a start that is no time",
            &[&["SET", "MISC|started-on", "yesterday"]],
        ),
        (
            "a queue of another type",
            &[
                &["DEL", "MISC|priority-queue"],
                &["SET", "MISC|priority-queue", "x"],
            ],
        ),
        (
            "a log of another type",
            &[&["DEL", "MISC|log"], &["SET", "MISC|log", "x"]],
        ),
        (
            "a song of another type",
            &[
                &["DEL", "MISC|now-playing"],
                &["HSET", "MISC|now-playing", "a", "b"],
            ],
        ),
    ];
    for (wreck, commands) in wrecks {
        let card = build(&house, "Wrecked").await;
        let nest = &card.nest_id;
        for n in 0..3 {
            house.add(nest, "anna", n).await;
        }
        house.until(nest, "it plays", |n| n.playing.is_some()).await;
        for command in commands {
            let mut broken = redis::cmd(command[0]);
            broken.arg(named_within(nest, command[1])).arg(&command[2..]);
            let _: redis::Value = broken.query_async(&mut redis).await.expect("broken");
        }
        let (anna, same) = (person("anna"), by_id(&card));
        let restart = |wish| house.engine.restart_nest(&anna, &same, wish);
        let careful = restart(WAKE).await.expect_err("it is awake");
        assert_eq!(careful.code(), ErrorCode::NestActive, "{wreck}: {careful:?}");
        let restarted = restart(FORCE)
            .await
            .unwrap_or_else(|error| panic!("{wreck}: {error:?}"));
        assert_eq!(identity(&restarted.nest), identity(&card), "{wreck}");
        let fresh = house.snapshot(nest).await;
        assert_eq!(
            (fresh.generation, fresh.songs.len(), fresh.playing),
            (2, 0, None),
            "{wreck}"
        );
        house.add(nest, "ben", 4).await;
        house.until(nest, "it plays again", |n| n.playing.is_some()).await;
        let mut look = redis::cmd("KEYS");
        look.arg(format!("NEST:{nest}|QUEUE|*"));
        let songs: Vec<String> = look.query_async(&mut redis).await.expect("a test may use KEYS");
        assert_eq!(
            songs.len(),
            1,
            "{wreck}: nothing is left of the songs that were: {songs:?}"
        );
        house
            .engine
            .delete_nest(&person("anna"), &by_id(&card))
            .await
            .expect("deleted");
    }
    house.close().await;
}

#[tokio::test]
async fn a_nest_is_restarted_once_in_ten_seconds_and_ten_times_an_hour() {
    let house = House::open().await;
    let card = build(&house, "Restless").await;
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
        build(&house, "Another").await;
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
    let card = build(&house, "Short").await;
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

#[tokio::test]
async fn a_song_added_while_the_nest_restarts_lands_in_one_of_its_generations() {
    let house = House::open().await;
    let card = build(&house, "Races").await;
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
