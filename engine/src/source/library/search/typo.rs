//! How far two words are apart, and how far is near enough. Pure.
//!
//! The distance is optimal string alignment: a letter more, less or other, or two neighbours swapped, is one slip.

use super::super::wording::MAX_WORD;

/// Slips forgiven in a word: none in three letters, one from four on, two from eight on.
pub(super) const fn forgiven(word: &str) -> u8 {
    match word.len() {
        0..=3 => 0,
        4..=7 => 1,
        _ => 2,
    }
}

/// Which part of the other word has to match.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    Whole,
    /// Any beginning of it will do: the word is still being typed.
    Beginning,
}

/// Which letters and digits a word has, one bit each. Quick to compare, and each slip changes at most one on each side.
pub(super) fn letters(word: &str) -> u64 {
    word.bytes().fold(0, |set, byte| {
        set | match byte {
            b'a'..=b'z' => 1 << (byte - b'a'),
            b'0'..=b'9' => 1 << (26 + byte - b'0'),
            _ => 0,
        }
    })
}

/// False if the letters alone show that `word` is more than `limit` slips from `term`.
pub(super) fn may_match(word: u64, term: u64, limit: u8, reach: Reach) -> bool {
    let missing = (word & !term).count_ones();
    let extra = (term & !word).count_ones();
    missing <= u32::from(limit) && (reach == Reach::Beginning || extra <= u32::from(limit))
}

/// The slips between `word` and `term`, if there are at most `limit`. Only the first [`MAX_WORD`] bytes count.
pub(super) fn slips(word: &str, term: &str, limit: u8, reach: Reach) -> Option<u8> {
    let word = &word.as_bytes()[..word.len().min(MAX_WORD)];
    let term = &term.as_bytes()[..term.len().min(MAX_WORD)];
    if reach == Reach::Whole && word.len().abs_diff(term.len()) > usize::from(limit) {
        return None;
    }
    // Three rows of the classic table: a row per letter of `term`, a column per beginning of `word`.
    let mut before_last = [0_u8; MAX_WORD + 1];
    let mut last: [u8; MAX_WORD + 1] = std::array::from_fn(|column| column as u8);
    let mut best = if reach == Reach::Beginning {
        last[word.len()]
    } else {
        u8::MAX
    };
    for (row, &letter) in term.iter().enumerate() {
        let mut now = [0_u8; MAX_WORD + 1];
        now[0] = row as u8 + 1;
        let mut least = now[0];
        for (column, &wanted) in word.iter().enumerate() {
            let other = last[column] + u8::from(wanted != letter);
            let one_more = last[column + 1].min(now[column]) + 1;
            let mut cost = other.min(one_more);
            let swapped = row > 0 && column > 0 && wanted == term[row - 1] && word[column - 1] == letter;
            if swapped {
                cost = cost.min(before_last[column - 1] + 1);
            }
            now[column + 1] = cost;
            least = least.min(cost);
        }
        if reach == Reach::Beginning {
            best = best.min(now[word.len()]);
        }
        if least > limit {
            return (best <= limit).then_some(best);
        }
        (before_last, last) = (last, now);
    }
    let slips = if reach == Reach::Whole {
        last[word.len()]
    } else {
        best
    };
    (slips <= limit).then_some(slips)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_slip_counts_one() {
        for (word, term, expected) in [
            ("nirvana", "nirvana", Some(0)),
            ("nirvna", "nirvana", Some(1)),
            ("nirrvana", "nirvana", Some(1)),
            ("nirvena", "nirvana", Some(1)),
            ("nrivana", "nirvana", Some(1)),
            ("nrivena", "nirvana", Some(2)),
            ("nrvna", "nirvana", Some(2)),
            ("virvena", "nirvanas", None),
            ("a", "abcd", None),
        ] {
            assert_eq!(slips(word, term, 2, Reach::Whole), expected, "{word} {term}");
        }
    }

    #[test]
    fn an_unfinished_word_matches_a_beginning() {
        assert_eq!(slips("bethov", "beethoven", 1, Reach::Beginning), Some(1));
        assert_eq!(slips("beetho", "beethoven", 1, Reach::Beginning), Some(0));
        assert_eq!(slips("bathov", "beethoven", 1, Reach::Beginning), None);
        assert_eq!(slips("beethoven", "beeth", 1, Reach::Beginning), None);
    }

    #[test]
    fn the_letter_filter_never_hides_a_match() {
        let terms = [
            "nirvana",
            "beethoven",
            "abba",
            "queen",
            "2pac",
            "u2",
            "mississippi",
            "aaaa",
        ];
        let words = [
            "nirvna", "bethoven", "abab", "qeuen", "2pca", "u", "misisipi", "aaab", "xyz",
        ];
        for term in terms {
            for word in words {
                for reach in [Reach::Whole, Reach::Beginning] {
                    for limit in 0..=2 {
                        let near = slips(word, term, limit, reach).is_some();
                        let kept = may_match(letters(word), letters(term), limit, reach);
                        assert!(kept || !near, "{word} {term} {limit}");
                    }
                }
            }
        }
    }

    #[test]
    fn words_of_any_length_can_be_compared() {
        let long = "x".repeat(500);
        assert_eq!(slips(&long, &long, 2, Reach::Whole), Some(0));
        assert_eq!(slips("", &long, 2, Reach::Whole), None);
    }
}
