//! Bender picks by his strategies, is never silenced by a source, and plays what he announced.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use engine::plays::import::import_plays;
use engine::source::SourceError;
use engine::store::Key;
use engine::{EngineError, EngineSettings, RedisUrl, RedisWhere};
use nests::action::Refusal;
use nests::nest::{NestId, Person};
use nests::queue::{QueuedSong, SongId};
use nests::track::{Source, TrackUri};
use nests::wire::{Command, Snapshot};

use crate::support::imagined::{Asked, EVERY_QUESTION, Imagined, Mood};
use crate::support::songs::write_wav;
use crate::support::{House, SONGS, person, settings};

const SONG_MS: i64 = 60_000;
const WEEK_MS: i64 = 7 * 86_400_000;

fn picks(nest: &Snapshot) -> Vec<&QueuedSong> {
    let ordered = nest.ordered().into_iter().map(|placed| placed.queued);
    ordered.filter(|queued| queued.song.auto).collect()
}

/// What Bender plays after everything people asked for.
fn preview(nest: &Snapshot) -> Option<(SongId, TrackUri)> {
    let song = &picks(nest).first()?.song;
    Some((song.id.clone(), song.track.uri.clone()))
}

async fn filled(house: &House, nest: &NestId) -> Snapshot {
    let full = |n: &Snapshot| n.playing.is_some() && n.songs.len() >= 3 && !picks(n).is_empty();
    house.until(nest, "Bender fills the queue", full).await
}

async fn skip(house: &House, nest: &NestId) {
    let playing = house.snapshot(nest).await.playing.expect("something plays");
    let song = playing.queued.song.id;
    house
        .act(nest, "anna", Command::Skip { song })
        .await
        .expect("skipped");
}

/// A house in which he picks by these strategies alone, and the source that he asks.
async fn house_with(weights: &[(&str, u32)]) -> (House, Arc<Imagined>) {
    const STRATEGIES: [&str; 6] = [
        "genre",
        "genre_hint",
        "throwback",
        "artist_search",
        "artist_albums",
        "album",
    ];
    let weight = |name| {
        weights
            .iter()
            .find(|(given, _)| *given == name)
            .map_or(0, |(_, weight)| *weight)
    };
    let all = STRATEGIES.map(|name| format!("{name}={}", weight(name)));
    let source = Arc::new(Imagined::default());
    let change = |s: &mut EngineSettings| s.bender_weights = all.join(",").parse().expect("weights");
    (House::open_with_source(source.clone(), change).await, source)
}

