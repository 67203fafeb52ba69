//! What came back for a request.

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use nests::wire::{ErrorBody, ErrorCode};
use serde_json::Value;

#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e}: {self:?}"))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The header's text, or "".
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        self
    }

    /// Asserts that it is an error of the common shape.
    #[track_caller]
    pub fn refused(&self, status: u16, code: ErrorCode) -> ErrorBody {
        assert_eq!(self.header("content-type"), "application/json", "{}", self.text());
        let error: ErrorBody = serde_json::from_slice(&self.body).expect("an error body");
        assert_eq!(
            (self.status.as_u16(), error.error),
            (status, code),
            "{}",
            self.text()
        );
        assert!(
            error.message.ends_with('.') && error.message.len() > 10,
            "plain words: {}",
            error.message
        );
        error
    }
}
