//! What a person can ask of a nest.

use serde::{Deserialize, Serialize};

use crate::queue::{SongId, Vote};
use crate::track::TrackUri;

/// One wish. Where a wish speaks of "the song that plays", it names the song: two people who skip at the same moment
/// skip one song, not two.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Queue a track. Where it is queued already, this becomes an up vote.
    Add {
        track: TrackUri,
    },
    /// Vote, change the vote, or take it back (`null`).
    Vote {
        song: SongId,
        vote: Option<Vote>,
    },
    /// Love the song, or no longer. Also on the playing song.
    Jam {
        song: SongId,
        on: bool,
    },
    Remove {
        song: SongId,
    },
    /// Everything that waits, not what plays.
    Clear,
    /// Put back what the removal or clearing at this version took, within ten seconds.
    Undo {
        version: u64,
    },
    Skip {
        song: SongId,
    },
    Pause,
    Resume,
    /// 0 to 100.
    Volume {
        level: u8,
    },
    /// Queue what Bender picked, as one's own song.
    Take {
        song: SongId,
    },
    /// Away with what Bender picked, for as long as his filter holds.
    Filter {
        song: SongId,
    },
    /// Ask Bender to pick, also after he fell silent.
    AskBender,
}
