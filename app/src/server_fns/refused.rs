//! The one error of all server functions: the wire's [`ErrorBody`], so that every transport refuses in the same words.

use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use nests::wire::{ErrorBody, ErrorCode};
use serde::{Deserialize, Serialize};

use super::answer::LeanJson;

/// Why a server function did nothing, in words for a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused(pub ErrorBody);

impl Refused {
    pub fn message(&self) -> &str {
        &self.0.message
    }
}

impl From<ErrorBody> for Refused {
    fn from(body: ErrorBody) -> Self {
        Self(body)
    }
}

impl FromServerFnError for Refused {
    type Encoder = LeanJson;

    /// The framework's own failures. Their text is for developers; people get plain words.
    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        Self(match error {
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => ErrorBody::new(
                ErrorCode::InvalidRequest,
                "That request was not complete. Load the page again.",
            ),
            ServerFnErrorErr::Request(_) => ErrorBody::new(
                ErrorCode::StoreUnavailable,
                "The server can't be reached, so nothing was changed. Try again in a moment.",
            ),
            _ => ErrorBody::new(
                ErrorCode::Internal,
                "Something went wrong on our side. Try again in a moment.",
            ),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_frameworks_own_words_never_reach_a_person() {
        let inner = "missing field `song` at line 1";
        let refused = Refused::from_server_fn_error(ServerFnErrorErr::Args(inner.into()));
        assert_eq!(refused.0.error, ErrorCode::InvalidRequest);
        assert!(!refused.message().contains("field"));
    }
}
