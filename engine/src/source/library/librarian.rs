//! The background task that keeps the library in step with the folder.
//!
//! Walks everything once, then looks again wherever something changed, and walks everything again from time to time.
//! Owns the shelf and decides when a new catalogue is published and the index saved. Touches the disk only on other
//! threads and with patience that ends: a drive that hangs must not take the program with it.

use std::collections::HashSet;
use std::convert::Infallible;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::{JoinError, JoinSet};
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use super::Shared;
use super::catalogue::Catalogue;
use super::folder::{Found, MusicFolder, Scope, Sight};
use super::index_cache::IndexCache;
use super::reading::{Flaw, Reading, read};
use super::shelf::Shelf;
use super::watching::{Batch, Watch};

/// Files read at once: enough to keep a disk busy, few enough to leave the processor to the people listening.
const READERS: usize = 4;
/// Files the walk may be ahead of the readers.
const SIGHTS_AHEAD: usize = 256;
/// How long one file or one folder may take.
const READ_PATIENCE: Duration = Duration::from_secs(30);
/// How long opening the folder and placing watches on all its subfolders may take.
const OPEN_PATIENCE: Duration = Duration::from_secs(120);
/// With this many files that never answered, the walk is given up. Each holds a thread until the drive lets go.
const MAX_HUNG: usize = 8;
/// The least time between two catalogues while a walk goes on.
const PUBLISH_EVERY: Duration = Duration::from_secs(1);
/// Building catalogues may take one part in this many of the time.
const PUBLISH_SHARE: u32 = 10;
/// The least time between two savings of the index.
const SAVE_EVERY: Duration = Duration::from_secs(30);
/// With more places than this to look at again, everything is looked at.
const MAX_SCOPES: usize = 256;

/// Keeps one library in step with its folder. There is one for each library, and it runs once.
pub struct Librarian {
    shared: Arc<Shared>,
    shelf: Shelf,
    cache: IndexCache,
    /// The shelf has changed since the last catalogue.
    unpublished: bool,
    published_at: Instant,
    build_took: Duration,
    /// The shelf has changed since the index was last saved.
    unsaved: bool,
    saved_at: Instant,
    /// Files that did not answer during this walk.
    hung: usize,
}

