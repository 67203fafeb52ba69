//! What plays, since when, and what the clock demands next.

pub mod clock;
pub mod pacer;
pub mod step;

use serde::{Deserialize, Serialize};

use crate::queue::QueuedSong;
use crate::time::Millis;

pub use step::{Step, step};

/// The sync point of a nest: every device derives its position from these three and the server's clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Playing {
    /// The song, with the votes and jams it came with; jams go on while it plays.
    pub queued: QueuedSong,
    /// When position 0 was, or would have been: moved forward by the length of every pause.
    pub started_at: Millis,
    pub paused_at: Option<Millis>,
}

impl Playing {
    pub fn duration_ms(&self) -> u32 {
        self.queued.song.track.duration_ms
    }

    /// Position in milliseconds, from 0 to the song's length.
    pub fn position_ms(&self, now: Millis) -> u32 {
        let elapsed = self.paused_at.unwrap_or(now).since(self.started_at);
        elapsed.clamp(0, i64::from(self.duration_ms())) as u32
    }

    /// When the song's time is up; `None` while paused.
    pub fn ends_at(&self) -> Option<Millis> {
        match self.paused_at {
            Some(_) => None,
            None => Some(self.started_at.plus(i64::from(self.duration_ms()))),
        }
    }

    /// `started_at` after resuming at `now`: the clock goes on where it stopped.
    pub fn started_at_when_resumed(&self, now: Millis) -> Millis {
        let paused_for = self.paused_at.map_or(0, |paused| now.since(paused).max(0));
        self.started_at.plus(paused_for)
    }
}
