//! What every request may reach. A clone is a handful of pointers.

use std::sync::Arc;

use axum::extract::FromRef;
use engine::Engine;
use leptos::config::LeptosOptions;
use nests::nest::Person;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::auth::session_cookie::SessionCookies;
use crate::auth::sign_in_pace::SignInPace;
use crate::config::public_address::PublicAddress;
use crate::http::card::Cards;
use crate::realtime::places::Places;

#[derive(Clone)]
pub struct AppState {
    pub engine: Engine,
    pub leptos: LeptosOptions,
    pub house: Arc<House>,
}

/// What belongs to this process rather than to the nests.
pub struct House {
    pub public_address: PublicAddress,
    /// Whether somebody said how the house is reached; otherwise links go by the request's own host.
    pub address_is_told: bool,
    pub cookies: SessionCookies,
    /// Whether a nickname is enough to come in.
    pub guests_welcome: bool,
    /// The person every visitor is, in development.
    pub developer: Option<Person>,
    pub sign_in_pace: SignInPace,
    /// The same for screens that ask for a code.
    pub tv_pace: SignInPace,
    /// Room for screens that listen.
    pub screens: Arc<Semaphore>,
    /// Room for screens that wait to be paired.
    pub waiting_screens: Arc<Semaphore>,
    /// The open sockets.
    pub places: Places,
    /// Pictures of link previews.
    pub cards: Cards,
    /// Which build of the pages this program serves.
    pub build: String,
    /// Cancelled when the program goes down: sockets say goodbye, nothing new is taken on.
    pub stop: CancellationToken,
}

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.leptos.clone()
    }
}
