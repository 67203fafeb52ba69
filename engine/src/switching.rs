//! Bender's switch: a nest's host lets him pick there, or not.
//!
//! Who may, and what it changes, is a rule (`nests::bender::switched`). The choice is kept beside the nest's live state: it
//! outlasts sleep, restarts and the program, and goes when the nest is deleted.

use nests::bender::switched;
use nests::nest::{NestId, NestRef, Person};
use nests::wire::directory::{NestCard, NestState};

use crate::Engine;
use crate::error::EngineError;
use crate::live::commit::Commit;
use crate::store::Key;

impl Engine {
    /// Switches Bender on or off in a nest that is awake; see [`Engine::alter_nest`].
    ///
    /// # Errors
    /// [`nests::action::Refusal::HostOnly`], [`EngineError::NestAsleep`], and [`EngineError::Invalid`] where the house has no
    /// Bender that could be switched on.
    pub(crate) async fn switch_bender(
        &self,
        by: &Person,
        nest: &NestRef,
        on: bool,
    ) -> Result<NestCard, EngineError> {
        let id = self.find_awake(nest).await?;
        match self.switch_bender_once(by, &id, on).await {
            // Under our hands: the next generation is switched. Whether there is one the directory knows.
            Err(EngineError::NestAsleep | EngineError::NestRestarted) => {
                self.find_awake(nest).await?;
                self.switch_bender_once(by, &id, on).await?;
            }
            answer => answer?,
        }
        self.get_nest(&NestRef::Id(id)).await
    }

    /// Whether Bender picks in the nest, which may be asleep.
    pub async fn bender_is_on(&self, nest: &NestId) -> Result<bool, EngineError> {
        let mut look = redis::cmd("EXISTS");
        look.arg(Key::BenderOff(nest).name());
        let is_off: bool = self.inner.store.run(&look).await?;
        Ok(self.inner.settings.use_bender && !is_off)
    }

    /// The same for a nest in the moment in which it is built.
    pub fn new_nests_have_bender(&self) -> bool {
        self.inner.settings.use_bender && self.inner.settings.bender_default
    }

    async fn find_awake(&self, nest: &NestRef) -> Result<NestId, EngineError> {
        match self.find(nest).await? {
            (entry, NestState::Awake) => Ok(entry.nest_id),
            (_, NestState::Asleep) => Err(EngineError::NestAsleep),
        }
    }

    async fn switch_bender_once(&self, by: &Person, nest: &NestId, on: bool) -> Result<(), EngineError> {
        let live = self.open(nest).await?;
        let settings = &self.inner.settings;
        let commit = Commit {
            store: &self.inner.store,
            now: self.now(),
            by: Some(&by.id),
            lease: None,
            filter: settings.bender_filter,
        };
        let committed = live
            .commit(commit, |snapshot| {
                let change = switched(snapshot, &by.id, on)?;
                match change.is_some() && !settings.use_bender {
                    true => Err(no_bender_in_this_house()),
                    false => Ok(change),
                }
            })
            .await?;
        if committed.change.is_some() {
            self.inner.player.poke(nest);
        }
        Ok(())
    }
}

fn no_bender_in_this_house() -> EngineError {
    EngineError::invalid(
        "bender",
        "Bender is switched off in the whole house, so no nest can switch him on",
    )
}
