//! Server functions: the doors that pages and plain forms knock on.
//!
//! Each is a thin door: who asks, what they wish, one engine call, the answer. Every one that a form posts to takes
//! plain strings, so that it works without JavaScript; it then leads back to the page it came from.

pub mod accounts;
pub mod answer;
pub mod bender;
pub mod directory;
#[cfg(feature = "ssr")]
mod door;
#[cfg(feature = "ssr")]
pub(crate) mod looking_back;
pub mod own_app;
#[cfg(feature = "ssr")]
pub(crate) mod page_query;
pub mod pasting;
pub mod playing;
pub mod queueing;
mod refused;
pub mod screens;
pub mod searching;
pub mod visiting;

use nests::nest::Person;
use nests::wire::frame::Note;
use serde::{Deserialize, Serialize};

pub use refused::Refused;

/// Who asks: `None` is a visitor who hasn't signed in. The server provides it as context for every request.
#[derive(Clone, Debug)]
pub struct Visitor(pub Option<Person>);

/// The host that the visitor used, where no setting says by which one the house is reached. Provided like [`Visitor`].
#[derive(Clone, Debug)]
pub struct OwnHost(pub Option<String>);

/// The browser that asks, as the engine tells browsers apart. Provided like [`Visitor`].
#[cfg(feature = "ssr")]
#[derive(Clone, Debug)]
pub struct ThisBrowser(pub engine::hearing::in_browser::Browser);

/// Closed on every page until one of them says that it opens Spotify's player: only that page lets the player's script in.
/// Provided like [`Visitor`].
#[cfg(feature = "ssr")]
#[derive(Clone, Debug, Default)]
pub struct PlayerDoor(std::sync::Arc<std::sync::atomic::AtomicBool>);

#[cfg(feature = "ssr")]
impl PlayerDoor {
    pub fn open(&self) {
        self.0.store(true, std::sync::atomic::Ordering::Relaxed);
    }

    pub fn is_open(&self) -> bool {
        self.0.load(std::sync::atomic::Ordering::Relaxed)
    }
}

/// What the form holds by which a page was asked for, as browsers write it. Only where there was one.
#[derive(Clone, Debug)]
pub struct SentForm(pub String);

/// What a change led to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acted {
    /// The version the nest has (at least) now.
    pub version: u64,
    pub note: Option<Note>,
}
