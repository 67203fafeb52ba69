//! The directory of nests: who they are, how they are found, how they begin and end.

use std::collections::{HashMap, HashSet};

use nests::nest::{MemberId, NestCode, NestId, NestName, NestRef, NestSlug, Person, sonic};
use nests::paste;
use nests::time::Millis;
use nests::track::TrackUri;
use nests::wire::directory::{Brief, NestCard, NestState};
use nests::wire::snapshot::Identity;
use nests::wire::{Change, Snapshot};
use serde::{Deserialize, Serialize};

use crate::Engine;
use crate::clock::{parse_rfc3339, rfc3339};
use crate::error::EngineError;
use crate::live::nest::Commit;
use crate::store::keys::VISITED_LIFE;
use crate::store::state::{Entries, Position};
use crate::store::{Key, scripts};
use crate::visits::VISITS_REMEMBERED;

/// Draws of a code, a slug's number or a free name before giving up. With 20 nests among 28 million codes the second draw
/// is an event.
const CREATE_ATTEMPTS: u32 = 64;
const RENAME_ATTEMPTS: u32 = 64;
/// Names a nest had before that still lead to it.
const OLD_SLUGS_KEPT: usize = 8;

/// What a person says when building a nest. As typed: what is wrong with it is named in the error.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewNest {
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub seed_track: Option<String>,
}

/// A nest's entry in the registry (awake) or among the parked (asleep).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Entry {
    pub(crate) nest_id: NestId,
    pub(crate) code: String,
    pub(crate) name: NestName,
    #[serde(default)]
    pub(crate) slug: Option<NestSlug>,
    #[serde(default)]
    pub(crate) creator: Option<MemberId>,
    #[serde(default)]
    pub(crate) creator_name: Option<String>,
    pub(crate) created_at: String,
    pub(crate) last_activity: String,
    pub(crate) ttl_minutes: u32,
    pub(crate) is_main: bool,
    /// What its creator picked for the link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) emoji: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) seed_uri: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) seed_unverified: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) genre_hint: Option<String>,
    /// Slugs it had before, which still lead to it until somebody claims them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) old_slugs: Vec<NestSlug>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) asleep_since: Option<String>,
    /// Steps with each restart.
    #[serde(default)]
    pub(crate) generation: u32,
    /// Where its log stood when it fell asleep.
    #[serde(default)]
    pub(crate) version: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) restarted_at: Option<String>,
    #[serde(default)]
    pub(crate) restart_count: u32,
}

/// An entry with the text it was read from: scripts act only while that text still stands.
pub(crate) struct Found {
    pub(crate) entry: Entry,
    pub(crate) text: String,
    pub(crate) state: NestState,
}

impl Entry {
    pub(crate) fn identity(&self) -> Identity {
        Identity {
            id: self.nest_id.clone(),
            name: self.name.clone(),
            slug: self.slug.clone(),
            creator: self.creator.clone(),
        }
    }

    pub(crate) fn to_json(&self) -> Result<String, EngineError> {
        serde_json::to_string(self).map_err(|error| EngineError::Unreadable(error.to_string()))
    }

    pub(crate) fn parse(text: &str) -> Result<Self, EngineError> {
        serde_json::from_str(text)
            .map_err(|error| EngineError::Unreadable(format!("a nest's entry: {error}")))
    }

    pub(crate) fn code(&self) -> Option<NestCode> {
        NestCode::parse(&self.code).ok()
    }

    /// How long nothing has to happen before the nest may sleep, in milliseconds.
    pub(crate) fn ttl_ms(&self) -> i64 {
        i64::from(self.ttl_minutes) * 60_000
    }
}

