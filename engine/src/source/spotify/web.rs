//! One call to Spotify: the shared token, the rate limit, time-outs, and what each failure means.
//!
//! Owns the token. rspotify knows the addresses, the accounts service and how tokens are got; the answers are read here, up to
//! a bound ([`super::body`]) and with models of our own ([`super::answers`]), because Spotify leaves fields out that rspotify's
//! models insist on.

mod proof;

use std::sync::Arc;
use std::time::{Duration, Instant};

use nests::nest::NestId;
use nests::track::TrackUri;
use rspotify::clients::BaseClient as _;
use rspotify::http::HttpError;
use rspotify::{ClientCredsSpotify, ClientError, Config, Credentials, Token};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::sync::{Mutex, Semaphore, SemaphorePermit};

pub(crate) use self::proof::Doubt;
use super::body::{self, Unreadable};
use super::calls::{Calls, Endpoint};
use super::facts::{self, Facts};
use super::rest::Rest;
use crate::secret::SpotifySecret;
use crate::settings::SpotifySettings;
use crate::source::SourceError;
use crate::store::{Key, Store};

/// How long one call may take, a fetched token and a second try included.
pub(super) const CALL_TIMEOUT: Duration = Duration::from_secs(5);
/// For how long wrong credentials are not tried again: they don't mend by themselves.
const REFUSAL_STANDS: Duration = Duration::from_secs(60);

pub(super) struct Web {
    shared: Arc<Shared>,
}

/// Calls of this process under way; more wait for their turn within their own time.
const CALLS_AT_ONCE: usize = 8;

/// Whose app it is. That says where its rest is entered, and who can mend its credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    House,
    Nest(NestId),
    /// Nobody's yet: it is being tried.
    Candidate,
}

impl Owner {
    fn rest(&self) -> Rest {
        Rest::entered_at(match self {
            Self::House => Some(Key::SpotifyRateLimited.name()),
            Self::Nest(nest) => Some(Key::OwnAppRateLimited(nest).name()),
            Self::Candidate => None,
        })
    }

    /// That Spotify does not accept the app.
    const fn refusal(&self) -> SourceError {
        match self {
            Self::House | Self::Candidate => SourceError::Refused,
            Self::Nest(_) => SourceError::OwnAppRefused,
        }
    }

    fn log_refusal(&self) {
        match self {
            Self::House => {
                tracing::error!("Spotify does not know SPOTIFY_CLIENT_ID with this SPOTIFY_CLIENT_SECRET");
            }
            Self::Nest(nest) => {
                tracing::warn!(nest.id = %nest, "Spotify does not know the nest's own app any more")
            }
            Self::Candidate => {}
        }
    }
}

struct Shared {
    owner: Owner,
    client: ClientCredsSpotify,
    http: reqwest::Client,
    market: String,
    store: Store,
    /// Held by whoever fetches a token: the others wait for it and take the same one.
    fetching: Mutex<Fetching>,
    rest: Rest,
    /// Of all who go by the house's app, or by hosts'.
    calls: Arc<Calls>,
    turns: Semaphore,
}

#[derive(Default)]
struct Fetching {
    refused_at: Option<Instant>,
}

/// What is asked, in full.
pub(super) struct Call {
    endpoint: Endpoint,
    path: String,
    query: Vec<(&'static str, String)>,
    /// Sent with PUT; `None`: the call is a GET.
    body: Option<serde_json::Value>,
}

impl Call {
    pub(super) fn get(endpoint: Endpoint, path: String, query: Vec<(&'static str, String)>) -> Self {
        Self {
            endpoint,
            path,
            query,
            body: None,
        }
    }

    pub(super) fn put(endpoint: Endpoint, path: String, body: serde_json::Value) -> Self {
        Self {
            body: Some(body),
            ..Self::get(endpoint, path, Vec::new())
        }
    }
}

impl Web {
    pub(super) fn new(settings: &SpotifySettings, store: Store, owner: Owner, calls: Arc<Calls>) -> Self {
        let credentials = Credentials::new(&settings.client_id, settings.client_secret.expose());
        let config = Config {
            api_base_url: settings.api_url.clone(),
            auth_base_url: settings.accounts_url.clone(),
            // Its own refreshing lets every caller fetch a token at once.
            token_refreshing: false,
            token_cached: false,
            ..Config::default()
        };
        let shared = Shared {
            client: ClientCredsSpotify::with_config(credentials, config),
            http: reqwest::Client::new(),
            market: settings.market.clone(),
            store,
            fetching: Mutex::default(),
            rest: owner.rest(),
            calls,
            turns: Semaphore::new(CALLS_AT_ONCE),
            owner,
        };
        Self {
            shared: Arc::new(shared),
        }
    }

