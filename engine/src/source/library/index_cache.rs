//! The index on disk: what was read from each file, so that a restart reads only what has changed.
//!
//! Owns the file format: a heading line, then one JSON line per file. A file of another version, for another folder or
//! with a damaged line is as good as none, since the music itself is the truth.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::atomic_file;
use super::folder::Stamp;
use super::reading::Reading;

/// Raised whenever what is read from a file, or how it is written here, changes.
const FORMAT: u32 = 1;
/// The longest line that makes sense: every tag at its limit, escaped.
const MAX_LINE_BYTES: usize = 64 * 1024;

#[derive(Serialize, Deserialize, PartialEq)]
struct Heading {
    format: u32,
    /// The music folder this is about.
    folder: String,
}

/// One file as it was when last read.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Kept {
    /// Relative to the music folder.
    pub path: Arc<Path>,
    pub stamp: Stamp,
    pub beside: Option<Stamp>,
    /// The track's number; 0 for broken files.
    pub id: u64,
    /// What was read, or why it could not be.
    pub outcome: Result<Arc<Reading>, Arc<str>>,
}

#[derive(Clone, Debug)]
pub(super) struct IndexCache {
    path: PathBuf,
    folder: String,
}

impl IndexCache {
    pub fn new(data_dir: &Path, folder: &Path) -> Self {
        Self {
            path: data_dir.join("library-index.jsonl"),
            folder: folder.display().to_string(),
        }
    }

    /// What the last run kept; nothing where there is no such file or it is not about this folder.
    pub fn load(&self) -> Vec<Kept> {
        match self.try_load() {
            Ok(kept) => kept,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => {
                tracing::warn!(%error, "the library's index cannot be used; all files will be read again");
                Vec::new()
            }
        }
    }

    fn try_load(&self) -> io::Result<Vec<Kept>> {
        let mut reader = BufReader::new(File::open(&self.path)?);
        let mut line = Vec::new();
        let heading: Option<Heading> = next_line(&mut reader, &mut line)?;
        if heading.as_ref() != Some(&self.heading()) {
            return Ok(Vec::new());
        }
        let mut kept = Vec::new();
        while let Some(file) = next_line(&mut reader, &mut line)? {
            kept.push(file);
        }
        Ok(kept)
    }

    pub fn save(&self, kept: &[Kept]) -> io::Result<()> {
        atomic_file::write(&self.path, |out| {
            serde_json::to_writer(&mut *out, &self.heading())?;
            for file in kept {
                out.write_all(b"\n")?;
                serde_json::to_writer(&mut *out, file)?;
            }
            Ok(())
        })
    }

    fn heading(&self) -> Heading {
        Heading {
            format: FORMAT,
            folder: self.folder.clone(),
        }
    }
}

fn next_line<T: serde::de::DeserializeOwned>(
    reader: &mut BufReader<File>,
    line: &mut Vec<u8>,
) -> io::Result<Option<T>> {
    line.clear();
    let length = io::Read::take(&mut *reader, MAX_LINE_BYTES as u64).read_until(b'\n', line)?;
    if length == 0 {
        Ok(None)
    } else {
        Ok(Some(serde_json::from_slice(line)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(path: &str) -> Kept {
        Kept {
            path: Path::new(path).into(),
            stamp: Stamp {
                len: 1,
                modified_ns: u64::MAX,
            },
            beside: None,
            id: u64::MAX,
            outcome: Err("no good".into()),
        }
    }

    #[test]
    fn what_was_kept_comes_back_for_the_same_folder_only() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let cache = IndexCache::new(dir.path(), Path::new("/music"));
        assert!(cache.load().is_empty());
        cache.save(&[kept("a.ogg"), kept("b\n\"ü.ogg")]).expect("written");
        let paths: Vec<Arc<Path>> = cache.load().into_iter().map(|file| file.path).collect();
        assert_eq!(paths, [Path::new("a.ogg").into(), Path::new("b\n\"ü.ogg").into()]);
        assert!(IndexCache::new(dir.path(), Path::new("/other")).load().is_empty());
    }

    #[test]
    fn a_damaged_index_is_as_good_as_none() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let cache = IndexCache::new(dir.path(), Path::new("/music"));
        cache.save(&[kept("a.ogg"), kept("b.ogg")]).expect("written");
        let whole = std::fs::read(&cache.path).expect("it is there");
        for content in [
            &whole[..whole.len() - 5],
            b"",
            b"\xff\xfe",
            b"{}\n",
            b"{\"format\":0,\"folder\":\"/music\"}\n",
        ] {
            std::fs::write(&cache.path, content).expect("written");
            assert!(cache.load().is_empty());
        }
    }
}
