//! The music folder on disk: which files in it are audio, and the promise that nothing outside it is ever touched.
//!
//! Owns the walk and the confinement. Links to folders are never followed; links to files only where they stay
//! inside; names that begin with a dot are not seen. Blocking: call it off the async threads. Reads no tags.

use std::collections::VecDeque;
use std::ffi::OsStr;
use std::fs::{self, FileType, Metadata};
use std::io;
use std::ops::ControlFlow;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use serde::{Deserialize, Serialize};

/// Folders nested deeper than this are not entered; real collections stay under ten.
const MAX_DEPTH: usize = 32;
/// The most files one walk reports: ten times the largest collection the index is tuned for.
const MAX_FILES: usize = 1_000_000;
/// Pictures beside the music that count as its cover, best first.
const COVER_STEMS: [&str; 3] = ["cover", "folder", "front"];
const COVER_EXTENSIONS: [&str; 4] = ["jpg", "jpeg", "png", "webp"];

/// The kinds of audio file browsers play.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AudioFormat {
    Mp3,
    Ogg,
    Opus,
    Flac,
    M4a,
    Wav,
}

impl AudioFormat {
    /// Told by the name alone; the content is checked when tags are read.
    pub fn of(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        Some(match extension.as_str() {
            "mp3" => Self::Mp3,
            "ogg" | "oga" => Self::Ogg,
            "opus" => Self::Opus,
            "flac" => Self::Flac,
            "m4a" => Self::M4a,
            "wav" => Self::Wav,
            _ => return None,
        })
    }

    pub const fn mime(self) -> &'static str {
        match self {
            Self::Mp3 => "audio/mpeg",
            Self::Ogg | Self::Opus => "audio/ogg",
            Self::Flac => "audio/flac",
            Self::M4a => "audio/mp4",
            Self::Wav => "audio/wav",
        }
    }
}

/// Enough to tell whether a file has changed since it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stamp {
    pub len: u64,
    /// Nanoseconds since 1970; 0 where the file system does not say.
    pub modified_ns: u64,
}

impl Stamp {
    fn of(metadata: &Metadata) -> Self {
        let since_1970 = metadata
            .modified()
            .ok()
            .and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        let modified_ns = since_1970
            .and_then(|time| u64::try_from(time.as_nanos()).ok())
            .unwrap_or(0);
        Self {
            len: metadata.len(),
            modified_ns,
        }
    }
}

/// An audio file the walk came across. Paths are relative to the music folder.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub path: Arc<Path>,
    pub stamp: Stamp,
    pub beside: Option<Beside>,
}

/// The cover picture lying in a track's folder.
#[derive(Clone, Debug)]
pub(super) struct Beside {
    pub path: Arc<Path>,
    pub stamp: Stamp,
}

/// What a walk reports.
#[derive(Debug)]
pub(super) enum Sight {
    File(Found),
    /// Something that looks like music but is not used.
    Refused {
        path: PathBuf,
        reason: &'static str,
    },
    /// A folder that could not be listed: what was known of its files still stands.
    Unreadable {
        path: PathBuf,
        reason: String,
    },
}

/// Which part of the folder a walk looks at. Paths are relative; the empty path is the whole folder.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Scope {
    /// A folder and everything below.
    Tree(PathBuf),
    /// Just the files directly in a folder.
    Files(PathBuf),
}

impl Scope {
    pub fn everything() -> Self {
        Self::Tree(PathBuf::new())
    }

    pub fn folder(&self) -> &Path {
        match self {
            Self::Tree(folder) | Self::Files(folder) => folder,
        }
    }

