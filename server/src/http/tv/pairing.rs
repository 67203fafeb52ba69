//! `GET /tv`: a code until a member has typed it. `GET /tv/events` tells the screen when that happened.

use std::time::Instant;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};
use engine::TvToken;
use futures_util::stream;
use nests::wire::{ErrorBody, ErrorCode};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Interval;

use super::telling::{self, Told};
use super::{cookie, page};
use crate::http::client_address::ClientAddress;
use crate::http::error::ApiError;
use crate::http::{own_address, redirect};
use crate::qr;
use crate::state::AppState;

/// Screens that wait at once, in the whole house. Anybody may open one, so they take no room from those that show a nest.
pub const MAX_WAITING_SCREENS: usize = 64;

/// A screen that is paired goes to its nest; any other one gets a code to show.
pub async fn waiting(
    State(state): State<AppState>,
    ClientAddress(address): ClientAddress,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let known = known_screen(&state, &headers).await?;
    if let Some(token) = &known
        && let Some(nest) = state.engine.tv_of_a_nest(token).await?
    {
        return Ok(redirect::found(&format!("/nest/{nest}/tv")));
    }
    let token = match known {
        Some(token) => token,
        None => {
            let admitted = state.house.tv_pace.admit(address, Instant::now());
            admitted.map_err(|wait| ErrorBody {
                retry_after: Some(wait.0),
                ..ErrorBody::new(
                    ErrorCode::RateLimited,
                    "Too many screens from here. Try again in a minute.",
                )
            })?;
            state.engine.new_tv_token()
        }
    };
    let code = state.engine.pairing_code(&token).await?;
    let main = Invitation::told_by(&state, &headers).html(&code);
    let mut response = Html(page::waiting(&state.house.build, &main)).into_response();
    let put = response.headers_mut();
    put.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    put.extend(cookie::issue(&token, state.house.public_address.is_https()).map(|c| (header::SET_COOKIE, c)));
    Ok(response)
}

/// The screen that asks. A token is none only because somebody sends it: the store has to know it, or else whoever makes
/// tokens up would be past the pace.
async fn known_screen(state: &AppState, headers: &HeaderMap) -> Result<Option<TvToken>, ApiError> {
    let Some(token) = cookie::read(headers) else {
        return Ok(None);
    };
    let is_screen = state.engine.is_screen(&token).await?;
    Ok(is_screen.then_some(token))
}

pub async fn events(State(state): State<AppState>, headers: HeaderMap) -> Result<Response, ApiError> {
    let token = known_screen(&state, &headers).await?.ok_or_else(|| {
        ApiError::new(
            ErrorCode::Unauthenticated,
            "This screen has no code yet. Open /tv on it.",
        )
    })?;
    let room = state.house.waiting_screens.clone().try_acquire_owned();
    let room = room.map_err(|_| telling::no_room())?;
    let build = state.house.build.clone();
    // The first code comes at once; where the store refuses, the next try is a heartbeat later.
    let mut heartbeat = telling::heartbeat();
    heartbeat.reset_immediately();
    let waiter = Waiter {
        invitation: Invitation::told_by(&state, &headers),
        state,
        token,
        shown: None,
        heartbeat,
        over: false,
        _room: room,
    };
    let told = stream::unfold(waiter, |mut waiter| async move {
        let told = waiter.next().await?;
        Some((told, waiter))
    });
    Ok(telling::stream(&build, told))
}

/// Where people type the code, as this screen reaches us.
struct Invitation {
    host: String,
    scheme: &'static str,
}

impl Invitation {
    fn told_by(state: &AppState, headers: &HeaderMap) -> Self {
        let public = &state.house.public_address;
        let told = own_address::told_by_request(&state.house, headers);
        Self {
            host: told.unwrap_or_else(|| public.host().to_owned()),
            scheme: if public.is_https() { "https" } else { "http" },
        }
    }

    fn html(&self, code: &str) -> String {
        let link = format!("{}://{}/pair?code={code}", self.scheme, self.host);
        page::invitation(
            code,
            &format!("{}/pair", self.host),
            &qr::svg(&link).unwrap_or_default(),
        )
    }
}

struct Waiter {
    state: AppState,
    token: TvToken,
    invitation: Invitation,
    /// The code on the screen.
    shown: Option<String>,
    heartbeat: Interval,
    over: bool,
    /// Gives the place back when the stream ends.
    _room: OwnedSemaphorePermit,
}

impl Waiter {
    /// `None`: the stream ends, and the screen comes back.
    async fn next(&mut self) -> Option<Told> {
        if self.over {
            return None;
        }
        let stop = self.state.house.stop.clone();
        tokio::select! {
            () = stop.cancelled() => None,
            _ = self.heartbeat.tick() => Some(self.beat().await),
            paired = self.state.engine.until_screen_shows_other_than(None, &self.token) => {
                self.over = true;
                paired.is_ok().then_some(Told::Bye)
            }
        }
    }

    /// Asking for the code keeps it valid.
    async fn beat(&mut self) -> Told {
        match self.state.engine.pairing_code(&self.token).await {
            Ok(code) if self.shown.as_ref() != Some(&code) => {
                let html = self.invitation.html(&code);
                self.shown = Some(code);
                Told::Main(html)
            }
            // While the store is away the screen stays as it is.
            Ok(_) | Err(_) => Told::Here,
        }
    }
}
