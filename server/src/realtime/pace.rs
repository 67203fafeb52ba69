//! How fast one socket may ask for things: bursts are fine, a flood is not.

use std::time::Instant;

/// A person who clicks through a whole queue at once.
const BURST: f32 = 20.0;
/// Frames per second after that; nobody votes faster.
const PER_SECOND: f32 = 10.0;

/// A bucket of tokens, one per frame.
pub struct Pace {
    tokens: f32,
    filled: Instant,
}

impl Pace {
    pub fn new(now: Instant) -> Self {
        Self {
            tokens: BURST,
            filled: now,
        }
    }

    /// Takes a token; `false`: too fast.
    pub fn admit(&mut self, now: Instant) -> bool {
        let gained = now.duration_since(self.filled).as_secs_f32() * PER_SECOND;
        self.tokens = (self.tokens + gained).min(BURST);
        self.filled = now;
        if self.tokens < 1.0 {
            return false;
        }
        self.tokens -= 1.0;
        true
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_burst_is_let_through_and_a_flood_is_held_to_ten_a_second() {
        let start = Instant::now();
        let mut pace = Pace::new(start);
        let admitted = |pace: &mut Pace, at: Instant| (0..100).filter(|_| pace.admit(at)).count();
        assert_eq!(admitted(&mut pace, start), 20);
        assert_eq!(admitted(&mut pace, start + Duration::from_secs(1)), 10);
        assert_eq!(
            admitted(&mut pace, start + Duration::from_secs(3600)),
            20,
            "no credit beyond a burst"
        );
    }
}
