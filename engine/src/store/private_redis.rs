//! Our own `redis-server`: started when nobody names one, kept alive, stopped on exit, never orphaned.
//!
//! It listens on a unix socket only, appends every write to a file and syncs it before it answers
//! (docs/decisions/0003-durability.md), and refuses writes rather than dropping data when memory is short.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::process::{Child, Command};
use tokio_util::sync::CancellationToken;

/// A unix socket's address has at most 107 bytes on Linux.
const MAX_SOCKET_PATH: usize = 100;
/// How long a start may take: with a large append-only file Redis reads for a while before it answers.
const START_TIMEOUT: Duration = Duration::from_secs(60);
const START_POLL: Duration = Duration::from_millis(10);
/// How long a server that is being stopped may take to write its file.
const STOP_TIMEOUT: Duration = Duration::from_secs(10);
/// The pause before a server that died is started again; it doubles up to the longest.
const FIRST_RESTART_DELAY: Duration = Duration::from_millis(100);
const LONGEST_RESTART_DELAY: Duration = Duration::from_secs(10);

#[derive(Debug, thiserror::Error)]
pub enum PrivateRedisError {
    #[error(
        "the program redis-server is missing. Install it (Debian, Ubuntu: apt install redis-server; macOS: brew install redis), or set REDIS_URL to a Redis of yours"
    )]
    Missing,
    #[error("redis-server could not be started: {0}")]
    Start(#[source] io::Error),
    #[error("redis-server ended right after its start ({status}). Its last words: {last_words}")]
    Ended { status: String, last_words: String },
    #[error("redis-server did not answer within {} seconds. Its log: {log}", START_TIMEOUT.as_secs())]
    Silent { log: String },
    #[error(
        "the folder for the store can't be written: {0}. Check DATA_DIR, its permissions and the space on the disk"
    )]
    Unwritable(#[source] io::Error),
}

/// Where the private server keeps its things.
#[derive(Clone, Debug)]
struct Places {
    folder: PathBuf,
    socket: PathBuf,
    log: PathBuf,
}

impl Places {
    fn within(data_dir: &Path) -> io::Result<Self> {
        let folder = std::path::absolute(data_dir)?.join("redis");
        std::fs::create_dir_all(&folder)?;
        let mut socket = folder.join("redis.sock");
        if socket.as_os_str().len() > MAX_SOCKET_PATH {
            // Too deep for a socket's address: a short place of its own, named after the long one.
            let name = crate::digest::hex(folder.as_os_str().as_encoded_bytes());
            let short = std::env::temp_dir().join(format!("nests-{}", &name[..16]));
            std::fs::create_dir_all(&short)?;
            socket = short.join("redis.sock");
        }
        Ok(Self {
            log: folder.join("redis.log"),
            folder,
            socket,
        })
    }

    fn url(&self) -> String {
        format!("unix://{}", self.socket.display())
    }
}

/// Where the private server of a data folder listens, if it runs.
pub fn url_of(data_dir: &Path) -> Result<String, PrivateRedisError> {
    let places = Places::within(data_dir).map_err(PrivateRedisError::Unwritable)?;
    Ok(places.url())
}

/// A running private server and the task that keeps it running.
#[derive(Debug)]
pub struct PrivateRedis {
    pub url: String,
    keeper: tokio::task::JoinHandle<()>,
    stop: CancellationToken,
}

impl PrivateRedis {
    pub async fn start(data_dir: &Path) -> Result<Self, PrivateRedisError> {
        let places = Places::within(data_dir).map_err(PrivateRedisError::Unwritable)?;
        let child = launch(&places).await?;
        let stop = CancellationToken::new();
        let url = places.url();
        let keeper = tokio::spawn(keep(child, places, stop.clone()));
        Ok(Self { url, keeper, stop })
    }

    /// Lets the server write its file and end.
    pub async fn stop(self) {
        self.stop.cancel();
        if let Err(error) = self.keeper.await {
            tracing::error!(%error, "the task that keeps redis-server broke");
        }
    }
}

/// Restarts the server whenever it dies, until told to stop.
async fn keep(mut child: Child, places: Places, stop: CancellationToken) {
    let mut delay = FIRST_RESTART_DELAY;
    loop {
        tokio::select! {
            () = stop.cancelled() => return end(child).await,
            status = child.wait() => {
                let status = status.map_or_else(|error| error.to_string(), |status| status.to_string());
                let last_words = last_words(&places.log).await;
                tracing::error!(redis.status = status, last_words, "redis-server died; starting it again");
            }
        }
        child = loop {
            match launch(&places).await {
                Ok(child) => {
                    tracing::info!("redis-server is back");
                    delay = FIRST_RESTART_DELAY;
                    break child;
                }
                Err(error) => {
                    tracing::error!(%error, "redis-server can't be started again yet");
                    tokio::select! {
                        () = stop.cancelled() => return,
                        () = tokio::time::sleep(delay) => delay = (delay * 2).min(LONGEST_RESTART_DELAY),
                    }
                }
            }
        };
    }
}

