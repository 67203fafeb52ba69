//! Screens that show a nest without anybody being signed in on them.
//!
//! A screen holds a random token. It shows a code; a member who types that code ties the token to a nest. The store knows
//! tokens by their digest only: a copy of it opens no screen. A token lets its holder look at one nest and do nothing, until
//! somebody takes it back or the screen has been dark for [`TV_LIFE`].

use nests::nest::code::ALPHABET;
use nests::nest::{NestId, NestRef, Person};
use nests::wire::directory::NestState;
use serde::{Deserialize, Serialize};

use crate::Engine;
use crate::clock::rfc3339;
use crate::error::EngineError;
use crate::live::watch::Watch;
use crate::secret::TvToken;
use crate::store::keys::{HOUSE_CHANNEL, PAIRING_LIFE, PAIRING_TRIES_WINDOW, SCREEN_NEWS, TV_LIFE};
use crate::store::{Key, scripts};

/// 31 to the power of six: 887 million.
pub const PAIRING_CODE_LENGTH: usize = 6;
/// Screens of one nest.
const MOST_SCREENS: usize = 16;
/// Codes that one person may try within [`PAIRING_TRIES_WINDOW`].
const MOST_TRIES: u32 = 10;
const CODE_ATTEMPTS: usize = 8;

/// A screen that shows a nest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Screen {
    /// For taking it back. Not the token.
    #[serde(default)]
    pub id: String,
    /// Who paired it.
    pub by: Person,
    /// RFC 3339.
    pub since: String,
}

impl Engine {
    /// A token that shows nothing yet.
    pub fn new_tv_token(&self) -> TvToken {
        TvToken::random()
    }

    /// Whether the token is a screen's: of one that waits with its code, or that was paired.
    pub async fn is_screen(&self, token: &TvToken) -> Result<bool, EngineError> {
        let digest = token.digest();
        let mut exists = redis::cmd("EXISTS");
        exists.arg(Key::TvWaiting(&digest).name());
        exists.arg(Key::Tv(&digest).name());
        let found: u32 = self.inner.store.run(&exists).await?;
        Ok(found > 0)
    }

    /// The code that a screen shows until somebody types it. Asking for it keeps it: a screen that is on shows the same
    /// one for as long as it takes, and one that is off loses it after [`PAIRING_LIFE`].
    pub async fn pairing_code(&self, token: &TvToken) -> Result<String, EngineError> {
        let digest = token.digest();
        let life = PAIRING_LIFE.as_secs();
        for _ in 0..CODE_ATTEMPTS {
            let code = draw_code();
            let mut offer = scripts::OFFER_TV.key(Key::TvWaiting(&digest).name());
            offer.key(Key::TvPairing(&code).name());
            offer.arg(&code).arg(&digest).arg(life);
            let Some(code) = self.inner.store.script::<Option<String>>(&offer).await? else {
                continue;
            };
            let mut renew = redis::pipe();
            renew.cmd("EXPIRE").arg(Key::TvWaiting(&digest).name()).arg(life);
            renew.cmd("EXPIRE").arg(Key::TvPairing(&code).name()).arg(life);
            // Run out or used up in between: that one is of no use any more.
            if let (true, true) = self.inner.store.run_all(&renew).await? {
                return Ok(code);
            }
        }
        Err(EngineError::Contended)
    }

    /// Ties the screen that shows `code` to a nest.
    pub async fn pair_tv(&self, by: &Person, nest: &NestRef, code: &str) -> Result<NestId, EngineError> {
        let code = parse_code(code)?;
        self.count_try(by).await?;
        let card = self.get_nest(nest).await?;
        if card.state == NestState::Asleep {
            return Err(EngineError::NestAsleep);
        }
        let nest = card.nest_id;
        self.screens(&nest).await?; // those that have gone make room
        let mut find = redis::cmd("GET");
        find.arg(Key::TvPairing(&code).name());
        let Some(digest) = self.inner.store.run::<Option<String>>(&find).await? else {
            return Err(unknown_code());
        };
        let screen = Screen {
            id: String::new(),
            by: by.clone(),
            since: rfc3339(self.now()),
        };
        let screen =
            serde_json::to_string(&screen).map_err(|error| EngineError::Unreadable(error.to_string()))?;
        let mut pair = scripts::PAIR_TV.key(Key::TvPairing(&code).name());
        pair.key(Key::TvWaiting(&digest).name())
            .key(Key::Tv(&digest).name())
            .key(Key::Screens(&nest).name());
        pair.arg(&digest)
            .arg(nest.as_str())
            .arg(screen)
            .arg(TV_LIFE.as_secs())
            .arg(MOST_SCREENS)
            .arg(HOUSE_CHANNEL)
            .arg(format!("{SCREEN_NEWS}{digest}"));
        match self.inner.store.script::<String>(&pair).await?.as_str() {
            "ok" => Ok(nest),
            "full" => Err(EngineError::Invalid {
                field: "code",
                message: format!(
                    "This nest is on {MOST_SCREENS} screens already. Disconnect one of them first."
                ),
            }),
            _ => Err(unknown_code()),
        }
    }

