//! The one place where an error becomes an HTTP answer: `{"error": "code", "message": "plain words"}`.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use engine::EngineError;
use nests::text::sentence;
use nests::wire::{ErrorBody, ErrorCode};
use tracing::error;

/// An error on its way out. What the engine knows beyond the public words goes to the log, never to the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiError(pub ErrorBody);

impl ApiError {
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self(ErrorBody::new(code, message))
    }

    pub fn invalid(field: &str, why: &impl ToString) -> Self {
        Self(ErrorBody::invalid(field, sentence(&why.to_string())))
    }

    pub fn not_found(message: &str) -> Self {
        Self::new(ErrorCode::NotFound, message)
    }
}

impl From<ErrorBody> for ApiError {
    fn from(body: ErrorBody) -> Self {
        Self(body)
    }
}

impl From<EngineError> for ApiError {
    fn from(error: EngineError) -> Self {
        let body = ErrorBody::from(&error);
        match body.error {
            ErrorCode::Internal => error!("the engine broke: {error}"),
            ErrorCode::StoreUnavailable => tracing::warn!("{error}"),
            _ => {}
        }
        Self(body)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        answer(status_of(self.0.error), self.0)
    }
}

/// The answer for `body` under a status that says more than its code does, like 413 or 405.
pub fn answer(status: StatusCode, body: ErrorBody) -> Response {
    let wait = body
        .retry_after
        .or((body.error == ErrorCode::RateLimited).then_some(1));
    let how = (body.error == ErrorCode::Unauthenticated).then_some(HeaderValue::from_static("Bearer"));
    // For whoever finds better words for it than JSON.
    let known = Extension(ApiError(body.clone()));
    let mut response = (status, known, Json(body)).into_response();
    let headers = response.headers_mut();
    headers.extend(wait.map(|seconds| (header::RETRY_AFTER, HeaderValue::from(seconds))));
    headers.extend(how.map(|scheme| (header::WWW_AUTHENTICATE, scheme)));
    response
}

pub const fn status_of(code: ErrorCode) -> StatusCode {
    match code {
        ErrorCode::InvalidRequest => StatusCode::BAD_REQUEST,
        ErrorCode::Unauthenticated => StatusCode::UNAUTHORIZED,
        ErrorCode::Forbidden | ErrorCode::FeatureNotAllowed | ErrorCode::InviteRequired => {
            StatusCode::FORBIDDEN
        }
        ErrorCode::NotFound => StatusCode::NOT_FOUND,
        ErrorCode::QueueFull
        | ErrorCode::NestAsleep
        | ErrorCode::NestActive
        | ErrorCode::RestartInProgress
        | ErrorCode::GenerationConflict => StatusCode::CONFLICT,
        ErrorCode::NestGone => StatusCode::GONE,
        ErrorCode::RateLimited | ErrorCode::NestLimitReached => StatusCode::TOO_MANY_REQUESTS,
        ErrorCode::StoreUnavailable => StatusCode::SERVICE_UNAVAILABLE,
        ErrorCode::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
