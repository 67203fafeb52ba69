//! The house collection: music that the program composes itself, so that a first start has something to play.
//!
//! Owns the folder's files and its manifest. The music is data (`house/pieces`), arranged (`arrange`), played
//! by synthesised instruments (`synth`) through a mixing desk (`studio`), encoded and tagged (`encode`), with
//! painted covers (`cover`). Everything follows from each piece's seed, so every installation has the same
//! collection. It refuses to know the library: it only fills a folder that the library watches.

mod arrange;
mod cover;
mod effects;
mod encode;
mod melody;
mod pieces;
mod random;
mod score;
mod studio;
mod synth;
mod voicing;

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use thiserror::Error;

use pieces::Piece;

/// Raise it whenever a piece would sound or look different: folders of an older version are composed anew.
const COLLECTION_VERSION: u32 = 1;
/// Hidden, so that the library never takes it for music.
const MANIFEST: &str = ".house-collection";
/// CD quality.
const RATE: u32 = 44_100;
/// Pixels of a cover's side.
const COVER_SIZE: u32 = 600;
/// Samples are for tests: real files, made in a moment.
const SAMPLE_RATE: u32 = 11_025;
const SAMPLE_COVER_SIZE: u32 = 120;

/// Why the collection could not be made. The next `compose_into` goes on where this one stopped.
#[derive(Debug, Error)]
pub enum HouseError {
    /// The disk, or the user's quota, is full.
    #[error("no space left for the house collection while writing {}", path.display())]
    DiskFull { path: PathBuf, source: io::Error },
    /// The folder or a file in it cannot be made, read or written.
    #[error("the house collection cannot use {}: {source}", path.display())]
    Unwritable { path: PathBuf, source: io::Error },
    /// A fault of this program: a piece that cannot be read, painted or encoded.
    #[error("the piece {title:?} could not be composed: {source}")]
    Composition {
        title: String,
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// How far the collection has come, in pieces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    pub done: usize,
    pub total: usize,
}

/// Number of pieces in the collection.
pub fn piece_count() -> usize {
    pieces::all().len()
}

/// Composes what is missing in `folder` (made if need be), the shortest piece first, one after another.
///
/// Blocks: about a second per piece in a release build, so call it on a thread of its own. Pieces that an
/// earlier call finished stay as they are. Files appear complete or not at all. `on_progress` hears what is
/// there at the start and after each piece. `stop` is asked many times a second; when it says `true` this
/// returns `Ok` with the rest left for the next call.
///
/// # Errors
/// [`HouseError::Unwritable`] or [`HouseError::DiskFull`] with the path that was refused.
pub fn compose_into(
    folder: &Path,
    mut on_progress: impl FnMut(Progress),
    stop: impl Fn() -> bool,
) -> Result<(), HouseError> {
    fs::create_dir_all(folder).map_err(|error| refused(folder, error))?;
    let mut by_length = pieces::all();
    by_length.sort_by(|a, b| a.seconds().total_cmp(&b.seconds()));
    let mut manifest = Manifest::open(folder)?;
    manifest.drop_strangers(&by_length)?;
    let mut progress = Progress {
        done: 0,
        total: by_length.len(),
    };
    let (there, missing): (Vec<&Piece>, Vec<&Piece>) = by_length
        .into_iter()
        .partition(|piece| manifest.has(&file_name(piece.artist, piece.title)));
    progress.done = there.len();
    on_progress(progress);
    for piece in missing {
        let cut = Cut {
            title: piece.title.to_owned(),
            rate: RATE,
            seconds: None,
            cover_size: COVER_SIZE,
        };
        let Some(bytes) = produce(piece, &cut, &stop)? else {
            return Ok(());
        };
        let name = file_name(piece.artist, piece.title);
        write_whole(&folder.join(&name), &bytes)?;
        manifest.add(name)?;
        progress.done += 1;
        on_progress(progress);
    }
    Ok(())
}

/// Makes `count` tagged excerpts of `seconds` seconds in `folder`, at a low sample rate and with small
/// covers, for tests that need real music files in a moment. Beyond [`piece_count`] it begins again with new
/// titles.
///
/// # Errors
/// As [`compose_into`].
pub fn compose_sample(folder: &Path, count: usize, seconds: u32) -> Result<Vec<PathBuf>, HouseError> {
    fs::create_dir_all(folder).map_err(|error| refused(folder, error))?;
    let all = pieces::all();
    (0..count)
        .map(|number| {
            let piece = all[number % all.len()];
            let title = match number / all.len() {
                0 => piece.title.to_owned(),
                round => format!("{} (take {})", piece.title, round + 1),
            };
            let path = folder.join(file_name(piece.artist, &title));
            let cut = Cut {
                title,
                rate: SAMPLE_RATE,
                seconds: Some(seconds as f32),
                cover_size: SAMPLE_COVER_SIZE,
            };
            if let Some(bytes) = produce(piece, &cut, &|| false)? {
                write_whole(&path, &bytes)?;
            }
            Ok(path)
        })
        .collect()
}

/// How a piece is to be produced.
struct Cut {
    title: String,
    rate: u32,
    /// Only the beginning, where given.
    seconds: Option<f32>,
    cover_size: u32,
}

/// The finished file's bytes, or `None` when `stop` said so.
fn produce(piece: &Piece, cut: &Cut, stop: &dyn Fn() -> bool) -> Result<Option<Vec<u8>>, HouseError> {
    let failed = |source: Box<dyn std::error::Error + Send + Sync>| HouseError::Composition {
        title: piece.title.to_owned(),
        source,
    };
    let recording =
        studio::record(piece, cut.rate, cut.seconds, stop).map_err(|error| failed(Box::new(error)))?;
    let Some(recording) = recording else {
        return Ok(None);
    };
    let flac = encode::flac(&recording, piece.seed).map_err(|error| failed(Box::new(error)))?;
    let cover =
        cover::paint(piece.cover, cut.cover_size, piece.seed).map_err(|error| failed(Box::new(error)))?;
    encode::tag(flac, piece, &cut.title, cover)
        .map(Some)
        .map_err(|error| failed(Box::new(error)))
}

fn file_name(artist: &str, title: &str) -> String {
    format!("{artist} - {title}.flac")
}

/// Writes a file that appears complete or not at all: into a hidden neighbour, which is then renamed.
fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), HouseError> {
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let part = path.with_file_name(format!(".{name}.part"));
    let written = File::create(&part)
        .and_then(|mut file| {
            file.write_all(bytes)?;
            // Without this a power cut could leave a whole name with half a file.
            file.sync_all()
        })
        .and_then(|()| fs::rename(&part, path));
    written.map_err(|error| {
        // A full disk is not helped by keeping half a file; the error that matters is the first one.
        if let Err(leftover) = fs::remove_file(&part)
            && leftover.kind() != ErrorKind::NotFound
        {
            tracing::warn!(path = %part.display(), %leftover, "an unfinished file stays behind");
        }
        refused(path, error)
    })
}

