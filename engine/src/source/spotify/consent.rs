//! A person lets the house act for them at Spotify: the address of the page on which they agree (authorization code with
//! PKCE, RFC 7636), and the tokens that come of it. No secret of the app is needed for any of it.
//!
//! Keeps nothing: where tokens stay is [`crate::accounts`]' business.

use std::time::Duration;

use rspotify::clients::OAuthClient as _;
use rspotify::{AuthCodePkceSpotify, ClientError, Config, Credentials, OAuth, Token};
use serde::Deserialize;

use super::Spotify;
use super::calls::Endpoint;
use super::web::{Ban, CALL_TIMEOUT, Call, Failed};
use crate::secret::SpotifySecret;
use crate::source::SourceError;

/// What the house may do for a listener: play in their browser, see and steer their player, read who they are (Premium? which
/// country?) and read and write their own playlists.
pub const SCOPES: [&str; 8] = [
    "streaming",
    "user-read-email",
    "user-read-private",
    "user-read-currently-playing",
    "user-read-playback-state",
    "user-modify-playback-state",
    "playlist-read-private",
    "playlist-modify-private",
];
/// Characters of the verifier, the most that RFC 7636 allows.
const VERIFIER_LENGTH: usize = 128;

/// Where to send a person, and what to keep until they are back.
pub(crate) struct Invitation {
    pub(crate) url: String,
    pub(crate) verifier: SpotifySecret,
}

/// What acts for a person.
#[derive(Clone, Debug)]
pub(crate) struct Tokens {
    pub(crate) access: SpotifySecret,
    /// For the next access token; counts once. Spotify may leave it out: then the last one still counts.
    pub(crate) refresh: Option<SpotifySecret>,
    /// How long the access token counts.
    pub(crate) life: Duration,
}

/// Who they are at Spotify.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Profile {
    pub(crate) id: String,
    #[serde(default)]
    pub(crate) display_name: Option<String>,
    #[serde(default)]
    pub(crate) product: Option<String>,
    #[serde(default)]
    pub(crate) country: Option<String>,
}

/// Why Spotify doesn't do something for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PersonalError {
    /// The token doesn't count, or no longer.
    #[error("the token doesn't count any more")]
    Token,
    /// They may not: no seat in the app, no Premium, a scope that is missing.
    #[error("it is not for this person")]
    Forbidden(Ban),
    #[error(transparent)]
    Source(#[from] SourceError),
}

impl From<Failed> for PersonalError {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::Token => Self::Token,
            Failed::Forbidden(ban) => Self::Forbidden(ban),
            Failed::Senseless => Self::Source(SourceError::NotFound),
            Failed::Source(error) => Self::Source(error),
        }
    }
}

impl Spotify {
    /// `state` comes back with the person, to `home`.
    pub(crate) fn invite(&self, state: &str, home: &str) -> Result<Invitation, SourceError> {
        let mut client = self.pkce(home);
        state.clone_into(&mut client.oauth.state);
        let url = client.get_authorize_url(Some(VERIFIER_LENGTH));
        let (Ok(url), Some(verifier)) = (url, client.verifier) else {
            tracing::error!("SPOTIFY_ACCOUNTS_URL is no address that a browser can be sent to");
            return Err(SourceError::NotSetUp);
        };
        Ok(Invitation {
            // On a computer that several share Spotify would else take whoever agreed there before.
            url: url + "&show_dialog=true",
            verifier: SpotifySecret::new(verifier),
        })
    }

    /// The tokens for the code that a person came back with to `home`.
    pub(crate) async fn redeem(
        &self,
        code: &str,
        verifier: &SpotifySecret,
        home: &str,
    ) -> Result<Tokens, PersonalError> {
        let mut client = self.pkce(home);
        client.verifier = Some(verifier.expose().to_owned());
        self.web.may_ask(Endpoint::PersonsToken).await?;
        let asked = tokio::time::timeout(CALL_TIMEOUT, client.request_token(code)).await;
        self.fetched(asked.unwrap_or_else(|_| timed_out()), &client).await
    }

    /// The next tokens. Call it where it runs to its end: the refresh token is used up by it.
    pub(crate) async fn renew(&self, refresh: &SpotifySecret) -> Result<Tokens, PersonalError> {
        let client = self.pkce("");
        let spent = Token {
            refresh_token: Some(refresh.expose().to_owned()),
            ..Token::default()
        };
        if let Ok(mut token) = client.token.lock().await {
            *token = Some(spent);
        }
        self.web.may_ask(Endpoint::PersonsToken).await?;
        use rspotify::clients::BaseClient as _;
        let asked = tokio::time::timeout(CALL_TIMEOUT, client.refresh_token()).await;
        self.fetched(asked.unwrap_or_else(|_| timed_out()), &client).await
    }

    pub(crate) async fn profile(&self, access: &SpotifySecret) -> Result<Profile, PersonalError> {
        let call = Call::get(Endpoint::Me, "me".to_owned(), Vec::new());
        let text = self.web.ask_as(call, access).await?;
        serde_json::from_str(&text).map_err(|error| {
            tracing::warn!(%error, "what Spotify says of a person can't be read");
            SourceError::Unavailable.into()
        })
    }

    async fn fetched(
        &self,
        asked: Result<(), ClientError>,
        client: &AuthCodePkceSpotify,
    ) -> Result<Tokens, PersonalError> {
        if let Err(error) = asked {
            return Err(self.no_tokens(error).await);
        }
        let held = client.token.lock().await;
        let token = held
            .ok()
            .and_then(|held| held.clone())
            .ok_or(SourceError::Unavailable)?;
        Ok(Tokens {
            access: SpotifySecret::new(token.access_token),
            refresh: token.refresh_token.map(SpotifySecret::new),
            life: token.expires_in.to_std().unwrap_or_default(),
        })
    }

    async fn no_tokens(&self, error: ClientError) -> PersonalError {
        match error {
            ClientError::Http(error) => match self.web.failed_for_tokens(*error).await {
                // The accounts service's 400 is a code or a refresh token that doesn't count.
                Failed::Senseless => PersonalError::Token,
                failed => failed.into(),
            },
            ClientError::Io(error) if error.kind() == std::io::ErrorKind::TimedOut => {
                SourceError::TimedOut.into()
            }
            // Never the error's own text: it may hold the answer, and that the tokens.
            _ => {
                tracing::warn!("Spotify's accounts service gave an answer that can't be read");
                SourceError::Unavailable.into()
            }
        }
    }

    fn pkce(&self, home: &str) -> AuthCodePkceSpotify {
        let oauth = OAuth {
            redirect_uri: home.to_owned(),
            state: String::new(),
            scopes: SCOPES.iter().map(ToString::to_string).collect(),
            proxies: None,
        };
        let config = Config {
            api_base_url: self.settings.api_url.clone(),
            auth_base_url: self.settings.accounts_url.clone(),
            token_refreshing: false,
            token_cached: false,
            ..Config::default()
        };
        AuthCodePkceSpotify::with_config(Credentials::new_pkce(&self.settings.client_id), oauth, config)
    }
}

fn timed_out() -> Result<(), ClientError> {
    Err(ClientError::Io(std::io::ErrorKind::TimedOut.into()))
}
