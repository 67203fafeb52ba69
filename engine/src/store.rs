//! Redis: the keys, the connection, the scripts, and how a nest's live state is written down.
//!
//! A nest's truth is its **log**: a stream with one entry per event, whose ids are `{generation}-{version}`. A commit is
//! one script: it appends the event (Redis refuses an id that is not the newest, so two writers can never both win, and an
//! older generation never wins again), writes the change through to the nest's keys and publishes the frame. Votes, the
//! busiest action by far, ride in the log alone ([`votes_in_log`]) and are written through by the next other commit: one append
//! and one publish each, however many people listen.
//! See docs/decisions/0002-event-log.md.

pub mod connection;
pub(crate) mod errand;
pub mod keys;
pub mod lock;
pub mod private_redis;
pub mod scripts;
pub mod state;
pub mod votes_in_log;

pub use connection::Store;
pub use keys::Key;
