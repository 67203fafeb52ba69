//! The frames of the live socket, one JSON text each.

use serde::{Deserialize, Serialize};

use super::{Command, ErrorBody, Event, Snapshot};
use crate::hearing::{Footing, Hears, InSync};
use crate::nest::Person;
use crate::nest::member::Listener;
use crate::time::Millis;

/// Steps when a frame changes its meaning. A browser that speaks another protocol reloads the page.
pub const PROTOCOL: u32 = 1;

/// The longest frame a browser may send, in bytes: the longest command is under 300.
pub const MAX_CLIENT_FRAME: usize = 4 * 1024;

/// How many people a `people` frame names; `count` counts them all.
pub const MAX_PEOPLE_NAMED: usize = 50;

/// From the server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServerFrame {
    /// The first frame of every socket.
    Hello(Hello),
    /// The whole state: at the start, and whenever events were missed.
    Snapshot(Box<Snapshot>),
    /// The next version.
    Event(Event),
    /// Who is here. Not versioned: each one replaces the last.
    People {
        count: u32,
        people: Vec<Listener>,
        #[serde(default)]
        in_sync: InSync,
    },
    /// How one's own device does, by its name. Only to the sockets of its owner; each one replaces the last.
    Hearing { device: String, footing: Footing },
    /// The answer to a ping, with the same `t`.
    Pong { t: f64, now: Millis },
    /// The command with this id was carried out; the nest has (at least) version `v`.
    Done { id: u32, v: u64, note: Option<Note> },
    /// The command with this id changed nothing, and why.
    Refused { id: u32, error: ErrorBody },
    /// The store went away (`false`) or came back (`true`). While it is away nothing can be changed.
    Store { up: bool },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    pub protocol: u32,
    /// Which build of the program this is: another one than the page's means there is a newer page.
    pub build: String,
    pub now: Millis,
    pub me: Person,
}

/// Something a command did that its name doesn't say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Note {
    /// The track was in the queue already: your add became an up vote.
    VotedInstead,
    /// The track was in the queue already, brought by you.
    AlreadyYours,
}

/// From a browser.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientFrame {
    /// `id` is the browser's own number for the command and comes back in the answer.
    Do { id: u32, command: Command },
    /// `t` is the browser's clock, opaque to the server.
    Ping { t: f64 },
    /// How the browser hears the nest (`null`: it only looks), after each hello and when it changes.
    Hears { how: Option<Hears> },
    /// One's own device plays for this nest again, whatever one does with it oneself.
    BackInSync {},
}

/// Why the server closed a socket, as a WebSocket close code (4000 to 4999 are the application's).
pub mod close {
    /// The server is going down; come back in a moment.
    pub const GOING_AWAY: u16 = 1001;
    pub const UNREADABLE: u16 = 1007;
    pub const TOO_BIG: u16 = 1009;
    pub const TRY_LATER: u16 = 1013;
    /// The nest was deleted.
    pub const NEST_GONE: u16 = 4410;
    /// The nest fell asleep: load the page again.
    pub const NEST_ASLEEP: u16 = 4409;
    /// The nest was restarted: come back at once, on the new generation.
    pub const NEST_RESTARTED: u16 = 4412;
    /// The session ended.
    pub const SIGNED_OUT: u16 = 4401;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nest::MemberId;

    #[test]
    fn who_hears_what_reads_as_the_protocol_has_it() {
        let anna = Listener {
            person: Person {
                id: MemberId::bender(),
                name: "Anna".to_owned(),
            },
            since: Millis(7),
            hears: Some(Hears::InSync),
        };
        let onlooker = Listener {
            hears: None,
            ..anna.clone()
        };
        let people = ServerFrame::People {
            count: 2,
            people: vec![anna, onlooker],
            in_sync: InSync { count: 1, of: 1 },
        };
        let hearing = ServerFrame::Hearing {
            device: "Kitchen".to_owned(),
            footing: Footing::OwnWay,
        };
        let table = [
            (
                people,
                r#"{"people":{"count":2,"people":[{"person":{"id":"bender","name":"Anna"},"since":7,"hears":"in_sync"},{"person":{"id":"bender","name":"Anna"},"since":7}],"in_sync":{"count":1,"of":1}}}"#,
            ),
            (hearing, r#"{"hearing":{"device":"Kitchen","footing":"own_way"}}"#),
        ];
        for (frame, text) in table {
            assert_eq!(serde_json::to_string(&frame).ok().as_deref(), Some(text));
            assert_eq!(serde_json::from_str::<ServerFrame>(text).ok(), Some(frame));
        }
        let table = [
            (
                ClientFrame::Hears {
                    how: Some(Hears::Apart),
                },
                r#"{"hears":{"how":"apart"}}"#,
            ),
            (ClientFrame::Hears { how: None }, r#"{"hears":{"how":null}}"#),
            (ClientFrame::BackInSync {}, r#"{"back_in_sync":{}}"#),
        ];
        for (frame, text) in table {
            assert_eq!(serde_json::to_string(&frame).ok().as_deref(), Some(text));
            assert_eq!(serde_json::from_str::<ClientFrame>(text).ok(), Some(frame));
        }
    }
}
