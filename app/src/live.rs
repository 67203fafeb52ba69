//! The live client: what happens in the browser after the drawn page has woken up.
//!
//! `connection` speaks with the server, `ledger` keeps what is confirmed and what is only wished, `board` turns that
//! into what rows and stage show, `nest_state` holds it in signals, `listening` plays along. Nothing here runs on the
//! server; the pure parts (`forms`, `ledger`, `board`, `results`, `backoff`, `dot`) are tested there.

pub mod backoff;
pub mod board;
pub mod browser;
pub mod connection;
pub mod dot;
pub mod fetches;
pub mod forms;
pub mod keys;
pub mod ledger;
pub mod listening;
pub mod media_session;
pub mod nest_state;
pub mod refusal;
pub mod results;
pub mod server_clock;
pub mod sliding;
pub mod speech;
pub mod submitting;
pub mod sync_state;
pub mod telling;
pub mod toasts;
