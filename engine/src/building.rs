//! How a nest comes to be: its name, its code, its link name, its seed, and the one script that enters it in the directory.
//!
//! What the house allows (how many, which names are free) is decided by the script, so that fifty who build at once can't
//! pass it together.

use std::collections::HashSet;
use std::sync::atomic::Ordering;

use nests::nest::{NestCode, NestId, NestName, NestSlug, Person, sonic};
use nests::paste;
use nests::track::TrackUri;
use nests::wire::directory::{NestCard, NestState};
use serde::Deserialize;

use crate::Engine;
use crate::clock::rfc3339;
use crate::directory::Entry;
use crate::error::EngineError;
use crate::store::keys::VISITED_LIFE;
use crate::store::state::{BENDER_IS_OFF, Position};
use crate::store::{Key, scripts};
use crate::visits::VISITS_REMEMBERED;

/// Link names that are looked at with one command.
const SLUG_NUMBERS_AT_ONCE: u32 = 256;
/// Nests of one name, and more than there will ever be.
const MOST_SLUG_NUMBERS: u32 = 1_000_000;
/// Draws of a code, a slug's number or a free name before giving up. With 20 nests among 28 million codes the second draw
/// is an event.
const CREATE_ATTEMPTS: u32 = 64;

/// What a person says when building a nest. As typed: what is wrong with it is named in the error.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewNest {
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub seed_track: Option<String>,
}

impl Engine {
    /// The Main Nest is made on the first start and kept for ever.
    pub(crate) async fn ensure_main_nest(&self) -> Result<(), EngineError> {
        let main = NestId::main();
        let now = rfc3339(self.now());
        let name =
            NestName::parse("Main Nest").map_err(|error| EngineError::Unreadable(error.to_string()))?;
        let entry = Entry {
            is_main: true,
            ..Entry::new(
                main.clone(),
                main.to_string(),
                name,
                now,
                self.inner.settings.nest_max_inactive_minutes,
            )
        };
        let mut enter = redis::cmd("HSETNX");
        enter
            .arg(Key::Registry.name())
            .arg(main.as_str())
            .arg(entry.to_json()?);
        self.inner.store.run::<()>(&enter).await?;
        let mut awaken = scripts::AWAKEN.key(Key::Log(&main).name());
        awaken
            .key(Key::Version(&main).name())
            .key(Key::BenderOff(&main).name());
        let place = Position {
            generation: 1,
            version: 0,
        };
        awaken.arg(place.to_string()).arg(self.bender_at_first());
        Ok(self.inner.store.script(&awaken).await?)
    }

    pub async fn create_nest(&self, by: &Person, wish: NewNest) -> Result<NestCard, EngineError> {
        let name = match wish
            .name
            .as_deref()
            .map(str::trim)
            .filter(|name| !name.is_empty())
        {
            Some(name) => Some(NestName::parse(name).map_err(|error| EngineError::invalid("name", error))?),
            None => None,
        };
        let seed = match wish
            .seed_track
            .as_deref()
            .map(str::trim)
            .filter(|seed| !seed.is_empty())
        {
            Some(seed) => Some(parse_seed(seed)?),
            None => None,
        };
        let seed_is_known = match &seed {
            Some(uri) => self.knows_seed(by, uri).await?,
            None => false,
        };
        let base_slug = name.as_ref().and_then(NestSlug::from_name);
        let mut slug_number = 1;
        for _ in 0..CREATE_ATTEMPTS {
            let (name, sonic) = match &name {
                Some(name) => (name.clone(), None),
                None => self.draw_sonic_name().await?,
            };
            let slug = base_slug.as_ref().map(|slug| slug.nth_choice(slug_number));
            let mut entry = self.new_entry(by, name, slug)?;
            entry.genre_hint = sonic.map(|s| s.genre.clone());
            entry.seed_uri = seed
                .as_ref()
                .map(TrackUri::to_string)
                .or_else(|| sonic.map(|s| s.seed_uri.clone()));
            if let Some(uri) = &seed {
                entry.seed_unverified = !seed_is_known;
                entry.genre_hint = self.inner.sources.genre_of(uri).or(entry.genre_hint);
            }
            match self.enter(by, &entry, sonic.is_some()).await?.as_str() {
                "ok" => return self.card(entry, NestState::Awake).await,
                "limit" => {
                    return Err(self.nest_limit());
                }
                "slug" => slug_number = self.free_slug_number(base_slug.as_ref(), slug_number + 1).await?,
                "code" => {
                    let collisions = self.inner.code_collisions.fetch_add(1, Ordering::Relaxed) + 1;
                    tracing::info!(nest.id = %entry.nest_id, collisions, "a drawn code was taken; drawing again");
                }
                _ => {}
            }
        }
        Err(EngineError::Contended)
    }

    /// Whether a source has the seed. Where no nest could be built, nobody is asked for it.
    async fn knows_seed(&self, by: &Person, seed: &TrackUri) -> Result<bool, EngineError> {
        if self.is_full().await? {
            return Err(self.nest_limit());
        }
        let sources = &self.inner.sources;
        if sources.asks_outside(seed).await {
            self.look_up_one(by)?;
        }
        Ok(sources.track(seed).await.is_ok())
    }

    /// Whether all nests are in use at this moment. The script that enters one decides.
    async fn is_full(&self) -> Result<bool, EngineError> {
        let registry = Key::Registry.name();
        let mut count = redis::pipe();
        count.hlen(&registry).hexists(&registry, NestId::main().as_str());
        let (awake, has_main): (u32, bool) = self.inner.store.run_all(&count).await?;
        Ok(awake - u32::from(has_main) >= self.inner.settings.nest_max_active)
    }

