//! How Bender divides his picks among his strategies, as the house's settings say.

use std::str::FromStr;

/// The largest weight.
pub const MAX_WEIGHT: u32 = 100;

/// How much each strategy weighs. Only their relation counts; 0 switches one off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weights {
    pub genre: u32,
    /// What genre weighs more where the nest has a genre of its own.
    pub genre_hint: u32,
    pub throwback: u32,
    pub artist_search: u32,
    pub artist_albums: u32,
    pub album: u32,
}

impl Default for Weights {
    fn default() -> Self {
        Self {
            genre: 35,
            genre_hint: 20,
            throwback: 30,
            artist_search: 25,
            artist_albums: 5,
            album: 5,
        }
    }
}

/// What is wrong with a list of weights, as the end of "it must be ...".
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WeightsError {
    #[error("pairs like genre=35,throwback=30 with weights from 0 to {MAX_WEIGHT}")]
    NoPairs,
    #[error(
        "of genre, genre_hint, throwback, artist_search, artist_albums and album; there is no strategy {0:?}"
    )]
    Unknown(String),
    #[error("each strategy once; {0} is there twice")]
    Twice(String),
    #[error("at least one strategy above 0 beside throwback, which only the Main Nest has")]
    Nothing,
}

/// `genre=35,throwback=30`: those that are not named keep their default.
impl FromStr for Weights {
    type Err = WeightsError;

    fn from_str(text: &str) -> Result<Self, WeightsError> {
        let mut weights = Self::default();
        let mut named: Vec<&str> = Vec::new();
        for pair in text.split(',') {
            let (name, weight) = pair.split_once('=').ok_or(WeightsError::NoPairs)?;
            let name = name.trim();
            let weight: u32 = weight.trim().parse().map_err(|_| WeightsError::NoPairs)?;
            if weight > MAX_WEIGHT || name.is_empty() {
                return Err(WeightsError::NoPairs);
            }
            if named.contains(&name) {
                return Err(WeightsError::Twice(name.to_owned()));
            }
            named.push(name);
            let place = match name {
                "genre" => &mut weights.genre,
                "genre_hint" => &mut weights.genre_hint,
                "throwback" => &mut weights.throwback,
                "artist_search" => &mut weights.artist_search,
                "artist_albums" => &mut weights.artist_albums,
                "album" => &mut weights.album,
                other => return Err(WeightsError::Unknown(other.to_owned())),
            };
            *place = weight;
        }
        let everywhere = weights.genre + weights.artist_search + weights.artist_albums + weights.album;
        if everywhere == 0 {
            return Err(WeightsError::Nothing);
        }
        Ok(weights)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_read_from_pairs_and_the_others_keep_their_default() {
        let weights: Weights = "genre=10, throwback = 0 ,album=100".parse().expect("good pairs");
        let expected = Weights {
            genre: 10,
            throwback: 0,
            album: 100,
            ..Weights::default()
        };
        assert_eq!(weights, expected);
    }

    #[test]
    fn a_wrong_list_says_what_would_be_right() {
        let table = [
            ("", WeightsError::NoPairs),
            ("genre", WeightsError::NoPairs),
            ("=5", WeightsError::NoPairs),
            ("genre=101", WeightsError::NoPairs),
            ("genre=-1", WeightsError::NoPairs),
            ("genre=5,", WeightsError::NoPairs),
            ("jazz=5", WeightsError::Unknown("jazz".into())),
            ("album=5,album=6", WeightsError::Twice("album".into())),
            (
                "genre=0,artist_search=0,artist_albums=0,album=0",
                WeightsError::Nothing,
            ),
        ];
        for (text, error) in table {
            assert_eq!(text.parse::<Weights>(), Err(error), "{text}");
        }
    }
}
