//! The end of a nest: its creator deletes it, or nobody woke it for too long.
//!
//! One script takes it out of the directory, which fences all writers. What is left is then removed by name and by SCAN;
//! until that is done the nest stays due for the cleanup, so that a process that dies in between leaves nothing behind.

use nests::nest::{NestId, NestRef, Person};

use crate::Engine;
use crate::apps::App;
use crate::directory::Found;
use crate::error::EngineError;
use crate::live::{CloseReason, news};
use crate::store::keys::{self, DELETING_LIFE, HOUSE_CHANNEL, channel};
use crate::store::{Key, scripts};

/// Keys looked at with one SCAN, ...
const SCAN_BATCH: usize = 256;
/// ... and removed with one UNLINK.
const UNLINK_BATCH: usize = 256;
/// Tries against others who change the nest's entry meanwhile.
const DELETE_ATTEMPTS: u32 = 16;

impl Engine {
    /// Deletes a nest for good, awake or asleep.
    ///
    /// # Errors
    /// [`EngineError::NotTheCreator`], [`EngineError::MainIsPermanent`]; [`EngineError::NestGone`] where somebody was faster.
    pub async fn delete_nest(&self, by: &Person, nest: &NestRef) -> Result<(), EngineError> {
        for _ in 0..DELETE_ATTEMPTS {
            let found = self.look_up(nest).await?;
            if found.entry.is_main {
                return Err(EngineError::MainIsPermanent);
            }
            if found.entry.creator.as_ref() != Some(&by.id) {
                return Err(EngineError::NotTheCreator);
            }
            let id = &found.entry.nest_id;
            if self.app_of(id).await? != App::House {
                self.let_everybody_go(id).await?; // while their accounts are there
            }
            if self.delete_found(&found).await? {
                self.inner.own_apps.drop_of(id);
                return Ok(());
            }
        }
        Err(EngineError::Contended)
    }

    /// Deletes the nest if its entry is still the one that was found. `false`: it changed, or somebody was faster.
    pub(crate) async fn delete_found(&self, found: &Found) -> Result<bool, EngineError> {
        let entry = &found.entry;
        let nest = &entry.nest_id;
        let code = entry.code().ok_or(EngineError::MainIsPermanent)?;
        let mut delete = scripts::DELETE.key(Key::Registry.name());
        delete
            .key(Key::Parked.name())
            .key(Key::Log(nest).name())
            .key(Key::Deleting(nest).name());
        delete
            .key(Key::Code(&code).name())
            .key(Key::Due.name())
            .key(Key::CleanupDue.name())
            .key(Key::Names.name());
        for slug in entry.slug.iter().chain(&entry.old_slugs) {
            delete.key(Key::Slug(slug).name());
        }
        delete
            .arg(nest.as_str())
            .arg(&found.text)
            .arg(DELETING_LIFE.as_secs())
            .arg(channel(nest))
            .arg(news::GONE);
        delete.arg(HOUSE_CHANNEL).arg(self.now().0);
        if self.inner.store.script::<String>(&delete).await? != "ok" {
            return Ok(false);
        }
        if let Some(live) = self.inner.hub.held(nest) {
            live.close(CloseReason::NestGone);
        }
        self.remove_remains(nest).await?;
        Ok(true)
    }

    /// Whatever has the name of a nest that was deleted, except the marker that says so. Then it is due no more.
    pub(crate) async fn remove_remains(&self, nest: &NestId) -> Result<(), EngineError> {
        let marker = Key::Deleting(nest).name();
        let mut remains = self.keys_of(nest).await?;
        remains.retain(|key| *key != marker);
        for batch in remains.chunks(UNLINK_BATCH) {
            let mut unlink = redis::cmd("UNLINK");
            unlink.arg(batch);
            self.inner.store.run::<()>(&unlink).await?;
        }
        let mut done = redis::cmd("ZREM");
        done.arg(Key::CleanupDue.name()).arg(nest.as_str());
        Ok(self.inner.store.run(&done).await?)
    }

    /// Every key that has the nest's name, found a few at a time; one that comes or goes meanwhile may be missing or not.
    pub(crate) async fn keys_of(&self, nest: &NestId) -> Result<Vec<String>, EngineError> {
        let mut keys = Vec::new();
        let mut cursor = 0u64;
        loop {
            let mut scan = redis::cmd("SCAN");
            scan.arg(cursor)
                .arg("MATCH")
                .arg(keys::all_of(nest))
                .arg("COUNT")
                .arg(SCAN_BATCH);
            let (next, found): (u64, Vec<String>) = self.inner.store.run(&scan).await?;
            keys.extend(found);
            if next == 0 {
                return Ok(keys);
            }
            cursor = next;
        }
    }
}
