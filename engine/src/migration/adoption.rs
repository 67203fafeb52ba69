//! Taking over the queue that an older installation left in the Main Nest's keys: at every start, where there is one.
//!
//! The older program numbered its songs, kept people by their addresses and dates as text. What it left is read once and
//! written anew as this program keeps it, by one script and in a new generation; a start without such leavings costs one
//! look. How the keys came to the Main Nest (by [`super::migrate_keys`], or by the older program itself) is no matter.

use std::collections::HashMap;

use jiff::tz::TimeZone;
use nests::nest::NestId;
use nests::playback::Playing;
use nests::queue::{QueuedSong, SongId};
use nests::time::Millis;
use nests::wire::Snapshot;
use redis::from_redis_value;

use super::date;
use super::song::{OldSong, new_id};
use crate::Engine;
use crate::error::EngineError;
use crate::store::keys::older;
use crate::store::state::{Effect, effects, load, position_of};
use crate::store::{Key, scripts};

/// Songs without a known moment are set so far apart, in the order of their numbers.
const BETWEEN_SONGS_MS: i64 = 1_000;
/// What PTTL answers of a key that lives until somebody removes it.
const NO_END: i64 = -1;

/// What an older installation left of its queue.
struct Leavings {
    /// The song that played, where it is one of theirs.
    playing: Option<String>,
    /// Songs that wait, in the order of their numbers.
    waiting: Vec<String>,
    started_on: Option<Vec<u8>>,
    paused: Option<Vec<u8>>,
    streak_start: Option<Vec<u8>>,
    /// The older player's clock, which stood still during pauses.
    player_now: Option<Vec<u8>>,
    /// The older player's lease without an end, which nobody would ever give back. Ours always have one.
    stuck_lease: bool,
}

impl Engine {
    pub(crate) async fn adopt_older_queue(&self) -> Result<(), EngineError> {
        let main = NestId::main();
        let Some(left) = self.leavings(&main).await? else {
            return Ok(());
        };
        self.respell_dates(&main, &left).await?;
        let identity = self.entry(&main).await?.identity();
        let Some(loaded) = load(&self.inner.store, identity, self.inner.settings.use_bender).await? else {
            return Err(EngineError::NestAsleep);
        };
        let before = loaded.snapshot;
        let mut after = before.clone();
        after.generation += 1;
        after.version = 0;

        let songs = self.old_songs(&main, &left).await?;
        let taken_over = self.place(&mut after, &left, songs);
        let mut writes = farewell(&main, &left, &after);
        writes.extend(effects(&before, &after, &loaded.votes_in_log));
        let position = position_of(&after).to_string();

        let mut adopt = scripts::ADOPT.key(Key::Log(&main).name());
        adopt.arg(position_of(&before).to_string()).arg(position);
        for write in &writes {
            adopt.key(&write.key);
            adopt.arg(write.args.len()).arg(write.command).arg(&write.args);
        }
        match self.inner.store.script::<String>(&adopt).await?.as_str() {
            "ok" => tracing::info!(songs = taken_over, "took over the queue of an older installation"),
            _ => tracing::info!("another process took over the queue of an older installation"),
        }
        Ok(())
    }

    /// `None`: there is nothing that is not ours.
    async fn leavings(&self, main: &NestId) -> Result<Option<Leavings>, EngineError> {
        let mut look = redis::pipe();
        look.get(Key::NowPlaying(main).name())
            .zrange(Key::PriorityQueue(main).name(), 0, -1);
        look.get(Key::StartedOn(main).name())
            .get(Key::Paused(main).name())
            .get(Key::BenderStreakStart(main).name())
            .get(older::named_within(main, older::PLAYER_NOW))
            .pttl(Key::MasterPlayer(main).name());
        type Found = (
            Option<String>,
            Vec<String>,
            Option<Vec<u8>>,
            Option<Vec<u8>>,
            Option<Vec<u8>>,
            Option<Vec<u8>>,
            i64,
        );
        let (playing, queue, started_on, paused, streak_start, player_now, lease_life): Found =
            self.inner.store.run_all(&look).await?;
        let is_theirs = |id: &String| SongId::parse(id).is_err();
        let mut waiting: Vec<String> = queue.into_iter().filter(is_theirs).collect();
        waiting.sort_by_cached_key(|id| (id.parse::<u64>().unwrap_or(u64::MAX), id.clone()));
        let left = Leavings {
            playing: playing.filter(is_theirs),
            waiting,
            started_on,
            paused,
            streak_start,
            player_now,
            stuck_lease: lease_life == NO_END,
        };
        let dates = [&left.started_on, &left.paused, &left.streak_start];
        let has_their_dates = dates.into_iter().flatten().any(|date| !is_ours(date));
        let has_their_songs = left.playing.is_some() || !left.waiting.is_empty();
        Ok((has_their_songs || has_their_dates || left.stuck_lease).then_some(left))
    }

    /// Dates as milliseconds, so that the nest can be read at all; what is no date goes.
    async fn respell_dates(&self, main: &NestId, left: &Leavings) -> Result<(), EngineError> {
        let zone = TimeZone::system();
        let dates = [
            (Key::StartedOn(main), &left.started_on, None),
            (Key::Paused(main), &left.paused, Some(self.now())),
            (Key::BenderStreakStart(main), &left.streak_start, None),
        ];
        for (key, found, otherwise) in dates {
            let Some(found) = found.as_ref().filter(|date| !is_ours(date)) else {
                continue;
            };
            let mut write = redis::cmd("SET");
            match date::read(found, &zone).or(otherwise) {
                Some(at) => write.arg(key.name()).arg(at.0),
                None => {
                    write = redis::cmd("UNLINK");
                    write.arg(key.name())
                }
            };
            self.inner.store.run::<()>(&write).await?;
        }
        Ok(())
    }

