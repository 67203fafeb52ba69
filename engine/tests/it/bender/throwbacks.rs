//! Throwbacks: the Main Nest's alone, of today's weekday, credited, never what was filtered, and also while Spotify rests.

use std::collections::HashSet;
use std::sync::Arc;

use engine::EngineSettings;
use engine::source::SourceError;
use engine::store::Key;
use nests::nest::{NestId, Person};
use nests::queue::Song;
use nests::track::{Source, TrackUri};
use nests::wire::{Command, Snapshot};

use super::{
    HOUR_MS, SONG_MS, WEEK_MS, filled, house_with, past_plays, past_track, picked_over, picks, skip, songs,
    weights,
};
use crate::support::House;
use crate::support::imagined::{self, Asked, EVERY_QUESTION, Imagined, Mood};

/// Nearly every draw is one.
const THROWBACKS: [(&str, u32); 2] = [("throwback", 100), ("artist_search", 1)];

#[tokio::test]
async fn a_throwback_is_credited_with_a_jam_and_plays_in_the_main_nest_alone() {
    let (house, source) = house_with(&THROWBACKS).await;
    past_plays(&house, 0..60).await;
    let main = NestId::main();
    let other = house.build("Elsewhere").await.nest_id;
    let _anna = house.join(&main, "anna").await;
    let _ben = house.join(&other, "ben").await;
    let mut thrown_back = 0;
    for _ in 0..10 {
        for nest in [&main, &other] {
            for queued in picks(&filled(&house, nest).await) {
                if queued.song.is_throwback() {
                    assert_eq!(nest, &main);
                    assert_eq!(queued.song.user.name, "dora");
                    assert_eq!(queued.jams, std::slice::from_ref(&queued.song.user));
                    thrown_back += 1;
                } else {
                    assert_eq!(queued.song.user, Person::bender());
                }
            }
            skip(&house, nest).await;
        }
    }
    assert!(thrown_back > 10, "{thrown_back} of about 30");

    // Neither a list nor a source of throwbacks anywhere but in the Main Nest, also with every source failing.
    for asked in EVERY_QUESTION {
        source.is(asked, Mood::Fails(SourceError::RateLimited { retry_after: 60 }));
    }
    house.add(&other, "ben", 4).await;
    skip(&house, &other).await;
    filled(&house, &other).await;
    let keys = house.keys("*throwback*").await;
    assert!(keys.iter().all(|key| key.starts_with("NEST:main|")), "{keys:?}");
    let plays = house.keys("*|PLAYS|*").await;
    assert!(
        !plays.is_empty() && plays.iter().all(|key| key.starts_with("NEST:main|")),
        "{plays:?}"
    );
    house.close().await;
}

fn thrown_back(songs: &[Song]) -> Vec<&TrackUri> {
    let thrown_back = songs.iter().filter(|song| song.is_throwback());
    thrown_back.map(|song| &song.track.uri).collect()
}

/// Makes him draw plays anew: a person's song starts, and ends.
async fn dropped_ideas(house: &House, n: usize) {
    let main = NestId::main();
    let song = house.add(&main, "anna", n).await;
    skip(house, &main).await;
    let plays = |nest: &Snapshot| nest.playing.as_ref().is_some_and(|p| p.queued.song.id == song);
    house.until(&main, "the person's song plays", plays).await;
}

#[tokio::test]
async fn a_throwback_that_was_filtered_or_played_is_not_picked_again() {
    const PAST: u64 = 6;
    let (house, _source) = house_with(&THROWBACKS).await;
    past_plays(&house, 0..PAST).await;
    let main = NestId::main();
    let _anna = house.join(&main, "anna").await;
    let first = filled(&house, &main).await;
    let rejected = picks(&first)
        .into_iter()
        .find(|queued| queued.song.is_throwback());
    let rejected = rejected.expect("one of three").song.clone();
    let filter = Command::Filter {
        song: rejected.id.clone(),
    };
    house.act(&main, "anna", filter).await.expect("filtered");

    let is_new = |song: &Song| song.is_throwback() && song.id != rejected.id;
    let mut seen: HashSet<TrackUri> = songs(&first)
        .filter(|song| is_new(song))
        .map(|song| song.track.uri.clone())
        .collect();
    let mut known: HashSet<_> = songs(&first).map(|song| song.id.clone()).collect();
    for n in 0..4 {
        dropped_ideas(&house, n).await;
        for _ in 0..6 {
            let now = filled(&house, &main).await;
            for song in songs(&now).filter(|song| known.insert(song.id.clone()) && song.is_throwback()) {
                assert!(song.track.uri != rejected.track.uri, "it was filtered");
                assert!(seen.insert(song.track.uri.clone()), "{song:?} came twice");
            }
            skip(&house, &main).await;
        }
    }
    assert_eq!(seen.len() as u64, PAST - 1, "all the others had their turn");
    house.close().await;
}