    pub(super) fn market(&self) -> &str {
        &self.shared.market
    }

    pub(super) fn calls(&self) -> &Calls {
        &self.shared.calls
    }

    /// Asks, and reads the answer. The call runs to its end (at most [`CALL_TIMEOUT`]) even where nobody waits for it any
    /// more, so that no fetched token and no word about the rate limit gets lost.
    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        endpoint: Endpoint,
        path: String,
        query: Vec<(&'static str, String)>,
    ) -> Result<T, SourceError> {
        let shared = self.shared.clone();
        let call = Call::get(endpoint, path, query);
        let making = tokio::spawn(async move {
            let made = tokio::time::timeout(CALL_TIMEOUT, shared.make(&call)).await;
            made.unwrap_or(Err(SourceError::TimedOut))
        });
        let text = making.await.unwrap_or(Err(SourceError::Unavailable))?;
        meant(endpoint, &text)
    }

    /// Asks with the token of a person. Runs to its end as [`Web::get`] does; the token is not renewed here.
    pub(super) async fn ask_as(&self, call: Call, access: &SpotifySecret) -> Result<String, Failed> {
        let shared = self.shared.clone();
        let token = Token {
            access_token: access.expose().to_owned(),
            ..Token::default()
        };
        let making = tokio::spawn(async move {
            let made = async {
                let _turn = shared.turn().await?;
                shared.send(&call, &token).await
            };
            let made = tokio::time::timeout(CALL_TIMEOUT, made).await;
            made.unwrap_or(Err(Failed::Source(SourceError::TimedOut)))
        });
        making
            .await
            .unwrap_or(Err(Failed::Source(SourceError::Unavailable)))
    }

    /// The same as [`Web::get`] with the token of a person, which is not renewed here.
    pub(super) async fn get_as<T: DeserializeOwned>(
        &self,
        access: &SpotifySecret,
        endpoint: Endpoint,
        path: String,
        query: Vec<(&'static str, String)>,
    ) -> Result<T, Failed> {
        let text = self.ask_as(Call::get(endpoint, path, query), access).await?;
        meant(endpoint, &text).map_err(Failed::Source)
    }

    /// For a call that is made elsewhere: whether it may be made now. Counts it.
    pub(super) async fn may_ask(&self, endpoint: Endpoint) -> Result<(), SourceError> {
        self.shared.rest.is_over(&self.shared.store).await?;
        self.shared.calls.count(endpoint);
        Ok(())
    }

    /// What a refusal means.
    pub(super) async fn failed(&self, endpoint: Endpoint, error: HttpError) -> Failed {
        self.shared.failed(endpoint, error).await
    }

    /// The same of the accounts service, which says 400 or 401 to all that it refuses, and in its words what that is: what a
    /// person gave, or the app itself, which its owner may have deleted.
    pub(super) async fn failed_for_tokens(&self, error: HttpError) -> Failed {
        let response = match error {
            HttpError::StatusCode(response) if matches!(response.status().as_u16(), 400 | 401) => response,
            error => return self.failed(Endpoint::PersonsToken, error).await,
        };
        let text = tokio::time::timeout(CALL_TIMEOUT, body::text(response)).await;
        match text.ok().and_then(Result::ok) {
            Some(text) if is_unknown_app(&text) => {
                self.shared.owner.log_refusal();
                Failed::Source(self.shared.owner.refusal())
            }
            _ => Failed::Senseless,
        }
    }

    pub(super) async fn recall(&self, uri: &TrackUri) -> Option<Facts> {
        facts::recall(&self.shared.store, uri, self.market()).await
    }

    pub(super) async fn remember(&self, all: &[Facts]) {
        facts::remember(&self.shared.store, all, self.market()).await;
    }
}

impl Shared {
    async fn turn(&self) -> Result<SemaphorePermit<'_>, Failed> {
        let turn = self.turns.acquire().await;
        turn.map_err(|_| Failed::Source(SourceError::Unavailable))
    }

