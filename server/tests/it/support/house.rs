//! A whole house in a temporary folder: engine with its own Redis, router, open port.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use axum::Router;
use engine::{Engine, EngineSettings};
use nests::nest::NestId;
use nests::wire::{ErrorCode, Snapshot};
use serde_json::{Value, json};
use server::config::Config;
use server::config::secret::Secret;
use server::state::AppState;
use server::{listener, router, startup};
use standin::evidence::{self, Stores};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::words::{self, SERVER};
use super::{Browser, Store, Tab, music};

/// Nothing in these tests takes longer, except on a machine that stands still.
pub const PATIENCE: Duration = Duration::from_secs(20);

pub struct House {
    pub state: AppState,
    pub addr: SocketAddr,
    app: Router,
    stop: CancellationToken,
    engine_stop: CancellationToken,
    serving: Option<JoinHandle<()>>,
    engine_running: Option<JoinHandle<()>>,
    _stores: Stores,
    folder: TempDir,
}

impl House {
    pub async fn open() -> Self {
        Self::open_with(&[], |_| {}).await
    }

    /// `env` are settings; `adjust` reaches what no setting does.
    pub async fn open_with(env: &[(&str, &str)], adjust: impl FnOnce(&mut EngineSettings)) -> Self {
        words::write_down();
        let folder = TempDir::new().expect("a folder");
        let music_dir = folder.path().join("music");
        std::fs::create_dir(&music_dir).expect("a music folder");
        music::fill(&music_dir);

        let defaults = [("NESTS_ADDR", "127.0.0.1:0"), ("USE_BENDER", "false")];
        let env = |name: &str| {
            env.iter()
                .chain(&defaults)
                .find(|(n, _)| *n == name)
                .map(|(_, v)| (*v).to_owned())
        };
        let mut config = Config::read(None, env).expect("good settings");
        config.data_dir = folder.path().join("data");
        config.music_dir = Some(music_dir);
        let door = TcpListener::bind(config.addr).await.expect("a port");
        let addr = door.local_addr().expect("an address");
        config.opened_at(addr);
        std::fs::create_dir(&config.data_dir).expect("a data folder");

        let (stop, engine_stop) = (CancellationToken::new(), CancellationToken::new());
        let mut settings = startup::engine_settings(&config);
        adjust(&mut settings);
        let engine = Engine::start(settings, engine_stop.clone())
            .await
            .expect("the engine starts");
        let engine_running = tokio::spawn({
            let engine = engine.clone();
            async move { engine.run().await }
        });
        let key = Secret::new("k".repeat(64));
        evidence::secret(key.expose()).expect("it is kept");
        let state = startup::state(&config, &key, engine, stop.clone());
        let app = router::router(state.clone());
        let serving = tokio::spawn(listener::serve(door, app.clone(), stop.clone()));
        let house = Self {
            state,
            addr,
            app,
            stop,
            engine_stop,
            serving: Some(serving),
            engine_running: Some(engine_running),
            _stores: Stores::below(folder.path(), SERVER),
            folder,
        };
        house.wait_for_music(music::SHELF.len()).await;
        house
    }

    async fn wait_for_music(&self, tracks: usize) {
        let mut changes = self.state.engine.library().changes();
        let all = |status: &engine::source::library::LibraryStatus| {
            status.tracks as usize == tracks && !status.scanning && status.broken > 0
        };
        let arrived = tokio::time::timeout(PATIENCE, changes.wait_for(all)).await;
        arrived
            .expect("the music is found in time")
            .expect("the library lives");
    }

    /// Everything of it: its data in `data`, its music in `music`.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn data_dir(&self) -> PathBuf {
        self.folder().join("data")
    }

    /// Its own Redis, past the program.
    pub fn store(&self) -> Store {
        Store::of(&self.data_dir())
    }

    /// More music than the shelf has, by what its tags say: artist and title.
    pub async fn bring_music(&self, songs: &[(&str, &str)]) {
        music::bring(&self.folder().join("music"), songs);
        self.wait_for_music(music::SHELF.len() + songs.len()).await;
    }

    /// A browser that nobody has signed in with.
    pub fn stranger(&self) -> Browser {
        Browser::new(self.app.clone())
    }

    /// A browser in which somebody is signed in.
    pub async fn guest(&self, nickname: &str) -> Browser {
        let mut browser = self.stranger();
        browser.sign_in(nickname).await;
        browser
    }

    /// The browser's live socket on the Main Nest.
    pub async fn tab(&self, browser: &Browser) -> Tab {
        self.tab_at(browser, "/socket/").await
    }

    pub async fn tab_at(&self, browser: &Browser, path: &str) -> Tab {
        Tab::open(self.addr, path, &browser.cookie).await
    }

    /// The address of the n-th track of the shelf.
    pub async fn track(&self, n: usize) -> String {
        self.track_called(music::SHELF[n].1).await
    }

    /// The address of the track that has exactly this title.
    pub async fn track_called(&self, title: &str) -> String {
        let found = self.state.engine.library().search(title, 10, 0);
        let track = found.tracks.iter().find(|track| track.title == title);
        track
            .unwrap_or_else(|| panic!("{title} is on the shelf"))
            .uri
            .to_string()
    }

    /// The first track plays and the second one waits, brought by the browser's person; gives the waiting song's id.
    pub async fn with_a_song_waiting(&self, browser: &Browser) -> String {
        let mut tab = self.tab(browser).await;
        for n in [0, 1] {
            let add = json!({"add": {"track": self.track(n).await}});
            browser.post("/api/nests/main/commands", add).await.expect(200);
        }
        tab.event_that(|change| change.get("started").is_some()).await;
        let queue = browser.get("/queue/").await.json();
        queue["songs"][0]["id"].as_str().expect("a song waits").to_owned()
    }

    /// Everything that a request could have changed in the Main Nest.
    pub async fn everything(&self) -> Snapshot {
        self.state
            .engine
            .snapshot(&NestId::main())
            .await
            .expect("the Main Nest")
            .as_ref()
            .clone()
    }

    /// Tells the program to stop, as a signal would.
    pub fn ask_to_stop(&self) {
        self.stop.cancel();
    }

    /// Waits until no request is under way and no socket open.
    pub async fn closed(&mut self) {
        let serving = self.serving.take().expect("it was open");
        tokio::time::timeout(PATIENCE, serving)
            .await
            .expect("in time")
            .expect("without a panic");
        self.state.house.places.emptied().await;
    }

    /// Takes the store away.
    pub async fn lose_redis(&mut self) {
        self.engine_stop.cancel();
        let running = self.engine_running.take().expect("it ran");
        tokio::time::timeout(PATIENCE, running)
            .await
            .expect("in time")
            .expect("without a panic");
    }
}

/// What the store says while it is away.
pub const AWAY: (u16, ErrorCode) = (503, ErrorCode::StoreUnavailable);

impl Drop for House {
    fn drop(&mut self) {
        self.stop.cancel();
        self.engine_stop.cancel();
    }
}

/// A vote as a command.
pub fn vote(song: &str, vote: &str) -> Value {
    json!({"vote": {"song": song, "vote": vote}})
}
