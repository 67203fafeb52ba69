//! Strict local servers in place of the services of others. Tests talk to them through the base URLs that the real clients
//! are configured with; `cargo run -p standin` starts one to try things out by hand.
//!
//! A stand-in is stricter than the service: what the service might tolerate today is refused here. It knows nothing of
//! EchoNest, and no shipped package may use it. What tests of several packages leave behind for a search of the whole run
//! is collected here as well ([`evidence`]).

pub mod evidence;
pub mod spotify;