    pub fn covers(&self, path: &Path) -> bool {
        match self {
            Self::Tree(folder) => path.starts_with(folder),
            Self::Files(folder) => path.parent() == Some(folder),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct MusicFolder {
    /// Absolute, with all links resolved, so that a prefix check means something.
    root: PathBuf,
}

impl MusicFolder {
    pub fn open(folder: &Path) -> io::Result<Self> {
        let root = fs::canonicalize(folder)?;
        fs::read_dir(&root)?;
        Ok(Self { root })
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The file at `relative` with all links resolved, if it is a regular file inside the folder, and not hidden.
    pub fn resolve(&self, relative: &Path) -> io::Result<(PathBuf, Metadata)> {
        let plain = relative
            .components()
            .all(|part| matches!(part, Component::Normal(_)));
        if !plain {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let path = fs::canonicalize(self.root.join(relative))?;
        let inside = path
            .strip_prefix(&self.root)
            .map_err(|_| io::ErrorKind::PermissionDenied)?;
        if inside.iter().any(is_hidden) {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        let metadata = fs::metadata(&path)?;
        if metadata.is_file() {
            Ok((path, metadata))
        } else {
            Err(io::ErrorKind::InvalidInput.into())
        }
    }

    /// Walks `scope`, folder by folder in the order of names, until `report` breaks off.
    pub fn walk(&self, scope: &Scope, mut report: impl FnMut(Sight) -> ControlFlow<()>) {
        // A folder reached through a link is not part of the collection, whoever asks for it.
        let start = self.root.join(scope.folder());
        if fs::canonicalize(&start).is_ok_and(|resolved| resolved != start) || self.hides(scope.folder()) {
            return;
        }
        let mut ahead = VecDeque::from([scope.folder().to_path_buf()]);
        let mut files = 0;
        while let Some(folder) = ahead.pop_front() {
            let listing = match self.list(&folder) {
                Ok(listing) => listing,
                // Gone since we heard of it: its files are gone with it.
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => {
                    let reason = format!("the folder cannot be read: {error}");
                    if report(Sight::Unreadable { path: folder, reason }).is_break() {
                        return;
                    }
                    continue;
                }
            };
            for sight in listing.sights {
                files += 1;
                if files > MAX_FILES {
                    tracing::warn!(
                        limit = MAX_FILES,
                        "the music folder holds more files than the library takes"
                    );
                    return;
                }
                if report(sight).is_break() {
                    return;
                }
            }
            if matches!(scope, Scope::Tree(_)) && folder.iter().count() < MAX_DEPTH {
                // In front, so that an album is finished before the next one begins.
                for subfolder in listing.subfolders.into_iter().rev() {
                    ahead.push_front(subfolder);
                }
            }
        }
    }

    fn hides(&self, relative: &Path) -> bool {
        relative.iter().any(is_hidden)
    }

    fn list(&self, folder: &Path) -> io::Result<Listing> {
        let mut entries = fs::read_dir(self.root.join(folder))?.collect::<io::Result<Vec<_>>>()?;
        entries.retain(|entry| !is_hidden(&entry.file_name()));
        entries.sort_by_key(fs::DirEntry::file_name);
        let mut listing = Listing::default();
        let mut audio = Vec::new();
        let mut best_cover: Option<(usize, Beside)> = None;
        for entry in entries {
            let path = folder.join(entry.file_name());
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_dir() {
                listing.subfolders.push(path);
            } else if AudioFormat::of(&path).is_some() {
                match self.look_at(&path, kind) {
                    Ok(stamp) => audio.push((path, stamp)),
                    Err(reason) => listing.sights.push(Sight::Refused { path, reason }),
                }
            } else if kind.is_symlink() && self.root.join(&path).is_dir() {
                listing.sights.push(Sight::Refused {
                    path,
                    reason: "links to folders are not followed",
                });
            } else if kind.is_file()
                && let Some(rank) = cover_rank(&path)
                && best_cover.as_ref().is_none_or(|(best, _)| rank < *best)
                && let Ok(metadata) = entry.metadata()
            {
                best_cover = Some((
                    rank,
                    Beside {
                        path: path.into(),
                        stamp: Stamp::of(&metadata),
                    },
                ));
            }
        }
        let beside = best_cover.map(|(_, beside)| beside);
        let found = audio.into_iter().map(|(path, stamp)| {
            Sight::File(Found {
                path: path.into(),
                stamp,
                beside: beside.clone(),
            })
        });
        listing.sights.extend(found);
        Ok(listing)
    }

    fn look_at(&self, relative: &Path, kind: FileType) -> Result<Stamp, &'static str> {
        if kind.is_symlink() {
            let (_, metadata) = self
                .resolve(relative)
                .map_err(|_| "the link leads out of the music folder")?;
            return Ok(Stamp::of(&metadata));
        }
        if !kind.is_file() {
            return Err("this is not a regular file");
        }
        // Not following a link that took the file's place a moment ago.
        let metadata =
            fs::symlink_metadata(self.root.join(relative)).map_err(|_| "the file cannot be looked at")?;
        if metadata.is_file() {
            Ok(Stamp::of(&metadata))
        } else {
            Err("this is not a regular file")
        }
    }
}

#[derive(Default)]
struct Listing {
    sights: Vec<Sight>,
    subfolders: Vec<PathBuf>,
}

pub(super) fn is_hidden(name: &OsStr) -> bool {
    name.as_encoded_bytes().first() == Some(&b'.')
}

/// 0 for the best name a cover can have, `None` for a picture that is not one.
pub(super) fn cover_rank(path: &Path) -> Option<usize> {
    let stem = path.file_stem()?.to_str()?.to_ascii_lowercase();
    let extension = path.extension()?.to_str()?.to_ascii_lowercase();
    COVER_EXTENSIONS.contains(&extension.as_str()).then_some(())?;
    COVER_STEMS.iter().position(|name| *name == stem)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    fn sights(folder: &MusicFolder, scope: &Scope) -> Vec<String> {
        let mut seen = Vec::new();
        folder.walk(scope, |sight| {
            seen.push(match sight {
                Sight::File(found) => format!("file {}", found.path.display()),
                Sight::Refused { path, reason } => format!("refused {}: {reason}", path.display()),
                Sight::Unreadable { path, .. } => format!("unreadable {}", path.display()),
            });
            ControlFlow::Continue(())
        });
        seen
    }

    fn put(path: PathBuf) {
        fs::create_dir_all(path.parent().expect("a folder above")).expect("written");
        fs::write(path, "x").expect("written");
    }

    #[test]
    fn a_walk_sees_music_in_order_and_neither_hidden_nor_other_files() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        for name in [
            "b.MP3",
            "a/2.ogg",
            "a/1.oga",
            "a/notes.txt",
            ".hidden.mp3",
            ".trash/x.ogg",
            "c/d/e.wav",
        ] {
            put(dir.path().join(name));
        }
        let folder = MusicFolder::open(dir.path()).expect("a folder");
        let all = ["file b.MP3", "file a/1.oga", "file a/2.ogg", "file c/d/e.wav"];
        assert_eq!(sights(&folder, &Scope::everything()), all);
        assert_eq!(
            sights(&folder, &Scope::Files("a".into())),
            ["file a/1.oga", "file a/2.ogg"]
        );
        assert_eq!(sights(&folder, &Scope::Files("c".into())), Vec::<String>::new());
        assert_eq!(sights(&folder, &Scope::Tree("gone".into())), Vec::<String>::new());
        assert_eq!(
            sights(&folder, &Scope::Tree(".trash".into())),
            Vec::<String>::new()
        );
    }

    #[test]
    fn links_that_lead_out_are_refused_and_links_to_folders_are_not_followed() {
        let outside = tempfile::tempdir().expect("a temporary folder");
        put(outside.path().join("secret.mp3"));
        let dir = tempfile::tempdir().expect("a temporary folder");
        put(dir.path().join("real/song.ogg"));
        put(dir.path().join(".private/song.ogg"));
        symlink(outside.path().join("secret.mp3"), dir.path().join("out.mp3")).expect("a link is made");
        symlink(outside.path(), dir.path().join("outside")).expect("a link is made");
        symlink("..", dir.path().join("real/loop")).expect("a link is made");
        symlink("real/song.ogg", dir.path().join("again.ogg")).expect("a link is made");
        symlink(".private/song.ogg", dir.path().join("bared.ogg")).expect("a link is made");
        symlink("nowhere.ogg", dir.path().join("dangling.ogg")).expect("a link is made");
        let folder = MusicFolder::open(dir.path()).expect("a folder");
        let expected = [
            "refused bared.ogg: the link leads out of the music folder",
            "refused dangling.ogg: the link leads out of the music folder",
            "refused out.mp3: the link leads out of the music folder",
            "refused outside: links to folders are not followed",
            "file again.ogg",
            "refused real/loop: links to folders are not followed",
            "file real/song.ogg",
        ];
        assert_eq!(sights(&folder, &Scope::everything()), expected);
        assert_eq!(
            sights(&folder, &Scope::Tree("outside".into())),
            Vec::<String>::new()
        );
        assert_eq!(
            sights(&folder, &Scope::Tree("real/loop".into())),
            Vec::<String>::new()
        );
    }

    #[test]
    fn only_plain_paths_to_regular_visible_files_inside_are_resolved() {
        let outside = tempfile::tempdir().expect("a temporary folder");
        put(outside.path().join("secret.mp3"));
        let dir = tempfile::tempdir().expect("a temporary folder");
        put(dir.path().join("a/song.ogg"));
        put(dir.path().join("a/.song.ogg"));
        symlink(outside.path().join("secret.mp3"), dir.path().join("out.mp3")).expect("a link is made");
        symlink(outside.path(), dir.path().join("outside")).expect("a link is made");
        let folder = MusicFolder::open(dir.path()).expect("a folder");
        let good = folder.resolve(Path::new("a/song.ogg")).expect("inside").0;
        assert_eq!(good, folder.root().join("a/song.ogg"));
        let absolute = outside.path().join("secret.mp3");
        let bad = [
            "../x.mp3",
            "a/../a/song.ogg",
            "out.mp3",
            "outside/secret.mp3",
            "a",
            "a/.song.ogg",
            "gone.ogg",
            "",
        ];
        for path in bad.iter().map(Path::new).chain([absolute.as_path()]) {
            assert!(
                folder.resolve(path).is_err(),
                "{} must not be served",
                path.display()
            );
        }
    }

    #[test]
    fn the_best_named_cover_beside_the_music_wins() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        for name in ["song.ogg", "front.png", "Cover.JPG", "folder.jpg", "back.jpg"] {
            put(dir.path().join(name));
        }
        let folder = MusicFolder::open(dir.path()).expect("a folder");
        let mut covers = Vec::new();
        folder.walk(&Scope::everything(), |sight| {
            if let Sight::File(Found {
                beside: Some(beside), ..
            }) = sight
            {
                covers.push(beside.path.to_path_buf());
            }
            ControlFlow::Continue(())
        });
        assert_eq!(covers, [Path::new("Cover.JPG")]);
    }
}
