//! The fifty sonic names of nests that nobody named, each with a seed track and a genre for Bender.

use std::sync::LazyLock;

use serde::Deserialize;

/// A name of the house, its seed and the taste that goes with it.
#[derive(Clone, Debug, Deserialize)]
pub struct SonicName {
    pub name: String,
    pub seed_uri: String,
    pub genre: String,
    pub seed_artist: String,
    pub seed_title: String,
}

impl SonicName {
    pub fn seed(&self) -> SeedTrack {
        SeedTrack {
            seed_uri: self.seed_uri.clone(),
            seed_artist: self.seed_artist.clone(),
            seed_title: self.seed_title.clone(),
        }
    }
}

/// A track to start from, as the book tells of it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct SeedTrack {
    pub seed_uri: String,
    pub seed_artist: String,
    pub seed_title: String,
}

#[derive(Deserialize)]
struct Book {
    names: Vec<SonicName>,
    default_seed: SeedTrack,
}

/// The book ships inside the program; a test proves that it reads, so a fault in it never reaches a user.
static BOOK: LazyLock<Option<Book>> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../data/nest_names.json")).ok());

pub static SONIC_NAMES: LazyLock<&[SonicName]> =
    LazyLock::new(|| BOOK.as_ref().map_or(&[], |book| &book.names));

/// Where Bender starts from when nothing else is known.
pub fn default_seed() -> Option<SeedTrack> {
    BOOK.as_ref().map(|book| book.default_seed.clone())
}

/// What `roll` picks among the names that `is_taken` leaves; with all of them taken a number goes behind the name, which
/// keeps its seed and genre (`BassNest2`).
pub fn pick(roll: u64, is_taken: impl Fn(&str) -> bool) -> Option<(String, &'static SonicName)> {
    for round in 1u32..=1000 {
        let numbered = |sonic: &SonicName| match round {
            1 => sonic.name.clone(),
            n => format!("{}{n}", sonic.name),
        };
        let free: Vec<&SonicName> = SONIC_NAMES.iter().filter(|s| !is_taken(&numbered(s))).collect();
        if let Some(sonic) = free.get((roll % free.len().max(1) as u64) as usize) {
            return Some((numbered(sonic), sonic));
        }
    }
    None
}

/// The sonic name behind a nest's name, with or without a number: `bassnest2` → BassNest.
pub fn behind(name: &str) -> Option<&'static SonicName> {
    let base = name.trim_end_matches(|c: char| c.is_ascii_digit());
    SONIC_NAMES.iter().find(|s| s.name.eq_ignore_ascii_case(base))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fifty_names_with_seed_and_genre() {
        assert_eq!(SONIC_NAMES.len(), 50);
        for sonic in SONIC_NAMES.iter() {
            assert!(
                crate::track::TrackUri::parse(&sonic.seed_uri).is_ok(),
                "{}",
                sonic.name
            );
            assert!(!sonic.genre.is_empty(), "{}", sonic.name);
        }
    }

    #[test]
    fn a_free_name_is_drawn_and_numbers_come_only_when_all_are_taken() {
        assert_eq!(pick(0, |_| false).map(|p| p.0).as_deref(), Some("WaveyNest"));
        assert_eq!(
            pick(0, |n| n == "WaveyNest").map(|p| p.0).as_deref(),
            Some("BassNest")
        );
        let all_taken = |n: &str| SONIC_NAMES.iter().any(|s| s.name == n);
        assert_eq!(
            pick(1, all_taken).map(|p| (p.0, p.1.genre.as_str())),
            Some(("BassNest2".into(), "bass music"))
        );
        assert_eq!(behind("bassnest2").map(|s| s.name.as_str()), Some("BassNest"));
        assert!(behind("Friday").is_none());
    }
}
