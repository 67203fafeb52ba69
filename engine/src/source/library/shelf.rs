//! What is known of every file in the music folder: the librarian's own book, from which catalogues are made.
//!
//! Owns the track numbers and the counts. Pure bookkeeping in memory: walks, reads and stores nothing by itself.

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;
use std::path::Path;
use std::sync::Arc;

use super::LibraryTrack;
use super::cover::{Cover, CoverStore};
use super::folder::{Found, Scope, Stamp};
use super::index_cache::Kept;
use super::library_id;
use super::reading::Reading;
use super::status::{BrokenFile, LibraryStatus, MAX_BROKEN_LISTED};
use super::track_id::track_id;

/// A file that can be played.
#[derive(Debug)]
pub(super) struct Entry {
    pub id: u64,
    /// Relative to the music folder.
    pub path: Arc<Path>,
    pub facts: Arc<Reading>,
}

impl Entry {
    /// A made-up entry for a library without files. `None` for a track of another source.
    pub fn without_file(made_up: LibraryTrack) -> Option<Arc<Self>> {
        let LibraryTrack { track, genre, year } = made_up;
        let facts = Reading {
            title: track.title.into(),
            artist: track.artist.into(),
            album: track.album.into(),
            genre: genre.into(),
            year,
            disc: 0,
            number: 0,
            duration_ms: track.duration_ms,
            cover: None,
            complete: true,
        };
        let id = library_id(&track.uri)?;
        Some(Arc::new(Self {
            id,
            path: Path::new(track.uri.as_str()).into(),
            facts: Arc::new(facts),
        }))
    }
}

#[derive(Debug, Default)]
pub(super) struct Shelf {
    files: BTreeMap<Arc<Path>, Shelved>,
    /// Who holds which track number.
    ids: HashMap<u64, Arc<Path>>,
    broken: usize,
    /// The number of the walk under way; files it has not come across are the ones that are gone.
    walk: u64,
}

#[derive(Debug)]
struct Shelved {
    /// The file and the cover beside it, as they were when read. `None` for what has to be looked at anew.
    read_at: Option<(Stamp, Option<Stamp>)>,
    content: Content,
    seen_in: u64,
}

#[derive(Debug)]
enum Content {
    Track(Arc<Entry>),
    Broken(Arc<str>),
}

impl Shelf {
    /// The shelf as the last run left it. Tracks whose cover has vanished from the data folder are read again.
    pub fn restock(kept: Vec<Kept>, covers: &CoverStore) -> Self {
        let mut shelf = Self::default();
        let mut present: HashMap<u64, bool> = HashMap::new();
        let mut is_present = |cover: Cover| *present.entry(cover.key()).or_insert_with(|| covers.has(cover));
        for Kept {
            path,
            stamp,
            beside,
            id,
            outcome,
        } in kept
        {
            let content = match outcome {
                Ok(facts) if facts.cover.is_none_or(&mut is_present) && !shelf.ids.contains_key(&id) => {
                    shelf.ids.insert(id, path.clone());
                    Content::Track(Arc::new(Entry {
                        id,
                        path: path.clone(),
                        facts,
                    }))
                }
                Ok(_) => continue,
                Err(reason) => Content::Broken(reason),
            };
            shelf.place(path, Some((stamp, beside)), content);
        }
        shelf
    }

    /// What is worth keeping for the next run: everything read to the end.
    pub fn keep(&self) -> Vec<Kept> {
        let kept = |(path, shelved): (&Arc<Path>, &Shelved)| {
            let (stamp, beside) = shelved.read_at?;
            path.to_str()?; // the few names that JSON cannot hold are read anew
            let (id, outcome) = match &shelved.content {
                Content::Track(entry) if entry.facts.complete => (entry.id, Ok(entry.facts.clone())),
                Content::Track(_) => return None,
                Content::Broken(reason) => (0, Err(reason.clone())),
            };
            Some(Kept {
                path: path.clone(),
                stamp,
                beside,
                id,
                outcome,
            })
        };
        self.files.iter().filter_map(kept).collect()
    }

    pub fn begin_walk(&mut self) {
        self.walk += 1;
    }

    /// Notes that a file is still there. False if it is new or has changed, and so must be read.
    pub fn is_current(&mut self, found: &Found) -> bool {
        let now = Some((found.stamp, found.beside.as_ref().map(|beside| beside.stamp)));
        match self.files.get_mut(&found.path) {
            Some(shelved) => {
                shelved.seen_in = self.walk;
                shelved.read_at == now
            }
            None => false,
        }
    }

