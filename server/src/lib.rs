//! The axum program of EchoNest, as a library so that its tests can start it in their own process.
//!
//! Every transport here is thin: read the request, find out who asks, make one engine call, map the answer. What a
//! request may do is decided in `nests`, and made true in `engine`.

pub mod auth;
pub mod command_line;
pub mod config;
pub mod http;
pub mod import_plays;
pub mod listener;
pub mod logging;
pub mod migrate_keys;
pub mod preview_image;
pub mod qr;
pub mod realtime;
pub mod router;
pub mod startup;
pub mod state;