    async fn old_songs(&self, main: &NestId, left: &Leavings) -> Result<Vec<OldSong>, EngineError> {
        let ids: Vec<&String> = left.waiting.iter().chain(&left.playing).collect();
        let mut kinds = redis::pipe();
        for id in &ids {
            kinds.cmd("TYPE").arg(older::song(main, id)[1].as_str());
        }
        let kinds: Vec<String> = match ids.is_empty() {
            true => Vec::new(),
            false => self.inner.store.run_all(&kinds).await?,
        };
        let mut songs = Vec::with_capacity(ids.len());
        for (id, kind) in ids.into_iter().zip(kinds) {
            let [song, votes, jams] = older::song(main, id);
            let mut read = redis::pipe();
            read.hgetall(song).zrange(jams, 0, -1);
            match kind.as_str() {
                "set" => read.smembers(votes),
                "hash" => read.hkeys(votes),
                _ => read.cmd("ECHO").arg(""),
            };
            let (fields, jams, voters): (redis::Value, Vec<String>, redis::Value) =
                self.inner.store.run_all(&read).await?;
            songs.push(OldSong {
                id: id.clone(),
                fields: lossy_fields(fields)?,
                voters: from_redis_value(voters).unwrap_or_default(),
                jams,
            });
        }
        Ok(songs)
    }

    /// Puts the songs where they belong. Answers how many could be taken over.
    fn place(&self, after: &mut Snapshot, left: &Leavings, songs: Vec<OldSong>) -> usize {
        let (now, zone) = (self.now(), TimeZone::system());
        let count = songs.len() as i64;
        let mut taken_over = 0;
        for (place, song) in songs.into_iter().enumerate() {
            let told = song
                .fields
                .get("added_at")
                .and_then(|at| date::read(at.as_bytes(), &zone));
            let asked_at = told.unwrap_or(now.plus((place as i64 - count) * BETWEEN_SONGS_MS));
            match song.read(&self.inner.settings.address_key, asked_at) {
                Ok(queued) if left.playing.as_ref() == Some(&song.id) => {
                    after.playing = Some(left.playing(queued, now, &zone));
                }
                // Where Bender is off nothing of his waits.
                Ok(queued) if queued.song.auto && !after.bender.enabled => continue,
                Ok(queued) => after.songs.push(queued),
                Err(why) => {
                    tracing::warn!(%why, "a song of an older installation is left out");
                    continue;
                }
            }
            taken_over += 1;
        }
        after
            .songs
            .sort_by(|a, b| (a.song.added_at, &a.song.id).cmp(&(b.song.added_at, &b.song.id)));
        taken_over
    }
}

impl Leavings {
    /// The song goes on where the older player's clock stopped: what it had still to play is played.
    fn playing(&self, queued: QueuedSong, now: Millis, zone: &TimeZone) -> Playing {
        let moment = |text: &Option<Vec<u8>>| text.as_ref().and_then(|text| date::read(text, zone));
        let stopped = moment(&self.player_now).or(moment(&self.paused)).unwrap_or(now);
        let position = moment(&self.started_on).map_or(0, |started| stopped.since(started).max(0));
        Playing {
            started_at: now.plus(-position),
            paused_at: self.paused.is_some().then_some(now),
            queued,
        }
    }
}

/// Removes what is now written in our way, and the older player's clock. Songs that were left out keep their keys.
fn farewell(main: &NestId, left: &Leavings, after: &Snapshot) -> Vec<Effect> {
    let write = |command, key, args| Effect { command, key, args };
    let mut writes = Vec::new();
    let taken_over = |old: &String| {
        let id = new_id(old);
        after.song_or_playing(&id).is_some()
    };
    for id in left
        .waiting
        .iter()
        .chain(&left.playing)
        .filter(|id| taken_over(id))
    {
        writes.extend(older::song(main, id).map(|key| write("UNLINK", key, vec![])));
    }
    if !left.waiting.is_empty() {
        writes.push(write(
            "ZREM",
            Key::PriorityQueue(main).name(),
            left.waiting.clone(),
        ));
    }
    if left.playing.is_some() {
        for key in [Key::NowPlaying(main), Key::StartedOn(main), Key::Paused(main)] {
            writes.push(write("UNLINK", key.name(), vec![]));
        }
    }
    if left.stuck_lease {
        writes.push(write("UNLINK", Key::MasterPlayer(main).name(), vec![]));
    }
    for key in [older::PLAYER_NOW, older::CURRENT_DONE] {
        writes.push(write("UNLINK", older::named_within(main, key), vec![]));
    }
    writes
}

/// Milliseconds, as we write them. `1`, the older program's way to say "paused", is a number, too, and does no harm: it
/// only comes with a song of theirs.
fn is_ours(date: &[u8]) -> bool {
    std::str::from_utf8(date).is_ok_and(|text| text.parse::<i64>().is_ok())
}

/// A song's fields; the older program kept what its sources answered among them, in whatever bytes that was.
fn lossy_fields(value: redis::Value) -> Result<HashMap<String, String>, EngineError> {
    let fields: HashMap<Vec<u8>, Vec<u8>> = from_redis_value(value).map_err(redis::RedisError::from)?;
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Ok(fields
        .into_iter()
        .map(|(name, value)| (text(name), text(value)))
        .collect())
}
