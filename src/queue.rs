//! The queue: songs, votes, jams, and the order that follows from them.
//!
//! The order is never stored. It is a pure function of who asked for what, when, and how people voted ([`order`]), so
//! browser and server agree and no sequence of events can corrupt it.

pub mod eta;
pub mod order;
pub mod song;
pub mod vote;

pub use order::{Placed, order};
pub use song::{QueuedSong, Song, SongId};
pub use vote::Vote;
