//! The program's settings: defaults, then `config.yaml`, then the environment, checked before anything starts.
//!
//! Owns what each value means and what is wrong with it. Knows nothing of how the values are used.

pub mod complaint;
pub mod layers;
mod meaning;
pub mod public_address;
pub mod secret;
pub mod secret_key;
pub mod settings;

#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use complaint::Complaint;
use engine::{HouseZone, SpotifyAt};
use layers::Layers;
use meaning::Right;
use nests::bender::Weights;
use public_address::PublicAddress;
use secret::Secret;
use settings::Setting;

/// The settings file, looked for where the program is started.
pub const FILE_NAME: &str = "config.yaml";

/// Every setting that has an effect in this version.
#[derive(Clone, Debug)]
pub struct Config {
    pub addr: SocketAddr,
    pub public_address: PublicAddress,
    /// Whether `HOSTNAME` or `ECHONEST_DOMAIN` said how the house is reached.
    pub address_is_told: bool,
    /// Host of the short links.
    pub short_host: String,
    /// `None`: made by the program and kept in the data folder.
    pub secret_key: Option<Secret>,
    pub data_dir: PathBuf,
    pub music_dir: Option<PathBuf>,
    pub spotify: Option<SpotifyApp>,
    /// For apps that hosts enter for their nests.
    pub spotify_at: SpotifyAt,
    /// Whether one nest may hold songs of several sources.
    pub mixed_sources: bool,
    pub redis_url: Option<Secret>,
    pub allow_guests: bool,
    /// The address every visitor is signed in with, for development.
    pub developer: Option<Secret>,
    pub nests: NestLimits,
    pub bender: BenderWishes,
    /// Settings that are set but have no effect yet, to be said at the start.
    pub without_effect: Vec<&'static str>,
}

/// An app registered at Spotify.
#[derive(Clone, Debug)]
pub struct SpotifyApp {
    pub client_id: String,
    pub client_secret: Secret,
    pub market: String,
    pub api_url: String,
    pub accounts_url: String,
    pub sdk_url: String,
}

#[derive(Clone, Debug)]
pub struct NestLimits {
    pub enabled: bool,
    pub max_active: u32,
    /// Where more are to be had.
    pub upgrade_url: Option<String>,
    pub max_queue_depth: u32,
    pub max_inactive_minutes: u32,
    pub park_days: u32,
    pub cleanup: Duration,
    pub code_length: usize,
}

#[derive(Clone, Debug)]
pub struct BenderWishes {
    pub enabled: bool,
    pub in_new_nests: bool,
    pub min_queue_depth: usize,
    pub max_minutes: u32,
    /// How long he leaves a played track alone.
    pub filter: Duration,
    pub weights: Weights,
    /// Whose weekdays throwbacks go by.
    pub zone: HouseZone,
}

impl Config {
    /// Reads `config.yaml` in the working directory and the environment.
    ///
    /// # Errors
    /// Everything that is wrong, all at once.
    pub fn load() -> Result<Self, Vec<Complaint>> {
        let file = match std::fs::read_to_string(FILE_NAME) {
            Ok(text) => Some(text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => return Err(vec![Complaint::UnreadableFile(error.to_string())]),
        };
        Self::read(file.as_deref(), |name| std::env::var(name).ok())
    }

    /// The settings as a function of what is written where.
    ///
    /// # Errors
    /// Everything that is wrong, all at once.
    pub fn read(file: Option<&str>, env: impl Fn(&str) -> Option<String>) -> Result<Self, Vec<Complaint>> {
        let mut complaints = Vec::new();
        let layers = Layers::stack(file, env, &mut complaints);
        let mut reader = Reader {
            layers: &layers,
            complaints,
        };
        let config = reader.config();
        match config {
            Some(config) if reader.complaints.is_empty() => Ok(config),
            _ => Err(reader.complaints),
        }
    }
}

impl Config {
    /// Takes note of the port that port 0 turned into.
    pub fn opened_at(&mut self, addr: SocketAddr) {
        let by_listener = PublicAddress::of_listener(self.addr);
        if self.public_address == by_listener {
            let found = PublicAddress::of_listener(addr);
            if self.short_host == by_listener.host() {
                self.short_host = found.host().to_owned();
            }
            self.public_address = found;
        }
        self.addr = addr;
    }
}

struct Reader<'a> {
    layers: &'a Layers,
    complaints: Vec<Complaint>,
}

