//! Bender's picks: a strategy is drawn, its ideas are weighed, and what has no answer falls through to the next.
//!
//! Which strategy, which candidate and from where are rules of `nests::bender`; where ideas come from and how long they
//! are good stands in [`ideas`]. Here they meet. No source can keep Bender waiting for long, and none can silence him: with
//! all of them failing there is the library.

mod ideas;
mod last_resort;

use std::collections::HashMap;

use nests::bender::{Heard, Seeds, Strategy, Taste, choose, in_order, is_heard_by_most};
use nests::nest::{NestId, Person, sonic};
use nests::queue::{Song, SongId};
use nests::track::{Source, Track, TrackUri};
use nests::wire::{Change, Snapshot};
use tokio::time::{Duration, Instant, timeout_at};

use self::ideas::{Idea, Wish};
use self::last_resort::LastResort;
use crate::Engine;
use crate::error::EngineError;
use crate::live::LiveNest;
use crate::source::{Alike, MusicSource, SourceError, Sources};
use crate::store::Key;
use crate::store::state::REJECTED;

/// How long one topping-up may wait for sources, all in all. Less than a player may be late without anybody hearing it
/// (`nests::playback::step::SEAMLESS_MS`), for the nests that come after this one in the player's round.
pub(crate) const PATIENCE: Duration = Duration::from_millis(1_500);
/// Throwbacks looked up at their source for one pick: some tracks of the past are gone.
const THROWBACK_LOOKUPS: usize = 4;

/// What the people in a nest can hear.
#[derive(Clone)]
struct Ears {
    /// The nest's.
    sources: Sources,
    /// Most of them have an account connected.
    accounts: bool,
}

impl Ears {
    fn hear(&self, source: &dyn MusicSource) -> bool {
        self.accounts || !source.needs_account()
    }
}

/// What a pick starts from.
#[derive(Clone, Debug)]
struct Start {
    seed: Track,
    /// The seed's genre, as far as anybody in the house has notes about it or its artist.
    genre: Option<String>,
    /// The nest's own genre, or its name's.
    hint: Option<String>,
    taste: Taste,
}

impl Start {
    /// Whose list the strategy picks from. Where nobody knows the seed's genre, its share goes to the nest's own.
    const fn list_of(&self, strategy: Strategy) -> Strategy {
        match strategy {
            Strategy::Genre if self.genre.is_none() => Strategy::GenreHint,
            strategy => strategy,
        }
    }
}

/// A track, and whom a throwback is credited to.
struct Pick {
    track: Track,
    by: Option<Person>,
}

/// What became of an idea when it was to be picked.
enum Facts {
    Known(Track),
    /// Its source has it no more, or may not play it here.
    Gone,
    /// Its source can't say now.
    Unknown,
}

impl Engine {
    /// Up to `count` songs that Bender would play next.
    pub(crate) async fn bender_picks(
        &self,
        live: &LiveNest,
        count: usize,
        until: Instant,
    ) -> Result<Vec<Song>, EngineError> {
        let snapshot = live.snapshot();
        let ears = self.ears_in(live).await?;
        let start = self.start_of(&snapshot, (&ears, until)).await?;
        let mut songs: Vec<Song> = Vec::with_capacity(count);
        let mut imagined = (*snapshot).clone();
        let mut last = LastResort::of(self.library());
        for place in 0..count {
            let pick = self.pick(&imagined, start.as_ref(), (&ears, until)).await?;
            let pick = match pick {
                Some(pick) => Some(pick),
                None => self.pick_from_library(&imagined, &ears, &mut last).await?,
            };
            let Some(pick) = pick else {
                break;
            };
            let song = Song {
                id: SongId::from_roll(crate::random::roll()),
                track: pick.track,
                user: pick.by.unwrap_or_else(Person::bender),
                // Apart by a millisecond each, so that they play in the order of picking.
                added_at: self.now().plus(place as i64),
                auto: true,
            };
            let added = Change::Added {
                songs: vec![song.clone()],
            };
            imagined.change(&added, song.added_at);
            songs.push(song);
        }
        Ok(songs)
    }

