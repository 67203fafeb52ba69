//! A server process that can die.

use engine::{Engine, EngineSettings, RedisUrl, RedisWhere};
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::fuse::{Fuse, Swap};
use super::{House, settings};

/// One server process, and its line to Redis.
pub struct Process {
    pub engine: Engine,
    pub fuse: Fuse,
    running: JoinHandle<()>,
    _folder: TempDir,
}

impl Process {
    pub async fn start(house: &House, swap: Option<Swap>, change: impl FnOnce(&mut EngineSettings)) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let fuse = Fuse::lay(&house.redis_socket(), folder.path().join("line.sock"), swap);
        let mut settings = EngineSettings {
            music_dir: Some(house.folder.path().join("music")),
            redis: RedisWhere::Url(RedisUrl::new(format!("unix://{}", fuse.socket.display()))),
            ..settings(folder.path())
        };
        change(&mut settings);
        let started = Engine::start_with_clock(settings, CancellationToken::new(), house.clock.clone()).await;
        let engine = started.expect("the engine starts");
        let running = tokio::spawn({
            let engine = engine.clone();
            async move { engine.run().await }
        });
        Self {
            engine,
            fuse,
            running,
            _folder: folder,
        }
    }

    /// As if its machine had lost its power: nothing of it reaches Redis any more.
    pub fn crash(self) {
        self.fuse.cut();
        self.running.abort();
    }
}
