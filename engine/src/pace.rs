//! How fast one person may ask for what costs others something: searches, look-ups, and what their player makes Spotify do.
//!
//! In memory: each process counts for itself, and none asks the store with every letter. Knows no clock.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Lanes remembered at once, about 100 bytes each: 1 MB. Whoever hasn't asked for some time is forgotten first.
const MOST_LANES: usize = 10_000;

/// One request every so often, and some at once. Each lane counts by itself.
pub(crate) struct Pace<Lane> {
    every: Duration,
    burst: u32,
    /// Until when a lane's requests so far are worked off. What lies in the past is as good as nothing.
    lanes: Mutex<HashMap<Lane, Instant>>,
}

impl<Lane: Clone + Eq + Hash> Pace<Lane> {
    pub(crate) fn new(every: Duration, burst: u32) -> Self {
        Self {
            every,
            burst,
            lanes: Mutex::default(),
        }
    }

    /// Counts one request.
    ///
    /// # Errors
    /// How long to wait, when there were too many.
    pub(crate) fn admit(&self, lane: &Lane, now: Instant) -> Result<(), Duration> {
        self.admit_many(lane, 1, now)
    }

    /// Counts `count` requests, or none of them; more than the burst are never admitted.
    ///
    /// # Errors
    /// How long to wait, when there were too many.
    pub(crate) fn admit_many(&self, lane: &Lane, count: u32, now: Instant) -> Result<(), Duration> {
        let at_once = self.every * self.burst;
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        if lanes.len() >= MOST_LANES && !lanes.contains_key(lane) {
            lanes.retain(|_, until| *until > now);
            if lanes.len() >= MOST_LANES {
                return Err(at_once);
            }
        }
        let until = lanes.entry(lane.clone()).or_insert(now);
        let next = (*until).max(now) + self.every * count;
        let ahead = next.saturating_duration_since(now);
        if ahead > at_once {
            return Err(ahead - at_once);
        }
        *until = next;
        Ok(())
    }

    /// How long until `count` requests would be admitted. Counts none.
    pub(crate) fn wait(&self, lane: &Lane, count: u32, now: Instant) -> Duration {
        let lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        let until = lanes.get(lane).map_or(now, |until| (*until).max(now));
        let ahead = (until + self.every * count).saturating_duration_since(now);
        ahead.saturating_sub(self.every * self.burst)
    }
}

/// In whole seconds, as clients are told to wait.
pub(crate) fn retry_after(wait: Duration) -> u32 {
    wait.as_secs_f32().ceil().max(1.0) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVERY: Duration = Duration::from_millis(200);
    const BURST: u32 = 20;

    fn pace() -> Pace<u32> {
        Pace::new(EVERY, BURST)
    }

    #[test]
    fn whoever_keeps_to_the_pace_for_minutes_is_never_refused() {
        let (pace, start) = (pace(), Instant::now());
        for n in 0..3_000 {
            for lane in [1, 2] {
                assert_eq!(pace.admit(&lane, start + EVERY * n), Ok(()), "{n}");
            }
        }
    }

    #[test]
    fn a_flood_is_held_to_its_pace_and_told_how_long_to_wait() {
        let (pace, start) = (pace(), Instant::now());
        let admitted = |at: Instant| (0..100).filter(|_| pace.admit(&1, at).is_ok()).count();
        assert_eq!(admitted(start), BURST as usize);
        assert_eq!(pace.admit(&1, start), Err(EVERY));
        assert_eq!(pace.admit(&2, start), Ok(()), "another lane");
        assert_eq!(admitted(start + Duration::from_secs(1)), 5);
        assert_eq!(
            admitted(start + Duration::from_secs(3_600)),
            BURST as usize,
            "no credit beyond it"
        );
    }

    #[test]
    fn many_are_admitted_together_or_not_at_all_and_the_wait_for_them_is_known() {
        let (pace, start) = (pace(), Instant::now());
        assert_eq!(pace.wait(&1, BURST, start), Duration::ZERO);
        assert_eq!(pace.admit_many(&1, BURST - 5, start), Ok(()));
        assert_eq!(pace.wait(&1, 5, start), Duration::ZERO);
        assert_eq!(pace.admit_many(&1, 8, start), Err(EVERY * 3));
        assert_eq!(pace.wait(&1, 8, start), EVERY * 3);
        assert_eq!(pace.admit_many(&1, 8, start + EVERY * 3), Ok(()));
    }

    #[test]
    fn the_memory_of_lanes_is_bounded_and_whoever_is_done_makes_room() {
        let (pace, start) = (Pace::new(EVERY, BURST), Instant::now());
        let admitted = (0..MOST_LANES + 50).filter(|lane| pace.admit(lane, start).is_ok());
        assert_eq!(admitted.count(), MOST_LANES);
        let later = start + Duration::from_secs(1);
        assert_eq!(pace.admit(&(MOST_LANES + 60), later), Ok(()));
    }

    #[test]
    fn a_wait_is_told_in_seconds_and_never_as_none() {
        for (ms, seconds) in [(1, 1), (1_000, 1), (1_001, 2)] {
            assert_eq!(retry_after(Duration::from_millis(ms)), seconds);
        }
    }
}
