//! A house for each test: an engine, its Redis, a few songs and some people.

pub mod audit;
pub mod commands;
pub mod fuse;
pub mod imagined;
pub mod process;
pub mod songs;
pub mod stopwatch;
pub mod whole_store;
pub mod words;

use std::path::{Path, PathBuf};
use std::time::Duration;

use engine::source::MusicSource;
use engine::store::Key;
use engine::{
    Clock, Done, Engine, EngineError, EngineSettings, NewNest, RedisUrl, RedisWhere, Seat, SeatEvent,
    StartError,
};
use nests::nest::{MemberId, NestId, NestRef, Person};
use nests::queue::{SongId, Vote};
use nests::time::Millis;
use nests::track::TrackUri;
use nests::wire::directory::NestCard;
use nests::wire::{Command, ServerFrame, Snapshot};
use standin::evidence::{self, Stores};
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use fuse::Fuse;

/// Nothing in these tests takes this long on a healthy machine; beyond it something hangs.
pub const PATIENCE: Duration = Duration::from_secs(20);
/// The songs of the test's music folder: a minute of silence each, by three artists.
pub const SONGS: usize = 12;

pub struct House {
    pub engine: Engine,
    pub clock: Clock,
    _stores: Stores,
    pub folder: TempDir,
    stop: CancellationToken,
    running: JoinHandle<()>,
}

pub fn person(name: &str) -> Person {
    Person {
        id: MemberId::parse(name).expect("test names are ids"),
        name: name.to_owned(),
    }
}

/// A nest that begins with a name.
pub fn named(name: &str) -> NewNest {
    NewNest {
        name: Some(name.to_owned()),
        seed_track: None,
    }
}

pub fn by_id(card: &NestCard) -> NestRef {
    NestRef::Id(card.nest_id.clone())
}

pub fn settings(folder: &Path) -> EngineSettings {
    EngineSettings {
        data_dir: folder.join("data"),
        music_dir: Some(folder.join("music")),
        use_bender: false,
        leave_grace: Duration::from_millis(50),
        ..EngineSettings::default()
    }
}

/// Waits until a process knows all songs of the house.
pub async fn songs_are_read(engine: &Engine) {
    let mut changes = engine.library().changes();
    let all = changes.wait_for(|status| status.tracks as usize >= SONGS);
    tokio::time::timeout(PATIENCE, all)
        .await
        .expect("the songs are found in time")
        .expect("the library lives");
}

impl House {
    pub async fn open() -> Self {
        Self::open_with(|_| {}).await
    }