    async fn make(&self, call: &Call) -> Result<String, SourceError> {
        let for_good = |failed: Failed| failed.for_good(&self.owner);
        let _turn = self.turn().await.map_err(for_good)?;
        let token = self.token(None).await?;
        match self.send(call, &token).await {
            Err(Failed::Token) => {
                let fresh = self.token(Some(&token)).await?;
                self.send(call, &fresh).await.map_err(for_good)
            }
            answer => answer.map_err(for_good),
        }
    }

    async fn send(&self, call: &Call, token: &Token) -> Result<String, Failed> {
        self.rest.is_over(&self.store).await.map_err(Failed::Source)?;
        self.calls.count(call.endpoint);
        let url = self.client.api_url(&call.path);
        let request = match &call.body {
            None => self.http.get(url).query(&call.query),
            Some(body) => self.http.put(url).json(body),
        };
        let answer = match request.bearer_auth(&token.access_token).send().await {
            Ok(answer) if answer.status().is_success() => answer,
            Ok(refusal) => {
                return Err(self.failed(call.endpoint, HttpError::StatusCode(refusal)).await);
            }
            Err(error) => return Err(self.failed(call.endpoint, HttpError::Client(error)).await),
        };
        match body::text(answer).await {
            Ok(text) => Ok(text),
            Err(Unreadable::BrokenOff(error)) => {
                Err(self.failed(call.endpoint, HttpError::Client(error)).await)
            }
            Err(error) => {
                tracing::warn!(endpoint = call.endpoint.as_str(), %error, "Spotify's answer can't be read");
                Err(Failed::Source(SourceError::Unavailable))
            }
        }
    }

    /// The token of all calls. Fetched where there is none, where its time is over, or where the one we hold is `refused`:
    /// once, however many ask for it.
    async fn token(&self, refused: Option<&Token>) -> Result<Token, SourceError> {
        let mut fetching = self.fetching.lock().await;
        let held = self.held().await?;
        if let Some(held) = held
            && !held.is_expired()
            && refused.is_none_or(|refused| refused.access_token != held.access_token)
        {
            return Ok(held);
        }
        if fetching
            .refused_at
            .is_some_and(|at| at.elapsed() < REFUSAL_STANDS)
        {
            return Err(self.owner.refusal());
        }
        self.rest.is_over(&self.store).await?;
        self.calls.count(Endpoint::Token);
        if let Err(error) = self.client.request_token().await {
            let error = self.no_token(error).await;
            if error == self.owner.refusal() {
                fetching.refused_at = Some(Instant::now());
            }
            return Err(error);
        }
        fetching.refused_at = None;
        self.held().await?.ok_or(SourceError::Unavailable)
    }

    async fn held(&self) -> Result<Option<Token>, SourceError> {
        let token = self.client.token.lock().await;
        Ok(token.map_err(|_| SourceError::Unavailable)?.clone())
    }

    async fn no_token(&self, error: ClientError) -> SourceError {
        match error {
            ClientError::Http(error) => match self.failed(Endpoint::Token, *error).await {
                Failed::Source(error) => error,
                // The accounts service says 400 or 401 to credentials that it doesn't know.
                Failed::Token | Failed::Senseless | Failed::Forbidden(_) => {
                    self.owner.log_refusal();
                    self.owner.refusal()
                }
            },
            // Never the error's own text: it may hold the answer, and that the token.
            _ => {
                tracing::warn!("Spotify's accounts service gave an answer that can't be read");
                SourceError::Unavailable
            }
        }
    }

