//! How fast the library answers at 100,000 tracks. The promise is under 10 ms for any query.
//!
//! The collection is made up, with words as unevenly spread as in real titles. Criterion watches one query of each
//! kind; the table after it gives percentiles over many different ones.

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::Criterion;
use engine::source::library::{Library, LibraryTrack};
use nests::track::{Track, TrackUri};

const TRACKS: u64 = 100_000;
const ARTISTS: u64 = 8_000;
const ALBUMS: u64 = 12_000;
const RARE_WORDS: u64 = 50_000;
const QUERIES_PER_KIND: u64 = 1_000;
const PAGE: usize = 20;

/// The most frequent words of real song titles, roughly in order.
const COMMON: [&str; 96] = [
    "the", "you", "love", "of", "in", "a", "me", "my", "to", "i", "and", "on", "it", "your", "live", "no",
    "for", "be", "is", "remix", "all", "time", "night", "up", "mix", "with", "down", "la", "de", "dont",
    "one", "this", "go", "man", "what", "heart", "girl", "version", "day", "out", "way", "life", "from",
    "like", "blue", "world", "never", "home", "little", "good", "that", "black", "baby", "song", "blues",
    "dance", "away", "back", "wont", "get", "come", "rock", "eyes", "dream", "house", "we", "let", "road",
    "rain", "sun", "moon", "fire", "so", "can", "are", "do", "know", "just", "have", "want", "river", "star",
    "light", "dark", "city", "summer", "winter", "star", "angel", "white", "red", "lost", "wild", "again",
    "alone", "forever",
];

/// Dice with a memory: the same collection on every machine. (SplitMix64, Steele, Lea and Flood 2014.)
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % below
    }
}

/// A word: one time in two a common one, else a rare one; both kinds with the first far ahead of the last.
fn word(dice: &mut Dice) -> String {
    let skewed = |dice: &mut Dice, count: u64| dice.roll(count).min(dice.roll(count)).min(dice.roll(count));
    if dice.roll(2) == 0 {
        return COMMON[skewed(dice, COMMON.len() as u64) as usize].to_owned();
    }
    let rank = skewed(dice, RARE_WORDS);
    rare_word(rank)
}

fn rare_word(rank: u64) -> String {
    const ONSETS: [&str; 20] = [
        "s", "c", "b", "m", "p", "t", "d", "r", "h", "l", "f", "g", "w", "n", "st", "br", "ch", "k", "j", "v",
    ];
    const RHYMES: [&str; 16] = [
        "a", "er", "in", "o", "an", "e", "el", "or", "i", "on", "ar", "en", "u", "as", "is", "ing",
    ];
    let mut dice = Dice(rank.wrapping_mul(7919));
    let syllables = 2 + dice.roll(3);
    (0..syllables)
        .map(|_| {
            let onset = dice.roll(20).min(dice.roll(20)) as usize;
            format!("{}{}", ONSETS[onset], RHYMES[dice.roll(16) as usize])
        })
        .collect()
}

fn phrase(dice: &mut Dice, longest: u64) -> String {
    let words = 1 + dice.roll(longest);
    (0..words).map(|_| word(dice)).collect::<Vec<_>>().join(" ")
}

fn collection() -> Vec<LibraryTrack> {
    let made_up = |number: u64| {
        let mut dice = Dice(number);
        let artist = dice.roll(ARTISTS).min(dice.roll(ARTISTS));
        let album = dice.roll(ALBUMS);
        let track = Track {
            uri: TrackUri::library(number),
            title: phrase(&mut dice, 5),
            artist: phrase(&mut Dice(artist + 1_000_000), 3),
            album: phrase(&mut Dice(album + 2_000_000), 4),
            duration_ms: 200_000,
            img: None,
            big_img: None,
            hue: None,
        };
        LibraryTrack {
            track,
            genre: String::new(),
            year: None,
        }
    };
    (0..TRACKS).map(made_up).collect()
}

