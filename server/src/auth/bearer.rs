//! `Authorization: Bearer <token>`: how programs say whose session they use. The token is what the session's cookie holds.
//!
//! Other schemes are not ours: a proxy in front may ask browsers for a password of its own, and they come by cookie all
//! the same. Why a request with a token needs no other proof of where it comes from: docs/decisions/0017-bearer.md.

use axum::http::{HeaderMap, HeaderValue, header};
use nests::wire::ErrorCode;

use crate::http::error::ApiError;

const SCHEME: &[u8] = b"bearer";
/// Stands for what can't be a token: unreadable, or more than one at once.
const NO_TOKEN: &str = "";

/// What the request names as its token; `None`: it comes without one.
pub fn token(headers: &HeaderMap) -> Option<&str> {
    let mut tokens = headers.get_all(header::AUTHORIZATION).iter().filter_map(of);
    let first = tokens.next()?;
    Some(tokens.next().map_or(first, |_second| NO_TOKEN))
}

fn of(value: &HeaderValue) -> Option<&str> {
    let value = value.as_bytes();
    let end = value.iter().position(|byte| *byte == b' ').unwrap_or(value.len());
    let (scheme, token) = value.split_at(end);
    let token = std::str::from_utf8(token).unwrap_or(NO_TOKEN).trim();
    scheme.eq_ignore_ascii_case(SCHEME).then_some(token)
}

/// The same words whether it was forged, has run out or was signed out.
pub fn refusal() -> ApiError {
    ApiError::new(
        ErrorCode::Unauthenticated,
        "This token is not valid, or not any more. Sign in again for a new one.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(values: &[&[u8]]) -> Option<String> {
        let value = |bytes: &&[u8]| HeaderValue::from_bytes(bytes).expect("a value");
        let mut headers = HeaderMap::new();
        for value in values.iter().map(value) {
            headers.append(header::AUTHORIZATION, value);
        }
        token(&headers).map(str::to_owned)
    }

    #[test]
    fn a_token_is_read_whatever_the_case_of_its_scheme() {
        for value in ["Bearer a1=", "bearer a1=", "BEARER   a1= "] {
            assert_eq!(read(&[value.as_bytes()]).as_deref(), Some("a1="), "{value:?}");
        }
    }

    #[test]
    fn what_cannot_be_a_token_is_still_a_claim_to_be_refused() {
        let claims: [&[&[u8]]; 4] = [
            &[b"Bearer"],
            &[b"Bearer "],
            &[b"Bearer \xff"],
            &[b"Bearer a", b"Bearer b"],
        ];
        for values in claims {
            assert_eq!(read(values).as_deref(), Some(NO_TOKEN), "{values:?}");
        }
    }

    #[test]
    fn the_passwords_of_others_are_none_of_ours() {
        for value in ["Basic YTpi", "Bearerish a", "", "a1="] {
            assert_eq!(read(&[value.as_bytes()]), None, "{value:?}");
        }
        assert_eq!(read(&[]), None);
        assert_eq!(read(&[b"Basic YTpi", b"Bearer a"]).as_deref(), Some("a"));
    }
}
