//! The library as one source among others. Everything comes from memory; only a search is long enough to leave the async
//! threads for.

use std::pin::Pin;

use nests::track::{Source, Track, TrackUri};

use super::wording::folded;
use super::{Library, Selection};
use crate::source::{Alike, Answer, MusicSource, SearchPage, SourceError};

impl MusicSource for Library {
    fn source(&self) -> Source {
        Source::Library
    }

    fn search<'a>(&'a self, query: &'a str, limit: usize, offset: usize) -> Answer<'a, SearchPage> {
        let (library, query) = (self.clone(), query.to_owned());
        let search = move || Self::search(&library, &query, limit, offset);
        let search = tokio::task::spawn_blocking(search);
        Box::pin(async move { search.await.map_err(|_| SourceError::Unavailable) })
    }

    fn track<'a>(&'a self, uri: &'a TrackUri) -> Answer<'a, Track> {
        let found = Self::track(self, uri).map(|found| found.track);
        Box::pin(std::future::ready(found.ok_or(SourceError::NotFound)))
    }

    fn has_at_hand<'a>(&'a self, _: &'a TrackUri) -> Pin<Box<dyn Future<Output = bool> + Send + 'a>> {
        Box::pin(std::future::ready(true))
    }

    fn alike<'a>(&'a self, wish: &'a Alike, limit: usize, roll: u64) -> Answer<'a, Vec<Track>> {
        let drawn = self
            .fitting(wish)
            .draw(limit, roll)
            .map(|found| found.track)
            .collect();
        Box::pin(std::future::ready(Ok(drawn)))
    }

    fn genre_of(&self, uri: &TrackUri) -> Option<String> {
        let genre = Self::track(self, uri)?.genre;
        (!genre.is_empty()).then_some(genre)
    }
}

impl Library {
    fn fitting(&self, wish: &Alike) -> Selection {
        match wish {
            Alike::Genre(genre) => self.tracks_by_genre(genre),
            Alike::Artist(track) => self.tracks_by_artist(&track.artist),
            Alike::ArtistsAlbums(track) => {
                let album = folded(&track.album);
                let on_another = |found: &super::LibraryTrack| {
                    !found.track.album.is_empty() && folded(&found.track.album) != album
                };
                self.tracks_by_artist(&track.artist).filter(on_another)
            }
            Alike::Album(track) => {
                let album = folded(&track.album);
                let beside = |found: &super::LibraryTrack| {
                    found.track.uri != track.uri && folded(&found.track.album) == album
                };
                match album.is_empty() {
                    true => self.tracks_by_artist("").filter(|_| false),
                    false => self.tracks_by_artist(&track.artist).filter(beside),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::library::LibraryTrack;

    fn made_up(id: u64, artist: &str, album: &str, genre: &str) -> LibraryTrack {
        LibraryTrack {
            track: Track {
                uri: TrackUri::library(id),
                title: format!("Title {id}"),
                artist: artist.to_owned(),
                album: album.to_owned(),
                duration_ms: 60_000,
                img: None,
                big_img: None,
                hue: None,
            },
            genre: genre.to_owned(),
            year: None,
        }
    }

    #[tokio::test]
    async fn more_of_the_same_is_found_by_genre_artist_albums_and_album() {
        let library = Library::without_files([
            made_up(1, "Queen", "Jazz", "Rock"),
            made_up(2, "Queen", "jazz", "Rock; Opera"),
            made_up(3, "QUEEN", "Hot Space", "Pop"),
            made_up(4, "Queen", "", "Pop"),
            made_up(5, "Björk", "Post", ""),
        ]);
        let seed = |id| {
            Library::track(&library, &TrackUri::library(id))
                .expect("it is there")
                .track
        };
        let table = [
            (Alike::Genre("rock".to_owned()), vec![1, 2]),
            (Alike::Artist(seed(1)), vec![1, 2, 3, 4]),
            (Alike::ArtistsAlbums(seed(1)), vec![3]),
            (Alike::Album(seed(1)), vec![2]),
            (Alike::Album(seed(4)), vec![]),
        ];
        for (wish, ids) in table {
            let mut found = library.alike(&wish, 10, 7).await.expect("the library answers");
            found.sort_by(|a, b| a.uri.cmp(&b.uri));
            let uris: Vec<TrackUri> = found.into_iter().map(|track| track.uri).collect();
            let expected: Vec<TrackUri> = ids.into_iter().map(TrackUri::library).collect();
            assert_eq!(uris, expected, "{wish:?}");
        }
        assert_eq!(library.genre_of(&TrackUri::library(3)).as_deref(), Some("Pop"));
        assert_eq!(library.genre_of(&TrackUri::library(5)), None);
    }

    #[tokio::test]
    async fn an_artists_genre_is_what_most_of_the_artists_tracks_are_tagged_with() {
        let library = Library::without_files([
            made_up(1, "Queen", "Jazz", "Rock; Opera"),
            made_up(2, "Queen", "Jazz", "Rock"),
            made_up(3, "Queen feat. Somebody", "Hot Space", "Pop"),
            made_up(4, "Björk", "Post", "Pop/Art"),
            made_up(5, "Nobody", "", ""),
            made_up(6, "Earth, Wind & Fire", "", "Funk"),
            made_up(7, "Earth", "", "Drone"),
        ]);
        for (artists, genre) in [
            ("queen", Some("Rock")),
            ("Queen, David Bowie", Some("Rock")),
            ("Bjork", Some("Art")),
            ("Earth, Wind & Fire", Some("Funk")),
            ("Nobody", None),
            ("Somebody else", None),
            ("", None),
        ] {
            assert_eq!(library.genre_by_artist(artists).as_deref(), genre, "{artists}");
        }
    }
}
