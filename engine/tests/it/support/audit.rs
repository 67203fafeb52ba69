//! Reads the whole store in one go and says what does not hold together.
//!
//! Keeps a copy of each nest that only the log moves on, and holds the keys against it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use nests::nest::{MemberId, NestId};
use nests::queue::SongId;
use nests::wire::{Applied, Change, ServerFrame, Snapshot};
use serde::Deserialize;
use serde_json::Value;

use super::{House, person};

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

/// What was tried at once, and what became of it.
#[derive(Debug, Default)]
pub struct Burst {
    pub said: Vec<String>,
    /// Songs that were acknowledged: the nest, and its version with the song.
    pub added: Vec<(NestId, u64)>,
    /// Nests that somebody tried to delete.
    pub deleted: BTreeSet<NestId>,
}

pub struct Audit {
    redis: redis::aio::MultiplexedConnection,
    nests: BTreeMap<NestId, Snapshot>,
    /// The last generation of every nest that ever was.
    generations: BTreeMap<NestId, u32>,
    asleep: BTreeMap<NestId, Option<MemberId>>,
    reached: BTreeMap<&'static str, usize>,
}

#[derive(Deserialize)]
struct Kept {
    key: String,
    ttl: i64,
    #[serde(default)]
    value: Value,
}

/// The parts of a nest's entry that other keys have to agree with.
#[derive(Deserialize)]
struct Entry {
    nest_id: NestId,
    code: String,
    name: String,
    slug: Option<String>,
    creator: Option<MemberId>,
    #[serde(default)]
    old_slugs: Vec<String>,
}

/// The store at one moment.
struct Store {
    kept: HashMap<String, Kept>,
    awake: BTreeMap<NestId, Entry>,
    parked: BTreeMap<NestId, Entry>,
}

impl Audit {
    pub async fn of(house: &House) -> Self {
        let mut audit = Self {
            redis: house.redis().await,
            nests: BTreeMap::new(),
            generations: BTreeMap::new(),
            asleep: BTreeMap::new(),
            reached: BTreeMap::new(),
        };
        let found = audit.look(house, &Burst::default()).await;
        found.expect("an empty store holds together");
        audit
    }

    /// The nests that are awake.
    pub fn nests(&self) -> impl Iterator<Item = &NestId> {
        self.nests.keys()
    }

    pub fn any_asleep(&self, rng: &mut fastrand::Rng) -> Option<NestId> {
        let nests: Vec<_> = self.asleep.keys().collect();
        (!nests.is_empty()).then(|| nests[rng.usize(0..nests.len())].clone())
    }

    pub fn songs(&self, nest: &NestId) -> Vec<SongId> {
        let waiting = self
            .nests
            .get(nest)
            .map(|nest| nest.songs.iter().map(|q| q.song.id.clone()));
        waiting.into_iter().flatten().chain(self.playing(nest)).collect()
    }

    pub fn creator(&self, nest: &NestId) -> Option<&MemberId> {
        let awake = self.nests.get(nest).map(|copy| copy.nest.creator.as_ref());
        awake.or_else(|| self.asleep.get(nest).map(Option::as_ref))?
    }

    pub fn playing(&self, nest: &NestId) -> Option<SongId> {
        let playing = self.nests.get(nest)?.playing.as_ref()?;
        Some(playing.queued.song.id.clone())
    }

