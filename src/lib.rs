//! The rules of EchoNest and the types that cross the wire, shared by browser and server.
//!
//! Pure by decree: no clock, no randomness, no async, no I/O. Time and dice come in as arguments, so every rule is a
//! function that a table can test, and browser and server cannot disagree.

pub mod action;
pub mod bender;
pub mod following;
pub mod hearing;
pub mod history;
pub mod nest;
pub mod paste;
pub mod playback;
pub mod queue;
pub mod text;
pub mod time;
pub mod track;
pub mod wire;
