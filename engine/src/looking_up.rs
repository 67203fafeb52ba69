//! How much one person may have looked up outside the house by pasting and by seeds: the house's sources answer only so many
//! calls of everybody's together, and one who uses them up takes them from all.
//!
//! What the library answers, and what is remembered of a track, costs nothing and isn't counted.

use std::time::{Duration, Instant};

use nests::nest::{MemberId, Person};
use nests::paste::MAX_PIECES;

use crate::Engine;
use crate::error::EngineError;
use crate::pace::{self, Pace};

/// After a whole sheet, a hundred more a minute.
const LOOK_UP_EVERY: Duration = Duration::from_millis(600);
/// At once: as many links as one paste may have.
const LOOK_UPS_AT_ONCE: u32 = MAX_PIECES as u32;

pub(crate) fn pace() -> Pace<MemberId> {
    Pace::new(LOOK_UP_EVERY, LOOK_UPS_AT_ONCE)
}

impl Engine {
    /// Counts look-ups of `by`'s, unless they have had too many; then none of them is to be made.
    pub(crate) fn may_look_up(&self, by: &Person, calls: u32) -> bool {
        let pace = &self.inner.look_up_pace;
        pace.admit_many(&by.id, calls, Instant::now()).is_ok()
    }

    /// In how many seconds `by` may have so many look-ups, or as many of them as anybody may have at once.
    pub(crate) fn may_look_up_in(&self, by: &Person, calls: u32) -> u32 {
        let wait = self
            .inner
            .look_up_pace
            .wait(&by.id, calls.min(LOOK_UPS_AT_ONCE), Instant::now());
        pace::retry_after(wait)
    }

    /// Counts one look-up of `by`'s.
    ///
    /// # Errors
    /// `RateLimited` when they have had too many.
    pub(crate) fn look_up_one(&self, by: &Person) -> Result<(), EngineError> {
        if self.may_look_up(by, 1) {
            return Ok(());
        }
        let retry_after = self.may_look_up_in(by, 1);
        Err(EngineError::RateLimited {
            retry_after,
            message: format!("You had more looked up than goes at once. Try again in {retry_after} s."),
        })
    }
}
