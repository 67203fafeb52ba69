//! Every Redis key there is, in one place: its name, its type, its life.
//!
//! The names are a contract with existing data and with docs/REDIS-KEYS.md, which a test holds against this file.

use std::time::Duration;

use nests::bender::Strategy;
use nests::nest::{MemberId, NestCode, NestId, NestSlug};
use nests::queue::SongId;
use nests::track::TrackUri;

pub mod older;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key<'a> {
    Registry,
    Parked,
    /// How many nests have which name.
    Names,
    Code(&'a NestCode),
    Slug(&'a NestSlug),
    /// A signed-in browser, by the SHA-256 of its session id: a copy of the store signs nobody in.
    Session(&'a str),
    /// The nest that a screen shows, by the SHA-256 of the screen's token.
    Tv(&'a str),
    /// The code that a screen shows while it waits, by the same digest.
    TvWaiting(&'a str),
    /// The digest of the waiting screen that shows this code.
    TvPairing(&'a str),
    PairingTries(&'a MemberId),
    /// When the player has to look at which nest next.
    Due,
    /// When the cleanup has to look at which nest next, awake or asleep.
    CleanupDue,
    /// Which nests a person made or visited.
    Visited(&'a MemberId),
    /// Spotify asked this house to wait: while it stands, nobody asks Spotify anything.
    SpotifyRateLimited,
    /// Somebody who is at Spotify to let the house act for them, by the SHA-256 of the state they come back with.
    SpotifyLinking(&'a str),
    /// A person's own account at Spotify.
    SpotifyAccount(&'a MemberId),
    /// Who steers a person's player: their player is one, in however many nests and tabs they are.
    SpotifyConductor(&'a MemberId),
    /// The nests by whose own apps a person has connected an account.
    SpotifySeats(&'a MemberId),
    /// Apps that a person tried for nests of theirs.
    OwnAppTries(&'a MemberId),
    Log(&'a NestId),
    Version(&'a NestId),
    NowPlaying(&'a NestId),
    StartedOn(&'a NestId),
    Paused(&'a NestId),
    PriorityQueue(&'a NestId),
    MasterPlayer(&'a NestId),
    PlayerFence(&'a NestId),
    LastQueued(&'a NestId),
    LastBenderTrack(&'a NestId),
    BenderStreakStart(&'a NestId),
    /// Bender is switched off here. There where he is, and nowhere else.
    BenderOff(&'a NestId),
    Volume(&'a NestId),
    LastActivity(&'a NestId),
    Deleting(&'a NestId),
    /// What played, oldest first.
    History(&'a NestId),
    /// When the nest was restarted within the hour.
    Restarts(&'a NestId),
    Song(&'a NestId, &'a SongId),
    Votes(&'a NestId, &'a SongId),
    Jams(&'a NestId, &'a SongId),
    Filter(&'a NestId, &'a TrackUri),
    /// What Bender might play, by one of his strategies.
    BenderIdeas(&'a NestId, Strategy),
    Members(&'a NestId),
    Member(&'a NestId, &'a MemberId),
    AddsThisHour(&'a NestId, &'a MemberId),
    /// What people had played on this day of the week (by UTC), for throwbacks.
    Plays(&'a NestId, &'static str),
    /// What the people behind the plays are called.
    PlaysPeople(&'a NestId),
    /// The facts about a track as it last played, for when its source doesn't answer.
    PlayedTrack(&'a NestId, &'a TrackUri),
    /// The screens that show the nest.
    Screens(&'a NestId),
    /// On which device a person hears the nest.
    Hearing(&'a NestId, &'a MemberId),
    /// The app at Spotify that the nest's host entered.
    OwnApp(&'a NestId),
    /// Who has a seat in it. A seat without an account is free.
    OwnAppSeats(&'a NestId),
    /// A person's own account at Spotify, connected by the nest's own app.
    OwnAppAccount(&'a NestId, &'a MemberId),
    /// Spotify asked the nest's own app to wait.
    OwnAppRateLimited(&'a NestId),
    /// What a source said about a track.
    FillInfo(&'a NestId, &'a TrackUri),
}

/// The data type behind a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Hash,
    String,
    List,
    Set,
    SortedSet,
    Stream,
}

impl Kind {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hash => "hash",
            Self::String => "string",
            Self::List => "list",
            Self::Set => "set",
            Self::SortedSet => "zset",
            Self::Stream => "stream",
        }
    }
}

pub const SESSION_LIFE: Duration = Duration::from_secs(30 * 24 * 3600);
pub const HEARTBEAT_LIFE: Duration = Duration::from_secs(90);
pub const LEASE_LIFE: Duration = Duration::from_secs(10);
pub const DELETING_LIFE: Duration = Duration::from_secs(30);
pub const VISITED_LIFE: Duration = Duration::from_secs(90 * 24 * 3600);
pub const RESTARTS_WINDOW: Duration = Duration::from_secs(3600);
/// A screen that is on renews it; one that was off for longer is paired anew.
pub const TV_LIFE: Duration = Duration::from_secs(60 * 24 * 3600);
pub const PAIRING_LIFE: Duration = Duration::from_secs(600);
pub const PAIRING_TRIES_WINDOW: Duration = Duration::from_secs(60);
/// How long Bender's ideas are good for.
pub const IDEAS_LIFE: Duration = Duration::from_secs(20 * 60);
/// How long agreeing at Spotify may take.
pub const LINKING_LIFE: Duration = Duration::from_secs(600);
/// A conductor that is heard no more for this long is gone.
pub const CONDUCTOR_LIFE: Duration = Duration::from_secs(60);
pub const OWN_APP_TRIES_WINDOW: Duration = Duration::from_secs(60);
pub const ADDS_WINDOW: Duration = Duration::from_secs(3600);
/// How long Spotify is left alone where its refusal doesn't say for how long.
pub const REST_WHERE_NONE_IS_NAMED: Duration = Duration::from_secs(30);
/// How long a track that played can be thrown back while its source doesn't answer.
pub const PLAYED_TRACK_LIFE: Duration = Duration::from_secs(365 * 24 * 3600);
/// What may be played where changes with the licences, so facts about tracks are asked for again after a day.
pub const FILL_INFO_LIFE: Duration = Duration::from_secs(24 * 3600);

impl Key<'_> {
    pub fn name(&self) -> String {
        match self {
            Self::Registry => "NESTS|registry".to_owned(),
            Self::Parked => "NESTS|parked".to_owned(),
            Self::Names => "NESTS|names".to_owned(),
            Self::Code(code) => format!("NESTS|code:{code}"),
            Self::Slug(slug) => format!("NESTS|slug:{slug}"),
            Self::Session(digest) => format!("NESTS|session:{digest}"),
            Self::Tv(digest) => format!("NESTS|tv:{digest}"),
            Self::TvWaiting(digest) => format!("NESTS|tv-waiting:{digest}"),
            Self::TvPairing(code) => format!("NESTS|tv-pairing:{code}"),
            Self::PairingTries(member) => format!("NESTS|tv-tries:{member}"),
            Self::Due => "NESTS|due".to_owned(),
            Self::CleanupDue => "NESTS|cleanup-due".to_owned(),
            Self::Visited(member) => format!("NESTS|visited:{member}"),
            Self::SpotifyRateLimited => "MISC|spotify-rate-limited".to_owned(),
            Self::SpotifyLinking(digest) => format!("NESTS|spotify-linking:{digest}"),
            Self::SpotifyAccount(member) => format!("NESTS|spotify-account:{member}"),
            Self::SpotifyConductor(member) => format!("NESTS|spotify-conductor:{member}"),
            Self::SpotifySeats(member) => format!("NESTS|spotify-seats:{member}"),
            Self::OwnAppTries(member) => format!("NESTS|spotify-app-tries:{member}"),
            Self::Log(nest) => format!("NEST:{nest}|MISC|log"),
            Self::Version(nest) => format!("NEST:{nest}|MISC|version"),
            Self::NowPlaying(nest) => format!("NEST:{nest}|MISC|now-playing"),
            Self::StartedOn(nest) => format!("NEST:{nest}|MISC|started-on"),
            Self::Paused(nest) => format!("NEST:{nest}|MISC|paused"),
            Self::PriorityQueue(nest) => format!("NEST:{nest}|MISC|priority-queue"),
            Self::MasterPlayer(nest) => format!("NEST:{nest}|MISC|master-player"),
            Self::PlayerFence(nest) => format!("NEST:{nest}|MISC|player-fence"),
            Self::LastQueued(nest) => format!("NEST:{nest}|MISC|last-queued"),
            Self::LastBenderTrack(nest) => format!("NEST:{nest}|MISC|last-bender-track"),
            Self::BenderStreakStart(nest) => format!("NEST:{nest}|MISC|bender_streak_start"),
            Self::BenderOff(nest) => format!("NEST:{nest}|BENDER|off"),
            Self::Volume(nest) => format!("NEST:{nest}|MISC|volume"),
            Self::LastActivity(nest) => format!("NEST:{nest}|MISC|last-activity"),
            Self::Deleting(nest) => format!("NEST:{nest}|MISC|DELETING"),
            Self::History(nest) => format!("NEST:{nest}|MISC|history"),
            Self::Restarts(nest) => format!("NEST:{nest}|RATE|restart"),
            Self::Song(nest, song) => format!("NEST:{nest}|QUEUE|{song}"),
            Self::Votes(nest, song) => format!("NEST:{nest}|QUEUE|VOTE|{song}"),
            Self::Jams(nest, song) => format!("NEST:{nest}|QUEUEJAM|{song}"),
            Self::Filter(nest, uri) => format!("NEST:{nest}|FILTER|{uri}"),
            Self::BenderIdeas(nest, strategy) => {
                let list = match strategy {
                    Strategy::Genre => "genre",
                    Strategy::GenreHint => "genre-hint",
                    Strategy::Throwback => "throwback",
                    Strategy::ArtistSearch => "artist-search",
                    // The older program asked for an artist's top tracks, which nobody answers any more.
                    Strategy::ArtistAlbums => "top-tracks",
                    Strategy::Album => "album",
                };
                format!("NEST:{nest}|BENDER|cache:{list}")
            }
            Self::Members(nest) => format!("NEST:{nest}|MEMBERS"),
            Self::Member(nest, member) => format!("NEST:{nest}|MEMBER:{member}"),
            Self::AddsThisHour(nest, member) => format!("NEST:{nest}|RATE|add:{member}"),
            Self::Plays(nest, day) => format!("NEST:{nest}|PLAYS|{day}"),
            Self::PlaysPeople(nest) => format!("NEST:{nest}|PLAYS|people"),
            Self::PlayedTrack(nest, uri) => format!("NEST:{nest}|PLAYED|{uri}"),
            Self::Screens(nest) => format!("NEST:{nest}|TVS"),
            Self::Hearing(nest, member) => format!("NEST:{nest}|HEARING:{member}"),
            Self::OwnApp(nest) => format!("NEST:{nest}|SPOTIFY|app"),
            Self::OwnAppSeats(nest) => format!("NEST:{nest}|SPOTIFY|seats"),
            Self::OwnAppAccount(nest, member) => format!("NEST:{nest}|SPOTIFY|account:{member}"),
            Self::OwnAppRateLimited(nest) => format!("NEST:{nest}|SPOTIFY|rate-limited"),
            Self::FillInfo(nest, uri) => format!("NEST:{nest}|FILL-INFO|{uri}"),
        }
    }

    pub const fn kind(&self) -> Kind {
        match self {
            Self::Registry
            | Self::Parked
            | Self::Names
            | Self::SpotifyAccount(_)
            | Self::Song(..)
            | Self::Votes(..)
            | Self::PlaysPeople(_)
            | Self::Screens(_)
            | Self::OwnApp(_)
            | Self::OwnAppAccount(..)
            | Self::FillInfo(..) => Kind::Hash,
            Self::Due
            | Self::CleanupDue
            | Self::Visited(_)
            | Self::PriorityQueue(_)
            | Self::Restarts(_)
            | Self::Jams(..) => Kind::SortedSet,
            Self::BenderIdeas(..) => Kind::List,
            Self::Members(_) | Self::Plays(..) | Self::SpotifySeats(_) | Self::OwnAppSeats(_) => Kind::Set,
            Self::Log(_) | Self::History(_) => Kind::Stream,
            Self::Code(_)
            | Self::Slug(_)
            | Self::Session(_)
            | Self::Tv(_)
            | Self::TvWaiting(_)
            | Self::TvPairing(_)
            | Self::PairingTries(_)
            | Self::SpotifyRateLimited
            | Self::SpotifyLinking(_)
            | Self::SpotifyConductor(_)
            | Self::OwnAppTries(_)
            | Self::OwnAppRateLimited(_)
            | Self::Hearing(..)
            | Self::Version(_)
            | Self::NowPlaying(_)
            | Self::StartedOn(_)
            | Self::Paused(_)
            | Self::MasterPlayer(_)
            | Self::PlayerFence(_)
            | Self::LastQueued(_)
            | Self::LastBenderTrack(_)
            | Self::BenderStreakStart(_)
            | Self::BenderOff(_)
            | Self::Volume(_)
            | Self::LastActivity(_)
            | Self::Deleting(_)
            | Self::Filter(..)
            | Self::PlayedTrack(..)
            | Self::Member(..)
            | Self::AddsThisHour(..) => Kind::String,
        }
    }

    /// How long the key lives after it was last written; `None`: until somebody removes it. The filter's life is a setting
    /// (`BENDER_FILTER_TIME`), that of the rate limit is what Spotify says; here stand the defaults.
    pub const fn life(&self) -> Option<Duration> {
        match self {
            Self::Session(_)
            | Self::SpotifyAccount(_)
            | Self::SpotifySeats(_)
            | Self::OwnAppAccount(..)
            | Self::Hearing(..) => Some(SESSION_LIFE),
            Self::SpotifyLinking(_) => Some(LINKING_LIFE),
            Self::SpotifyConductor(_) => Some(CONDUCTOR_LIFE),
            Self::Tv(_) => Some(TV_LIFE),
            Self::TvWaiting(_) | Self::TvPairing(_) => Some(PAIRING_LIFE),
            Self::PairingTries(_) => Some(PAIRING_TRIES_WINDOW),
            Self::Member(..) => Some(HEARTBEAT_LIFE),
            Self::MasterPlayer(_) => Some(LEASE_LIFE),
            Self::Deleting(_) => Some(DELETING_LIFE),
            Self::Visited(_) => Some(VISITED_LIFE),
            Self::Restarts(_) => Some(RESTARTS_WINDOW),
            Self::AddsThisHour(..) => Some(ADDS_WINDOW),
            Self::OwnAppTries(_) => Some(OWN_APP_TRIES_WINDOW),
            Self::SpotifyRateLimited | Self::OwnAppRateLimited(_) => Some(REST_WHERE_NONE_IS_NAMED),
            Self::PlayedTrack(..) => Some(PLAYED_TRACK_LIFE),
            Self::FillInfo(..) => Some(FILL_INFO_LIFE),
            Self::BenderIdeas(..) => Some(IDEAS_LIFE),
            Self::Filter(..) => Some(Duration::from_secs(7 * 24 * 3600)),
            _ => None,
        }
    }
}

/// The channel on which a nest's frames are published.
pub fn channel(nest: &NestId) -> String {
    format!("NEST:{nest}|MISC|update-pubsub")
}

/// The channel on which the house tells which sleeping nest woke up or ended (its id), and which screen was
/// paired or taken back ([`SCREEN_NEWS`] and its token's digest).
pub const HOUSE_CHANNEL: &str = "NESTS|news";
pub const SCREEN_NEWS: &str = "tv:";

/// The nest that a channel belongs to.
pub fn nest_of_channel(channel: &str) -> Option<NestId> {
    let id = channel
        .strip_prefix("NEST:")?
        .strip_suffix("|MISC|update-pubsub")?;
    NestId::parse(id).ok()
}

/// What stands before the member in a heartbeat's key, for scripts that read the members first.
pub fn member_prefix(nest: &NestId) -> String {
    format!("NEST:{nest}|MEMBER:")
}

/// The same for an account that was connected by the nest's own app.
pub fn own_app_account_prefix(nest: &NestId) -> String {
    format!("NEST:{nest}|SPOTIFY|account:")
}

/// Whether a key of the nest belongs to its live state: not what it remembers, counts by the hour, shows on screens, or has
/// from its host, like its app and whether Bender is off.
pub fn is_of_live_state(nest: &NestId, key: &str) -> bool {
    let stays = [
        Key::History(nest).name(),
        Key::Deleting(nest).name(),
        Key::Screens(nest).name(),
        Key::BenderOff(nest).name(),
    ];
    let families = [
        format!("NEST:{nest}|FILTER|"),
        format!("NEST:{nest}|RATE|"),
        format!("NEST:{nest}|HEARING:"),
        format!("NEST:{nest}|SPOTIFY|"),
    ];
    !stays.iter().any(|name| name == key) && !families.iter().any(|family| key.starts_with(family))
}

/// Matches every key of a nest, for SCAN.
pub fn all_of(nest: &NestId) -> String {
    format!("NEST:{nest}|*")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prefixes_are_those_of_the_members_keys() {
        let (nest, member) = (NestId::main(), MemberId::bender());
        assert_eq!(
            format!("{}{member}", member_prefix(&nest)),
            Key::Member(&nest, &member).name()
        );
        assert_eq!(
            format!("{}{member}", own_app_account_prefix(&nest)),
            Key::OwnAppAccount(&nest, &member).name()
        );
    }

    #[test]
    fn what_a_nest_remembers_is_not_of_its_live_state() {
        let nest = NestId::parse("X7K2P").expect("a code");
        let member = MemberId::bender();
        let uri = TrackUri::library(7);
        let song = SongId::from_roll(7);
        let stays = [
            Key::History(&nest),
            Key::Filter(&nest, &uri),
            Key::Restarts(&nest),
            Key::AddsThisHour(&nest, &member),
            Key::Screens(&nest),
            Key::BenderOff(&nest),
            Key::Hearing(&nest, &member),
            Key::OwnApp(&nest),
            Key::OwnAppSeats(&nest),
            Key::OwnAppAccount(&nest, &member),
            Key::OwnAppRateLimited(&nest),
        ];
        let goes = [
            Key::Log(&nest),
            Key::Song(&nest, &song),
            Key::Members(&nest),
            Key::BenderIdeas(&nest, Strategy::Genre),
            Key::Volume(&nest),
        ];
        assert!(stays.iter().all(|key| !is_of_live_state(&nest, &key.name())));
        assert!(goes.iter().all(|key| is_of_live_state(&nest, &key.name())));
    }

    /// A list of keys that doesn't compile where one is missing.
    macro_rules! every_key {
        ($($key:ident $(($($part:expr),+))?),+ $(,)?) => {{
            let is_among_them = |key: &Key<'_>| match key {
                $(Key::$key { .. })|+ => {}
            };
            let keys = vec![$(Key::$key $(($($part),+))?),+];
            keys.iter().for_each(is_among_them);
            keys
        }};
    }

    /// `| name | type | life |`, the beginning of its row, for every key, with the parts that vary in braces.
    fn every_key_as_the_docs_write_it() -> Vec<String> {
        let nest = NestId::parse("X7K2P").expect("a code");
        let code = NestCode::parse("X7K2P").expect("a code");
        let slug = NestSlug::parse("friday-vibes").expect("a slug");
        let song = SongId::from_roll(7);
        let uri = TrackUri::library(7);
        let member = MemberId::parse("g-anna").expect("an id");
        let (n, s, m) = (&nest, &song, &member);
        let mut keys = every_key![
            Registry,
            Parked,
            Names,
            Code(&code),
            Slug(&slug),
            Session("digest"),
            Tv("digest"),
            TvWaiting("digest"),
            TvPairing("ABC234"),
            PairingTries(m),
            Due,
            CleanupDue,
            Visited(m),
            SpotifyRateLimited,
            SpotifyLinking("digest"),
            SpotifyAccount(m),
            SpotifyConductor(m),
            SpotifySeats(m),
            OwnAppTries(m),
            Log(n),
            Version(n),
            NowPlaying(n),
            StartedOn(n),
            Paused(n),
            PriorityQueue(n),
            MasterPlayer(n),
            PlayerFence(n),
            LastQueued(n),
            LastBenderTrack(n),
            BenderStreakStart(n),
            BenderOff(n),
            Volume(n),
            LastActivity(n),
            Deleting(n),
            History(n),
            Restarts(n),
            Song(n, s),
            Votes(n, s),
            Jams(n, s),
            Filter(n, &uri),
            Members(n),
            Member(n, m),
            AddsThisHour(n, m),
            Plays(n, "monday"),
            PlaysPeople(n),
            PlayedTrack(n, &uri),
            Screens(n),
            Hearing(n, m),
            OwnApp(n),
            OwnAppSeats(n),
            OwnAppAccount(n, m),
            OwnAppRateLimited(n),
            FillInfo(n, &uri),
            BenderIdeas(n, Strategy::Genre),
        ];
        let others = Strategy::ALL.into_iter().filter(|s| *s != Strategy::Genre);
        keys.extend(others.map(|strategy| Key::BenderIdeas(n, strategy)));
        let placeholders = [
            (format!("NEST:{nest}"), "NEST:{id}"),
            (format!("code:{code}"), "code:{code}"),
            (format!("slug:{slug}"), "slug:{slug}"),
            (":digest".to_owned(), ":{digest}"),
            ("tv-pairing:ABC234".to_owned(), "tv-pairing:{code}"),
            ("PLAYS|monday".to_owned(), "PLAYS|{weekday}"),
            (song.to_string(), "{song}"),
            (uri.to_string(), "{uri}"),
            (member.to_string(), "{member}"),
        ];
        let row = |key: &Key<'_>| {
            let name = placeholders
                .iter()
                .fold(key.name(), |name, (value, place)| name.replace(value, place));
            let life = key
                .life()
                .map_or("-".to_owned(), |life| format!("{} s", life.as_secs()));
            format!(
                "| `{}` | {} | {life} |",
                name.replace('|', "\\|"),
                key.kind().as_str()
            )
        };
        keys.iter().map(row).collect()
    }

    #[test]
    fn the_docs_name_every_key_with_its_type_and_life() {
        let docs = include_str!("../../../docs/REDIS-KEYS.md");
        for row in every_key_as_the_docs_write_it() {
            assert!(docs.contains(&row), "docs/REDIS-KEYS.md lacks this row:\n{row}");
        }
    }

    #[test]
    fn the_docs_name_no_key_that_is_none() {
        let keys = every_key_as_the_docs_write_it();
        let docs = include_str!("../../../docs/REDIS-KEYS.md");
        let rows: Vec<&str> = docs.lines().filter(|line| line.starts_with("| `")).collect();
        for row in &rows {
            let is_a_key = keys.iter().any(|key| row.starts_with(key.as_str()));
            assert!(
                is_a_key,
                "docs/REDIS-KEYS.md has a row that no key matches:\n{row}"
            );
        }
        assert_eq!(rows.len(), keys.len(), "a row stands there twice");
    }

    #[test]
    fn a_channel_leads_back_to_its_nest() {
        let nest = NestId::parse("X7K2P").expect("a code");
        assert_eq!(nest_of_channel(&channel(&nest)), Some(nest));
        assert_eq!(nest_of_channel("NEST:../|MISC|update-pubsub"), None);
    }
}