/// Why a walk came to nothing.
#[derive(Debug, thiserror::Error)]
enum Setback {
    #[error("the music folder is not there or cannot be read: {0}")]
    NoFolder(#[from] std::io::Error),
    #[error("the drive with the music does not answer")]
    Hung,
    #[error("a task failed: {0}")]
    Failed(#[from] JoinError),
}

type ReadResult = (Found, Result<Result<Reading, Flaw>, Setback>);

impl Librarian {
    pub(super) fn new(shared: Arc<Shared>, shelf: Shelf, cache: IndexCache) -> Self {
        let now = Instant::now();
        Self {
            shared,
            shelf,
            cache,
            unpublished: false,
            published_at: now,
            build_took: Duration::ZERO,
            unsaved: false,
            saved_at: now,
            hung: 0,
        }
    }

    /// Works until `token` is cancelled, then saves the index.
    pub async fn run(mut self, token: CancellationToken) {
        if let Some(never) = token.run_until_cancelled(self.keep_up()).await {
            match never {}
        }
        self.save().await;
    }

    async fn keep_up(&mut self) -> Infallible {
        let pace = self.shared.options.pace;
        loop {
            let started = Instant::now();
            match self.walk_everything().await {
                Ok((folder, watch)) => {
                    self.follow(&folder, watch).await;
                    sleep_until(started + pace.between_walks).await;
                }
                Err(Setback::NoFolder(error)) => {
                    self.close(&error).await;
                    sleep(pace.missing_folder).await;
                }
                Err(setback @ (Setback::Hung | Setback::Failed(_))) => {
                    tracing::warn!(error = %setback, "the music folder could not be walked; trying again later");
                    sleep(pace.unwatched).await;
                }
            }
        }
    }

    /// One walk over the whole folder, with the watch placed before it so that nothing falls between the two.
    async fn walk_everything(&mut self) -> Result<(MusicFolder, Option<Watch>), Setback> {
        let path = self.shared.options.folder.clone();
        let (folder, watch) = off_thread(OPEN_PATIENCE, move || {
            let folder = MusicFolder::open(&path)?;
            let watch = Watch::start(&folder);
            std::io::Result::Ok((folder, watch))
        })
        .await??;
        let watch = match watch {
            Ok(watch) => Some(watch),
            Err(error) => {
                tracing::warn!(%error, "changes in the music folder cannot be followed; it is walked from time to time");
                None
            }
        };
        self.shared.status.send_modify(|status| {
            status.folder_found = true;
            status.watching = watch.is_some();
            status.scanning = true;
            (status.seen, status.added) = (0, 0);
        });
        let started = Instant::now();
        let walked = self.walk(&folder, &Scope::everything(), Count::Yes).await;
        self.finish_change().await;
        self.shared.status.send_modify(|status| status.scanning = false);
        walked?;
        if self.unsaved {
            self.save().await;
        }
        let status = self.shared.status.borrow();
        tracing::info!(
            library.tracks = status.tracks,
            library.added = status.added,
            library.broken = status.broken,
            duration_ms = started.elapsed().as_millis() as u64,
            "the music folder has been walked"
        );
        drop(status);
        Ok((folder, watch))
    }

    /// Looks again wherever something changes, until the whole folder is due.
    async fn follow(&mut self, folder: &MusicFolder, watch: Option<Watch>) {
        let pace = self.shared.options.pace;
        let Some(mut watch) = watch else {
            return sleep(pace.unwatched).await;
        };
        let next_walk = Instant::now() + pace.watched;
        loop {
            let next_save = self.saved_at + SAVE_EVERY;
            tokio::select! {
                batch = watch.next_batch(pace.debounce) => match batch {
                    Batch::Everything => return,
                    Batch::Places(places) => {
                        let looked = self.look_again(folder, places).await;
                        self.finish_change().await;
                        if looked.is_err() {
                            return; // the walk that follows finds out and says what is wrong
                        }
                    }
                },
                () = sleep_until(next_walk) => return,
                () = sleep_until(next_save), if self.unsaved => self.save().await,
            }
        }
    }

    async fn look_again(&mut self, folder: &MusicFolder, places: HashSet<PathBuf>) -> Result<(), Setback> {
        let root = folder.root().to_owned();
        let places = off_thread(READ_PATIENCE, move || {
            let is_folder = |place: &PathBuf| {
                root.join(place)
                    .symlink_metadata()
                    .is_ok_and(|found| found.is_dir())
            };
            places
                .into_iter()
                .map(|place| (is_folder(&place), place))
                .collect::<Vec<_>>()
        })
        .await?;
        let mut scopes = HashSet::new();
        for (is_folder, place) in places {
            let scope = if is_folder || self.shelf.has_below(&place) {
                Scope::Tree(place)
            } else {
                Scope::Files(place.parent().map(PathBuf::from).unwrap_or_default())
            };
            scopes.insert(scope);
        }
        if scopes.len() > MAX_SCOPES {
            scopes = HashSet::from([Scope::everything()]);
        }
        for scope in scopes {
            self.walk(folder, &scope, Count::No).await?;
        }
        Ok(())
    }

    /// Brings the shelf in step with one part of the folder.
    async fn walk(&mut self, folder: &MusicFolder, scope: &Scope, count: Count) -> Result<(), Setback> {
        self.shelf.begin_walk();
        self.hung = 0;
        let (sender, mut sights) = mpsc::channel(SIGHTS_AHEAD);
        let walker = {
            let (folder, scope) = (folder.clone(), scope.clone());
            let report = move |sight| match sender.blocking_send(sight) {
                Ok(()) => ControlFlow::Continue(()),
                Err(_) => ControlFlow::Break(()),
            };
            tokio::task::spawn_blocking(move || folder.walk(&scope, report))
        };
        let mut reading: JoinSet<ReadResult> = JoinSet::new();
        let mut walking = true;
        while walking || !reading.is_empty() {
            tokio::select! {
                Some(done) = reading.join_next(), if !reading.is_empty() => self.take_in(done?, count)?,
                sight = timeout(READ_PATIENCE, sights.recv()), if walking && reading.len() < READERS => {
                    match sight {
                        Ok(Some(sight)) => {
                            if let Some(found) = self.note(sight, count) {
                                reading.spawn(read_one(self.shared.clone(), folder.clone(), found));
                            }
                        }
                        Ok(None) => walking = false,
                        Err(_) => return Err(Setback::Hung),
                    }
                }
            }
            if self.is_publishing_due() {
                self.publish().await;
            }
        }
        walker.await?;
        // A drive that was unplugged under the walk looks like a folder whose files are gone: make sure it is there.
        let root = folder.root().to_owned();
        off_thread(READ_PATIENCE, move || MusicFolder::open(&root)).await??;
        if self.shelf.remove_unseen(scope) {
            self.mark_changed();
        }
        Ok(())
    }

    /// Takes note of what the walk saw. Returns a file that has to be read.
    fn note(&mut self, sight: Sight, count: Count) -> Option<Found> {
        match sight {
            Sight::File(found) => {
                if count == Count::Yes {
                    self.shared.status.send_modify(|status| status.seen += 1);
                }
                let current = self.shelf.is_current(&found);
                (!current).then_some(found)
            }
            Sight::Refused { path, reason } => {
                if self.shelf.put_refused(&path, reason) {
                    self.mark_changed();
                }
                None
            }
            Sight::Unreadable { path, reason } => {
                if self.shelf.put_refused(&path, &reason) {
                    self.mark_changed();
                }
                self.shelf.keep_below(&path);
                None
            }
        }
    }

    fn take_in(&mut self, (found, outcome): ReadResult, count: Count) -> Result<(), Setback> {
        self.mark_changed();
        match outcome {
            Ok(Ok(facts)) => {
                self.shelf.put_track(&found, facts);
                if count == Count::Yes {
                    self.shared.status.send_modify(|status| status.added += 1);
                }
            }
            Ok(Err(flaw)) => self.shelf.put_broken(&found, flaw.to_string()),
            Err(Setback::Hung) => {
                self.shelf
                    .put_refused(&found.path, "the drive did not answer in time");
                self.hung += 1;
                if self.hung >= MAX_HUNG {
                    return Err(Setback::Hung);
                }
            }
            Err(_) => self.shelf.put_broken(&found, Flaw::Panicked.to_string()),
        }
        Ok(())
    }

    /// The folder is gone: nothing can be played, but what is known of it is kept for when it comes back.
    async fn close(&mut self, error: &std::io::Error) {
        let was_open = {
            let status = self.shared.status.borrow();
            status.folder_found || status.tracks > 0
        };
        if !was_open {
            return;
        }
        tracing::warn!(%error, "the music folder is not there; waiting for it");
        self.shared.catalogue.send_replace(Arc::default());
        self.unpublished = true;
        self.shared.status.send_modify(|status| {
            let revision = status.revision + 1;
            *status = super::LibraryStatus {
                revision,
                ..Default::default()
            };
        });
    }

    fn mark_changed(&mut self) {
        self.unpublished = true;
        self.unsaved = true;
    }

    async fn finish_change(&mut self) {
        if self.unpublished {
            self.publish().await;
        }
    }

    fn is_publishing_due(&self) -> bool {
        let pause = PUBLISH_EVERY.max(self.build_took * PUBLISH_SHARE);
        self.unpublished && self.published_at.elapsed() >= pause
    }

    async fn publish(&mut self) {
        let started = Instant::now();
        let (tracks, now, shared) = (self.shelf.tracks(), self.shelf.status(), self.shared.clone());
        // Swapped on the other thread too, because the old catalogue dies there: that is 100,000 frees.
        let built = tokio::task::spawn_blocking(move || {
            drop(shared.catalogue.send_replace(Arc::new(Catalogue::build(tracks))));
        });
        if let Err(error) = built.await {
            tracing::error!(%error, "the library's catalogue could not be built; the old one stays");
            return;
        }
        self.build_took = started.elapsed();
        self.published_at = Instant::now();
        self.unpublished = false;
        self.shared.status.send_modify(|status| {
            (status.broken, status.tracks) = (now.broken, now.tracks);
            status.broken_files = now.broken_files;
            status.revision += 1;
        });
        if self.unsaved && self.saved_at.elapsed() >= SAVE_EVERY {
            self.save().await;
        }
    }

    /// A data folder that cannot be written costs the next start some time, nothing else.
    async fn save(&mut self) {
        if !self.unsaved {
            return;
        }
        let (cache, kept) = (self.cache.clone(), self.shelf.keep());
        let saved = off_thread(READ_PATIENCE, move || cache.save(&kept)).await;
        self.saved_at = Instant::now();
        self.unsaved = false;
        match saved {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                tracing::warn!(%error, "the library's index cannot be saved; the next start reads all files again");
            }
            Err(setback) => tracing::warn!(error = %setback, "the library's index could not be saved"),
        }
    }
}

/// Whether a walk shows in the status as a scan.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Count {
    Yes,
    No,
}

async fn read_one(shared: Arc<Shared>, folder: MusicFolder, found: Found) -> ReadResult {
    let wanted = found.clone();
    let outcome = off_thread(READ_PATIENCE, move || read(&folder, &wanted, &shared.covers)).await;
    (found, outcome)
}

/// Does something that may block, and stops waiting for it when patience ends (the thread goes on by itself).
async fn off_thread<T: Send + 'static>(
    patience: Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Setback> {
    match timeout(patience, tokio::task::spawn_blocking(work)).await {
        Ok(done) => Ok(done?),
        Err(_) => Err(Setback::Hung),
    }
}