    /// Who is here, and how many of them chose to hear the nest through an account.
    async fn ears_in(&self, live: &LiveNest) -> Result<Ears, EngineError> {
        let mut ears = Ears {
            sources: self.sources_of(Some(&live.id)).await?,
            accounts: false,
        };
        if !ears.sources.iter().any(|source| source.needs_account()) {
            return Ok(ears);
        }
        let here = live.people().map(|people| people.people).unwrap_or_default();
        if here.is_empty() {
            return Ok(ears);
        }
        let mut count = redis::cmd("EXISTS");
        for listener in &here {
            count.arg(Key::Hearing(&live.id, &listener.person.id).name());
        }
        let through_accounts: usize = self.inner.store.run(&count).await?;
        ears.accounts = is_heard_by_most(here.len(), through_accounts);
        Ok(ears)
    }

    /// `None`: no seed's facts could be had in time.
    async fn start_of(
        &self,
        nest: &Snapshot,
        (ears, until): (&Ears, Instant),
    ) -> Result<Option<Start>, EngineError> {
        let id = &nest.nest.id;
        let mut read = redis::pipe();
        read.get(Key::LastQueued(id).name())
            .get(Key::LastBenderTrack(id).name());
        let (queued, picked): (Option<String>, Option<String>) = self.inner.store.run_all(&read).await?;
        let entry = self.entry(id).await?;
        let uri = |text: Option<String>| TrackUri::parse(&text?).ok();
        let seeds = Seeds {
            last_queued: uri(queued),
            last_picked: uri(picked),
            playing: nest.playing.as_ref().map(|p| p.queued.song.track.uri.clone()),
            nests: uri(entry.seed_uri),
            name: entry.name.as_str().to_owned(),
        };
        let names = || sonic::behind(entry.name.as_str()).map(|sonic| sonic.genre.clone());
        let hint = entry.genre_hint.or_else(names);
        let taste = Taste {
            is_main: id.is_main(),
            has_hint: hint.is_some(),
        };
        let seed = first_known(seeds, nest, (ears, until)).await;
        Ok(seed.map(|seed| Start {
            genre: ears.sources.genre_like(&seed),
            seed,
            hint,
            taste,
        }))
    }

    /// `None`: no strategy has an answer.
    async fn pick(
        &self,
        nest: &Snapshot,
        start: Option<&Start>,
        (ears, until): (&Ears, Instant),
    ) -> Result<Option<Pick>, EngineError> {
        let Some(start) = start else {
            return Ok(None);
        };
        let began = Instant::now();
        let roll = crate::random::roll();
        for strategy in in_order(&self.inner.settings.bender_weights, start.taste, roll) {
            let strategy = start.list_of(strategy);
            if let Some(pick) = self.pick_by(strategy, nest, start, (ears, until)).await? {
                let duration_us = began.elapsed().as_micros() as u64;
                tracing::debug!(nest.id = %nest.nest.id, ?strategy, duration_us, "Bender picked");
                return Ok(Some(pick));
            }
        }
        Ok(None)
    }

    /// `None`: the strategy has no idea, or none that the nest has not heard lately.
    async fn pick_by(
        &self,
        strategy: Strategy,
        nest: &Snapshot,
        start: &Start,
        (ears, until): (&Ears, Instant),
    ) -> Result<Option<Pick>, EngineError> {
        let id = &nest.nest.id;
        let Some(wish) = wish_of(strategy, start) else {
            return Ok(None);
        };
        let mut ideas = self.ideas(id, strategy, wish, (ears, until)).await?;
        if ideas.is_empty() {
            return Ok(None);
        }
        // After midnight it is no day for yesterday's throwbacks.
        let is_same_weekday = self.inner.settings.zone.same_weekday_before(self.now());
        ideas.retain(|idea| idea.played_at().is_none_or(&is_same_weekday));
        let uris: Vec<TrackUri> = ideas.iter().map(|idea| idea.uri().clone()).collect();
        let mut filtered: Vec<TrackUri> = self.filters(id, &uris).await?.into_keys().collect();
        filtered.extend(
            uris.iter()
                .filter(|uri| !self.fits(nest, ears, uri.source()))
                .cloned(),
        );
        for _ in 0..THROWBACK_LOOKUPS {
            let Some(place) = choose(&uris, nest, &filtered, crate::random::roll()) else {
                // All of it was heard, is of another day, or can't be looked up now: the next draw asks anew.
                self.forget_ideas(id, strategy).await?;
                return Ok(None);
            };
            let idea = &ideas[place];
            match facts(idea, (ears, until)).await {
                Facts::Known(track) => {
                    self.use_up(id, strategy, idea).await?;
                    let by = idea.by().cloned();
                    return Ok(Some(Pick { track, by }));
                }
                Facts::Gone => self.use_up(id, strategy, idea).await?,
                // While its source is silent, only what is known without it can play.
                Facts::Unknown => {
                    let silent = ideas.iter().filter(|other| {
                        other.known().is_none() && other.uri().source() == idea.uri().source()
                    });
                    filtered.extend(silent.map(|other| other.uri().clone()));
                }
            }
            filtered.push(uris[place].clone());
        }
        Ok(None)
    }

