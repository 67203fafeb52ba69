//! A run from its beginning to its end: what it tells on the way, and what becomes of one that is broken off.

use engine::RedisUrl;
use engine::migration::{News, migrate_keys};

use super::{EVERY_FAMILY, Told, everything, migrate, older_redis, run, write_all};
use crate::support::House;
use crate::support::fuse::Fuse;

/// What is told while many keys are looked at: how far it has come, more and more, and at its end nothing is left out.
#[tokio::test]
async fn progress_is_told_on_the_way() {
    const OLDER: usize = 6_000;
    const UNRELATED: usize = 6_000;
    const TOLD_EVERY: u64 = 5_000;
    let house = House::open().await;
    let (url, mut redis) = older_redis(&house).await;
    let mut fill = redis::pipe();
    for n in 0..OLDER {
        fill.set(format!("FILTER|spotify:track:{n:022}"), n).ignore();
    }
    for n in 0..UNRELATED {
        fill.set(format!("unrelated {n}"), n).ignore();
    }
    let _: () = fill.query_async(&mut redis).await.expect("filled");
    for dry_run in [true, false] {
        let mut told = Vec::new();
        let tell = |news: News<'_>| match news {
            News::Progress(summary) => told.push((summary.looked_at, summary.moved_in_all())),
            News::Stays { key, why } => panic!("{key} stays: {why}"),
        };
        let summary = migrate_keys(&url, &house.clock, dry_run, tell).await;
        let summary = summary.expect("Redis is there");
        assert_eq!(summary.moved_in_all(), OLDER as u64);
        assert!(told.len() >= 2, "{told:?}");
        assert!(
            told.iter().all(|(looked_at, _)| looked_at % TOLD_EVERY == 0),
            "{told:?}"
        );
        assert!(
            told.is_sorted() && told.iter().any(|(_, moved)| *moved > 0),
            "{told:?}"
        );
        assert!(
            told.last()
                .is_some_and(|(looked_at, _)| *looked_at <= summary.looked_at)
        );
    }
    house.close().await;
}

/// The line to Redis breaks after each command in turn, with its answer and without: each key is in one place then, the old
/// one or the new one, and the next run finishes what this one began.
#[tokio::test]
async fn a_run_that_is_broken_off_anywhere_is_finished_by_the_next_with_nothing_lost_or_twice() {
    let house = House::open().await;
    let (url, mut redis) = older_redis(&house).await;
    let migrated = |key: &str| match key {
        "MISC|spotify-rate-limited" => key.to_owned(),
        _ => format!("NEST:main|{key}"),
    };
    let (mut broken_off, mut half_way) = (0, 0);
    for commands in 1.. {
        let _: () = run(&mut redis, "FLUSHDB").await;
        write_all(&mut redis, &EVERY_FAMILY).await;
        let before = everything(&mut redis).await;
        let mut expected: Vec<Told> = before
            .iter()
            .map(|(key, kind, value, ends)| (migrated(key), kind.clone(), value.clone(), *ends))
            .collect();
        expected.sort();

        let socket = house.folder.path().join(format!("line-{commands}.sock"));
        let fuse = Fuse::lay(&house.redis_socket(), socket, None);
        fuse.light(commands, commands % 2 == 0);
        let line = RedisUrl::new(format!("unix://{}?db=1", fuse.socket.display()));
        let tried = migrate_keys(&line, &house.clock, false, |_| {}).await;
        let now = everything(&mut redis).await;
        let mut places: Vec<Told> = Vec::new();
        for (key, kind, value, ends) in now {
            let is_moved = key.starts_with("NEST:main|");
            half_way += usize::from(tried.is_err() && is_moved);
            let key = if is_moved { key } else { migrated(&key) };
            places.push((key, kind, value, ends));
        }
        places.sort();
        assert_eq!(
            places, expected,
            "after {commands} commands each key is in one place"
        );

        let (next, stays) = migrate(&url, &house.clock, false).await;
        assert_eq!((next.is_complete(), stays), (true, vec![]));
        assert_eq!(
            everything(&mut redis).await,
            expected,
            "after {commands} commands"
        );
        if tried.is_ok() {
            assert_eq!(next.moved_in_all(), 0);
            break;
        }
        broken_off += 1;
    }
    assert!(
        broken_off > 10 && half_way > 0,
        "{broken_off} runs were broken off"
    );
    house.close().await;
}
