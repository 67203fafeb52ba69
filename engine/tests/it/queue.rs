//! Adding, voting, jamming, removing, through the engine and as every browser sees it.

use std::sync::Arc;

use engine::EngineSettings;
use engine::store::Key;
use nests::nest::NestId;
use nests::queue::{SongId, Vote};
use nests::wire::frame::Note;
use nests::wire::{Applied, Change, Command, ErrorCode, ServerFrame, Snapshot};
use proptest::prelude::*;

use crate::support::imagined::{self, Asked, Imagined};
use crate::support::{House, frame};

fn order(nest: &Snapshot) -> Vec<SongId> {
    nest.ordered().iter().map(|p| p.queued.song.id.clone()).collect()
}

#[tokio::test]
async fn a_vote_moves_a_song_on_every_screen() {
    let house = House::open().await;
    let main = NestId::main();
    let mut ben = house.join(&main, "ben").await;
    house.add(&main, "anna", 0).await; // plays
    house
        .until(&main, "the first song plays", |n| n.playing.is_some())
        .await;
    let second = house.add(&main, "anna", 1).await;
    let third = house.add(&main, "cleo", 2).await;
    let fourth = house.add(&main, "dora", 3).await;
    assert_eq!(
        order(&house.snapshot(&main).await),
        [third.clone(), fourth.clone(), second.clone()]
    );
    house
        .vote(&main, "ben", &fourth, Some(Vote::Up))
        .await
        .expect("the vote counts");
    assert_eq!(
        order(&house.snapshot(&main).await),
        [fourth.clone(), third, second]
    );
    let voted = frame(
        &mut ben,
        "the vote",
        |f| matches!(f, ServerFrame::Event(e) if matches!(&e.change, Change::Voted { song, .. } if *song == fourth)),
    );
    voted.await;
    house.close().await;
}

#[tokio::test]
async fn refusals_change_nothing_and_say_why() {
    let house = House::open().await;
    let main = NestId::main();
    let first = house.add(&main, "anna", 0).await;
    house.until(&main, "it plays", |n| n.playing.is_some()).await;
    let own = house.add(&main, "anna", 1).await;
    let before = house.snapshot(&main).await;
    let missing = nests::track::TrackUri::parse("library:ffffffffffffffff").expect("well formed");
    let gone = SongId::from_roll(12345);
    let refused = [
        (
            Command::Vote {
                song: own,
                vote: Some(Vote::Up),
            },
            ErrorCode::Forbidden,
        ),
        (
            Command::Vote {
                song: gone.clone(),
                vote: Some(Vote::Up),
            },
            ErrorCode::NotFound,
        ),
        (
            Command::Jam {
                song: gone.clone(),
                on: true,
            },
            ErrorCode::NotFound,
        ),
        (Command::Remove { song: gone.clone() }, ErrorCode::NotFound),
        (Command::Skip { song: gone }, ErrorCode::NotFound),
        (Command::Add { track: missing }, ErrorCode::NotFound),
        (Command::Undo { version: 1 }, ErrorCode::NotFound),
        (Command::Volume { level: 101 }, ErrorCode::InvalidRequest),
    ];
    for (command, code) in refused {
        let error = house
            .act(&main, "anna", command.clone())
            .await
            .expect_err("refused");
        assert_eq!(error.code(), code, "{command:?}");
    }
    assert_eq!(house.snapshot(&main).await, before);
    assert!(before.playing.is_some_and(|p| p.queued.song.id == first));
    house.close().await;
}

#[tokio::test]
async fn the_same_track_twice_becomes_a_vote() {
    let house = House::open().await;
    let main = NestId::main();
    house.add(&main, "anna", 0).await;
    house.until(&main, "it plays", |n| n.playing.is_some()).await;
    let song = house.add(&main, "anna", 1).await;
    let done = house
        .act(
            &main,
            "ben",
            Command::Add {
                track: house.track(1),
            },
        )
        .await
        .expect("accepted");
    assert_eq!(done.note, Some(Note::VotedInstead));
    let nest = house.snapshot(&main).await;
    assert_eq!(nest.songs.len(), 1);
    assert_eq!(nest.song(&song).map(|q| q.net_votes()), Some(1));
    house.close().await;
}

#[tokio::test]
async fn a_cleared_queue_comes_back_with_its_votes_within_ten_seconds() {
    let house = House::open().await;
    let main = NestId::main();
    house.add(&main, "anna", 0).await;
    house.until(&main, "it plays", |n| n.playing.is_some()).await;
    let song = house.add(&main, "anna", 1).await;
    house.add(&main, "ben", 2).await;
    house
        .vote(&main, "ben", &song, Some(Vote::Up))
        .await
        .expect("the vote counts");
    let before = house.snapshot(&main).await;
    let cleared = house
        .act(&main, "cleo", Command::Clear)
        .await
        .expect("everybody may, in the Main Nest");
    assert!(house.snapshot(&main).await.songs.is_empty());
    house
        .act(
            &main,
            "cleo",
            Command::Undo {
                version: cleared.version,
            },
        )
        .await
        .expect("in time");
    assert_eq!(house.snapshot(&main).await.songs, before.songs);
    let cleared = house
        .act(&main, "cleo", Command::Clear)
        .await
        .expect("cleared again");
    house.clock.advance(10_001);
    let late = house
        .act(
            &main,
            "cleo",
            Command::Undo {
                version: cleared.version,
            },
        )
        .await;
    assert_eq!(late.expect_err("too late").code(), ErrorCode::NotFound);
    house.close().await;
}

