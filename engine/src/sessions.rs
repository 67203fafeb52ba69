//! Who is signed in. The browser holds a random id; the store holds its digest and the person behind it.

use nests::nest::member::Nickname;
use nests::nest::{MemberId, Person};

use crate::Engine;
use crate::error::EngineError;
use crate::secret::SessionId;
use crate::store::Key;
use crate::store::keys::SESSION_LIFE;

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

    pub async fn session(&self, session: &SessionId) -> Result<Option<Person>, EngineError> {
        let digest = digest(session);
        // Reading it also keeps it: who comes once a month stays signed in.
        let mut get = redis::cmd("GETEX");
        get.arg(Key::Session(&digest).name())
            .arg("EX")
            .arg(SESSION_LIFE.as_secs());
        let text: Option<String> = self.inner.store.run(&get).await?;
        text.map(|text| {
            serde_json::from_str(&text).map_err(|error| EngineError::Unreadable(error.to_string()))
        })
        .transpose()
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
