//! Sources fail, are asked too often, have nothing, or hang: he picks by another strategy, and in the end from the library.

use std::sync::Arc;

use engine::source::SourceError;
use nests::nest::NestId;
use nests::track::{Source, TrackUri};

use super::{STRATEGIES, filled, house_by, past_plays, picked_over, songs, weights};
use crate::support::House;
use crate::support::imagined::{Asked, EVERY_QUESTION, Imagined, Mood};

const PAST: std::ops::Range<u64> = 0..60;
/// With nearly all of the weight on one strategy, none of so many songs coming by a draw of it is one in a hundred million.
const SKIPS: usize = 6;

/// What the strategy asks, and in a nest of which name (`None`: the Main Nest).
fn question_of(strategy: &str) -> (Asked, Option<&'static str>) {
    match strategy {
        "genre" => (Asked::Genre, None),
        "genre_hint" => (Asked::Genre, Some("WaveyNest")),
        "throwback" => (Asked::Track, None),
        "artist_search" => (Asked::Artist, None),
        "artist_albums" => (Asked::ArtistsAlbums, None),
        _ => (Asked::Album, None),
    }
}

/// Whether the strategy's own question was put since the last time.
fn was_asked(source: &Imagined, strategy: &str) -> bool {
    let (questions, lookups) = (source.take_questions(), source.take_lookups());
    match (strategy, question_of(strategy).0) {
        ("throwback", _) => lookups.iter().any(is_of_the_past),
        ("genre_hint", asked) => questions.contains(&(asked, "new wave".to_owned())),
        (_, asked) => questions.iter().any(|(question, _)| *question == asked),
    }
}

fn is_of_the_past(uri: &TrackUri) -> bool {
    uri.id().starts_with('7')
}

/// Each in a house of its own, with nearly all of the weight.
#[tokio::test]
async fn with_each_strategy_failing_in_turn_it_was_asked_and_he_picks_by_another() {
    let limited = SourceError::RateLimited { retry_after: 60 };
    let failures = [
        Mood::Fails(SourceError::Unavailable),
        Mood::Fails(limited),
        Mood::HasNothing,
    ];
    for strategy in STRATEGIES {
        let (house, source) = house_by(&weights(&[(strategy, 100)], 1), |_| {}).await;
        source.notes_the_genre("synth pop");
        past_plays(&house, PAST).await;
        let (asked, name) = question_of(strategy);
        let nest = match name {
            Some(name) => house.build(name).await.nest_id,
            None => NestId::main(),
        };
        source.is(asked, failures[0]);
        let _anna = house.join(&nest, "anna").await;
        filled(&house, &nest).await;
        for mood in failures {
            source.is(asked, mood);
            was_asked(&source, strategy);
            let picked = picked_over(&house, &nest, SKIPS).await;
            assert!(was_asked(&source, strategy), "{strategy}, {mood:?}");
            assert!(picked.len() >= 3, "{strategy}, {mood:?}: {picked:?}");
            let by_it = |song: &nests::queue::Song| match asked {
                Asked::Track => song.is_throwback(),
                _ => song.track.album == format!("{asked:?}"),
            };
            assert!(!picked.iter().any(by_it), "{strategy}, {mood:?}: {picked:?}");
        }
        house.close().await;
    }
}

#[tokio::test]
async fn with_every_strategy_failing_each_was_asked_and_he_picks_from_the_library() {
    let (house, source) = house_by(&weights(&[], 1), |_| {}).await;
    source.notes_the_genre("synth pop");
    past_plays(&house, PAST).await;
    for asked in EVERY_QUESTION {
        source.is(asked, Mood::Fails(SourceError::Unavailable));
    }
    let main = NestId::main();
    let _anna = house.join(&main, "anna").await;
    let nest = filled(&house, &main).await;
    let picked = picked_over(&house, &main, SKIPS).await;
    assert!(picked.len() >= 3, "{picked:?}");
    for song in songs(&nest).chain(&picked) {
        assert_eq!(song.track.uri.source(), Source::Library, "{song:?}");
        assert!(song.user.is_bender());
    }
    let questions = source.take_questions();
    for asked in [Asked::Genre, Asked::Artist, Asked::ArtistsAlbums, Asked::Album] {
        assert!(
            questions.iter().any(|(question, _)| *question == asked),
            "{asked:?}"
        );
    }
    assert!(source.take_lookups().iter().any(is_of_the_past));
    house.close().await;
}

#[tokio::test]
async fn a_source_that_hangs_keeps_nobody_waiting_for_long() {
    let source = Arc::new(Imagined::default());
    for asked in EVERY_QUESTION {
        source.is(asked, Mood::Hangs);
    }
    let house = House::open_with_source(source, |_| {}).await;
    let main = NestId::main();
    let asked_at = std::time::Instant::now();
    let _anna = house.join(&main, "anna").await;
    let nest = filled(&house, &main).await;
    assert!(
        nest.songs
            .iter()
            .all(|q| q.song.track.uri.source() == Source::Library)
    );
    // Two rounds: what plays, and what follows. Each waits a second and a half at most.
    assert!(
        asked_at.elapsed().as_secs() < 8,
        "it took {:?}",
        asked_at.elapsed()
    );
    house.close().await;
}