/// The clock of these tests stands at 22:13 on a Tuesday, by UTC as on the house's wall.
#[tokio::test]
async fn after_midnight_yesterdays_ideas_are_not_played_and_todays_are() {
    let (house, _source) = house_with(&THROWBACKS).await;
    let main = NestId::main();
    past_plays(&house, 0..60).await;
    house.clock.advance(3 * HOUR_MS);
    past_plays(&house, WEDNESDAYS).await;
    house.clock.advance(-3 * HOUR_MS);
    let _anna = house.join(&main, "anna").await;
    let before = filled(&house, &main).await;
    assert!(
        songs(&before).any(Song::is_throwback),
        "it is a Tuesday's evening"
    );
    let kept = ideas(&house).await;
    assert!(kept.len() > 10, "there are ideas left: {kept:?}");

    house.pass(2 * HOUR_MS).await;
    let picked = picked_over(&house, &main, 8).await;
    let of_today = thrown_back(&picked);
    assert!(of_today.len() >= 3, "{picked:?}");
    for uri in of_today {
        assert!(
            WEDNESDAYS.map(past_track).any(|track| track == *uri),
            "{uri} is a Tuesday's"
        );
    }
    house.close().await;
}

const WEDNESDAYS: std::ops::Range<u64> = 500..512;

async fn ideas(house: &House) -> Vec<String> {
    let key = Key::BenderIdeas(&NestId::main(), nests::bender::Strategy::Throwback).name();
    let mut read = redis::cmd("LRANGE");
    read.arg(key).arg(0).arg(-1);
    read.query_async(&mut house.redis().await).await.expect("a list")
}

/// What played here is known by its title and length; what was imported from a log is not, and is passed over meanwhile.
#[tokio::test]
async fn while_spotify_rests_throwbacks_and_the_library_go_on() {
    let source = Arc::new(Imagined::default());
    let weights = weights(&THROWBACKS, 0).parse().expect("weights");
    let change = |s: &mut EngineSettings| s.bender_weights = weights;
    let house = House::open_with_source(source.clone(), change).await;
    let main = NestId::main();
    let played: Vec<TrackUri> = (0..3).map(|n| imagined::track(Asked::Track, n).uri).collect();
    for track in played.iter().cloned() {
        let add = Command::Add { track };
        house.act(&main, "ben", add).await.expect("added");
    }
    // With nobody there he picks nothing.
    house.until_it_plays(&main).await;
    for _ in &played {
        house.pass(SONG_MS).await;
    }
    assert_eq!(house.keys("NEST:main|PLAYED|*").await.len(), played.len());
    house.clock.advance(WEEK_MS - 3 * SONG_MS);
    // Redis' own clock stands where it stood: what it forgets within the week is forgotten by hand.
    let mut forget = redis::cmd("UNLINK");
    forget.arg(house.keys("NEST:main|FILTER|*").await);
    let forgotten: usize = forget
        .query_async(&mut house.redis().await)
        .await
        .expect("forgotten");
    assert_eq!(forgotten, played.len());
    past_plays(&house, 0..40).await;

    let resting = SourceError::RateLimited { retry_after: 60 };
    for asked in EVERY_QUESTION {
        source.is(asked, Mood::Fails(resting));
    }
    let _anna = house.join(&main, "anna").await;
    let first = filled(&house, &main).await;
    let mut picked: Vec<Song> = songs(&first).cloned().collect();
    picked.extend(picked_over(&house, &main, 20).await);
    let (thrown_back, others): (Vec<&Song>, Vec<&Song>) = picked.iter().partition(|song| song.is_throwback());
    for song in &thrown_back {
        assert!(played.contains(&song.track.uri), "{song:?} has no length");
        assert_eq!(song.track.title, imagined::title_of(&song.track.uri));
        assert_eq!(
            (song.user.name.as_str(), song.track.duration_ms),
            ("ben", SONG_MS as u32)
        );
    }
    assert!(!thrown_back.is_empty(), "{picked:?}");
    assert!(
        !others.is_empty()
            && others
                .iter()
                .all(|song| song.track.uri.source() == Source::Library)
    );
    // The imported ones are there when Spotify answers again.
    source.is_well_again();
    let later = picked_over(&house, &main, 8).await;
    let imported = |song: &&Song| song.is_throwback() && song.user.name == "dora";
    assert!(later.iter().filter(imported).count() >= 3, "{later:?}");
    house.close().await;
}
