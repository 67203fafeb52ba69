//! Which strategy a pick comes by, how often, and that nothing comes twice.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use engine::EngineSettings;
use engine::store::Key;
use nests::nest::NestId;
use nests::queue::Song;
use nests::track::Source;
use nests::wire::{Command, Snapshot};

use super::{SONG_MS, filled, house_by, house_with, past_plays, picks, playing, preview, skip, songs};
use crate::support::imagined::{Asked, Imagined};
use crate::support::songs::with_more_songs;
use crate::support::{House, person};

#[tokio::test]
async fn each_strategy_picks_when_it_alone_has_weight() {
    let table = [
        ("artist_search", Asked::Artist),
        ("artist_albums", Asked::ArtistsAlbums),
        ("album", Asked::Album),
        ("genre", Asked::Genre),
    ];
    for (strategy, asked) in table {
        let (house, source) = house_with(&[(strategy, 1)]).await;
        let nest = house.build("BassNest").await.nest_id;
        let _anna = house.join(&nest, "anna").await;
        let snapshot = filled(&house, &nest).await;
        let all: BTreeSet<_> = picks(&snapshot)
            .iter()
            .map(|q| q.song.track.album.clone())
            .collect();
        assert!(all.contains(&format!("{asked:?}")), "{strategy}: {all:?}");
        assert!(
            source
                .take_questions()
                .iter()
                .all(|(question, _)| *question == asked),
            "{strategy}"
        );
        house.close().await;
    }
}

const PICKS: usize = 10_000;
/// Picked in one go: well within the time that one topping-up may take.
const AT_ONCE: usize = 20;
/// Percent of the picks that a slow machine ran out of time for, and took from the library.
const MOST_FROM_THE_LIBRARY: usize = 1;
const SEEDS_GENRE: &str = "synth pop";

/// He fills the queue in one moment, and after it not before he is asked.
fn in_goes(s: &mut EngineSettings) {
    s.min_queue_depth = AT_ONCE;
    s.max_bender_minutes = 0;
}

/// By which strategy the pick came: the source says in albums and titles what it was asked for.
fn strategy_of(song: &Song) -> &'static str {
    match song.track.album.as_str() {
        _ if song.is_throwback() => "throwback",
        "Genre" if song.track.title.starts_with(SEEDS_GENRE) => "genre",
        "Genre" => "genre_hint",
        "Artist" => "artist_search",
        "ArtistsAlbums" => "artist_albums",
        "Album" => "album",
        _ => "library",
    }
}

/// Lets him pick [`PICKS`] songs, all of which play; within the filter's time none of them comes twice, whatever its source.
/// Answers the percentage of each strategy.
async fn shares(house: &House, nest: &NestId) -> BTreeMap<&'static str, f64> {
    house.wait_for_no_disk().await;
    // So that even what comes from the library need not come twice.
    with_more_songs(house, MOST_FROM_THE_LIBRARY * PICKS / 100).await;
    let _anna = house.join(nest, "anna").await;
    let mut seen = HashSet::new();
    let mut picked: BTreeMap<&'static str, usize> = BTreeMap::new();
    while seen.len() < PICKS {
        let full = |n: &Snapshot| n.playing.is_some() && n.songs.len() == AT_ONCE;
        let go = house.until(nest, "Bender fills the queue", full).await;
        for song in songs(&go) {
            assert!(seen.insert(song.track.uri.clone()), "{song:?} came back");
            *picked.entry(strategy_of(song)).or_default() += 1;
        }
        house.clock.advance(1);
        all_play(house, nest).await;
        let asked = house.act(nest, "anna", Command::AskBender).await;
        asked.expect("he goes on");
    }
    let percent = |count: usize| 100.0 * count as f64 / seen.len() as f64;
    picked
        .into_iter()
        .map(|(name, count)| (name, percent(count)))
        .collect()
}

/// One after the other, each skipped as soon as it plays, until nothing is left. As each starts the program writes by itself
/// that it must not come back.
async fn all_play(house: &House, nest: &NestId) {
    while house.snapshot(nest).await.playing.is_some() {
        skip(house, nest).await;
    }
}

/// Each within two points of what the weights say, and nothing else.
fn assert_shares(shares: &BTreeMap<&'static str, f64>, weights: &[(&'static str, f64)]) {
    let total: f64 = weights.iter().map(|(_, weight)| weight).sum();
    for (strategy, weight) in weights {
        let share = shares.get(strategy).copied().unwrap_or_default();
        let right = 100.0 * weight / total;
        assert!(
            (share - right).abs() < 2.0,
            "{strategy}: {share:.1} % instead of {right:.1} %; all of them: {shares:?}"
        );
    }
    let others = shares
        .iter()
        .filter(|(name, _)| weights.iter().all(|(known, _)| known != *name));
    for (name, share) in others {
        assert!(
            *name == "library" && *share < MOST_FROM_THE_LIBRARY as f64,
            "{shares:?}"
        );
    }
}

#[tokio::test]
async fn over_ten_thousand_picks_in_the_main_nest_the_shares_match_the_weights_and_nothing_comes_twice() {
    let (house, source) = house_by("genre=35", in_goes).await;
    source.notes_the_genre(SEEDS_GENRE);
    past_plays(&house, 0..PICKS as u64).await;
    let shares = shares(&house, &NestId::main()).await;
    let weights = [
        ("genre", 35.0),
        ("throwback", 30.0),
        ("artist_search", 25.0),
        ("artist_albums", 5.0),
        ("album", 5.0),
    ];
    assert_shares(&shares, &weights);
    house.close().await;
}

