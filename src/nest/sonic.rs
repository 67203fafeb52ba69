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

/// Numbers that are tried in order (the first is no number at all); beyond them one is drawn.
pub const ORDERLY_ROUNDS: u32 = 4;
/// Beyond the orderly ones so many numbers may be drawn: with five thousand nests of our names, one draw in a thousand hits
/// a name that is taken, and is drawn again.
const DRAWN_NUMBERS: u64 = 99_999;

/// The names that [`pick`] asks about: all of the house, then all of them with 2 behind, and so on.
pub fn orderly_names() -> impl Iterator<Item = String> {
    (1..=ORDERLY_ROUNDS).flat_map(|round| SONIC_NAMES.iter().map(move |sonic| numbered(sonic, round.into())))
}

fn numbered(sonic: &SonicName, number: u64) -> String {
    match number {
        1 => sonic.name.clone(),
        n => format!("{}{n}", sonic.name),
    }
}

/// What `roll` picks among the names that `is_taken` leaves; with all of them taken a number goes behind the name, which
/// keeps its seed and genre (`BassNest2`). Where the orderly numbers are taken as well, the name's number is drawn and may be
/// taken: whoever enters it has to see. `None`: the house has no names.
pub fn pick(roll: u64, is_taken: impl Fn(&str) -> bool) -> Option<(String, &'static SonicName)> {
    let any = |names: &[&'static SonicName]| names.get((roll % names.len().max(1) as u64) as usize).copied();
    for round in (1..=ORDERLY_ROUNDS).map(u64::from) {
        let free: Vec<&SonicName> = SONIC_NAMES
            .iter()
            .filter(|s| !is_taken(&numbered(s, round)))
            .collect();
        if let Some(sonic) = any(&free) {
            return Some((numbered(sonic, round), sonic));
        }
    }
    let all: Vec<&SonicName> = SONIC_NAMES.iter().collect();
    let sonic = any(&all)?;
    let number = u64::from(ORDERLY_ROUNDS) + 1 + (roll / all.len() as u64) % DRAWN_NUMBERS;
    Some((numbered(sonic, number), sonic))
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
        let orderly: Vec<String> = orderly_names().collect();
        assert_eq!(orderly.len(), 200);
        let in_order = |n: &str| orderly.iter().any(|taken| taken == n);
        assert_eq!(
            pick(1 + 50 * 7, in_order).map(|p| (p.0, p.1.name.as_str())),
            Some(("BassNest12".into(), "BassNest")),
            "drawn"
        );
        assert_eq!(behind("bassnest2").map(|s| s.name.as_str()), Some("BassNest"));
        assert!(behind("Friday").is_none());
    }
}
