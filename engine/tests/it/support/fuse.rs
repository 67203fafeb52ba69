//! A line to Redis that burns through: what a process sees of Redis when it crashes, seen from Redis.
//!
//! Passes commands on one by one (RESP, <https://redis.io/docs/latest/develop/reference/protocol-spec/>) and can be told to
//! end after so many of them, with the last one's answer or without it; or to hold them back, by number or by what they say.
//! It can also swap a script for another one, and let a line fall silent that stays open at both ends.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::PATIENCE;

const CHUNK: usize = 16 * 1024;
const NEVER: i64 = i64::MAX;
const SUBSCRIBE: &[u8] = b"SUBSCRIBE";

/// A script's hash, and the one that is called in its place.
pub type Swap = (String, String);

pub struct Fuse {
    pub socket: PathBuf,
    state: Arc<State>,
}

struct State {
    redis: PathBuf,
    /// Commands that still pass.
    left: AtomicI64,
    /// Whether the last one's answer still comes through.
    last_is_answered: AtomicBool,
    burnt: CancellationToken,
    swap: Option<Swap>,
    lines: Mutex<Vec<Arc<Line>>>,
    /// One permit for each command that may pass now.
    gate: Semaphore,
    /// What a command has to contain for the gate to close before it.
    hold_at: Mutex<Option<String>>,
    /// The command before which it closed.
    held: watch::Sender<Option<String>>,
}

/// One connection.
#[derive(Default)]
struct Line {
    has_subscriptions: AtomicBool,
    /// Nothing passes any more, and neither end is told.
    silent: CancellationToken,
}

impl Fuse {
    pub fn lay(redis: &Path, socket: PathBuf, swap: Option<Swap>) -> Self {
        let listener = UnixListener::bind(&socket).expect("a socket in the test's folder");
        let state = Arc::new(State {
            redis: redis.to_owned(),
            left: AtomicI64::new(NEVER),
            last_is_answered: AtomicBool::new(true),
            burnt: CancellationToken::new(),
            swap,
            lines: Mutex::default(),
            gate: Semaphore::new(Semaphore::MAX_PERMITS),
            hold_at: Mutex::default(),
            held: watch::Sender::new(None),
        });
        tokio::spawn(listen(listener, state.clone()));
        Self { socket, state }
    }

    /// Burns through after so many more commands.
    pub fn light(&self, commands: i64, last_is_answered: bool) {
        self.state
            .last_is_answered
            .store(last_is_answered, Ordering::SeqCst);
        self.state.left.store(commands, Ordering::SeqCst);
        if commands == 0 {
            self.state.burnt.cancel();
        }
    }

    /// Lets so many more commands pass; the next ones wait.
    pub fn hold_after(&self, commands: usize) {
        self.state.gate.forget_permits(Semaphore::MAX_PERMITS);
        self.state.gate.add_permits(commands);
    }

    /// Lets commands pass until one contains these words: that one waits, and those behind it. Answers it.
    pub async fn hold_at(&self, words: &str) -> String {
        let mut held = self.state.held.subscribe();
        held.mark_unchanged();
        *self.state.hold_at.lock().expect("no panic under it") = Some(words.to_owned());
        timeout(PATIENCE, held.changed())
            .await
            .expect("such a command comes")
            .expect("the fuse lives");
        held.borrow().clone().expect("a command")
    }

    /// Waits until they wait, or until whoever sends them needs no more.
    pub async fn until_it_holds<T>(&self, sender: &JoinHandle<T>) {
        let stands_still = async {
            while self.state.gate.available_permits() > 0 && !sender.is_finished() {
                tokio::task::yield_now().await;
            }
        };
        timeout(PATIENCE, stands_still).await.expect("it comes to that");
    }

    pub fn let_pass(&self) {
        self.state.gate.add_permits(Semaphore::MAX_PERMITS / 2);
    }

    /// The line by which news come falls silent, as if it was dropped on the way. Another one may be made.
    pub fn silence_news(&self) {
        let lines = self.state.lines.lock().expect("no panic under it");
        for line in lines
            .iter()
            .filter(|line| line.has_subscriptions.load(Ordering::SeqCst))
        {
            line.silent.cancel();
        }
    }

    /// The process behind it is dead, from now on.
    pub fn cut(&self) {
        self.state.burnt.cancel();
    }
}