impl Reader<'_> {
    /// `None` when something is wrong; everything is looked at all the same, so that one start shows every complaint.
    fn config(&mut self) -> Option<Config> {
        use settings as s;
        let addr = self.required(&s::NESTS_ADDR, meaning::address);
        let hostname = self
            .optional(&s::HOSTNAME, meaning::public_address)
            .map(Option::flatten);
        let short_host = self.optional(&s::ECHONEST_DOMAIN, meaning::host);
        let debug = self.required(&s::DEBUG, meaning::yes_or_no);
        let secret_key = self.optional(&s::SECRET_KEY, meaning::secret_key);
        let data_dir = self.required(&s::DATA_DIR, meaning::text);
        let music_dir = self.optional(&s::MUSIC_DIR, meaning::text);
        let spotify = self.spotify();
        let mixed_sources = self.required(&s::NEST_MIXED_SOURCES, meaning::yes_or_no);
        let redis_url = self.redis();
        let allow_guests = self.optional(&s::ALLOW_GUESTS, meaning::yes_or_no);
        let developer = self.optional(&s::DEV_AUTH_EMAIL, meaning::email_address);
        let nests = self.nest_limits();
        let bender = self.bender_wishes();
        self.check_what_comes_later();

        let (addr, developer) = (addr?, developer?);
        if developer.is_some() {
            self.check_development(addr, debug?);
        }
        let (hostname, short_host) = (hostname?, short_host?);
        let address_is_told = hostname.is_some() || short_host.is_some();
        let public_address = hostname.unwrap_or_else(|| PublicAddress::of_listener(addr));
        let (spotify_at, spotify) = spotify?;
        let set_but_unused = settings::ALL.iter().filter(|s| s.later && self.layers.is_set(s));
        Some(Config {
            addr,
            address_is_told,
            short_host: short_host.unwrap_or_else(|| public_address.host().to_owned()),
            public_address,
            secret_key: secret_key?,
            data_dir: data_dir?.into(),
            music_dir: music_dir?.map(PathBuf::from),
            spotify,
            spotify_at,
            mixed_sources: mixed_sources?,
            redis_url: redis_url?,
            allow_guests: allow_guests?.unwrap_or(true),
            developer,
            nests: nests?,
            bender: bender?,
            without_effect: set_but_unused.map(|s| s.name).collect(),
        })
    }

    fn nest_limits(&mut self) -> Option<NestLimits> {
        use settings as s;
        let enabled = self.required(&s::NESTS_ENABLED, meaning::yes_or_no);
        let max_active = self.required(&s::NEST_MAX_ACTIVE, meaning::whole_number(0..=10_000));
        let upgrade_url = self.optional(&s::NEST_UPGRADE_URL, meaning::web_address);
        let max_queue_depth = self.required(&s::NEST_MAX_QUEUE_DEPTH, meaning::whole_number(1..=1_000));
        let inactive = self.required(&s::NEST_MAX_INACTIVE_MINUTES, meaning::whole_number(1..=10_080));
        let park_days = self.required(&s::NEST_PARK_DAYS, meaning::whole_number(0..=3_650));
        let cleanup = self.required(&s::NEST_CLEANUP_SECONDS, meaning::whole_number(1..=3_600));
        let lengths = nests::nest::code::LENGTHS;
        let code_length = self.required(&s::NEST_CODE_LENGTH, meaning::whole_number(lengths));
        Some(NestLimits {
            enabled: enabled?,
            max_active: max_active?,
            upgrade_url: upgrade_url?,
            max_queue_depth: max_queue_depth?,
            max_inactive_minutes: inactive?,
            park_days: park_days?,
            cleanup: Duration::from_secs(cleanup?),
            code_length: code_length?,
        })
    }

    fn bender_wishes(&mut self) -> Option<BenderWishes> {
        use settings as s;
        let enabled = self.required(&s::USE_BENDER, meaning::yes_or_no);
        let in_new_nests = self.required(&s::NEST_BENDER_DEFAULT, meaning::yes_or_no);
        let min_queue_depth = self.required(&s::MIN_QUEUE_DEPTH, meaning::whole_number(0..=25));
        let max_minutes = self.required(&s::MAX_BENDER_MINUTES, meaning::whole_number(1..=10_080));
        let filter = self.required(&s::BENDER_FILTER_TIME, meaning::whole_number(0..=31_536_000));
        let weights = self.optional(&s::BENDER_STRATEGY_WEIGHTS, meaning::weights);
        let zone = self.required(&s::NEST_TIME_ZONE, meaning::time_zone);
        Some(BenderWishes {
            enabled: enabled?,
            in_new_nests: in_new_nests?,
            min_queue_depth: min_queue_depth?,
            max_minutes: max_minutes?,
            filter: Duration::from_secs(filter?),
            weights: weights?.unwrap_or_default(),
            zone: zone?,
        })
    }

    /// Where Spotify is, and the house's app there: both halves of its credentials, or neither.
    fn spotify(&mut self) -> Option<(SpotifyAt, Option<SpotifyApp>)> {
        use settings as s;
        let id = self.optional(&s::SPOTIFY_CLIENT_ID, meaning::text);
        let secret = self.optional(&s::SPOTIFY_CLIENT_SECRET, meaning::text);
        let market = self.required(&s::SPOTIFY_MARKET, meaning::market);
        let api_url = self.required(&s::SPOTIFY_API_URL, meaning::service_url);
        let accounts_url = self.required(&s::SPOTIFY_ACCOUNTS_URL, meaning::service_url);
        let sdk_url = self.required(&s::SPOTIFY_SDK_URL, meaning::service_url);
        let (id, secret) = (id?, secret?);
        let at = SpotifyAt {
            market: market?,
            api_url: api_url?,
            accounts_url: accounts_url?,
            sdk_url: sdk_url?,
        };
        let app = match (id, secret) {
            (None, None) => None,
            (Some(client_id), Some(secret)) => Some(SpotifyApp {
                client_id,
                client_secret: Secret::new(secret),
                market: at.market.clone(),
                api_url: at.api_url.clone(),
                accounts_url: at.accounts_url.clone(),
                sdk_url: at.sdk_url.clone(),
            }),
            _ => {
                let text = "SPOTIFY_CLIENT_ID and SPOTIFY_CLIENT_SECRET belong together: set both or neither";
                self.complaints.push(Complaint::Together(text.to_owned()));
                return None;
            }
        };
        Some((at, app))
    }

    /// `REDIS_URL`, or one made of `REDIS_HOST` and `REDIS_PORT`; neither: the program runs its own.
    fn redis(&mut self) -> Option<Option<Secret>> {
        let url = self.optional(&settings::REDIS_URL, meaning::redis_url);
        let host = self.optional(&settings::REDIS_HOST, meaning::host);
        let port = self.required(&settings::REDIS_PORT, meaning::whole_number(1..=u16::MAX));
        let (url, host, port) = (url?, host?, port?);
        if url.is_some() && host.is_some() {
            let text = "REDIS_URL and REDIS_HOST are both set: keep the one that is meant";
            self.complaints.push(Complaint::Together(text.to_owned()));
        }
        Some(url.or(host.map(|host| Secret::new(format!("redis://{host}:{port}")))))
    }

    fn check_development(&mut self, addr: SocketAddr, debug: bool) {
        if debug && addr.ip().is_loopback() {
            return;
        }
        let text = "DEV_AUTH_EMAIL lets everybody in without a question: it works only with DEBUG=true and NESTS_ADDR \
                    on 127.0.0.1 or [::1]";
        self.complaints.push(Complaint::Together(text.to_owned()));
    }

    fn check_what_comes_later(&mut self) {
        use settings as s;
        self.optional(&s::AIRHORN_EXPIRE_SEC, meaning::whole_number(1..=3_600u32));
        self.optional(&s::AIRHORN_EXPIRE_COUNT, meaning::whole_number(0..=100u32));
    }

    /// The setting's value; `None` after a complaint.
    fn required<T>(&mut self, setting: &Setting, means: impl Fn(&str) -> Result<T, Right>) -> Option<T> {
        let (text, origin) = self.layers.text(setting);
        match means(text) {
            Ok(value) => Some(value),
            Err(right) => {
                self.complaints
                    .push(Complaint::about(setting, text, origin, right));
                None
            }
        }
    }

    /// Like [`Reader::required`], with `Some(None)` where it is not set.
    fn optional<T>(
        &mut self,
        setting: &Setting,
        means: impl Fn(&str) -> Result<T, Right>,
    ) -> Option<Option<T>> {
        if self.layers.text(setting).0.is_empty() {
            return Some(None);
        }
        self.required(setting, means).map(Some)
    }
}
