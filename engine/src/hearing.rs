//! Hearing a nest on one's own device: which one somebody chose for it, and their wishes for it.
//!
//! Somebody who chose a device has a [`conductor`] wherever they sit in the nest, which keeps it in step; what it makes of the
//! player is its [`standing`]. What it comes to goes to its owner's sockets, wherever these are, and what its owner wishes
//! comes from wherever they say it.

mod conductor;
pub mod in_browser;
mod player;
mod standing;

use std::collections::HashSet;
use std::time::Duration;

use nests::hearing::Footing;
use nests::nest::{MemberId, NestId, Person};
use serde::{Deserialize, Serialize};

pub(crate) use self::conductor::Conductors;
use self::in_browser::Browser;
pub use self::standing::{Standing, Trouble};
use crate::Engine;
use crate::accounts::AccountError;
use crate::apps::App;
use crate::error::EngineError;
use crate::live::news;
use crate::pace::{self, Pace};
use crate::source::spotify::consent::PersonalError;
use crate::source::spotify::{Device, players};
use crate::store::Key;
use crate::store::keys::{SESSION_LIFE, channel};

/// How long whoever disconnects waits for their player to fall silent, and how often the store is asked whether it has, where
/// another process conducts.
const LETTING_GO: Duration = Duration::from_secs(3);
const LETTING_GO_LOOK: Duration = Duration::from_millis(50);

/// Each wish for a player, and each piece of news of one, is worth some calls to Spotify, which the whole house shares.
const WISH_EVERY: Duration = Duration::from_secs(1);
/// As many as a page makes that opens its player while Spotify is slow to know it.
const WISHES_AT_ONCE: u32 = 20;

pub(crate) fn pace() -> Pace<MemberId> {
    Pace::new(WISH_EVERY, WISHES_AT_ONCE)
}

/// How somebody hears a nest at this moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hearing {
    /// `None`: they chose none.
    pub device: Option<ChosenDevice>,
    /// As the conductor here has it.
    pub standing: Standing,
    /// As its owner is told, whichever process conducts.
    pub footing: Footing,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChosenDevice {
    /// Empty for a browser that has no player at the moment.
    pub id: String,
    pub name: String,
    /// Where it is the player in a browser of theirs, which one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub browser: Option<Browser>,
}

/// The choice as it is kept, with how the device does.
#[derive(Serialize, Deserialize)]
struct Kept {
    #[serde(flatten)]
    device: ChosenDevice,
    #[serde(default)]
    footing: Footing,
}

impl Engine {
    /// What of theirs could play the nest now.
    pub async fn devices(&self, who: &MemberId, nest: &NestId) -> Result<Vec<Device>, AccountError> {
        let through = self.through(nest).await?;
        let mut access = self.fresh_token(&through, who, None).await?;
        let mut answer = through.spotify.devices(&access).await;
        if matches!(answer, Err(PersonalError::Token)) {
            access = self.fresh_token(&through, who, Some(access)).await?;
            answer = through.spotify.devices(&access).await;
        }
        self.heed(&through.app, who, &access, answer.as_ref().err()).await;
        Ok(answer?)
    }

    /// From now on `by` hears this nest's Spotify songs on that device of theirs; it is remembered for the nest.
    pub async fn choose_device(&self, by: &Person, nest: &NestId, id: &str) -> Result<(), AccountError> {
        if !players::is_device_id(id) {
            return Err(EngineError::invalid("device", "choose one of your devices").into());
        }
        let devices = self.devices(&by.id, nest).await?;
        let Some(device) = devices.into_iter().find(|device| device.id == id) else {
            let message = "that device is gone; open Spotify on it and try again";
            return Err(EngineError::invalid("device", message).into());
        };
        let device = ChosenDevice {
            id: device.id,
            name: device.name,
            browser: None,
        };
        self.keep_choice(by, nest, device, true).await
    }

