//! The one error shape that leaves the server, whatever the transport.

use serde::{Deserialize, Serialize};

/// A code that programs can act on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    NestLimitReached,
    RateLimited,
    FeatureNotAllowed,
    Forbidden,
    InviteRequired,
    NotFound,
    InvalidRequest,
    QueueFull,
    NestGone,
    NestAsleep,
    NestActive,
    /// Somebody else restarts the nest at this moment.
    RestartInProgress,
    /// The nest is of another generation than the one that was meant.
    GenerationConflict,
    Unauthenticated,
    StoreUnavailable,
    /// Something broke on the server; the log knows what.
    Internal,
}

/// `{"error": "queue_full", "message": "..."}`, with what helps to mend it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorBody {
    pub error: ErrorCode,
    /// Plain words for a person.
    pub message: String,
    /// Which part of the request is wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Seconds to wait, with `rate_limited`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
    /// Where more nests are to be had, with `nest_limit_reached`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upgrade_url: Option<String>,
}

impl ErrorBody {
    pub fn new(error: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            error,
            message: message.into(),
            field: None,
            retry_after: None,
            upgrade_url: None,
        }
    }

    pub fn invalid(field: &str, message: impl Into<String>) -> Self {
        Self {
            field: Some(field.to_owned()),
            ..Self::new(ErrorCode::InvalidRequest, message)
        }
    }
}

impl std::fmt::Display for ErrorBody {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ErrorBody {}
