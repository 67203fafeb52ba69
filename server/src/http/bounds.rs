//! How large a request may be and how long it may take.

use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use nests::wire::{ErrorBody, ErrorCode};
use tokio::time::timeout;

use super::error::{ApiError, answer};

/// The longest thing anybody sends is a nest with a name and a link: under 1 kB. 2,000 connections that all send this
/// much at once take 128 MB.
pub const MAX_BODY: usize = 64 * 1024;
/// Until the whole body must have arrived.
const BODY_TIME: Duration = Duration::from_secs(10);
/// Until the answer must have begun. Every engine call has a shorter limit of its own.
const ANSWER_TIME: Duration = Duration::from_secs(15);

/// Reads the body before anybody else does, so that its bounds hold for every route alike.
pub async fn bounded_body(request: Request, next: Next) -> Response {
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        return next.run(request).await;
    }
    let announced = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|v| v.to_str().ok()?.parse().ok());
    if announced.is_some_and(|length: u64| length > MAX_BODY as u64) {
        return too_large();
    }
    let (parts, body) = request.into_parts();
    match timeout(BODY_TIME, to_bytes(body, MAX_BODY)).await {
        Ok(Ok(bytes)) => next.run(Request::from_parts(parts, Body::from(bytes))).await,
        Ok(Err(_)) => too_large(),
        Err(_) => {
            let body = ErrorBody::new(ErrorCode::InvalidRequest, "The request took too long to arrive.");
            answer(StatusCode::REQUEST_TIMEOUT, body)
        }
    }
}

fn too_large() -> Response {
    let message = format!(
        "That is too much in one request: at most {} kB fit.",
        MAX_BODY / 1024
    );
    answer(
        StatusCode::PAYLOAD_TOO_LARGE,
        ErrorBody::new(ErrorCode::InvalidRequest, message),
    )
}

/// Gives up on an answer that does not begin in time. Not for sockets and music, which last as long as they last.
pub async fn bounded_time(request: Request, next: Next) -> Response {
    match timeout(ANSWER_TIME, next.run(request)).await {
        Ok(response) => response,
        Err(_) => ApiError::new(
            ErrorCode::StoreUnavailable,
            "That took too long. Try again in a moment.",
        )
        .into_response(),
    }
}