#[tokio::test]
async fn fifty_songs_an_hour_are_enough_for_anybody() {
    let house = House::open().await;
    let main = NestId::main();
    let add = || {
        house.act(
            &main,
            "anna",
            Command::Add {
                track: house.track(0),
            },
        )
    };
    for _ in 0..50 {
        add().await.expect("within the limit");
    }
    let error = add().await.expect_err("one too many");
    assert_eq!(error.code(), ErrorCode::RateLimited);
    house.close().await;
}

/// Fifty people on two servers vote, add and jam at the same moment: every acknowledged deed is in both copies and in Redis.
#[tokio::test]
async fn fault_votes_and_adds_were_read_modify_write() {
    let house = House::open().await;
    let other = house.another_process().await;
    let main = NestId::main();
    house.add(&main, "anna", 0).await;
    house.until(&main, "it plays", |n| n.playing.is_some()).await;
    let song = house.add(&main, "anna", 1).await;
    let deeds = (0..50).map(|n| {
        let (house, song) = (if n % 2 == 0 { &house } else { &other }, &song);
        let main = &main;
        async move {
            let voter = format!("voter-{n}");
            house
                .vote(main, &voter, song, Some(Vote::Up))
                .await
                .expect("the vote counts");
            if n < 10 {
                house
                    .act(
                        main,
                        &voter,
                        Command::Add {
                            track: house.track(n + 2),
                        },
                    )
                    .await
                    .expect("the add counts");
            }
            house
                .act(
                    main,
                    &voter,
                    Command::Jam {
                        song: song.clone(),
                        on: true,
                    },
                )
                .await
                .expect("the jam counts");
        }
    });
    futures_util::future::join_all(deeds).await;
    let version = house
        .snapshot(&main)
        .await
        .version
        .max(other.snapshot(&main).await.version);
    for house in [&house, &other] {
        let nest = house
            .until(&main, "both copies are up to date", |n| n.version >= version)
            .await;
        let queued = nest.song(&song).expect("still queued");
        assert_eq!(queued.net_votes(), 50);
        assert_eq!(queued.jams.len(), 50);
        assert_eq!(nest.songs.len(), 11);
    }
    assert_eq!(
        order(&house.snapshot(&main).await),
        order(&other.snapshot(&main).await)
    );
    other.close().await;
    house.close().await;
}

/// Two people in two processes skip the same song and remove the same five at the same moment: each counts once, and takes
/// nothing else along.
#[tokio::test]
async fn fault_skips_and_removals_were_read_modify_write() {
    let house = House::open().await;
    let other = house.another_process().await;
    let main = NestId::main();
    let mut songs = Vec::new();
    for n in 0..8 {
        songs.push(house.add(&main, "anna", n).await);
    }
    let plays = |song: &SongId| {
        let song = song.clone();
        move |n: &Snapshot| n.playing.as_ref().is_some_and(|p| p.queued.song.id == song)
    };
    for house in [&house, &other] {
        house.until(&main, "the first one plays", plays(&songs[0])).await;
    }
    let removals = songs[3..]
        .iter()
        .map(|song| Command::Remove { song: song.clone() });
    let skip = Command::Skip {
        song: songs[0].clone(),
    };
    let commands: Vec<Command> = removals.chain([skip]).collect();
    let deeds = commands.iter().flat_map(|command| {
        [(&house, "anna"), (&other, "ben")].map(|(house, who)| house.act(&main, who, command.clone()))
    });
    let answers = futures_util::future::join_all(deeds).await;
    for (both, command) in answers.chunks(2).zip(&commands) {
        let done = both.iter().filter(|answer| answer.is_ok()).count();
        assert_eq!(done, 1, "{command:?}: {both:?}");
    }
    for house in [&house, &other] {
        let nest = house.until(&main, "the second one plays", plays(&songs[1])).await;
        assert_eq!(order(&nest), songs[2..3]);
    }
    other.close().await;
    house.close().await;
}

