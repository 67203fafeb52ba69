//! What a test run leaves behind, to be searched for secrets in the end (scripts/no-secrets.sh): what programs said, what
//! stores wrote down, and the secrets that only this run had. Only where the environment names a folder for it, as `make test`
//! does.
//!
//! Knows nothing of who speaks and what about. end2end/house/evidence.ts is the same for the browser tests.

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// The variable that names the folder.
const FOLDER: &str = "TEST_LOGS";
/// The file of the run's own secrets in it, one a line.
const SECRETS: &str = "secrets";
/// What Redis calls the folder of its append-only file: there stands every command that ever changed anything, in clear text
/// (unless it was rewritten, which the search notices).
const APPEND_ONLY: &str = "appendonlydir";

/// Files of this process so far: each has a name of its own.
static FILES: AtomicU64 = AtomicU64::new(0);

fn folder() -> Option<PathBuf> {
    std::env::var_os(FOLDER).map(PathBuf::from)
}

/// Whether anybody collects.
pub fn is_wanted() -> bool {
    folder().is_some()
}

/// An empty file for what somebody says; `None` where nobody collects.
///
/// # Errors
/// The folder can't be written.
pub fn new_log(whose: &str) -> io::Result<Option<(PathBuf, File)>> {
    let Some(folder) = folder() else {
        return Ok(None);
    };
    let path = new_path(&folder.join(whose), "words.log")?;
    let file = File::create(&path)?;
    Ok(Some((path, file)))
}

/// Remembers a secret that can't be told by its looks.
///
/// # Errors
/// The folder can't be written.
pub fn secret(text: &str) -> io::Result<()> {
    let Some(folder) = folder() else {
        return Ok(());
    };
    fs::create_dir_all(&folder)?;
    let mut all = OpenOptions::new()
        .create(true)
        .append(true)
        .open(folder.join(SECRETS))?;
    // In one piece: others write there as well.
    all.write_all(format!("{text}\n").as_bytes())
}

/// The stores somewhere below a folder. What they wrote down is kept when this is dropped, so drop it before the folder.
pub struct Stores {
    whose: &'static str,
    below: PathBuf,
}

impl Stores {
    pub fn below(folder: &Path, whose: &'static str) -> Self {
        Self {
            whose,
            below: folder.to_owned(),
        }
    }
}

impl Drop for Stores {
    fn drop(&mut self) {
        let Some(folder) = folder() else {
            return;
        };
        if let Err(error) = keep(&self.below, &folder.join(self.whose)) {
            // The search counts what there is, so that one too few does not go unnoticed.
            eprintln!("what a store wrote down is not kept: {error}");
        }
    }
}

fn keep(below: &Path, folder: &Path) -> io::Result<()> {
    let is_a_store = below.file_name() == Some(OsStr::new(APPEND_ONLY));
    for entry in fs::read_dir(below)? {
        let path = entry?.path();
        if path.is_dir() {
            keep(&path, folder)?;
        } else if is_a_store {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            fs::copy(&path, new_path(folder, &name)?)?;
        }
    }
    Ok(())
}

fn new_path(folder: &Path, name: &str) -> io::Result<PathBuf> {
    fs::create_dir_all(folder)?;
    let count = FILES.fetch_add(1, Ordering::Relaxed);
    Ok(folder.join(format!("{}-{count}-{name}", std::process::id())))
}
