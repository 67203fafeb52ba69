//! How a nest's live state is written to Redis and read back.
//!
//! [`effects`] compares two snapshots and names the writes that make the keys follow; [`load`] reads the keys and replays
//! the votes that only the log holds. What one writes the other reads: a property test holds them together.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use nests::bender::Strategy;
use nests::history::Played;
use nests::nest::{MemberId, NestId, Person};
use nests::playback::Playing;
use nests::queue::{QueuedSong, Song, SongId, Vote};
use nests::time::Millis;
use nests::track::{Track, TrackUri};
use nests::wire::snapshot::{Applied, Bender, DEFAULT_VOLUME, Identity};
use nests::wire::{Change, Event, ServerFrame, Snapshot};
use redis::ScriptInvocation;

use super::votes_in_log::{CHECKPOINT, VotesInLog};
use super::{Key, Store};
use crate::error::EngineError;
use crate::plays;

/// Log entries that are kept at least: what a browser may have missed and still catch up on, event by event.
pub const LOG_LENGTH: usize = 512;
/// What the key holds that says that Bender is switched off. That it is there is what counts.
pub(crate) const BENDER_IS_OFF: &str = "1";
/// What a filter's key holds where the track was not played but rejected.
pub(crate) const REJECTED: &str = "rejected";
/// Songs that a nest's history keeps at least: ten days of music without a pause, two megabytes.
pub const HISTORY_LENGTH: usize = 5_000;
/// Arguments of one write: a script hands them to Redis on Lua's stack, which has no room for 8,000. Of an even number, so that
/// a field stays with its value and a member with its score.
const ARGUMENTS_AT_ONCE: usize = 1_000;
/// Reads that a writer may disturb before we give up; each takes about a millisecond, a commit comes far less often.
const LOAD_ATTEMPTS: usize = 16;

/// One write beside the log entry, all within the same script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Effect {
    pub(crate) command: &'static str,
    pub(crate) key: String,
    pub(crate) args: Vec<String>,
}

impl Effect {
    /// Puts it behind a script's own keys and arguments, as the scripts that take effects read it. What is too long for one write
    /// is a list of fields, scores or members, for which several do the same.
    pub(crate) fn join(&self, script: &mut ScriptInvocation<'_>) {
        let (first, rest) = self.args.split_at(self.args.len().min(ARGUMENTS_AT_ONCE));
        for args in std::iter::once(first).chain(rest.chunks(ARGUMENTS_AT_ONCE)) {
            script.key(&self.key).arg(args.len()).arg(self.command).arg(args);
        }
    }
}

pub(crate) fn effect(command: &'static str, key: Key<'_>, args: Vec<String>) -> Effect {
    Effect {
        command,
        key: key.name(),
        args,
    }
}

/// `generation-version`: a position in a nest's log, as Redis writes stream ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    pub generation: u32,
    pub version: u64,
}

impl std::fmt::Display for Position {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.generation, self.version)
    }
}

impl std::str::FromStr for Position {
    type Err = EngineError;
    fn from_str(text: &str) -> Result<Self, EngineError> {
        let parts = text
            .split_once('-')
            .and_then(|(g, v)| Some((g.parse().ok()?, v.parse().ok()?)));
        let (generation, version) =
            parts.ok_or_else(|| EngineError::Unreadable(format!("log position {text:?}")))?;
        Ok(Self { generation, version })
    }
}

pub(crate) fn position_of(nest: &Snapshot) -> Position {
    Position {
        generation: nest.generation,
        version: nest.version,
    }
}

/// Stream entries as Redis answers them: ids with their fields.
pub(crate) type Entries = Vec<(String, Vec<(String, String)>)>;

