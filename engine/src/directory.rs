//! The directory of nests: what is written down about each, and how one is found by its id, its code or its link name.
//!
//! How a nest comes to be, gets another name, sleeps and ends is told in files of their own.

use std::collections::HashMap;

use nests::nest::{MemberId, NestCode, NestId, NestName, NestRef, NestSlug, Person};
use nests::wire::Snapshot;
use nests::wire::directory::NestState;
use nests::wire::snapshot::Identity;
use serde::{Deserialize, Serialize};

use crate::Engine;
use crate::error::EngineError;
use crate::store::{Key, Store};

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
    /// A nest in its first generation, with nothing yet that its creator or time may add. `now` is RFC 3339.
    pub(crate) fn new(nest_id: NestId, code: String, name: NestName, now: String, ttl_minutes: u32) -> Self {
        Self {
            nest_id,
            code,
            name,
            slug: None,
            creator: None,
            creator_name: None,
            created_at: now.clone(),
            last_activity: now,
            ttl_minutes,
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
        }
    }

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

/// What the registry calls a nest now; `None`: it is not awake.
pub(crate) async fn identity_of(store: &Store, nest: &NestId) -> Result<Option<Identity>, EngineError> {
    let mut read = redis::cmd("HGET");
    read.arg(Key::Registry.name()).arg(nest.as_str());
    let text: Option<String> = store.run(&read).await?;
    text.map(|text| Ok(Entry::parse(&text)?.identity())).transpose()
}

impl Engine {
    /// The id and the registry's text of a nest that `by` may change.
    pub(crate) async fn find_to_change(
        &self,
        by: &Person,
        nest: &NestRef,
    ) -> Result<(NestId, String), EngineError> {
        let id = self.resolve(nest).await?;
        let mut read = redis::pipe();
        read.hget(Key::Registry.name(), id.as_str())
            .hexists(Key::Parked.name(), id.as_str())
            .exists(Key::Deleting(&id).name());
        let (text, parked, deleting): (Option<String>, bool, bool) = self.inner.store.run_all(&read).await?;
        match text {
            Some(_) if id.is_main() => Err(EngineError::MainIsPermanent),
            Some(text) if Entry::parse(&text)?.creator.as_ref() == Some(&by.id) => Ok((id, text)),
            Some(_) => Err(EngineError::NotTheCreator),
            None if parked => Err(EngineError::NestAsleep),
            None if deleting => Err(EngineError::NestGone),
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

    pub(crate) async fn entries_awake(&self) -> Result<Vec<Entry>, EngineError> {
        let mut read = redis::cmd("HGETALL");
        read.arg(Key::Registry.name());
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

    pub(crate) async fn awake_nests(&self) -> Result<Vec<NestId>, EngineError> {
        let mut read = redis::cmd("HKEYS");
        read.arg(Key::Registry.name());
        let ids: Vec<String> = self.inner.store.run(&read).await?;
        Ok(ids.iter().filter_map(|id| NestId::parse(id).ok()).collect())
    }

    /// A nest's live state, for pages and for reading it over HTTP.
    pub async fn snapshot(&self, nest: &NestId) -> Result<std::sync::Arc<Snapshot>, EngineError> {
        Ok(self.open(nest).await?.snapshot())
    }
}
