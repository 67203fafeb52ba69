//! What crosses the wire between browser and server, and how a browser keeps its copy of a nest.
//!
//! A socket begins with a [`Snapshot`]; every [`Event`] after it carries the next version; [`Snapshot::apply`] is the one
//! function that both sides run. docs/PROTOCOL.md describes the frames.

pub mod command;
pub mod directory;
pub mod error;
pub mod event;
pub mod frame;
pub mod snapshot;

pub use command::Command;
pub use error::{ErrorBody, ErrorCode};
pub use event::{Change, Event};
pub use frame::{ClientFrame, ServerFrame};
pub use snapshot::{Applied, Snapshot};
