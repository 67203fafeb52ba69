//! A nest's own app at Spotify: its host enters one, listeners take its five seats, and it can be replaced or taken away.
//!
//! Owns what is kept of the app and of its seats. An app is kept only after it worked, its secret sealed; nobody ever sees the
//! secret again. By which app a call goes is [`crate::apps`]' business, tokens are [`crate::accounts`]'.

use nests::nest::{MemberId, NestId, NestRef, Person};
use nests::text::sentence;
use nests::wire::{ErrorBody, ErrorCode};
use serde::Serialize;

use crate::Engine;
use crate::accounts::{Account, AccountError, random_word};
use crate::apps::{App, KeptApp};
use crate::clock::rfc3339;
use crate::error::EngineError;
use crate::secret::SpotifySecret;
use crate::source::SourceError;
use crate::source::spotify::Spotify;
use crate::source::spotify::web::Doubt;
use crate::store::keys::{OWN_APP_TRIES_WINDOW, SESSION_LIFE, own_app_account_prefix};
use crate::store::{Key, scripts};

/// People who may go by one app, as long as it is in development mode at Spotify.
pub const SEATS: usize = 5;
/// Apps that one person may have tried within [`OWN_APP_TRIES_WINDOW`]. Each costs two calls.
const MOST_TRIES: u32 = 5;
/// The two fields, as every way in calls them.
const ID: &str = "client_id";
const SECRET: &str = "client_secret";
/// Spotify's have 32; nobody's has more than this.
const MAX_CREDENTIAL_CHARS: usize = 128;

/// A nest's own app, as its host sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OwnApp {
    pub client_id: String,
    /// RFC 3339.
    pub since: String,
    /// Whether its secret can still be read: not, where the house has another secret key by now.
    pub usable: bool,
    pub seats: Seats,
}

/// "3 of 5 seats used".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Seats {
    pub used: usize,
    pub of: usize,
}

/// Why an app was not entered. Nothing was saved then.
#[derive(Debug, thiserror::Error)]
pub enum OwnAppError {
    #[error("Spotify knows no app with this client id")]
    UnknownId,
    #[error("this is not the secret of that app")]
    WrongSecret,
    #[error("Spotify gives this app no answers; its owner needs Premium")]
    Barred,
    #[error("the house goes by this app already")]
    TheHouses,
    /// Spotify is away, slow, or wishes to be left alone: nobody knows whether the app is good.
    #[error("Spotify could not be asked: {0}")]
    NotTried(SourceError),
    #[error(transparent)]
    Engine(#[from] EngineError),
}

impl From<Doubt> for OwnAppError {
    fn from(doubt: Doubt) -> Self {
        match doubt {
            Doubt::UnknownId => Self::UnknownId,
            Doubt::WrongSecret => Self::WrongSecret,
            Doubt::Barred => Self::Barred,
            Doubt::Source(error) => Self::NotTried(error),
        }
    }
}

/// Each names the field that it is about.
impl From<OwnAppError> for ErrorBody {
    fn from(error: OwnAppError) -> Self {
        let about_the_id = |code, message: String| Self {
            field: Some(ID.into()),
            ..Self::new(code, message)
        };
        match error {
            OwnAppError::Engine(error) => error.into(),
            OwnAppError::WrongSecret => Self::invalid(SECRET, sentence(&error.to_string())),
            OwnAppError::UnknownId | OwnAppError::Barred | OwnAppError::TheHouses => {
                Self::invalid(ID, sentence(&error.to_string()))
            }
            OwnAppError::NotTried(SourceError::RateLimited { retry_after }) => Self {
                retry_after: Some(retry_after),
                ..about_the_id(
                    ErrorCode::RateLimited,
                    format!("Spotify wants a break from this app, so it could not be tried. Again in {retry_after} s."),
                )
            },
            OwnAppError::NotTried(_) => about_the_id(
                ErrorCode::StoreUnavailable,
                "Spotify can't be reached right now, so the app could not be tried. Nothing was saved; try again in a moment."
                    .to_owned(),
            ),
        }
    }
}

/// What became of an account that was to be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keeping {
    Kept,
    /// It is not what was read any more.
    Changed,
    SeatsTaken,
    /// The nest goes by another app by now, or by none of its own.
    AnotherApp,
}

