//! Which nests a person made or visited: for the page that lists them, asleep ones too.

use nests::nest::{MemberId, NestId, Person};
use nests::wire::directory::{NestCard, NestState};

use crate::Engine;
use crate::directory::Entry;
use crate::error::EngineError;
use crate::store::Key;

/// Nests that are remembered for a person: the ones they were in last.
pub(crate) const VISITS_REMEMBERED: usize = 100;

/// A nest that a person knows.
#[derive(Clone, Debug, PartialEq)]
pub struct KnownNest {
    pub card: NestCard,
    /// They built it, so they may wake it.
    pub is_mine: bool,
}

impl Engine {
    /// The nests that `person` made or visited, the latest first. Those that ended are left out.
    pub async fn nests_of(&self, person: &Person) -> Result<Vec<KnownNest>, EngineError> {
        let mut read = redis::cmd("ZREVRANGE");
        read.arg(Key::Visited(&person.id).name())
            .arg(0)
            .arg(VISITS_REMEMBERED - 1);
        let ids: Vec<String> = self.inner.store.run(&read).await?;
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut read = redis::pipe();
        for key in [Key::Registry, Key::Parked] {
            read.cmd("HMGET").arg(key.name()).arg(&ids);
        }
        let (awake, parked): (Vec<Option<String>>, Vec<Option<String>>) =
            self.inner.store.run_all(&read).await?;
        let mut nests = Vec::new();
        for (awake, parked) in awake.into_iter().zip(parked) {
            let (text, state) = match (awake, parked) {
                (Some(text), _) => (text, NestState::Awake),
                (None, Some(text)) => (text, NestState::Asleep),
                (None, None) => continue,
            };
            let entry = Entry::parse(&text)?;
            let is_mine = entry.creator.as_ref() == Some(&person.id);
            let card = self.card(entry, state).await?;
            nests.push(KnownNest { card, is_mine });
        }
        Ok(nests)
    }

    /// Whether `member` built the nest.
    pub async fn is_creator(&self, member: &MemberId, nest: &NestId) -> Result<bool, EngineError> {
        let found = self.look_up(&nests::nest::NestRef::Id(nest.clone())).await?;
        Ok(found.entry.creator.as_ref() == Some(member))
    }
}
