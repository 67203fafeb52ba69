//! The TV: a nest on a large screen that nobody operates, by its own cookie or for somebody signed in.
//!
//! `GET /tv` shows a code until a member has typed it; `GET /nest/{nest}/tv` shows the nest; the `events` of each keep it up
//! to date. Everything is drawn here; the browser's part is `public/tv.js`.

mod cookie;
mod events;
mod page;
mod pairing;
mod scene;
mod telling;

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{Html, IntoResponse, Response};
use engine::{EngineError, TvToken};
use nests::nest::{NestId, NestRef};
use nests::wire::ErrorCode;
use nests::wire::directory::{NestCard, NestState};

use super::error::ApiError;
use super::{nests as nests_api, own_address, redirect};
use crate::auth::visitor::Visitor;
use crate::qr;
use crate::state::AppState;
pub use events::{MAX_SCREENS, events};
pub use pairing::{MAX_WAITING_SCREENS, events as waiting_events, waiting};
use scene::Picture;

/// Why somebody may look at a nest's screen.
#[derive(Clone)]
enum Pass {
    Screen(TvToken),
    Person(Visitor),
}

impl Pass {
    /// The pass of a request for `nest`, if it has one.
    async fn of(
        state: &AppState,
        visitor: &Visitor,
        headers: &HeaderMap,
        nest: &NestId,
    ) -> Result<Option<Self>, ApiError> {
        if visitor.person.is_some() {
            return Ok(Some(Self::Person(visitor.clone())));
        }
        let Some(token) = cookie::read(headers) else {
            return Ok(None);
        };
        let shows = state.engine.tv(&token).await?;
        Ok((shows.as_ref() == Some(nest)).then_some(Self::Screen(token)))
    }

    /// Whether it is still good: a screen may be taken back, a person sign out.
    async fn holds(&self, state: &AppState, nest: &NestId) -> Result<bool, ApiError> {
        match self {
            Self::Screen(token) => Ok(state.engine.tv(token).await?.as_ref() == Some(nest)),
            Self::Person(Visitor {
                session: Some(session),
                ..
            }) => Ok(state.engine.session_in_passing(session).await?.is_some()),
            Self::Person(_) => Ok(true), // the developer, who needs no session
        }
    }
}

/// The screen of a nest. Whoever may not see it is shown how a screen is paired.
pub async fn screen(
    State(state): State<AppState>,
    Extension(visitor): Extension<Visitor>,
    Path(nest): Path<String>,
    headers: HeaderMap,
) -> Response {
    match draw(&state, &visitor, &nest, &headers).await {
        Ok(Some(page)) => ([(header::CACHE_CONTROL, "private, no-cache")], Html(page)).into_response(),
        Ok(None) => redirect::found("/tv"),
        Err(error) => error.into_response(),
    }
}

async fn draw(
    state: &AppState,
    visitor: &Visitor,
    nest: &str,
    headers: &HeaderMap,
) -> Result<Option<String>, ApiError> {
    let named = nests_api::named(nest)?;
    let Some(card) = found(state, &named).await? else {
        // Whether there is such a nest is nobody's business who may not look at it.
        return match visitor.person {
            Some(_) => Err(ApiError::not_found("There is no such nest. Check the code.")),
            None => Ok(None),
        };
    };
    let nest = card.nest_id.clone();
    if Pass::of(state, visitor, headers, &nest).await?.is_none() {
        return Ok(None);
    }
    let picture = match card.state {
        NestState::Awake => match state.engine.snapshot(&nest).await {
            Ok(snapshot) => Picture::of(&snapshot),
            Err(EngineError::NestAsleep) => Picture::Asleep(card.name.as_str().to_owned()),
            Err(error) => return Err(error.into()),
        },
        NestState::Asleep => Picture::Asleep(card.name.as_str().to_owned()),
    };
    let main = picture.html(state.engine.now());
    let link = own_address::short_link(&state.house, headers, card);
    let qr = qr::svg(&link).unwrap_or_default();
    Ok(Some(page::screen(&nest, &state.house.build, &main, &link, &qr)))
}

async fn found(state: &AppState, nest: &NestRef) -> Result<Option<NestCard>, ApiError> {
    match state.engine.get_nest(nest).await.map_err(ApiError::from) {
        Ok(card) => Ok(Some(card)),
        Err(error) if matches!(error.0.error, ErrorCode::NotFound | ErrorCode::NestGone) => Ok(None),
        Err(error) => Err(error),
    }
}