impl Engine {
    /// From now on the nest goes by this app, if Spotify knows it. Its creator may. Where it is another one than before,
    /// players are let go first, and accounts that were connected by the one before are forgotten.
    ///
    /// # Errors
    /// What is wrong with the app, or why it could not be tried; then nothing was changed.
    pub async fn set_own_app(
        &self,
        by: &Person,
        nest: &NestRef,
        client_id: &str,
        client_secret: &SpotifySecret,
    ) -> Result<OwnApp, OwnAppError> {
        let nest = self.hosted(by, nest).await?;
        let client_id = credential(ID, client_id)?;
        let client_secret = SpotifySecret::new(credential(SECRET, client_secret.expose())?);
        let settings = &self.inner.settings;
        if settings
            .spotify
            .as_ref()
            .is_some_and(|house| house.client_id == client_id)
        {
            return Err(OwnAppError::TheHouses);
        }
        self.count_app_try(by).await?;
        let before = self.app_of(&nest).await?;
        let app = App::OfNest {
            nest: nest.clone(),
            client_id: client_id.clone(),
        };
        let is_another = before != app;
        let candidate = settings.spotify_at.app(&client_id, &client_secret);
        // With a new secret it is still the same app, which may have been told to wait.
        let known_as = (!is_another).then(|| nest.clone());
        let calls = self.inner.own_apps.calls().clone();
        Spotify::try_out(&candidate, self.inner.store.clone(), known_as, calls).await?;
        if is_another {
            self.let_everybody_go(&nest).await?;
        }
        let place = KeptApp::seal_place(&nest, &client_id);
        let sealed = settings.seal.close(&place, client_secret.expose());
        let sealed = sealed.ok_or_else(|| EngineError::Unreadable("too long to be sealed".to_owned()))?;
        let fields = [
            ("client_id", client_id.clone()),
            ("sealed", sealed),
            ("version", random_word()),
            ("since", rfc3339(self.now())),
        ];
        self.write_app(&nest, &client_id, &fields).await?;
        tracing::info!(nest.id = %nest, "the nest has an app of its own at Spotify");
        let entered = self.own_app(&nest).await?;
        Ok(entered.ok_or(EngineError::Contended)?) // taken away by its host in another tab
    }

    /// The nest goes by the house's app again. Its creator may. Players are let go, and accounts that were connected by the
    /// nest's app are forgotten.
    pub async fn remove_own_app(&self, by: &Person, nest: &NestRef) -> Result<NestId, EngineError> {
        let nest = self.hosted(by, nest).await?;
        if self.app_of(&nest).await? != App::House {
            self.let_everybody_go(&nest).await?;
            self.write_app(&nest, "", &[]).await?;
            tracing::info!(nest.id = %nest, "the nest has no app of its own at Spotify any more");
        }
        Ok(nest)
    }

    /// The same for its host alone.
    pub async fn own_app_for_host(&self, by: &Person, nest: &NestRef) -> Result<Option<OwnApp>, EngineError> {
        let nest = self.hosted(by, nest).await?;
        self.own_app(&nest).await
    }

    /// The nest's own app, where it has one.
    pub async fn own_app(&self, nest: &NestId) -> Result<Option<OwnApp>, EngineError> {
        let Some(kept) = self.kept_app(nest).await? else {
            return Ok(None);
        };
        let mut read = redis::cmd("HGET");
        read.arg(Key::OwnApp(nest).name()).arg("since");
        let since: Option<String> = self.inner.store.run(&read).await?;
        Ok(Some(OwnApp {
            usable: self.secret_of(nest, &kept).is_some(),
            client_id: kept.client_id,
            since: since.unwrap_or_default(),
            seats: Seats {
                used: self.seated(nest).await?.len(),
                of: SEATS,
            },
        }))
    }

    /// The page at Spotify on which `by` connects an account for this nest: by the nest's own app, or else by the house's.
    /// Whoever finds no seat is told before they are sent anywhere. See [`Engine::begin_linking`].
    pub async fn begin_linking_in(
        &self,
        by: &Person,
        nest: &NestId,
        next: &str,
    ) -> Result<String, AccountError> {
        let through = self.through(nest).await?;
        if through.app == App::House {
            return self.begin_linking(by, next).await;
        }
        let seated = self.seated(nest).await?;
        if seated.len() >= SEATS && !seated.contains(&by.id) {
            return Err(AccountError::SeatsTaken);
        }
        let state = format!("{nest}{STATE_SEPARATOR}{}", random_word());
        self.begin_linking_by(through, by, state, next).await
    }

