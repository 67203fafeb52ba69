//! What its creator changes about a nest: another name, and with it another link name, and the emoji of the link. The old
//! link leads on until somebody claims it. Bender's switch is told of in `switching`.
//!
//! The entry, the links and what everybody inside is told change in one step (see `live::commit`).

use nests::nest::{NestName, NestRef, NestSlug, Person};
use nests::wire::Change;
use nests::wire::directory::{NestCard, NestState};

use crate::Engine;
use crate::clock::rfc3339;
use crate::directory::Entry;
use crate::emoji;
use crate::error::EngineError;
use crate::live::commit::{Commit, NewEntry, Renamed};

/// Times that others take the link name or change the entry under our hands, before giving up.
const RENAME_ATTEMPTS: u32 = 64;
/// Names a nest had before that still lead to it.
const OLD_SLUGS_KEPT: usize = 8;

/// What is to change about a nest; `None` stays as it is.
#[derive(Clone, Copy, Debug, Default)]
pub struct Alteration<'a> {
    pub name: Option<&'a str>,
    /// Blank takes it away.
    pub emoji: Option<&'a str>,
    /// Whether Bender picks here. Goes by itself: it is a step of its own.
    pub bender: Option<bool>,
}

impl Engine {
    /// Changes a nest that is awake, all of it or nothing.
    ///
    /// # Errors
    /// [`EngineError::NotTheCreator`], [`EngineError::MainIsPermanent`], [`EngineError::NestAsleep`], and
    /// [`EngineError::Invalid`] where the name or the emoji is none, nothing is given, or Bender's switch and something else;
    /// nothing has changed then. For Bender's switch see [`nests::bender::switched`].
    pub async fn alter_nest(
        &self,
        by: &Person,
        nest: &NestRef,
        wish: Alteration<'_>,
    ) -> Result<NestCard, EngineError> {
        let name = wish.name.map(NestName::parse).transpose();
        let name = name.map_err(|error| EngineError::invalid("name", error))?;
        let emoji = wish.emoji.map(emoji::parse).transpose()?;
        match (name, emoji, wish.bender) {
            (None, None, Some(on)) => self.switch_bender(by, nest, on).await,
            (_, _, Some(_)) => Err(EngineError::invalid(
                "bender",
                "switch Bender by himself, and send the rest in another request",
            )),
            (Some(name), emoji, None) => self.rename(by, nest, &name, emoji).await,
            (None, Some(emoji), None) => self.replace_emoji(by, nest, emoji).await,
            (None, None, None) => Err(EngineError::invalid(
                "name",
                "send the new name, the emoji of the link, or whether Bender picks",
            )),
        }
    }

    /// Gives a nest that is awake another name; see [`Engine::alter_nest`].
    pub async fn rename_nest(
        &self,
        by: &Person,
        nest: &NestRef,
        name: &str,
    ) -> Result<NestCard, EngineError> {
        let wish = Alteration {
            name: Some(name),
            ..Alteration::default()
        };
        self.alter_nest(by, nest, wish).await
    }

    /// `emoji` goes along in the same step where there is one, or that it goes away.
    async fn rename(
        &self,
        by: &Person,
        nest: &NestRef,
        name: &NestName,
        emoji: Option<Option<String>>,
    ) -> Result<NestCard, EngineError> {
        let base_slug = NestSlug::from_name(name);
        let mut slug_number = 1;
        let mut was_restarted = false;
        for _ in 0..RENAME_ATTEMPTS {
            let (id, read) = self.find_to_change(by, nest).await?;
            let slug = base_slug.as_ref().map(|slug| slug.nth_choice(slug_number));
            let (mut new, let_go) = renamed(Entry::parse(&read)?, name.clone(), slug);
            new.last_activity = rfc3339(self.now());
            if let Some(emoji) = &emoji {
                new.emoji.clone_from(emoji);
            }
            let entry = NewEntry {
                read: &read,
                text: new.to_json()?,
                slug: new.slug.as_ref(),
                let_go: &let_go,
            };
            let how = Commit {
                store: &self.inner.store,
                now: self.now(),
                by: Some(&by.id),
                lease: None,
                filter: self.inner.settings.bender_filter,
            };
            let change = Change::Renamed {
                name: new.name.clone(),
                slug: new.slug.clone(),
            };
            let told = async { self.open(&id).await?.rename(how, &change, &entry).await };
            match told.await {
                Ok(Renamed::Yes) => return self.card(new, NestState::Awake).await,
                Ok(Renamed::SlugTaken) => {
                    slug_number = self.free_slug_number(base_slug.as_ref(), slug_number + 1).await?;
                }
                Ok(Renamed::EntryChanged) => {}
                // Under our hands: the next generation takes the name. Whether there is one the directory knows.
                Err(EngineError::NestAsleep | EngineError::NestRestarted) if !was_restarted => {
                    was_restarted = true;
                }
                Err(error) => return Err(error),
            }
        }
        Err(EngineError::Contended)
    }
}

/// The entry with its new name, and the old slugs that no longer lead to the nest.
fn renamed(old: Entry, name: NestName, slug: Option<NestSlug>) -> (Entry, Vec<NestSlug>) {
    let had = old.slug.clone();
    let mut new = Entry { name, slug, ..old };
    new.old_slugs.extend(had);
    new.old_slugs.retain(|old| Some(old) != new.slug.as_ref());
    let too_many = new.old_slugs.len().saturating_sub(OLD_SLUGS_KEPT);
    let let_go = new.old_slugs.drain(..too_many).collect();
    (new, let_go)
}
