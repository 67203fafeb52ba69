//! One program per data folder: two would run two Redis servers over one append-only file.

use std::fs::{File, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::Path;

/// Held as long as the program runs; the kernel lets go of it however the program ends.
#[derive(Debug)]
pub struct DataDirLock(
    #[expect(dead_code, reason = "held, not read: closing the file is what unlocks it")] File,
);

#[derive(Debug, thiserror::Error)]
pub enum LockError {
    #[error(
        "another copy of this program (process {0}) is running on the same data folder. Stop it, or set DATA_DIR to another folder"
    )]
    Taken(String),
    #[error(
        "the data folder can't be written: {0}. Check DATA_DIR, its permissions and the space on the disk"
    )]
    Unwritable(#[from] io::Error),
}

const LOCK_FILE: &str = "nests.lock";

pub fn lock(data_dir: &Path) -> Result<DataDirLock, LockError> {
    std::fs::create_dir_all(data_dir)?;
    let mut file = File::options()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(data_dir.join(LOCK_FILE))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            file.read_to_string(&mut holder)?;
            return Err(LockError::Taken(holder.trim().to_owned()));
        }
        Err(TryLockError::Error(error)) => return Err(error.into()),
    }
    file.set_len(0)?;
    file.rewind()?;
    writeln!(file, "{}", std::process::id())?;
    file.sync_all()?;
    Ok(DataDirLock(file))
}