    /// The account by which a person hears this nest, where one is connected by the app that the nest goes by.
    pub async fn account_in(&self, nest: &NestId, of: &MemberId) -> Result<Option<Account>, EngineError> {
        self.account_by(&self.app_of(nest).await?, of).await
    }

    /// Forgets the account by the nest's own app; a seat is free with it. Where the nest has no such app any more, the account
    /// went with it, and the one by the house's app is another matter.
    pub async fn unlink_in(&self, nest: &NestId, who: &MemberId) -> Result<(), EngineError> {
        let app = self.app_of(nest).await?;
        if nest.is_main() {
            return self.unlink(who).await;
        }
        if app == App::House {
            return Ok(());
        }
        self.let_go_of(who, &app).await?;
        self.leave_seat(nest, who).await
    }

    /// Forgets all accounts of a person, by whatever app.
    pub async fn unlink_everywhere(&self, who: &MemberId) -> Result<(), EngineError> {
        self.unlink(who).await?;
        let mut read = redis::cmd("SMEMBERS");
        read.arg(Key::SpotifySeats(who).name());
        let nests: Vec<String> = self.inner.store.run(&read).await?;
        for nest in nests.iter().filter_map(|nest| NestId::parse(nest).ok()) {
            let app = self.app_of(&nest).await?;
            self.let_go_of(who, &app).await?;
            self.leave_seat(&nest, who).await?;
        }
        Ok(())
    }

