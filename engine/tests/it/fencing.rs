//! A player that slept through the end of its lease, or of its nest's generation, changes nothing any more.

use engine::store::Key;
use engine::{RestartMode, RestartWish};
use nests::nest::NestId;
use nests::wire::Command;
use tokio::task::JoinHandle;

use crate::support::process::Process;
use crate::support::{House, by_id, person, songs_are_read};

/// In the frame of the event, and nowhere else.
const STARTED: &str = r#""started":{"#;
const LATER_HOLDER: &str = "somebody-else:99";
const LATER_LEASE_MS: u64 = 60_000;

/// A process whose player was about to start the first song of a nest, and fell asleep over it.
struct Sleeper {
    process: Process,
    adding: JoinHandle<()>,
}

impl Sleeper {
    async fn over(house: &House, nest: &NestId) -> Self {
        let process = Process::start(house, None, |_| {}).await;
        songs_are_read(&process.engine).await;
        let (engine, nest, track) = (process.engine.clone(), nest.clone(), house.track(0));
        let adding = tokio::spawn(async move {
            let add = Command::Add { track };
            engine.act(&nest, &person("anna"), add).await.expect("added");
        });
        let held = process.fuse.hold_at(STARTED).await;
        assert!(held.contains("EVALSHA"), "its commit is under way: {held}");
        Self { process, adding }
    }

    /// It wakes up: its commit reaches Redis, and is answered.
    async fn wakes(&self) {
        self.process.fuse.let_pass();
        // Redis answers a connection's commands one after the other.
        self.process.engine.ping().await.expect("the line is whole");
    }
}

/// How often a song started, by the nest's log.
async fn starts(house: &House, nest: &NestId) -> usize {
    let mut read = redis::cmd("XRANGE");
    read.arg(Key::Log(nest).name()).arg("-").arg("+");
    let log: Vec<(String, Vec<(String, String)>)> =
        read.query_async(&mut house.redis().await).await.expect("a log");
    let frames = log.iter().flat_map(|(_, fields)| fields);
    frames.filter(|(_, frame)| frame.contains(STARTED)).count()
}

#[tokio::test]
async fn a_player_that_slept_through_its_lease_starts_nothing() {
    let house = House::open().await;
    let nest = house.build("Fenced").await.nest_id;
    let sleeper = Sleeper::over(&house, &nest).await;
    let mut redis = house.redis().await;
    let lease = Key::MasterPlayer(&nest).name();
    let mut take_over = redis::cmd("SET");
    take_over
        .arg(&lease)
        .arg(LATER_HOLDER)
        .arg("PX")
        .arg(LATER_LEASE_MS);
    let () = take_over.query_async(&mut redis).await.expect("taken over");

    sleeper.wakes().await;
    assert_eq!(starts(&house, &nest).await, 0);
    let playing: bool = redis::cmd("EXISTS")
        .arg(Key::NowPlaying(&nest).name())
        .query_async(&mut redis)
        .await
        .expect("an answer");
    assert!(!playing, "nothing of the commit was written");

    let mut let_go = redis::cmd("DEL");
    let () = let_go.arg(&lease).query_async(&mut redis).await.expect("let go");
    house.until_it_plays(&nest).await;
    assert_eq!(
        starts(&house, &nest).await,
        1,
        "once whoever has the lease does it"
    );
    sleeper.adding.await.expect("acknowledged");
    sleeper.process.crash();
    house.close().await;
}

#[tokio::test]
async fn a_player_that_slept_through_a_restart_starts_nothing_in_the_new_generation() {
    let house = House::open().await;
    let card = house.build("Fenced").await;
    let nest = &card.nest_id;
    let sleeper = Sleeper::over(&house, nest).await;
    let wish = RestartWish {
        mode: RestartMode::Force,
        expected_generation: None,
        keep_queue: true,
    };
    let restarted = house
        .engine
        .restart_nest(&person("anna"), &by_id(&card), wish)
        .await;
    assert!(restarted.expect("restarted").restarted);
    let playing = house.until_it_plays(nest).await;
    let before = house.snapshot(nest).await;

    sleeper.wakes().await;
    assert_eq!(starts(&house, nest).await, 1);
    let after = house.snapshot(nest).await;
    assert_eq!(
        (after.playing.map(|p| p.queued.song.id), after.version),
        (Some(playing), before.version),
        "the song that was kept plays once, and goes on"
    );
    sleeper.adding.await.expect("acknowledged");
    sleeper.process.crash();
    house.close().await;
}
