//! The row at the end of the queue is the very track that comes next, whoever clicks on it and whenever.

use std::sync::Arc;

use engine::{EngineError, Seat};
use nests::action::Refusal;
use nests::nest::NestId;
use nests::queue::SongId;
use nests::wire::{Applied, Change, Command, ServerFrame, Snapshot};

use super::{SONG_MS, filled, picks, playing, preview, skip};
use crate::support::imagined::Imagined;
use crate::support::{House, frame};

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

/// "Queue it" or "Filter it" on the preview of `nest`.
fn click(rng: &mut fastrand::Rng, nest: &Snapshot) -> Command {
    let (song, _) = preview(nest).expect("a preview");
    match rng.usize(0..4) {
        0 => Command::Take { song },
        _ => Command::Filter { song },
    }
}

/// Others go first, so many times.
async fn after_you(turns: usize) {
    for _ in 0..turns {
        tokio::task::yield_now().await;
    }
}

/// The song that plays is skipped, or its time is up.
async fn turn(house: &House, nest: &NestId, by_skip: bool) {
    match by_skip {
        true => skip(house, nest).await,
        false => house.pass(SONG_MS).await,
    }
}

/// Follows the nest from `before` on until the next song starts. Answers it as it stood in the moment before, and that song.
async fn until_next_starts(seat: &mut Seat, before: &Snapshot) -> (Snapshot, SongId) {
    let mut nest = before.clone();
    loop {
        let is_news =
            |frame: &ServerFrame| matches!(frame, ServerFrame::Event(event) if event.v > nest.version);
        let ServerFrame::Event(event) = frame(seat, "the next song starts", is_news).await else {
            unreachable!("only events are news");
        };
        if let Change::Started { song, .. } = &event.change {
            return (nest, song.clone());
        }
        assert_eq!(nest.apply(&event), Applied::Forward, "{event:?}");
    }
}

/// What happened how often.
#[derive(Debug, Default)]
struct Tally {
    from_bender: usize,
    from_people: usize,
    /// Of two clicks at once.
    refused: usize,
    /// Clicks while the song turned that came before it, after it, and too late.
    before: usize,
    after: usize,
    too_late: usize,
}

/// Before each song three people click "Queue it" and "Filter it" at random, now and then two at once; in every second run
/// one clicks while the song turns. What then plays is what stood first in the moment before, and where nobody queued anything
/// that is the preview.
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
    house.wait_for_no_disk().await;
    let main = NestId::main();
    let mut anna = house.join(&main, "anna").await;
    let mut tally = Tally::default();
    for run in 0..1_000 {
        for _ in 0..rng.usize(0..3) {
            let now = filled(&house, &main).await;
            let (first, second) = (click(&mut rng, &now), click(&mut rng, &now));
            // Not always the same two: nobody adds more than fifty songs an hour.
            let (a, b) = (format!("a{run}"), format!("b{run}"));
            let answers = match run % 2 {
                0 => vec![house.act(&main, &a, first).await],
                _ => {
                    let (first, second) =
                        tokio::join!(house.act(&main, &a, first), house.act(&main, &b, second));
                    vec![first, second]
                }
            };
            let done = answers.iter().filter(|answer| answer.is_ok()).count();
            assert_eq!(done, 1, "run {run}: one click has an effect: {answers:?}");
            tally.refused += answers.len() - done;
        }
        let before = filled(&house, &main).await;
        let by_skip = rng.bool();
        let clicked = match run % 2 {
            0 => {
                turn(&house, &main, by_skip).await;
                None
            }
            _ => {
                let (who, command) = (format!("c{run}"), click(&mut rng, &before));
                // Either may have a head start, whatever the store's pace.
                let (clicks_after, turns_after) = (rng.usize(0..24), rng.usize(0..24));
                let clicking = async {
                    after_you(clicks_after).await;
                    house.act(&main, &who, command).await
                };
                let turning = async {
                    after_you(turns_after).await;
                    turn(&house, &main, by_skip).await;
                };
                let answer = match rng.bool() {
                    true => tokio::join!(clicking, turning).0,
                    false => tokio::join!(turning, clicking).1,
                };
                Some(answer)
            }
        };
        let (just_before, started) = until_next_starts(&mut anna, &before).await;
        let first = just_before.ordered()[0].queued.song.clone();
        assert_eq!(
            started, first.id,
            "run {run}, seed {seed}: what stood first plays"
        );
        if clicked.is_none() {
            // Nobody did anything meanwhile: it is the very row that people saw.
            assert_eq!(
                first.id,
                before.ordered()[0].queued.song.id,
                "run {run}, seed {seed}"
            );
        }
        if first.auto {
            let announced = preview(&just_before).expect("a preview");
            assert_eq!(
                announced,
                (first.id.clone(), first.track.uri.clone()),
                "run {run}, seed {seed}"
            );
        }
        let has_turned = |n: &Snapshot| n.playing.is_some() && playing(n).id != playing(&before).id;
        let after = house.until(&main, "the next song plays", has_turned).await;
        assert_eq!(
            (&playing(&after).id, &playing(&after).track),
            (&first.id, &first.track),
            "run {run}, seed {seed}"
        );
        match first.auto {
            true => tally.from_bender += 1,
            false => tally.from_people += 1,
        }
        match clicked {
            None => {}
            Some(Ok(_)) if just_before.version > before.version => tally.before += 1,
            Some(Ok(_)) => tally.after += 1,
            Some(Err(EngineError::Refused(Refusal::SongGone))) => tally.too_late += 1,
            Some(Err(error)) => panic!("run {run}, seed {seed}: {error}"),
        }
    }
    let happened = [
        tally.from_bender > 300,
        tally.from_people > 100,
        tally.refused > 100,
        tally.before > 50,
        tally.after + tally.too_late > 50,
    ];
    assert_eq!(happened, [true; 5], "{tally:?}");
    house.close().await;
}
