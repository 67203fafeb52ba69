//! People's own accounts at Spotify: letting the house act for them, keeping the tokens, renewing them, taking it all back.
//!
//! Owns what is kept of an account and for how long. Tokens are kept sealed ([`crate::Seal`]) and leave this module for calls
//! to Spotify and for the player in the listener's own browser, nowhere else.

use std::hash::{BuildHasher as _, RandomState};
use std::time::{Duration, Instant};

use nests::nest::{MemberId, Person};
use nests::time::Millis;
use nests::track::Source;
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use crate::Engine;
use crate::apps::{App, Through};
use crate::error::EngineError;
use crate::own_app::Keeping;
use crate::pace::{self, Pace};
use crate::secret::SpotifySecret;
use crate::settings::SpotifySettings;
use crate::source::SourceError;
use crate::source::spotify::consent::{PersonalError, Profile, Tokens};
use crate::source::spotify::web::Ban;
use crate::store::keys::{LINKING_LIFE, SESSION_LIFE};
use crate::store::{Key, scripts};

/// A token that counts for less than this is renewed before it is used.
const RENEW_BEFORE: Duration = Duration::from_secs(60);
/// How often one person may set out for Spotify: each way is kept for [`LINKING_LIFE`]. Enough for who changes their mind.
const LINKING_EVERY: Duration = Duration::from_secs(10);
const LINKINGS_AT_ONCE: u32 = 10;
/// Renewals of different people at once in this process; two of the same person wait for each other.
const RENEWALS_AT_ONCE: usize = 64;
/// How often, and how soon again, the store is asked to keep a renewed token before it is lost.
const KEEP_TRIES: usize = 10;
const KEEP_AGAIN: Duration = Duration::from_secs(1);
/// Times that a renewal starts over because somebody else changed the account meanwhile.
const RENEWAL_ATTEMPTS: usize = 3;

pub(crate) fn pace() -> Pace<MemberId> {
    Pace::new(LINKING_EVERY, LINKINGS_AT_ONCE)
}

/// What others may know of a connected account. Its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The name at Spotify.
    pub who: String,
    /// Only Premium plays what the house asks for.
    pub premium: bool,
    /// Two letters.
    pub country: Option<String>,
    pub since: Millis,
    /// Spotify no longer accepts what it gave; connecting again mends it.
    pub withdrawn: bool,
}

/// Somebody is back from Spotify, and connected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Linked {
    pub account: Account,
    /// Where on this site they were on their way to.
    pub next: String,
}

/// Why an account isn't connected.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    #[error("no account is connected")]
    NotConnected,
    /// They came back with a state that this house never gave them, gave somebody else, or gave too long ago.
    #[error("that isn't the answer to a question of ours")]
    UnknownState,
    #[error("they did not agree")]
    Declined,
    /// The app's owner hasn't entered them: an app in development mode has five seats.
    #[error("the app has no seat for this account")]
    NoSeat,
    /// Everybody who may connect by the nest's own app has done so.
    #[error("all seats of the nest's own app are taken")]
    SeatsTaken,
    /// Spotify does not accept the code or the tokens.
    #[error("Spotify does not accept it any more")]
    Withdrawn,
    #[error(transparent)]
    Engine(#[from] EngineError),
}

impl From<PersonalError> for AccountError {
    fn from(error: PersonalError) -> Self {
        match error {
            PersonalError::Token | PersonalError::Forbidden(Ban::NoScope) => Self::Withdrawn,
            PersonalError::Forbidden(Ban::NoSeat) => Self::NoSeat,
            PersonalError::Forbidden(_) => SourceError::Refused.into(),
            PersonalError::Source(error) => error.into(),
        }
    }
}

/// Accounts are Spotify's.
impl From<SourceError> for AccountError {
    fn from(error: SourceError) -> Self {
        Self::Engine(error.of(Source::Spotify))
    }
}

/// Keeps two renewals of one person in this process from using up the same refresh token.
pub(crate) struct Renewals {
    lanes: [Mutex<()>; RENEWALS_AT_ONCE],
    hasher: RandomState,
}

