//! A listener's own account at Spotify: the way there, the way back, and taking it all back. Plain forms and redirects; what
//! became of it is told on [`paths::SPOTIFY`] by a word in the address, never by text from elsewhere.

use app::paths;
use axum::Extension;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use engine::EngineError;
use engine::accounts::AccountError;
use engine::own_app::nest_of_state;
use engine::source::SourceError;
use nests::nest::{NestId, Person};
use nests::wire::{ErrorBody, ErrorCode};
use serde::Deserialize;

use super::error::ApiError;
use super::form_body::FormBody;
use super::nests::id_of;
use super::plain_page::accepts_html;
use super::redirect::{found, query_value, same_site, see_other};
use crate::auth::visitor::Visitor;
use crate::state::AppState;

#[derive(Deserialize)]
pub struct Onward {
    /// Where to go afterwards, on this site.
    #[serde(default)]
    next: String,
    /// The nest that one wishes to hear, whose own app may be the one to connect by.
    #[serde(default)]
    nest: String,
}

#[derive(Deserialize)]
pub struct WhichAccount {
    /// The account by which one hears this nest; blank: the one by the house's app.
    #[serde(default)]
    nest: String,
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
    headers: HeaderMap,
    FormBody(form): FormBody<Onward>,
) -> Result<Response, ApiError> {
    let person = known(&visitor)?;
    let next = same_site(&form.next).unwrap_or(paths::SPOTIFY);
    let nest = nest_named(&state, &form.nest).await?;
    let page = match &nest {
        Some(nest) => state.engine.begin_linking_in(person, nest, next).await,
        None => state.engine.begin_linking(person, next).await,
    };
    Ok(match page {
        Ok(page) => see_other(&page),
        Err(AccountError::Engine(error @ EngineError::RateLimited { .. })) if !accepts_html(&headers) => {
            return Err(error.into());
        }
        Err(error) => to_page(word(&error), nest.as_ref(), next),
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
    let nest = nest_of_state(&answer.state);
    Ok(match linked {
        Ok(linked) => {
            let next = same_site(&linked.next).unwrap_or(paths::SPOTIFY);
            to_page("connected", nest.as_ref(), next)
        }
        Err(error) => {
            tracing::info!(%error, "an account at Spotify was not connected");
            to_page(word(&error), nest.as_ref(), paths::SPOTIFY)
        }
    })
}

/// The house forgets the account.
pub async fn disconnect(
    State(state): State<AppState>,
    Extension(visitor): Extension<Visitor>,
    FormBody(form): FormBody<WhichAccount>,
) -> Result<Response, ApiError> {
    let person = known(&visitor)?;
    let nest = nest_named(&state, &form.nest).await?;
    match &nest {
        Some(nest) => state.engine.unlink_in(nest, &person.id).await?,
        None => state.engine.unlink(&person.id).await?,
    }
    Ok(to_page("disconnected", nest.as_ref(), paths::SPOTIFY))
}

async fn nest_named(state: &AppState, text: &str) -> Result<Option<NestId>, ApiError> {
    match text {
        "" => Ok(None),
        text => Ok(Some(id_of(state, text).await?)),
    }
}

fn known(visitor: &Visitor) -> Result<&Person, ApiError> {
    let missing = || ErrorBody::new(ErrorCode::Unauthenticated, "Sign in first: a nickname is enough.");
    visitor.person.as_ref().ok_or_else(|| missing().into())
}

/// The page tells what became of it: of the account by which `nest` is heard, or of the one by the house's app.
fn to_page(word: &str, nest: Option<&NestId>, next: &str) -> Response {
    let (mut page, here) = match nest {
        Some(nest) => (format!("{}&why={word}", paths::hear(nest)), paths::hear(nest)),
        None => (
            format!("{}?why={word}", paths::SPOTIFY),
            paths::SPOTIFY.to_owned(),
        ),
    };
    if next != here && next != paths::SPOTIFY {
        page = format!("{page}&next={}", query_value(next));
    }
    found(&page)
}

/// What the page knows a sentence for.
fn word(error: &AccountError) -> &'static str {
    match error {
        AccountError::Declined => "declined",
        AccountError::NoSeat => "no-seat",
        AccountError::SeatsTaken => "seats-taken",
        AccountError::UnknownState => "state",
        AccountError::Withdrawn => "refused",
        AccountError::NotConnected => "disconnected",
        AccountError::Engine(EngineError::Source {
            error: SourceError::Refused | SourceError::OwnAppRefused,
            ..
        }) => "app-refused",
        AccountError::Engine(_) => "unavailable",
    }
}
