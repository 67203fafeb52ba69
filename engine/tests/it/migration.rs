//! Keys of an older installation, moved into the Main Nest and taken over by the next start.

mod runs;

use engine::migration::{News, Stays, Summary, migrate_keys};
use engine::{AddressKey, Clock, RedisUrl, RedisWhere};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use nests::nest::NestId;
use nests::time::Millis;
use redis::aio::MultiplexedConnection;
use redis::{AsyncCommands, FromRedisValue};

use super::support::{House, PATIENCE, person};

/// 2026-02-11 21:42:07.123456 as Python 3 pickles it, in base64.
const PICKLED: &str = "gASVKgAAAAAAAACMCGRhdGV0aW1llIwIZGF0ZXRpbWWUk5RDCgfqAgsVKgcB4kCUhZRSlC4=";
const NEVER: &str = "spotify:track:4uLU6hMCjMI75M1A2tKUQC";
const PIANO_MAN: &str = "spotify:track:3utq2FgD1pkmIoaWfjXWAU";
const GET_LUCKY: &str = "spotify:track:2Foc5Q5nqNiosCNqttzHof";

async fn run<T: FromRedisValue>(redis: &mut MultiplexedConnection, command: &str) -> T {
    let mut words = command.split(' ');
    let mut cmd = redis::cmd(words.next().expect("a command"));
    words.for_each(|word| {
        cmd.arg(word);
    });
    cmd.query_async(redis).await.expect(command)
}

async fn write_all(redis: &mut MultiplexedConnection, commands: &[&str]) {
    for command in commands {
        run::<redis::Value>(redis, command).await;
    }
}

/// A key with its type, its value, and whether it has an end.
type Told = (String, String, Vec<String>, bool);

async fn everything(redis: &mut MultiplexedConnection) -> Vec<Told> {
    let mut keys: Vec<String> = run(redis, "KEYS *").await;
    keys.sort();
    let mut all = Vec::new();
    for key in keys {
        let kind: String = run(redis, &format!("TYPE {key}")).await;
        let mut value: Vec<String> = match kind.as_str() {
            "string" => vec![run(redis, &format!("GET {key}")).await],
            "hash" => run(redis, &format!("HGETALL {key}")).await,
            "list" => run(redis, &format!("LRANGE {key} 0 -1")).await,
            "set" => run(redis, &format!("SMEMBERS {key}")).await,
            _ => run(redis, &format!("ZRANGE {key} 0 -1 WITHSCORES")).await,
        };
        if kind == "set" {
            value.sort();
        }
        let life: i64 = redis.pttl(&key).await.expect("a life");
        all.push((key, kind, value, life > 0));
    }
    all
}

/// A Redis of its own for the old keys: a house's, on another database.
async fn older_redis(house: &House) -> (RedisUrl, MultiplexedConnection) {
    let url = format!("{}?db=1", house.redis_url());
    let client = redis::Client::open(url.as_str()).expect("an address");
    let patient = redis::AsyncConnectionConfig::new().set_response_timeout(Some(PATIENCE));
    let connection = client
        .get_multiplexed_async_connection_with_config(&patient)
        .await
        .expect("a connection");
    (RedisUrl::new(url), connection)
}

async fn migrate(url: &RedisUrl, clock: &Clock, dry_run: bool) -> (Summary, Vec<(String, Stays)>) {
    let mut stays = Vec::new();
    let tell = |news: News<'_>| {
        if let News::Stays { key, why } = news {
            stays.push((key, why));
        }
    };
    let summary = migrate_keys(url, clock, dry_run, tell)
        .await
        .expect("Redis is there");
    (summary, stays)
}

