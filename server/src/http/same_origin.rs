//! Requests that change something, and sockets, come from our own pages or from programs, never from other sites.
//!
//! What a browser sends along by itself, the cookie, is no proof that a person meant it. A token it never sends by itself.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use nests::wire::ErrorCode;

use super::error::ApiError;
use crate::auth::bearer;
use crate::config::public_address::PublicAddress;
use crate::state::AppState;

/// Refuses what another site's page sends in a visitor's name.
pub async fn required(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let changes_nothing = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if !changes_nothing && let Err(error) = check(request.headers(), &state.house.public_address) {
        return error.into_response();
    }
    next.run(request).await
}

/// Browsers name the page's origin, and newer ones also say how it relates to us. Programs say neither.
///
/// # Errors
/// `forbidden`, when it is another site's page.
pub fn check(headers: &HeaderMap, ours: &PublicAddress) -> Result<(), ApiError> {
    if bearer::token(headers).is_some() {
        return Ok(());
    }
    let text = |name| {
        headers
            .get(name)
            .and_then(|value: &axum::http::HeaderValue| value.to_str().ok())
    };
    let is_ours = match headers.get(header::ORIGIN) {
        Some(origin) => origin.to_str().is_ok_and(|origin| is_ours(origin, headers, ours)),
        None => !matches!(
            text(header::HeaderName::from_static("sec-fetch-site")),
            Some("cross-site" | "same-site")
        ),
    };
    if is_ours {
        Ok(())
    } else {
        Err(ApiError::new(
            ErrorCode::Forbidden,
            "That came from another site's page, so it was not done.",
        ))
    }
}

/// Whether `origin`, a scheme and a host, is the one that the request with these headers was sent to, or the settings' one.
pub fn is_ours(origin: &str, headers: &HeaderMap, ours: &PublicAddress) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let same_host = origin.split_once("://").map(|(_, host)| host) == host;
    same_host || origin == ours.url()
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    #[test]
    fn our_own_pages_and_programs_may_and_other_sites_may_not() {
        let table: [(&[(&str, &str)], bool); 11] = [
            (
                &[("host", "127.0.0.1:3000"), ("origin", "http://127.0.0.1:3000")],
                true,
            ),
            (
                &[("host", "backend:3000"), ("origin", "https://music.example.org")],
                true,
            ),
            (&[("host", "127.0.0.1:3000")], true),
            (
                &[("host", "127.0.0.1:3000"), ("sec-fetch-site", "same-origin")],
                true,
            ),
            (
                &[("host", "127.0.0.1:3000"), ("sec-fetch-site", "cross-site")],
                false,
            ),
            (&[("host", "127.0.0.1:3000"), ("origin", "null")], false),
            (
                &[("host", "127.0.0.1:3000"), ("origin", "http://127.0.0.1:3001")],
                false,
            ),
            (
                &[
                    ("host", "127.0.0.1:3000"),
                    ("origin", "http://evil.example/127.0.0.1:3000"),
                ],
                false,
            ),
            (
                &[
                    ("host", "127.0.0.1:3000"),
                    ("origin", "http://evil.example"),
                    ("sec-fetch-site", "same-origin"),
                ],
                false,
            ),
            (
                &[
                    ("host", "127.0.0.1:3000"),
                    ("origin", "http://evil.example"),
                    ("authorization", "Bearer a1"),
                ],
                true,
            ),
            (
                &[
                    ("host", "127.0.0.1:3000"),
                    ("origin", "http://evil.example"),
                    ("authorization", "Basic YTpi"),
                ],
                false,
            ),
        ];
        let ours = PublicAddress::parse("https://music.example.org").expect("an address");
        for (sent, allowed) in table {
            let pair = |(n, v): &(&'static str, &'static str)| {
                (HeaderName::from_static(n), HeaderValue::from_static(v))
            };
            let headers = HeaderMap::from_iter(sent.iter().map(pair));
            assert_eq!(check(&headers, &ours).is_ok(), allowed, "{sent:?}");
        }
    }
}