impl Default for Renewals {
    fn default() -> Self {
        Self {
            lanes: std::array::from_fn(|_| Mutex::default()),
            hasher: RandomState::new(),
        }
    }
}

impl Renewals {
    fn lane(&self, member: &MemberId) -> &Mutex<()> {
        let lane = self.hasher.hash_one(member) % RENEWALS_AT_ONCE as u64;
        &self.lanes[lane as usize]
    }
}

/// Kept while somebody is at Spotify.
#[derive(Serialize, Deserialize)]
struct Linking {
    by: MemberId,
    verifier: String,
    next: String,
    #[serde(default)]
    app: App,
}

/// Kept for as long as an account is connected.
#[derive(Clone, Serialize, Deserialize)]
struct Sealed {
    access: String,
    refresh: String,
    until: Millis,
}

struct Kept {
    version: String,
    tokens: Sealed,
    /// Nobody asks with these tokens any more.
    ended: Option<Ended>,
}

/// Why nobody acts for a person until they connect anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    Withdrawn,
    NoSeat,
}

impl Ended {
    /// As the store has it.
    const fn as_str(self) -> &'static str {
        match self {
            Self::Withdrawn => "1",
            Self::NoSeat => "no-seat",
        }
    }

    fn read(text: &str) -> Self {
        match text == Self::NoSeat.as_str() {
            true => Self::NoSeat,
            false => Self::Withdrawn,
        }
    }

    /// What a refusal means for all that could be asked; `None`: it was about one wish.
    fn by(refused: &PersonalError) -> Option<Self> {
        match refused {
            PersonalError::Token => Some(Self::Withdrawn),
            PersonalError::Forbidden(Ban::NoSeat) => Some(Self::NoSeat),
            PersonalError::Forbidden(_) | PersonalError::Source(_) => None,
        }
    }
}

impl From<Ended> for AccountError {
    fn from(ended: Ended) -> Self {
        match ended {
            Ended::Withdrawn => Self::Withdrawn,
            Ended::NoSeat => Self::NoSeat,
        }
    }
}

impl Engine {
    /// The page at Spotify on which `by` lets the house act for them, by the house's app. Afterwards they come back to
    /// [`SpotifySettings::COMING_BACK`], and go on to `next`.
    pub async fn begin_linking(&self, by: &Person, next: &str) -> Result<String, AccountError> {
        self.begin_linking_by(self.house_app()?, by, random_word(), next)
            .await
    }

    /// The same by an app, with a state that nobody can guess.
    pub(crate) async fn begin_linking_by(
        &self,
        through: Through,
        by: &Person,
        state: String,
        next: &str,
    ) -> Result<String, AccountError> {
        let admitted = self.inner.linking_pace.admit(&by.id, Instant::now());
        admitted.map_err(|wait| EngineError::RateLimited {
            retry_after: pace::retry_after(wait),
            message: "You set out for Spotify many times just now. Wait a moment, then try again.".to_owned(),
        })?;
        let invitation = through.spotify.invite(&state, &self.coming_back())?;
        let linking = Linking {
            by: by.id.clone(),
            verifier: invitation.verifier.expose().to_owned(),
            next: next.to_owned(),
            app: through.app,
        };
        let digest = crate::digest::hex(state.as_bytes());
        let sealed = self.seal(&digest, &linking)?;
        let mut set = redis::cmd("SET");
        set.arg(Key::SpotifyLinking(&digest).name())
            .arg(sealed)
            .arg("EX")
            .arg(LINKING_LIFE.as_secs());
        self.inner
            .store
            .run::<()>(&set)
            .await
            .map_err(EngineError::from)?;
        Ok(invitation.url)
    }

