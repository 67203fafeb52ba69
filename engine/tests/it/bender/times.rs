//! How long things of Bender's last, when he falls silent, and what he starts from.

use engine::store::Key;
use engine::{EngineSettings, NewNest};
use nests::bender::Strategy;
use nests::nest::{NestId, sonic};
use nests::track::TrackUri;
use nests::wire::{Command, Snapshot};

use super::{
    HOUR_MS, SONG_MS, WEEK_MS, filled, house_by, house_with, past_plays, picks, playing, preview, skip,
    songs, weights,
};
use crate::support::imagined::{Asked, Imagined, Mood, title_of};
use crate::support::{House, named, person};

/// None of these tests takes longer.
const MINUTE_MS: i64 = 60_000;

async fn asked<T: redis::FromRedisValue>(house: &House, command: &str, key: &str) -> T {
    let mut ask = redis::cmd(command);
    ask.arg(key);
    ask.query_async(&mut house.redis().await)
        .await
        .expect("Redis answers")
}

/// How long a key has to live, by Redis: it was written a moment ago to live for `life`.
async fn assert_life(house: &House, key: &str, life: i64) {
    let left: i64 = asked(house, "PTTL", key).await;
    assert!(
        left <= life && left > life - MINUTE_MS,
        "{key}: {left} ms of {life}"
    );
}

#[tokio::test]
async fn a_list_of_ideas_has_twenty_at_most_and_lasts_for_twenty_minutes() {
    let (house, source) = house_by(&weights(&[], 1), |_| {}).await;
    source.notes_the_genre("synth pop");
    past_plays(&house, 0..100).await;
    let main = NestId::main();
    let other = house.build("WaveyNest").await.nest_id;
    let _anna = house.join(&main, "anna").await;
    let _also = house.join(&other, "anna").await;
    // Each draw fills one of five lists here, and one of five there.
    let mut lists = Vec::new();
    for _ in 0..200 {
        lists = house.keys("*|BENDER|cache:*").await;
        if lists.len() == 10 {
            break;
        }
        for nest in [&main, &other] {
            filled(&house, nest).await;
            skip(&house, nest).await;
        }
    }
    assert_eq!(lists.len(), 10, "{lists:?}");
    for list in lists {
        let length: i64 = asked(&house, "LLEN", &list).await;
        assert!((1..=20).contains(&length), "{list}: {length}");
        assert_life(&house, &list, 20 * MINUTE_MS).await;
    }
    house.close().await;
}

#[tokio::test]
async fn he_keeps_away_for_a_week_from_what_played_and_from_what_was_filtered() {
    let (house, _source) = house_with(&[("artist_search", 1)]).await;
    let main = NestId::main();
    let _anna = house.join(&main, "anna").await;
    let nest = filled(&house, &main).await;
    let (song, rejected) = preview(&nest).expect("a preview");
    let filter = Command::Filter { song };
    house.act(&main, "anna", filter).await.expect("filtered");
    let (rejected, played) = (
        Key::Filter(&main, &rejected),
        Key::Filter(&main, &playing(&nest).track.uri),
    );
    for (key, value) in [
        (rejected.name(), "rejected".to_owned()),
        (played.name(), house.engine.now().0.to_string()),
    ] {
        assert_life(&house, &key, WEEK_MS).await;
        assert_eq!(asked::<String>(&house, "GET", &key).await, value);
    }
    house.close().await;
}

#[tokio::test]
async fn how_long_he_keeps_away_is_a_setting() {
    let change = |s: &mut EngineSettings| s.bender_filter = std::time::Duration::from_secs(3_600);
    let (house, _source) = house_by(&weights(&[], 1), change).await;
    let main = NestId::main();
    let _anna = house.join(&main, "anna").await;
    let nest = filled(&house, &main).await;
    assert_life(
        &house,
        &Key::Filter(&main, &playing(&nest).track.uri).name(),
        HOUR_MS,
    )
    .await;
    house.close().await;
}

/// Turns the clock song by song until it is quiet. Answers what waits at last.
async fn played_out(house: &House, nest: &NestId) -> Snapshot {
    for _ in 0..8 {
        house.pass(SONG_MS).await;
        let now = house.snapshot(nest).await;
        if now.playing.is_none() {
            return now;
        }
    }
    panic!("it plays on: {:#?}", house.snapshot(nest).await);
}

