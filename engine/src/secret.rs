//! Values that open doors: they print as `***` wherever somebody logs them by mistake.

use std::fmt;

/// Address of a Redis server, perhaps with a password in it.
#[derive(Clone)]
pub struct RedisUrl(String);

impl RedisUrl {
    pub fn new(url: impl Into<String>) -> Self {
        Self(url.into())
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for RedisUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RedisUrl(***)")
    }
}

/// What opens doors at Spotify: the secret half of an app's credentials, a token, a verifier.
#[derive(Clone, PartialEq, Eq)]
pub struct SpotifySecret(String);

impl SpotifySecret {
    pub fn new(secret: impl Into<String>) -> Self {
        Self(secret.into())
    }

    /// For calls to Spotify and for the player in its listener's own browser, and nowhere else.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SpotifySecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SpotifySecret(***)")
    }
}

/// What a browser's cookie holds: whoever has it is that person. 64 hex digits, 256 random bits.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionId(String);

const SESSION_ID_LENGTH: usize = 64;

impl SessionId {
    pub(crate) fn random() -> Self {
        let mut bytes = [0; SESSION_ID_LENGTH / 2];
        crate::random::fill(&mut bytes);
        Self(bytes.iter().map(|b| format!("{b:02x}")).collect())
    }

    pub fn parse(text: &str) -> Option<Self> {
        let fits = text.len() == SESSION_ID_LENGTH && text.bytes().all(|b| b.is_ascii_hexdigit());
        fits.then(|| Self(text.to_owned()))
    }

    /// For the cookie, and nowhere else.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionId(***)")
    }
}

/// What a screen's cookie holds: whoever has it may look at the nest that it was paired with. Like a [`SessionId`] in form,
/// but it names no person.
#[derive(Clone, PartialEq, Eq)]
pub struct TvToken(SessionId);

impl TvToken {
    pub(crate) fn random() -> Self {
        Self(SessionId::random())
    }

    pub fn parse(text: &str) -> Option<Self> {
        SessionId::parse(text).map(Self)
    }

    /// What the store knows it by.
    pub(crate) fn digest(&self) -> String {
        crate::digest::hex(self.expose().as_bytes())
    }

    /// For the cookie, and nowhere else.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl fmt::Debug for TvToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TvToken(***)")
    }
}
