//! `nests import-plays`: play logs of an older installation, read into the Main Nest's plays.
//!
//! One thread reads and understands lines, the caller writes them: a batch is one pipeline, and only a few batches are on
//! their way at a time, so a log of any length takes the same memory. A play that is there already is passed over by the
//! store itself, so an import that broke off is simply run again.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use nests::nest::{MemberId, NestId};
use tokio::sync::mpsc;

use super::log_line::{self, Broken, Line};
use crate::address::AddressKey;
use crate::calendar::HouseZone;
use crate::engine::StartError;
use crate::settings::EngineSettings;
use crate::store::errand::ErrandStore;
use crate::store::{Key, Store};

/// The longest line that is read.
pub const MAX_LINE_BYTES: usize = 64 * 1024;
/// Broken lines that are named; the others are only counted.
pub const MAX_BROKEN_NAMED: usize = 20;
/// Lines whose plays are written with one pipeline.
const BATCH: usize = 2_000;
/// Batches between the reader and the writer.
const ON_THEIR_WAY: usize = 4;

/// What became of the lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    pub lines: u64,
    /// Plays that are new.
    pub added: u64,
    /// Plays that were there already.
    pub known: u64,
    /// What Bender had picked.
    pub benders: u64,
    /// Episodes of podcasts, and tracks of sources that this version doesn't know.
    pub elsewhere: u64,
    pub broken: u64,
    /// The first [`MAX_BROKEN_NAMED`] of them.
    pub named: Vec<BrokenLine>,
    pub bytes: u64,
}

/// Where a line is broken, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokenLine {
    pub file: PathBuf,
    /// Counted from 1.
    pub line: u64,
    pub why: Broken,
}

