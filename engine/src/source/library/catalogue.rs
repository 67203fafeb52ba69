//! One finished state of the library: every track in order, and the ways to find them.
//!
//! Immutable: the librarian builds a new one off to the side and swaps it in, so readers never wait and never see
//! half a change. Knows no files beyond their paths.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use nests::track::{Track, TrackUri};

use super::LibraryTrack;
use super::cover::CoverSize;
use super::search::{SearchIndex, SearchIndexBuilder};
use super::shelf::{Entry, count};
use super::wording::folded;
use crate::source::SearchPage;

/// Rows of tracks under the folded name that they share.
type RowsByName = HashMap<Box<str>, Arc<[u32]>>;

#[derive(Default)]
pub(super) struct Catalogue {
    /// By artist, album, disc, number, title. A track's place in here is its row.
    entries: Vec<Arc<Entry>>,
    rows: HashMap<u64, u32>,
    artists: RowsByName,
    genres: RowsByName,
    index: SearchIndex,
}

impl Catalogue {
    /// Takes about a second for 100,000 tracks: call it off the async threads.
    pub fn build(mut entries: Vec<Arc<Entry>>) -> Self {
        entries.sort_by_cached_key(|entry| {
            let facts = &entry.facts;
            let place = (facts.disc, facts.number);
            (
                folded(&facts.artist),
                folded(&facts.album),
                place,
                folded(&facts.title),
                entry.path.clone(),
            )
        });
        let mut rows = HashMap::with_capacity(entries.len());
        let mut artists: HashMap<String, Vec<u32>> = HashMap::new();
        let mut genres: HashMap<String, Vec<u32>> = HashMap::new();
        let mut index = SearchIndexBuilder::default();
        for (row, entry) in (0..).zip(&entries) {
            let facts = &entry.facts;
            rows.insert(entry.id, row);
            file_under(&mut artists, [&*facts.artist, without_guests(&facts.artist)], row);
            let as_it_stands = std::iter::once(&*facts.genre);
            file_under(&mut genres, as_it_stands.chain(single_genres(&facts.genre)), row);
            index.add(&facts.title, &facts.artist, &facts.album);
        }
        Self {
            entries,
            rows,
            artists: sealed(artists),
            genres: sealed(genres),
            index: index.build(),
        }
    }

    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn search(&self, query: &str, limit: usize, offset: usize) -> SearchPage {
        let matches = self.index.find(query, limit, offset);
        SearchPage {
            tracks: matches.rows.iter().map(|&row| self.at(row).track).collect(),
            total: count(matches.total),
        }
    }

    pub fn track(&self, id: u64) -> Option<LibraryTrack> {
        self.rows.get(&id).map(|&row| self.at(row))
    }

    /// Where a track's file is, relative to the music folder.
    pub fn path(&self, id: u64) -> Option<Arc<Path>> {
        self.rows
            .get(&id)
            .map(|&row| self.entries[row as usize].path.clone())
    }

    pub fn all(this: &Arc<Self>) -> Selection {
        Selection {
            rows: Rows::All,
            catalogue: this.clone(),
        }
    }

    pub fn by_artist(this: &Arc<Self>, artist: &str) -> Selection {
        Selection {
            rows: named(&this.artists, artist),
            catalogue: this.clone(),
        }
    }

    pub fn by_genre(this: &Arc<Self>, genre: &str) -> Selection {
        Selection {
            rows: named(&this.genres, genre),
            catalogue: this.clone(),
        }
    }

    fn at(&self, row: u32) -> LibraryTrack {
        let entry = &self.entries[row as usize];
        let facts = &entry.facts;
        let address = |size| facts.cover.map(|cover| cover.address(size));
        LibraryTrack {
            track: Track {
                uri: TrackUri::library(entry.id),
                title: facts.title.to_string(),
                artist: facts.artist.to_string(),
                album: facts.album.to_string(),
                duration_ms: facts.duration_ms,
                img: address(CoverSize::Small),
                big_img: address(CoverSize::Large),
                hue: facts.cover.and_then(|cover| cover.hue),
            },
            genre: facts.genre.to_string(),
            year: facts.year,
        }
    }
}