/// The writes that bring the keys from `before` to `after`. `votes_in_log`: what of `before` they lack.
pub(crate) fn effects(before: &Snapshot, after: &Snapshot, votes_in_log: &VotesInLog) -> Vec<Effect> {
    let nest = &after.nest.id;
    let mut writes = Vec::new();
    let old: HashMap<&SongId, &QueuedSong> = held(before).map(|q| (&q.song.id, q)).collect();
    let new: HashMap<&SongId, &QueuedSong> = held(after).map(|q| (&q.song.id, q)).collect();

    for id in old.keys().filter(|id| !new.contains_key(*id)) {
        writes.push(effect("UNLINK", Key::Song(nest, id), vec![]));
        writes.push(effect("UNLINK", Key::Votes(nest, id), vec![]));
        writes.push(effect("UNLINK", Key::Jams(nest, id), vec![]));
    }
    for (id, queued) in &new {
        let known = old.get(id);
        if known.is_none() {
            writes.push(effect("HSET", Key::Song(nest, id), song_fields(&queued.song)));
        }
        let votes_before = known.map(|q| &q.votes);
        if votes_in_log.concern(id) || votes_before.map_or(!queued.votes.is_empty(), |v| *v != queued.votes) {
            writes.push(effect("UNLINK", Key::Votes(nest, id), vec![]));
            if !queued.votes.is_empty() {
                writes.push(effect("HSET", Key::Votes(nest, id), vote_fields(&queued.votes)));
            }
        }
        let jams_before = known.map(|q| &q.jams);
        if jams_before.map_or(!queued.jams.is_empty(), |j| *j != queued.jams) {
            writes.push(effect("UNLINK", Key::Jams(nest, id), vec![]));
            if !queued.jams.is_empty() {
                writes.push(effect("ZADD", Key::Jams(nest, id), jam_fields(&queued.jams)));
            }
        }
    }

    let waiting = |nest: &Snapshot| -> BTreeMap<SongId, Millis> {
        nest.songs
            .iter()
            .map(|q| (q.song.id.clone(), q.song.added_at))
            .collect()
    };
    let (waited, waits) = (waiting(before), waiting(after));
    let left: Vec<String> = waited
        .keys()
        .filter(|id| !waits.contains_key(*id))
        .map(SongId::to_string)
        .collect();
    if !left.is_empty() {
        writes.push(effect("ZREM", Key::PriorityQueue(nest), left));
    }
    let came = waits.iter().filter(|(id, _)| !waited.contains_key(*id));
    let came: Vec<String> = came
        .flat_map(|(id, at)| [at.0.to_string(), id.to_string()])
        .collect();
    if !came.is_empty() {
        writes.push(effect("ZADD", Key::PriorityQueue(nest), came));
    }

    write_playing(&mut writes, nest, before.playing.as_ref(), after.playing.as_ref());
    if before.volume != after.volume {
        writes.push(effect("SET", Key::Volume(nest), vec![after.volume.to_string()]));
    }
    if before.bender.streak_start != after.bender.streak_start {
        let key = Key::BenderStreakStart(nest);
        writes.push(set_or_unlink(
            key,
            after.bender.streak_start.map(|at| at.0.to_string()),
        ));
    }
    if before.bender.enabled != after.bender.enabled {
        let off = (!after.bender.enabled).then(|| BENDER_IS_OFF.to_owned());
        writes.push(set_or_unlink(Key::BenderOff(nest), off));
    }
    // Also where no key changed: only votes may be ahead in the log, which is cut off at its length, and has checkpoints of them.
    writes.push(effect(
        "SET",
        Key::Version(nest),
        vec![position_of(after).to_string()],
    ));
    writes
}

fn set_or_unlink(key: Key<'_>, value: Option<String>) -> Effect {
    match value {
        Some(value) => effect("SET", key, vec![value]),
        None => effect("UNLINK", key, vec![]),
    }
}

/// Every song that has keys: what waits and what plays.
fn held(nest: &Snapshot) -> impl Iterator<Item = &QueuedSong> {
    nest.songs.iter().chain(nest.playing.as_ref().map(|p| &p.queued))
}

fn write_playing(writes: &mut Vec<Effect>, nest: &NestId, before: Option<&Playing>, after: Option<&Playing>) {
    let id = |p: Option<&Playing>| p.map(|p| p.queued.song.id.to_string());
    if id(before) != id(after) {
        writes.push(set_or_unlink(Key::NowPlaying(nest), id(after)));
    }
    let started = |p: Option<&Playing>| p.map(|p| p.started_at.0.to_string());
    if started(before) != started(after) || id(before) != id(after) {
        writes.push(set_or_unlink(Key::StartedOn(nest), started(after)));
    }
    let paused = |p: Option<&Playing>| p.and_then(|p| p.paused_at).map(|at| at.0.to_string());
    if paused(before) != paused(after) {
        writes.push(set_or_unlink(Key::Paused(nest), paused(after)));
    }
}

