//! The search index: which tracks a query means, best first.
//!
//! Every word of the query must be found in a track's title, artist or album. Exact words go before unfinished ones,
//! those before typos; then titles before artists before albums; then the shorter title. Typos are only looked for
//! when the query as typed finds little, so that "Beat" does not drown in "Best". Immutable, knows rows, not tracks.

mod terms;
mod typo;

use self::terms::{Closeness, Field, Posting, TermTable, TermTableBuilder};
use super::wording::{words, words_to_find};

/// Words of a query beyond this are not looked at; longer queries are pastes, found by their beginning.
const MAX_QUERY_WORDS: usize = 8;
/// Characters of a query beyond this are not looked at.
const MAX_QUERY_CHARS: usize = 200;
/// With fewer exact results than this, typos are looked for too.
const FEW: usize = 10;

#[derive(Default)]
pub(super) struct SearchIndexBuilder {
    terms: TermTableBuilder,
    title_lengths: Vec<u8>,
}

impl SearchIndexBuilder {
    /// Adds the next row.
    pub fn add(&mut self, title: &str, artist: &str, album: &str) {
        let row = self.title_lengths.len() as u32;
        for (field, text) in [
            (Field::Title, title),
            (Field::Artist, artist),
            (Field::Album, album),
        ] {
            for word in words_to_find(text) {
                self.terms.add(&word, row, field);
            }
        }
        self.title_lengths
            .push(u8::try_from(words(title).len()).unwrap_or(u8::MAX));
    }

    pub fn build(self) -> SearchIndex {
        SearchIndex {
            terms: self.terms.build(),
            title_lengths: self.title_lengths,
        }
    }
}

#[derive(Default)]
pub(super) struct SearchIndex {
    terms: TermTable,
    /// Words in each row's title.
    title_lengths: Vec<u8>,
}

/// Rows in order, and how many there are in all.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Matches {
    pub rows: Vec<u32>,
    pub total: usize,
}

impl SearchIndex {
    pub fn find(&self, query: &str, limit: usize, offset: usize) -> Matches {
        let start: String = query.chars().take(MAX_QUERY_CHARS).collect();
        let mut wanted = words(&start);
        wanted.truncate(MAX_QUERY_WORDS);
        let mut found = self.rank(&wanted, Spelling::AsTyped);
        if found.len() < FEW {
            found = self.rank(&wanted, Spelling::Forgiving);
        }
        let total = found.len();
        let end = offset.saturating_add(limit).min(total);
        if end < total && end > 0 {
            found.select_nth_unstable(end - 1);
        }
        found.truncate(end);
        found.sort_unstable();
        let rows = found.iter().skip(offset).map(|ranked| ranked.row()).collect();
        Matches { rows, total }
    }

