//! Bender, who picks when nobody does: when he is wanted, and what he starts from.
//!
//! For now he knows the library only: the artist of the last song a person queued, else its genre, else anything.

use crate::time::Millis;
use crate::track::TrackUri;
use crate::wire::Snapshot;

/// The house's rules for Bender.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Songs that should always be waiting.
    pub min_queue_depth: usize,
    /// How long he goes on without a person's song, in minutes.
    pub max_minutes: u32,
}

/// How many songs Bender should add now. He plays for people: with nobody there he rests, and after `max_minutes`
/// without a person's song he lets it be quiet.
pub fn wanted(nest: &Snapshot, people_here: bool, now: Millis, limits: Limits) -> usize {
    if !people_here || !nest.bender.enabled || streak_is_over(nest, now, limits) {
        return 0;
    }
    limits.min_queue_depth.saturating_sub(nest.songs.len())
}

/// Whether he has played long enough without anybody asking for a song.
pub fn streak_is_over(nest: &Snapshot, now: Millis, limits: Limits) -> bool {
    let streak = nest.bender.streak_start.map_or(0, |start| now.since(start));
    streak > i64::from(limits.max_minutes) * 60_000
}

/// How a pick came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strategy {
    SameArtist,
    SameGenre,
    Anything,
}

/// The strategies in the order to try them, so that one without an answer falls through to the next. Artist and genre
/// take turns by the roll, or one artist would play all night.
pub fn strategies(roll: u64) -> [Strategy; 3] {
    match roll % 3 {
        0 => [Strategy::SameArtist, Strategy::SameGenre, Strategy::Anything],
        1 => [Strategy::SameGenre, Strategy::SameArtist, Strategy::Anything],
        _ => [Strategy::SameGenre, Strategy::Anything, Strategy::SameArtist],
    }
}

/// Starts at the roll and takes the first candidate that is neither in the queue, nor playing, nor played lately.
pub fn choose<'a>(
    candidates: &'a [TrackUri],
    nest: &Snapshot,
    lately: &[TrackUri],
    roll: u64,
) -> Option<&'a TrackUri> {
    let start = (roll % candidates.len().max(1) as u64) as usize;
    let turned = candidates.iter().cycle().skip(start).take(candidates.len());
    turned
        .into_iter()
        .find(|uri| !lately.contains(uri) && !nest.holds(uri))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::snapshot::fixture::{nest, queued};

    const LIMITS: Limits = Limits {
        min_queue_depth: 3,
        max_minutes: 120,
    };

    #[test]
    fn bender_tops_the_queue_up_while_somebody_listens() {
        assert_eq!(wanted(&nest(), true, Millis(0), LIMITS), 3);
        assert_eq!(
            wanted(&nest().with(queued(1, "anna")), true, Millis(0), LIMITS),
            2
        );
        assert_eq!(wanted(&nest(), false, Millis(0), LIMITS), 0, "nobody there");
    }

    #[test]
    fn fault_the_streak_limit_practically_never_applied() {
        let mut nest = nest();
        nest.bender.streak_start = Some(Millis(0));
        assert_eq!(wanted(&nest, true, Millis(120 * 60_000), LIMITS), 3);
        assert_eq!(wanted(&nest, true, Millis(120 * 60_000 + 1), LIMITS), 0);
    }

    #[test]
    fn fault_bender_repeated_his_own_songs() {
        let all: Vec<TrackUri> = (1..=4).map(TrackUri::library).collect();
        let nest = nest().with(queued(1, "bender"));
        let lately = [TrackUri::library(2), TrackUri::library(3)];
        for roll in 0..20 {
            assert_eq!(choose(&all, &nest, &lately, roll), Some(&TrackUri::library(4)));
        }
        assert_eq!(choose(&all[..3], &nest, &lately, 7), None);
        assert_eq!(choose(&[], &nest, &lately, 7), None);
    }
}