    /// The first number from `from` on behind which no link name stands: some hundred are looked at with one command. Link
    /// names that their nests gave up count as taken; whoever asks for one by its name gets it all the same.
    pub(crate) async fn free_slug_number(
        &self,
        base: Option<&NestSlug>,
        from: u32,
    ) -> Result<u32, EngineError> {
        let Some(base) = base else {
            return Ok(from);
        };
        let mut first = from;
        while first < MOST_SLUG_NUMBERS {
            let numbers = first..first + SLUG_NUMBERS_AT_ONCE;
            let mut look = redis::cmd("MGET");
            for number in numbers.clone() {
                look.arg(Key::Slug(&base.nth_choice(number)).name());
            }
            let holders: Vec<Option<String>> = self.inner.store.run(&look).await?;
            let mut free = numbers.zip(holders).filter(|(_, holder)| holder.is_none());
            if let Some((number, _)) = free.next() {
                return Ok(number);
            }
            first += SLUG_NUMBERS_AT_ONCE;
        }
        Err(EngineError::Contended)
    }

    /// How often since the start a code that was drawn for a new nest was taken already.
    pub fn code_collisions(&self) -> u64 {
        self.inner.code_collisions.load(Ordering::Relaxed)
    }

    pub(crate) fn nest_limit(&self) -> EngineError {
        let settings = &self.inner.settings;
        EngineError::NestLimit(settings.nest_max_active, settings.upgrade_url.clone())
    }

    fn new_entry(&self, by: &Person, name: NestName, slug: Option<NestSlug>) -> Result<Entry, EngineError> {
        let mut bytes = [0; 64];
        crate::random::fill(&mut bytes);
        let code = NestCode::from_random(&bytes, self.inner.settings.nest_code_length)
            .ok_or_else(|| EngineError::Unreadable("no code could be drawn".into()))?;
        let ttl_minutes = self.inner.settings.nest_max_inactive_minutes;
        Ok(Entry {
            slug,
            creator: Some(by.id.clone()),
            creator_name: Some(by.name.clone()),
            ..Entry::new(
                code.clone().into(),
                code.to_string(),
                name,
                rfc3339(self.now()),
                ttl_minutes,
            )
        })
    }

    /// How many nests have which name, counted anew.
    pub(crate) async fn count_names(&self) -> Result<(), EngineError> {
        let mut count = scripts::COUNT_NAMES.key(Key::Registry.name());
        count.key(Key::Parked.name()).key(Key::Names.name());
        Ok(self.inner.store.script(&count).await?)
    }

    /// A name that no nest has, awake or asleep: one look at as many names as are tried in order, however many nests there
    /// are.
    async fn draw_sonic_name(&self) -> Result<(NestName, Option<&'static sonic::SonicName>), EngineError> {
        let names: Vec<String> = sonic::orderly_names().collect();
        let mut look = redis::cmd("HMGET");
        look.arg(Key::Names.name()).arg(&names);
        let counts: Vec<Option<i64>> = self.inner.store.run(&look).await?;
        let with_counts = names.iter().zip(counts);
        let taken: HashSet<&str> = with_counts
            .filter_map(|(name, count)| count.and(Some(name.as_str())))
            .collect();
        let (name, sonic) =
            sonic::pick(crate::random::roll(), |name| taken.contains(name)).ok_or(EngineError::Contended)?;
        let name = NestName::parse(&name).map_err(|error| EngineError::invalid("name", error))?;
        Ok((name, Some(sonic)))
    }

    async fn enter(
        &self,
        by: &Person,
        entry: &Entry,
        name_must_be_free: bool,
    ) -> Result<String, EngineError> {
        let nest = &entry.nest_id;
        let code = entry
            .code()
            .ok_or_else(|| EngineError::Unreadable("a nest without a code".into()))?;
        let mut create = scripts::CREATE.key(Key::Registry.name());
        create.key(Key::Parked.name()).key(Key::Code(&code).name());
        create.key(Key::Log(nest).name()).key(Key::Version(nest).name());
        create
            .key(Key::CleanupDue.name())
            .key(Key::Visited(&by.id).name())
            .key(Key::Deleting(nest).name())
            .key(Key::Names.name())
            .key(Key::BenderOff(nest).name());
        if let Some(slug) = &entry.slug {
            create.key(Key::Slug(slug).name());
        }
        create
            .arg(nest.as_str())
            .arg(entry.to_json()?)
            .arg(self.inner.settings.nest_max_active);
        create.arg(
            Position {
                generation: entry.generation,
                version: 0,
            }
            .to_string(),
        );
        create
            .arg(entry.name.as_str())
            .arg(if name_must_be_free { "1" } else { "" });
        let now = self.now();
        create.arg(now.plus(entry.ttl_ms() + 1).0).arg(now.0);
        create
            .arg(VISITS_REMEMBERED)
            .arg(VISITED_LIFE.as_secs())
            .arg(self.bender_at_first());
        Ok(self.inner.store.script(&create).await?)
    }

    /// What [`Key::BenderOff`] of a new nest holds; blank: it is not there. Kept from the start, so that another setting
    /// later is about later nests.
    fn bender_at_first(&self) -> &'static str {
        match self.inner.settings.bender_default {
            true => "",
            false => BENDER_IS_OFF,
        }
    }
}

/// A track URI, or a link to a track of a source we know.
fn parse_seed(text: &str) -> Result<TrackUri, EngineError> {
    paste::track(text).ok_or(EngineError::Invalid {
        field: "seed_track",
        message: "A seed track is a track's URI (spotify:track:..., library:...) or a link to one.".into(),
    })
}