    /// The rows that have all words, in no order.
    fn rank(&self, wanted: &[String], spelling: Spelling) -> Vec<Ranked> {
        let mut tally = Tally::new(self.title_lengths.len());
        let Some((last, finished)) = wanted.split_last() else {
            return Vec::new();
        };
        for word in finished {
            tally.count(Closeness::Exact, self.terms.exact(word));
            if spelling == Spelling::Forgiving {
                self.terms.nearly(word, false, |closeness, postings| {
                    tally.count(closeness, postings)
                });
            }
            if !tally.next_word() {
                return Vec::new();
            }
        }
        tally.count(Closeness::Exact, self.terms.exact(last));
        tally.count(Closeness::Prefix, self.terms.longer(last));
        if spelling == Spelling::Forgiving {
            self.terms
                .nearly(last, true, |closeness, postings| tally.count(closeness, postings));
        }
        tally.next_word();
        tally.ranked(&self.title_lengths)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Spelling {
    AsTyped,
    Forgiving,
}

/// Adds up, word by word, what each row costs. Arrays over all rows beat maps here: a common word has half the library.
struct Tally {
    words: u8,
    /// How many of the query's words each row has had so far; one that missed a word falls behind for good.
    has: Vec<u8>,
    /// Sum over the words done.
    cost: Vec<u16>,
    /// Least cost of the word under way, [`NOT_YET`] where it was not found.
    word_cost: Vec<u16>,
    /// Rows that have the word under way.
    touched: Vec<u32>,
    /// Rows that have all words done.
    alive: Vec<u32>,
}

const NOT_YET: u16 = u16::MAX;

impl Tally {
    fn new(rows: usize) -> Self {
        Self {
            words: 0,
            has: vec![0; rows],
            cost: vec![0; rows],
            word_cost: vec![NOT_YET; rows],
            touched: Vec::new(),
            alive: Vec::new(),
        }
    }

    fn count(&mut self, closeness: Closeness, postings: &[Posting]) {
        for posting in postings {
            let row = posting.row() as usize;
            if self.has[row] != self.words {
                continue;
            }
            if self.word_cost[row] == NOT_YET {
                self.touched.push(posting.row());
            }
            // Closeness in the high byte, field in the low one: sums of eight words stay apart.
            let cost = (closeness as u16) << 8 | posting.field_cost();
            self.word_cost[row] = self.word_cost[row].min(cost);
        }
    }

    /// Closes the word under way. False if no row has all words so far.
    fn next_word(&mut self) -> bool {
        self.words += 1;
        for &row in &self.touched {
            let row = row as usize;
            self.has[row] = self.words;
            self.cost[row] += self.word_cost[row];
            self.word_cost[row] = NOT_YET;
        }
        self.alive = std::mem::take(&mut self.touched);
        !self.alive.is_empty()
    }

    fn ranked(self, title_lengths: &[u8]) -> Vec<Ranked> {
        let ranked = |row: u32| Ranked::new(self.cost[row as usize], title_lengths[row as usize], row);
        self.alive.iter().map(|&row| ranked(row)).collect()
    }
}

/// A row and what it costs, in one number that sorts best first: closeness, field, title length, place in the catalogue.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Ranked(u64);

impl Ranked {
    fn new(cost: u16, title_length: u8, row: u32) -> Self {
        Self(u64::from(cost) << 40 | u64::from(title_length) << 32 | u64::from(row))
    }

    fn row(self) -> u32 {
        self.0 as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SONGS: [(&str, &str, &str); 12] = [
        ("Mustapha", "Queen", "Jazz"),
        ("Bohemian Rhapsody", "Queen", "A Night at the Opera"),
        ("Dancing Queen", "ABBA", "Arrival"),
        ("Queen", "Perfume Genius", "Too Bright"),
        ("Thunderstruck", "AC/DC", "The Razors Edge"),
        ("Ágætis byrjun", "Sigur Rós", "Ágætis byrjun"),
        ("Don't Stop Me Now", "Queen", "Jazz"),
        ("Smells Like Teen Spirit", "Nirvana", "Nevermind"),
        ("Symphony No. 5", "Ludwig van Beethoven", "Symphonies"),
        ("Mrs. Robinson", "Simon & Garfunkel", "Bookends"),
        ("Queens", "The Reigns", "Crown"),
        ("Quern", "The Millers", "Grist"),
    ];

    fn index() -> SearchIndex {
        let mut builder = SearchIndexBuilder::default();
        for (title, artist, album) in SONGS {
            builder.add(title, artist, album);
        }
        builder.build()
    }

    fn titles(query: &str) -> Vec<&'static str> {
        index()
            .find(query, 100, 0)
            .rows
            .iter()
            .map(|&row| SONGS[row as usize].0)
            .collect()
    }

    #[test]
    fn queries_find_what_people_mean() {
        let table: [(&str, &[&str]); 21] = [
            ("thunderstruck", &["Thunderstruck"]),
            ("THUNDERSTRUCK", &["Thunderstruck"]),
            ("thunder", &["Thunderstruck"]),
            ("thnderstruck", &["Thunderstruck"]),
            ("thuderstrcuk", &["Thunderstruck"]),
            ("acdc", &["Thunderstruck"]),
            ("ac/dc thunder", &["Thunderstruck"]),
            ("agaetis", &["Ágætis byrjun"]),
            ("sigur ros", &["Ágætis byrjun"]),
            ("dont stop", &["Don't Stop Me Now"]),
            ("don’t stop", &["Don't Stop Me Now"]),
            ("rhapsody bohemian", &["Bohemian Rhapsody"]),
            ("rhapsody queen", &["Bohemian Rhapsody"]),
            ("queen rhapsdy", &["Bohemian Rhapsody"]),
            ("bethoven symphony", &["Symphony No. 5"]),
            ("simon and garfunkel", &["Mrs. Robinson"]),
            ("nrivana teen", &["Smells Like Teen Spirit"]),
            ("bookends robinson mrs", &["Mrs. Robinson"]),
            ("thun der", &[]),
            ("rhapsody nirvana", &[]),
            ("abbx", &["Dancing Queen"]),
        ];
        for (query, expected) in table {
            assert_eq!(titles(query), expected, "{query}");
        }
    }

    #[test]
    fn exact_goes_before_unfinished_before_typo_and_title_before_artist_before_album() {
        let expected = [
            "Queen",             // whole title
            "Dancing Queen",     // in the title
            "Mustapha",          // artist, shortest title first
            "Bohemian Rhapsody", //
            "Don't Stop Me Now", //
            "Queens",            // a longer word
            "Quern",             // a slip
        ];
        assert_eq!(titles("queen"), expected);
        let mut builder = SearchIndexBuilder::default();
        builder.add("One", "Two", "Echo");
        builder.add("Three", "Echo", "Four");
        builder.add("Echo", "Five", "Six");
        assert_eq!(builder.build().find("echo", 9, 0).rows, [2, 1, 0]);
    }

    #[test]
    fn a_query_without_letters_finds_nothing() {
        for query in ["", "   ", "!!!", "\u{0}"] {
            assert_eq!(index().find(query, 10, 0), Matches::default(), "{query:?}");
        }
        assert_eq!(SearchIndex::default().find("queen", 10, 0), Matches::default());
    }

    #[test]
    fn pages_follow_each_other_without_gaps() {
        let index = index();
        let all = index.find("queen", 100, 0);
        assert_eq!(all.total, 7);
        let mut paged = Vec::new();
        for offset in (0..8).step_by(2) {
            let page = index.find("queen", 2, offset);
            assert_eq!(page.total, 7);
            paged.extend(page.rows);
        }
        assert_eq!(paged, all.rows);
        assert_eq!(
            index.find("queen", 0, 0),
            Matches {
                rows: Vec::new(),
                total: 7
            }
        );
        assert_eq!(
            index.find("queen", usize::MAX, usize::MAX),
            Matches {
                rows: Vec::new(),
                total: 7
            }
        );
    }

    #[test]
    fn typos_are_only_looked_for_when_little_is_found() {
        let mut builder = SearchIndexBuilder::default();
        for _ in 0..FEW {
            builder.add("Beat", "x", "y");
        }
        builder.add("Best", "x", "y");
        assert_eq!(builder.build().find("beat", 100, 0).total, FEW);
    }

    #[test]
    fn enormous_queries_are_cut() {
        let long = "queen ".repeat(100_000);
        assert_eq!(titles(&long).first(), Some(&"Queen"));
    }
}
