//! Who is signed in. The browser holds a random id; the store holds its digest and the person behind it.

use std::time::Duration;

use nests::nest::member::Nickname;
use nests::nest::{MemberId, Person};

use crate::Engine;
use crate::error::EngineError;
use crate::secret::SessionId;
use crate::store::Key;
use crate::store::keys::SESSION_LIFE;

/// How much of a session's life is used before reading it writes.
const RENEWED_AFTER: Duration = Duration::from_secs(24 * 3600);
/// The same for who can't renew the browser's cookie along with it. Well within its life, for programs that come now and then.
const RENEWED_IN_PASSING_AFTER: Duration = Duration::from_secs(7 * 24 * 3600);

/// A session as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    pub person: Person,
    /// Its life began anew just now: the browser's cookie has to follow.
    pub is_renewed: bool,
}

impl Engine {
    /// Signs a guest in under a nickname. Two guests of one name are two people: the id is what counts.
    pub async fn open_session(&self, nickname: Nickname) -> Result<(SessionId, Person), EngineError> {
        let id = MemberId::guest(crate::random::roll());
        self.open_session_of(Person {
            id,
            name: nickname.into(),
        })
        .await
    }

    /// Signs a known person in: for identity providers, which vouch for who it is.
    pub async fn open_session_of(&self, person: Person) -> Result<(SessionId, Person), EngineError> {
        let session = SessionId::random();
        let digest = digest(&session);
        let text =
            serde_json::to_string(&person).map_err(|error| EngineError::Unreadable(error.to_string()))?;
        let mut set = redis::cmd("SET");
        set.arg(Key::Session(&digest).name())
            .arg(text)
            .arg("EX")
            .arg(SESSION_LIFE.as_secs());
        self.inner.store.run::<()>(&set).await?;
        Ok((session, person))
    }

    /// Whose session it is. Reading it also keeps it, once [`RENEWED_AFTER`] of its life is used: who comes once a month stays
    /// signed in, and what is read with every request is not written with every request.
    pub async fn session(&self, session: &SessionId) -> Result<Option<Session>, EngineError> {
        self.read_session(session, RENEWED_AFTER).await
    }

    /// The same for who can't hand a cookie on: programs, and what looks by itself. Keeps it only once
    /// [`RENEWED_IN_PASSING_AFTER`] of its life is used, so that somebody's next page finds it due, and renews the cookie.
    pub async fn session_in_passing(&self, session: &SessionId) -> Result<Option<Person>, EngineError> {
        let read = self.read_session(session, RENEWED_IN_PASSING_AFTER).await?;
        Ok(read.map(|session| session.person))
    }

    async fn read_session(
        &self,
        session: &SessionId,
        renewed_after: Duration,
    ) -> Result<Option<Session>, EngineError> {
        let key = Key::Session(&digest(session)).name();
        let mut read = redis::pipe();
        read.cmd("GET").arg(&key).cmd("TTL").arg(&key);
        let (text, left): (Option<String>, i64) = self.inner.store.run_all(&read).await?;
        let Some(text) = text else {
            return Ok(None);
        };
        let person =
            serde_json::from_str(&text).map_err(|error| EngineError::Unreadable(error.to_string()))?;
        // Below zero where it has no end or ended between the two: then it is due as well.
        let left = Duration::from_secs(left.try_into().unwrap_or(0));
        if SESSION_LIFE.saturating_sub(left) < renewed_after {
            return Ok(Some(Session {
                person,
                is_renewed: false,
            }));
        }
        let mut keep = redis::cmd("EXPIRE");
        keep.arg(&key).arg(SESSION_LIFE.as_secs());
        let is_renewed: bool = self.inner.store.run(&keep).await?;
        // Signed out in between: nobody's any more.
        Ok(is_renewed.then_some(Session { person, is_renewed }))
    }

    pub async fn close_session(&self, session: &SessionId) -> Result<(), EngineError> {
        let digest = digest(session);
        let mut unlink = redis::cmd("UNLINK");
        unlink.arg(Key::Session(&digest).name());
        Ok(self.inner.store.run(&unlink).await?)
    }
}

fn digest(session: &SessionId) -> String {
    crate::digest::hex(session.expose().as_bytes())
}