    /// How often what happened.
    pub const fn reached(&self) -> &BTreeMap<&'static str, usize> {
        &self.reached
    }

    fn count(&mut self, what: &'static str) {
        *self.reached.entry(what).or_default() += 1;
    }

    /// What Redis does by itself 90 seconds after a crash, and what it does within the hour.
    pub async fn heartbeat_ends(&mut self, _house: &House, nest: &NestId, who: &str) {
        let key = format!("NEST:{nest}|MEMBER:{}", person(who).id);
        let ended: redis::RedisResult<()> = redis::cmd("DEL").arg(key).query_async(&mut self.redis).await;
        ended.expect("Redis answers");
    }

    pub async fn look(&mut self, house: &House, burst: &Burst) -> Result<(), String> {
        let store = self.read().await;
        lookups_agree(&store)?;
        names_are_counted(&store)?;
        no_key_is_orphaned(&store)?;
        for (nest, version) in &burst.added {
            self.count("added");
            if !burst.deleted.contains(nest) && !store.awake.contains_key(nest) {
                return Err(format!(
                    "the song added to {nest} at {version} was acknowledged, and the nest is gone"
                ));
            }
        }
        let mut added: BTreeSet<(NestId, u64)> = burst.added.iter().cloned().collect();
        for nest in store.awake.keys() {
            self.follow(house, &store, nest, &mut added).await?;
        }
        if let Some((nest, version)) = added.iter().find(|(nest, _)| store.awake.contains_key(nest)) {
            return Err(format!(
                "the song added to {nest} at {version} was acknowledged, and its log knows nothing"
            ));
        }
        self.count_ends(&store);
        Ok(())
    }

    fn count_ends(&mut self, store: &Store) {
        let gone: Vec<NestId> = self
            .nests
            .keys()
            .filter(|nest| !store.awake.contains_key(*nest))
            .cloned()
            .collect();
        for nest in gone {
            self.nests.remove(&nest);
            self.count(if store.parked.contains_key(&nest) {
                "asleep"
            } else {
                "deleted"
            });
        }
        self.asleep = store
            .parked
            .iter()
            .map(|(nest, entry)| (nest.clone(), entry.creator.clone()))
            .collect();
    }

    async fn read(&mut self) -> Store {
        let seen: BTreeMap<String, String> = self
            .nests
            .iter()
            .map(|(nest, copy)| {
                (
                    format!("NEST:{nest}|MISC|log"),
                    format!("{}-{}", copy.generation, copy.version),
                )
            })
            .collect();
        let seen = serde_json::to_string(&seen).expect("plain data");
        let dump: redis::RedisResult<String> = redis::cmd("EVAL")
            .arg(DUMP)
            .arg(0)
            .arg(seen)
            .query_async(&mut self.redis)
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
        Store { kept, awake, parked }
    }

    /// Moves the copy of the nest on by what its log says is new, and holds the nest's keys against it.
    async fn follow(
        &mut self,
        house: &House,
        store: &Store,
        nest: &NestId,
        added: &mut BTreeSet<(NestId, u64)>,
    ) -> Result<(), String> {
        let Some(log) = store.kept.get(&format!("NEST:{nest}|MISC|log")) else {
            return Err(format!("{nest} is awake and has no log"));
        };
        let entries = log.texts();
        if let Some(first) = entries.first() {
            let generation = position(first).0;
            let before = self.generations.insert(nest.clone(), generation);
            if before.is_some_and(|before| before > generation) {
                return Err(format!("{nest} went back to generation {generation}"));
            }
            if self
                .nests
                .get(nest)
                .is_some_and(|copy| copy.generation != generation)
            {
                self.nests.remove(nest);
                added.retain(|(with_song, _)| with_song != nest); // the log that knew of it went with the generation
                self.count("restarted");
            }
        }
        for entry in entries.chunks(2) {
            let Ok(ServerFrame::Event(event)) = serde_json::from_str(&entry[1]) else {
                continue; // the mark with which a log begins
            };
            if matches!(event.change, Change::Added { .. }) {
                added.remove(&(nest.clone(), event.v));
            }
            if matches!(event.change, Change::Started { .. }) {
                self.count("played");
            }
            if let Some(copy) = self.nests.get_mut(nest)
                && event.v > copy.version
                && copy.apply(&event) != Applied::Forward
            {
                return Err(format!(
                    "{nest}: the log leaves out what comes before {}",
                    event.v
                ));
            }
        }
        let Some(copy) = self.nests.get(nest) else {
            // New to us: from now on the log has to explain everything.
            self.count(if self.asleep.contains_key(nest) {
                "woken"
            } else {
                "awake"
            });
            let first = house.engine.snapshot(nest).await;
            if let Ok(first) = first {
                self.nests.insert(nest.clone(), (*first).clone());
            }
            return Ok(());
        };
        keys_follow_the_log(store, copy)
    }
}

impl Kept {
    /// A list of texts: an empty one is `{}` in Lua's JSON.
    fn texts(&self) -> Vec<String> {
        let items = self.value.as_array().map_or(&[][..], Vec::as_slice);
        items
            .iter()
            .map(|item| item.as_str().expect("text").to_owned())
            .collect()
    }
}

fn position(id: &str) -> (u32, u64) {
    let (generation, version) = id.split_once('-').expect("a stream's id");
    (
        generation.parse().expect("digits"),
        version.parse().expect("digits"),
    )
}

/// Registry, parked nests and the keys that lead to them tell one story.
fn lookups_agree(store: &Store) -> Result<(), String> {
    let text = |key: &str| store.kept.get(key).and_then(|kept| kept.value.as_str());
    if !store.awake.contains_key(&NestId::main()) {
        return Err("the Main Nest is gone".to_owned());
    }
    if let Some(both) = store.awake.keys().find(|nest| store.parked.contains_key(*nest)) {
        return Err(format!("{both} is awake and asleep"));
    }
    let entries = || store.awake.values().chain(store.parked.values());
    for entry in entries().filter(|entry| !entry.nest_id.is_main()) {
        let code = format!("NESTS|code:{}", entry.code);
        let slug = entry.slug.as_ref().map(|slug| format!("NESTS|slug:{slug}"));
        for key in std::iter::once(code).chain(slug) {
            if text(&key) != Some(entry.nest_id.as_str()) {
                return Err(format!(
                    "{key} is {:?} and should lead to {}",
                    text(&key),
                    entry.nest_id
                ));
            }
        }
    }
    let belongs = |key: &str, id: &str| {
        entries()
            .filter(|entry| entry.nest_id.as_str() == id)
            .any(|entry| match key.split_once(':') {
                Some((_, name)) => {
                    let names = entry.slug.iter().chain(&entry.old_slugs).chain([&entry.code]);
                    names.into_iter().any(|known| known == name)
                }
                None => false,
            })
    };
    let lookups = store
        .kept
        .values()
        .filter(|kept| kept.key.starts_with("NESTS|code:") || kept.key.starts_with("NESTS|slug:"));
    for lookup in lookups {
        let id = lookup.value.as_str().unwrap_or_default();
        if !belongs(&lookup.key, id) {
            return Err(format!("{} leads to {id:?}, which does not know it", lookup.key));
        }
    }
    let due = store.kept.get("NESTS|due").map_or_else(Vec::new, Kept::texts);
    match due
        .iter()
        .find(|nest| !store.awake.keys().any(|awake| awake.as_str() == nest.as_str()))
    {
        Some(nest) => Err(format!("the player is told of {nest}, which is not awake")),
        None => Ok(()),
    }
}