    /// Keeps what `by` chose, with the news of it; `asked`: and that they wish to hear the nest now.
    async fn keep_choice(
        &self,
        by: &Person,
        nest: &NestId,
        device: ChosenDevice,
        asked: bool,
    ) -> Result<(), AccountError> {
        let chosen = Kept {
            device,
            footing: Footing::Off,
        };
        let chosen = serde_json::to_string(&chosen).map_err(|e| EngineError::Unreadable(e.to_string()))?;
        self.open(nest).await?; // a choice for a nest that isn't there would never go away
        let mut choose = redis::pipe();
        choose
            .atomic()
            .cmd("SET")
            .arg(Key::Hearing(nest, &by.id).name())
            .arg(chosen)
            .arg("EX")
            .arg(SESSION_LIFE.as_secs())
            .ignore();
        let said = if asked { a_wish(&by.id) } else { news::look(&by.id) };
        choose.publish(channel(nest), said).ignore();
        let chosen = self.inner.store.run_all::<()>(&choose).await;
        Ok(chosen.map_err(EngineError::from)?)
    }

    /// They hear the nest no more, at once.
    pub async fn stop_hearing(&self, by: &Person, nest: &NestId) -> Result<(), EngineError> {
        self.forget_device(&by.id, nest).await
    }

    async fn forget_device(&self, who: &MemberId, nest: &NestId) -> Result<(), EngineError> {
        let mut forget = redis::pipe();
        forget
            .atomic()
            .cmd("UNLINK")
            .arg(Key::Hearing(nest, who).name())
            .ignore();
        forget.publish(channel(nest), news::look(who)).ignore();
        Ok(self.inner.store.run_all(&forget).await?)
    }

    /// Their player falls silent in every nest that they hear by that app, as long as it may still be told to.
    pub(crate) async fn let_go_of(&self, who: &MemberId, app: &App) -> Result<(), EngineError> {
        let here = self.inner.conductors.of_member(who).into_iter();
        let led = self.led_nest(who).await?;
        let nests: HashSet<NestId> = here.map(|(nest, _)| nest).chain(led).collect();
        let mut theirs = Vec::with_capacity(nests.len());
        for nest in nests {
            if self.app_of(&nest).await? == *app {
                theirs.push((nest, who.clone()));
            }
        }
        self.let_go(theirs).await
    }

    /// The players of all who are in that nest, by whichever process, or have a seat there, fall silent likewise.
    pub(crate) async fn let_everybody_go(&self, nest: &NestId) -> Result<(), EngineError> {
        let mut everybody: HashSet<MemberId> = self.inner.conductors.in_nest(nest).into_iter().collect();
        everybody.extend(self.seated(nest).await?);
        let mut read = redis::cmd("SMEMBERS");
        read.arg(Key::Members(nest).name());
        let present: Vec<String> = self.inner.store.run(&read).await?;
        everybody.extend(present.iter().filter_map(|id| MemberId::parse(id).ok()));
        let all = everybody.into_iter().map(|who| (nest.clone(), who));
        self.let_go(all.collect()).await
    }

    async fn let_go(&self, all: Vec<(NestId, MemberId)>) -> Result<(), EngineError> {
        for (nest, who) in &all {
            self.forget_device(who, nest).await?;
        }
        let has_let_go = |standing: &Standing| matches!(standing, Standing::Off | Standing::ByAnother);
        let silent = async {
            for (nest, who) in &all {
                let here = self.inner.conductors.of(nest, who);
                let standing = here.as_ref().map(|conductor| conductor.standing.subscribe());
                if let Some(mut standing) = standing
                    && standing.wait_for(has_let_go).await.is_err()
                {
                    tracing::trace!(nest.id = %nest, "a conductor that is held is never gone");
                }
                // Where another process conducts, its word goes with the last order.
                while self.led_nest(who).await?.as_ref() == Some(nest) {
                    tokio::time::sleep(LETTING_GO_LOOK).await;
                }
            }
            Ok::<(), EngineError>(())
        };
        match tokio::time::timeout(LETTING_GO, silent).await {
            Ok(let_go) => let_go,
            Err(_) => {
                tracing::warn!("somebody's player was not let go in time");
                Ok(())
            }
        }
    }

