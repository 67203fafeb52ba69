//! The list of every setting: name, default and meaning. `nests --help`, `config.yaml` and the environment all read from
//! it, so a setting that is not here does not exist.

/// One setting. The default is written the way a person would write it; empty means "not set".
#[derive(Debug)]
pub struct Setting {
    pub name: &'static str,
    pub default: &'static str,
    pub help: &'static str,
    /// Never shown, not even in a complaint about it.
    pub secret: bool,
    /// Taken and checked, so that a settings file can be written once, but without effect in this version.
    pub later: bool,
}

const fn setting(name: &'static str, default: &'static str, help: &'static str) -> Setting {
    Setting {
        name,
        default,
        help,
        secret: false,
        later: false,
    }
}

const fn secret(name: &'static str, help: &'static str) -> Setting {
    Setting {
        secret: true,
        ..setting(name, "", help)
    }
}

const fn later(setting: Setting) -> Setting {
    Setting {
        later: true,
        ..setting
    }
}

pub const NESTS_ADDR: Setting = setting("NESTS_ADDR", "127.0.0.1:3000", "Address and port to listen on.");
pub const HOSTNAME: Setting = setting(
    "HOSTNAME",
    "",
    "Public address of the site, like https://music.example.org. Default: http:// and NESTS_ADDR. A bare machine name, \
     as containers set it, is passed over.",
);
pub const ECHONEST_DOMAIN: Setting = setting(
    "ECHONEST_DOMAIN",
    "",
    "Host of the short links, like echone.st. Default: the host of the public address.",
);
pub const DEBUG: Setting = setting("DEBUG", "false", "Development mode: true or false.");
pub const SECRET_KEY: Setting = secret(
    "SECRET_KEY",
    "Signs the session cookies; at least 32 characters. Default: made on the first start and kept in DATA_DIR.",
);
pub const DATA_DIR: Setting = setting(
    "DATA_DIR",
    ".data",
    "Folder for everything the program keeps: its own Redis, covers, the house collection, the secret key.",
);
pub const MUSIC_DIR: Setting = setting(
    "MUSIC_DIR",
    "",
    "Folder with your music. Default: the house collection, which the program composes itself.",
);
pub const SPOTIFY_CLIENT_ID: Setting = setting(
    "SPOTIFY_CLIENT_ID",
    "",
    "Spotify as a source: the client id of an app registered at developer.spotify.com.",
);
pub const SPOTIFY_CLIENT_SECRET: Setting = secret("SPOTIFY_CLIENT_SECRET", "The client secret of that app.");
pub const SPOTIFY_MARKET: Setting = setting(
    "SPOTIFY_MARKET",
    "US",
    "The country in which you listen, by its two letters: what Spotify may not play there is not queued.",
);
pub const SPOTIFY_API_URL: Setting = setting(
    "SPOTIFY_API_URL",
    "https://api.spotify.com/v1",
    "Where Spotify's Web API is. Another place only for tests.",
);
pub const SPOTIFY_ACCOUNTS_URL: Setting = setting(
    "SPOTIFY_ACCOUNTS_URL",
    "https://accounts.spotify.com",
    "Where Spotify gives out tokens. Another place only for tests.",
);
pub const SPOTIFY_SDK_URL: Setting = setting(
    "SPOTIFY_SDK_URL",
    "https://sdk.scdn.co/spotify-player.js",
    "The script by which a browser becomes a Spotify player. Another place only for tests.",
);
pub const NEST_MIXED_SOURCES: Setting = setting(
    "NEST_MIXED_SOURCES",
    "true",
    "Whether one nest may hold songs of several sources: true or false.",
);
pub const REDIS_URL: Setting = secret(
    "REDIS_URL",
    "A Redis to use, like redis://user:password@host:6379/0. Default: the program runs its own.",
);
pub const REDIS_HOST: Setting = setting("REDIS_HOST", "", "Host of a Redis to use, in place of REDIS_URL.");
pub const REDIS_PORT: Setting = setting("REDIS_PORT", "6379", "Port for REDIS_HOST.");
pub const DEV_AUTH_EMAIL: Setting = secret(
    "DEV_AUTH_EMAIL",
    "Signs every visitor in as this person. Only with DEBUG=true and NESTS_ADDR on this machine itself.",
);
pub const ALLOW_GUESTS: Setting = setting(
    "ALLOW_GUESTS",
    "",
    "Whether visitors may come in with just a nickname: true or false. Default: true while no other way to sign in is \
     set up.",
);
pub const NESTS_ENABLED: Setting = setting(
    "NESTS_ENABLED",
    "true",
    "Whether people may build nests of their own beside the Main Nest.",
);
pub const NEST_MAX_ACTIVE: Setting =
    setting("NEST_MAX_ACTIVE", "20", "How many temporary nests may be awake.");
