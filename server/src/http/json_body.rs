//! A request's JSON body, or what is wrong with it and where.

use axum::body::{Bytes, HttpBody as _};
use axum::extract::{FromRequest, OptionalFromRequest, Request};
use axum::http::{HeaderMap, header};
use serde::de::DeserializeOwned;

use super::error::ApiError;

pub struct JsonBody<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for JsonBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        // Asked for by name, because a form on somebody else's page cannot send it without asking us first.
        if !is_json(request.headers()) {
            return Err(ApiError::invalid(
                "content-type",
                &"send JSON, with the header content-type: application/json",
            ));
        }
        let bytes = Bytes::from_request(request, state).await;
        let bytes = bytes.map_err(|_| ApiError::invalid("body", &"the request broke off in the middle"))?;
        let mut json = serde_json::Deserializer::from_slice(&bytes);
        let value = serde_path_to_error::deserialize(&mut json).map_err(explain)?;
        json.end()
            .map_err(|_| ApiError::invalid("body", &"there is something behind the JSON"))?;
        Ok(Self(value))
    }
}

/// For wishes that may go without saying: nothing sent is `None`.
impl<T: DeserializeOwned, S: Send + Sync> OptionalFromRequest<S> for JsonBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Option<Self>, ApiError> {
        if request.body().is_end_stream() {
            return Ok(None);
        }
        <Self as FromRequest<S>>::from_request(request, state)
            .await
            .map(Some)
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/json")
}

/// Says which part is wrong and what was expected, without the names of our types.
fn explain(error: serde_path_to_error::Error<serde_json::Error>) -> ApiError {
    use serde_json::error::Category;
    let path = error.path().to_string();
    let field = if path == "." { "body" } else { &path };
    match error.inner().classify() {
        Category::Data => ApiError::invalid(field, &in_plain_words(&error.inner().to_string())),
        Category::Syntax | Category::Eof | Category::Io => ApiError::invalid("body", &"this is not JSON"),
    }
}

/// `invalid type: integer `7`, expected struct Wish at line 1 column 9` → `invalid type: integer `7`, expected an object`.
fn in_plain_words(text: &str) -> String {
    let words = text.rsplit_once(" at line ").map_or(text, |(words, _)| words);
    for (ours, plain) in [
        ("expected struct ", "expected an object"),
        ("expected enum ", "expected a word or an object"),
    ] {
        if let Some((before, _)) = words.split_once(ours) {
            return format!("{before}{plain}");
        }
    }
    words.to_owned()
}
