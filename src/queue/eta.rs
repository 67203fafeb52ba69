//! When each song will play.

use super::Placed;
use crate::playback::Playing;
use crate::time::Millis;

/// The start of each song in `ordered`, by the server's clock. `None` while the nest is paused: nobody knows yet.
pub fn start_times(ordered: &[Placed<'_>], playing: Option<&Playing>, now: Millis) -> Vec<Option<Millis>> {
    let mut next_start = match playing {
        Some(playing) => playing.ends_at().map(|end| end.max(now)),
        None => Some(now),
    };
    let mut starts = Vec::with_capacity(ordered.len());
    for placed in ordered {
        starts.push(next_start);
        next_start = next_start.map(|start| start.plus(i64::from(placed.queued.song.track.duration_ms)));
    }
    starts
}
