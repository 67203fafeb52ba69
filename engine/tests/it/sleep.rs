//! Sleep, oblivion, and what they cost: a cleanup step touches only what is due.

use std::collections::BTreeSet;

use engine::store::Key;
use engine::store::keys::all_of;
use engine::{Engine, EngineSettings, NewNest, RedisUrl, RedisWhere};
use nests::nest::{NestCode, NestId, NestRef, NestSlug, sonic};
use nests::wire::directory::{NestCard, NestState};
use nests::wire::{Command, ErrorCode, Snapshot};

use tokio_util::sync::CancellationToken;

use crate::support::fuse::Fuse;
use crate::support::{House, person, settings};

const MINUTE: i64 = 60_000;
const FIVE_MINUTES: i64 = 5 * MINUTE + 1;
const DAY: i64 = 24 * 60 * MINUTE;
const MANY: usize = 5_000;
/// Nests put into the store with one pipeline; divides [`MANY`].
const AT_ONCE: usize = 100;
/// Bytes that Redis sends while a nest without a name is built, with what goes on beside it; the entries of all sleeping
/// nests would be a hundred times as many.
const WITHOUT_A_NAME: u64 = 20_000;

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

/// Puts so many sleeping nests beside the others, as copies of one.
async fn fill_with_sleeping_nests(house: &House, pattern: &NestCard) {
    let mut redis = house.redis().await;
    let text: String = redis::cmd("HGET")
        .arg(Key::Parked.name())
        .arg(pattern.nest_id.as_str())
        .query_async(&mut redis)
        .await
        .expect("its entry");
    let far = house.engine.now().0 + DAY;
    // They take the names of the house first, so that the next nest without a name has to look far.
    let mut names = sonic::orderly_names();
    let mut pipe = redis::pipe();
    for n in 0..MANY {
        let name = names.next().unwrap_or_else(|| format!("Copy {n}"));
        let letters: Vec<u8> = (0..5)
            .map(|place| nests::nest::code::ALPHABET[n / 31usize.pow(place) % 31])
            .collect();
        let code = String::from_utf8(letters).expect("letters");
        let entry = text
            .replace(&pattern.code, &code)
            .replace("Pattern", &name)
            .replace("\"pattern\"", &format!("\"copy-{n}\""));
        let slug = NestSlug::parse(&format!("copy-{n}")).expect("a slug");
        let id = NestId::parse(&code).expect("a code");
        let lookup = NestCode::parse(&code).expect("a code");
        pipe.hset(Key::Parked.name(), id.as_str(), entry).ignore();
        pipe.hincr(Key::Names.name(), &name, 1).ignore();
        pipe.set(Key::Code(&lookup).name(), id.as_str()).ignore();
        pipe.set(Key::Slug(&slug).name(), id.as_str()).ignore();
        pipe.zadd(Key::CleanupDue.name(), id.as_str(), far).ignore();
        if (n + 1) % AT_ONCE == 0 {
            let _: () = pipe.query_async(&mut redis).await.expect("filled");
            pipe.clear();
        }
    }
}

/// How many commands Redis carries out for `what`, inside scripts and out. What goes on beside it by itself (heartbeats, the
/// player's look at the clock) has commands of its own.
async fn commands_of<T>(house: &House, what: impl Future<Output = T>) -> (u64, T) {
    let mut redis = house.redis().await;
    let _: () = redis::cmd("CONFIG")
        .arg("RESETSTAT")
        .query_async(&mut redis)
        .await
        .expect("counters are reset");
    let answer = what.await;
    let stats: String = redis::cmd("INFO")
        .arg("commandstats")
        .query_async(&mut redis)
        .await
        .expect("counters");
    let beside = [
        "config|resetstat",
        "info",
        "ping",
        "client|setinfo",
        "zrange",
        "hello",
    ];
    let calls = stats.lines().filter_map(|line| {
        let (name, rest) = line.strip_prefix("cmdstat_")?.split_once(":calls=")?;
        (!beside.contains(&name)).then(|| rest.split(',').next()?.parse::<u64>().ok())?
    });
    (calls.sum(), answer)
}

/// The bytes that Redis has sent so far, this very answer not among them.
async fn bytes_sent(house: &House) -> u64 {
    let mut redis = house.redis().await;
    let stats: String = redis::cmd("INFO")
        .arg("stats")
        .query_async(&mut redis)
        .await
        .expect("counters");
    let sent = stats
        .lines()
        .find_map(|line| line.strip_prefix("total_net_output_bytes:"));
    sent.and_then(|bytes| bytes.parse().ok()).expect("a number")
}

#[tokio::test]
async fn five_thousand_sleeping_nests_cost_no_command_more_than_five() {
    let house = House::open_with(|s| s.nest_cleanup = std::time::Duration::from_secs(3600)).await;
    let pattern = house.build("Pattern").await;
    house.clock.advance(FIVE_MINUTES);
    assert_eq!(cleaned(&house).await.len(), 1);
    let awake = house.build("Wide Awake").await;
    let by_slug = NestRef::parse("wide-awake").expect("a slug");
    let mut costs = Vec::new();
    for round in 0..2 {
        let (list, cards) = commands_of(&house, house.engine.list_nests()).await;
        assert_eq!(cards.expect("the list").len(), 2);
        let (resolve, card) = commands_of(&house, house.engine.get_nest(&by_slug)).await;
        assert_eq!(card.expect("found").nest_id, awake.nest_id);
        let (create, created) = commands_of(
            &house,
            house.engine.create_nest(&person("ben"), NewNest::default()),
        )
        .await;
        let bens = created.expect("created").nest_id;
        house
            .engine
            .delete_nest(&person("ben"), &NestRef::Id(bens))
            .await
            .expect("deleted");
        let before = bytes_sent(&house).await;
        let cleo = house
            .engine
            .create_nest(&person("cleo"), NewNest::default())
            .await;
        let sent = bytes_sent(&house).await - before;
        assert!(
            sent < WITHOUT_A_NAME,
            "a name is found without reading every nest: {sent} bytes"
        );
        let unnamed = cleo.expect("created").nest_id;
        house
            .engine
            .delete_nest(&person("cleo"), &NestRef::Id(unnamed))
            .await
            .expect("deleted");
        let (cleanup, slept) = commands_of(&house, house.engine.cleanup_step()).await;
        assert!(slept.expect("cleaned").is_empty());
        // One nest is due among all of them: only that one is looked at.
        let due = house.build("Due").await.nest_id;
        let mut redis = house.redis().await;
        let long_ago: redis::RedisResult<()> = redis::cmd("ZADD")
            .arg(Key::CleanupDue.name())
            .arg(0)
            .arg(due.as_str())
            .query_async(&mut redis)
            .await;
        long_ago.expect("due");
        let (one_due, slept) = commands_of(&house, house.engine.cleanup_step()).await;
        assert!(slept.expect("cleaned").is_empty(), "it is too young to sleep");
        house
            .engine
            .delete_nest(&person("anna"), &NestRef::Id(due))
            .await
            .expect("deleted");
        costs.push((list, resolve, create, cleanup, one_due));
        if round == 0 {
            fill_with_sleeping_nests(&house, &pattern).await;
        }
    }
    let (few, many) = (costs[0], costs[1]);
    assert_eq!(few, many, "list, resolve, create, cleanup, cleanup of one");
    assert!(many.3 <= 2, "a cleanup with nothing due is one look: {many:?}");
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
