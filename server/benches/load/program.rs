//! The release program as a child process, with a data folder and music of its own.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

use crate::music::Covers;
use crate::process::Process;
use crate::redis_stats::RedisStats;
use crate::{Outcome, music};

/// The first start of a Redis included.
const START_TIME: Duration = Duration::from_secs(60);
/// Longer than the program gives itself.
const STOP_TIME: Duration = Duration::from_secs(40);
/// What the program says of itself before it gives up is a few lines.
const LAST_WORDS: usize = 2_000;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

pub struct Program {
    child: Child,
    /// Kept open: the program would stumble over a closed one.
    _stdout: BufReader<ChildStdout>,
    folder: TempDir,
    pub addr: SocketAddr,
    pub server: Process,
}

impl Program {
    /// Starts it on a free port. Nobody tops the queue up, so that nothing happens that the measurement did not ask for.
    pub async fn start(covers: Covers, settings: &[(&str, &str)]) -> Outcome<Self> {
        let folder = tempfile::Builder::new().prefix("nests-bench-").tempdir()?;
        music::fill(&folder.path().join("music"), covers)?;
        let log = std::fs::File::create(folder.path().join("log"))?;
        let bin = program();
        let mut command = Command::new(&bin);
        command
            .current_dir(folder.path())
            .env_clear()
            .envs(
                ["PATH", "MALLOC_CONF", "MALLOC_ARENA_MAX"]
                    .iter()
                    .filter_map(|name| Some((name, std::env::var_os(name)?))),
            )
            .env("LEPTOS_SITE_ROOT", site())
            .env("NESTS_ADDR", "127.0.0.1:0")
            .env("DATA_DIR", folder.path().join("data"))
            .env("MUSIC_DIR", folder.path().join("music"))
            .env("USE_BENDER", "false")
            .env("RUST_LOG", "warn")
            .envs(settings.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .kill_on_drop(true);
        let mut child = command
            .spawn()
            .map_err(|error| format!("{}: {error}", bin.display()))?;
        let pid = child.id().ok_or("the program ended at once")?;
        let mut stdout = BufReader::new(child.stdout.take().ok_or("the program has no output")?);
        let mut line = String::new();
        timeout(START_TIME, stdout.read_line(&mut line))
            .await
            .map_err(|_| "the program did not start in time")??;
        let Some(addr) = line.trim().strip_prefix("EchoNest is open: http://") else {
            return Err(format!("the program did not start: {}", last_words(folder.path())).into());
        };
        Ok(Self {
            addr: addr.parse()?,
            child,
            _stdout: stdout,
            folder,
            server: Process(pid),
        })
    }

    pub fn redis(&self) -> Outcome<RedisStats> {
        RedisStats::open(&self.folder.path().join("data/redis/redis.sock"))
    }

    /// Asks it to stop, like a service manager, and waits until it has.
    pub async fn stop(mut self) -> Outcome<()> {
        let pid = i32::try_from(self.server.0)
            .ok()
            .and_then(rustix::process::Pid::from_raw);
        rustix::process::kill_process(
            pid.ok_or("a process without a number")?,
            rustix::process::Signal::TERM,
        )?;
        let status = timeout(STOP_TIME, self.child.wait())
            .await
            .map_err(|_| "the program did not stop in time")??;
        let said = last_words(self.folder.path());
        if !said.is_empty() {
            eprintln!("the program said:\n{said}");
        }
        if status.success() {
            Ok(())
        } else {
            Err(format!("the program ended with {status}").into())
        }
    }
}

fn program() -> PathBuf {
    std::env::var_os("NESTS_BIN").map_or_else(|| Path::new(ROOT).join("target/release/nests"), PathBuf::from)
}

fn site() -> PathBuf {
    std::env::var_os("LEPTOS_SITE_ROOT").map_or_else(|| Path::new(ROOT).join("target/site"), PathBuf::from)
}

fn last_words(folder: &Path) -> String {
    let log = std::fs::read_to_string(folder.join("log")).unwrap_or_default();
    let from = log
        .char_indices()
        .rev()
        .nth(LAST_WORDS)
        .map_or(0, |(place, _)| place);
    log[from..].to_owned()
}