/// The house knows how many nests have which name.
fn names_are_counted(store: &Store) -> Result<(), String> {
    let mut names: BTreeMap<String, u64> = BTreeMap::new();
    let nests = store.awake.values().chain(store.parked.values());
    for entry in nests.filter(|entry| !entry.nest_id.is_main()) {
        *names.entry(entry.name.clone()).or_default() += 1;
    }
    let counted = store.kept.get("NESTS|names").map_or_else(Vec::new, Kept::texts);
    let counted: BTreeMap<String, u64> = counted
        .chunks(2)
        .map(|pair| (pair[0].clone(), pair[1].parse().expect("a number")))
        .collect();
    if counted == names {
        Ok(())
    } else {
        Err(format!("the names are {names:?}, and {counted:?} were counted"))
    }
}

/// What lives for ever belongs to a nest that is awake, or sleeps and has a history, or is being removed.
fn no_key_is_orphaned(store: &Store) -> Result<(), String> {
    const FOR_EVER: i64 = -1;
    let cleanup_due = store
        .kept
        .get("NESTS|cleanup-due")
        .map_or_else(Vec::new, Kept::texts);
    for kept in store.kept.values().filter(|kept| kept.ttl == FOR_EVER) {
        let Some((nest, family)) = kept
            .key
            .strip_prefix("NEST:")
            .and_then(|rest| rest.split_once('|'))
        else {
            continue;
        };
        let is_in = |nests: &BTreeMap<NestId, Entry>| nests.keys().any(|known| known.as_str() == nest);
        let is_due = cleanup_due.iter().any(|due| due == nest);
        let may_stay = match (is_in(&store.awake), is_in(&store.parked)) {
            (true, _) => true,
            (_, true) => family == "MISC|history",
            _ => is_due,
        };
        if !may_stay {
            return Err(format!("{} is left over, for ever", kept.key));
        }
    }
    let watched = |nest: &NestId| nest.is_main() || cleanup_due.iter().any(|due| due == nest.as_str());
    match store
        .awake
        .keys()
        .chain(store.parked.keys())
        .find(|nest| !watched(nest))
    {
        Some(nest) => Err(format!("the cleanup will never look at {nest}")),
        None => Ok(()),
    }
}

/// The queue's keys say what the log says.
fn keys_follow_the_log(store: &Store, copy: &Snapshot) -> Result<(), String> {
    let nest = &copy.nest.id;
    let of = |family: &str| format!("NEST:{nest}|{family}");
    let waiting: BTreeSet<String> = copy.songs.iter().map(|q| q.song.id.to_string()).collect();
    let playing = copy.playing.as_ref().map(|p| p.queued.song.id.to_string());
    let held: BTreeSet<String> = waiting.iter().cloned().chain(playing.clone()).collect();

    let queue = store
        .kept
        .get(&of("MISC|priority-queue"))
        .map_or_else(Vec::new, Kept::texts);
    let queue: BTreeSet<String> = queue.into_iter().collect();
    if queue != waiting {
        return Err(format!(
            "{nest}: the queue holds {queue:?}, the log says {waiting:?}"
        ));
    }
    let now_playing = store
        .kept
        .get(&of("MISC|now-playing"))
        .and_then(|kept| kept.value.as_str());
    if now_playing != playing.as_deref() {
        return Err(format!("{nest}: {now_playing:?} plays, the log says {playing:?}"));
    }
    let (songs, jams) = (of("QUEUE|"), of("QUEUEJAM|"));
    let about_songs = |key: &str| {
        let rest = key
            .strip_prefix(&songs)
            .map(|rest| rest.strip_prefix("VOTE|").unwrap_or(rest));
        rest.or_else(|| key.strip_prefix(&jams)).map(str::to_owned)
    };
    for key in store.kept.keys() {
        if let Some(song) = about_songs(key)
            && !held.contains(&song)
        {
            return Err(format!("{key} is of a song that is gone"));
        }
    }
    match held
        .iter()
        .find(|song| !store.kept.contains_key(&format!("{songs}{song}")))
    {
        Some(song) => Err(format!("{nest}: the song {song} has no key")),
        None => Ok(()),
    }
}
