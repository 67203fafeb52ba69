//! A listener's own account at Spotify: the way there, the way back, and taking it all back. Plain forms and redirects; what
//! became of it is told on [`paths::SPOTIFY`] by a word in the address, never by text from elsewhere.

use app::paths;
use axum::Extension;
use axum::extract::{Query, State};
use axum::response::Response;
use engine::accounts::AccountError;
use nests::nest::Person;
use nests::wire::{ErrorBody, ErrorCode};
use serde::Deserialize;

use super::error::ApiError;
use super::form_body::FormBody;
use super::redirect::{found, query_value, same_site, see_other};
use crate::auth::visitor::Visitor;
use crate::state::AppState;

#[derive(Deserialize)]
pub struct Onward {
    /// Where to go afterwards, on this site.
    #[serde(default)]
    next: String,
}

/// What Spotify sends people back with.
#[derive(Deserialize)]
pub struct CameBack {
    #[serde(default)]
    state: String,
    code: Option<String>,
}

/// To the page at Spotify on which the visitor lets the house act for them.
pub async fn connect(
    State(state): State<AppState>,
    Extension(visitor): Extension<Visitor>,
    FormBody(form): FormBody<Onward>,
) -> Result<Response, ApiError> {
    let person = known(&visitor)?;
    let next = same_site(&form.next).unwrap_or(paths::SPOTIFY);
    Ok(match state.engine.begin_linking(person, next).await {
        Ok(page) => see_other(&page),
        Err(error) => to_page(word(&error), next),
    })
}

/// Back from there, with a code or without one.
pub async fn came_back(
    State(state): State<AppState>,
    Extension(visitor): Extension<Visitor>,
    Query(answer): Query<CameBack>,
) -> Result<Response, ApiError> {
    let person = known(&visitor)?;
    let linked = state
        .engine
        .finish_linking(person, &answer.state, answer.code.as_deref())
        .await;
    Ok(match linked {
        Ok(linked) => to_page("connected", same_site(&linked.next).unwrap_or(paths::SPOTIFY)),
        Err(error) => {
            tracing::info!(%error, "an account at Spotify was not connected");
            to_page(word(&error), paths::SPOTIFY)
        }
    })
}

/// The house forgets the account.
pub async fn disconnect(
    State(state): State<AppState>,
    Extension(visitor): Extension<Visitor>,
) -> Result<Response, ApiError> {
    state.engine.unlink(&known(&visitor)?.id).await?;
    Ok(to_page("disconnected", paths::SPOTIFY))
}

fn known(visitor: &Visitor) -> Result<&Person, ApiError> {
    let missing = || ErrorBody::new(ErrorCode::Unauthenticated, "Sign in first: a nickname is enough.");
    visitor.person.as_ref().ok_or_else(|| missing().into())
}

fn to_page(word: &str, next: &str) -> Response {
    match next {
        paths::SPOTIFY => found(&format!("{}?why={word}", paths::SPOTIFY)),
        next => found(&format!(
            "{}?why={word}&next={}",
            paths::SPOTIFY,
            query_value(next)
        )),
    }
}

/// What the page knows a sentence for.
fn word(error: &AccountError) -> &'static str {
    match error {
        AccountError::Declined => "declined",
        AccountError::NoSeat => "no-seat",
        AccountError::UnknownState => "state",
        AccountError::Withdrawn => "refused",
        AccountError::NotConnected => "disconnected",
        AccountError::Engine(_) => "unavailable",
    }
}
