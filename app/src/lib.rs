//! EchoNest in the browser and as the server first draws it: pages, components, server functions, the live client.
//!
//! Owns what people see and touch. Knows the rules (`nests`) and, on the server, the engine's use cases; never the
//! store or a music source. Two features, never both in one build: `ssr` draws whole pages on the server, `hydrate`
//! wakes up the room on them in the browser.

// A view is one type with everything on the page inside it; optimised builds lay that type out to its full depth.
#![recursion_limit = "512"]

pub mod components;
mod json;
pub mod live;
#[cfg(feature = "ssr")]
mod pages;
pub mod paths;
pub mod reading;
pub mod room;
#[cfg(feature = "ssr")]
mod root;
pub mod server_fns;
#[cfg(feature = "ssr")]
mod shell;
pub mod theme;
#[cfg(feature = "hydrate")]
mod waking;

#[cfg(feature = "ssr")]
pub use root::App;
#[cfg(feature = "ssr")]
pub use shell::shell;
#[cfg(feature = "hydrate")]
pub use waking::wake;
