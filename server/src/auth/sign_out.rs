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
    if let Some(session) = &visitor.session {
        state.engine.close_session(session).await?;
        state.house.places.sign_out(session);
    }
    let mut response = redirect::see_other("/login");
    let cookie = state.house.cookies.withdraw();
    response
        .headers_mut()
        .extend(cookie.map(|cookie| (header::SET_COOKIE, cookie)));
    Ok(response)
}
