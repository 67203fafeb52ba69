//! Whether an app's credentials are good: a token by them, and one small question to the catalogue. What is wrong is told
//! apart, for whoever typed them.

use std::time::Duration;

use rspotify::ClientError;
use rspotify::http::HttpError;
use serde::Deserialize;
use serde::de::IgnoredAny;
use tokio::time::timeout;

use super::super::body;
use super::super::calls::Endpoint;
use super::{CALL_TIMEOUT, Failed, Shared, Web};
use crate::source::SourceError;

/// A search that every market has an answer to.
const QUESTION: &str = "a";
/// The accounts service's answer is a line.
const READING: Duration = Duration::from_secs(2);

/// Why an app is not good to go by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Doubt {
    #[error("Spotify knows no such app")]
    UnknownId,
    #[error("the secret is not the app's")]
    WrongSecret,
    /// It gets a token, and no answer for it.
    #[error("Spotify does not answer the app")]
    Barred,
    /// Nothing is known of the app: Spotify is away, or wishes to be left alone.
    #[error(transparent)]
    Source(#[from] SourceError),
}

/// The accounts service's shape of an error.
#[derive(Deserialize)]
struct Refusal {
    #[serde(default)]
    error_description: String,
}

impl Web {
    pub(in crate::source::spotify) async fn prove(&self) -> Result<(), Doubt> {
        let shared = &self.shared;
        shared.rest.is_over(&shared.store).await?;
        shared.calls.count(Endpoint::Token);
        match timeout(CALL_TIMEOUT, shared.client.request_token()).await {
            Err(_) => return Err(SourceError::TimedOut.into()),
            Ok(Err(error)) => return Err(shared.doubt(error).await),
            Ok(Ok(())) => {}
        }
        let query = vec![
            ("q", QUESTION.to_owned()),
            ("type", "track".to_owned()),
            ("market", self.market().to_owned()),
            ("limit", "1".to_owned()),
        ];
        let asked = self.get::<IgnoredAny>(Endpoint::Search, "search".to_owned(), query);
        match asked.await {
            Ok(_) => Ok(()),
            Err(error) if error == shared.owner.refusal() => Err(Doubt::Barred),
            Err(error) => Err(error.into()),
        }
    }
}

impl Shared {
    async fn doubt(&self, error: ClientError) -> Doubt {
        let ClientError::Http(error) = error else {
            // Never the error's own text: it may hold the answer, and that the token.
            return SourceError::Unavailable.into();
        };
        match *error {
            HttpError::StatusCode(response) if matches!(response.status().as_u16(), 400 | 401) => {
                let text = timeout(READING, body::text(response)).await;
                what_is_wrong(&text.ok().and_then(Result::ok).unwrap_or_default())
            }
            error => match self.failed(Endpoint::Token, error).await {
                Failed::Source(error) => error.into(),
                Failed::Token | Failed::Senseless | Failed::Forbidden(_) => Doubt::Barred,
            },
        }
    }
}

/// "Invalid client secret", or "Invalid client": where Spotify says nothing of the secret, it doesn't know the id.
fn what_is_wrong(text: &str) -> Doubt {
    let refusal = serde_json::from_str::<Refusal>(text);
    let said = refusal
        .map(|refusal| refusal.error_description)
        .unwrap_or_default();
    match said.to_ascii_lowercase().contains("secret") {
        true => Doubt::WrongSecret,
        false => Doubt::UnknownId,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_spotify_says_of_credentials_names_the_half_that_is_wrong() {
        let secret = r#"{"error":"invalid_client","error_description":"Invalid client secret"}"#;
        let id = r#"{"error":"invalid_client","error_description":"Invalid client"}"#;
        assert_eq!(what_is_wrong(secret), Doubt::WrongSecret);
        for text in [id, r#"{"error":"invalid_client"}"#, "", "<html>"] {
            assert_eq!(what_is_wrong(text), Doubt::UnknownId, "{text}");
        }
    }
}
