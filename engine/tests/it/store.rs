//! Redis dies, comes back, or is somebody else's.

mod votes;

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use engine::{Engine, StartError};
use nests::nest::NestId;
use nests::queue::{SongId, Vote};
use nests::track::TrackUri;
use nests::wire::{Change, Command, ErrorCode, Event, ServerFrame, Snapshot};
use tokio_util::sync::CancellationToken;

use crate::support::imagined::{self, Asked, Imagined};
use crate::support::{House, PATIENCE, frame, person, settings};

/// Of the Main Nest.
const LOG: &str = "NEST:main|MISC|log";
/// So many act at the same time while Redis is killed, half of them voting and half of them adding songs.
const ACTORS: usize = 12;
/// Acknowledged before it is killed, and again once it is back.
const ACKNOWLEDGED: usize = 60;

async fn redis_pid(house: &House) -> i32 {
    let mut redis = house.redis().await;
    let info: String = redis::cmd("INFO")
        .arg("server")
        .query_async(&mut redis)
        .await
        .expect("info");
    let pid = info
        .lines()
        .find_map(|line| line.strip_prefix("process_id:"))
        .expect("a pid");
    pid.trim().parse().expect("a number")
}

fn kill_9(pid: i32) {
    let pid = rustix::process::Pid::from_raw(pid).expect("a pid");
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).expect("killed");
}

#[tokio::test]
async fn fault_a_gap_in_the_log_blocked_the_nest_for_good() {
    let house = House::open().await;
    let main = NestId::main();
    house.add(&main, "anna", 0).await;
    house.until_it_plays(&main).await;
    let song = house.add(&main, "anna", 1).await;
    house
        .vote(&main, "ben", &song, Some(Vote::Up))
        .await
        .expect("acknowledged");
    // As a Redis leaves it that lost some votes, and was given one more before anybody noticed.
    let Event { v, at, .. } = newest_event(&house).await;
    let late = Event {
        v: v + 50,
        at,
        by: Some(person("cleo").id),
        change: Change::Voted {
            song: song.clone(),
            member: person("cleo").id,
            vote: Some(Vote::Up),
        },
    };
    let id = format!("{}-{}", house.snapshot(&main).await.generation, late.v);
    let frame = serde_json::to_string(&ServerFrame::Event(late)).expect("JSON");
    let _: String = redis::cmd("XADD")
        .arg(LOG)
        .arg(id)
        .arg("e")
        .arg(frame)
        .query_async(&mut house.redis().await)
        .await
        .expect("written");

    house
        .vote(&main, "dora", &song, Some(Vote::Up))
        .await
        .expect("the nest goes on");
    let snapshot = house.snapshot(&main).await;
    let votes = |snapshot: &Snapshot| snapshot.song(&song).map(|waiting| waiting.votes.len());
    assert_eq!((snapshot.version, votes(&snapshot)), (v + 51, Some(3)));
    let house = house.restart().await;
    house
        .vote(&main, "emil", &song, Some(Vote::Down))
        .await
        .expect("the nest goes on after a restart");
    let snapshot = house.snapshot(&main).await;
    assert_eq!((snapshot.version, votes(&snapshot)), (v + 52, Some(4)));
}

async fn newest_event(house: &House) -> Event {
    let newest: Vec<(String, Vec<(String, String)>)> = redis::cmd("XREVRANGE")
        .arg(LOG)
        .arg("+")
        .arg("-")
        .arg("COUNT")
        .arg(1)
        .query_async(&mut house.redis().await)
        .await
        .expect("read");
    match serde_json::from_str(&newest[0].1[0].1).expect("a frame") {
        ServerFrame::Event(event) => event,
        other => panic!("no event: {other:?}"),
    }
}

