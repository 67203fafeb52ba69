//! How fast one person may search: as fast as anybody types, no faster. Sources are counted apart, as browsers ask them.
//!
//! In memory: each process counts for itself, and none asks the store with every letter. Knows no clock.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use nests::nest::MemberId;
use nests::track::Source;

/// The page waits for a pause of this length in typing before it searches, so nobody who types is ever faster.
const EVERY: Duration = Duration::from_millis(200);
/// Searches at once: several tabs, or a program that looks a list up.
const BURST: u32 = 20;
/// People remembered at once, about 100 bytes each: 1 MB. Whoever hasn't searched for some seconds is forgotten first.
const MOST_PEOPLE: usize = 10_000;

/// Who searches, and in which source alone; `None`: in all.
type Lane = (MemberId, Option<Source>);

#[derive(Default)]
pub(crate) struct SearchPace {
    /// By lane: until when its searches so far are worked off. What lies in the past is as good as nothing.
    lanes: Mutex<HashMap<Lane, Instant>>,
}

impl SearchPace {
    /// Counts one search.
    ///
    /// # Errors
    /// How long to wait, when there were too many.
    pub(crate) fn admit(&self, who: &MemberId, alone: Option<Source>, now: Instant) -> Result<(), Duration> {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        let lane = (who.clone(), alone);
        if lanes.len() >= MOST_PEOPLE && !lanes.contains_key(&lane) {
            lanes.retain(|_, until| *until > now);
            if lanes.len() >= MOST_PEOPLE {
                return Err(EVERY * BURST);
            }
        }
        let until = lanes.entry(lane).or_insert(now);
        let next = (*until).max(now) + EVERY;
        let ahead = next.saturating_duration_since(now);
        if ahead > EVERY * BURST {
            return Err(ahead - EVERY * BURST);
        }
        *until = next;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(n: usize) -> MemberId {
        MemberId::parse(&format!("m{n}")).expect("an id")
    }

    #[test]
    fn whoever_types_for_minutes_with_the_shortest_pauses_is_never_refused() {
        let (pace, start, anna) = (SearchPace::default(), Instant::now(), member(1));
        for n in 0..3_000 {
            for source in [Source::Library, Source::Spotify] {
                assert_eq!(pace.admit(&anna, Some(source), start + EVERY * n), Ok(()), "{n}");
            }
        }
    }

    #[test]
    fn a_flood_is_held_to_its_pace_and_told_how_long_to_wait() {
        let (pace, start, anna) = (SearchPace::default(), Instant::now(), member(1));
        let admitted = |at: Instant| (0..100).filter(|_| pace.admit(&anna, None, at).is_ok()).count();
        assert_eq!(admitted(start), BURST as usize);
        assert_eq!(pace.admit(&anna, None, start), Err(EVERY));
        assert_eq!(pace.admit(&member(2), None, start), Ok(()), "somebody else");
        assert_eq!(
            pace.admit(&anna, Some(Source::Library), start),
            Ok(()),
            "another lane"
        );
        assert_eq!(admitted(start + Duration::from_secs(1)), 5);
        assert_eq!(
            admitted(start + Duration::from_secs(3_600)),
            BURST as usize,
            "no credit beyond it"
        );
    }

    #[test]
    fn the_memory_of_people_is_bounded_and_whoever_is_done_makes_room() {
        let (pace, start) = (SearchPace::default(), Instant::now());
        let admitted = (0..MOST_PEOPLE + 50).filter(|n| pace.admit(&member(*n), None, start).is_ok());
        assert_eq!(admitted.count(), MOST_PEOPLE);
        let later = start + Duration::from_secs(1);
        assert_eq!(pace.admit(&member(MOST_PEOPLE + 60), None, later), Ok(()));
    }
}