/// A key of every family and of every type, some of them with an end.
const EVERY_FAMILY: [&str; 14] = [
    "SET MISC|volume 95",
    "SET MISC|last-queued spotify:track:3utq2FgD1pkmIoaWfjXWAU EX 5000",
    "RPUSH MISC|backup-queue one two",
    "HSET QUEUE|7 id 7 title Seven",
    "EXPIRE QUEUE|7 86400",
    "SADD QUEUE|VOTE|7 anna@example.org ben@example.org",
    "SET FILTER|spotify:track:3utq2FgD1pkmIoaWfjXWAU 1 EX 604800",
    "RPUSH BENDER|cache:genre one two three",
    "ZADD QUEUEJAM|7 1770842527 ben@example.org",
    "ZADD COMMENTS|7 1770842527 ben@example.org||nice",
    "HSET FILL-INFO|spotify:track:3utq2FgD1pkmIoaWfjXWAU title Piano",
    "RPUSH AIRHORNS {}",
    "SADD FREEHORN_anna@example.org 7",
    "SET MISC|spotify-rate-limited 1 EX 60",
];

#[tokio::test]
async fn every_family_moves_with_its_types_values_and_lives_and_the_second_run_does_nothing() {
    let house = House::open().await;
    let (url, mut redis) = older_redis(&house).await;
    write_all(&mut redis, &EVERY_FAMILY).await;
    write_all(&mut redis, &["SET unrelated 1", "SET NESTS|due 1"]).await;
    let before = everything(&mut redis).await;

    let (planned, stays) = migrate(&url, &house.clock, true).await;
    assert_eq!(everything(&mut redis).await, before, "a dry run changes nothing");
    assert_eq!((planned.moved, stays), ([3, 2, 1, 1, 1, 1, 1, 1, 1], vec![]));

    let (done, stays) = migrate(&url, &house.clock, false).await;
    assert_eq!((&done, stays), (&planned, vec![]));
    assert!(done.is_complete());
    let stays_put = ["MISC|spotify-rate-limited", "NESTS|due", "unrelated"];
    let mut expected: Vec<_> = before
        .into_iter()
        .map(
            |(key, kind, value, ends)| match stays_put.contains(&key.as_str()) {
                true => (key, kind, value, ends),
                false => (format!("NEST:main|{key}"), kind, value, ends),
            },
        )
        .collect();
    expected.sort();
    let after = everything(&mut redis).await;
    assert_eq!(after, expected);
    let life: u64 = redis
        .ttl("NEST:main|FILTER|spotify:track:3utq2FgD1pkmIoaWfjXWAU")
        .await
        .expect("a life");
    assert!((604_700..=604_800).contains(&life), "{life}");

    let (again, stays) = migrate(&url, &house.clock, false).await;
    assert_eq!(
        (again.moved_in_all(), again.is_complete(), stays),
        (0, true, vec![])
    );
    assert_eq!(everything(&mut redis).await, after);
    house.close().await;
}

#[tokio::test]
async fn what_the_main_nest_has_already_is_kept_and_said() {
    let house = House::open().await;
    let (url, mut redis) = older_redis(&house).await;
    write_all(
        &mut redis,
        &[
            "SET MISC|volume 95",
            "SET NEST:main|MISC|volume 30",
            "SET AIRHORNS x",
        ],
    )
    .await;
    for dry_run in [true, false] {
        let (summary, stays) = migrate(&url, &house.clock, dry_run).await;
        assert_eq!(stays, [("MISC|volume".to_owned(), Stays::Taken)]);
        assert_eq!(
            (summary.moved_in_all(), summary.skipped, summary.is_complete()),
            (1, 1, false)
        );
    }
    let (old, new): (i64, i64) = redis
        .mget(&["MISC|volume", "NEST:main|MISC|volume"])
        .await
        .expect("both");
    assert_eq!((old, new), (95, 30));
    house.close().await;
}