    pub fn put_track(&mut self, found: &Found, facts: Reading) {
        let path = found.path.clone();
        let id = match self.files.get(&path) {
            Some(Shelved {
                content: Content::Track(entry),
                ..
            }) => entry.id,
            _ => track_id(&path, |id| self.ids.contains_key(&id)),
        };
        let entry = Arc::new(Entry {
            id,
            path: path.clone(),
            facts: Arc::new(facts),
        });
        let read_at = Some((found.stamp, found.beside.as_ref().map(|beside| beside.stamp)));
        self.place(path.clone(), read_at, Content::Track(entry));
        self.ids.insert(id, path);
    }

    /// A file that was read and is no good; it stays so until it changes.
    pub fn put_broken(&mut self, found: &Found, reason: String) {
        let read_at = Some((found.stamp, found.beside.as_ref().map(|beside| beside.stamp)));
        self.place(found.path.clone(), read_at, Content::Broken(reason.into()));
    }

    /// Something that was not read at all: a link that leads out, a disk that did not answer. True if that is news.
    pub fn put_refused(&mut self, path: &Path, reason: &str) -> bool {
        let known = self
            .files
            .get(path)
            .is_some_and(|shelved| matches!(&shelved.content, Content::Broken(known) if &**known == reason));
        self.place(path.into(), None, Content::Broken(reason.into()));
        !known
    }

    /// Keeps what is known below a folder that cannot be listed at the moment.
    pub fn keep_below(&mut self, folder: &Path) {
        let walk = self.walk;
        for shelved in self.below_mut(folder) {
            shelved.seen_in = walk;
        }
    }

    /// Takes out what the walk over `scope` has not come across. True if there was any.
    pub fn remove_unseen(&mut self, scope: &Scope) -> bool {
        let gone: Vec<Arc<Path>> = self
            .files
            .range::<Path, _>(from(scope.folder()))
            .take_while(|(path, _)| path.starts_with(scope.folder()))
            .filter(|(path, shelved)| shelved.seen_in != self.walk && scope.covers(path))
            .map(|(path, _)| path.clone())
            .collect();
        for path in &gone {
            if let Some(shelved) = self.files.remove(path) {
                self.forget(&shelved);
            }
        }
        !gone.is_empty()
    }

    /// True if files below this path are known, that is, if it is or was a folder.
    pub fn has_below(&self, folder: &Path) -> bool {
        self.files
            .range::<Path, _>(from(folder))
            .take_while(|(path, _)| path.starts_with(folder))
            .any(|(path, _)| &**path != folder)
    }

    pub fn tracks(&self) -> Vec<Arc<Entry>> {
        let track = |shelved: &Shelved| match &shelved.content {
            Content::Track(entry) => Some(entry.clone()),
            Content::Broken(_) => None,
        };
        self.files.values().filter_map(track).collect()
    }

    /// The counts, and the list of broken files. What the walk is doing is the librarian's to add.
    pub fn status(&self) -> LibraryStatus {
        let listed = self
            .files
            .iter()
            .filter_map(|(path, shelved)| match &shelved.content {
                Content::Broken(reason) => Some(BrokenFile {
                    path: path.display().to_string(),
                    reason: reason.to_string(),
                }),
                Content::Track(_) => None,
            });
        LibraryStatus {
            broken: count(self.broken),
            broken_files: if self.broken == 0 {
                Vec::new()
            } else {
                listed.take(MAX_BROKEN_LISTED).collect()
            },
            tracks: count(self.ids.len()),
            ..LibraryStatus::default()
        }
    }

    fn place(&mut self, path: Arc<Path>, read_at: Option<(Stamp, Option<Stamp>)>, content: Content) {
        if matches!(content, Content::Broken(_)) {
            self.broken += 1;
        }
        let before = self.files.insert(
            path,
            Shelved {
                read_at,
                content,
                seen_in: self.walk,
            },
        );
        if let Some(before) = before {
            self.forget(&before);
        }
    }

    fn forget(&mut self, shelved: &Shelved) {
        match &shelved.content {
            Content::Track(entry) => {
                self.ids.remove(&entry.id);
            }
            Content::Broken(_) => self.broken -= 1,
        }
    }

    fn below_mut(&mut self, folder: &Path) -> impl Iterator<Item = &mut Shelved> {
        self.files
            .range_mut::<Path, _>(from(folder))
            .take_while(move |(path, _)| path.starts_with(folder))
            .map(|(_, shelved)| shelved)
    }
}

/// Everything from a path on. What lies below a folder follows it without a gap, because paths compare by their parts.
fn from(folder: &Path) -> (Bound<&Path>, Bound<&Path>) {
    (Bound::Included(folder), Bound::Unbounded)
}

/// A count as it is shown; no collection comes near the bound.
pub(super) fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
