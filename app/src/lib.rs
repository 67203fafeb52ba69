//! EchoNest in the browser and as the server first draws it: pages, components, server functions, the live client.
//!
//! Owns what people see and touch. Knows the rules (`nests`) and, on the server, the engine's use cases; never the
//! store or a music source. Two features, never both in one build: `ssr` draws on the server, `hydrate` wakes the
//! drawn page up in the browser.

#![recursion_limit = "256"]

pub mod components;
pub mod live;
pub mod pages;
pub mod paths;
pub mod reading;
pub mod root;
pub mod server_fns;
#[cfg(feature = "ssr")]
mod shell;
pub mod theme;

pub use root::App;
#[cfg(feature = "ssr")]
pub use shell::shell;