    /// They are back with their `state`, and with a `code` if they agreed. A state counts once, and only for who was sent.
    pub async fn finish_linking(
        &self,
        by: &Person,
        state: &str,
        code: Option<&str>,
    ) -> Result<Linked, AccountError> {
        let digest = crate::digest::hex(state.as_bytes());
        let mut take = redis::cmd("GETDEL");
        take.arg(Key::SpotifyLinking(&digest).name());
        let sealed: Option<String> = self.inner.store.run(&take).await.map_err(EngineError::from)?;
        let linking: Option<Linking> = sealed.and_then(|sealed| self.unseal(&digest, &sealed));
        let Some(linking) = linking.filter(|linking| linking.by == by.id) else {
            return Err(AccountError::UnknownState);
        };
        let code = code.ok_or(AccountError::Declined)?.to_owned();
        // To its end, even where the browser goes away: the code counts once.
        let (engine, member) = (self.clone(), by.id.clone());
        let linking = tokio::spawn(async move { engine.link(&member, linking, &code).await });
        linking.await.unwrap_or(Err(SourceError::Unavailable.into()))
    }

    async fn link(&self, member: &MemberId, linking: Linking, code: &str) -> Result<Linked, AccountError> {
        let through = self.through_again(&linking.app).await?;
        let Through { app, spotify } = through.ok_or(AccountError::UnknownState)?;
        let verifier = SpotifySecret::new(linking.verifier);
        let tokens = spotify.redeem(code, &verifier, &self.coming_back()).await?;
        let profile = spotify.profile(&tokens.access).await?;
        let now = self.now();
        let Some(refresh) = tokens.refresh.clone() else {
            tracing::warn!("Spotify gave a person no refresh token");
            return Err(SourceError::Unavailable.into());
        };
        let sealed = sealed_tokens(&tokens, &refresh, now);
        let account = account(&profile, now);
        let mut fields = vec![
            ("id", profile.id),
            ("who", account.who.clone()),
            ("product", profile.product.unwrap_or_default()),
            ("country", account.country.clone().unwrap_or_default()),
            ("since", now.0.to_string()),
        ];
        match self.keep(&app, member, None, &sealed, &mut fields).await? {
            Keeping::Kept | Keeping::Changed => {}
            Keeping::SeatsTaken => return Err(AccountError::SeatsTaken),
            Keeping::AnotherApp => return Err(AccountError::UnknownState),
        }
        if let Err(error) = self.try_players_again(member, &app).await {
            tracing::warn!(%error, "whoever connected has to ask for their player by themselves");
        }
        Ok(Linked {
            account,
            next: linking.next,
        })
    }

    /// The person's own account, where one is connected by the house's app.
    pub async fn account(&self, of: &MemberId) -> Result<Option<Account>, EngineError> {
        self.account_by(&App::House, of).await
    }

    pub(crate) async fn account_by(&self, app: &App, of: &MemberId) -> Result<Option<Account>, EngineError> {
        let mut read = redis::cmd("HMGET");
        read.arg(app.account_key(of));
        read.arg(&["who", "product", "country", "since", "withdrawn"]);
        type Fields = (
            Option<String>,
            Option<String>,
            Option<String>,
            Option<i64>,
            Option<String>,
        );
        let (who, product, country, since, withdrawn): Fields = self.inner.store.run(&read).await?;
        Ok(who.map(|who| Account {
            who,
            premium: product.as_deref() == Some(PREMIUM),
            country: country.filter(|country| !country.is_empty()),
            since: Millis(since.unwrap_or_default()),
            withdrawn: withdrawn.is_some(),
        }))
    }

    /// Forgets the person's account by the house's app, and its tokens. Spotify has no way to hand tokens back: the access token runs out within
    /// the hour, and nobody knows the refresh token any more.
    pub async fn unlink(&self, who: &MemberId) -> Result<(), EngineError> {
        self.let_go_of(who, &App::House).await?;
        let mut unlink = redis::cmd("UNLINK");
        unlink.arg(Key::SpotifyAccount(who).name());
        Ok(self.inner.store.run(&unlink).await?)
    }

    /// A token that acts for the person and counts for a while yet, renewed if need be: once, however many ask for it.
    pub async fn access_token(&self, of: &MemberId) -> Result<SpotifySecret, AccountError> {
        self.fresh_token(&self.house_app()?, of, None).await
    }

