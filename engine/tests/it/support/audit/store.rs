//! The whole store at one moment, read in one go.

use std::collections::{BTreeMap, HashMap};

use nests::nest::{MemberId, NestId, NestName, NestSlug};
use nests::queue::{Song, SongId};
use nests::time::Millis;
use nests::track::TrackUri;
use nests::wire::snapshot::Identity;
use nests::wire::{Event, ServerFrame, Snapshot};
use serde::Deserialize;
use serde_json::Value;

/// All keys with type, life and value; of logs only what came after the positions in ARGV[1].
const DUMP: &str = r"
local seen = cjson.decode(ARGV[1])
local dump = {}
for _, key in ipairs(redis.call('KEYS', '*')) do
  local kind, value = redis.call('TYPE', key).ok, nil
  if kind == 'string' then value = redis.call('GET', key)
  elseif kind == 'hash' then value = redis.call('HGETALL', key)
  elseif kind == 'set' then value = redis.call('SMEMBERS', key)
  elseif kind == 'zset' then value = redis.call('ZRANGE', key, 0, -1)
  elseif kind == 'stream' and string.find(key, '|MISC|log', 1, true) then
    value = {}
    for _, entry in ipairs(redis.call('XRANGE', key, seen[key] and ('(' .. seen[key]) or '-', '+')) do
      value[#value + 1] = entry[1]
      value[#value + 1] = entry[2][2]
    end
  end
  dump[#dump + 1] = {key = key, ttl = redis.call('TTL', key), value = value}
end
return cjson.encode(dump)";

#[derive(Deserialize)]
pub struct Kept {
    pub key: String,
    pub ttl: i64,
    #[serde(default)]
    pub value: Value,
}

/// The parts of a nest's entry that other keys have to agree with.
#[derive(Deserialize)]
pub struct Entry {
    pub nest_id: NestId,
    pub code: String,
    pub name: NestName,
    pub slug: Option<NestSlug>,
    pub creator: Option<MemberId>,
    #[serde(default)]
    pub old_slugs: Vec<NestSlug>,
}

/// By what a song is known to whoever brought it, as its key has it or the history.
#[derive(Clone)]
pub struct Held {
    pub track: TrackUri,
    pub by: MemberId,
    pub added_at: Millis,
}

pub struct Store {
    pub kept: HashMap<String, Kept>,
    pub awake: BTreeMap<NestId, Entry>,
    pub parked: BTreeMap<NestId, Entry>,
}

impl Store {
    /// `known` are the nests whose logs were read before, as far as they were.
    pub async fn read<'a>(
        redis: &mut redis::aio::MultiplexedConnection,
        known: impl Iterator<Item = &'a Snapshot>,
    ) -> Self {
        let place = |copy: &Snapshot| {
            (
                format!("NEST:{}|MISC|log", copy.nest.id),
                format!("{}-{}", copy.generation, copy.version),
            )
        };
        let seen: BTreeMap<String, String> = known.map(place).collect();
        let seen = serde_json::to_string(&seen).expect("plain data");
        let dump: redis::RedisResult<String> = redis::cmd("EVAL")
            .arg(DUMP)
            .arg(0)
            .arg(seen)
            .query_async(redis)
            .await;
        let dump: Vec<Kept> = serde_json::from_str(&dump.expect("Redis answers")).expect("JSON");
        let kept: HashMap<String, Kept> = dump.into_iter().map(|kept| (kept.key.clone(), kept)).collect();
        let entries = |key: &str| -> BTreeMap<NestId, Entry> {
            let fields = kept.get(key).map_or_else(Vec::new, Kept::texts);
            let entries = fields
                .chunks(2)
                .map(|pair| serde_json::from_str(&pair[1]).expect("an entry"));
            entries
                .map(|entry: Entry| (entry.nest_id.clone(), entry))
                .collect()
        };
        let (awake, parked) = (entries("NESTS|registry"), entries("NESTS|parked"));
        Self { kept, awake, parked }
    }

    pub fn texts(&self, key: &str) -> Vec<String> {
        self.kept.get(key).map_or_else(Vec::new, Kept::texts)
    }

    pub fn text(&self, key: &str) -> Option<&str> {
        self.kept.get(key).and_then(|kept| kept.value.as_str())
    }

    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.awake.values().chain(self.parked.values())
    }

    /// What is new in a nest's log, and of which generation it is. `None`: nothing is new; an error: it has no log.
    pub fn news(&self, nest: &NestId) -> Result<Option<(u32, Vec<Event>)>, String> {
        let log = self.kept.get(&format!("NEST:{nest}|MISC|log"));
        let entries = log
            .ok_or_else(|| format!("{nest} is awake and has no log"))?
            .texts();
        let Some(first) = entries.first() else {
            return Ok(None);
        };
        let (generation, _) = first.split_once('-').expect("a stream's id");
        let events = entries
            .chunks(2)
            .filter_map(|entry| match serde_json::from_str(&entry[1]) {
                Ok(ServerFrame::Event(event)) => Some(event),
                _ => None, // the mark with which a log begins
            });
        Ok(Some((generation.parse().expect("digits"), events.collect())))
    }

    pub fn held(&self, nest: &NestId) -> HashMap<SongId, Held> {
        let family = format!("NEST:{nest}|QUEUE|");
        let songs = self.kept.values().filter_map(|kept| {
            let song = SongId::parse(kept.key.strip_prefix(&family)?).ok()?;
            let fields = kept.texts();
            let field = |name: &str| {
                let pair = fields.chunks(2).find(|pair| pair[0] == name);
                pair.map(|pair| pair[1].clone()).unwrap_or_default()
            };
            let held = Held {
                track: TrackUri::parse(&field("trackid")).expect("a track"),
                by: MemberId::parse(&field("user")).expect("a person"),
                added_at: Millis(field("added_at").parse().expect("a time")),
            };
            Some((song, held))
        });
        songs.collect()
    }
}

impl Held {
    pub fn of(song: &Song) -> Self {
        Self {
            track: song.track.uri.clone(),
            by: song.user.id.clone(),
            added_at: song.added_at,
        }
    }
}

impl Entry {
    pub fn identity(&self) -> Identity {
        Identity {
            id: self.nest_id.clone(),
            name: self.name.clone(),
            slug: self.slug.clone(),
            creator: self.creator.clone(),
        }
    }
}

impl Kept {
    /// A list of texts: an empty one is `{}` in Lua's JSON.
    pub fn texts(&self) -> Vec<String> {
        let items = self.value.as_array().map_or(&[][..], Vec::as_slice);
        items
            .iter()
            .map(|item| item.as_str().expect("text").to_owned())
            .collect()
    }
}
