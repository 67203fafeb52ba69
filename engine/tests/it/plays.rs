//! What people had played is kept for throwbacks: from old logs, and from what plays here.

mod million;

use std::collections::BTreeSet;
use std::path::PathBuf;

use engine::plays::Throwback;
use engine::plays::import::{MAX_BROKEN_NAMED, MAX_LINE_BYTES, Summary, import_plays};
use engine::store::Key;
use engine::{EngineSettings, NewNest, RedisUrl, RedisWhere};
use nests::nest::NestId;
use nests::wire::Command;

use crate::support::{House, settings};

const DAY_MS: i64 = 86_400_000;
const SONG_MS: i64 = 60_000;

fn line(track: u64, user: &str, endtime: impl std::fmt::Display) -> String {
    format!(
        r#"{{"src":"library","trackid":"library:{track:016x}","title":"T","artist":"A","user":"{user}","endtime":"{endtime}","jam":["ben",{{"user":"cleo"}}]}}"#
    )
}

fn log(house: &House, name: &str, lines: &[String]) -> PathBuf {
    let path = house.folder.path().join(name);
    std::fs::write(&path, lines.join("\n")).expect("the test's folder takes a file");
    path
}

fn on_the_store_of(house: &House) -> EngineSettings {
    EngineSettings {
        redis: RedisWhere::Url(RedisUrl::new(house.redis_url())),
        ..settings(house.folder.path())
    }
}

async fn import(house: &House, files: &[PathBuf]) -> Summary {
    let imported = import_plays(&on_the_store_of(house), files, |_, _| {}).await;
    imported.expect("the logs are read")
}

async fn throwbacks(house: &House) -> Vec<Throwback> {
    house.engine.throwbacks().await.expect("the store answers")
}

/// The clock of these tests stands at 2023-11-14T22:13:20Z, a Tuesday.
async fn on_the_morning_of(date: &str, house: &House) {
    let noon: jiff::Timestamp = format!("{date}T09:00:00Z").parse().expect("a date");
    house.clock.advance(noon.as_millisecond() - house.engine.now().0);
}

#[tokio::test]
async fn the_same_play_twice_is_one_and_broken_lines_are_named() {
    let house = House::open().await;
    let mut lines: Vec<String> = (0..5_000)
        .map(|n| line(n % 50, "anna@example.com", 1_600_000_000 + n * 200))
        .collect();
    lines.push(line(1, "anna@example.com", 1_600_000_000 + 200));
    lines.push(line(1, "the@echonest.com", 1_600_000_000));
    lines.push(line(1, "anna", "no date"));
    lines.push("x".repeat(MAX_LINE_BYTES * 3));
    lines.push(String::new());
    lines.extend((0..2 * MAX_BROKEN_NAMED).map(|_| "{".to_owned()));
    let file = log(&house, "play_log_2020_09_13.json", &lines);

    let first = import(&house, std::slice::from_ref(&file)).await;
    assert_eq!((first.added, first.known, first.benders), (5_000, 1, 1));
    assert_eq!(first.broken as usize, 2 + 2 * MAX_BROKEN_NAMED);
    assert_eq!(first.bytes, std::fs::metadata(&file).expect("the file").len());
    assert_eq!(first.named.len(), MAX_BROKEN_NAMED);
    let named: Vec<String> = first.named[..3]
        .iter()
        .map(|b| format!("{}: {}", b.line, b.why))
        .collect();
    assert_eq!(
        named,
        [
            "5003: endtime is no date",
            "5004: longer than 64 kB",
            "5006: not a JSON object with src, trackid, user and endtime"
        ]
    );

    let again = import(&house, &[file]).await;
    assert_eq!((again.added, again.known), (0, 5_001), "nothing is there twice");
    house.close().await;
}

#[tokio::test]
async fn no_address_reaches_the_store() {
    let house = House::open().await;
    let file = log(
        &house,
        "play_log_2020_09_13.json",
        &[line(1, "anna.lee@example.com", 1_600_000_000)],
    );
    import(&house, &[file]).await;
    let mut redis = house.redis().await;
    let main = NestId::main();
    let people: Vec<String> = redis::cmd("HVALS")
        .arg(Key::PlaysPeople(&main).name())
        .query_async(&mut redis)
        .await
        .expect("names");
    let plays: Vec<String> = redis::cmd("SMEMBERS")
        .arg(Key::Plays(&main, "sunday").name())
        .query_async(&mut redis)
        .await
        .expect("plays");
    assert_eq!(people, ["anna.lee"]);
    assert_eq!(plays.len(), 1);
    assert!(!plays[0].contains("anna") && !plays[0].contains('@'), "{plays:?}");
    house.close().await;
}