    async fn failed(&self, endpoint: Endpoint, error: HttpError) -> Failed {
        let response = match error {
            HttpError::Client(error) if error.is_timeout() => return Failed::Source(SourceError::TimedOut),
            HttpError::Client(error) => {
                let error = error.without_url();
                tracing::warn!(endpoint = endpoint.as_str(), %error, "Spotify can't be reached");
                return Failed::Source(SourceError::Unavailable);
            }
            HttpError::StatusCode(response) => response,
        };
        let status = response.status().as_u16();
        tracing::debug!(endpoint = endpoint.as_str(), status, "Spotify refused a call");
        if status == 403 {
            let text = tokio::time::timeout(CALL_TIMEOUT, body::text(response)).await;
            return Failed::Forbidden(ban(&text.ok().and_then(Result::ok).unwrap_or_default()));
        }
        match status {
            400 => Failed::Senseless,
            401 => Failed::Token,
            404 => Failed::Source(SourceError::NotFound),
            429 => {
                let wish = response.headers().get("retry-after");
                let wish = wish.and_then(|wish| wish.to_str().ok()?.trim().parse().ok());
                Failed::Source(self.rest.begin(&self.store, wish.map(Duration::from_secs)).await)
            }
            _ => {
                tracing::warn!(endpoint = endpoint.as_str(), status, "Spotify is out of order");
                Failed::Source(SourceError::Unavailable)
            }
        }
    }
}

fn meant<T: DeserializeOwned>(endpoint: Endpoint, text: &str) -> Result<T, SourceError> {
    serde_json::from_str(text).map_err(|error| {
        tracing::warn!(endpoint = endpoint.as_str(), %error, "Spotify's answer can't be read");
        SourceError::Unavailable
    })
}

/// The accounts service's shape of an error (RFC 6749, section 5.2).
#[derive(Deserialize)]
struct TokenRefusal {
    error: String,
}

fn is_unknown_app(text: &str) -> bool {
    serde_json::from_str::<TokenRefusal>(text).is_ok_and(|refusal| refusal.error == "invalid_client")
}

/// Why somebody may not, as far as Spotify says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ban {
    /// The app's owner has not entered them.
    NoSeat,
    NoPremium,
    /// They never let the house do this; agreeing anew does.
    NoScope,
    /// What they wish can't be done at this moment: pause what is paused, play what has no licence.
    Restricted,
}

#[derive(Deserialize)]
struct Refusal {
    error: RefusalError,
}

#[derive(Deserialize)]
struct RefusalError {
    #[serde(default)]
    reason: String,
    #[serde(default)]
    message: String,
}

/// Spotify's reason for a 403. Its words change; what isn't known counts as a restriction of this one wish.
fn ban(text: &str) -> Ban {
    if text.contains(NOT_REGISTERED) {
        return Ban::NoSeat; // in plain text from some endpoints
    }
    let refusal = serde_json::from_str::<Refusal>(text)
        .ok()
        .map(|refusal| refusal.error);
    match refusal {
        Some(error) if error.reason == NEEDS_PREMIUM => Ban::NoPremium,
        Some(error) if error.message.contains(NEEDS_SCOPE) => Ban::NoScope,
        _ => Ban::Restricted,
    }
}

const NOT_REGISTERED: &str = "may not be registered";
const NEEDS_PREMIUM: &str = "PREMIUM_REQUIRED";
const NEEDS_SCOPE: &str = "Insufficient client scope";

/// What became of a call that was refused.
pub(super) enum Failed {
    /// The token doesn't count any more; with a fresh one it may work.
    Token,
    /// Spotify can make nothing of the request: an id that nothing has, credentials of nobody.
    Senseless,
    /// Whoever asks may not.
    Forbidden(Ban),
    Source(SourceError),
}

impl Failed {
    fn for_good(self, owner: &Owner) -> SourceError {
        match self {
            Self::Token | Self::Forbidden(_) => owner.refusal(),
            Self::Senseless => SourceError::NotFound,
            Self::Source(error) => error,
        }
    }
}
