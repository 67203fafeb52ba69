//! How long the fair order takes: every browser and every server computes it anew after each vote.
//!
//! 25 songs is a temporary nest that is full; 500 is a Main Nest on the busiest day anybody will have.

use std::hint::black_box;

use criterion::{BatchSize, Criterion};
use nests::nest::{MemberId, Person};
use nests::queue::order::order;
use nests::queue::{QueuedSong, Song, SongId, Vote};
use nests::time::Millis;
use nests::track::{Track, TrackUri};

const SIZES: [usize; 2] = [25, 500];
/// People who queue songs and vote on each other's.
const PEOPLE: usize = 40;
/// Votes on each song: enough that all songs change places.
const VOTES_PER_SONG: usize = 12;
/// Every n-th song is Bender's, as in a nest where he fills up.
const BENDER_EVERY: usize = 10;

fn person(n: usize) -> Person {
    let id = MemberId::parse(&format!("g-{n:016x}")).expect("hex digits are an id");
    Person {
        id,
        name: format!("person {n}"),
    }
}

fn song(n: usize, people: &[Person]) -> QueuedSong {
    let track = Track {
        uri: TrackUri::library(n as u64),
        title: format!("song {n}"),
        artist: "artist".into(),
        album: "album".into(),
        duration_ms: 180_000,
        img: None,
        big_img: None,
        hue: None,
    };
    let auto = n % BENDER_EVERY == BENDER_EVERY - 1;
    let user = if auto {
        Person::bender()
    } else {
        people[n * n % people.len()].clone()
    };
    let id = SongId::from_roll((n as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let mut queued = QueuedSong::new(Song {
        id,
        track,
        user,
        added_at: Millis(n as i64),
        auto,
    });
    for roll in 0..VOTES_PER_SONG {
        let vote = if (n + roll).is_multiple_of(3) {
            Vote::Down
        } else {
            Vote::Up
        };
        queued.set_vote(&people[(n * 7 + roll * 3) % people.len()].id, Some(vote));
    }
    queued
}

fn main() {
    let people: Vec<Person> = (0..PEOPLE).map(person).collect();
    let playing = &people[0].id;
    let mut criterion = Criterion::default().configure_from_args();
    for size in SIZES {
        let songs: Vec<QueuedSong> = (0..size).map(|n| song(n, &people)).collect();
        criterion.bench_function(&format!("order of {size} songs"), |bench| {
            bench.iter(|| black_box(order(black_box(&songs), Some(playing))).len())
        });
        let vote = (songs[size / 2].song.id.clone(), people[1].id.clone());
        criterion.bench_function(&format!("a vote and the order of {size} songs"), |bench| {
            let voted_on = |songs: &mut Vec<QueuedSong>| {
                let queued = songs.iter_mut().find(|queued| queued.song.id == vote.0);
                queued
                    .expect("it is in the queue")
                    .set_vote(&vote.1, Some(Vote::Up));
                order(&*songs, Some(playing)).len()
            };
            bench.iter_batched_ref(|| songs.clone(), voted_on, BatchSize::SmallInput)
        });
    }
    criterion.final_summary();
}