/// What the nest remembers of an event beyond its queue: where Bender starts from, and what he keeps away from.
pub(crate) fn memories(event: &Event, after: &Snapshot, filter: Duration) -> Vec<Effect> {
    let nest = &after.nest.id;
    match &event.change {
        Change::Added { songs } => songs
            .last()
            .map(|song| {
                let key = if song.auto {
                    Key::LastBenderTrack(nest)
                } else {
                    Key::LastQueued(nest)
                };
                effect("SET", key, vec![song.track.uri.to_string()])
            })
            .into_iter()
            .collect(),
        Change::Started { at, .. } => after
            .playing
            .iter()
            .flat_map(|playing| {
                let song = &playing.queued.song;
                let played = filtered(nest, &song.track.uri, at.0.to_string(), filter);
                let asked_for = (!song.auto).then(|| forget_ideas(nest));
                asked_for.into_iter().flatten().chain([played])
            })
            .collect(),
        Change::Filtered { track, .. } => vec![filtered(nest, track, REJECTED.into(), filter)],
        _ => Vec::new(),
    }
}

fn filtered(nest: &NestId, track: &TrackUri, value: String, filter: Duration) -> Effect {
    let seconds = filter.as_secs().max(1).to_string();
    effect("SET", Key::Filter(nest, track), vec![value, "EX".into(), seconds])
}

fn ideas(nest: &NestId) -> impl Iterator<Item = Key<'_>> {
    Strategy::ALL
        .into_iter()
        .map(move |strategy| Key::BenderIdeas(nest, strategy))
}

/// Bender has another song to start from.
pub(crate) fn forget_ideas(nest: &NestId) -> impl Iterator<Item = Effect> {
    ideas(nest).map(|key| effect("UNLINK", key, vec![]))
}

/// The writing down of what played (in the history, and for throwbacks), at its place in the nest's log: places only ever grow, also over restarts.
pub(crate) fn remember(nest: &NestId, place: Position, played: &Played) -> Result<Vec<Effect>, EngineError> {
    let text = serde_json::to_string(played).map_err(|error| EngineError::Unreadable(error.to_string()))?;
    let bound = HISTORY_LENGTH.to_string();
    let args = [
        "MAXLEN".into(),
        "~".into(),
        bound,
        place.to_string(),
        "e".into(),
        text,
    ];
    let mut writes = vec![effect("XADD", Key::History(nest), args.into())];
    writes.extend(plays::kept(nest, played)?);
    Ok(writes)
}

/// Every key of a nest's live state, for putting it away.
pub(crate) fn live_keys(nest: &Snapshot) -> Vec<String> {
    let id = &nest.nest.id;
    let of_songs = held(nest).flat_map(|q| {
        let song = &q.song.id;
        [
            Key::Song(id, song).name(),
            Key::Votes(id, song).name(),
            Key::Jams(id, song).name(),
        ]
    });
    let own = [
        Key::Version(id),
        Key::NowPlaying(id),
        Key::StartedOn(id),
        Key::Paused(id),
        Key::PriorityQueue(id),
        Key::MasterPlayer(id),
        Key::PlayerFence(id),
        Key::LastQueued(id),
        Key::LastBenderTrack(id),
        Key::BenderStreakStart(id),
        Key::Volume(id),
        Key::LastActivity(id),
    ];
    of_songs
        .chain(own.iter().map(Key::name))
        .chain(ideas(id).map(|key| key.name()))
        .collect()
}

fn song_fields(song: &Song) -> Vec<String> {
    let track = &song.track;
    let mut fields = vec![
        ("id", song.id.to_string()),
        ("src", track.uri.source().as_str().to_owned()),
        ("trackid", track.uri.to_string()),
        ("title", track.title.clone()),
        ("artist", track.artist.clone()),
        ("album", track.album.clone()),
        ("duration", seconds(track.duration_ms)),
        ("user", song.user.id.to_string()),
        ("user_name", song.user.name.clone()),
        ("added_at", song.added_at.0.to_string()),
        ("auto", u8::from(song.auto).to_string()),
    ];
    fields.extend(track.img.clone().map(|img| ("img", img)));
    fields.extend(track.big_img.clone().map(|img| ("big_img", img)));
    fields.extend(track.hue.map(|hue| ("hue", hue.to_string())));
    fields
        .into_iter()
        .flat_map(|(name, value)| [name.to_owned(), value])
        .collect()
}

/// 92410 → `92.41`: the store speaks of seconds, as it always did.
fn seconds(milliseconds: u32) -> String {
    format!("{}.{:03}", milliseconds / 1000, milliseconds % 1000)
}

fn milliseconds(seconds: &str) -> Option<u32> {
    seconds
        .parse::<f64>()
        .ok()
        .map(|s| (s * 1000.0).round() as u32)
        .filter(|ms| *ms > 0)
}

fn vote_fields(votes: &BTreeMap<MemberId, Vote>) -> Vec<String> {
    votes
        .iter()
        .flat_map(|(member, vote)| [member.to_string(), vote.worth().to_string()])
        .collect()
}

