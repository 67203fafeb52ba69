//! A million plays: how long their import takes, what it costs, and how fast throwbacks come from them. Part of `make bench`,
//! which builds it optimised; its figures stand in docs/BENCHMARKS.md.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use engine::EngineSettings;
use nests::nest::NestId;
use nests::wire::{Command, Snapshot};

use super::{DAY_MS, import, throwbacks};
use crate::support::House;
use crate::support::imagined::Imagined;
use crate::support::stopwatch::Stopwatch;

const PLAYS: u64 = 1_000_000;
const TRACKS: u64 = 100_000;
const DRAWS: usize = 1_000;
const PICKS: usize = 2_000;
/// What a throwback may take, of a hundred all but one. Held to where the program is optimised.
const WELL_WITHIN: Duration = Duration::from_millis(5);

#[tokio::test]
#[ignore = "takes a minute; it measures"]
#[expect(clippy::print_stdout, reason = "it tells what it measured")]
async fn a_million_plays() {
    // Nearly every draw of his is a throwback; artist_search is there for what may not be left out.
    let change = |s: &mut EngineSettings| {
        s.bender_weights = "genre=0,throwback=100,artist_search=1,artist_albums=0,album=0"
            .parse()
            .expect("weights");
    };
    let house = House::open_with_source(Arc::new(Imagined::default()), change).await;
    let path = write_log(house.folder.path());
    let before = peak_memory();
    let started = Instant::now();
    let summary = import(&house, &[path]).await;
    println!(
        "imported {} plays in {:.1?}; peak memory before: {before}, after: {}",
        summary.added,
        started.elapsed(),
        peak_memory()
    );
    assert_eq!(summary.added, PLAYS);
    println!("Redis then holds {}", memory_of_redis(&house).await);

    let mut draws = Vec::with_capacity(DRAWS);
    for draw in 0..DRAWS {
        house.clock.advance(DAY_MS * (draw as i64 % 2));
        let started = Instant::now();
        assert!(!throwbacks(&house).await.is_empty());
        draws.push(started.elapsed());
    }
    tell("throwbacks drawn from the plays", draws);

    let stopwatch = Stopwatch::start();
    let main = NestId::main();
    let _anna = house.join(&main, "anna").await;
    let full = |n: &Snapshot| n.playing.is_some() && n.songs.len() >= 3;
    while stopwatch.of("Throwback").len() < PICKS {
        let nest = house.until(&main, "Bender fills the queue", full).await;
        for waits in &nest.songs {
            let song = waits.song.id.clone();
            let filter = Command::Filter { song };
            house.act(&main, "anna", filter).await.expect("filtered");
        }
    }
    tell(
        "throwbacks picked by Bender, his lists' filling included",
        stopwatch.of("Throwback"),
    );
    house.close().await;
}

/// A person's play every six and a half minutes, for twelve years.
fn write_log(folder: &Path) -> PathBuf {
    let path = folder.join("play_log_2010_01_01.json");
    let mut log = BufWriter::new(File::create(&path).expect("a file"));
    let mut rng = fastrand::Rng::with_seed(4);
    for n in 0..PLAYS {
        let id = format!("{:022}", rng.u64(0..TRACKS));
        let user = rng.u8(0..200);
        let (track, at) = (format!("spotify:track:{id}"), 1_300_000_000 + n * 390);
        writeln!(
            log,
            r#"{{"src":"spotify","trackid":"{track}","title":"Title of {id}","artist":"Artist","user":"person{user}@example.com","endtime":{at},"jam":["a@example.com",{{"user":"b"}}]}}"#
        )
        .expect("the file takes it");
    }
    log.flush().expect("the file takes it");
    path
}

#[expect(clippy::print_stdout, reason = "it tells what it measured")]
fn tell(what: &str, mut took: Vec<Duration>) {
    took.sort();
    let percentile = |percent: usize| took[(took.len() - 1) * percent / 100];
    let (p50, p99, slowest) = (percentile(50), percentile(99), percentile(100));
    println!(
        "{}: {what}: p50 {p50:.2?}, p99 {p99:.2?}, slowest {slowest:.2?}",
        took.len()
    );
    let is_optimised = !cfg!(debug_assertions);
    assert!(!is_optimised || p99 < WELL_WITHIN, "{what}: p99 {p99:?}");
}

async fn memory_of_redis(house: &House) -> String {
    let mut info = redis::cmd("INFO");
    info.arg("memory");
    let told: String = info
        .query_async(&mut house.redis().await)
        .await
        .expect("Redis tells");
    let used = told.lines().find(|line| line.starts_with("used_memory_human"));
    used.unwrap_or_default().to_owned()
}

/// Of this process, the engine in it; Redis is another one.
fn peak_memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.map_or_else(|| "unknown".to_owned(), |peak| peak.trim().to_owned())
}