#[tokio::test]
async fn dates_become_milliseconds_on_the_way_and_what_is_none_stays() {
    let house = House::open().await;
    let (url, mut redis) = older_redis(&house).await;
    let os_system = "gASVKwAAAAAAAACMBXBvc2l4lIwGc3lzdGVtlJOUjBB0b3VjaCAvdG1wL293bmVklIWUUpQu";
    write_all(
        &mut redis,
        &[
            &format!("SET MISC|started-on {PICKLED}"),
            &format!("SET MISC|player-now {PICKLED} EX 43200"),
            "SET MISC|current-done 2026-02-11T21:42:07.123456",
            "SET MISC|paused 1",
            &format!("HSET QUEUE|7 title Seven added_at {PICKLED}"),
            &format!("HSET MISC|guest-login-expire ben@example.org {PICKLED}"),
            &format!("SET MISC|bender_streak_start {os_system}"),
        ],
    )
    .await;
    let (summary, stays) = migrate(&url, &house.clock, false).await;
    assert_eq!(stays, [("MISC|bender_streak_start".to_owned(), Stays::NoDate)]);
    assert_eq!((summary.dates, summary.failed), (6, 1));

    let wall: DateTime = "2026-02-11T21:42:07.123".parse().expect("a date");
    let at = wall
        .to_zoned(TimeZone::system())
        .expect("a moment")
        .timestamp()
        .as_millisecond();
    let dates: [Vec<i64>; 1] = [redis
        .mget(&[
            "NEST:main|MISC|started-on",
            "NEST:main|MISC|player-now",
            "NEST:main|MISC|current-done",
            "NEST:main|MISC|paused",
        ])
        .await
        .expect("numbers")];
    assert_eq!(dates[0], [at, at, at, house.clock.now().0]);
    let of_song: i64 = redis
        .hget("NEST:main|QUEUE|7", "added_at")
        .await
        .expect("a number");
    let of_guest: i64 = redis
        .hget("NEST:main|MISC|guest-login-expire", "ben@example.org")
        .await
        .expect("a number");
    let life: u64 = redis.ttl("NEST:main|MISC|player-now").await.expect("a life");
    assert_eq!((of_song, of_guest), (at, at));
    assert!((43_100..=43_200).contains(&life), "{life}");
    house.close().await;
}

/// The queue of an evening: one song plays, three wait (one of a source that this version doesn't have).
fn an_evening() -> Vec<String> {
    let song = |id: u32, uri: &str, title: &str, user: &str, vote: i32| {
        format!(
            "HSET QUEUE|{id} id {id} src spotify trackid {uri} title {title} artist Somebody duration 200 user {user} auto False vote {vote}"
        )
    };
    let mut commands = vec![
        song(9, NEVER, "Never", "anna@example.org", 0),
        song(10, PIANO_MAN, "Piano", "ben@example.org", -1),
        song(11, GET_LUCKY, "Lucky", "cem@example.org", 1),
        song(12, "dQw4w9WgXcQ", "Video", "cem@example.org", 0),
    ];
    let more = [
        "SADD QUEUE|VOTE|10 ben@example.org anna@example.org",
        "SADD QUEUE|VOTE|11 cem@example.org anna@example.org",
        "ZADD QUEUEJAM|9 1770842500 cem@example.org 1770842400 ben@example.org",
        "ZADD MISC|priority-queue 1 10 1.5 11 7 12",
        "SET MISC|now-playing 9 EX 7200",
        "SET MISC|started-on 2026-02-11T21:40:07.123456",
        "SET MISC|volume 64",
        "SET MISC|master-player 4d3f0c1e-of-a-crashed-player",
    ];
    commands.extend(more.map(str::to_owned));
    commands.push(format!("SET MISC|player-now {PICKLED}"));
    commands
}

/// What of a nest matters to the people in it: the queue (title, who, net votes), what plays, who loves it, the volume.
type Evening = (Vec<(String, String, i32)>, String, Vec<String>, u8);

fn told(nest: &nests::wire::Snapshot) -> Evening {
    let row = |q: &nests::queue::QueuedSong| {
        (
            q.song.track.title.clone(),
            q.song.user.name.clone(),
            q.net_votes(),
        )
    };
    let playing = nest.playing.as_ref().expect("something plays");
    (
        nest.ordered().iter().map(|placed| row(placed.queued)).collect(),
        playing.queued.song.track.title.clone(),
        playing.queued.jams.iter().map(|p| p.name.clone()).collect(),
        nest.volume,
    )
}

