//! The live side of nests: what this process holds of them in memory, and how news reaches the sockets.
//!
//! The [`hub`] holds one [`LiveNest`] per nest that somebody here uses, kept in step by one Redis subscription each. A
//! [`Seat`] is one socket's place in one. Redis has the truth; what stands here is a copy that notices when it falls behind.

pub mod hub;
pub mod nest;
pub mod seat;
pub mod watch;

pub(crate) use hub::Hub;
pub(crate) use nest::LiveNest;
pub use seat::{CloseReason, Seat, SeatEvent, Since};

use bytes::Bytes;
use nests::wire::ServerFrame;

/// One `ServerFrame` as JSON, serialised once and shared by every socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame(pub Bytes);

impl Frame {
    pub fn of(frame: &ServerFrame) -> Self {
        // Our own wire types always serialise: no maps with keys that aren't text, no floats that aren't numbers.
        Self(serde_json::to_vec(frame).unwrap_or_default().into())
    }

    pub(crate) fn from_text(text: String) -> Self {
        Self(text.into())
    }
}

/// What is published on a nest's channel beside event frames.
pub(crate) mod news {
    /// Somebody came or went: read again who is here.
    pub(crate) const PEOPLE: &str = "people";
    pub(crate) const ASLEEP: &str = "asleep";
    pub(crate) const GONE: &str = "gone";
}