    /// What came of a call with `access`, a token that was renewed for it if need be. Where Spotify refuses the person all the
    /// same, nobody asks for them by that app again until they connect anew: each call counts against its one limit.
    pub(crate) async fn heed(
        &self,
        app: &App,
        of: &MemberId,
        access: &SpotifySecret,
        refused: Option<&PersonalError>,
    ) {
        let Some(ended) = refused.and_then(Ended::by) else {
            return;
        };
        if let Err(error) = self.end(app, of, access, ended).await {
            tracing::warn!(%error, "that Spotify refuses somebody could not be noted");
        }
    }

    async fn end(
        &self,
        app: &App,
        of: &MemberId,
        access: &SpotifySecret,
        ended: Ended,
    ) -> Result<(), EngineError> {
        match self.kept(app, of).await? {
            // A newer token may fare better.
            Some(kept) if kept.tokens.access == access.expose() => {
                self.note_end(app, of, &kept.version, ended).await
            }
            _ => Ok(()),
        }
    }

    async fn note_end(
        &self,
        app: &App,
        of: &MemberId,
        version: &str,
        ended: Ended,
    ) -> Result<(), EngineError> {
        let mut note = scripts::ACCOUNT_WITHDRAWN.key(app.account_key(of));
        note.arg(version).arg(ended.as_str());
        self.inner.store.script::<i64>(&note).await?;
        Ok(())
    }

    /// The same by any app. `refused`: one that Spotify didn't accept, though it should have counted for longer.
    pub(crate) async fn fresh_token(
        &self,
        through: &Through,
        of: &MemberId,
        refused: Option<SpotifySecret>,
    ) -> Result<SpotifySecret, AccountError> {
        let kept = self.kept(&through.app, of).await?;
        let kept = kept.ok_or(AccountError::NotConnected)?;
        if let Some(ended) = kept.ended {
            return Err(ended.into());
        }
        if self.is_fresh(&kept, refused.as_ref()) {
            return Ok(SpotifySecret::new(kept.tokens.access));
        }
        // To its end, even where nobody waits for it any more: the refresh token is used up by it.
        let (engine, through, member) = (self.clone(), through.clone(), of.clone());
        let renewing = tokio::spawn(async move {
            let _lane = engine.inner.renewals.lane(&member).lock().await;
            engine.renewed(&through, &member, refused.as_ref()).await
        });
        renewing.await.unwrap_or(Err(SourceError::Unavailable.into()))
    }

    async fn renewed(
        &self,
        Through { app, spotify }: &Through,
        member: &MemberId,
        refused: Option<&SpotifySecret>,
    ) -> Result<SpotifySecret, AccountError> {
        let mut tried: Option<String> = None;
        for _ in 0..RENEWAL_ATTEMPTS {
            let kept = self.kept(app, member).await?.ok_or(AccountError::NotConnected)?;
            if let Some(ended) = kept.ended {
                return Err(ended.into());
            }
            if self.is_fresh(&kept, refused) {
                return Ok(SpotifySecret::new(kept.tokens.access));
            }
            if tried.as_ref() == Some(&kept.version) {
                break;
            }
            let refresh = SpotifySecret::new(kept.tokens.refresh.clone());
            match spotify.renew(&refresh).await {
                Ok(tokens) => {
                    let next = tokens.refresh.clone().unwrap_or(refresh);
                    let sealed = sealed_tokens(&tokens, &next, self.now());
                    if self.keep_at_last(app, member, &kept.version, &sealed).await? {
                        return Ok(tokens.access);
                    }
                }
                // Another process may have used it a moment ago; then there is a new one.
                Err(PersonalError::Token) => {
                    self.note_end(app, member, &kept.version, Ended::Withdrawn)
                        .await?;
                }
                Err(error) => return Err(error.into()),
            }
            tried = Some(kept.version);
        }
        Err(AccountError::Withdrawn)
    }

    fn is_fresh(&self, kept: &Kept, refused: Option<&SpotifySecret>) -> bool {
        if refused.is_some_and(|refused| refused.expose() == kept.tokens.access) {
            return false;
        }
        let margin = i64::try_from(RENEW_BEFORE.as_millis()).unwrap_or_default();
        kept.tokens.until.0 - self.now().0 > margin
    }