/// Plays of "dora" on the three Tuesdays before the day of these tests, which is one.
async fn past_plays(house: &House) {
    let now = house.engine.now().0;
    let lines: Vec<String> = (0..60)
        .map(|n| {
            let at = (now - (1 + n % 3) * WEEK_MS) / 1000 + n;
            format!(
                r#"{{"src":"spotify","trackid":"{:022}","user":"dora@example.com","endtime":{at}}}"#,
                9_000 + n
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
    assert_eq!(imported.added, 60);
}

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

/// On a first start the house composes its music piece by piece, and the preview stayed away until the first song ended.
#[tokio::test]
async fn a_growing_library_is_picked_from_at_once() {
    let house = House::open_with(|s| s.use_bender = true).await;
    let main = NestId::main();
    let _anna = house.join(&main, "anna").await;
    filled(&house, &main).await;
    for n in 0..SONGS {
        let waits = house.snapshot(&main).await;
        if !waits.holds(&house.track(n)) {
            house.add(&main, "anna", n).await;
        }
    }
    let rest = |n: &Snapshot| n.playing.is_some() && n.songs.len() == SONGS - 1;
    let waits = house.until(&main, "the whole library is queued", rest).await;
    for pick in picks(&waits) {
        let song = pick.song.id.clone();
        let take = Command::Take { song };
        house.act(&main, "anna", take).await.expect("taken");
    }
    let nothing = |n: &Snapshot| picks(n).is_empty();
    house.until(&main, "nothing is left for Bender", nothing).await;
    write_wav(&house.folder.path().join("music/Artist 7 - New.wav"), 60.0);
    let picked = |n: &Snapshot| picks(n).len() == 1;
    let after = house.until(&main, "Bender picks the new song", picked).await;
    assert_eq!(picks(&after)[0].song.track.title, "New");
    house.close().await;
}

#[tokio::test]
async fn with_each_strategy_failing_in_turn_he_still_picks_and_with_all_failing_from_the_library() {
    let source = Arc::new(Imagined::default());
    let house = House::open_with_source(source.clone(), |_| {}).await;
    past_plays(&house).await;
    let main = NestId::main();
    let _anna = house.join(&main, "anna").await;
    let limited = SourceError::RateLimited { retry_after: 60 };
    let failures = [
        Mood::Fails(SourceError::Unavailable),
        Mood::Fails(limited),
        Mood::HasNothing,
    ];
    for asked in EVERY_QUESTION {
        for mood in failures {
            source.is(asked, mood);
            filled(&house, &main).await;
            skip(&house, &main).await;
            filled(&house, &main).await;
            source.is_well_again();
        }
    }
    for asked in EVERY_QUESTION {
        source.is(asked, Mood::Fails(limited));
    }
    // A person's song makes him forget the ideas he still has.
    house.add(&main, "anna", 3).await;
    skip(&house, &main).await;
    let after_that = filled(&house, &main).await;
    let known: HashSet<SongId> = after_that.songs.iter().map(|q| q.song.id.clone()).collect();
    for _ in 0..3 {
        skip(&house, &main).await;
        let nest = filled(&house, &main).await;
        let newest = nest.songs.iter().filter(|q| !known.contains(&q.song.id));
        assert!(
            newest
                .clone()
                .all(|q| q.song.track.uri.source() == Source::Library)
        );
    }
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

#[tokio::test]
async fn a_throwback_is_credited_with_a_jam_and_plays_in_the_main_nest_alone() {
    let (house, source) = house_with(&[("throwback", 100), ("artist_search", 1)]).await;
    past_plays(&house).await;
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

#[tokio::test]
async fn a_nests_genre_is_asked_for_beside_the_seeds() {
    let (house, source) = house_with(&[("genre", 1), ("genre_hint", 20)]).await;
    let nest = house.build("WaveyNest").await.nest_id;
    let _anna = house.join(&nest, "anna").await;
    filled(&house, &nest).await;
    let asked = source.take_questions();
    assert!(
        asked.contains(&(Asked::Genre, "new wave".to_owned())),
        "{asked:?}"
    );
    house.close().await;
}

#[tokio::test]
async fn his_ideas_last_until_a_persons_song_starts() {
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
    house.add(&main, "anna", 5).await;
    skip(&house, &main).await;
    filled(&house, &main).await;
    skip(&house, &main).await;
    filled(&house, &main).await;
    let asked = source.take_questions();
    assert_eq!(asked.len(), 1, "{asked:?}");
    let queued = house
        .engine
        .library()
        .track(&house.track(5))
        .expect("it is there")
        .track;
    assert_eq!(asked[0].1, queued.title, "he starts from the person's song now");
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
        let playing = nest
            .playing
            .as_ref()
            .expect("it plays")
            .queued
            .song
            .track
            .uri
            .clone();
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

#[tokio::test]
async fn whoever_takes_the_preview_owns_it_and_filtering_brings_another_at_once() {
    let house = House::open_with_source(Arc::new(Imagined::default()), |_| {}).await;
    let main = NestId::main();
    let _anna = house.join(&main, "anna").await;
    let (song, uri) = preview(&filled(&house, &main).await).expect("a preview");
    let (take, other) = (Command::Take { song: song.clone() }, Command::Take { song });
    let (by_anna, by_ben) = tokio::join!(house.act(&main, "anna", take), house.act(&main, "ben", other));
    let who = match (by_anna, by_ben) {
        (Ok(_), Err(EngineError::Refused(Refusal::SongGone))) => "anna",
        (Err(EngineError::Refused(Refusal::SongGone)), Ok(_)) => "ben",
        both => panic!("one of them has it: {both:?}"),
    };
    let nest = filled(&house, &main).await;
    let theirs: Vec<_> = nest.songs.iter().filter(|q| !q.song.auto).collect();
    assert_eq!(theirs.len(), 1);
    assert_eq!(
        (theirs[0].song.user.name.as_str(), &theirs[0].song.track.uri),
        (who, &uri)
    );

    let (song, uri) = preview(&nest).expect("a preview");
    house
        .act(&main, "ben", Command::Filter { song })
        .await
        .expect("filtered");
    let nest = filled(&house, &main).await;
    assert!(!nest.holds(&uri) && preview(&nest).is_some());
    house.close().await;
}

#[tokio::test]
async fn however_long_the_queue_benders_next_song_stands_at_its_end() {
    let house = House::open_with_source(Arc::new(Imagined::default()), |s| s.nest_max_queue_depth = 5).await;
    let nest = house.build("Long Queue").await.nest_id;
    let _anna = house.join(&nest, "anna").await;
    filled(&house, &nest).await;
    for n in 0..5 {
        house.add(&nest, "anna", n).await;
    }
    let settled = house
        .until(&nest, "a preview behind five songs", |n| {
            n.songs_of_people() == 5 && !picks(n).is_empty()
        })
        .await;
    assert!(settled.ordered().last().expect("songs").queued.song.auto);
    let full = house
        .act(
            &nest,
            "anna",
            Command::Add {
                track: house.track(6),
            },
        )
        .await;
    assert!(
        matches!(full, Err(EngineError::Refused(Refusal::QueueFull(5)))),
        "{full:?}"
    );
    house.close().await;
}

/// Before each song three people click Queue it and Filter it at random, now and then two at once. Whatever then stands
/// first is what plays, and where nobody queued anything that is the preview.
#[tokio::test]
async fn in_a_thousand_runs_the_preview_is_what_then_plays() {
    let seed = std::env::var("SEED")
        .ok()
        .and_then(|seed| seed.parse().ok())
        .unwrap_or(4);
    let mut rng = fastrand::Rng::with_seed(seed);
    let house = House::open_with_source(Arc::new(Imagined::default()), |s| {
        s.bender_filter = std::time::Duration::from_secs(1);
    })
    .await;
    let main = NestId::main();
    let _anna = house.join(&main, "anna").await;
    let (mut from_bender, mut from_people, mut refused) = (0, 0, 0);
    for run in 0..1_000 {
        for _ in 0..rng.usize(0..3) {
            let (song, _) = preview(&filled(&house, &main).await).expect("a preview");
            let (house, main) = (&house, &main);
            let mut click = |who: String| {
                let song = song.clone();
                let command = match rng.usize(0..4) {
                    0 => Command::Take { song },
                    _ => Command::Filter { song },
                };
                async move { house.act(main, &who, command).await }
            };
            // Not always the same two: nobody adds more than fifty songs an hour.
            let (first, second) = (click(format!("a{run}")), click(format!("b{run}")));
            let answers = match run % 2 {
                0 => vec![first.await],
                _ => {
                    let (first, second) = tokio::join!(first, second);
                    vec![first, second]
                }
            };
            let done = answers.iter().filter(|answer| answer.is_ok()).count();
            assert_eq!(done, 1, "run {run}: one click has an effect: {answers:?}");
            refused += answers.len() - done;
        }
        let before = filled(&house, &main).await;
        let first = before.ordered()[0].queued.song.clone();
        let announced = match first.auto {
            true => preview(&before).expect("a preview").1,
            false => first.track.uri.clone(),
        };
        match rng.bool() {
            true => skip(&house, &main).await,
            false => house.pass(SONG_MS).await,
        }
        // The player of the running program may be the one that turns the page, a moment later.
        let old = before.playing.expect("it plays").queued.song.id;
        let is_next = |n: &Snapshot| n.playing.as_ref().is_some_and(|p| p.queued.song.id != old);
        let after = house.until(&main, "the next song plays", is_next).await;
        let playing = after.playing.expect("it plays").queued.song;
        assert_eq!(
            (playing.id, &playing.track.uri),
            (first.id, &announced),
            "run {run}, seed {seed}"
        );
        *(if first.auto {
            &mut from_bender
        } else {
            &mut from_people
        }) += 1;
    }
    assert!(
        from_bender > 300 && from_people > 100 && refused > 100,
        "{from_bender} {from_people} {refused}"
    );
    house.close().await;
}