#[tokio::test]
async fn a_killed_redis_costs_nothing_that_was_acknowledged() {
    let house = House::open().await;
    let main = NestId::main();
    house.add(&main, "anna", 0).await;
    house.until(&main, "it plays", |n| n.playing.is_some()).await;
    let song = house.add(&main, "anna", 1).await;
    let mut seat = house.join(&main, "ben").await;
    for n in 0..20 {
        house
            .vote(&main, &format!("voter-{n}"), &song, Some(Vote::Up))
            .await
            .expect("acknowledged");
    }
    let before = house.snapshot(&main).await;
    kill_9(redis_pid(&house).await);
    frame(&mut seat, "the store is away", |f| {
        matches!(f, ServerFrame::Store { up: false })
    })
    .await;
    frame(&mut seat, "the store is back", |f| {
        matches!(f, ServerFrame::Store { up: true })
    })
    .await;
    assert_eq!(house.snapshot(&main).await, before);
    let voted = async {
        loop {
            match house.vote(&main, "late", &song, Some(Vote::Up)).await {
                Ok(done) => return done,
                Err(error) => assert_eq!(error.code(), ErrorCode::StoreUnavailable),
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, voted)
        .await
        .expect("recovers by itself");
    drop(seat);
    // What Redis has on disk, read by a fresh start.
    let house = house.restart().await;
    assert_eq!(
        house.snapshot(&main).await.song(&song).map(|q| q.net_votes()),
        Some(21)
    );
    house.close().await;
}

#[tokio::test]
async fn the_private_redis_has_on_disk_what_it_answers_and_drops_nothing() {
    let house = House::open().await;
    let mut redis = house.redis().await;
    let wanted = [
        ("appendonly", "yes"),
        ("appendfsync", "always"),
        ("save", ""),
        ("maxmemory-policy", "noeviction"),
        ("port", "0"),
    ];
    for (name, value) in wanted {
        let mut look = redis::cmd("CONFIG");
        look.arg("GET").arg(name);
        let set: (String, String) = look.query_async(&mut redis).await.expect("it is set");
        assert_eq!(set, (name.to_owned(), value.to_owned()));
    }
    house.close().await;
}

/// Whoever was answered, and for what: votes of people who vote once, songs of people who add one.
#[derive(Default)]
struct Acknowledged {
    voters: RefCell<Vec<String>>,
    tracks: RefCell<Vec<TrackUri>>,
    is_over: Cell<bool>,
}

impl Acknowledged {
    fn count(&self) -> usize {
        self.voters.borrow().len() + self.tracks.borrow().len()
    }

    /// Acts until it is over, each time as somebody new, so that no later deed hides whether an earlier one was kept.
    async fn act(&self, house: &House, nest: &NestId, song: &SongId, actor: usize) {
        for n in (actor..).step_by(ACTORS) {
            if self.is_over.get() {
                return;
            }
            let who = format!("actor-{n}");
            let track = imagined::track(Asked::Track, n as u64).uri;
            let (song, vote) = (song.clone(), Some(Vote::Up));
            let is_vote = actor.is_multiple_of(2);
            let command = match is_vote {
                true => Command::Vote { song, vote },
                false => Command::Add { track: track.clone() },
            };
            match house.act(nest, &who, command).await {
                Ok(_) if is_vote => self.voters.borrow_mut().push(who),
                Ok(_) => self.tracks.borrow_mut().push(track),
                Err(error) => assert_eq!(error.code(), ErrorCode::StoreUnavailable),
            }
            tokio::task::yield_now().await;
        }
    }

    async fn are(&self, wanted: usize) {
        while self.count() < wanted {
            tokio::task::yield_now().await;
        }
    }
}

#[tokio::test]
async fn redis_killed_while_people_vote_and_add_keeps_every_vote_and_song_that_was_acknowledged() {
    let source = Arc::new(Imagined::default());
    let house = House::open_with_source(source, |settings| settings.use_bender = false).await;
    let main = NestId::main();
    house.add(&main, "anna", 0).await;
    house.until_it_plays(&main).await;
    let song = house.add(&main, "anna", 1).await;
    let pid = redis_pid(&house).await;
    let acknowledged = Acknowledged::default();
    let actors = (0..ACTORS).map(|actor| acknowledged.act(&house, &main, &song, actor));
    let killer = async {
        acknowledged.are(ACKNOWLEDGED).await;
        let mut seat = house.join(&main, "ben").await;
        kill_9(pid);
        for up in [false, true] {
            let is = move |f: &ServerFrame| matches!(f, ServerFrame::Store { up: is } if *is == up);
            frame(&mut seat, "the store goes and comes back", is).await;
        }
        acknowledged.are(acknowledged.count() + ACKNOWLEDGED).await;
        acknowledged.is_over.set(true);
    };
    let all = futures_util::future::join(futures_util::future::join_all(actors), killer);
    tokio::time::timeout(4 * PATIENCE, all)
        .await
        .expect("recovers by itself");
    assert_ne!(redis_pid(&house).await, pid, "it is another one");
    // Read by somebody who has nothing in memory.
    let other = house.another_process().await;
    for house in [&house, &other] {
        let nest = house.snapshot(&main).await;
        let queued = nest.song(&song).expect("it waits still");
        for voter in acknowledged.voters.borrow().iter() {
            let vote = queued.vote_of(&person(voter).id);
            assert_eq!(vote, Some(Vote::Up), "{voter} was answered");
        }
        for track in acknowledged.tracks.borrow().iter() {
            let found = nest.songs.iter().filter(|q| q.song.track.uri == *track);
            assert_eq!(found.count(), 1, "whoever added {track} was answered");
        }
    }
    assert!(!acknowledged.voters.borrow().is_empty() && !acknowledged.tracks.borrow().is_empty());
    other.close().await;
    house.close().await;
}

#[tokio::test]
async fn while_redis_is_away_writes_are_refused_and_change_nothing() {
    // A Redis that is not ours is not restarted by us.
    let host = House::open().await;
    let house = host.another_process().await;
    let main = NestId::main();
    house.add(&main, "anna", 0).await;
    let before = house.until(&main, "it plays", |n| n.playing.is_some()).await;
    let mut seat = house.join(&main, "ben").await;
    host.close().await;
    frame(&mut seat, "the store is away", |f| {
        matches!(f, ServerFrame::Store { up: false })
    })
    .await;
    let error = house
        .act(
            &main,
            "anna",
            Command::Add {
                track: house.track(1),
            },
        )
        .await
        .expect_err("refused");
    assert_eq!(error.code(), ErrorCode::StoreUnavailable);
    assert!(house.engine.ping().await.is_err());
    assert_eq!(
        house.snapshot(&main).await,
        before,
        "what is known stays on the screens"
    );
    drop(seat);
    house.close().await;
}

#[tokio::test]
async fn a_second_copy_on_the_same_data_folder_refuses_to_start_and_says_why() {
    let house = House::open().await;
    let second = Engine::start(settings(house.folder.path()), CancellationToken::new()).await;
    let error = second.err().expect("refused");
    assert!(matches!(error, StartError::DataDir(_)));
    let words = error.to_string();
    assert!(
        words.contains(&std::process::id().to_string()) && words.contains("DATA_DIR"),
        "{words}"
    );
    house.close().await;
}

#[tokio::test]
async fn an_unwritable_data_folder_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut settings = settings(folder.path());
    std::fs::write(folder.path().join("data"), "a file where a folder should be").expect("written");
    settings.data_dir = folder.path().join("data");
    let error = Engine::start(settings, CancellationToken::new())
        .await
        .err()
        .expect("refused");
    assert!(error.to_string().contains("DATA_DIR"), "{error}");
}

#[tokio::test]
async fn the_private_redis_ends_with_the_program() {
    let house = House::open().await;
    let (pid, socket) = (redis_pid(&house).await, house.redis_socket());
    house.close().await;
    assert!(!std::path::Path::new(&format!("/proc/{pid}")).exists());
    assert!(tokio::net::UnixStream::connect(socket).await.is_err());
}
