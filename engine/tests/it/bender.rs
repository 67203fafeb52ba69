//! Bender picks by his strategies, is never silenced by a source, and plays what he announced.

mod failing;
mod library;
mod picks;
mod preview;
mod small_libraries;
mod throwbacks;
mod times;

use std::sync::Arc;

use engine::plays::import::import_plays;
use engine::{EngineSettings, RedisUrl, RedisWhere};
use nests::nest::NestId;
use nests::queue::{QueuedSong, Song, SongId};
use nests::track::TrackUri;
use nests::wire::{Command, Snapshot};

use crate::support::imagined::Imagined;
use crate::support::{House, settings};

const SONG_MS: i64 = 60_000;
const HOUR_MS: i64 = 3_600_000;
const WEEK_MS: i64 = 7 * 24 * HOUR_MS;

const STRATEGIES: [&str; 6] = [
    "genre",
    "genre_hint",
    "throwback",
    "artist_search",
    "artist_albums",
    "album",
];

fn picks(nest: &Snapshot) -> Vec<&QueuedSong> {
    let ordered = nest.ordered().into_iter().map(|placed| placed.queued);
    ordered.filter(|queued| queued.song.auto).collect()
}

/// What Bender plays after everything people asked for.
fn preview(nest: &Snapshot) -> Option<(SongId, TrackUri)> {
    let song = &picks(nest).first()?.song;
    Some((song.id.clone(), song.track.uri.clone()))
}

/// What plays and what waits.
fn songs(nest: &Snapshot) -> impl Iterator<Item = &Song> {
    let playing = nest.playing.iter().map(|playing| &playing.queued);
    playing.chain(&nest.songs).map(|queued| &queued.song)
}

fn playing(nest: &Snapshot) -> &Song {
    &nest.playing.as_ref().expect("something plays").queued.song
}

async fn filled(house: &House, nest: &NestId) -> Snapshot {
    let full = |n: &Snapshot| n.playing.is_some() && n.songs.len() >= 3 && !picks(n).is_empty();
    house.until(nest, "Bender fills the queue", full).await
}

async fn skip(house: &House, nest: &NestId) {
    let song = playing(&house.snapshot(nest).await).id.clone();
    house
        .act(nest, "anna", Command::Skip { song })
        .await
        .expect("skipped");
}

/// What Bender added while so many songs were skipped, in the order of coming.
async fn picked_over(house: &House, nest: &NestId, skips: usize) -> Vec<Song> {
    let mut known: Vec<SongId> = songs(&filled(house, nest).await).map(|s| s.id.clone()).collect();
    let mut picked = Vec::new();
    for _ in 0..skips {
        skip(house, nest).await;
        let after = filled(house, nest).await;
        let new = picks(&after).into_iter().map(|queued| &queued.song);
        let new: Vec<Song> = new.filter(|song| !known.contains(&song.id)).cloned().collect();
        known.extend(new.iter().map(|song| song.id.clone()));
        picked.extend(new);
    }
    picked
}

/// Every strategy's weight: those that are given, and for the others `others`.
fn weights(given: &[(&str, u32)], others: u32) -> String {
    let weight = |name: &str| {
        let given = given.iter().find(|(given, _)| *given == name);
        given.map_or(others, |(_, weight)| *weight)
    };
    STRATEGIES
        .map(|name| format!("{name}={}", weight(name)))
        .join(",")
}

/// A house in which he divides his picks like this, and the source that he asks.
async fn house_by(weights: &str, change: impl FnOnce(&mut EngineSettings)) -> (House, Arc<Imagined>) {
    let source = Arc::new(Imagined::default());
    let weights = weights.parse().expect("weights");
    let change = |s: &mut EngineSettings| {
        s.bender_weights = weights;
        change(s);
    };
    (House::open_with_source(source.clone(), change).await, source)
}

/// One in which he picks by these strategies alone.
async fn house_with(given: &[(&str, u32)]) -> (House, Arc<Imagined>) {
    house_by(&weights(given, 0), |_| {}).await
}

/// The track of the n-th of [`past_plays`]; nothing else answers with it.
fn past_track(n: u64) -> TrackUri {
    TrackUri::parse(&format!("spotify:track:7{n:021}")).expect("an address")
}

/// So many plays of "dora", of a track each, on the three days of this weekday before today.
async fn past_plays(house: &House, tracks: std::ops::Range<u64>) {
    let now = house.engine.now().0;
    let count = tracks.end - tracks.start;
    let lines: Vec<String> = tracks
        .map(|n| {
            // All of them within the hour before this time of day.
            let at = (now - (1 + n as i64 % 3) * WEEK_MS) / 1000 - n as i64 % 3_600;
            let track = past_track(n);
            format!(
                r#"{{"src":"spotify","trackid":"{track}","title":"T","artist":"A","user":"dora@example.com","endtime":{at}}}"#
            )
        })
        .collect();
    let log = house.folder.path().join("play_log_2023_10_24.json");
    std::fs::write(&log, lines.join("\n")).expect("written");
    let there = EngineSettings {
        redis: RedisWhere::Url(RedisUrl::new(house.redis_url())),
        ..settings(house.folder.path())
    };
    let imported = import_plays(&there, &[log], |_, _| {}).await.expect("imported");
    assert_eq!(imported.added, count);
}
