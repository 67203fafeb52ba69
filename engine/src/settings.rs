//! What the engine can be told, with the defaults of the house. Reading and checking settings is the server's business.

use std::path::PathBuf;
use std::time::Duration;

use nests::bender::Weights;

use crate::address::AddressKey;
use crate::calendar::HouseZone;
use crate::seal::Seal;
use crate::secret::{RedisUrl, SpotifySecret};

#[derive(Clone, Debug)]
pub struct EngineSettings {
    pub redis: RedisWhere,
    /// Turns the addresses of an older installation's people into ids.
    pub address_key: AddressKey,
    /// Keeps the tokens of people's accounts. Processes on one Redis share it.
    pub seal: Seal,
    /// Everything the program keeps by itself: the private Redis, the house collection, covers, keys.
    pub data_dir: PathBuf,
    /// The folder of audio files; `None`: the house collection.
    pub music_dir: Option<PathBuf>,
    /// `None`: this house has no Spotify of its own.
    pub spotify: Option<SpotifySettings>,
    /// For nests whose host enters an app of their own, also in a house that has none.
    pub spotify_at: SpotifyAt,
    /// Whether one nest may hold songs of several sources.
    pub mixed_sources: bool,
    /// How browsers reach the program, without a slash at the end: `https://echone.st`.
    pub public_url: String,
    /// The host of short links: `echone.st`.
    pub short_host: String,
    pub nest_max_active: u32,
    pub nest_code_length: usize,
    /// Songs a temporary nest holds at most.
    pub nest_max_queue_depth: u32,
    pub nest_max_inactive_minutes: u32,
    /// Days a sleeping nest is kept; 0: it is deleted at once.
    pub nest_park_days: u32,
    pub nest_cleanup: Duration,
    /// Whether Bender picks in new nests, until their hosts decide otherwise.
    pub bender_default: bool,
    /// Whether Bender picks at all.
    pub use_bender: bool,
    pub min_queue_depth: usize,
    pub max_bender_minutes: u32,
    /// Whose weekdays throwbacks go by.
    pub zone: HouseZone,
    /// How long Bender keeps away from a track that played.
    pub bender_filter: Duration,
    /// How Bender divides his picks.
    pub bender_weights: Weights,
    /// How long a person may be without a connection before the others are told they left.
    pub leave_grace: Duration,
    /// How often the line by which the store tells its news is asked whether it is still there.
    pub news_check: Duration,
    /// Where more nests are to be had, if anywhere.
    pub upgrade_url: Option<String>,
}

#[derive(Clone, Debug)]
pub enum RedisWhere {
    Url(RedisUrl),
    /// Our own `redis-server`, a child of this process, in the data folder.
    Private,
}

/// An app registered at Spotify, by which the house searches and looks tracks up.
#[derive(Clone, Debug)]
pub struct SpotifySettings {
    pub client_id: String,
    pub client_secret: SpotifySecret,
    /// The country whose catalogue counts, by its two letters: `SE`.
    pub market: String,
    /// Where the Web API is.
    pub api_url: String,
    /// Where tokens are given out.
    pub accounts_url: String,
    /// The script by which a browser becomes a player of its listener's. Browsers load it, the engine never does.
    pub sdk_url: String,
}

impl SpotifySettings {
    pub const SDK_URL: &str = "https://sdk.scdn.co/spotify-player.js";
    pub const API_URL: &str = "https://api.spotify.com/v1";
    pub const ACCOUNTS_URL: &str = "https://accounts.spotify.com";
    /// Where people come back to on this site once they have agreed; the app at Spotify must have it among its redirect URIs.
    pub const COMING_BACK: &str = "/authentication/spotify_callback";
}

/// Where Spotify is, and for which country it is asked, whoever's app asks.
#[derive(Clone, Debug)]
pub struct SpotifyAt {
    /// As [`SpotifySettings::market`], and so on.
    pub market: String,
    pub api_url: String,
    pub accounts_url: String,
    pub sdk_url: String,
}

impl SpotifyAt {
    /// The settings of an app there.
    pub(crate) fn app(&self, client_id: &str, client_secret: &SpotifySecret) -> SpotifySettings {
        SpotifySettings {
            client_id: client_id.to_owned(),
            client_secret: client_secret.clone(),
            market: self.market.clone(),
            api_url: self.api_url.clone(),
            accounts_url: self.accounts_url.clone(),
            sdk_url: self.sdk_url.clone(),
        }
    }
}

impl Default for SpotifyAt {
    fn default() -> Self {
        Self {
            market: "US".to_owned(),
            api_url: SpotifySettings::API_URL.to_owned(),
            accounts_url: SpotifySettings::ACCOUNTS_URL.to_owned(),
            sdk_url: SpotifySettings::SDK_URL.to_owned(),
        }
    }
}

impl Default for EngineSettings {
    fn default() -> Self {
        Self {
            redis: RedisWhere::Private,
            address_key: AddressKey::default(),
            seal: Seal::of_this_process(),
            data_dir: PathBuf::from(".data"),
            music_dir: None,
            spotify: None,
            spotify_at: SpotifyAt::default(),
            mixed_sources: true,
            public_url: "http://127.0.0.1:3000".to_owned(),
            short_host: "127.0.0.1:3000".to_owned(),
            nest_max_active: 20,
            nest_code_length: 5,
            nest_max_queue_depth: 25,
            nest_max_inactive_minutes: 5,
            nest_park_days: 30,
            nest_cleanup: Duration::from_secs(60),
            bender_default: true,
            use_bender: true,
            min_queue_depth: 3,
            max_bender_minutes: 120,
            zone: HouseZone::default(),
            bender_filter: Duration::from_secs(7 * 24 * 3600),
            bender_weights: Weights::default(),
            leave_grace: Duration::from_secs(10),
            news_check: Duration::from_secs(30),
            upgrade_url: None,
        }
    }
}