    /// The nest that somebody's player is steered for, in whatever process.
    async fn led_nest(&self, who: &MemberId) -> Result<Option<NestId>, EngineError> {
        let mut read = redis::cmd("GET");
        read.arg(Key::SpotifyConductor(who).name());
        let word: Option<String> = self.inner.store.run(&read).await?;
        Ok(word.and_then(|word| player::nest_of(&word)))
    }

    /// Their account by that app is a new one, or mended: where they chose a device it is tried again.
    pub(crate) async fn try_players_again(&self, who: &MemberId, app: &App) -> Result<(), EngineError> {
        let here = self.inner.conductors.of_member(who);
        let led = self.led_nest(who).await?;
        let nests: HashSet<NestId> = here.into_iter().map(|(nest, _)| nest).chain(led).collect();
        for nest in nests {
            if self.app_of(&nest).await? == *app {
                self.wish_back(who, &nest).await?;
            }
        }
        Ok(())
    }

    /// Whoever went their own way wishes to hear the nest again. Whichever process conducts for them learns of it.
    ///
    /// # Errors
    /// `RateLimited` for whoever wishes faster than a player can follow.
    pub async fn back_in_step(&self, by: &Person, nest: &NestId) -> Result<(), EngineError> {
        self.keep_pace(&self.inner.player_pace, by)?;
        self.wish_back(&by.id, nest).await
    }

    fn keep_pace(&self, pace: &Pace<MemberId>, by: &Person) -> Result<(), EngineError> {
        let admitted = pace.admit(&by.id, std::time::Instant::now());
        admitted.map_err(|wait| EngineError::RateLimited {
            retry_after: pace::retry_after(wait),
            message: "That is faster than your player can follow. Try again in a moment.".to_owned(),
        })
    }

    async fn wish_back(&self, who: &MemberId, nest: &NestId) -> Result<(), EngineError> {
        let mut wish = redis::cmd("PUBLISH");
        wish.arg(channel(nest)).arg(a_wish(who));
        self.inner.store.run::<i64>(&wish).await?;
        Ok(())
    }

    pub async fn hearing(&self, who: &MemberId, nest: &NestId) -> Result<Hearing, EngineError> {
        let conductor = self.inner.conductors.of(nest, who);
        let standing = conductor.map(|conductor| *conductor.standing.borrow());
        let kept = self.choice(who, nest).await?;
        let told = kept.as_ref().map(|kept| kept.footing).unwrap_or_default();
        let footing = match standing.map(|standing| standing.footing(self.now())) {
            Some(Some(footing)) => footing,
            Some(None) => told,
            // What a process that is gone said last is no news.
            None if self.is_vouched_for(who, nest).await? => told,
            None => Footing::Off,
        };
        Ok(Hearing {
            device: kept.map(|kept| kept.device),
            standing: standing.unwrap_or_default(),
            footing,
        })
    }

    async fn is_vouched_for(&self, who: &MemberId, nest: &NestId) -> Result<bool, EngineError> {
        let mut exists = redis::cmd("EXISTS");
        exists.arg(Key::Member(nest, who).name());
        Ok(self.inner.store.run(&exists).await?)
    }

    async fn choice(&self, who: &MemberId, nest: &NestId) -> Result<Option<Kept>, EngineError> {
        let mut read = redis::cmd("GETEX");
        read.arg(Key::Hearing(nest, who).name())
            .arg("EX")
            .arg(SESSION_LIFE.as_secs());
        let text: Option<String> = self.inner.store.run(&read).await?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
    }
}

/// News of a wish to hear the nest, unlike any other.
fn a_wish(who: &MemberId) -> String {
    news::wish(who, &format!("{:016x}", crate::random::roll()))
}
