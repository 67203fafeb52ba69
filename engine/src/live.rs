//! The live side of nests: what this process holds of them in memory, and how news reaches the sockets.
//!
//! The [`hub`] holds one [`LiveNest`] per nest that somebody here uses, kept in step by one Redis subscription each. A
//! [`Seat`] is one socket's place in one. Redis has the truth; what stands here is a copy that notices when it falls behind.

pub(crate) mod commit;
pub mod hub;
pub mod nest;
pub(crate) mod present;
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
    use nests::nest::MemberId;

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

    const LOOK: &str = "look";

    /// How a person's device does: the frame for their sockets.
    pub(crate) fn hearing(member: &MemberId, frame: &str) -> String {
        format!("hearing {member} {frame}")
    }

    /// Whoever conducts for the person looks again: they chose otherwise, or another conductor has left.
    pub(crate) fn look(member: &MemberId) -> String {
        format!("player {member} {LOOK}")
    }

    /// The person wishes to hear the nest, whatever they hear now. By the word, conductors know one wish from another.
    pub(crate) fn wish(member: &MemberId, word: &str) -> String {
        format!("player {member} {word}")
    }

    /// News as they are heard.
    #[derive(Debug, PartialEq, Eq)]
    pub(crate) enum News<'a> {
        People,
        Hearing(MemberId, &'a str),
        /// What to do with a person's player: a wish's word, or only to look.
        Player(MemberId, Option<&'a str>),
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
            Some(("hearing", rest)) => {
                let (member, frame) = rest.split_once(' ')?;
                Some(News::Hearing(MemberId::parse(member).ok()?, frame))
            }
            Some(("player", rest)) => {
                let (member, word) = rest.split_once(' ')?;
                let wish = Some(word).filter(|word| *word != LOOK);
                Some(News::Player(MemberId::parse(member).ok()?, wish))
            }
            Some((place, frame)) => Some(News::Event(place, frame)),
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn what_is_told_is_what_is_heard() {
            let anna = || MemberId::parse("g-anna").expect("an id");
            let frame = r#"{"hearing":{"device":"Living room"}}"#;
            let table = [
                (PEOPLE.to_owned(), Some(News::People)),
                (asleep(3), Some(News::Asleep(3))),
                (hearing(&anna(), frame), Some(News::Hearing(anna(), frame))),
                (look(&anna()), Some(News::Player(anna(), None))),
                (wish(&anna(), "0f"), Some(News::Player(anna(), Some("0f")))),
                ("1-2 {}".to_owned(), Some(News::Event("1-2", "{}"))),
                ("player ANNA look".to_owned(), None),
                ("made-up".to_owned(), None),
            ];
            for (told, heard) in table {
                assert_eq!(parse(&told), heard, "{told}");
            }
        }
    }
}
