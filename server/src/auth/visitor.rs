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
    match looked_up {
        Ok(visitor) => {
            request.extensions_mut().insert(visitor);
            next.run(request).await
        }
        Err(error) => error.into_response(),
    }
}

async fn by_token(state: &AppState, session: Option<SessionId>) -> Result<Visitor, ApiError> {
    let session = session.ok_or_else(bearer::refusal)?;
    let person = state.engine.session(&session).await?;
    Ok(Visitor {
        person: Some(person.ok_or_else(bearer::refusal)?),
        session: Some(session),
    })
}

async fn by_cookie(state: &AppState, session: Option<SessionId>) -> Result<Visitor, ApiError> {
    if let Some(developer) = &state.house.developer {
        let person = Some(developer.clone());
        return Ok(Visitor {
            person,
            session: None,
        });
    }
    let Some(session) = session else {
        return Ok(Visitor::default());
    };
    let person = state.engine.session(&session).await?;
    Ok(Visitor {
        person,
        session: Some(session),
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