    /// The nest that the token shows. Looking keeps the token: a screen that is on stays paired.
    pub async fn tv(&self, token: &TvToken) -> Result<Option<NestId>, EngineError> {
        let digest = token.digest();
        let mut get = redis::cmd("GETEX");
        get.arg(Key::Tv(&digest).name()).arg("EX").arg(TV_LIFE.as_secs());
        let nest: Option<String> = self.inner.store.run(&get).await?;
        Ok(nest.and_then(|nest| NestId::parse(&nest).ok()))
    }

    /// The nest that the token shows, where it still exists.
    pub async fn tv_of_a_nest(&self, token: &TvToken) -> Result<Option<NestId>, EngineError> {
        let Some(nest) = self.tv(token).await? else {
            return Ok(None);
        };
        match self.look_up(&NestRef::Id(nest.clone())).await {
            Ok(_) => Ok(Some(nest)),
            Err(EngineError::NoSuchNest | EngineError::NestGone) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The screens that show the nest, the newest first. Those whose token has run out are left out, and forgotten.
    pub async fn screens(&self, nest: &NestId) -> Result<Vec<Screen>, EngineError> {
        let mut read = redis::cmd("HGETALL");
        read.arg(Key::Screens(nest).name());
        let found: Vec<(String, String)> = self.inner.store.run(&read).await?;
        let mut screens = Vec::with_capacity(found.len());
        for (digest, text) in found {
            let mut get = redis::cmd("GET");
            get.arg(Key::Tv(&digest).name());
            let shows: Option<String> = self.inner.store.run(&get).await?;
            if shows.as_deref() != Some(nest.as_str()) {
                let mut forget = redis::cmd("HDEL");
                forget.arg(Key::Screens(nest).name()).arg(&digest);
                self.inner.store.run::<()>(&forget).await?;
                continue;
            }
            let screen: Screen =
                serde_json::from_str(&text).map_err(|error| EngineError::Unreadable(error.to_string()))?;
            screens.push(Screen { id: digest, ..screen });
        }
        screens.sort_by(|a, b| (&b.since, &b.id).cmp(&(&a.since, &a.id)));
        Ok(screens)
    }

    /// Takes a screen back: it shows the nest no longer. Whoever paired it may, and the nest's
    /// creator; in the Main Nest everybody.
    pub async fn unpair_tv(&self, by: &Person, nest: &NestRef, screen: &str) -> Result<NestId, EngineError> {
        let (entry, _) = self.find(nest).await?;
        let nest = entry.nest_id.clone();
        let found = self.screens(&nest).await?.into_iter().find(|s| s.id == screen);
        let Some(found) = found else {
            return Ok(nest); // it is gone already
        };
        if !entry.is_main && found.by.id != by.id && entry.creator.as_ref() != Some(&by.id) {
            return Err(EngineError::NotTheCreator);
        }
        let mut forget = redis::pipe();
        forget.atomic().unlink(Key::Tv(&found.id).name()).ignore();
        forget.hdel(Key::Screens(&nest).name(), &found.id).ignore();
        let news = format!("{SCREEN_NEWS}{}", found.id);
        forget.cmd("PUBLISH").arg(HOUSE_CHANNEL).arg(news).ignore();
        self.inner.store.run_all::<()>(&forget).await?;
        Ok(nest)
    }

    /// The nest's changes, without being in it.
    pub async fn watch(&self, nest: &NestId) -> Result<Watch, EngineError> {
        Ok(Watch::of(self.open(nest).await?))
    }

    async fn count_try(&self, by: &Person) -> Result<(), EngineError> {
        let key = Key::PairingTries(&by.id).name();
        let window = PAIRING_TRIES_WINDOW.as_secs();
        let mut count = redis::pipe();
        count
            .atomic()
            .cmd("SET")
            .arg(&key)
            .arg(0)
            .arg("EX")
            .arg(window)
            .arg("NX")
            .ignore();
        count.incr(&key, 1);
        let (tries,): (u32,) = self.inner.store.run_all(&count).await?;
        if tries <= MOST_TRIES {
            return Ok(());
        }
        Err(EngineError::RateLimited {
            retry_after: window as u32,
            message: "That were many codes. Wait a minute, then type the one on the screen.".into(),
        })
    }
}

/// Six letters without bias: a byte beyond the largest multiple of 31 is drawn again.
fn draw_code() -> String {
    const FAIR: u8 = (256 / ALPHABET.len() * ALPHABET.len() - 1) as u8;
    let mut code = String::with_capacity(PAIRING_CODE_LENGTH);
    while code.len() < PAIRING_CODE_LENGTH {
        let mut byte = [0];
        crate::random::fill(&mut byte);
        if byte[0] <= FAIR {
            code.push(char::from(ALPHABET[usize::from(byte[0]) % ALPHABET.len()]));
        }
    }
    code
}

/// As typed: in any case, with whatever people put between the letters.
fn parse_code(typed: &str) -> Result<String, EngineError> {
    let letters = typed.chars().filter(|c| !c.is_whitespace() && *c != '-');
    let code: String = letters.map(|c| c.to_ascii_uppercase()).collect();
    let fits = code.len() == PAIRING_CODE_LENGTH && code.bytes().all(|b| ALPHABET.contains(&b));
    if fits { Ok(code) } else { Err(unknown_code()) }
}

fn unknown_code() -> EngineError {
    EngineError::Invalid {
        field: "code",
        message: "No screen shows this code. Type the six letters that the screen shows now.".into(),
    }
}