/// One letter more, less, other, or two swapped.
fn misspelt(word: &str, dice: &mut Dice) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    let at = dice.roll(letters.len() as u64) as usize;
    match dice.roll(4) {
        0 => letters.insert(at, 'x'),
        1 => {
            letters.remove(at);
        }
        2 => letters[at] = 'q',
        _ => letters.swap(at, (at + 1) % word.len()),
    }
    letters.into_iter().collect()
}

/// The longest words of a track's title and artist, joined.
fn long_words(track: &Track, count: usize) -> Vec<String> {
    let text = format!("{} {}", track.title, track.artist);
    let mut words: Vec<String> = text.split(' ').map(str::to_owned).collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    words.truncate(count);
    words
}

type MakeQuery = fn(&Track, &mut Dice) -> String;

const KINDS: [(&str, MakeQuery); 10] = [
    ("typical: title and artist", |track, _| {
        format!("{} {}", track.title, track.artist)
    }),
    ("typing: artist, then half a word", |track, _| {
        let title = long_words(track, 1).concat();
        format!("{} {}", track.artist, &title[..title.len().div_ceil(2)])
    }),
    ("one word", |track, _| long_words(track, 1).concat()),
    ("one letter", |_, dice| {
        char::from(b'a' + dice.roll(26) as u8).to_string()
    }),
    ("the commonest word", |_, _| "the".to_owned()),
    ("eight common words", |_, dice| {
        (0..8)
            .map(|_| COMMON[dice.roll(8) as usize])
            .collect::<Vec<_>>()
            .join(" ")
    }),
    ("a typo", |track, dice| {
        misspelt(&long_words(track, 1).concat(), dice)
    }),
    ("a typo in each of two words", |track, dice| {
        long_words(track, 2)
            .iter()
            .map(|word| misspelt(word, dice))
            .collect::<Vec<_>>()
            .join(" ")
    }),
    ("eight long words, each with a typo", |_, dice| {
        let long = (0..).map(rare_word).filter(|word| word.len() >= 8).take(8);
        long.map(|word| misspelt(&word, dice))
            .collect::<Vec<_>>()
            .join(" ")
    }),
    ("seven common words, a long typo", |_, dice| {
        let long = misspelt(&rare_word(dice.roll(RARE_WORDS)), dice);
        let common = (0..7).map(|_| ["love", "your", "live", "time"][dice.roll(4) as usize]);
        format!("{} {long}erin", common.collect::<Vec<_>>().join(" "))
    }),
];

fn percentiles(library: &Library, tracks: &[Track]) {
    eprintln!(
        "\n{:<42} {:>9} {:>9} {:>9} {:>8}",
        "over 1,000 queries each", "p50", "p99", "slowest", "found"
    );
    for (name, query) in KINDS {
        let mut dice = Dice(42);
        let mut times: Vec<Duration> = Vec::new();
        let mut found = 0;
        for _ in 0..QUERIES_PER_KIND {
            let track = &tracks[dice.roll(TRACKS) as usize];
            let query = query(track, &mut dice);
            let started = Instant::now();
            let page = black_box(library.search(black_box(&query), PAGE, 0));
            times.push(started.elapsed());
            found += usize::from(page.total > 0);
        }
        times.sort();
        let at = |share: usize| times[times.len() * share / 1000].as_secs_f64() * 1e3;
        let (p50, p99, slowest) = (at(500), at(990), at(999));
        eprintln!(
            "{name:<42} {p50:>6.3} ms {p99:>6.3} ms {slowest:>6.3} ms {:>6} %",
            found * 100 / 1000
        );
    }
}

fn main() {
    let collection = collection();
    let tracks: Vec<Track> = collection.iter().map(|made_up| made_up.track.clone()).collect();
    let started = Instant::now();
    let library = Library::without_files(collection);
    eprintln!(
        "catalogue of {TRACKS} tracks built in {} ms",
        started.elapsed().as_millis()
    );

    let mut criterion = Criterion::default().configure_from_args();
    for (name, query) in KINDS {
        let query = query(&tracks[4711], &mut Dice(1));
        criterion.bench_function(name, |bench| {
            bench.iter(|| library.search(black_box(&query), PAGE, 0))
        });
    }
    criterion.final_summary();
    percentiles(&library, &tracks);
}
