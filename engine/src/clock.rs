//! The server's clock, and the one tests turn by hand.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use nests::time::Millis;

#[derive(Clone, Debug)]
pub enum Clock {
    System,
    /// Stands still until moved.
    Manual(Arc<AtomicI64>),
}

impl Clock {
    pub fn manual(start: Millis) -> Self {
        Self::Manual(Arc::new(AtomicI64::new(start.0)))
    }

    pub fn now(&self) -> Millis {
        match self {
            // Before 1970 the clock is wrong anyway; 0 keeps every sum valid.
            Self::System => Millis(
                SystemTime::now()
                    .duration_since(UNIX_EPOCH)
                    .map_or(0, |since| since.as_millis() as i64),
            ),
            Self::Manual(now) => Millis(now.load(Ordering::SeqCst)),
        }
    }

    /// Moves a manual clock; the system's clock goes its own way.
    pub fn advance(&self, milliseconds: i64) {
        if let Self::Manual(now) = self {
            now.fetch_add(milliseconds, Ordering::SeqCst);
        }
    }
}

/// `2026-02-03T04:05:06.789Z`: how times are written in the registry and the API.
pub(crate) fn rfc3339(at: Millis) -> String {
    jiff::Timestamp::from_millisecond(at.0)
        .map(|t| t.to_string())
        .unwrap_or_default()
}

pub(crate) fn parse_rfc3339(text: &str) -> Option<Millis> {
    text.parse::<jiff::Timestamp>()
        .ok()
        .map(|t| Millis(t.as_millisecond()))
}
