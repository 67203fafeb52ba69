//! Leaving: `POST /logout` ends the session everywhere, its sockets included.

use axum::Extension;
use axum::extract::State;
use axum::http::header;
use axum::response::Response;

use super::visitor::Visitor;
use crate::http::error::ApiError;
use crate::http::redirect;
use crate::state::AppState;

pub async fn sign_out(
    State(state): State<AppState>,
    Extension(visitor): Extension<Visitor>,
) -> Result<Response, ApiError> {
    leave(&state, &visitor).await?;
    let mut response = redirect::see_other("/login");
    let cookie = state.house.cookies.withdraw();
    response
        .headers_mut()
        .extend(cookie.map(|cookie| (header::SET_COOKIE, cookie)));
    Ok(response)
}

/// Ends the visitor's session, if there is one. A guest is nobody without it: what was kept for them goes, too.
pub async fn leave(state: &AppState, visitor: &Visitor) -> Result<(), ApiError> {
    let Some(session) = &visitor.session else {
        return Ok(());
    };
    if let Some(person) = visitor.person.as_ref().filter(|person| person.id.is_guest()) {
        state.engine.unlink_everywhere(&person.id).await?;
    }
    state.engine.close_session(session).await?;
    state.house.places.sign_out(session);
    Ok(())
}