impl Engine {
    /// The Main Nest is made on the first start and kept for ever.
    pub(crate) async fn ensure_main_nest(&self) -> Result<(), EngineError> {
        let main = NestId::main();
        let now = rfc3339(self.now());
        let entry = Entry {
            nest_id: main.clone(),
            code: main.to_string(),
            name: NestName::parse("Main Nest").map_err(|error| EngineError::Unreadable(error.to_string()))?,
            slug: None,
            creator: None,
            creator_name: None,
            created_at: now.clone(),
            last_activity: now,
            ttl_minutes: self.inner.settings.nest_max_inactive_minutes,
            is_main: true,
            emoji: None,
            seed_uri: None,
            seed_unverified: false,
            genre_hint: None,
            old_slugs: Vec::new(),
            asleep_since: None,
            generation: 1,
            version: 0,
            restarted_at: None,
            restart_count: 0,
        };
        let mut enter = redis::cmd("HSETNX");
        enter
            .arg(Key::Registry.name())
            .arg(main.as_str())
            .arg(entry.to_json()?);
        self.inner.store.run::<()>(&enter).await?;
        let mut awaken = scripts::AWAKEN.key(Key::Log(&main).name());
        awaken.key(Key::Version(&main).name()).arg(
            Position {
                generation: 1,
                version: 0,
            }
            .to_string(),
        );
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
            Some(uri) => self.inner.sources.track(uri).await.is_ok(),
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
                "slug" => slug_number += 1,
                "code" => tracing::info!(nest.id = %entry.nest_id, "a drawn code was taken; drawing again"),
                _ => {}
            }
        }
        Err(EngineError::Contended)
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
        let now = rfc3339(self.now());
        Ok(Entry {
            code: code.to_string(),
            nest_id: code.into(),
            name,
            slug,
            creator: Some(by.id.clone()),
            creator_name: Some(by.name.clone()),
            created_at: now.clone(),
            last_activity: now,
            ttl_minutes: self.inner.settings.nest_max_inactive_minutes,
            is_main: false,
            emoji: None,
            seed_uri: None,
            seed_unverified: false,
            genre_hint: None,
            old_slugs: Vec::new(),
            asleep_since: None,
            generation: 1,
            version: 0,
            restarted_at: None,
            restart_count: 0,
        })
    }

    async fn draw_sonic_name(&self) -> Result<(NestName, Option<&'static sonic::SonicName>), EngineError> {
        let mut taken = HashSet::new();
        for entry in self
            .entries_awake()
            .await?
            .into_iter()
            .chain(self.entries(&Key::Parked).await?)
        {
            taken.insert(entry.name.as_str().to_owned());
        }
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
            .key(Key::Deleting(nest).name());
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
        create.arg(if name_must_be_free {
            entry.name.as_str()
        } else {
            ""
        });
        let now = self.now();
        create.arg(now.plus(entry.ttl_ms() + 1).0).arg(now.0);
        create.arg(VISITS_REMEMBERED).arg(VISITED_LIFE.as_secs());
        Ok(self.inner.store.script(&create).await?)
    }

    /// The nests that are awake, the Main Nest first, then the busiest.
    pub async fn list_nests(&self) -> Result<Vec<NestCard>, EngineError> {
        let mut cards = Vec::new();
        for entry in self.entries_awake().await? {
            cards.push(self.card(entry, NestState::Awake).await?);
        }
        cards.sort_by(|a, b| {
            (b.is_main, b.member_count)
                .cmp(&(a.is_main, a.member_count))
                .then_with(|| a.created_at.cmp(&b.created_at))
        });
        Ok(cards)
    }

    pub async fn get_nest(&self, nest: &NestRef) -> Result<NestCard, EngineError> {
        let (entry, state) = self.find(nest).await?;
        self.card(entry, state).await
    }

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
            rename.key(Key::Parked.name());
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

    /// The id and the registry's text of a nest that `by` may change.
    pub(crate) async fn find_to_change(
        &self,
        by: &Person,
        nest: &NestRef,
    ) -> Result<(NestId, String), EngineError> {
        let id = self.resolve(nest).await?;
        let mut read = redis::pipe();
        read.hget(Key::Registry.name(), id.as_str())
            .hexists(Key::Parked.name(), id.as_str());
        let (text, parked): (Option<String>, bool) = self.inner.store.run_all(&read).await?;
        match text {
            Some(_) if id.is_main() => Err(EngineError::MainIsPermanent),
            Some(text) if Entry::parse(&text)?.creator.as_ref() == Some(&by.id) => Ok((id, text)),
            Some(_) => Err(EngineError::NotTheCreator),
            None if parked => Err(EngineError::NestAsleep),
            None => Err(EngineError::NoSuchNest),
        }
    }

    async fn resolve(&self, nest: &NestRef) -> Result<NestId, EngineError> {
        let slug = match nest {
            NestRef::Id(id) => return Ok(id.clone()),
            NestRef::Slug(slug) => slug,
        };
        let mut get = redis::cmd("GET");
        get.arg(Key::Slug(slug).name());
        let id: Option<String> = self.inner.store.run(&get).await?;
        id.and_then(|id| NestId::parse(&id).ok())
            .ok_or(EngineError::NoSuchNest)
    }

    pub(crate) async fn find(&self, nest: &NestRef) -> Result<(Entry, NestState), EngineError> {
        let found = self.look_up(nest).await?;
        Ok((found.entry, found.state))
    }

    pub(crate) async fn look_up(&self, nest: &NestRef) -> Result<Found, EngineError> {
        let id = self.resolve(nest).await?;
        let mut read = redis::pipe();
        read.hget(Key::Registry.name(), id.as_str())
            .hget(Key::Parked.name(), id.as_str());
        read.exists(Key::Deleting(&id).name());
        let (awake, parked, deleting): (Option<String>, Option<String>, bool) =
            self.inner.store.run_all(&read).await?;
        let (text, state) = match (awake, parked) {
            (Some(text), _) => (text, NestState::Awake),
            (None, Some(text)) => (text, NestState::Asleep),
            (None, None) if deleting => return Err(EngineError::NestGone),
            (None, None) => return Err(EngineError::NoSuchNest),
        };
        Ok(Found {
            entry: Entry::parse(&text)?,
            text,
            state,
        })
    }

    /// The entry of a nest that is awake.
    pub(crate) async fn entry(&self, nest: &NestId) -> Result<Entry, EngineError> {
        match self.find(&NestRef::Id(nest.clone())).await? {
            (entry, NestState::Awake) => Ok(entry),
            (_, NestState::Asleep) => Err(EngineError::NestAsleep),
        }
    }

    async fn entries(&self, key: &Key<'_>) -> Result<Vec<Entry>, EngineError> {
        let mut read = redis::cmd("HGETALL");
        read.arg(key.name());
        let texts: HashMap<String, String> = self.inner.store.run(&read).await?;
        let parse = |(id, text): (String, String)| match Entry::parse(&text) {
            Ok(entry) => Some(entry),
            Err(error) => {
                tracing::error!(nest.id = id, %error, "left out of the list");
                None
            }
        };
        Ok(texts.into_iter().filter_map(parse).collect())
    }

    pub(crate) async fn entries_awake(&self) -> Result<Vec<Entry>, EngineError> {
        self.entries(&Key::Registry).await
    }

    pub(crate) async fn awake_nests(&self) -> Result<Vec<NestId>, EngineError> {
        let mut read = redis::cmd("HKEYS");
        read.arg(Key::Registry.name());
        let ids: Vec<String> = self.inner.store.run(&read).await?;
        Ok(ids.iter().filter_map(|id| NestId::parse(id).ok()).collect())
    }

    /// The latest sign of life: an event in the log, somebody's coming or going, the entry itself.
    pub(crate) async fn last_activity(&self, entry: &Entry) -> Result<Millis, EngineError> {
        let nest = &entry.nest_id;
        let mut read = redis::pipe();
        read.get(Key::LastActivity(nest).name());
        read.cmd("XREVRANGE")
            .arg(Key::Log(nest).name())
            .arg("+")
            .arg("-")
            .arg("COUNT")
            .arg(1);
        let (people, newest): (Option<i64>, Entries) = self.inner.store.run_all(&read).await?;
        let event = newest.first().and_then(|(_, fields)| fields.first());
        let event = event.and_then(|(_, frame)| crate::store::state::parse_event(frame).ok());
        let signs = [
            parse_rfc3339(&entry.last_activity),
            people.map(Millis),
            event.map(|event| event.at),
        ];
        Ok(signs.into_iter().flatten().max().unwrap_or_default())
    }

    pub(crate) async fn card(&self, entry: Entry, state: NestState) -> Result<NestCard, EngineError> {
        let (now_playing, member_count, last_activity) = match state {
            NestState::Awake => (
                self.now_playing(&entry.nest_id).await?,
                self.people(&entry.nest_id).await?.count,
                rfc3339(self.last_activity(&entry).await?),
            ),
            NestState::Asleep => (None, 0, entry.last_activity),
        };
        let settings = &self.inner.settings;
        let place = entry.slug.as_ref().map_or(entry.code.as_str(), NestSlug::as_str);
        let (url, short_url) = match entry.is_main {
            true => (format!("{}/", settings.public_url), settings.short_host.clone()),
            false => (
                format!("{}/nest/{}", settings.public_url, entry.code),
                format!("{}/{place}", settings.short_host),
            ),
        };
        Ok(NestCard {
            nest_id: entry.nest_id,
            code: entry.code,
            name: entry.name,
            slug: entry.slug,
            creator: entry.creator_name,
            created_at: entry.created_at,
            last_activity,
            ttl_minutes: entry.ttl_minutes,
            is_main: entry.is_main,
            state,
            asleep_since: entry.asleep_since,
            generation: entry.generation,
            restart_count: entry.restart_count,
            restarted_at: entry.restarted_at,
            member_count,
            now_playing,
            url,
            short_url,
            emoji: entry.emoji,
            seed_uri: entry.seed_uri,
            genre_hint: entry.genre_hint,
        })
    }

    async fn now_playing(&self, nest: &NestId) -> Result<Option<Brief>, EngineError> {
        if let Some(live) = self.inner.hub.held(nest) {
            let track = live
                .snapshot()
                .playing
                .as_ref()
                .map(|p| p.queued.song.track.clone());
            return Ok(track.map(|t| Brief {
                title: t.title,
                artist: t.artist,
            }));
        }
        let mut get = redis::cmd("GET");
        get.arg(Key::NowPlaying(nest).name());
        let id: Option<String> = self.inner.store.run(&get).await?;
        let Some(song) = id.and_then(|id| nests::queue::SongId::parse(&id).ok()) else {
            return Ok(None);
        };
        let mut read = redis::cmd("HMGET");
        read.arg(Key::Song(nest, &song).name()).arg("title").arg("artist");
        let (title, artist): (Option<String>, Option<String>) = self.inner.store.run(&read).await?;
        Ok(title.map(|title| Brief {
            title,
            artist: artist.unwrap_or_default(),
        }))
    }

    /// A nest's live state, for pages and for reading it over HTTP.
    pub async fn snapshot(&self, nest: &NestId) -> Result<std::sync::Arc<Snapshot>, EngineError> {
        Ok(self.open(nest).await?.snapshot())
    }
}

/// A track URI, or a link to a track of a source we know.
fn parse_seed(text: &str) -> Result<TrackUri, EngineError> {
    paste::track(text).ok_or(EngineError::Invalid {
        field: "seed_track",
        message: "A seed track is a track's URI (spotify:track:..., library:...) or a link to one.".into(),
    })
}
