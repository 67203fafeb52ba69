//! The last look at every answer: an error that nobody of ours worded (a panic, a wrong method, a path that isn't text)
//! leaves in the same shape as all others, and never with somebody else's words.

use std::any::Any;

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use nests::wire::{ErrorBody, ErrorCode};
use tracing::error;

use super::error::{ApiError, answer, status_of};

/// Server functions mark their errors with this and always answer 500; the code inside knows better.
const SERVER_FN_ERROR: &str = "serverfnerror";
/// The longest server function error that is looked into; ours have one sentence.
const LONGEST_ERROR: usize = 16 * 1024;

/// Gives every error answer the common shape.
pub async fn shape(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    if response.headers().contains_key(SERVER_FN_ERROR) {
        return with_own_status(response).await;
    }
    if is_worded(response.headers()) {
        return response;
    }
    if status.is_server_error() {
        error!(status = status.as_u16(), "an answer without words of ours");
    }
    let allowed = response.headers().get(header::ALLOW).cloned();
    let range = response.headers().get(header::CONTENT_RANGE).cloned();
    let mut shaped = answer(status, words_for(status));
    shaped
        .headers_mut()
        .extend(allowed.map(|methods| (header::ALLOW, methods)));
    shaped
        .headers_mut()
        .extend(range.map(|range| (header::CONTENT_RANGE, range)));
    shaped
}

/// Ours are JSON or a page.
fn is_worded(headers: &HeaderMap) -> bool {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .map_or(&b""[..], |value| value.as_bytes());
    kind.starts_with(b"application/json") || kind.starts_with(b"text/html")
}

async fn with_own_status(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    if parts.status.is_redirection() {
        return Response::from_parts(parts, body);
    }
    let Ok(bytes) = to_bytes(body, LONGEST_ERROR).await else {
        return ApiError(words_for(StatusCode::INTERNAL_SERVER_ERROR)).into_response();
    };
    if let Ok(error) = serde_json::from_slice::<ErrorBody>(&bytes) {
        parts.status = status_of(error.error);
        let wait = error.retry_after.map(HeaderValue::from);
        parts
            .headers
            .extend(wait.map(|seconds| (header::RETRY_AFTER, seconds)));
    }
    Response::from_parts(parts, Body::from(bytes))
}

fn words_for(status: StatusCode) -> ErrorBody {
    let (code, message) = match status {
        StatusCode::NOT_FOUND => (ErrorCode::NotFound, "There is nothing here."),
        StatusCode::METHOD_NOT_ALLOWED => (
            ErrorCode::InvalidRequest,
            "That cannot be done with this address.",
        ),
        StatusCode::PAYLOAD_TOO_LARGE => (ErrorCode::InvalidRequest, "That is too much in one request."),
        StatusCode::RANGE_NOT_SATISFIABLE => (ErrorCode::InvalidRequest, "The file has no such part."),
        StatusCode::FORBIDDEN => (ErrorCode::Forbidden, "That is not allowed."),
        StatusCode::SERVICE_UNAVAILABLE => (ErrorCode::StoreUnavailable, "Try again in a moment."),
        status if status.is_client_error() => {
            (ErrorCode::InvalidRequest, "That request cannot be understood.")
        }
        _ => (ErrorCode::Internal, "Something broke on our side. Try again."),
    };
    ErrorBody::new(code, message)
}

/// What a panic becomes. Its text is for the log.
pub fn after_panic(panic: Box<dyn Any + Send>) -> Response {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no words");
    error!("a request panicked: {text}");
    ApiError(words_for(StatusCode::INTERNAL_SERVER_ERROR)).into_response()
}
