//! The cookie by which a screen is known. Apart from the sessions' cookie: a screen is nobody.

use axum::http::{HeaderMap, HeaderValue, header};
use cookie::time::Duration;
use cookie::{Cookie, SameSite};
use engine::TvToken;

const NAME: &str = "nests_tv";
/// Browsers keep none longer than 400 days; how long the token means something is the engine's business.
const LIFETIME: Duration = Duration::days(365);

pub(super) fn read(headers: &HeaderMap) -> Option<TvToken> {
    let sent = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let mut cookies = sent.flat_map(Cookie::split_parse).flatten();
    TvToken::parse(cookies.find(|cookie| cookie.name() == NAME)?.value())
}

/// For `Set-Cookie`.
pub(super) fn issue(token: &TvToken, https: bool) -> Option<HeaderValue> {
    let cookie = Cookie::build((NAME, token.expose().to_owned()))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(https)
        .max_age(LIFETIME)
        .build();
    HeaderValue::from_str(&cookie.to_string()).ok()
}