/// Some tracks of the library as it was when asked, in the catalogue's order. Cheap to make and to keep for a moment;
/// draw from it with your own dice: `selection.nth(roll % selection.len())`.
#[derive(Clone)]
pub struct Selection {
    catalogue: Arc<Catalogue>,
    rows: Rows,
}

#[derive(Clone)]
enum Rows {
    All,
    These(Arc<[u32]>),
}

impl Selection {
    pub fn len(&self) -> usize {
        match &self.rows {
            Rows::All => self.catalogue.len(),
            Rows::These(rows) => rows.len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The track at a place, 0 being the first.
    pub fn nth(&self, place: usize) -> Option<LibraryTrack> {
        Some(self.catalogue.at(self.row(place)?))
    }

    /// The same track's address alone: for who looks at very many.
    pub fn uri(&self, place: usize) -> Option<TrackUri> {
        let entry = self.catalogue.entries.get(self.row(place)? as usize)?;
        Some(TrackUri::library(entry.id))
    }

    fn row(&self, place: usize) -> Option<u32> {
        if place >= self.len() {
            return None;
        }
        match &self.rows {
            Rows::All => u32::try_from(place).ok(),
            Rows::These(rows) => rows.get(place).copied(),
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = LibraryTrack> {
        (0..self.len()).filter_map(|place| self.nth(place))
    }

    /// Up to `count` of them, spread evenly over all, from a place that the roll decides.
    pub fn draw(&self, count: usize, roll: u64) -> impl Iterator<Item = LibraryTrack> {
        let len = self.len();
        let count = count.min(len);
        let start = (roll % len.max(1) as u64) as usize;
        (0..count).filter_map(move |n| self.nth((start + n * len / count) % len))
    }

    /// Those for which `is` says so, in the same order. Looks at each: for the tracks of one artist, not for all there are.
    pub fn filter(&self, is: impl Fn(&LibraryTrack) -> bool) -> Self {
        let fits = |place: &usize| self.nth(*place).is_some_and(|track| is(&track));
        let rows = (0..self.len())
            .filter(fits)
            .filter_map(|place| self.row(place))
            .collect();
        Self {
            catalogue: self.catalogue.clone(),
            rows: Rows::These(rows),
        }
    }
}

fn named(names: &RowsByName, name: &str) -> Rows {
    Rows::These(names.get(folded(name).as_str()).cloned().unwrap_or_default())
}

/// Files a row under each name once; rows must come in ascending order.
fn file_under<'a>(names: &mut HashMap<String, Vec<u32>>, under: impl IntoIterator<Item = &'a str>, row: u32) {
    for name in under {
        let name = folded(name);
        if name.is_empty() {
            continue;
        }
        let rows = names.entry(name).or_default();
        if rows.last() != Some(&row) {
            rows.push(row);
        }
    }
}

fn sealed(names: HashMap<String, Vec<u32>>) -> RowsByName {
    names
        .into_iter()
        .map(|(name, rows)| (name.into(), rows.into()))
        .collect()
}

/// "Queen feat. David Bowie" without the guest.
fn without_guests(artist: &str) -> &str {
    let lower = artist.to_ascii_lowercase(); // keeps every byte in its place
    [" feat. ", " feat ", " ft. ", " ft ", " featuring ", " (feat"]
        .iter()
        .filter_map(|mark| lower.find(mark))
        .min()
        .map_or(artist, |end| &artist[..end])
}

/// "Rock; Pop/Folk" is three genres.
pub(super) fn single_genres(genre: &str) -> impl Iterator<Item = &str> {
    let each = genre.split([';', ',', '/']).map(str::trim);
    each.filter(|genre| !genre.is_empty())
}

#[cfg(test)]
mod tests {
    use super::super::reading::Reading;
    use super::*;

    fn entry(id: u64, artist: &str, album: &str, number: u16, title: &str, genre: &str) -> Arc<Entry> {
        let facts = Reading {
            title: title.into(),
            artist: artist.into(),
            album: album.into(),
            genre: genre.into(),
            year: Some(1978),
            disc: 0,
            number,
            duration_ms: 1000,
            cover: None,
            complete: true,
        };
        Arc::new(Entry {
            id,
            path: Path::new(&format!("{id}.ogg")).into(),
            facts: Arc::new(facts),
        })
    }

    fn catalogue() -> Arc<Catalogue> {
        Arc::new(Catalogue::build(vec![
            entry(1, "Queen", "Jazz", 2, "Fat Bottomed Girls", "Rock"),
            entry(2, "QUEEN", "Jazz", 1, "Mustapha", "Rock; Hard Rock"),
            entry(3, "Björk", "Post", 1, "Army of Me", "Electronic/Pop"),
            entry(
                4,
                "Queen feat. David Bowie",
                "Hot Space",
                11,
                "Under Pressure",
                "rock",
            ),
        ]))
    }

    fn ids(selection: &Selection) -> Vec<String> {
        selection.iter().map(|found| found.track.title).collect()
    }

    #[test]
    fn tracks_stand_in_the_order_of_artist_album_and_number() {
        let all = Catalogue::all(&catalogue());
        assert_eq!(
            ids(&all),
            ["Army of Me", "Mustapha", "Fat Bottomed Girls", "Under Pressure"]
        );
        assert_eq!(all.nth(0).map(|found| found.year), Some(Some(1978)));
        assert!(all.nth(4).is_none());
    }

    #[test]
    fn artists_are_found_in_any_spelling_and_with_their_guests() {
        let catalogue = catalogue();
        let queen = ["Mustapha", "Fat Bottomed Girls", "Under Pressure"];
        assert_eq!(ids(&Catalogue::by_artist(&catalogue, "queen")), queen);
        assert_eq!(ids(&Catalogue::by_artist(&catalogue, "BJORK")), ["Army of Me"]);
        assert!(Catalogue::by_artist(&catalogue, "").is_empty());
        assert!(Catalogue::by_artist(&catalogue, "nobody").is_empty());
    }

    #[test]
    fn a_track_of_two_genres_is_in_both() {
        let catalogue = catalogue();
        assert_eq!(Catalogue::by_genre(&catalogue, "Rock").len(), 3);
        assert_eq!(ids(&Catalogue::by_genre(&catalogue, "hard rock")), ["Mustapha"]);
        assert_eq!(ids(&Catalogue::by_genre(&catalogue, "pop")), ["Army of Me"]);
    }

    #[test]
    fn a_draw_is_spread_over_all_and_never_has_a_track_twice() {
        let all = Catalogue::all(&catalogue());
        for (roll, count) in (0..50).flat_map(|roll| (0..6).map(move |count| (roll, count))) {
            let mut drawn: Vec<_> = all.draw(count, roll).map(|found| found.track.uri).collect();
            drawn.sort();
            drawn.dedup();
            assert_eq!(drawn.len(), count.min(4), "{count} with {roll}");
        }
        let none = Catalogue::by_artist(&catalogue(), "nobody");
        assert_eq!(none.draw(3, 7).count(), 0);
    }

    #[test]
    fn a_track_is_found_by_its_number() {
        let catalogue = catalogue();
        assert_eq!(
            catalogue.track(2).map(|found| found.track.title),
            Some("Mustapha".to_owned())
        );
        assert_eq!(
            catalogue.track(2).map(|found| found.track.uri),
            Some(TrackUri::library(2))
        );
        assert!(catalogue.track(9).is_none());
    }
}
