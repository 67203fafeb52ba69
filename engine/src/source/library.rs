//! The music library: a folder of audio files, indexed in memory, searched, and followed as it changes.
//!
//! [`Library`] is the handle everybody holds; it only reads. [`Librarian`] is the one background task that walks the
//! folder, reads tags and publishes each new catalogue. Neither knows about HTTP, Redis or queues: this module
//! promises that a path it hands out is a regular file inside the folder, whoever serves it does the ranges.

mod as_source;
mod atomic_file;
mod catalogue;
mod cover;
mod file_name;
mod folder;
mod hue;
mod index_cache;
mod librarian;
mod reading;
mod search;
mod shelf;
mod status;
#[cfg(test)]
mod tests;
mod track_id;
mod watching;
mod wording;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use nests::track::{Source, Track, TrackUri};
use tokio::sync::watch;

pub use self::catalogue::Selection;
pub use self::cover::{CoverName, CoverNameError, CoverSize};
pub use self::librarian::Librarian;
pub use self::status::{BrokenFile, LibraryStatus};

use self::catalogue::{Catalogue, single_genres};
use self::cover::CoverStore;
use self::folder::{AudioFormat, MusicFolder};
use self::index_cache::IndexCache;
use self::shelf::{Entry, Shelf, count};
pub(in crate::source) use self::wording::cleaned;
use super::{SearchPage, SourceError};

/// The most results one page of a search holds.
pub const MAX_SEARCH_PAGE: usize = 100;

/// Tracks of an artist that are looked at for the artist's genre.
const TRACKS_FOR_A_GENRE: usize = 64;

/// How long the disk may take to say whether a track is still there.
const OPEN_TIMEOUT: Duration = Duration::from_secs(5);

/// Where the music is and where the library may keep notes about it.
#[derive(Clone, Debug)]
pub struct LibraryOptions {
    /// The music. It need not exist yet: the librarian waits for it.
    pub folder: PathBuf,
    /// Where the index and the small covers are kept between runs. Losing it costs one full reading of the folder.
    pub data_dir: PathBuf,
    pub pace: Pace,
}

impl LibraryOptions {
    pub fn new(folder: impl Into<PathBuf>, data_dir: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            data_dir: data_dir.into(),
            pace: Pace::default(),
        }
    }
}

/// How patient the librarian is. The defaults suit people; tests shorten them.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// A change is looked at once the folder has been quiet for this long (or after ten times this, if it never is).
    pub debounce: Duration,
    /// How often to look whether a missing folder has appeared.
    pub missing_folder: Duration,
    /// How often to walk the whole folder where changes are not reported (the system's watch limit is used up).
    pub unwatched: Duration,
    /// How often to walk it all the same: network drives report nothing that happens on the other side.
    pub watched: Duration,
    /// The least time between the starts of two full walks.
    pub between_walks: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            debounce: Duration::from_millis(400),
            missing_folder: Duration::from_secs(2),
            unwatched: Duration::from_secs(60),
            watched: Duration::from_secs(15 * 60),
            between_walks: Duration::from_secs(5),
        }
    }
}

/// A track with the facts that only a library knows, for whoever picks music.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LibraryTrack {
    pub track: Track,
    /// As tagged; empty where unknown.
    pub genre: String,
    pub year: Option<u16>,
}

/// A file that may be streamed: regular, inside the music folder, and there a moment ago.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AudioFile {
    /// Absolute, with all links resolved.
    pub path: PathBuf,
    pub mime: &'static str,
    /// Bytes.
    pub len: u64,
    pub modified: SystemTime,
}

/// The handle to the music library. Cheap to clone; every answer comes from memory except where a method says so.
#[derive(Clone)]
pub struct Library {
    shared: Arc<Shared>,
}

/// What the handle and the librarian both hold. The librarian is the only writer.
struct Shared {
    options: LibraryOptions,
    covers: CoverStore,
    catalogue: watch::Sender<Arc<Catalogue>>,
    status: watch::Sender<LibraryStatus>,
}

impl Library {
    /// Opens the library with what the last run knew about the folder, so that tracks can be found and played before
    /// the first walk is over. The librarian brings it up to date once its `run` is spawned. Never fails: whatever is
    /// wrong with the folder or the data folder shows in [`Library::status`] and the log.
    pub async fn open(options: LibraryOptions) -> (Self, Librarian) {
        let covers = CoverStore::new(options.data_dir.join("covers"));
        let cache = IndexCache::new(&options.data_dir, &options.folder);
        let (shelf, catalogue) = {
            let (cache, covers) = (cache.clone(), covers.clone());
            let load = move || {
                let shelf = Shelf::restock(cache.load(), &covers);
                let catalogue = Catalogue::build(shelf.tracks());
                (shelf, catalogue)
            };
            tokio::task::spawn_blocking(load).await.unwrap_or_else(|error| {
                tracing::warn!(%error, "the library's index of the last run could not be used; reading everything anew");
                (Shelf::default(), Catalogue::default())
            })
        };
        let shared = Arc::new(Shared {
            status: watch::Sender::new(shelf.status()),
            catalogue: watch::Sender::new(Arc::new(catalogue)),
            options,
            covers,
        });
        (
            Self {
                shared: shared.clone(),
            },
            Librarian::new(shared, shelf, cache),
        )
    }

