//! Which of a few candidates it will be.

use crate::track::TrackUri;
use crate::wire::Snapshot;

/// Starts at the roll and takes the first candidate that is neither in the queue, nor playing, nor filtered: played or
/// rejected lately. Answers its place among the candidates.
pub fn choose(candidates: &[TrackUri], nest: &Snapshot, filtered: &[TrackUri], roll: u64) -> Option<usize> {
    let len = candidates.len();
    let start = (roll % len.max(1) as u64) as usize;
    (start..start + len).map(|place| place % len).find(|place| {
        let uri = &candidates[*place];
        !filtered.contains(uri) && !nest.holds(uri)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::snapshot::fixture::{nest, queued};

    #[test]
    fn fault_bender_repeated_his_own_songs() {
        let all: Vec<TrackUri> = (1..=4).map(TrackUri::library).collect();
        let nest = nest().with(queued(1, "bender"));
        let filtered = [TrackUri::library(2), TrackUri::library(3)];
        for roll in 0..20 {
            assert_eq!(choose(&all, &nest, &filtered, roll), Some(3));
        }
        assert_eq!(choose(&all[..3], &nest, &filtered, 7), None);
        assert_eq!(choose(&[], &nest, &filtered, 7), None);
    }
}
