//! Hears from the system what changes in the music folder, and waits until it has calmed down.
//!
//! Says only where something happened; what it means is found out by looking there again. So nothing goes wrong when
//! events are doubled, late or out of order, and when some are lost, the whole folder is looked at again.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use notify::event::{AccessKind, AccessMode};
use notify::{Config, Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};

use super::folder::{MusicFolder, is_hidden};

/// Changes that may wait to be looked at. One more, and the whole folder is looked at instead.
const MAX_WAITING: usize = 4096;
/// A folder that never calms down is looked at after this many times the debounce.
const MAX_DEBOUNCES: u32 = 10;

pub(super) struct Watch {
    changes: mpsc::Receiver<PathBuf>,
    /// Set where events were lost: too many at once, or an error of the watcher.
    lost: Arc<AtomicBool>,
    /// Stops when dropped.
    _watcher: RecommendedWatcher,
}

/// What has happened since the last time.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Batch {
    /// Something at these places, relative to the music folder.
    Places(HashSet<PathBuf>),
    /// More than can be told, or something to the folder itself.
    Everything,
}

impl Watch {
    /// Starts to listen. Blocking: walks all folders.
    ///
    /// # Errors
    /// Above all when the system's limit of watched folders is used up.
    pub fn start(folder: &MusicFolder) -> notify::Result<Self> {
        let (sender, changes) = mpsc::channel(MAX_WAITING);
        let lost = Arc::new(AtomicBool::new(false));
        let hears = Ear {
            root: folder.root().to_owned(),
            sender,
            lost: lost.clone(),
        };
        let config = Config::default().with_follow_symlinks(false);
        let mut watcher = RecommendedWatcher::new(move |event| hears.hear(event), config)?;
        watcher.watch(folder.root(), RecursiveMode::Recursive)?;
        Ok(Self {
            changes,
            lost,
            _watcher: watcher,
        })
    }

    /// Waits for a change, and then until there has been none for `debounce`.
    pub async fn next_batch(&mut self, debounce: Duration) -> Batch {
        let mut places = HashSet::new();
        let Some(first) = self.changes.recv().await else {
            return Batch::Everything;
        };
        places.insert(first);
        let at_the_latest = Instant::now() + debounce * MAX_DEBOUNCES;
        loop {
            let quiet = (Instant::now() + debounce).min(at_the_latest);
            match timeout_at(quiet, self.changes.recv()).await {
                Ok(Some(place)) => places.insert(place),
                Ok(None) => return Batch::Everything,
                Err(_) => break,
            };
        }
        let whole_folder = places.contains(Path::new(""));
        if self.lost.swap(false, Ordering::AcqRel) || whole_folder {
            return Batch::Everything;
        }
        Batch::Places(places)
    }
}

/// Lives on the watcher's own thread.
struct Ear {
    root: PathBuf,
    sender: mpsc::Sender<PathBuf>,
    lost: Arc<AtomicBool>,
}

impl Ear {
    fn hear(&self, event: notify::Result<Event>) {
        match event {
            Ok(event) if event.need_rescan() => self.lose("the system reports more changes than it can tell"),
            Ok(event) if is_mere_reading(&event.kind) => {}
            Ok(event) => event.paths.iter().for_each(|path| self.pass_on(path)),
            Err(error) => {
                tracing::warn!(%error, "changes in the music folder cannot all be followed");
                self.lose("the watcher failed");
            }
        }
    }

    fn pass_on(&self, path: &Path) {
        let Ok(place) = path.strip_prefix(&self.root) else {
            return;
        };
        if place.iter().any(is_hidden) {
            return;
        }
        if self.sender.try_send(place.to_owned()).is_err() {
            self.lose("more changes at once than are kept");
        }
    }

    fn lose(&self, why: &str) {
        let before = self.lost.swap(true, Ordering::AcqRel);
        if before {
            return;
        }
        tracing::debug!(why, "the whole music folder will be looked at again");
        // Wakes the listener; where the channel is full it is awake.
        if let Err(mpsc::error::TrySendError::Closed(_)) = self.sender.try_send(PathBuf::new()) {
            tracing::debug!("nobody listens to the music folder any more");
        }
    }
}

/// Opening and reading files is no change, and the library itself does a lot of it.
fn is_mere_reading(kind: &EventKind) -> bool {
    match kind {
        EventKind::Access(access) => *access != AccessKind::Close(AccessMode::Write),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use notify::event::{CreateKind, Flag};

    fn watch() -> (Ear, Watch) {
        let (sender, changes) = mpsc::channel(2);
        let lost = Arc::new(AtomicBool::new(false));
        let watcher = RecommendedWatcher::new(|_| {}, Config::default()).expect("a watcher");
        let ear = Ear {
            root: "/music".into(),
            sender,
            lost: lost.clone(),
        };
        (
            ear,
            Watch {
                changes,
                lost,
                _watcher: watcher,
            },
        )
    }

    fn created(path: &str) -> notify::Result<Event> {
        Ok(Event::new(EventKind::Create(CreateKind::File)).add_path(path.into()))
    }

    const DEBOUNCE: Duration = Duration::from_millis(1);

    #[tokio::test]
    async fn changes_close_to_each_other_are_told_once() {
        let (ear, mut watch) = watch();
        ear.hear(created("/music/a.ogg"));
        ear.hear(created("/music/a.ogg"));
        assert_eq!(
            watch.next_batch(DEBOUNCE).await,
            Batch::Places(HashSet::from(["a.ogg".into()]))
        );
    }

    #[tokio::test]
    async fn more_changes_than_are_kept_mean_everything() {
        let (ear, mut watch) = watch();
        for name in ["a", "b", "c"] {
            ear.hear(created(&format!("/music/{name}.ogg")));
        }
        assert_eq!(watch.next_batch(DEBOUNCE).await, Batch::Everything);
        ear.hear(created("/music/d.ogg"));
        assert_eq!(
            watch.next_batch(DEBOUNCE).await,
            Batch::Places(HashSet::from(["d.ogg".into()]))
        );
    }

    #[tokio::test]
    async fn an_overflow_an_error_and_a_change_of_the_folder_itself_mean_everything() {
        let overflow = Ok(Event::new(EventKind::Other).set_flag(Flag::Rescan));
        let no_more_watches = Err(notify::Error::new(notify::ErrorKind::MaxFilesWatch));
        for event in [overflow, no_more_watches, created("/music")] {
            let (ear, mut watch) = watch();
            ear.hear(event);
            assert_eq!(watch.next_batch(DEBOUNCE).await, Batch::Everything);
        }
    }

    #[tokio::test]
    async fn reading_and_hidden_files_are_no_change() {
        let (ear, mut watch) = watch();
        let opened = EventKind::Access(AccessKind::Open(AccessMode::Any));
        ear.hear(Ok(Event::new(opened).add_path("/music/a.ogg".into())));
        ear.hear(created("/music/.part/a.ogg"));
        ear.hear(created("/elsewhere/a.ogg"));
        ear.hear(created("/music/b.ogg"));
        assert_eq!(
            watch.next_batch(DEBOUNCE).await,
            Batch::Places(HashSet::from(["b.ogg".into()]))
        );
    }
}
