//! Another name for a nest, and with it another link name. The old link leads on until somebody claims it.

use nests::nest::{NestId, NestName, NestRef, NestSlug, Person};
use nests::wire::directory::{NestCard, NestState};
use nests::wire::{Change, Snapshot};

use crate::Engine;
use crate::clock::rfc3339;
use crate::directory::Entry;
use crate::error::EngineError;
use crate::live::nest::Commit;
use crate::store::{Key, scripts};

/// Numbers behind the link name, and changes of the entry by others, before giving up.
const RENAME_ATTEMPTS: u32 = 64;
/// Names a nest had before that still lead to it.
const OLD_SLUGS_KEPT: usize = 8;

impl Engine {
    pub async fn rename_nest(
        &self,
        by: &Person,
        nest: &NestRef,
        name: &str,
    ) -> Result<NestCard, EngineError> {
        let name = NestName::parse(name).map_err(|error| EngineError::invalid("name", error))?;
        let base_slug = NestSlug::from_name(&name);
        let mut slug_number = 1;
        for _ in 0..RENAME_ATTEMPTS {
            let (id, text) = self.find_to_change(by, nest).await?;
            let old = Entry::parse(&text)?;
            let slug = base_slug.as_ref().map(|slug| slug.nth_choice(slug_number));
            let mut new = Entry {
                name: name.clone(),
                slug: slug.clone(),
                ..old.clone()
            };
            new.old_slugs
                .extend(old.slug.filter(|old| Some(old) != slug.as_ref()));
            new.old_slugs.retain(|old| Some(old) != slug.as_ref());
            let too_many = new.old_slugs.len().saturating_sub(OLD_SLUGS_KEPT);
            let let_go: Vec<NestSlug> = new.old_slugs.drain(..too_many).collect();
            new.last_activity = rfc3339(self.now());
            let mut rename = scripts::RENAME.key(Key::Registry.name());
            rename.key(Key::Parked.name()).key(Key::Names.name());
            if let Some(slug) = &slug {
                rename.key(Key::Slug(slug).name());
            }
            for slug in &let_go {
                rename.key(Key::Slug(slug).name());
            }
            rename.arg(id.as_str()).arg(&text).arg(new.to_json()?);
            rename.arg(if slug.is_some() { "1" } else { "" });
            match self.inner.store.script::<String>(&rename).await?.as_str() {
                "ok" => {
                    self.tell_new_name(by, &id, &new).await?;
                    return self.card(new, NestState::Awake).await;
                }
                "slug" => slug_number += 1,
                _ => {} // the entry changed since it was read: read it again
            }
        }
        Err(EngineError::Contended)
    }

    async fn tell_new_name(&self, by: &Person, nest: &NestId, entry: &Entry) -> Result<(), EngineError> {
        let live = self.open(nest).await?;
        let commit = Commit {
            store: &self.inner.store,
            now: self.now(),
            by: Some(&by.id),
            lease: None,
            filter: self.inner.settings.bender_filter,
        };
        let change = Change::Renamed {
            name: entry.name.clone(),
            slug: entry.slug.clone(),
        };
        live.commit(commit, |_: &Snapshot| Ok(Some(change.clone())))
            .await?;
        Ok(())
    }
}
