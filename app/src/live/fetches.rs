//! Whether music that could not be fetched, or played, is tried again. Pure.

/// It is tried again after so long, and so often; then it is said that it can't be played. The network of a lift, or a store
/// that was away for a moment, is back by then.
const AGAIN_AFTER_MS: f64 = 2_000.0;
const MOST_FAILURES: u8 = 6;

/// How often the song that plays has failed, and when last.
#[derive(Clone, Copy, Debug, Default)]
pub struct Fetches {
    failed: u8,
    at: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    Fetch,
    Wait,
    GiveUp,
}

impl Fetches {
    /// It has failed, or nothing was done since it had; `now` by any steady clock, in ms.
    pub fn next(&mut self, now: f64) -> Next {
        if self.failed >= MOST_FAILURES {
            return Next::GiveUp;
        }
        if self.failed > 0 && now - self.at < AGAIN_AFTER_MS {
            return Next::Wait;
        }
        let next = if self.failed == 0 { Next::Wait } else { Next::Fetch };
        self.failed += 1;
        self.at = now;
        next
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_failed_is_fetched_every_two_seconds_and_given_up_after_ten() {
        let mut fetches = Fetches::default();
        let mut fetched = Vec::new();
        for half_seconds in 0..40_u16 {
            let now = f64::from(half_seconds) * 500.0;
            match fetches.next(now) {
                Next::Fetch => fetched.push(now),
                Next::Wait => assert!(now < 10_000.0),
                Next::GiveUp => assert!(now > 10_000.0, "{now}"),
            }
        }
        assert_eq!(fetched, [2_000.0, 4_000.0, 6_000.0, 8_000.0, 10_000.0]);
    }
}