#[tokio::test]
async fn over_ten_thousand_picks_in_a_nest_with_a_genre_of_its_own_the_shares_match_the_weights() {
    let (house, source) = house_by("genre=35", in_goes).await;
    source.notes_the_genre(SEEDS_GENRE);
    let nest = house.build("WaveyNest").await.nest_id;
    let shares = shares(&house, &nest).await;
    // Twenty more for the genre, of which the nest's own takes half.
    let weights = [
        ("genre", 27.5),
        ("genre_hint", 27.5),
        ("artist_search", 25.0),
        ("artist_albums", 5.0),
        ("album", 5.0),
    ];
    assert_shares(&shares, &weights);
    house.close().await;
}

/// Its genre's share falls to the others. As many picks as elsewhere: of them a share strays by half a point, so that two points
/// are four times that. Of half as many it would be wrong once in two hundred runs.
#[tokio::test]
async fn over_ten_thousand_picks_where_nobody_knows_a_genre_the_shares_match_the_others_weights() {
    let (house, source) = house_by("genre=35", in_goes).await;
    past_plays(&house, 0..PICKS as u64).await;
    let shares = shares(&house, &NestId::main()).await;
    let weights = [
        ("throwback", 30.0),
        ("artist_search", 25.0),
        ("artist_albums", 5.0),
        ("album", 5.0),
    ];
    assert_shares(&shares, &weights);
    let asked = source.take_questions();
    assert!(
        asked.iter().all(|(asked, _)| *asked != Asked::Genre),
        "there is none to ask for"
    );
    house.close().await;
}

#[tokio::test]
async fn over_ten_thousand_picks_without_throwbacks_the_shares_match_the_weights() {
    let (house, source) = house_by("throwback=0", in_goes).await;
    source.notes_the_genre(SEEDS_GENRE);
    past_plays(&house, 0..100).await;
    let shares = shares(&house, &NestId::main()).await;
    let weights = [
        ("genre", 35.0),
        ("artist_search", 25.0),
        ("artist_albums", 5.0),
        ("album", 5.0),
    ];
    assert_shares(&shares, &weights);
    house.close().await;
}

/// Until now they were never picked, not even with everybody connected.
#[tokio::test]
async fn what_needs_accounts_is_picked_where_most_who_are_here_hear_it() {
    for (hearing, is_picked) in [(&["anna"][..], false), (&["anna", "ben"][..], true)] {
        let (house, source) = house_with(&[("artist_search", 1)]).await;
        source.needs_an_account();
        let nest = house.build("BassNest").await.nest_id;
        let mut redis = house.redis().await;
        for who in hearing {
            let mut choose = redis::cmd("SET");
            choose.arg(Key::Hearing(&nest, &person(who).id).name()).arg("{}");
            let () = choose.query_async(&mut redis).await.expect("chosen");
        }
        let _ben = house.join(&nest, "ben").await;
        let _anna = house.join(&nest, "anna").await;
        let snapshot = filled(&house, &nest).await;
        let was_asked = !source.take_questions().is_empty();
        assert_eq!(was_asked, is_picked, "{hearing:?}");
        let all_from_library = picks(&snapshot)
            .iter()
            .all(|q| q.song.track.uri.source() == Source::Library);
        assert!(is_picked || all_from_library);
        house.close().await;
    }
}

#[tokio::test]
async fn a_nests_genre_is_asked_for_beside_the_seeds() {
    let (house, source) = house_with(&[("genre", 1), ("genre_hint", 20)]).await;
    source.notes_the_genre(SEEDS_GENRE);
    let nest = house.build("WaveyNest").await.nest_id;
    let _anna = house.join(&nest, "anna").await;
    let mut asked = HashSet::new();
    // Each draw is one of two.
    for _ in 0..64 {
        filled(&house, &nest).await;
        asked.extend(source.take_questions());
        if asked.len() == 2 {
            break;
        }
        skip(&house, &nest).await;
    }
    let both = ["new wave", SEEDS_GENRE].map(|genre| (Asked::Genre, genre.to_owned()));
    assert_eq!(asked, HashSet::from(both));
    house.close().await;
}

/// Spotify has no notes about genres.
#[tokio::test]
async fn where_nobody_knows_the_seeds_genre_the_nests_own_is_asked_for() {
    let (house, source) = house_with(&[("genre", 1)]).await;
    let nest = house.build("WaveyNest").await.nest_id;
    let _anna = house.join(&nest, "anna").await;
    filled(&house, &nest).await;
    let asked = source.take_questions();
    assert_eq!(
        asked,
        [(Asked::Genre, "new wave".to_owned())],
        "one list for both"
    );
    house.close().await;
}

#[tokio::test]
async fn what_was_played_or_filtered_does_not_come_back() {
    let source = Arc::new(Imagined::default());
    let house = House::open_with_source(source, |_| {}).await;
    let main = NestId::main();
    let _anna = house.join(&main, "anna").await;
    let mut seen = HashSet::new();
    for round in 0..60 {
        let nest = filled(&house, &main).await;
        let playing = playing(&nest).track.uri.clone();
        assert!(seen.insert(playing.clone()), "{playing} came back");
        if round % 3 == 0 {
            let (song, uri) = preview(&nest).expect("a preview");
            house
                .act(&main, "anna", Command::Filter { song })
                .await
                .expect("filtered");
            assert!(seen.insert(uri));
        }
        filled(&house, &main).await;
        house.pass(SONG_MS).await;
    }
    house.close().await;
}
