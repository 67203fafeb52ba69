//! Coming in with a nickname: `POST /login/guest`.
//!
//! A plain form gets a redirect, back to the sign-in page if something is wrong; a program gets the JSON error.

use std::time::Instant;

use app::paths;
use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use nests::nest::member::Nickname;
use nests::wire::{ErrorBody, ErrorCode};
use serde::Deserialize;

use super::sign_out;
use super::visitor::Visitor;
use crate::http::client_address::ClientAddress;
use crate::http::error::ApiError;
use crate::http::form_body::FormBody;
use crate::http::plain_page;
use crate::http::redirect::{self, query_value};
use crate::state::AppState;

#[derive(Deserialize)]
pub struct GuestForm {
    nickname: String,
    /// Where to go afterwards, on this site.
    #[serde(default)]
    next: String,
}

pub async fn sign_in(
    State(state): State<AppState>,
    Extension(visitor): Extension<Visitor>,
    ClientAddress(address): ClientAddress,
    headers: HeaderMap,
    FormBody(form): FormBody<GuestForm>,
) -> Response {
    let next = redirect::same_site(&form.next).unwrap_or("/");
    let came_in = match state.house.sign_in_pace.admit(address, Instant::now()) {
        Ok(()) => let_in(&state, &visitor, &form.nickname, next).await,
        Err(wait) => Err(ErrorBody {
            retry_after: Some(wait.0),
            ..ErrorBody::new(
                ErrorCode::RateLimited,
                "Too many sign-ins from here. Try again in a minute.",
            )
        }
        .into()),
    };
    came_in.unwrap_or_else(|error| refuse(&headers, &error, &form.nickname, next))
}

async fn let_in(
    state: &AppState,
    visitor: &Visitor,
    nickname: &str,
    next: &str,
) -> Result<Response, ApiError> {
    if !state.house.guests_welcome {
        let message = "Signing in with a nickname is switched off here.";
        return Err(ErrorBody::new(ErrorCode::FeatureNotAllowed, message).into());
    }
    let nickname = Nickname::parse(nickname).map_err(|e| ApiError::invalid("nickname", &e))?;
    let (session, _) = state.engine.open_session(nickname).await?;
    sign_out::leave(state, visitor).await?;
    let cookie = state.house.cookies.issue(&session);
    // A stop on the way, with a way past it.
    let mut response = match state.engine.spotify() {
        Some(_) => redirect::see_other(&paths::spotify(next)),
        None => redirect::see_other(next),
    };
    response
        .headers_mut()
        .extend(cookie.map(|cookie| (header::SET_COOKIE, cookie)));
    Ok(response)
}

fn refuse(headers: &HeaderMap, error: &ApiError, nickname: &str, next: &str) -> Response {
    if !plain_page::accepts_html(headers) {
        return error.clone().into_response();
    }
    let typed = [("nickname", nickname)];
    let again = paths::after_refusal(paths::LOGIN, &error.0.message, None, &typed);
    redirect::see_other(&format!("{again}&next={}", query_value(next)))
}