#[tokio::test]
async fn a_throwback_on_a_wednesday_is_of_a_wednesday_in_the_houses_zone() {
    let house = House::open_with(|s| s.zone = "America/New_York".parse().expect("a zone")).await;
    // A play every half hour, over the summer and the change of the clocks on 5 November 2023.
    let from: jiff::Timestamp = "2023-08-01T00:00:00Z".parse().expect("a date");
    let lines: Vec<String> = (0..48 * 120)
        .map(|n| line(n, "anna", from.as_second() + n as i64 * 1800))
        .collect();
    import(&house, &[log(&house, "play_log_2023_08_01.json", &lines)]).await;

    let zone = jiff::tz::TimeZone::get("America/New_York").expect("a zone");
    for (wednesday, offset_then) in [("2023-11-15", -5), ("2024-07-17", -4)] {
        // In New York it is still Wednesday, by UTC already Thursday.
        on_the_morning_of(wednesday, &house).await;
        house.clock.advance(18 * 3_600_000);
        let now = jiff::Timestamp::from_millisecond(house.engine.now().0).expect("a moment");
        assert_eq!(zone.to_offset(now), jiff::tz::offset(offset_then));
        let (mut hours, mut offsets) = (BTreeSet::new(), BTreeSet::new());
        for _ in 0..40 {
            let drawn = throwbacks(&house).await;
            assert!(drawn.len() >= 32, "enough to choose from: {}", drawn.len());
            for throwback in drawn {
                let at = jiff::Timestamp::from_millisecond(throwback.played_at.0).expect("a moment");
                let there = at.to_zoned(zone.clone());
                assert_eq!(there.weekday(), jiff::civil::Weekday::Wednesday, "{there}");
                assert_eq!(throwback.by.name, "anna");
                hours.insert(there.hour());
                offsets.insert(there.offset());
            }
        }
        assert_eq!(
            hours.len(),
            24,
            "from midnight to midnight on the house's wall: {hours:?}"
        );
        let of_both_times = [-5, -4].map(jiff::tz::offset);
        assert_eq!(offsets, BTreeSet::from(of_both_times), "drawn on {wednesday}");
    }
    house.close().await;
}

#[tokio::test]
async fn what_a_person_queued_and_heard_to_its_end_comes_back_a_week_later() {
    let house = House::open().await;
    let main = NestId::main();
    let other = house
        .engine
        .create_nest(&crate::support::person("anna"), NewNest::default())
        .await;
    let other = other.expect("created").nest_id;
    house.add(&main, "anna", 0).await;
    house.add(&main, "ben", 1).await;
    house.add(&other, "anna", 2).await;
    house.until(&main, "it plays", |n| n.playing.is_some()).await;
    house.until(&other, "it plays", |n| n.playing.is_some()).await;
    house.pass(SONG_MS).await;
    let second = house
        .until(&main, "the second plays", |n| {
            n.songs.is_empty() && n.playing.is_some()
        })
        .await;
    let skip = Command::Skip {
        song: second.playing.expect("it plays").queued.song.id,
    };
    house.act(&main, "anna", skip).await.expect("skipped");
    assert_eq!(throwbacks(&house).await, [], "today is no past");

    house.clock.advance(6 * DAY_MS);
    assert_eq!(throwbacks(&house).await, [], "another weekday");
    house.clock.advance(DAY_MS);
    let found = throwbacks(&house).await;
    let told: Vec<_> = found
        .iter()
        .map(|t| (t.track.clone(), t.by.name.as_str()))
        .collect();
    assert_eq!(
        told,
        [(house.track(0), "anna")],
        "not the skipped one, not the other nest's"
    );
    house.close().await;
}

#[tokio::test]
async fn an_import_beside_the_running_program_uses_its_redis() {
    let house = House::open().await;
    let file = log(
        &house,
        "play_log_2023_11_07.json",
        &[line(1, "anna", "2023-11-07T12:00:00Z")],
    );
    let summary = import_plays(&settings(house.folder.path()), &[file], |_, _| {}).await;
    assert_eq!(summary.expect("imported").added, 1);
    assert_eq!(throwbacks(&house).await.len(), 1, "a Tuesday, as today");
    house.close().await;
}
