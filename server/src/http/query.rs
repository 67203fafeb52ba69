//! What stands behind the `?` of an address, or which part of it is wrong.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use super::error::ApiError;

pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for Query<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, ApiError> {
        axum::extract::Query::try_from_uri(&parts.uri)
            .map(|query| Self(query.0))
            .map_err(|_| ApiError::invalid("query", &"what stands behind the ? is not right"))
    }
}

/// A whole number of the query within `0..=most`; `default` where it is missing.
pub fn number(field: &str, text: Option<&str>, default: u32, most: u32) -> Result<u32, ApiError> {
    let Some(text) = text else {
        return Ok(default);
    };
    match text.parse() {
        Ok(n) if n <= most => Ok(n),
        _ => Err(ApiError::invalid(
            field,
            &format!("{field} is a whole number from 0 to {most}"),
        )),
    }
}
