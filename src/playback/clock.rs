//! How a device learns the server's clock: offsets from pings, the ones with the shortest way counting most.
//!
//! The idea is NTP's (RFC 5905, section 10): of the last eight samples the one with the smallest round trip has the
//! smallest error, which is at most half that round trip.

use crate::time::Millis;

/// Samples that are remembered; RFC 5905's clock filter keeps as many.
const WINDOW: usize = 8;

/// A clock that may be wrong by more is no clock to play along by; being in sync by it says nothing.
pub const UNSURE_BEYOND_MS: f64 = 250.0;

/// Two clocks drift apart by some milliseconds between two samples; more says that one of them was set or stood still.
const DRIFT_MS: f64 = 50.0;

/// One ping: local times of sending and receiving (any steady clock, in ms) and the server's time in between.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ping {
    pub sent: f64,
    pub received: f64,
    pub server: Millis,
}

/// Server time minus local time, estimated.
#[derive(Clone, Debug, Default)]
pub struct OffsetEstimate {
    samples: Vec<(f64, f64)>, // (round trip, offset)
}

impl OffsetEstimate {
    pub fn add(&mut self, ping: Ping) {
        let round_trip = ping.received - ping.sent;
        if !round_trip.is_finite() || round_trip < 0.0 {
            return; // the local clock was set in between: the sample says nothing
        }
        let offset = ping.server.0 as f64 - (ping.sent + ping.received) / 2.0;
        // Each is off by half its round trip at most: two that can't both be true are of different times, before and after a
        // sleep of the device.
        self.samples
            .retain(|(other, known)| (known - offset).abs() <= (other + round_trip) / 2.0 + DRIFT_MS);
        if self.samples.len() == WINDOW {
            self.samples.remove(0);
        }
        self.samples.push((round_trip, offset));
    }

    fn best(&self) -> Option<(f64, f64)> {
        self.samples.iter().copied().min_by(|a, b| a.0.total_cmp(&b.0))
    }

    /// Milliseconds to add to the local clock; `None` before the first sample.
    pub fn offset(&self) -> Option<f64> {
        self.best().map(|(_, offset)| offset)
    }

    /// The most the offset can be wrong by, in milliseconds.
    pub fn error_bound(&self) -> Option<f64> {
        self.best().map(|(round_trip, _)| round_trip / 2.0)
    }

    /// Whether it may be wrong by so much that a room would hear it.
    pub fn is_unsure(&self) -> bool {
        self.error_bound().is_some_and(|bound| bound > UNSURE_BEYOND_MS)
    }

    /// Forgets everything: after a sleep of the device its steady clock may have stood still.
    pub fn reset(&mut self) {
        self.samples.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shortest_round_trip_decides() {
        let mut estimate = OffsetEstimate::default();
        assert_eq!(estimate.offset(), None);
        // The true offset is 10,000. A slow way back makes the first sample 40 wrong.
        estimate.add(Ping {
            sent: 0.0,
            received: 100.0,
            server: Millis(10_010),
        });
        estimate.add(Ping {
            sent: 200.0,
            received: 210.0,
            server: Millis(10_205),
        });
        assert_eq!(estimate.offset(), Some(10_000.0));
        assert_eq!(estimate.error_bound(), Some(5.0));
    }

    #[test]
    fn a_line_that_takes_longer_than_half_a_second_there_and_back_leaves_the_clock_unsure() {
        let of_round_trips = |round_trips: &[f64]| {
            let mut estimate = OffsetEstimate::default();
            for round_trip in round_trips {
                estimate.add(Ping {
                    sent: 0.0,
                    received: *round_trip,
                    server: Millis(0),
                });
            }
            estimate.is_unsure()
        };
        assert!(
            !of_round_trips(&[]),
            "there is no clock yet, which is another trouble"
        );
        assert!(!of_round_trips(&[500.0]));
        assert!(of_round_trips(&[501.0, 2_000.0]));
        assert!(!of_round_trips(&[900.0, 80.0]), "one good sample is enough");
    }

    /// A bug: a device that had slept played by the clock of before, as long as one old sample had the shortest way.
    #[test]
    fn a_clock_that_stood_still_in_a_sleep_is_followed_with_the_next_ping() {
        let mut estimate = OffsetEstimate::default();
        for sent in [0.0, 200.0, 400.0] {
            estimate.add(Ping {
                sent,
                received: sent + 4.0,
                server: Millis(sent as i64 + 10_002),
            });
        }
        // An hour passed that the steady clock has not counted; and the line is slower now.
        estimate.add(Ping {
            sent: 600.0,
            received: 680.0,
            server: Millis(3_610_640),
        });
        assert_eq!(estimate.offset(), Some(3_610_000.0));
        assert_eq!(estimate.error_bound(), Some(40.0));
    }

    #[test]
    fn a_slow_ping_that_says_nothing_new_takes_no_better_one_away() {
        let mut estimate = OffsetEstimate::default();
        estimate.add(Ping {
            sent: 0.0,
            received: 4.0,
            server: Millis(10_002),
        });
        estimate.add(Ping {
            sent: 200.0,
            received: 2_200.0,
            server: Millis(12_200),
        });
        assert_eq!(estimate.offset(), Some(10_000.0));
    }

    #[test]
    fn old_samples_leave_so_that_a_drifting_clock_is_followed() {
        let mut estimate = OffsetEstimate::default();
        estimate.add(Ping {
            sent: 0.0,
            received: 0.0,
            server: Millis(500),
        });
        for i in 0..8 {
            let sent = f64::from(i) * 1000.0;
            estimate.add(Ping {
                sent,
                received: sent + 10.0,
                server: Millis(sent as i64 + 705),
            });
        }
        assert_eq!(estimate.offset(), Some(700.0));
    }
}