/// Why an import ended early. What was written stays; the next run goes on.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("{} can't be read: {error}", file.display())]
    File { file: PathBuf, error: io::Error },
    #[error(transparent)]
    Start(#[from] StartError),
    #[error("Redis does not answer: {0}")]
    Store(#[from] redis::RedisError),
}

/// Reads `files` into the Main Nest's plays. `on_progress` hears after every batch what was done so far, and how many
/// bytes there are in all.
///
/// # Errors
/// A file that can't be opened (before anything is written) or read, or a store that can't be reached.
pub async fn import_plays(
    settings: &EngineSettings,
    files: &[PathBuf],
    mut on_progress: impl FnMut(&Summary, u64),
) -> Result<Summary, ImportError> {
    let total = bytes_in(files)?;
    let errand = ErrandStore::open(settings).await?;
    let (sender, batches) = mpsc::channel(ON_THEIR_WAY);
    let reader = Reader {
        key: settings.address_key.clone(),
        zone: settings.zone.clone(),
        batches: sender,
        batch: Batch::default(),
    };
    let files = files.to_vec();
    let reading = tokio::task::spawn_blocking(move || reader.read_all(&files));
    let written = write_all(&errand.store, batches, |summary| on_progress(summary, total)).await;
    let read = reading.await;
    errand.close().await;
    let summary = written?;
    match read {
        Ok(read) => read?,
        Err(error) => {
            let error = io::Error::other(error);
            return Err(unreadable(Path::new("the logs"), error));
        }
    }
    Ok(summary)
}

/// How much there is to read, if all of it can be.
///
/// # Errors
/// The first file that can't be opened.
pub fn bytes_in(files: &[PathBuf]) -> Result<u64, ImportError> {
    let length = |file: &PathBuf| {
        let opened = File::open(file).and_then(|opened| opened.metadata());
        opened
            .map(|about| about.len())
            .map_err(|error| unreadable(file, error))
    };
    files.iter().map(length).sum()
}

fn unreadable(file: &Path, error: io::Error) -> ImportError {
    let file = file.to_owned();
    ImportError::File { file, error }
}

/// Some lines, understood.
#[derive(Default)]
struct Batch {
    /// By the day's name.
    plays: BTreeMap<&'static str, Vec<String>>,
    people: HashMap<MemberId, String>,
    /// All but what only the store can tell.
    seen: Summary,
}

struct Reader {
    key: AddressKey,
    zone: HouseZone,
    batches: mpsc::Sender<Batch>,
    batch: Batch,
}

/// The writer is gone: there is nobody to read for.
struct NobodyWrites;

impl Reader {
    fn read_all(mut self, files: &[PathBuf]) -> Result<(), ImportError> {
        for file in files {
            let opened = File::open(file).map_err(|error| unreadable(file, error))?;
            let read = self.read_file(file, BufReader::new(opened));
            if read.map_err(|error| unreadable(file, error))?.is_err() {
                return Ok(());
            }
        }
        // Whether somebody takes the last batch or not, this was all.
        self.send().unwrap_or(());
        Ok(())
    }

    fn read_file(&mut self, file: &Path, mut log: impl BufRead) -> io::Result<Result<(), NobodyWrites>> {
        let mut line = Vec::new();
        for number in 1.. {
            line.clear();
            let read = (&mut log)
                .take(MAX_LINE_BYTES as u64)
                .read_until(b'\n', &mut line)?;
            if read == 0 {
                break;
            }
            self.batch.seen.bytes += read as u64;
            let is_whole = line.ends_with(b"\n") || read < MAX_LINE_BYTES;
            if !is_whole {
                self.batch.seen.bytes += skip_line(&mut log)?;
            }
            self.take(file, number, is_whole.then_some(line.trim_ascii()));
            if self.batch.seen.lines as usize >= BATCH && self.send().is_err() {
                return Ok(Err(NobodyWrites));
            }
        }
        Ok(Ok(()))
    }

    /// `None`: a line that is too long.
    fn take(&mut self, file: &Path, number: u64, line: Option<&[u8]>) {
        if line.is_some_and(<[u8]>::is_empty) {
            return;
        }
        let read = line.map_or(Err(Broken::TooLong), |line| {
            log_line::read(line, &self.key, self.zone.zone())
        });
        let seen = &mut self.batch.seen;
        seen.lines += 1;
        match read {
            Ok(Line::Play(play, person)) => {
                self.batch
                    .plays
                    .entry(play.day())
                    .or_default()
                    .push(play.to_text());
                self.batch.people.insert(person.id, person.name);
            }
            Ok(Line::Benders) => seen.benders += 1,
            Ok(Line::Elsewhere) => seen.elsewhere += 1,
            Err(why) => {
                seen.broken += 1;
                if seen.named.len() < MAX_BROKEN_NAMED {
                    let (file, line) = (file.to_owned(), number);
                    seen.named.push(BrokenLine { file, line, why });
                }
            }
        }
    }

    fn send(&mut self) -> Result<(), NobodyWrites> {
        let batch = std::mem::take(&mut self.batch);
        self.batches.blocking_send(batch).map_err(|_| NobodyWrites)
    }
}

/// Reads on to the end of the line, keeping nothing. Answers how many bytes that were.
fn skip_line(log: &mut impl BufRead) -> io::Result<u64> {
    let mut skipped = 0;
    loop {
        let buffer = log.fill_buf()?;
        let end = buffer.iter().position(|byte| *byte == b'\n');
        let length = end.map_or(buffer.len(), |end| end + 1);
        log.consume(length);
        skipped += length as u64;
        if end.is_some() || length == 0 {
            return Ok(skipped);
        }
    }
}

async fn write_all(
    store: &Store,
    mut batches: mpsc::Receiver<Batch>,
    mut on_progress: impl FnMut(&Summary),
) -> Result<Summary, redis::RedisError> {
    let mut summary = Summary::default();
    while let Some(batch) = batches.recv().await {
        let plays: u64 = batch.plays.values().map(|plays| plays.len() as u64).sum();
        let added = write(store, &batch).await?;
        summary.add(batch.seen);
        summary.added += added;
        summary.known += plays - added;
        on_progress(&summary);
    }
    Ok(summary)
}

/// Answers how many plays were new.
async fn write(store: &Store, batch: &Batch) -> redis::RedisResult<u64> {
    if batch.plays.is_empty() {
        return Ok(0);
    }
    let main = NestId::main();
    let mut writes = redis::pipe();
    // Names first: a play without its person's name is never drawn. Whoever has a name here is called by it.
    for (id, known_as) in &batch.people {
        writes.cmd("HSETNX").arg(Key::PlaysPeople(&main).name());
        writes.arg(id.as_str()).arg(known_as).ignore();
    }
    for (day, plays) in &batch.plays {
        writes.cmd("SADD").arg(Key::Plays(&main, day).name()).arg(plays);
    }
    let added: Vec<u64> = store.run_all(&writes).await?;
    Ok(added.iter().sum())
}

impl Summary {
    fn add(&mut self, seen: Self) {
        self.lines += seen.lines;
        self.benders += seen.benders;
        self.elsewhere += seen.elsewhere;
        self.broken += seen.broken;
        self.bytes += seen.bytes;
        let room = MAX_BROKEN_NAMED - self.named.len();
        self.named.extend(seen.named.into_iter().take(room));
    }
}