/// Members scored by place: the order in which people said they love it.
fn jam_fields(jams: &[Person]) -> Vec<String> {
    let member = |person: &Person| format!("{}|{}", person.id, person.name);
    jams.iter()
        .enumerate()
        .flat_map(|(place, person)| [place.to_string(), member(person)])
        .collect()
}

fn parse_jam(member: &str) -> Option<Person> {
    let (id, name) = member.split_once('|')?;
    Some(Person {
        id: MemberId::parse(id).ok()?,
        name: name.to_owned(),
    })
}

fn parse_song(fields: &HashMap<String, String>) -> Option<Song> {
    let text = |name: &str| fields.get(name).cloned();
    Some(Song {
        id: SongId::parse(fields.get("id")?).ok()?,
        track: Track {
            uri: TrackUri::parse(fields.get("trackid")?).ok()?,
            title: text("title").unwrap_or_default(),
            artist: text("artist").unwrap_or_default(),
            album: text("album").unwrap_or_default(),
            duration_ms: milliseconds(fields.get("duration")?)?,
            img: text("img"),
            big_img: text("big_img"),
            hue: fields.get("hue").and_then(|hue| hue.parse().ok()),
        },
        user: Person {
            id: MemberId::parse(fields.get("user")?).ok()?,
            name: text("user_name").or_else(|| text("user"))?,
        },
        added_at: Millis(fields.get("added_at")?.parse().ok()?),
        auto: fields.get("auto").is_some_and(|auto| auto == "1"),
    })
}

/// A nest as the store has it, and what of it stands in the log alone.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub(crate) snapshot: Snapshot,
    pub(crate) votes_in_log: VotesInLog,
    /// The newest log entries, oldest first: what browsers may have missed.
    pub(crate) recent: Vec<(Position, String)>,
    /// As it was told to [`load`].
    pub(crate) house_has_bender: bool,
}

/// Reads a nest's live state. `None`: it has none, for it sleeps or never was. Where the house has no Bender he picks nowhere,
/// whatever the nest says.
pub(crate) async fn load(
    store: &Store,
    identity: Identity,
    house_has_bender: bool,
) -> Result<Option<Loaded>, EngineError> {
    for _ in 0..LOAD_ATTEMPTS {
        match load_once(store, &identity, house_has_bender).await? {
            Attempt::Loaded(loaded) => return Ok(Some(*loaded)),
            Attempt::NoLog => return Ok(None),
            Attempt::Disturbed => {}
        }
    }
    Err(EngineError::Contended)
}

enum Attempt {
    Loaded(Box<Loaded>),
    NoLog,
    /// Somebody wrote while we read.
    Disturbed,
}

