//! Which track of all there are, where nothing better has an answer: one that was not heard lately, as long as there is any,
//! and then what played longest ago.
//!
//! Tracks are places in somebody's list here. Who walks looks them up, piece by piece, and says what became of each.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// Of a thousand: how far over all there is one step leads. The golden ratio's part, by which the first few steps, however many
/// they are, lie evenly over the whole.
const STRIDE: usize = 618;

/// Why Bender keeps away from a track.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// It played then (ms).
    Played(i64),
    /// Somebody filtered it: it doesn't come back, whatever else there is.
    Rejected,
}

/// A way over all places, each once, and what was found on it.
#[derive(Debug)]
pub struct Walk {
    len: usize,
    step: usize,
    next: usize,
    left: usize,
    unheard: VecDeque<usize>,
    played: BinaryHeap<Reverse<(i64, usize)>>,
}

impl Walk {
    /// Over so many places, from one that the roll decides.
    pub fn over(len: usize, roll: u64) -> Self {
        let stride = (len * STRIDE / 1_000).max(1);
        Self {
            len,
            // Steps that share no divisor with the whole come to every place before they come to one again.
            step: (stride..).find(|step| divisor(*step, len) == 1).unwrap_or(1),
            next: (roll % len.max(1) as u64) as usize,
            left: len,
            unheard: VecDeque::new(),
            played: BinaryHeap::new(),
        }
    }

    /// The next so many places; none where all were walked over.
    pub fn ahead(&mut self, count: usize) -> Vec<usize> {
        let count = count.min(self.left);
        self.left -= count;
        let place = |_| {
            let place = self.next;
            self.next = (place + self.step) % self.len;
            place
        };
        (0..count).map(place).collect()
    }

    /// What is known of a place.
    pub fn saw(&mut self, place: usize, heard: Option<Heard>) {
        match heard {
            None => self.unheard.push_back(place),
            Some(Heard::Played(at)) => self.played.push(Reverse((at, place))),
            Some(Heard::Rejected) => {}
        }
    }

    /// One that was not heard lately, of those seen so far, and is not in the queue. No place is answered twice.
    pub fn unheard(&mut self, is_held: impl Fn(usize) -> bool) -> Option<usize> {
        std::iter::from_fn(|| self.unheard.pop_front()).find(|place| !is_held(*place))
    }

    /// What played longest ago, of all seen so far, and is not in the queue. No place is answered twice.
    pub fn longest_ago(&mut self, is_held: impl Fn(usize) -> bool) -> Option<usize> {
        let oldest = std::iter::from_fn(|| self.played.pop());
        oldest
            .map(|Reverse((_, place))| place)
            .find(|place| !is_held(*place))
    }
}

/// The greatest that both have in common.
const fn divisor(a: usize, b: usize) -> usize {
    let (mut a, mut b) = (a, b);
    while b > 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_walk_leads_over_each_place_once_however_long_its_pieces() {
        for len in (0..300).chain([9_973, 10_000, 65_536, 100_000]) {
            let mut walk = Walk::over(len, 7 * len as u64 + 3);
            let mut places: Vec<usize> = Vec::new();
            for piece in [1, 64, len / 3, len, 1] {
                places.extend(walk.ahead(piece));
            }
            places.sort_unstable();
            assert!(places.into_iter().eq(0..len), "{len}");
            assert!(walk.ahead(1).is_empty(), "{len}");
        }
    }

    #[test]
    fn its_first_steps_lie_evenly_over_all() {
        for (len, roll) in [(640, 0), (10_000, 5), (65_536, 77), (100_000, 99_999)] {
            let mut tenths = [0; 10];
            for place in Walk::over(len, roll).ahead(64) {
                tenths[place * 10 / len] += 1;
            }
            assert!(
                tenths.iter().all(|steps| (4..=9).contains(steps)),
                "{len}: {tenths:?}"
            );
        }
    }

    #[test]
    fn every_place_may_be_the_first() {
        let firsts = (0..50).map(|roll| Walk::over(50, roll).ahead(1)[0]);
        assert!(firsts.eq(0..50));
    }

    /// Played in the order of their places times seven, but for a few.
    fn walked(len: usize, unheard: &[usize], rejected: &[usize], pieces: usize) -> Walk {
        let mut walk = Walk::over(len, 11);
        for place in (0..pieces).flat_map(|_| walk.ahead(10)).collect::<Vec<_>>() {
            let played = Heard::Played((place * 7 % len) as i64);
            let heard = match place {
                _ if unheard.contains(&place) => None,
                _ if rejected.contains(&place) => Some(Heard::Rejected),
                _ => Some(played),
            };
            walk.saw(place, heard);
        }
        walk
    }

    #[test]
    fn what_was_not_heard_comes_first_then_what_played_longest_ago_and_what_was_rejected_never() {
        let mut walk = walked(100, &[30, 60, 90], &[0, 7], 10);
        let mut unheard: Vec<usize> = std::iter::from_fn(|| walk.unheard(|place| place == 60)).collect();
        unheard.sort_unstable();
        assert_eq!(unheard, [30, 90], "one of them is in the queue");
        let played: Vec<usize> = std::iter::from_fn(|| walk.longest_ago(|place| place == 43)).collect();
        // 43 times seven is 301: it played second.
        assert_eq!(played[..3], [86, 29, 72]);
        let ago: Vec<usize> = played.iter().map(|place| place * 7 % 100).collect();
        assert!(ago.is_sorted());
        assert_eq!(played.len(), 100 - 3 - 2 - 1);
    }

    #[test]
    fn of_what_was_not_seen_nothing_is_answered() {
        let mut walk = walked(100, &[], &[], 1);
        assert_eq!(walk.unheard(|_| false), None);
        let played = std::iter::from_fn(|| walk.longest_ago(|_| false));
        assert_eq!(played.count(), 10);
    }
}