fn refused(path: &Path, source: io::Error) -> HouseError {
    let path = path.to_owned();
    match source.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => HouseError::DiskFull { path, source },
        _ => HouseError::Unwritable { path, source },
    }
}

/// Which files of the folder are ours and finished: a version line, then one file name per line.
struct Manifest {
    path: PathBuf,
    /// Finished by this version.
    finished: BTreeSet<String>,
    /// Made by another version: to be replaced, or removed when the piece is no more.
    outdated: BTreeSet<String>,
}

impl Manifest {
    fn open(folder: &Path) -> Result<Self, HouseError> {
        let path = folder.join(MANIFEST);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
            Err(error) => return Err(refused(&path, error)),
        };
        let mut lines = text.lines();
        let current = lines.next() == Some(version_line().as_str());
        // A name is only ever a name: whoever edits the manifest cannot make us touch another folder.
        let names: BTreeSet<String> = lines
            .filter(|name| name.ends_with(".flac") && !name.contains('/'))
            .map(str::to_owned)
            .collect();
        let (finished, outdated) = if current {
            (names, BTreeSet::new())
        } else {
            (BTreeSet::new(), names)
        };
        Ok(Self {
            path,
            finished,
            outdated,
        })
    }

    fn has(&self, name: &str) -> bool {
        self.finished.contains(name) && self.path.with_file_name(name).is_file()
    }

    fn add(&mut self, name: String) -> Result<(), HouseError> {
        self.finished.insert(name);
        self.write()
    }

    /// Removes files of ours whose piece left the collection.
    fn drop_strangers(&mut self, pieces: &[&Piece]) -> Result<(), HouseError> {
        let known: BTreeSet<String> = pieces
            .iter()
            .map(|piece| file_name(piece.artist, piece.title))
            .collect();
        for name in self.outdated.difference(&known) {
            let path = self.path.with_file_name(name);
            match fs::remove_file(&path) {
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(refused(&path, error)),
            }
        }
        self.write()
    }

    fn write(&self) -> Result<(), HouseError> {
        let mut text = version_line();
        text.push('\n');
        for name in &self.finished {
            text.push_str(name);
            text.push('\n');
        }
        write_whole(&self.path, text.as_bytes())
    }
}

fn version_line() -> String {
    format!("version {COLLECTION_VERSION}")
}

#[cfg(test)]
mod tests;
