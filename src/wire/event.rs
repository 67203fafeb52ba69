//! What happened in a nest: one event per version.

use serde::{Deserialize, Serialize};

use crate::nest::{MemberId, NestName, NestSlug, Person};
use crate::queue::{QueuedSong, Song, SongId, Vote};
use crate::time::Millis;
use crate::track::TrackUri;

/// One step of a nest's version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// The version the nest has after it.
    pub v: u64,
    pub at: Millis,
    /// Who did it; `None`: the player, by the clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<MemberId>,
    pub change: Change,
}

/// All absolute, never relative: applying one twice is applying it once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    Added {
        songs: Vec<Song>,
    },
    Voted {
        song: SongId,
        member: MemberId,
        vote: Option<Vote>,
    },
    Jammed {
        song: SongId,
        person: Person,
        on: bool,
    },
    Removed {
        songs: Vec<SongId>,
    },
    /// What Bender picked was rejected: it leaves the queue, and he keeps away from the track.
    Filtered {
        song: SongId,
        track: TrackUri,
    },
    /// An undone removal: the songs come back with their votes and their places.
    Restored {
        songs: Vec<QueuedSong>,
    },
    /// The song leaves the queue and plays, with position 0 at `at`. What played before is over.
    Started {
        song: SongId,
        at: Millis,
    },
    /// The song's time was up, or it was skipped, and nothing followed.
    Stopped,
    Paused {
        at: Millis,
    },
    Resumed {
        started_at: Millis,
    },
    Volume {
        level: u8,
    },
    /// Bender may pick (again): his streak counts from `at`.
    BenderAsked {
        at: Millis,
    },
    /// Bender picks here from now on, or no longer. Switched off, he takes along what he has waiting; what plays plays on.
    BenderSwitched {
        on: bool,
    },
    Renamed {
        name: NestName,
        slug: Option<NestSlug>,
    },
}