async fn load_once(
    store: &Store,
    identity: &Identity,
    house_has_bender: bool,
) -> Result<Attempt, EngineError> {
    let nest = &identity.id;
    let mut first = redis::pipe();
    first.exists(Key::Log(nest).name()).get(Key::Version(nest).name());
    first.zrange(Key::PriorityQueue(nest).name(), 0, -1);
    first
        .get(Key::NowPlaying(nest).name())
        .get(Key::StartedOn(nest).name())
        .get(Key::Paused(nest).name());
    first
        .get(Key::Volume(nest).name())
        .get(Key::BenderStreakStart(nest).name())
        .exists(Key::BenderOff(nest).name());
    type First = (
        bool,
        Option<String>,
        Vec<String>,
        Option<String>,
        Option<i64>,
        Option<i64>,
        Option<u8>,
        Option<i64>,
        bool,
    );
    let (exists, written, queue, playing, started_on, paused, volume, streak, bender_is_off): First =
        store.run_all(&first).await?;
    if !exists {
        return Ok(Attempt::NoLog);
    }
    let Some(written) = written else {
        return Err(EngineError::Unreadable(format!(
            "{} is missing",
            Key::Version(nest).name()
        )));
    };
    let written: Position = written.parse()?;

    let ids: Vec<SongId> = queue
        .iter()
        .chain(&playing)
        .filter_map(|id| SongId::parse(id).ok())
        .collect();
    let mut songs = read_songs(store, nest, &ids).await?;

    let mut last = redis::pipe();
    last.get(Key::Version(nest).name());
    last.cmd("XREVRANGE")
        .arg(Key::Log(nest).name())
        .arg("+")
        .arg("-")
        .arg("COUNT")
        .arg(LOG_LENGTH);
    let (written_now, entries): (Option<String>, Entries) = store.run_all(&last).await?;
    if written_now != Some(written.to_string()) {
        return Ok(Attempt::Disturbed);
    }

    let bender_plays = house_has_bender && !bender_is_off;
    let mut snapshot = Snapshot::new(identity.clone(), written.generation, bender_plays);
    snapshot.version = written.version;
    snapshot.volume = volume.unwrap_or(DEFAULT_VOLUME).min(100);
    snapshot.bender = Bender {
        enabled: bender_plays,
        streak_start: streak.map(Millis),
    };
    if let (Some(queued), Some(started_on)) = (playing.and_then(|id| songs.remove(&id)), started_on) {
        snapshot.playing = Some(Playing {
            queued,
            started_at: Millis(started_on),
            paused_at: paused.map(Millis),
        });
    }
    snapshot.songs = queue.iter().filter_map(|id| songs.remove(id)).collect();
    snapshot
        .songs
        .sort_by(|a, b| (a.song.added_at, &a.song.id).cmp(&(b.song.added_at, &b.song.id)));

    let mut recent = Vec::with_capacity(entries.len());
    let mut votes_in_log = VotesInLog::default();
    for (id, fields) in entries.into_iter().rev() {
        let position: Position = id.parse()?;
        let mut fields: HashMap<String, String> = fields.into_iter().collect();
        let frame = fields.remove("e").unwrap_or_default();
        match fields.get(CHECKPOINT) {
            _ if position <= written => {}
            Some(checkpoint) => {
                votes_in_log = VotesInLog::from_checkpoint(checkpoint, &mut snapshot)?;
                snapshot.version = position.version;
            }
            None => votes_in_log.note(&replay(&mut snapshot, &frame)?),
        }
        if !frame.is_empty() {
            recent.push((position, frame));
        }
    }
    Ok(Attempt::Loaded(Box::new(Loaded {
        snapshot,
        votes_in_log,
        recent,
        house_has_bender,
    })))
}

fn replay(snapshot: &mut Snapshot, frame: &str) -> Result<Event, EngineError> {
    let event = parse_event(frame)?;
    if snapshot.apply(&event) == Applied::Gap {
        // A Redis that came back with less than it had acknowledged lost what stood between. What is left counts: whatever is
        // not in the keys yet is votes, and none of them needs another.
        snapshot.version = event.v - 1;
        snapshot.apply(&event);
    }
    Ok(event)
}

/// The event in a frame as the log and the channel carry it.
pub(crate) fn parse_event(frame: &str) -> Result<Event, EngineError> {
    match serde_json::from_str(frame) {
        Ok(ServerFrame::Event(event)) => Ok(event),
        Ok(_) => Err(EngineError::Unreadable("a log entry that is no event".into())),
        Err(error) => Err(EngineError::Unreadable(format!("a log entry: {error}"))),
    }
}

async fn read_songs(
    store: &Store,
    nest: &NestId,
    ids: &[SongId],
) -> Result<HashMap<String, QueuedSong>, EngineError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let mut pipe = redis::pipe();
    for id in ids {
        pipe.hgetall(Key::Song(nest, id).name());
        pipe.hgetall(Key::Votes(nest, id).name());
        pipe.zrange(Key::Jams(nest, id).name(), 0, -1);
    }
    let mut values: std::vec::IntoIter<redis::Value> =
        store.run_all::<Vec<redis::Value>>(&pipe).await?.into_iter();
    let mut songs = HashMap::with_capacity(ids.len());
    while let (Some(song), Some(votes), Some(jams)) = (values.next(), values.next(), values.next()) {
        let fields: HashMap<String, String> =
            redis::from_redis_value(song).map_err(redis::RedisError::from)?;
        let votes: HashMap<String, i32> = redis::from_redis_value(votes).map_err(redis::RedisError::from)?;
        let jams: Vec<String> = redis::from_redis_value(jams).map_err(redis::RedisError::from)?;
        let Some(song) = parse_song(&fields) else {
            tracing::error!(nest.id = %nest, song.id = fields.get("id"), "a song in the store can't be read; left out");
            continue;
        };
        let vote = |worth: i32| if worth > 0 { Vote::Up } else { Vote::Down };
        let votes = votes
            .into_iter()
            .filter_map(|(m, worth)| Some((MemberId::parse(&m).ok()?, vote(worth))));
        let queued = QueuedSong {
            votes: votes.collect(),
            jams: jams.iter().filter_map(|j| parse_jam(j)).collect(),
            song,
        };
        songs.insert(queued.song.id.to_string(), queued);
    }
    Ok(songs)
}