pub const NEST_UPGRADE_URL: Setting = setting(
    "NEST_UPGRADE_URL",
    "",
    "Where people can get more nests, like https://example.org/plans: goes with the refusal once NEST_MAX_ACTIVE are awake.",
);
pub const NEST_MAX_QUEUE_DEPTH: Setting = setting(
    "NEST_MAX_QUEUE_DEPTH",
    "25",
    "How many songs a temporary nest's queue holds. The Main Nest has no limit.",
);
pub const NEST_MAX_INACTIVE_MINUTES: Setting = setting(
    "NEST_MAX_INACTIVE_MINUTES",
    "5",
    "After how many idle minutes an empty nest falls asleep.",
);
pub const NEST_PARK_DAYS: Setting = setting(
    "NEST_PARK_DAYS",
    "30",
    "For how many days a sleeping nest is kept; 0: not at all.",
);
pub const NEST_CLEANUP_SECONDS: Setting = setting(
    "NEST_CLEANUP_SECONDS",
    "60",
    "How often the program looks for nests that may sleep.",
);
pub const NEST_CODE_LENGTH: Setting = setting("NEST_CODE_LENGTH", "5", "Length of new nest codes, 4 to 8.");
pub const NEST_BENDER_DEFAULT: Setting = setting(
    "NEST_BENDER_DEFAULT",
    "true",
    "Whether Bender picks songs in new nests.",
);
pub const USE_BENDER: Setting = setting("USE_BENDER", "true", "Whether Bender picks songs at all.");
pub const MIN_QUEUE_DEPTH: Setting = setting(
    "MIN_QUEUE_DEPTH",
    "3",
    "How many songs Bender keeps waiting in a queue.",
);
pub const MAX_BENDER_MINUTES: Setting = setting(
    "MAX_BENDER_MINUTES",
    "120",
    "How long Bender goes on with nobody asking for a song.",
);

pub const BENDER_FILTER_TIME: Setting = setting(
    "BENDER_FILTER_TIME",
    "604800",
    "For how many seconds Bender leaves a played track alone.",
);
pub const BENDER_STRATEGY_WEIGHTS: Setting = setting(
    "BENDER_STRATEGY_WEIGHTS",
    "",
    "How Bender divides his picks; those that are not named keep their weight. Default: \
     genre=35,genre_hint=20,throwback=30,artist_search=25,artist_albums=5,album=5.",
);
pub const NEST_TIME_ZONE: Setting = setting(
    "NEST_TIME_ZONE",
    "UTC",
    "Whose weekdays throwbacks go by, like Europe/Stockholm.",
);
pub const AIRHORN_EXPIRE_SEC: Setting = later(setting(
    "AIRHORN_EXPIRE_SEC",
    "20",
    "Within how many seconds airhorns are counted.",
));
pub const AIRHORN_EXPIRE_COUNT: Setting = later(setting(
    "AIRHORN_EXPIRE_COUNT",
    "2",
    "How many airhorns a nest takes in that time.",
));
pub const ALLOWED_EMAIL_DOMAINS: Setting = later(setting(
    "ALLOWED_EMAIL_DOMAINS",
    "",
    "Whose addresses may sign in, like example.org,example.com. Default: everybody's.",
));
pub const GOOGLE_CLIENT_ID: Setting = later(setting("GOOGLE_CLIENT_ID", "", "Google sign-in: client id."));
pub const GOOGLE_CLIENT_SECRET: Setting =
    later(secret("GOOGLE_CLIENT_SECRET", "Google sign-in: client secret."));
pub const SPOTIFY_USERNAME: Setting = later(setting("SPOTIFY_USERNAME", "", "Spotify: account name."));
pub const YT_API_KEY: Setting = later(secret("YT_API_KEY", "YouTube: API key."));
pub const SOUNDCLOUD_CLIENT_ID: Setting =
    later(setting("SOUNDCLOUD_CLIENT_ID", "", "SoundCloud: client id."));

/// In the order of `nests --help`.
pub const ALL: &[&Setting] = &[
    &NESTS_ADDR,
    &HOSTNAME,
    &ECHONEST_DOMAIN,
    &DATA_DIR,
    &MUSIC_DIR,
    &SPOTIFY_CLIENT_ID,
    &SPOTIFY_CLIENT_SECRET,
    &SPOTIFY_MARKET,
    &SPOTIFY_API_URL,
    &SPOTIFY_ACCOUNTS_URL,
    &SPOTIFY_SDK_URL,
    &NEST_MIXED_SOURCES,
    &REDIS_URL,
    &REDIS_HOST,
    &REDIS_PORT,
    &SECRET_KEY,
    &ALLOW_GUESTS,
    &NESTS_ENABLED,
    &NEST_MAX_ACTIVE,
    &NEST_UPGRADE_URL,
    &NEST_MAX_QUEUE_DEPTH,
    &NEST_MAX_INACTIVE_MINUTES,
    &NEST_PARK_DAYS,
    &NEST_CLEANUP_SECONDS,
    &NEST_CODE_LENGTH,
    &NEST_BENDER_DEFAULT,
    &USE_BENDER,
    &MIN_QUEUE_DEPTH,
    &MAX_BENDER_MINUTES,
    &BENDER_FILTER_TIME,
    &BENDER_STRATEGY_WEIGHTS,
    &NEST_TIME_ZONE,
    &DEBUG,
    &DEV_AUTH_EMAIL,
    &AIRHORN_EXPIRE_SEC,
    &AIRHORN_EXPIRE_COUNT,
    &ALLOWED_EMAIL_DOMAINS,
    &GOOGLE_CLIENT_ID,
    &GOOGLE_CLIENT_SECRET,
    &SPOTIFY_USERNAME,
    &YT_API_KEY,
    &SOUNDCLOUD_CLIENT_ID,
];

/// The setting of that name, in lower or upper case.
pub fn named(name: &str) -> Option<&'static Setting> {
    ALL.iter().copied().find(|s| s.name.eq_ignore_ascii_case(name))
}

/// The name that was probably meant.
pub fn nearest(name: &str) -> Option<&'static str> {
    /// Less alike than this, a guess confuses more than it helps.
    const ALIKE: f64 = 0.7;
    let name = name.to_ascii_uppercase();
    let likeness = |s: &&Setting| (strsim::normalized_damerau_levenshtein(&name, s.name), s.name);
    let best = ALL
        .iter()
        .copied()
        .map(|s| likeness(&s))
        .max_by(|a, b| a.0.total_cmp(&b.0));
    best.filter(|(alike, _)| *alike >= ALIKE).map(|(_, name)| name)
}
