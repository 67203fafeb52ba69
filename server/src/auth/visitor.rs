//! Finds out once per request who is asking, and hands it on with the request.
//!
//! A token is taken at its word alone: whoever comes with a bad one is refused, whatever cookie comes along.

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use engine::SessionId;
use nests::nest::Person;
use nests::wire::{ErrorBody, ErrorCode};

use super::bearer;
use crate::http::error::ApiError;
use crate::state::AppState;

/// Whoever asks; `person` is `None` for somebody who hasn't signed in.
#[derive(Clone, Debug, Default)]
pub struct Visitor {
    pub person: Option<Person>,
    /// The session they came with; `None` also for the developer, who needs none.
    pub session: Option<SessionId>,
}

/// Puts the [`Visitor`] into the request. When the store cannot say who it is, nobody is taken for signed out.
pub async fn look_up(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let cookies = &state.house.cookies;
    let looked_up = match bearer::token(request.headers()) {
        Some(token) => by_token(&state, cookies.session_in(token)).await,
        None => by_cookie(&state, cookies.read(request.headers())).await,
    };
    let Found { visitor, renewed } = match looked_up {
        Ok(found) => found,
        Err(error) => return error.into_response(),
    };
    request.extensions_mut().insert(visitor);
    let mut response = next.run(request).await;
    if let Some(session) = renewed {
        cookies.renew(&session, response.headers_mut());
    }
    response
}

struct Found {
    visitor: Visitor,
    /// The session whose cookie has to be issued anew.
    renewed: Option<SessionId>,
}

impl From<Visitor> for Found {
    fn from(visitor: Visitor) -> Self {
        let renewed = None;
        Self { visitor, renewed }
    }
}

async fn by_token(state: &AppState, session: Option<SessionId>) -> Result<Found, ApiError> {
    let session = session.ok_or_else(bearer::refusal)?;
    let person = state.engine.session_in_passing(&session).await?;
    let visitor = Visitor {
        person: Some(person.ok_or_else(bearer::refusal)?),
        session: Some(session),
    };
    Ok(visitor.into())
}

async fn by_cookie(state: &AppState, session: Option<SessionId>) -> Result<Found, ApiError> {
    if let Some(developer) = &state.house.developer {
        let visitor = Visitor {
            person: Some(developer.clone()),
            session: None,
        };
        return Ok(visitor.into());
    }
    let Some(session) = session else {
        return Ok(Visitor::default().into());
    };
    let read = state.engine.session(&session).await?;
    let is_renewed = read.as_ref().is_some_and(|read| read.is_renewed);
    Ok(Found {
        renewed: is_renewed.then(|| session.clone()),
        visitor: Visitor {
            person: read.map(|read| read.person),
            session: Some(session),
        },
    })
}

/// The person who asks, where only people may: everybody else is told to sign in.
pub struct SignedIn(pub Person);

impl<S: Sync> FromRequestParts<S> for SignedIn {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, ApiError> {
        let visitor = parts.extensions.get::<Visitor>();
        let person = visitor.and_then(|visitor| visitor.person.clone());
        person
            .map(Self)
            .ok_or_else(|| ErrorBody::new(ErrorCode::Unauthenticated, "Sign in first.").into())
    }
}