    /// Keeps what [`crate::accounts`] has of a person, with their seat in the nest's own app.
    pub(crate) async fn keep_seat(
        &self,
        nest: &NestId,
        client_id: &str,
        member: &MemberId,
        read: Option<&str>,
        fields: &[(&'static str, String)],
    ) -> Result<Keeping, EngineError> {
        let mut keep = scripts::KEEP_SEAT.key(Key::OwnApp(nest).name());
        keep.key(Key::OwnAppSeats(nest).name())
            .key(Key::OwnAppAccount(nest, member).name())
            .key(Key::SpotifySeats(member).name())
            .key(Key::Registry.name())
            .key(Key::Parked.name());
        keep.arg(client_id)
            .arg(read.unwrap_or_default())
            .arg(SESSION_LIFE.as_secs())
            .arg(member.as_str())
            .arg(nest.as_str())
            .arg(own_app_account_prefix(nest))
            .arg(SEATS);
        for (name, value) in fields {
            keep.arg(*name).arg(value.as_str());
        }
        Ok(match self.inner.store.script::<i64>(&keep).await? {
            1 => Keeping::Kept,
            0 => Keeping::Changed,
            -1 => Keeping::SeatsTaken,
            _ => Keeping::AnotherApp,
        })
    }

    /// Who has a seat. One whose account has run out, or is accepted by Spotify no more, has none.
    pub(crate) async fn seated(&self, nest: &NestId) -> Result<Vec<MemberId>, EngineError> {
        let mut read = redis::cmd("SMEMBERS");
        read.arg(Key::OwnAppSeats(nest).name());
        let entered: Vec<String> = self.inner.store.run(&read).await?;
        let entered: Vec<MemberId> = entered.iter().filter_map(|id| MemberId::parse(id).ok()).collect();
        if entered.is_empty() {
            return Ok(entered);
        }
        let mut look = redis::pipe();
        for member in &entered {
            let account = Key::OwnAppAccount(nest, member).name();
            look.exists(&account).hexists(&account, "withdrawn");
        }
        let looks: Vec<bool> = self.inner.store.run_all(&look).await?;
        let seated = entered
            .into_iter()
            .zip(looks.chunks(2))
            .filter(|(_, look)| *look == [true, false]);
        Ok(seated.map(|(member, _)| member).collect())
    }

    async fn leave_seat(&self, nest: &NestId, who: &MemberId) -> Result<(), EngineError> {
        let mut leave = redis::pipe();
        leave
            .atomic()
            .unlink(Key::OwnAppAccount(nest, who).name())
            .ignore();
        leave.srem(Key::OwnAppSeats(nest).name(), who.as_str()).ignore();
        leave.srem(Key::SpotifySeats(who).name(), nest.as_str()).ignore();
        Ok(self.inner.store.run_all(&leave).await?)
    }

    /// A blank id takes the app away.
    async fn write_app(
        &self,
        nest: &NestId,
        client_id: &str,
        fields: &[(&'static str, String)],
    ) -> Result<(), EngineError> {
        let mut write = scripts::OWN_APP.key(Key::Registry.name());
        write
            .key(Key::Parked.name())
            .key(Key::OwnApp(nest).name())
            .key(Key::OwnAppSeats(nest).name())
            .key(Key::OwnAppRateLimited(nest).name());
        write
            .arg(nest.as_str())
            .arg(own_app_account_prefix(nest))
            .arg(client_id);
        for (name, value) in fields {
            write.arg(*name).arg(value.as_str());
        }
        let is_there = self.inner.store.script::<bool>(&write).await?;
        self.inner.own_apps.drop_of(nest);
        is_there.then_some(()).ok_or(EngineError::NestGone)
    }

    /// The nest, awake or asleep, if `by` is its host. The Main Nest has none.
    async fn hosted(&self, by: &Person, nest: &NestRef) -> Result<NestId, EngineError> {
        let entry = self.look_up(nest).await?.entry;
        match entry.creator {
            Some(creator) if creator == by.id => Ok(entry.nest_id),
            _ => Err(EngineError::NotTheCreator),
        }
    }

    async fn count_app_try(&self, by: &Person) -> Result<(), EngineError> {
        let key = Key::OwnAppTries(&by.id).name();
        let mut count = redis::pipe();
        count.atomic().cmd("SET").arg(&key).arg(0);
        count
            .arg("EX")
            .arg(OWN_APP_TRIES_WINDOW.as_secs())
            .arg("NX")
            .ignore();
        count.incr(&key, 1).ttl(&key);
        let (tries, left): (u32, i64) = self.inner.store.run_all(&count).await?;
        if tries <= MOST_TRIES {
            return Ok(());
        }
        let window = i64::try_from(OWN_APP_TRIES_WINDOW.as_secs()).unwrap_or(i64::MAX);
        let retry_after = u32::try_from(left.clamp(1, window)).unwrap_or(1);
        Err(EngineError::RateLimited {
            retry_after,
            message: format!("Those were many apps. Try the next one in {retry_after} s."),
        })
    }
}

/// Stands between the nest and the random part of a state.
const STATE_SEPARATOR: char = '.';

/// The nest that somebody who comes back with this state was sent for, as far as the state says. Good for showing the right
/// page and for nothing else: what counts is what was kept for the state.
pub fn nest_of_state(state: &str) -> Option<NestId> {
    let (nest, _) = state.split_once(STATE_SEPARATOR)?;
    NestId::parse(nest).ok().filter(|nest| !nest.is_main())
}

/// As Spotify's dashboard shows it; people copy blanks along. What is wrong is never repeated: it may be a secret.
fn credential(field: &'static str, typed: &str) -> Result<String, EngineError> {
    let typed = typed.trim();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    let name = field.replace('_', " ");
    let wrong = match typed.len() {
        0 => format!("the {name} is missing: copy it from your app's page at developer.spotify.com"),
        1..=MAX_CREDENTIAL_CHARS if typed.bytes().all(plain) => return Ok(typed.to_owned()),
        _ => format!(
            "a {name} has only letters and digits: copy it from your app's page at developer.spotify.com"
        ),
    };
    Err(EngineError::invalid(field, wrong))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_taken_as_spotify_shows_it_and_nothing_else() {
        let id = "0123456789abcdef0123456789abcdef";
        assert_eq!(
            credential("client_id", &format!(" {id}\n")).ok().as_deref(),
            Some(id)
        );
        let long = "a".repeat(MAX_CREDENTIAL_CHARS + 1);
        for odd in ["", "  ", "two words", "a:b", "ä", "a\u{0}b", &long] {
            let refused = credential("client_secret", odd).expect_err(odd);
            assert!(matches!(
                refused,
                EngineError::Invalid {
                    field: "client_secret",
                    ..
                }
            ));
            assert!(
                odd.trim().is_empty() || !refused.to_string().contains(odd),
                "it is never repeated"
            );
        }
    }

    #[test]
    fn a_state_leads_to_the_page_of_its_nest() {
        let nest = NestId::parse("X7K2P").expect("a code");
        assert_eq!(nest_of_state("X7K2P.0123abc"), Some(nest));
        for odd in ["", "0123abc", "main.0123abc", "//evil.0123abc", ".0123abc"] {
            assert_eq!(nest_of_state(odd), None, "{odd}");
        }
    }
}
