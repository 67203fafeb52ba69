//! What time it is on the server, by this device's steady clock.

use nests::playback::clock::{OffsetEstimate, Ping};
use nests::time::Millis;

/// First a guess (the time that the page or the greeting carried), then an estimate from pings.
#[derive(Debug, Default)]
pub struct ServerClock {
    guess: Option<f64>,
    estimate: OffsetEstimate,
}

impl ServerClock {
    /// The server said `now`, some unknown moment before `steady`.
    pub fn guess(&mut self, now: Millis, steady: f64) {
        self.guess = Some(now.0 as f64 - steady);
    }

    pub fn ping(&mut self, ping: Ping) {
        self.estimate.add(ping);
    }

    /// The device slept: its steady clock may have stood still meanwhile.
    pub fn woke_up(&mut self) {
        self.estimate.reset();
    }

    /// Whether it is good enough to play along by.
    pub fn is_estimated(&self) -> bool {
        self.estimate.offset().is_some()
    }

    /// Whether it may be wrong by so much that a room would hear it.
    pub fn is_unsure(&self) -> bool {
        self.estimate.is_unsure()
    }

    /// The server's time, in fractions of a millisecond; `None` before anybody told.
    pub fn exact(&self, steady: f64) -> Option<f64> {
        self.estimate
            .offset()
            .or(self.guess)
            .map(|offset| steady + offset)
    }

    pub fn now(&self, steady: f64) -> Option<Millis> {
        self.exact(steady).map(|now| Millis(now as i64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guess_serves_until_the_first_ping_is_back() {
        let mut clock = ServerClock::default();
        assert_eq!(clock.now(5.0), None);
        clock.guess(Millis(10_000), 100.0);
        assert_eq!(clock.now(150.0), Some(Millis(10_050)));
        assert!(!clock.is_estimated());
        clock.ping(Ping {
            sent: 200.0,
            received: 220.0,
            server: Millis(10_310),
        });
        assert_eq!(clock.now(300.0), Some(Millis(10_400)));
        clock.woke_up();
        assert_eq!(
            clock.now(300.0),
            Some(Millis(10_200)),
            "the guess is better than nothing"
        );
    }
}