    pub async fn open_with(change: impl FnOnce(&mut EngineSettings)) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        songs::write_into(folder.path());
        let mut settings = settings(folder.path());
        change(&mut settings);
        let clock = Clock::manual(Millis(1_700_000_000_000));
        Self::open_in(folder, settings, clock, Vec::new()).await
    }

    /// With Bender picking, and a source beside the library.
    pub async fn open_with_source(
        source: std::sync::Arc<dyn MusicSource>,
        change: impl FnOnce(&mut EngineSettings),
    ) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        songs::write_into(folder.path());
        let mut settings = settings(folder.path());
        settings.use_bender = true;
        change(&mut settings);
        let clock = Clock::manual(Millis(1_700_000_000_000));
        Self::open_in(folder, settings, clock, vec![source]).await
    }

    async fn open_in(
        folder: TempDir,
        settings: EngineSettings,
        clock: Clock,
        more: Vec<std::sync::Arc<dyn MusicSource>>,
    ) -> Self {
        words::write_down();
        let has_redis = matches!(settings.redis, RedisWhere::Private);
        let stop = CancellationToken::new();
        let starting = async {
            loop {
                let start =
                    Engine::start_with_sources(settings.clone(), stop.clone(), clock.clone(), more.clone());
                match start.await {
                    // Another test starts its Redis just now: until that is more than a fork it has our folder open.
                    Err(StartError::DataDir(_)) => tokio::task::yield_now().await,
                    started => return started.expect("the engine starts"),
                }
            }
        };
        let engine = tokio::time::timeout(PATIENCE, starting)
            .await
            .expect("the folder is free in time");
        let running = tokio::spawn({
            let engine = engine.clone();
            async move { engine.run().await }
        });
        let house = Self {
            engine,
            clock,
            _stores: Stores::below(folder.path(), words::ENGINE),
            folder,
            stop,
            running,
        };
        if has_redis && evidence::is_wanted() {
            house.keep_every_write().await;
        }
        songs_are_read(&house.engine).await;
        house
    }

    /// Redis would put a long file in short, and in another form.
    async fn keep_every_write(&self) {
        self.set_redis("auto-aof-rewrite-percentage", "0").await;
    }

    /// For tests of many thousand writes: the disk is not waited for after each of them, which takes longer than all the rest.
    /// They are written all the same, and only a machine that loses its power would lose some.
    pub async fn wait_for_no_disk(&self) {
        self.set_redis("appendfsync", "no").await;
    }

    async fn set_redis(&self, name: &str, value: &str) {
        let _: () = redis::cmd("CONFIG")
            .arg("SET")
            .arg(name)
            .arg(value)
            .query_async(&mut self.redis().await)
            .await
            .expect("a test may set this");
    }

    /// A second process on the same Redis, with a data folder of its own and the same clock.
    pub async fn another_process(&self) -> Self {
        self.another_process_with(|_| {}).await
    }

    /// One whose line to Redis does as it is told.
    pub async fn process_behind_a_fuse(&self) -> (Self, Fuse) {
        self.process_behind_a_fuse_with(|_| {}).await
    }

    pub async fn process_behind_a_fuse_with(&self, change: impl FnOnce(&mut EngineSettings)) -> (Self, Fuse) {
        let socket = self
            .folder
            .path()
            .join(format!("line-{}.sock", fastrand::u64(..)));
        let fuse = Fuse::lay(&self.redis_socket(), socket, None);
        let url = RedisUrl::new(format!("unix://{}", fuse.socket.display()));
        let process = self.another_process_with(|s| {
            s.redis = RedisWhere::Url(url);
            change(s);
        });
        (process.await, fuse)
    }

    pub async fn another_process_with(&self, change: impl FnOnce(&mut EngineSettings)) -> Self {
        self.another_process_of(Vec::new(), change).await
    }

    /// One with a source beside the library.
    pub async fn another_process_with_source(
        &self,
        source: std::sync::Arc<dyn MusicSource>,
        change: impl FnOnce(&mut EngineSettings),
    ) -> Self {
        self.another_process_of(vec![source], change).await
    }

    async fn another_process_of(
        &self,
        more: Vec<std::sync::Arc<dyn MusicSource>>,
        change: impl FnOnce(&mut EngineSettings),
    ) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut settings = settings(folder.path());
        settings.music_dir = Some(self.folder.path().join("music"));
        settings.redis = RedisWhere::Url(RedisUrl::new(self.redis_url()));
        change(&mut settings);
        Self::open_in(folder, settings, self.clock.clone(), more).await
    }

    /// Ends the program in good order and starts it again on the same folder.
    pub async fn restart(self) -> Self {
        self.restart_with(|_| {}).await
    }

    pub async fn restart_with(self, change: impl FnOnce(&mut EngineSettings)) -> Self {
        let Self {
            engine,
            clock,
            folder,
            stop,
            running,
            ..
        } = self;
        stop.cancel();
        running.await.expect("the engine ends in good order");
        drop(engine);
        let mut settings = settings(folder.path());
        change(&mut settings);
        Self::open_in(folder, settings, clock, Vec::new()).await
    }

    pub async fn close(self) {
        self.stop.cancel();
        self.running.await.expect("the engine ends in good order");
    }

    pub fn redis_socket(&self) -> PathBuf {
        self.folder.path().join("data/redis/redis.sock")
    }

    pub fn redis_url(&self) -> String {
        format!("unix://{}", self.redis_socket().display())
    }

    pub async fn redis(&self) -> redis::aio::MultiplexedConnection {
        let client = redis::Client::open(self.redis_url()).expect("an address");
        // As patient as everything here: a busy machine is no fault.
        let patient = redis::AsyncConnectionConfig::new().set_response_timeout(Some(PATIENCE));
        client
            .get_multiplexed_async_connection_with_config(&patient)
            .await
            .expect("the test's own connection")
    }

    /// The keys of a pattern, by their names.
    pub async fn keys(&self, pattern: &str) -> Vec<String> {
        let mut keys: Vec<String> = redis::cmd("KEYS")
            .arg(pattern)
            .query_async(&mut self.redis().await)
            .await
            .expect("a test may use KEYS");
        keys.sort();
        keys
    }

    pub fn track(&self, n: usize) -> TrackUri {
        self.engine
            .library()
            .all()
            .nth(n)
            .expect("the test has that many songs")
            .track
            .uri
    }

    /// Anna builds a nest of that name.
    pub async fn build(&self, name: &str) -> NestCard {
        let built = self.engine.create_nest(&person("anna"), named(name)).await;
        built.expect("created")
    }

    pub async fn act(&self, nest: &NestId, who: &str, command: Command) -> Result<Done, EngineError> {
        self.engine.act(nest, &person(who), command).await
    }

    /// Adds the n-th track and answers the song it became.
    pub async fn add(&self, nest: &NestId, who: &str, n: usize) -> SongId {
        self.act(nest, who, Command::Add { track: self.track(n) })
            .await
            .expect("the add is accepted");
        let snapshot = self.snapshot(nest).await;
        let track = self.track(n);
        let waiting = snapshot
            .songs
            .iter()
            .chain(snapshot.playing.as_ref().map(|p| &p.queued));
        waiting
            .filter(|q| q.song.track.uri == track)
            .map(|q| q.song.id.clone())
            .next()
            .expect("the song is there")
    }

    pub async fn vote(
        &self,
        nest: &NestId,
        who: &str,
        song: &SongId,
        vote: Option<Vote>,
    ) -> Result<Done, EngineError> {
        self.act(
            nest,
            who,
            Command::Vote {
                song: song.clone(),
                vote,
            },
        )
        .await
    }

    pub async fn snapshot(&self, nest: &NestId) -> Snapshot {
        (*self.engine.snapshot(nest).await.expect("the nest is alive")).clone()
    }

    pub async fn join(&self, nest: &NestId, who: &str) -> Seat {
        self.engine
            .join(nest, &person(who), None)
            .await
            .expect("the nest lets people in")
    }

    /// Waits until the nest is as `is` wants it. Asks again with every frame, so it waits for events, not for time.
    pub async fn until(&self, nest: &NestId, what: &str, is: impl Fn(&Snapshot) -> bool) -> Snapshot {
        let mut watcher = self.join(nest, "watcher").await;
        let waiting = async {
            loop {
                let snapshot = self.snapshot(nest).await;
                if is(&snapshot) {
                    return snapshot;
                }
                watcher.next().await;
            }
        };
        match tokio::time::timeout(PATIENCE, waiting).await {
            Ok(snapshot) => snapshot,
            Err(_) => panic!(
                "never happened: {what}. The nest is {:#?}",
                self.snapshot(nest).await
            ),
        }
    }

    /// Waits until something plays. By nobody's eyes: whoever looks on from a seat is one who is there.
    pub async fn until_it_plays(&self, nest: &NestId) -> SongId {
        let mut watch = self.engine.watch(nest).await.expect("it may look");
        let waiting = async {
            loop {
                if let Some(playing) = &watch.snapshot().playing {
                    return playing.queued.song.id.clone();
                }
                watch.changed().await.expect("it lives");
            }
        };
        tokio::time::timeout(PATIENCE, waiting)
            .await
            .expect("it plays in time")
    }

    /// Waits until the grace of the last one who left is over.
    pub async fn until_everybody_left(&self, nest: &NestId) {
        let mut redis = self.redis().await;
        let nobody = async {
            loop {
                let mut count = redis::cmd("SCARD");
                count.arg(Key::Members(nest).name());
                let here: u32 = count.query_async(&mut redis).await.expect("a number");
                if here == 0 {
                    return;
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, nobody).await.expect("they leave");
    }

    /// Turns the clock and lets the player look.
    pub async fn pass(&self, milliseconds: i64) {
        self.clock.advance(milliseconds);
        self.engine
            .player_step()
            .await
            .expect("the player makes its step");
    }
}

/// The next frame for which `is` says so.
pub async fn frame(seat: &mut Seat, what: &str, is: impl Fn(&ServerFrame) -> bool) -> ServerFrame {
    let waiting = async {
        loop {
            if let SeatEvent::Frame(frame) | SeatEvent::Lagged(frame) = seat.next().await {
                let frame: ServerFrame = serde_json::from_slice(&frame.0).expect("frames are JSON");
                if is(&frame) {
                    return frame;
                }
            }
        }
    };
    match tokio::time::timeout(PATIENCE, waiting).await {
        Ok(frame) => frame,
        Err(_) => panic!("no such frame came: {what}"),
    }
}
