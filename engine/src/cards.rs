//! What is told about a nest from outside: its card, alone and in the list of all that are awake.

use nests::nest::{MemberId, NestId, NestRef, NestSlug};
use nests::time::Millis;
use nests::wire::directory::{Brief, NestCard, NestState};

use crate::Engine;
use crate::clock::{parse_rfc3339, rfc3339};
use crate::directory::Entry;
use crate::error::EngineError;
use crate::store::Key;
use crate::store::state::Entries;

/// Events among which the last one that a person caused is looked for. With nobody there the player and Bender cause few.
const NEWEST_EVENTS: usize = 32;

impl Engine {
    /// The nests that are awake, the Main Nest first, then the busiest.
    pub async fn list_nests(&self) -> Result<Vec<NestCard>, EngineError> {
        let mut cards = Vec::new();
        for entry in self.entries_awake().await? {
            cards.push(self.card(entry, NestState::Awake).await?);
        }
        cards.sort_by(|a, b| {
            (b.is_main, b.member_count)
                .cmp(&(a.is_main, a.member_count))
                .then_with(|| a.created_at.cmp(&b.created_at))
        });
        Ok(cards)
    }

    pub async fn get_nest(&self, nest: &NestRef) -> Result<NestCard, EngineError> {
        let (entry, state) = self.find(nest).await?;
        self.card(entry, state).await
    }

    /// The latest sign of life: something that a person did, somebody's coming or going, the entry itself. What the player and
    /// Bender do by themselves is none.
    pub(crate) async fn last_activity(&self, entry: &Entry) -> Result<Millis, EngineError> {
        let nest = &entry.nest_id;
        let mut read = redis::pipe();
        read.get(Key::LastActivity(nest).name());
        read.cmd("XREVRANGE")
            .arg(Key::Log(nest).name())
            .arg("+")
            .arg("-")
            .arg("COUNT")
            .arg(NEWEST_EVENTS);
        let (people, newest): (Option<i64>, Entries) = self.inner.store.run_all(&read).await?;
        let frames = newest.iter().filter_map(|(_, fields)| fields.first());
        let mut events = frames.filter_map(|(_, frame)| crate::store::state::parse_event(frame).ok());
        let event = events.find(|event| event.by.as_ref().is_some_and(|by| *by != MemberId::bender()));
        let signs = [
            parse_rfc3339(&entry.last_activity),
            people.map(Millis),
            event.map(|event| event.at),
        ];
        Ok(signs.into_iter().flatten().max().unwrap_or_default())
    }

    pub(crate) async fn card(&self, entry: Entry, state: NestState) -> Result<NestCard, EngineError> {
        let (now_playing, member_count, last_activity) = match state {
            NestState::Awake => (
                self.now_playing(&entry.nest_id).await?,
                self.people(&entry.nest_id).await?.count,
                rfc3339(self.last_activity(&entry).await?),
            ),
            NestState::Asleep => (None, 0, entry.last_activity),
        };
        let settings = &self.inner.settings;
        let place = entry.slug.as_ref().map_or(entry.code.as_str(), NestSlug::as_str);
        let (url, short_url) = match entry.is_main {
            true => (format!("{}/", settings.public_url), settings.short_host.clone()),
            false => (
                format!("{}/nest/{}", settings.public_url, entry.code),
                format!("{}/{place}", settings.short_host),
            ),
        };
        Ok(NestCard {
            nest_id: entry.nest_id,
            code: entry.code,
            name: entry.name,
            slug: entry.slug,
            creator: entry.creator_name,
            created_at: entry.created_at,
            last_activity,
            ttl_minutes: entry.ttl_minutes,
            is_main: entry.is_main,
            state,
            asleep_since: entry.asleep_since,
            generation: entry.generation,
            restart_count: entry.restart_count,
            restarted_at: entry.restarted_at,
            member_count,
            now_playing,
            url,
            short_url,
            emoji: entry.emoji,
            seed_uri: entry.seed_uri,
            seed_unverified: entry.seed_unverified,
            genre_hint: entry.genre_hint,
        })
    }

    async fn now_playing(&self, nest: &NestId) -> Result<Option<Brief>, EngineError> {
        if let Some(live) = self.inner.hub.held(nest) {
            let track = live
                .snapshot()
                .playing
                .as_ref()
                .map(|p| p.queued.song.track.clone());
            return Ok(track.map(|t| Brief {
                title: t.title,
                artist: t.artist,
            }));
        }
        let mut get = redis::cmd("GET");
        get.arg(Key::NowPlaying(nest).name());
        let id: Option<String> = self.inner.store.run(&get).await?;
        let Some(song) = id.and_then(|id| nests::queue::SongId::parse(&id).ok()) else {
            return Ok(None);
        };
        let mut read = redis::cmd("HMGET");
        read.arg(Key::Song(nest, &song).name()).arg("title").arg("artist");
        let (title, artist): (Option<String>, Option<String>) = self.inner.store.run(&read).await?;
        Ok(title.map(|title| Brief {
            title,
            artist: artist.unwrap_or_default(),
        }))
    }
}