async fn end(mut child: Child) {
    if let Some(pid) = child
        .id()
        .and_then(|id| rustix::process::Pid::from_raw(id as i32))
        && let Err(error) = rustix::process::kill_process(pid, rustix::process::Signal::TERM)
    {
        tracing::warn!(%error, "redis-server could not be asked to stop");
    }
    if tokio::time::timeout(STOP_TIMEOUT, child.wait()).await.is_err() {
        tracing::warn!(
            "redis-server did not stop in time; ending it (its file is complete up to the last answer)"
        );
        if let Err(error) = child.kill().await {
            tracing::error!(%error, "redis-server could not be ended");
        }
    }
}

async fn launch(places: &Places) -> Result<Child, PrivateRedisError> {
    wait_for_a_dying_one(places).await;
    let mut command = Command::new("redis-server");
    command
        .args([
            "--port",
            "0",
            "--daemonize",
            "no",
            "--save",
            "",
            "--appendonly",
            "yes",
            "--appendfsync",
            "always",
        ])
        .args(["--maxmemory-policy", "noeviction", "--unixsocketperm", "700"])
        .arg("--unixsocket")
        .arg(&places.socket)
        .arg("--dir")
        .arg(&places.folder)
        .arg("--logfile")
        .arg(&places.log)
        .current_dir(&places.folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        // Its own process group: a Ctrl-C in the terminal is for us, and we stop it in our own time.
        .process_group(0)
        .kill_on_drop(true);
    let mut child = spawn_bound_to_us(command).await?;
    let deadline = tokio::time::Instant::now() + START_TIMEOUT;
    loop {
        match child.try_wait() {
            Ok(None) => {}
            Ok(Some(status)) => {
                let last_words = last_words(&places.log).await;
                return Err(PrivateRedisError::Ended {
                    status: status.to_string(),
                    last_words,
                });
            }
            Err(error) => return Err(PrivateRedisError::Start(error)),
        }
        if answers(&places.socket).await {
            return Ok(child);
        }
        if tokio::time::Instant::now() > deadline {
            return Err(PrivateRedisError::Silent {
                log: places.log.display().to_string(),
            });
        }
        tokio::time::sleep(START_POLL).await;
    }
}

/// A server whose program was killed is told so by the kernel and ends by itself; two on one file must not overlap.
async fn wait_for_a_dying_one(places: &Places) {
    let deadline = tokio::time::Instant::now() + STOP_TIMEOUT;
    while tokio::time::Instant::now() < deadline {
        if tokio::net::UnixStream::connect(&places.socket).await.is_err() {
            return;
        }
        tokio::time::sleep(START_POLL).await;
    }
    tracing::warn!("an older redis-server still answers on our socket");
}

async fn answers(socket: &Path) -> bool {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let Ok(mut stream) = tokio::net::UnixStream::connect(socket).await else {
        return false;
    };
    let mut answer = [0; 7];
    let asked = stream.write_all(b"PING\r\n").await;
    // While it still reads its file it answers "-LOADING".
    asked.is_ok() && stream.read_exact(&mut answer).await.is_ok() && &answer == b"+PONG\r\n"
}

async fn last_words(log: &Path) -> String {
    let text = tokio::fs::read_to_string(log).await.unwrap_or_default();
    let lines: Vec<&str> = text.lines().rev().take(3).collect();
    lines.into_iter().rev().collect::<Vec<_>>().join(" / ")
}

/// Blocks until the child has ended, and leaves the news of it to whoever owns the child.
fn wait_for_the_end_of(child: rustix::process::Pid) {
    use rustix::process::{WaitId, WaitIdOptions, waitid};
    // Any answer but an interruption means that it has ended: somebody else may have heard of it first.
    let interrupted = || {
        waitid(WaitId::Pid(child), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT).err()
            == Some(rustix::io::Errno::INTR)
    };
    while interrupted() {}
}

/// Starts the child so that the kernel stops it when this program ends, even by `kill -9`. Linux ties that to the thread
/// that starts it, so a thread of its own does, and lives as long as the child.
async fn spawn_bound_to_us(mut command: Command) -> Result<Child, PrivateRedisError> {
    #[cfg(target_os = "linux")]
    {
        let ask_for_signal = || {
            rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::TERM))
                .map_err(io::Error::from)
        };
        #[expect(
            unsafe_code,
            reason = "the closure runs between fork and exec: it makes one system call and allocates nothing"
        )]
        // SAFETY: prctl is async-signal-safe, and nothing else happens in the closure.
        unsafe {
            command.pre_exec(ask_for_signal);
        }
    }
    let runtime = tokio::runtime::Handle::current();
    let (send, receive) = tokio::sync::oneshot::channel();
    let starter = move || {
        let _in_runtime = runtime.enter();
        let child = command.spawn();
        let pid = child
            .as_ref()
            .ok()
            .and_then(|child| rustix::process::Pid::from_raw(child.id()? as i32));
        if let (Ok(()), Some(pid)) = (send.send(child), pid) {
            wait_for_the_end_of(pid);
        }
    };
    std::thread::Builder::new()
        .name("redis-parent".into())
        .spawn(starter)
        .map_err(PrivateRedisError::Start)?;
    let started = receive
        .await
        .map_err(|_| PrivateRedisError::Start(io::ErrorKind::BrokenPipe.into()))?;
    started.map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => PrivateRedisError::Missing,
        _ => PrivateRedisError::Start(error),
    })
}