#[tokio::test]
async fn the_main_nest_comes_up_with_the_moved_queue_votes_jams_and_position() {
    for paused in [false, true] {
        let house = House::open().await;
        let (url, mut redis) = older_redis(&house).await;
        let mut commands = an_evening();
        if paused {
            commands.push("SET MISC|paused 1".to_owned());
        }
        let commands: Vec<&str> = commands.iter().map(String::as_str).collect();
        write_all(&mut redis, &commands).await;
        let (summary, _) = migrate(&url, &house.clock, false).await;
        assert!(summary.is_complete());

        let start = || {
            house.another_process_with(|settings| {
                settings.redis = RedisWhere::Url(url.clone());
                settings.address_key = AddressKey::new("secret");
            })
        };
        let main = NestId::main();
        let program = start().await;
        let nest = program.snapshot(&main).await;
        let row = |title: &str, who: &str, votes| (title.to_owned(), who.to_owned(), votes);
        assert_eq!(
            told(&nest),
            (
                vec![row("Lucky", "cem", 1), row("Piano", "ben", -1)],
                "Never".to_owned(),
                vec!["ben".to_owned(), "cem".to_owned()],
                64
            )
        );
        let playing = nest.playing.clone().expect("something plays");
        assert_eq!(
            playing.position_ms(house.clock.now()),
            120_000,
            "it goes on where it was"
        );
        assert_eq!(playing.paused_at, paused.then(|| house.clock.now()));
        assert_eq!(nest.generation, 2);

        // People go on with it, and it is ours from now on: the next start finds the same.
        let lucky = nest.songs[1].song.id.clone();
        program
            .vote(&main, "dora", &lucky, Some(nests::queue::Vote::Up))
            .await
            .expect("the vote counts");
        let voted = program.snapshot(&main).await;
        program.close().await;
        let program = start().await;
        let again = program.snapshot(&main).await;
        assert_eq!((told(&again), again.generation), (told(&voted), 2));
        if !paused {
            program.pass(80_000).await;
            let plays =
                |n: &nests::wire::Snapshot| n.playing.as_ref().map(|p| p.queued.song.track.title.clone());
            program
                .until(&main, "the next song plays", |n| {
                    plays(n).as_deref() == Some("Lucky")
                })
                .await;
        }
        program.close().await;

        let left: Vec<String> = run(&mut redis, "KEYS NEST:main|QUEUE*|9").await;
        assert_eq!(left, Vec::<String>::new(), "no key of a song has two names");
        house.close().await;
    }
}

#[tokio::test]
async fn a_queue_that_the_older_program_wrote_under_the_main_nests_name_is_taken_over_beside_ours() {
    let host = House::open().await;
    let main = NestId::main();
    host.add(&main, "anna", 0).await;
    host.until(&main, "it plays", |n| n.playing.is_some()).await;
    let song = host.add(&main, "anna", 1).await;
    host.vote(&main, "ben", &song, Some(nests::queue::Vote::Up))
        .await
        .expect("the vote counts");
    let mut redis = host.redis().await;
    write_all(
        &mut redis,
        &[
            &format!(
                "HSET NEST:main|QUEUE|3 id 3 trackid {NEVER} title Never duration 200 user {}",
                person("cem").id
            ),
            "ZADD NEST:main|MISC|priority-queue 1 3",
            &format!("SET NEST:main|MISC|bender_streak_start {PICKLED}"),
        ],
    )
    .await;
    let host = host.restart().await;
    let nest = host.snapshot(&main).await;
    assert_eq!(nest.songs.len(), 2);
    assert!(nest.playing.is_some() && nest.bender.streak_start > Some(Millis(0)));
    assert_eq!(
        nest.song(&song).map(|q| q.net_votes()),
        Some(1),
        "a vote that stood in the log alone"
    );
    host.close().await;
}
