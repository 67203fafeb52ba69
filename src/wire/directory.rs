//! How the directory of nests presents a nest.

use serde::{Deserialize, Serialize};

use crate::nest::{NestId, NestName, NestSlug};

/// A nest's metadata, as the registry keeps it and the API shows it. Times are RFC 3339.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NestCard {
    pub nest_id: NestId,
    pub code: String,
    pub name: NestName,
    #[serde(default)]
    pub slug: Option<NestSlug>,
    /// The creator's nickname, for people.
    #[serde(default)]
    pub creator: Option<String>,
    pub created_at: String,
    pub last_activity: String,
    pub ttl_minutes: u32,
    pub is_main: bool,
    pub state: NestState,
    /// Since when it sleeps; `None` while it is awake.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asleep_since: Option<String>,
    /// Steps with each restart.
    #[serde(default)]
    pub generation: u32,
    #[serde(default)]
    pub restart_count: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restarted_at: Option<String>,
    pub member_count: u32,
    pub now_playing: Option<Brief>,
    /// Address of the nest's page on this host.
    pub url: String,
    /// The short link to share.
    pub short_url: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed_uri: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub genre_hint: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NestState {
    Awake,
    Asleep,
}

/// What plays, in two words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brief {
    pub title: String,
    pub artist: String,
}
