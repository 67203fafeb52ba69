//! All words of the library in alphabetical order, each with the tracks that have it.
//!
//! Words lie one after another in one string, tracks in one array: a prefix is one run of both, and looking through
//! every word for a typo is one pass over a small array of letter sets. (A finite-state automaton does the same in
//! less memory, at a few times the time.) Immutable once built.

use std::collections::HashMap;
use std::ops::Range;

use super::typo::{Reach, forgiven, letters, may_match, slips};

/// Words shorter than this are taken at their word while being typed: too many others begin like them.
const MIN_UNFINISHED_TYPO: usize = 6;
const MAX_UNFINISHED_SLIPS: u8 = 1;

/// Where a word was found in a track. Earlier is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Field {
    Title = 0,
    Artist = 1,
    Album = 2,
}

/// How a term matches a word of the query. Earlier is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Closeness {
    Exact = 0,
    Prefix = 1,
    Typo = 2,
    /// Two slips, or a slip in the beginning of a longer word.
    FarTypo = 3,
}

/// A track (its row in the catalogue) and the best field in which it has a term, in one number.
#[derive(Clone, Copy)]
pub(super) struct Posting(u32);

const FIELD_BITS: u32 = 2;

impl Posting {
    pub fn new(row: u32, field: Field) -> Self {
        Self(row << FIELD_BITS | field as u32)
    }

    pub fn row(self) -> u32 {
        self.0 >> FIELD_BITS
    }

    /// 0 for the title, 1 for the artist, 2 for the album.
    pub fn field_cost(self) -> u16 {
        (self.0 & ((1 << FIELD_BITS) - 1)) as u16
    }
}

#[derive(Default)]
pub(super) struct TermTableBuilder {
    postings: HashMap<String, Vec<Posting>>,
}

impl TermTableBuilder {
    /// Rows must come in ascending order, and each row's fields from best to worst.
    pub fn add(&mut self, term: &str, row: u32, field: Field) {
        match self.postings.get_mut(term) {
            Some(postings) if postings.last().is_some_and(|last| last.row() == row) => {}
            Some(postings) => postings.push(Posting::new(row, field)),
            None => {
                self.postings
                    .insert(term.to_owned(), vec![Posting::new(row, field)]);
            }
        }
    }

    pub fn build(self) -> TermTable {
        let mut sorted: Vec<(String, Vec<Posting>)> = self.postings.into_iter().collect();
        sorted.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        let mut table = TermTable::default();
        for (term, postings) in sorted {
            table.letters.push(letters(&term));
            table.text.push_str(&term);
            table.text_ends.push(table.text.len() as u32);
            table.postings.extend(postings);
            table.posting_ends.push(table.postings.len() as u32);
        }
        table
    }
}

#[derive(Default)]
pub(super) struct TermTable {
    text: String,
    /// Where each term ends in `text`.
    text_ends: Vec<u32>,
    letters: Vec<u64>,
    postings: Vec<Posting>,
    /// Where each term's tracks end in `postings`.
    posting_ends: Vec<u32>,
}

impl TermTable {
    fn len(&self) -> usize {
        self.text_ends.len()
    }

    fn term(&self, index: usize) -> &str {
        &self.text[span(&self.text_ends, index..index + 1)]
    }

    /// The tracks of a run of terms.
    fn postings(&self, terms: Range<usize>) -> &[Posting] {
        &self.postings[span(&self.posting_ends, terms)]
    }

    /// The tracks that have exactly this word.
    pub fn exact(&self, word: &str) -> &[Posting] {
        let first = self.first_from(word);
        let found = first < self.len() && self.term(first) == word;
        self.postings(first..first + usize::from(found))
    }

    /// The tracks that have a longer word beginning like this.
    pub fn longer(&self, word: &str) -> &[Posting] {
        let exact = self.first_from(word);
        let first = exact + usize::from(exact < self.len() && self.term(exact) == word);
        let end = partition(first..self.len(), |index| self.term(index).starts_with(word));
        self.postings(first..end)
    }

    /// Gives `each` the tracks of every word that is nearly this one, or nearly begins like it where it is unfinished.
    pub fn nearly(&self, word: &str, unfinished: bool, mut each: impl FnMut(Closeness, &[Posting])) {
        let limit = forgiven(word);
        if limit == 0 {
            return;
        }
        let unfinished = unfinished && word.len() >= MIN_UNFINISHED_TYPO;
        let filter = if unfinished {
            Reach::Beginning
        } else {
            Reach::Whole
        };
        let wanted = letters(word);
        for (index, &has) in self.letters.iter().enumerate() {
            if !may_match(wanted, has, limit, filter) {
                continue;
            }
            let term = self.term(index);
            let closeness = match slips(word, term, limit, Reach::Whole) {
                Some(0) => continue, // exact, and so found already
                Some(1) => Closeness::Typo,
                Some(_) => Closeness::FarTypo,
                None if unfinished && slips(word, term, MAX_UNFINISHED_SLIPS, Reach::Beginning).is_some() => {
                    Closeness::FarTypo
                }
                None => continue,
            };
            each(closeness, self.postings(index..index + 1));
        }
    }

    fn first_from(&self, word: &str) -> usize {
        partition(0..self.len(), |index| self.term(index) < word)
    }
}

fn span(ends: &[u32], run: Range<usize>) -> Range<usize> {
    let end_before = |index: usize| if index == 0 { 0 } else { ends[index - 1] as usize };
    end_before(run.start)..end_before(run.end)
}

/// The first index in `range` for which `before` no longer holds.
fn partition(range: Range<usize>, before: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (range.start, range.end);
    while low < high {
        let middle = low.midpoint(high);
        if before(middle) {
            low = middle + 1
        } else {
            high = middle
        }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> TermTable {
        let mut builder = TermTableBuilder::default();
        for (row, term) in ["abba", "abbey", "queen", "queens", "zz"].iter().enumerate() {
            builder.add(term, row as u32, Field::Title);
        }
        builder.add("queen", 7, Field::Artist);
        builder.add("queen", 7, Field::Album);
        builder.build()
    }

    fn rows(postings: &[Posting]) -> Vec<u32> {
        postings.iter().map(|posting| posting.row()).collect()
    }

    #[test]
    fn words_are_found_whole_and_by_their_beginning() {
        let table = table();
        for (word, exact, longer) in [
            ("abba", vec![0], vec![]),
            ("abb", vec![], vec![0, 1]),
            ("queen", vec![2, 7], vec![3]),
            ("", vec![], vec![0, 1, 2, 7, 3, 4]),
            ("zzz", vec![], vec![]),
            ("a0", vec![], vec![]),
        ] {
            assert_eq!(rows(table.exact(word)), exact, "{word}");
            assert_eq!(rows(table.longer(word)), longer, "{word}");
        }
        assert!(rows(TermTable::default().longer("a")).is_empty());
    }

    #[test]
    fn a_track_counts_once_per_word_with_its_best_field() {
        let table = table();
        let fields: Vec<u16> = table
            .exact("queen")
            .iter()
            .map(|posting| posting.field_cost())
            .collect();
        assert_eq!(fields, [Field::Title as u16, Field::Artist as u16]);
    }
}
