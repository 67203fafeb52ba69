//! Hearing a nest in the browser itself, by the player that Spotify's own script opens there: which browser was chosen, which
//! player it has at the moment, and the token that such a player asks for.
//!
//! A browser is known by its session and stays chosen until its owner chooses otherwise; its player lives as long as the
//! page. Keeping that player in step is [`super`]'s, as with any device. How a page opens one is nothing to the engine.

use std::time::Duration;

use nests::nest::{MemberId, NestId, Person};
use serde::{Deserialize, Serialize};

use super::ChosenDevice;
use crate::Engine;
use crate::accounts::AccountError;
use crate::error::EngineError;
use crate::live::news;
use crate::pace::Pace;
use crate::secret::{SessionId, SpotifySecret};
use crate::source::spotify::players;
use crate::store::keys::{SESSION_LIFE, channel};
use crate::store::{Key, scripts};

/// What the choice is called where a device would have a name, in whichever browser that is read.
const A_BROWSER: &str = "Your browser";
/// A token that Spotify refuses before its time is rare; each costs a renewal.
const REFUSED_EVERY: Duration = Duration::from_secs(30);
const REFUSED_AT_ONCE: u32 = 4;

pub(crate) fn pace() -> Pace<MemberId> {
    Pace::new(REFUSED_EVERY, REFUSED_AT_ONCE)
}

/// Hex digits by which a person's browsers are told apart.
const BROWSER_DIGITS: usize = 16;

/// One browser of somebody's, known by the session that is signed in there. It opens nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Browser(String);

impl Browser {
    /// The developer has no session, and is in one browser.
    pub fn of(session: Option<&SessionId>) -> Self {
        let session = session.map_or("", SessionId::expose);
        // Not the digest under which the store keeps the session.
        let mut digits = crate::digest::hex(format!("browser {session}").as_bytes());
        digits.truncate(BROWSER_DIGITS);
        Self(digits)
    }
}

/// Why a browser can't play, or may not.
#[derive(Debug, thiserror::Error)]
pub enum InBrowserError {
    /// Something else was chosen meanwhile, or nothing.
    #[error("the nest is not heard in this browser")]
    NotChosen,
    /// Spotify takes a moment until it lists a player that was opened.
    #[error("Spotify does not know the player yet")]
    NotThereYet,
    #[error(transparent)]
    Account(#[from] AccountError),
}

impl From<EngineError> for InBrowserError {
    fn from(error: EngineError) -> Self {
        Self::Account(error.into())
    }
}

impl ChosenDevice {
    /// Whether it is the player in that browser, or will be once the browser has opened one.
    pub fn is_in(&self, browser: &Browser) -> bool {
        self.browser.as_ref() == Some(browser)
    }

    /// A browser that has not opened a player is chosen, and nothing to conduct.
    pub(super) fn is_there(&self) -> bool {
        !self.id.is_empty()
    }
}

impl Engine {
    /// From now on `by` hears this nest's Spotify songs in that browser, whenever it shows the nest.
    ///
    /// # Errors
    /// Where no account is connected that Spotify still accepts.
    pub async fn choose_browser(
        &self,
        by: &Person,
        nest: &NestId,
        browser: &Browser,
    ) -> Result<(), AccountError> {
        let through = self.through(nest).await?;
        let account = self.account_by(&through.app, &by.id).await?;
        let account = account.ok_or(AccountError::NotConnected)?;
        if account.withdrawn {
            return Err(AccountError::Withdrawn);
        }
        let chosen = self.choice(&by.id, nest).await?;
        if chosen.is_some_and(|chosen| chosen.device.is_in(browser)) {
            // Another tab may be playing already.
            return Ok(self.back_in_step(by, nest).await?);
        }
        let chosen = ChosenDevice {
            id: String::new(),
            name: A_BROWSER.to_owned(),
            browser: Some(browser.clone()),
        };
        self.keep_choice(by, nest, chosen, false).await // what played before is let go
    }

    /// The browser has opened a player, which Spotify knows as `device`. `asked`: its owner wishes to hear the nest now,
    /// whatever they hear; otherwise the page was only opened again.
    ///
    /// # Errors
    /// Where the browser isn't chosen, or Spotify doesn't list the player among theirs.
    pub async fn player_is_ready(
        &self,
        by: &Person,
        nest: &NestId,
        browser: &Browser,
        device: &str,
        asked: bool,
    ) -> Result<(), InBrowserError> {
        if !players::is_device_id(device) {
            return Err(EngineError::invalid("device", "that is no device of Spotify's").into());
        }
        self.keep_pace(&self.inner.player_pace, by)?;
        if self.chosen_in(by, nest, browser).await?.id != device {
            let theirs = self.devices(&by.id, nest).await?;
            if !theirs.iter().any(|there| there.id == device) {
                return Err(InBrowserError::NotThereYet);
            }
            if !self.put_player(by, nest, browser, "", device).await? {
                return Err(InBrowserError::NotChosen);
            }
        }
        if asked {
            return Ok(self.wish_back(&by.id, nest).await?);
        }
        Ok(self.tell_conductor(by, nest).await?)
    }

    /// The browser has closed its player: nothing is told to it any more. The browser stays chosen. News of a player that
    /// another one has replaced change nothing.
    pub async fn player_is_gone(
        &self,
        by: &Person,
        nest: &NestId,
        browser: &Browser,
        device: &str,
    ) -> Result<(), EngineError> {
        if players::is_device_id(device) && self.put_player(by, nest, browser, device, "").await? {
            self.tell_conductor(by, nest).await?;
        }
        Ok(())
    }

    /// The person's own access token, for the player in a browser that they chose. `refused`: the one that Spotify no
    /// longer accepts, though it should.
    ///
    /// # Errors
    /// Where the browser isn't chosen; `RateLimited` where token after token is said to be refused.
    pub async fn token_for_player(
        &self,
        of: &Person,
        nest: &NestId,
        browser: &Browser,
        refused: Option<SpotifySecret>,
    ) -> Result<SpotifySecret, InBrowserError> {
        self.chosen_in(of, nest, browser).await?;
        if refused.is_some() {
            self.keep_pace(&self.inner.loan_pace, of)?;
        }
        let through = self.through(nest).await?;
        Ok(self.fresh_token(&through, &of.id, refused).await?)
    }

    /// What is chosen has changed.
    async fn tell_conductor(&self, by: &Person, nest: &NestId) -> Result<(), EngineError> {
        let mut look = redis::cmd("PUBLISH");
        look.arg(channel(nest)).arg(news::look(&by.id));
        self.inner.store.run::<i64>(&look).await?;
        Ok(())
    }

    async fn chosen_in(
        &self,
        who: &Person,
        nest: &NestId,
        browser: &Browser,
    ) -> Result<ChosenDevice, InBrowserError> {
        let chosen = self.choice(&who.id, nest).await?;
        chosen
            .map(|kept| kept.device)
            .filter(|chosen| chosen.is_in(browser))
            .ok_or(InBrowserError::NotChosen)
    }

    /// Whether the browser is chosen and had the player `from` ("": whichever); then `to` is in its place ("": none).
    async fn put_player(
        &self,
        who: &Person,
        nest: &NestId,
        browser: &Browser,
        from: &str,
        to: &str,
    ) -> Result<bool, EngineError> {
        let mut put = scripts::PUT_PLAYER.key(Key::Hearing(nest, &who.id).name());
        put.arg(&browser.0).arg(from).arg(to).arg(SESSION_LIFE.as_secs());
        Ok(self.inner.store.script::<i64>(&put).await? == 1)
    }
}
