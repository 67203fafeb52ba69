//! The rate limit, which is the app's and so everybody's who goes by it: after a 429 nobody asks Spotify anything for as long
//! as it said, in no process on this Redis.
//!
//! The flag in Redis is the truth and its life is the time. Until it is written, this process remembers by itself.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::source::SourceError;
use crate::store::keys::REST_WHERE_NONE_IS_NAMED;
use crate::store::{Store, scripts};

/// A longer wish is cut to this, or one odd answer would keep Spotify away for good.
const LONGEST: Duration = Duration::from_secs(24 * 3600);
/// What Redis says of the life of a key that isn't there, and of one that never ends: somebody set it by hand, to keep
/// Spotify away.
const NO_KEY: i64 = -2;
const NO_END: i64 = -1;

pub(super) struct Rest {
    /// The flag's name; `None`: this process keeps the rest to itself.
    flag: Option<String>,
    ours: Mutex<Ours>,
}

/// What this process knows before Redis does.
#[derive(Default)]
struct Ours {
    until: Option<Instant>,
    /// How many rests this process has entered in Redis.
    entered: u64,
}

impl Rest {
    pub(super) fn entered_at(flag: Option<String>) -> Self {
        Self {
            flag,
            ours: Mutex::default(),
        }
    }

    /// Whether Spotify may be asked at this moment.
    ///
    /// # Errors
    /// `RateLimited` while it may not; `Unavailable` where Redis doesn't tell: then another process may be resting.
    pub(super) async fn is_over(&self, store: &Store) -> Result<(), SourceError> {
        loop {
            let entered = self.ours().entered;
            match self.left(store).await? {
                NO_KEY => {}
                NO_END => return Err(resting(REST_WHERE_NONE_IS_NAMED)),
                left => return Err(resting(Duration::from_millis(left.unsigned_abs()))),
            }
            let ours = self.ours();
            let left = ours
                .until
                .map(|until| until.saturating_duration_since(Instant::now()));
            if let Some(left) = left.filter(|left| !left.is_zero()) {
                return Err(resting(left));
            }
            // A rest that was entered while we asked may be younger than Redis' answer.
            if ours.entered == entered {
                return Ok(());
            }
        }
    }

    /// Spotify wishes not to be asked for a while; `None`: it didn't say for how long.
    pub(super) async fn begin(&self, store: &Store, wish: Option<Duration>) -> SourceError {
        let time = wish.unwrap_or(REST_WHERE_NONE_IS_NAMED);
        let time = time.clamp(Duration::from_secs(1), LONGEST);
        let until = Instant::now() + time;
        {
            let mut ours = self.ours();
            ours.until = ours.until.max(Some(until));
        }
        let seconds = time.as_secs();
        tracing::warn!(
            seconds,
            flag = self.flag,
            "Spotify was asked too often; it is left alone"
        );
        let Some(flag) = &self.flag else {
            return resting(time);
        };
        let mut rest = scripts::REST.key(flag);
        rest.arg(seconds);
        match store.script::<i64>(&rest).await {
            Ok(_) => {
                let mut ours = self.ours();
                ours.until = ours.until.filter(|ours| *ours > until);
                ours.entered += 1;
            }
            Err(error) => tracing::warn!(%error, "only this process knows that Spotify must be left alone"),
        }
        resting(time)
    }

    /// What Redis says of the flag's life, in milliseconds.
    async fn left(&self, store: &Store) -> Result<i64, SourceError> {
        let Some(flag) = &self.flag else {
            return Ok(NO_KEY);
        };
        let mut read = redis::cmd("PTTL");
        read.arg(flag);
        store.run(&read).await.map_err(|error| {
            tracing::warn!(%error, "nobody knows whether Spotify may be asked");
            SourceError::Unavailable
        })
    }

    fn ours(&self) -> MutexGuard<'_, Ours> {
        self.ours.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn resting(left: Duration) -> SourceError {
    let seconds = left.as_millis().div_ceil(1_000);
    SourceError::RateLimited {
        retry_after: u32::try_from(seconds).unwrap_or(u32::MAX).max(1),
    }
}