    /// A library that holds these tracks and no files: for tests and benches of whatever searches or picks music.
    /// Covers are left out, and [`Library::audio_file`] finds nothing.
    pub fn without_files(tracks: impl IntoIterator<Item = LibraryTrack>) -> Self {
        let nowhere = LibraryOptions::new(PathBuf::new(), PathBuf::new());
        let entries = tracks.into_iter().filter_map(Entry::without_file).collect();
        let catalogue = Catalogue::build(entries);
        let status = LibraryStatus {
            tracks: count(catalogue.len()),
            ..LibraryStatus::default()
        };
        let shared = Shared {
            covers: CoverStore::new(PathBuf::new()),
            options: nowhere,
            status: watch::Sender::new(status),
            catalogue: watch::Sender::new(Arc::new(catalogue)),
        };
        Self {
            shared: Arc::new(shared),
        }
    }

    /// Searches titles, artists and albums, forgiving typos, accents, case and word order. All words must match; the
    /// last one may be unfinished. A query without a letter or digit finds nothing. `limit` is cut to
    /// [`MAX_SEARCH_PAGE`].
    pub fn search(&self, query: &str, limit: usize, offset: usize) -> SearchPage {
        self.catalogue().search(query, limit.min(MAX_SEARCH_PAGE), offset)
    }

    pub fn track(&self, uri: &TrackUri) -> Option<LibraryTrack> {
        self.catalogue().track(library_id(uri)?)
    }

    /// Every track, ordered by artist, album and place on the album.
    pub fn all(&self) -> Selection {
        Catalogue::all(&self.catalogue())
    }

    /// The tracks of an artist, whatever the spelling's case and accents; those with guests ("feat.") count too.
    pub fn tracks_by_artist(&self, artist: &str) -> Selection {
        Catalogue::by_artist(&self.catalogue(), artist)
    }

    /// The tracks of a genre, whatever the case. A track tagged "Rock; Pop" is in both.
    pub fn tracks_by_genre(&self, genre: &str) -> Selection {
        Catalogue::by_genre(&self.catalogue(), genre)
    }

    /// The genre that most of an artist's tracks are tagged with; of equals the first by name. Of several artists ("Glass
    /// Harbour, Marta Vance") the first counts, unless all of them are one artist's name here.
    pub fn genre_by_artist(&self, artists: &str) -> Option<String> {
        let together = self.tracks_by_artist(artists);
        let tracks = match together.is_empty() {
            true => self.tracks_by_artist(artists.split(", ").next()?),
            false => together,
        };
        let mut tagged: BTreeMap<String, usize> = BTreeMap::new();
        for found in tracks.iter().take(TRACKS_FOR_A_GENRE) {
            for genre in single_genres(&found.genre) {
                *tagged.entry(genre.to_owned()).or_default() += 1;
            }
        }
        // Of equals `max_by_key` takes the last.
        let most = tagged.into_iter().rev().max_by_key(|(_, tracks)| *tracks);
        most.map(|(genre, _)| genre)
    }

    /// Where a track's sound is. Looks at the disk, and resolves links again, because the folder may have changed.
    ///
    /// # Errors
    /// `NotFound` for a track the library does not have or whose file has gone or now leads out of the folder;
    /// `Unavailable` when the folder itself cannot be read; `TimedOut` when the disk does not answer.
    pub async fn audio_file(&self, uri: &TrackUri) -> Result<AudioFile, SourceError> {
        let id = library_id(uri).ok_or(SourceError::NotFound)?;
        let relative = self.catalogue().path(id).ok_or(SourceError::NotFound)?;
        let root = self.shared.options.folder.clone();
        let look = tokio::task::spawn_blocking(move || {
            let format = AudioFormat::of(&relative).ok_or(SourceError::NotFound)?;
            let folder = MusicFolder::open(&root).map_err(|_| SourceError::Unavailable)?;
            let (path, metadata) = folder.resolve(&relative).map_err(|_| SourceError::NotFound)?;
            let modified = metadata.modified().map_err(|_| SourceError::Unavailable)?;
            Ok(AudioFile {
                path,
                mime: format.mime(),
                len: metadata.len(),
                modified,
            })
        });
        match tokio::time::timeout(OPEN_TIMEOUT, look).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) => Err(SourceError::Unavailable),
            Err(_) => Err(SourceError::TimedOut),
        }
    }

    /// Where a cover's picture is, if there is one. Its content never changes: it is named after what it shows.
    pub fn cover_file(&self, name: CoverName) -> Option<PathBuf> {
        self.shared.covers.file(name)
    }

    pub fn status(&self) -> LibraryStatus {
        self.shared.status.borrow().clone()
    }

    /// Tells of each change of the status. A status that counts a track is told after the track can be found.
    pub fn changes(&self) -> watch::Receiver<LibraryStatus> {
        self.shared.status.subscribe()
    }

    fn catalogue(&self) -> Arc<Catalogue> {
        self.shared.catalogue.borrow().clone()
    }
}

fn library_id(uri: &TrackUri) -> Option<u64> {
    match uri.source() {
        Source::Library => u64::from_str_radix(uri.id(), 16).ok(),
        Source::Spotify => None,
    }
}