    /// What is kept for the person. What another secret key sealed can't be read, and counts as nothing.
    async fn kept(&self, app: &App, member: &MemberId) -> Result<Option<Kept>, EngineError> {
        let mut read = redis::cmd("HMGET");
        read.arg(app.account_key(member))
            .arg(&["sealed", "version", "withdrawn"]);
        type Fields = (Option<String>, Option<String>, Option<String>);
        let (sealed, version, withdrawn): Fields = self.inner.store.run(&read).await?;
        let tokens = sealed.and_then(|sealed| self.unseal(&app.seal_place(member), &sealed));
        Ok(tokens.zip(version).map(|(tokens, version)| Kept {
            version,
            tokens,
            ended: withdrawn.as_deref().map(Ended::read),
        }))
    }

    /// Whether it was kept: not, where `read` is the version that was read and another one is there now.
    async fn keep(
        &self,
        app: &App,
        member: &MemberId,
        read: Option<&str>,
        tokens: &Sealed,
        fields: &mut Vec<(&'static str, String)>,
    ) -> Result<Keeping, EngineError> {
        fields.push(("sealed", self.seal(&app.seal_place(member), tokens)?));
        fields.push(("version", random_word()));
        if let App::OfNest { nest, client_id } = app {
            return self.keep_seat(nest, client_id, member, read, fields).await;
        }
        let mut keep = scripts::KEEP_ACCOUNT.key(app.account_key(member));
        keep.arg(read.unwrap_or_default()).arg(SESSION_LIFE.as_secs());
        for (name, value) in fields {
            keep.arg(*name).arg(value.as_str());
        }
        Ok(match self.inner.store.script::<i64>(&keep).await? {
            1 => Keeping::Kept,
            _ => Keeping::Changed,
        })
    }

    /// The one before is used up: where the store doesn't answer it is asked again.
    async fn keep_at_last(
        &self,
        app: &App,
        member: &MemberId,
        read: &str,
        tokens: &Sealed,
    ) -> Result<bool, EngineError> {
        let mut tries = 0;
        loop {
            match self.keep(app, member, Some(read), tokens, &mut Vec::new()).await {
                Err(error) if tries < KEEP_TRIES => {
                    tracing::warn!(%error, "a renewed token is not kept yet");
                    tries += 1;
                    tokio::time::sleep(KEEP_AGAIN).await;
                }
                kept => return Ok(kept? == Keeping::Kept),
            }
        }
    }

    fn seal(&self, place: &str, value: &impl Serialize) -> Result<String, EngineError> {
        let text =
            serde_json::to_string(value).map_err(|error| EngineError::Unreadable(error.to_string()))?;
        let sealed = self.inner.settings.seal.close(place, &text);
        sealed.ok_or_else(|| EngineError::Unreadable("too long to be sealed".to_owned()))
    }

    fn unseal<T: for<'a> Deserialize<'a>>(&self, place: &str, sealed: &str) -> Option<T> {
        serde_json::from_str(&self.inner.settings.seal.open(place, sealed)?).ok()
    }

    /// Where people come back to from Spotify; every app that they connect by must have it among its redirect URIs.
    pub fn coming_back(&self) -> String {
        format!(
            "{}{}",
            self.inner.settings.public_url,
            SpotifySettings::COMING_BACK
        )
    }
}

/// What Spotify calls the plan that lets others start music.
const PREMIUM: &str = "premium";

fn account(profile: &Profile, now: Millis) -> Account {
    Account {
        who: profile.display_name.clone().unwrap_or_else(|| profile.id.clone()),
        premium: profile.product.as_deref() == Some(PREMIUM),
        country: profile.country.clone(),
        since: now,
        withdrawn: false,
    }
}

fn sealed_tokens(tokens: &Tokens, refresh: &SpotifySecret, now: Millis) -> Sealed {
    let life = i64::try_from(tokens.life.as_millis()).unwrap_or_default();
    Sealed {
        access: tokens.access.expose().to_owned(),
        refresh: refresh.expose().to_owned(),
        until: Millis(now.0.saturating_add(life)),
    }
}

/// 256 random bits in hex.
pub(crate) fn random_word() -> String {
    let mut bytes = [0; 32];
    crate::random::fill(&mut bytes);
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
