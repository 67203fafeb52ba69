//! Hearing a nest in the browser that asks: choosing it, what its page tells of the player it opened, and the token that the
//! player needs. The page's half is `public/hear-here.js`.
//!
//! The token is the listener's own, and goes only to a browser that they chose for this nest; nothing here writes it down.

use app::paths;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use engine::accounts::AccountError;
use engine::hearing::in_browser::{Browser, InBrowserError};
use engine::{EngineError, SpotifySecret};
use nests::wire::{ErrorBody, ErrorCode};
use serde::{Deserialize, Serialize};

use super::error::ApiError;
use super::form_body::FormBody;
use super::json_body::JsonBody;
use super::nests::id_of;
use super::redirect::see_other;
use crate::auth::visitor::{SignedIn, Visitor};
use crate::state::AppState;

/// Says to the nest's page that this browser was chosen just now. It stays in the browser.
const JUST_CHOSEN: &str = "#hear";

#[derive(Deserialize)]
pub struct WhichNest {
    nest: String,
}

/// What a page tells of its player; `device` is the id that Spotify gave it.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlayerNews {
    Ready {
        device: String,
        /// The listener wishes to hear the nest, whatever they hear now.
        #[serde(default)]
        asked: bool,
    },
    Gone {
        device: String,
    },
}

/// No `Debug`: it may hold a token.
#[derive(Deserialize)]
pub struct TokenWish {
    /// The token that Spotify no longer accepts, where the player was given one before.
    #[serde(default)]
    refused: Option<String>,
}

/// Likewise.
#[derive(Serialize)]
struct HandedOver<'a> {
    access_token: &'a str,
}

/// From now on the visitor hears the nest in this browser; the nest's page opens the player.
pub async fn choose(
    State(state): State<AppState>,
    SignedIn(person): SignedIn,
    Extension(visitor): Extension<Visitor>,
    FormBody(form): FormBody<WhichNest>,
) -> Result<Response, ApiError> {
    let nest = id_of(&state, &form.nest).await?;
    let chosen = state
        .engine
        .choose_browser(&person, &nest, &browser_of(&visitor))
        .await;
    match chosen {
        Ok(()) => Ok(see_other(&format!("{}{JUST_CHOSEN}", paths::nest(&nest)))),
        Err(AccountError::Engine(error)) if !matches!(error, EngineError::Source { .. }) => Err(error.into()),
        // That page says what is missing, and helps.
        Err(_) => Ok(see_other(&paths::hear(&nest))),
    }
}

/// The page has opened its player, or closed it.
pub async fn news(
    State(state): State<AppState>,
    SignedIn(person): SignedIn,
    Extension(visitor): Extension<Visitor>,
    Path(nest): Path<String>,
    JsonBody(news): JsonBody<PlayerNews>,
) -> Result<StatusCode, ApiError> {
    let nest = id_of(&state, &nest).await?;
    let (engine, browser) = (&state.engine, browser_of(&visitor));
    match news {
        PlayerNews::Ready { device, asked } => engine
            .player_is_ready(&person, &nest, &browser, &device, asked)
            .await
            .map_err(refused)?,
        PlayerNews::Gone { device } => {
            engine.player_is_gone(&person, &nest, &browser, &device).await?;
        }
    }
    Ok(StatusCode::NO_CONTENT)
}

/// The listener's own access token, for the player in this browser; renewed where it would run out within a minute.
pub async fn token(
    State(state): State<AppState>,
    SignedIn(person): SignedIn,
    Extension(visitor): Extension<Visitor>,
    Path(nest): Path<String>,
    JsonBody(wish): JsonBody<TokenWish>,
) -> Result<Response, ApiError> {
    let nest = id_of(&state, &nest).await?;
    let before = wish.refused.map(SpotifySecret::new);
    let token = state
        .engine
        .token_for_player(&person, &nest, &browser_of(&visitor), before)
        .await
        .map_err(refused)?;
    let body = Json(HandedOver {
        access_token: token.expose(),
    });
    Ok(([(header::CACHE_CONTROL, "no-store")], body).into_response())
}

fn browser_of(visitor: &Visitor) -> Browser {
    Browser::of(visitor.session.as_ref())
}

/// The page tells these apart: `forbidden` ends its player, `feature_not_allowed` is about the account, and after anything else
/// it tries again.
fn refused(error: InBrowserError) -> ApiError {
    use ErrorCode::{FeatureNotAllowed, Forbidden, NotFound};
    let (code, told) = match error {
        InBrowserError::Account(AccountError::Engine(error)) => return error.into(),
        InBrowserError::NotChosen => (
            Forbidden,
            "You don't hear this nest in this browser. Choose that first.",
        ),
        InBrowserError::NotThereYet => (
            NotFound,
            "Spotify doesn't know this player yet. Try again in a moment.",
        ),
        InBrowserError::Account(AccountError::NoSeat | AccountError::SeatsTaken) => (
            FeatureNotAllowed,
            "The app at Spotify has no seat for your account.",
        ),
        InBrowserError::Account(AccountError::Withdrawn) => (
            FeatureNotAllowed,
            "Spotify no longer accepts the permission you gave. Connect again.",
        ),
        InBrowserError::Account(
            AccountError::NotConnected | AccountError::UnknownState | AccountError::Declined,
        ) => (FeatureNotAllowed, "Connect your Spotify first."),
    };
    ErrorBody::new(code, told).into()
}