    /// Whether people can hear what it has, and a nest that is held to one source may have it.
    fn fits(&self, nest: &Snapshot, ears: &Ears, source: Source) -> bool {
        if !ears.sources.of(source).is_ok_and(|source| ears.hear(source)) {
            return false;
        }
        self.inner.settings.mixed_sources || nest.source().is_none_or(|held| held == source)
    }

    /// The filtered ones of these tracks, and why.
    async fn filters(
        &self,
        nest: &NestId,
        uris: &[TrackUri],
    ) -> Result<HashMap<TrackUri, Heard>, EngineError> {
        if uris.is_empty() {
            return Ok(HashMap::new());
        }
        let mut read = redis::cmd("MGET");
        for uri in uris {
            read.arg(Key::Filter(nest, uri).name());
        }
        let values: Vec<Option<String>> = self.inner.store.run(&read).await?;
        let filtered = |(value, uri): (Option<String>, &TrackUri)| {
            let heard = match value?.as_str() {
                REJECTED => Heard::Rejected,
                // An older program's values are of no kind that could be read: played, but nobody knows when.
                at => Heard::Played(at.parse().unwrap_or_default()),
            };
            Some((uri.clone(), heard))
        };
        Ok(values.into_iter().zip(uris).filter_map(filtered).collect())
    }
}

/// The facts about an idea's track. A source is asked also about what played here before: only it knows whether the track may
/// still be heard. Where it can't say, what is known must do.
async fn facts(idea: &Idea, (ears, until): (&Ears, Instant)) -> Facts {
    let (uri, known) = match idea {
        Idea::Track(track) => return Facts::Known(track.clone()),
        Idea::Throwback { track, known, .. } => (track, known),
    };
    match timeout_at(until, ears.sources.track(uri)).await {
        Ok(Ok(track)) => Facts::Known(track),
        Ok(Err(SourceError::NotFound | SourceError::NotPlayable | SourceError::NotSetUp)) => Facts::Gone,
        Ok(Err(_)) | Err(_) => known.clone().map_or(Facts::Unknown, Facts::Known),
    }
}

/// The first seed whose facts are at hand, or that its source knows.
async fn first_known(seeds: Seeds, nest: &Snapshot, (ears, until): (&Ears, Instant)) -> Option<Track> {
    let playing = nest.playing.as_ref().map(|p| &p.queued);
    let here: HashMap<&TrackUri, &Track> = nest
        .songs
        .iter()
        .chain(playing)
        .map(|q| (&q.song.track.uri, &q.song.track))
        .collect();
    for seed in seeds.in_order() {
        if let Some(track) = here.get(&seed.uri) {
            return Some((*track).clone());
        }
        if let Ok(Ok(track)) = timeout_at(until, ears.sources.track(&seed.uri)).await {
            return Some(track);
        }
        if let Some(told) = seed.told {
            return Some(Track {
                uri: seed.uri,
                title: told.seed_title,
                artist: told.seed_artist,
                album: String::new(),
                duration_ms: 0,
                img: None,
                big_img: None,
                hue: None,
            });
        }
    }
    None
}

/// What a strategy asks for; `None`: there is nothing to go by.
fn wish_of(strategy: Strategy, start: &Start) -> Option<Wish> {
    let seed = || start.seed.clone();
    Some(match strategy {
        Strategy::Genre => Wish::Sources(Alike::Genre(start.genre.clone()?)),
        Strategy::GenreHint => Wish::Sources(Alike::Genre(start.hint.clone()?)),
        Strategy::ArtistSearch => Wish::Sources(Alike::Artist(seed())),
        Strategy::ArtistAlbums => Wish::Sources(Alike::ArtistsAlbums(seed())),
        Strategy::Album => Wish::Sources(Alike::Album(seed())),
        Strategy::Throwback if start.taste.is_main => Wish::Throwbacks,
        Strategy::Throwback => return None,
    })
}
