//! The live side of nests: what this process holds of them in memory, and how news reaches the sockets.
//!
//! The [`hub`] holds one [`LiveNest`] per nest that somebody here uses, kept in step by one Redis subscription each. A
//! [`Seat`] is one socket's place in one. Redis has the truth; what stands here is a copy that notices when it falls behind.

pub(crate) mod commit;
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
    pub(crate) const GONE: &str = "gone";

    /// What ended a generation, with its number: news that come late must not end the next one.
    pub(crate) fn asleep(generation: u32) -> String {
        format!("asleep {generation}")
    }

    /// A newer generation lives, with the number of that one.
    pub(crate) fn restarted(generation: u32) -> String {
        format!("restarted {generation}")
    }

    /// News as they are heard.
    #[derive(Debug, PartialEq, Eq)]
    pub(crate) enum News<'a> {
        People,
        Asleep(u32),
        Restarted(u32),
        Gone,
        /// An event's place in the log and its frame.
        Event(&'a str, &'a str),
    }

    pub(crate) fn parse(payload: &str) -> Option<News<'_>> {
        match payload.split_once(' ') {
            None if payload == PEOPLE => Some(News::People),
            None if payload == GONE => Some(News::Gone),
            None => None,
            Some(("asleep", generation)) => Some(News::Asleep(generation.parse().ok()?)),
            Some(("restarted", generation)) => Some(News::Restarted(generation.parse().ok()?)),
            Some((place, frame)) => Some(News::Event(place, frame)),
        }
    }
}