/// In two processes, each with its own copy of the queue.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_thirty_adds_at_once_the_last_free_place_takes_exactly_one() {
    const DEPTH: u32 = 5;
    const ADDS: u64 = 30;
    let source = Arc::new(Imagined::default());
    let change = |s: &mut EngineSettings| {
        s.nest_max_queue_depth = DEPTH;
        s.use_bender = false;
    };
    let house = House::open_with_source(source.clone(), change).await;
    let other = house.another_process_with_source(source, change).await;
    let nest = house.build("Nearly Full").await.nest_id;
    house.add(&nest, "anna", 0).await;
    house.until(&nest, "it plays", |n| n.playing.is_some()).await;
    for n in 1..DEPTH as usize {
        house.add(&nest, "anna", n).await;
    }
    let adds = (0..ADDS).map(|n| {
        let (house, nest) = (if n % 2 == 0 { &house } else { &other }, &nest);
        let track = imagined::track(Asked::Track, n).uri;
        async move {
            house
                .act(nest, &format!("adder-{n}"), Command::Add { track })
                .await
        }
    });
    let answers = futures_util::future::join_all(adds).await;
    let landed = answers.iter().filter(|answer| answer.is_ok()).count();
    assert_eq!(landed, 1, "{answers:?}");
    for refused in answers.iter().filter_map(|answer| answer.as_ref().err()) {
        assert_eq!(refused.code(), ErrorCode::QueueFull);
    }
    for house in [&house, &other] {
        house
            .until(&nest, "the queue is full", |n| {
                n.songs_of_people() == DEPTH as usize
            })
            .await;
    }
    let song = SongId::from_roll(0);
    let any = Key::Song(&nest, &song).name().replace(&song.to_string(), "*");
    assert_eq!(house.keys(&any).await.len(), DEPTH as usize + 1);
    other.close().await;
    house.close().await;
}

/// One random deed; songs and people by small numbers.
fn deeds() -> impl Strategy<Value = Vec<(u8, u8, u8)>> {
    prop::collection::vec((0u8..12, 0u8..4, 0u8..12), 20..60)
}

/// Longer than any song here, by less than the player may come late: none ends but by this.
const A_SONG_AND_A_SECOND: i64 = 61_000;

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    /// Three copies of the nest after random deeds: the engine's own, one built by applying the frames that a browser got,
    /// and one read back from Redis after a restart.
    #[test]
    fn a_browsers_copy_equals_the_servers_and_what_a_restart_reads(deeds in deeds()) {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(async {
            let house = House::open().await;
            let main = NestId::main();
            let mut seat = house.join(&main, "browser").await;
            let opening = std::mem::take(&mut seat.opening);
            let first: ServerFrame = serde_json::from_slice(&opening[0].0).expect("JSON");
            let ServerFrame::Snapshot(mut copy) = first else { panic!("a socket begins with a snapshot") };
            let people = ["anna", "ben", "cleo", "dora"];
            let mut removal = 0;
            for (deed, who, which) in deeds {
                house.clock.advance(7);
                let nest = house.snapshot(&main).await;
                let all: Vec<SongId> = nest.songs.iter().map(|q| q.song.id.clone()).collect();
                let song = all.get(which as usize % all.len().max(1)).cloned().unwrap_or(SongId::from_roll(1));
                let playing = nest.playing.as_ref().map_or(song.clone(), |p| p.queued.song.id.clone());
                let command = match deed {
                    0 | 1 => Command::Add { track: house.track(which as usize) },
                    2 => Command::Vote { song, vote: Some(Vote::Up) },
                    3 => Command::Vote { song, vote: [None, Some(Vote::Down)][which as usize % 2] },
                    4 => Command::Jam { song: playing, on: which % 3 > 0 },
                    5 => Command::Remove { song },
                    6 if which < 4 => Command::Skip { song: playing },
                    6 => Command::Volume { level: which },
                    7 if which % 2 == 0 => Command::Pause,
                    7 => Command::Resume,
                    8 => Command::Clear,
                    9 | 10 => Command::Undo { version: removal },
                    _ => {
                        house.pass(A_SONG_AND_A_SECOND).await;
                        continue;
                    }
                };
                let is_removal = matches!(command, Command::Remove { .. } | Command::Clear);
                match house.act(&main, people[who as usize], command).await {
                    Ok(done) if is_removal => removal = done.version,
                    Ok(_) => {}
                    // Refusals are part of the game.
                    Err(error) => assert_ne!(error.code(), ErrorCode::StoreUnavailable),
                }
            }
            // The player works beside us; it rests when something plays or nothing waits.
            let server = house.until(&main, "the player rests", |n| n.playing.is_some() || n.songs.is_empty()).await;
            while copy.version < server.version {
                let ServerFrame::Event(event) = frame(&mut seat, "the next event", |f| matches!(f, ServerFrame::Event(_))).await
                else { unreachable!() };
                assert_eq!(copy.apply(&event), Applied::Forward);
            }
            assert_eq!(*copy, server, "the browser's copy");
            drop(seat);
            let house = house.restart_with(|_| {}).await;
            let restarted = house.snapshot(&main).await;
            assert_eq!(restarted.songs, server.songs, "read back from Redis");
            assert_eq!(restarted.playing, server.playing);
            assert_eq!((restarted.volume, restarted.bender.streak_start), (server.volume, server.bender.streak_start));
            house.close().await;
        });
    }
}
