//! The one unit of time on the wire: whole milliseconds since the Unix epoch, by the server's clock.

use serde::{Deserialize, Serialize};

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Millis(pub i64);

impl Millis {
    /// How many milliseconds lie between `earlier` and `self`; negative when `earlier` is the later one.
    pub const fn since(self, earlier: Self) -> i64 {
        self.0 - earlier.0
    }

    pub const fn plus(self, milliseconds: i64) -> Self {
        Self(self.0 + milliseconds)
    }
}