#[tokio::test]
async fn after_two_hours_alone_he_is_silent_until_somebody_asks_or_queues() {
    let (house, _source) = house_by(&weights(&[], 1), |_| {}).await;
    let main = NestId::main();
    let _anna = house.join(&main, "anna").await;
    let mut first = filled(&house, &main).await;
    for wish in ["ask", "queue"] {
        let began = first.bender.streak_start.expect("he picked");
        assert_eq!(began, house.engine.now());
        // To the minute: he picks on.
        house.pass(2 * HOUR_MS).await;
        let at_two_hours = house.snapshot(&main).await;
        assert_eq!(at_two_hours.songs.len(), 3, "one plays, and another was picked");
        house.clock.advance(1);
        let silent = played_out(&house, &main).await;
        assert!(
            silent.songs.is_empty(),
            "{wish}: nobody asked for {:?}",
            silent.songs
        );
        house.pass(HOUR_MS).await;
        assert_eq!(house.snapshot(&main).await, silent, "{wish}");

        match wish {
            "ask" => {
                let asked = house.act(&main, "anna", Command::AskBender).await;
                asked.expect("he is asked");
            }
            _ => {
                house.add(&main, "anna", 0).await;
            }
        }
        first = filled(&house, &main).await;
        assert!(picks(&first).len() >= 2, "{wish}: he goes on");
    }
    house.close().await;
}

/// What the first question in a nest is about.
async fn starts_from(house: &House, source: &Imagined, nest: &NestId) -> String {
    source.take_questions();
    let _anna = house.join(nest, "anna").await;
    filled(house, nest).await;
    let questions = source.take_questions();
    let (asked, about) = questions.first().expect("he asked").clone();
    assert_eq!(asked, Asked::Artist, "{questions:?}");
    about
}

fn uri(text: &str) -> TrackUri {
    TrackUri::parse(text).expect("an address")
}

#[tokio::test]
async fn he_starts_from_the_nests_seed_else_its_names_else_piano_man() {
    const SEED: &str = "spotify:track:0123456789abcdefABCDEF";
    let (house, source) = house_with(&[("artist_search", 1)]).await;
    let bass = sonic::behind("BassNest").expect("in the book").seed();
    let piano_man = sonic::default_seed().expect("in the book");
    let built = |name: &'static str, seed: Option<&str>| {
        let wish = NewNest {
            seed_track: seed.map(str::to_owned),
            ..named(name)
        };
        let house = &house;
        async move {
            let built = house.engine.create_nest(&person("anna"), wish).await;
            built.expect("built").nest_id
        }
    };
    let seeded = built("Seeded", Some(SEED)).await;
    assert_eq!(starts_from(&house, &source, &seeded).await, title_of(&uri(SEED)));
    let both = built("BassNest", Some(SEED)).await;
    assert_eq!(starts_from(&house, &source, &both).await, title_of(&uri(SEED)));
    let named = built("BassNest2", None).await;
    assert_eq!(
        starts_from(&house, &source, &named).await,
        title_of(&uri(&bass.seed_uri))
    );
    let bare = built("Evenings", None).await;
    assert_eq!(
        starts_from(&house, &source, &bare).await,
        title_of(&uri(&piano_man.seed_uri))
    );

    // What no source knows, the book of names tells; a nest's own seed stands in no book.
    source.is(Asked::Track, Mood::HasNothing);
    let named = built("BassNest3", None).await;
    assert_eq!(starts_from(&house, &source, &named).await, "Bass Head");
    let bare = built("Mornings", None).await;
    assert_eq!(starts_from(&house, &source, &bare).await, "Piano Man");
    let seeded = built("Gone", Some("spotify:track:9999999999abcdefABCDEF")).await;
    assert_eq!(starts_from(&house, &source, &seeded).await, "Piano Man");
    house.close().await;
}

#[tokio::test]
async fn he_goes_on_from_his_own_last_song_and_from_a_persons_as_soon_as_there_is_one() {
    let (house, source) = house_with(&[("artist_search", 1)]).await;
    let main = NestId::main();
    let _anna = house.join(&main, "anna").await;
    filled(&house, &main).await;
    assert_eq!(source.take_questions().len(), 1, "one question for a whole list");
    for _ in 0..4 {
        skip(&house, &main).await;
        filled(&house, &main).await;
    }
    assert_eq!(source.take_questions(), [], "the list is long enough");

    let last: String = asked(&house, "GET", &Key::LastBenderTrack(&main).name()).await;
    let now = house.snapshot(&main).await;
    let last = songs(&now).find(|song| song.track.uri.as_str() == last);
    let last = last.expect("it waits").track.title.clone();
    let list = Key::BenderIdeas(&main, Strategy::ArtistSearch).name();
    let dropped: i64 = asked(&house, "UNLINK", &list).await;
    assert_eq!(dropped, 1, "as after twenty minutes");
    skip(&house, &main).await;
    filled(&house, &main).await;
    assert_eq!(
        source.take_questions(),
        [(Asked::Artist, last)],
        "his own last song"
    );

    house.add(&main, "anna", 5).await;
    skip(&house, &main).await;
    filled(&house, &main).await;
    skip(&house, &main).await;
    filled(&house, &main).await;
    let queued = house
        .engine
        .library()
        .track(&house.track(5))
        .expect("it is there")
        .track;
    assert_eq!(
        source.take_questions(),
        [(Asked::Artist, queued.title)],
        "the person's song"
    );
    house.close().await;
}
