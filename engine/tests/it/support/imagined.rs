//! A source of music that has twenty thousand tracks of everything, and fails as it is told.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use engine::source::{Alike, Answer, MusicSource, SearchPage, SourceError};
use nests::track::{Source, Track, TrackUri};

/// How the source answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    Fails(SourceError),
    HasNothing,
    Hangs,
}

/// What Bender asked for, without the details.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Asked {
    Genre,
    Artist,
    ArtistsAlbums,
    Album,
    Track,
}

pub const EVERY_QUESTION: [Asked; 5] = [
    Asked::Genre,
    Asked::Artist,
    Asked::ArtistsAlbums,
    Asked::Album,
    Asked::Track,
];

#[derive(Default)]
pub struct Imagined {
    moods: Mutex<HashMap<Asked, Mood>>,
    questions: Mutex<Vec<(Asked, String)>>,
    lookups: Mutex<Vec<TrackUri>>,
    genre: Mutex<Option<String>>,
    needs_account: AtomicBool,
}

/// Of each question's answers.
const TRACKS: u64 = 20_000;

impl Imagined {
    pub fn is(&self, asked: Asked, mood: Mood) {
        lock(&self.moods).insert(asked, mood);
    }

    /// From now on people hear it through accounts of their own alone.
    pub fn needs_an_account(&self) {
        self.needs_account.store(true, Ordering::Relaxed);
    }

    pub fn is_well_again(&self) {
        lock(&self.moods).clear();
    }

    /// From now on its notes say that all it has is of this genre.
    pub fn notes_the_genre(&self, genre: &str) {
        *lock(&self.genre) = Some(genre.to_owned());
    }

    /// The tracks that it was asked for by their URI since the last time.
    pub fn take_lookups(&self) -> Vec<TrackUri> {
        std::mem::take(&mut *lock(&self.lookups))
    }

    /// What was asked since the last time, and about what.
    pub fn take_questions(&self) -> Vec<(Asked, String)> {
        std::mem::take(&mut *lock(&self.questions))
    }

    fn answer<T: Send + 'static>(
        &self,
        asked: Asked,
        about: &str,
        answer: T,
        nothing: T,
    ) -> Answer<'static, T> {
        lock(&self.questions).push((asked, about.to_owned()));
        match lock(&self.moods).get(&asked).copied() {
            None => Box::pin(std::future::ready(Ok(answer))),
            Some(Mood::HasNothing) => Box::pin(std::future::ready(Ok(nothing))),
            Some(Mood::Fails(error)) => Box::pin(std::future::ready(Err(error))),
            Some(Mood::Hangs) => Box::pin(std::future::pending()),
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What it says of a track that it is asked for by its URI.
pub fn title_of(uri: &TrackUri) -> String {
    format!("Track {}", uri.id())
}

/// Its album tells what was asked for.
pub fn track(asked: Asked, n: u64) -> Track {
    Track {
        uri: TrackUri::parse(&format!("spotify:track:{:01}{:021}", asked as u8, n)).expect("an address"),
        title: format!("{asked:?} {n}"),
        artist: "Somebody".to_owned(),
        album: format!("{asked:?}"),
        duration_ms: 60_000,
        img: None,
        big_img: None,
        hue: None,
    }
}

impl MusicSource for Imagined {
    fn source(&self) -> Source {
        Source::Spotify
    }

    fn needs_account(&self) -> bool {
        self.needs_account.load(Ordering::Relaxed)
    }

    fn search<'a>(&'a self, _query: &'a str, _limit: usize, _offset: usize) -> Answer<'a, SearchPage> {
        Box::pin(std::future::ready(Ok(SearchPage::default())))
    }

    fn track<'a>(&'a self, uri: &'a TrackUri) -> Answer<'a, Track> {
        lock(&self.lookups).push(uri.clone());
        let known = Track {
            uri: uri.clone(),
            title: title_of(uri),
            ..track(Asked::Track, 0)
        };
        match lock(&self.moods).get(&Asked::Track) {
            Some(Mood::HasNothing) => Box::pin(std::future::ready(Err(SourceError::NotFound))),
            Some(Mood::Fails(error)) => Box::pin(std::future::ready(Err(*error))),
            Some(Mood::Hangs) => Box::pin(std::future::pending()),
            None => Box::pin(std::future::ready(Ok(known))),
        }
    }

    fn alike<'a>(&'a self, wish: &'a Alike, limit: usize, roll: u64) -> Answer<'a, Vec<Track>> {
        let (asked, about) = match wish {
            Alike::Genre(genre) => (Asked::Genre, genre.as_str()),
            Alike::Artist(track) => (Asked::Artist, track.title.as_str()),
            Alike::ArtistsAlbums(track) => (Asked::ArtistsAlbums, track.title.as_str()),
            Alike::Album(track) => (Asked::Album, track.title.as_str()),
        };
        let named = |n: u64| {
            let found = track(asked, n);
            match wish {
                // By its title it can be told which genre was asked for.
                Alike::Genre(genre) => Track {
                    title: format!("{genre} {n}"),
                    ..found
                },
                _ => found,
            }
        };
        let found = (0..limit as u64)
            .map(|n| named(roll.wrapping_add(n) % TRACKS))
            .collect();
        self.answer(asked, about, found, Vec::new())
    }

    fn genre_of(&self, _uri: &TrackUri) -> Option<String> {
        lock(&self.genre).clone()
    }
}
