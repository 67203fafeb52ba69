//! What Bender starts from.

use crate::nest::sonic::{self, SeedTrack};
use crate::track::TrackUri;

/// A track to start from. One from the book of names brings its facts along, for houses whose sources don't know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seed {
    pub uri: TrackUri,
    pub told: Option<SeedTrack>,
}

/// All that could be started from.
#[derive(Clone, Debug, Default)]
pub struct Seeds {
    pub last_queued: Option<TrackUri>,
    pub last_picked: Option<TrackUri>,
    pub playing: Option<TrackUri>,
    pub nests: Option<TrackUri>,
    /// The nest's name, which may be one from the book.
    pub name: String,
}

impl Seeds {
    /// The last song a person queued, Bender's own last, what plays, the nest's seed, its name's, Piano Man: the first
    /// that a source knows is it.
    pub fn in_order(self) -> Vec<Seed> {
        let plain = |uri: TrackUri| Seed { uri, told: None };
        let own = [self.last_queued, self.last_picked, self.playing, self.nests];
        let names = sonic::behind(&self.name).map(sonic::SonicName::seed);
        let told = names.into_iter().chain(sonic::default_seed());
        let from_the_book = told.filter_map(|told| {
            let uri = TrackUri::parse(&told.seed_uri).ok()?;
            Some(Seed {
                uri,
                told: Some(told),
            })
        });
        own.into_iter()
            .flatten()
            .map(plain)
            .chain(from_the_book)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_persons_song_comes_first_and_piano_man_last() {
        let uri = TrackUri::library;
        let seeds = Seeds {
            last_queued: Some(uri(1)),
            last_picked: Some(uri(2)),
            playing: Some(uri(3)),
            nests: Some(uri(4)),
            name: "BassNest2".into(),
        };
        let order = seeds.in_order();
        let own: Vec<_> = order[..4].iter().map(|seed| seed.uri.clone()).collect();
        assert_eq!(own, [uri(1), uri(2), uri(3), uri(4)]);
        let bass = sonic::behind("BassNest").expect("in the book").seed();
        assert_eq!(order[4].told, Some(bass));
        let last = order[5].told.as_ref().expect("told");
        assert_eq!(
            (last.seed_artist.as_str(), last.seed_title.as_str()),
            ("Billy Joel", "Piano Man")
        );
        assert_eq!(order.len(), 6);
        assert_eq!(Seeds::default().in_order().len(), 1, "never without a seed");
    }
}
