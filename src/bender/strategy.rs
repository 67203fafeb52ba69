//! Ways to come to a pick, and whose turn it is.

use super::Weights;

/// A way to come to a pick.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Strategy {
    /// The seed's genre.
    Genre,
    /// The nest's own genre, or its name's.
    GenreHint,
    /// What people had played on this weekday in the past. The Main Nest's alone.
    Throwback,
    /// The seed's artist, by name.
    ArtistSearch,
    /// The other albums of the seed's artist.
    ArtistAlbums,
    /// The seed's album.
    Album,
}

impl Strategy {
    pub const ALL: [Self; 6] = [
        Self::Genre,
        Self::GenreHint,
        Self::Throwback,
        Self::ArtistSearch,
        Self::ArtistAlbums,
        Self::Album,
    ];
}

/// What a nest has to go by.
#[derive(Clone, Copy, Debug)]
pub struct Taste {
    /// Only the Main Nest has throwbacks: here it is decided, and everything else asks here.
    pub is_main: bool,
    /// Whether it has a genre of its own.
    pub has_hint: bool,
}

/// The strategies that a nest has, with their shares. In halves, since a hint takes half of the genre's share.
fn shares(weights: &Weights, taste: Taste) -> [(Strategy, u32); Strategy::ALL.len()] {
    let (genre, hint) = match taste.has_hint {
        true => (
            weights.genre + weights.genre_hint,
            weights.genre + weights.genre_hint,
        ),
        false => (2 * weights.genre, 0),
    };
    let throwback = if taste.is_main { weights.throwback } else { 0 };
    [
        (Strategy::Genre, genre),
        (Strategy::GenreHint, hint),
        (Strategy::Throwback, 2 * throwback),
        (Strategy::ArtistSearch, 2 * weights.artist_search),
        (Strategy::ArtistAlbums, 2 * weights.artist_albums),
        (Strategy::Album, 2 * weights.album),
    ]
}

/// The strategies to try, drawn by weight one after the other: where one has no answer its share falls to the others, as
/// they weigh. Those that weigh nothing are left out.
pub fn in_order(weights: &Weights, taste: Taste, roll: u64) -> Vec<Strategy> {
    let mut left: Vec<_> = shares(weights, taste).into_iter().filter(|s| s.1 > 0).collect();
    let mut order = Vec::with_capacity(left.len());
    // One roll is enough for all draws: what each leaves of it is as even as the whole.
    let mut roll = roll;
    while !left.is_empty() {
        let total: u64 = left.iter().map(|(_, share)| u64::from(*share)).sum();
        let mut place = roll % total;
        roll /= total;
        let is_drawn = |(_, share): &(Strategy, u32)| {
            let share = u64::from(*share);
            let is_here = place < share;
            place = place.saturating_sub(share);
            is_here
        };
        let drawn = left.iter().position(is_drawn).unwrap_or_default();
        order.push(left.remove(drawn).0);
    }
    order
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    const PICKS: u64 = 10_000;

    /// Percent of the picks, by strategy, where those in `silent` have no answer. The rolls are a fixed, well-mixed sequence
    /// (Weyl's).
    fn percent(taste: Taste, silent: &[Strategy]) -> BTreeMap<Strategy, f64> {
        let mut picks: BTreeMap<Strategy, f64> = BTreeMap::new();
        for n in 1..=PICKS {
            let roll = n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let mut order = in_order(&Weights::default(), taste, roll).into_iter();
            let picked = order.find(|strategy| !silent.contains(strategy));
            *picks.entry(picked.expect("one that answers")).or_default() += 100.0 / PICKS as f64;
        }
        picks
    }

    /// Each within two points of what the weights say, and nothing else.
    fn assert_shares(taste: Taste, silent: &[Strategy], expected: &[(Strategy, f64)]) {
        let picks = percent(taste, silent);
        let total: f64 = expected.iter().map(|(_, weight)| weight).sum();
        for (strategy, weight) in expected {
            let share = picks.get(strategy).copied().unwrap_or_default();
            let right = 100.0 * weight / total;
            assert!(
                (share - right).abs() < 2.0,
                "{strategy:?}: {share:.1} instead of {right:.1}"
            );
        }
        assert_eq!(picks.len(), expected.len(), "{picks:?}");
    }

    #[test]
    fn over_ten_thousand_picks_the_shares_match_the_weights() {
        use Strategy as S;
        let others = [(S::ArtistSearch, 25.0), (S::ArtistAlbums, 5.0), (S::Album, 5.0)];
        let with = |more: &[(Strategy, f64)]| [more, &others].concat();
        let taste = |is_main, has_hint| Taste { is_main, has_hint };
        assert_shares(
            taste(true, false),
            &[],
            &with(&[(S::Genre, 35.0), (S::Throwback, 30.0)]),
        );
        // Twenty more with a hint, which takes half of the draws.
        assert_shares(
            taste(false, true),
            &[],
            &with(&[(S::Genre, 27.5), (S::GenreHint, 27.5)]),
        );
        assert_shares(taste(false, false), &[], &with(&[(S::Genre, 35.0)]));
    }

    /// A bug: all of it fell to the heaviest, so that a Main Nest whose genres nobody knew heard two throwbacks of three songs.
    #[test]
    fn the_share_of_one_without_an_answer_falls_to_the_others_as_they_weigh() {
        use Strategy as S;
        let main = Taste {
            is_main: true,
            has_hint: false,
        };
        let others = [(S::ArtistSearch, 25.0), (S::ArtistAlbums, 5.0), (S::Album, 5.0)];
        assert_shares(
            main,
            &[S::Genre],
            &[&[(S::Throwback, 30.0)][..], &others].concat(),
        );
        assert_shares(main, &[S::Genre, S::Throwback], &others);
        let genre = [(S::Genre, 35.0), (S::Throwback, 30.0)];
        assert_shares(main, &[S::ArtistSearch, S::ArtistAlbums, S::Album], &genre);
    }

    #[test]
    fn a_temporary_nest_has_no_throwbacks_at_any_place_of_the_order() {
        for roll in 0..1_000 {
            for has_hint in [false, true] {
                let taste = Taste {
                    is_main: false,
                    has_hint,
                };
                assert!(!in_order(&Weights::default(), taste, roll).contains(&Strategy::Throwback));
            }
        }
    }

    #[test]
    fn every_strategy_has_its_turn_once() {
        use Strategy as S;
        let taste = Taste {
            is_main: true,
            has_hint: false,
        };
        for roll in (0..1_000_000).step_by(101) {
            let mut order = in_order(&Weights::default(), taste, roll);
            order.sort();
            assert_eq!(
                order,
                [S::Genre, S::Throwback, S::ArtistSearch, S::ArtistAlbums, S::Album]
            );
        }
        let only_album = "genre=0,throwback=0,artist_search=0,artist_albums=0"
            .parse()
            .expect("weights");
        assert_eq!(in_order(&only_album, taste, 7), [S::Album]);
    }
}