impl State {
    fn close_before(&self, command: &[u8]) {
        let mut hold_at = self.hold_at.lock().expect("no panic under it");
        let command = String::from_utf8_lossy(command);
        if hold_at.as_ref().is_some_and(|words| command.contains(words)) {
            *hold_at = None;
            self.gate.forget_permits(Semaphore::MAX_PERMITS);
            self.held.send_replace(Some(command.into_owned()));
        }
    }
}

async fn listen(listener: UnixListener, state: Arc<State>) {
    loop {
        let came = tokio::select! {
            () = state.burnt.cancelled() => return, // and the socket is closed
            came = listener.accept() => came,
        };
        let (near, _) = came.expect("a connection");
        let far = UnixStream::connect(&state.redis).await.expect("Redis answers");
        let ((from_near, to_near), (from_far, to_far)) = (near.into_split(), far.into_split());
        let line = Arc::new(Line::default());
        state.lines.lock().expect("no panic under it").push(line.clone());
        tokio::spawn(pass_commands(from_near, to_far, state.clone(), line.clone()));
        tokio::spawn(pass_answers(from_far, to_near, state.clone(), line));
    }
}

async fn pass_commands(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, state: Arc<State>, line: Arc<Line>) {
    let mut waiting = Vec::new();
    loop {
        let mut chunk = vec![0; CHUNK];
        let count = tokio::select! {
            () = state.burnt.cancelled() => return,
            () = line.silent.cancelled() => return state.burnt.cancelled().await,
            read = from.read(&mut chunk) => read.unwrap_or(0),
        };
        if count == 0 {
            return;
        }
        waiting.extend_from_slice(&chunk[..count]);
        while let Some(length) = command_length(&waiting) {
            let mut command: Vec<u8> = waiting.drain(..length).collect();
            if let Some((script, other)) = &state.swap {
                swap(&mut command, script, other);
            }
            if command.windows(SUBSCRIBE.len()).any(|part| part == SUBSCRIBE) {
                line.has_subscriptions.store(true, Ordering::SeqCst);
            }
            state.close_before(&command);
            state.gate.acquire().await.expect("never closed").forget();
            let left = state.left.fetch_sub(1, Ordering::SeqCst);
            let is_last = left == 1;
            if left <= 0 || (is_last && !state.last_is_answered.load(Ordering::SeqCst)) {
                if is_last && to.write_all(&command).await.is_err() {
                    return;
                }
                state.burnt.cancel();
                return;
            }
            if to.write_all(&command).await.is_err() {
                return;
            }
        }
    }
}

async fn pass_answers(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, state: Arc<State>, line: Arc<Line>) {
    let mut chunk = vec![0; CHUNK];
    loop {
        let count = tokio::select! {
            () = state.burnt.cancelled() => return,
            () = line.silent.cancelled() => return state.burnt.cancelled().await,
            read = from.read(&mut chunk) => read.unwrap_or(0),
        };
        if count == 0 || to.write_all(&chunk[..count]).await.is_err() {
            return;
        }
        if state.left.load(Ordering::SeqCst) <= 0 {
            state.burnt.cancel();
            return;
        }
    }
}

/// How long the first command is: an array of bulk strings, as every client sends them. `None`: not all there yet.
fn command_length(bytes: &[u8]) -> Option<usize> {
    let (count, mut at) = number_line(bytes, 0, b'*')?;
    for _ in 0..count {
        let (length, start) = number_line(bytes, at, b'$')?;
        at = start + length + 2;
    }
    (at <= bytes.len()).then_some(at)
}

fn number_line(bytes: &[u8], at: usize, kind: u8) -> Option<(usize, usize)> {
    let rest = bytes.get(at..)?;
    let end = rest.windows(2).position(|pair| pair == b"\r\n")?;
    assert_eq!(rest.first(), Some(&kind), "the client speaks RESP");
    let number = std::str::from_utf8(&rest[1..end]).expect("digits");
    Some((number.parse().expect("a number"), at + end + 2))
}

fn swap(command: &mut [u8], script: &str, other: &str) {
    assert_eq!(script.len(), other.len(), "both are SHA-1 in hex");
    let found = command
        .windows(script.len())
        .position(|part| part == script.as_bytes());
    if let Some(at) = found {
        command[at..at + other.len()].copy_from_slice(other.as_bytes());
    }
}
