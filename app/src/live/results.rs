//! What a search has brought so far, source by source, in the order in which they answered. Pure.
//!
//! Rows that are shown stay where they are: what comes later comes below them.

use nests::track::{Source, Track};

use crate::server_fns::Refused;
use crate::server_fns::searching::Found;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Results {
    query: String,
    /// Rows that fit, however many sources there are.
    limit: usize,
    /// How many sources were asked.
    asked: usize,
    /// Those of them that haven't answered yet.
    waiting: Vec<Source>,
    groups: Vec<Group>,
    /// How far each source was read.
    read: Vec<Read>,
    /// Somebody asked for more: all that comes is shown.
    is_for_all: bool,
    /// A sentence for each source that had no answer.
    complaints: Vec<String>,
    /// Why nobody was asked at all; several say the same.
    refused: Option<String>,
    is_answered: bool,
}

/// What one source found.
#[derive(Clone, Debug, PartialEq)]
struct Group {
    tracks: Vec<Track>,
    /// How many of them are shown.
    shown: usize,
}

/// How many of a source's tracks were read, of how many that it has. Fewer may be here: some may not be played.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Read {
    source: Source,
    count: usize,
    total: usize,
}

impl Results {
    /// All that one request for all sources brought.
    pub fn whole(query: String, answer: Result<Found, Refused>) -> Self {
        let limit = answer.as_ref().map_or(0, |found| found.tracks.len());
        let mut results = Self::awaited(query, &[], limit);
        results.take(answer);
        results
    }

    /// What is there before the first source has answered; `limit` rows are to be shown in all.
    pub fn awaited(query: String, sources: &[Source], limit: usize) -> Self {
        Self {
            query,
            limit,
            asked: sources.len(),
            waiting: sources.to_vec(),
            ..Self::default()
        }
    }

    /// A source has answered.
    pub fn arrive(&mut self, source: Source, answer: Result<Found, Refused>) {
        self.waiting.retain(|waiting| *waiting != source);
        if let Ok(found) = &answer {
            let before = self.read_of(source).map_or(0, |read| read.count);
            self.read.retain(|read| read.source != source);
            let count = before + self.limit;
            // A page without a row is the last one, whatever was promised.
            let total = if found.tracks.is_empty() {
                count
            } else {
                found.total as usize
            };
            self.read.push(Read { source, count, total });
        }
        self.take(answer);
    }

    fn take(&mut self, answer: Result<Found, Refused>) {
        let tracks = match answer {
            Ok(found) => {
                self.is_answered = true;
                self.complaints.extend(found.complaints);
                found.tracks
            }
            Err(refused) => {
                self.refused = Some(refused.0.message);
                Vec::new()
            }
        };
        // Whoever hasn't answered keeps their share of the rows.
        let kept = self.limit / self.asked.max(1) * self.waiting.len();
        let free = self.limit.saturating_sub(kept + self.count());
        let shown = match self.is_for_all {
            true => tracks.len(),
            false => free.min(tracks.len()),
        };
        // What is left over goes to the group that was the last one: nothing stands below it yet.
        if let Some(above) = self.groups.last_mut() {
            above.shown = above.tracks.len().min(above.shown + free.saturating_sub(shown));
        }
        if !tracks.is_empty() {
            self.groups.push(Group { tracks, shown });
        }
    }

    fn read_of(&self, source: Source) -> Option<&Read> {
        self.read.iter().find(|read| read.source == source)
    }

    /// Whether there is more to be shown, here or at a source. Not before all have answered for the first time.
    pub fn has_more(&self) -> bool {
        let is_hidden = |group: &Group| group.shown < group.tracks.len();
        let goes_on = |read: &Read| read.count < read.total;
        let was_complete = self.is_complete() || self.is_for_all;
        was_complete && (self.groups.iter().any(is_hidden) || self.read.iter().any(goes_on))
    }

    /// Shows what is here already, below all that is shown. Answers who has more, and from which of their tracks on; nobody
    /// while some of them are still asked.
    pub fn more(&mut self) -> Vec<(Source, usize)> {
        if !self.is_complete() {
            return Vec::new();
        }
        self.is_for_all = true;
        let mut rest = Vec::new();
        for group in &mut self.groups {
            let tracks = group.tracks.split_off(group.shown);
            if !tracks.is_empty() {
                let shown = tracks.len();
                rest.push(Group { tracks, shown });
            }
        }
        self.groups.extend(rest);
        self.complaints.clear();
        self.refused = None;
        let goes_on = self.read.iter().filter(|read| read.count < read.total);
        let next: Vec<_> = goes_on.map(|read| (read.source, read.count)).collect();
        self.waiting = next.iter().map(|(source, _)| *source).collect();
        next
    }

    pub fn query(&self) -> &str {
        &self.query
    }

    /// From top to bottom.
    pub fn rows(&self) -> impl Iterator<Item = &Track> {
        self.groups.iter().flat_map(|group| &group.tracks[..group.shown])
    }

    pub fn count(&self) -> usize {
        self.groups.iter().map(|group| group.shown).sum()
    }

    /// Whether nobody has answered yet.
    pub fn is_untouched(&self) -> bool {
        !self.is_for_all && self.waiting.len() == self.asked
    }

    /// Whether all have answered.
    pub fn is_complete(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Whether each group has its source's name above it: from the first row on, or the name would push that row down.
    pub fn has_headings(&self) -> bool {
        let mut sources = self.rows().map(|track| track.uri.source());
        let first = sources.next();
        self.asked > 1 || sources.any(|source| Some(source) != first)
    }

    /// The line below the rows: who is still searching, who has no answer, or that there is nothing.
    pub fn status(&self) -> String {
        if self.failure().is_some() {
            return String::new();
        }
        let mut said = self.complaints.clone();
        said.extend(self.refused.clone());
        let searching = self.waiting.iter();
        said.extend(searching.map(|source| format!("{}: searching…", source.title())));
        if said.is_empty() && self.count() == 0 {
            return format!("Nothing found for “{}”. Fewer letters often help.", self.query);
        }
        said.join(" ")
    }

    /// Why there is nothing at all, where nobody could be asked.
    pub fn failure(&self) -> Option<String> {
        let is_over = self.is_complete() && !self.is_answered;
        self.refused.clone().filter(|_| is_over)
    }
}

#[cfg(test)]
mod tests {
    use nests::track::TrackUri;
    use nests::wire::{ErrorBody, ErrorCode};

    use super::*;

    const BOTH: [Source; 2] = [Source::Library, Source::Spotify];
    const LIMIT: usize = 10;

    fn found(source: Source, count: u64) -> Result<Found, Refused> {
        let track = |n: u64| {
            let uri = match source {
                Source::Library => TrackUri::library(n),
                Source::Spotify => TrackUri::parse(&format!("spotify:track:{n:022}")).expect("a URI"),
            };
            Track {
                uri,
                title: n.to_string(),
                artist: String::new(),
                album: String::new(),
                duration_ms: 1,
                img: None,
                big_img: None,
                hue: None,
            }
        };
        Ok(Found {
            tracks: (0..count).map(track).collect(),
            total: count as u32,
            complaints: Vec::new(),
        })
    }

    fn silent(why: &str) -> Result<Found, Refused> {
        Ok(Found {
            complaints: vec![why.to_owned()],
            ..Found::default()
        })
    }

    fn refused(why: &str) -> Result<Found, Refused> {
        Err(Refused(ErrorBody::new(ErrorCode::RateLimited, why)))
    }

    fn rows(results: &Results) -> Vec<(Source, String)> {
        results
            .rows()
            .map(|track| (track.uri.source(), track.title.clone()))
            .collect()
    }

    #[test]
    fn the_first_answer_is_shown_at_once_and_leaves_the_others_their_share() {
        for (first, other) in [BOTH, [Source::Spotify, Source::Library]].map(|[a, b]| (a, b)) {
            let mut results = Results::awaited("a".to_owned(), &BOTH, LIMIT);
            assert_eq!(results.status(), "Library: searching… Spotify: searching…");
            results.arrive(first, found(first, 9));
            assert_eq!((results.count(), results.has_headings()), (5, true));
            assert_eq!(results.status(), format!("{}: searching…", other.title()));
            results.arrive(other, found(other, 9));
            assert_eq!((results.count(), results.status().as_str()), (10, ""));
            let sources: Vec<Source> = rows(&results).iter().map(|(source, _)| *source).collect();
            assert_eq!(sources, [[first; 5], [other; 5]].concat());
        }
    }

    #[test]
    fn rows_that_are_shown_never_move_whatever_comes_later() {
        for first in 0..12 {
            for other in 0..12 {
                let mut results = Results::awaited("a".to_owned(), &BOTH, LIMIT);
                results.arrive(Source::Library, found(Source::Library, first));
                let before = rows(&results);
                results.arrive(Source::Spotify, found(Source::Spotify, other));
                let after = rows(&results);
                assert_eq!(after[..before.len()], before, "{first} and {other}");
                let all = (first + other).min(LIMIT as u64) as usize;
                assert_eq!(after.len(), all, "{first} and {other} fill the rows there are");
            }
        }
    }

    fn a_page(source: Source, from: u64, count: u64, total: u32) -> Result<Found, Refused> {
        found(source, from + count).map(|found| Found {
            tracks: found.tracks.into_iter().skip(from as usize).collect(),
            total,
            ..found
        })
    }

    #[test]
    fn more_comes_below_what_is_shown_until_there_is_no_more() {
        let mut results = Results::awaited("a".to_owned(), &BOTH, LIMIT);
        results.arrive(Source::Library, a_page(Source::Library, 0, 7, 7));
        assert!(!results.has_more(), "somebody still searches");
        results.arrive(Source::Spotify, a_page(Source::Spotify, 0, 10, 24));
        let before = rows(&results);
        assert_eq!((before.len(), results.has_more()), (10, true));
        assert_eq!(results.more(), [(Source::Spotify, 10)]);
        assert_eq!(results.count(), 17, "all that is here");
        assert_eq!(
            (results.status().as_str(), results.has_more()),
            ("Spotify: searching…", true)
        );
        assert_eq!(results.more(), [], "they are asked already");
        results.arrive(Source::Spotify, a_page(Source::Spotify, 10, 9, 24));
        assert_eq!(results.more(), [(Source::Spotify, 20)]);
        results.arrive(Source::Spotify, a_page(Source::Spotify, 20, 4, 24));
        let all = rows(&results);
        assert_eq!(
            (all.len(), results.has_more()),
            (30, false),
            "one may not be played"
        );
        assert_eq!(all[..10], before, "nothing moved");
        let mut once: Vec<_> = all
            .iter()
            .map(|(source, title)| (source.as_str(), title))
            .collect();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), 30, "nothing twice");
    }

    #[test]
    fn more_that_fails_can_be_asked_for_again_and_an_empty_page_ends_it() {
        let mut results = Results::awaited("a".to_owned(), &[Source::Spotify], LIMIT);
        results.arrive(Source::Spotify, a_page(Source::Spotify, 0, 10, 30));
        assert_eq!(results.more(), [(Source::Spotify, 10)]);
        results.arrive(Source::Spotify, refused("Slowly."));
        assert_eq!((results.status().as_str(), results.has_more()), ("Slowly.", true));
        assert_eq!(results.more(), [(Source::Spotify, 10)]);
        results.arrive(Source::Spotify, a_page(Source::Spotify, 10, 0, 30));
        assert_eq!((results.count(), results.has_more()), (10, false));
    }

    #[test]
    fn one_that_fails_empties_nobody_and_is_named() {
        let mut results = Results::awaited("a".to_owned(), &BOTH, LIMIT);
        results.arrive(Source::Library, found(Source::Library, 8));
        results.arrive(Source::Spotify, silent("Spotify can't be reached right now."));
        assert_eq!(results.count(), 8);
        assert_eq!(results.status(), "Spotify can't be reached right now.");
        let mut results = Results::awaited("a".to_owned(), &BOTH, LIMIT);
        results.arrive(Source::Spotify, refused("Slowly."));
        assert_eq!(results.status(), "Slowly. Library: searching…");
        results.arrive(Source::Library, found(Source::Library, 1));
        assert_eq!((results.count(), results.failure()), (1, None));
        assert_eq!(results.status(), "Slowly.");
    }

    #[test]
    fn nothing_found_is_said_when_all_have_answered_and_a_refusal_once() {
        let mut results = Results::awaited("a".to_owned(), &BOTH, LIMIT);
        results.arrive(Source::Library, found(Source::Library, 0));
        assert_eq!(results.status(), "Spotify: searching…");
        results.arrive(Source::Spotify, found(Source::Spotify, 0));
        assert_eq!(
            results.status(),
            "Nothing found for “a”. Fewer letters often help."
        );
        let mut results = Results::awaited("a".to_owned(), &BOTH, LIMIT);
        results.arrive(Source::Library, refused("No connection."));
        assert_eq!(results.failure(), None);
        results.arrive(Source::Spotify, refused("No connection."));
        assert_eq!(results.failure().as_deref(), Some("No connection."));
        assert_eq!(results.status(), "");
    }

    #[test]
    fn one_answer_for_all_shows_all_of_it_with_names_where_there_are_several() {
        let tracks = |count: u64| {
            found(Source::Library, count)
                .map(|found| found.tracks)
                .unwrap_or_default()
        };
        let alone = Results::whole("a".to_owned(), found(Source::Library, 7));
        assert_eq!((alone.count(), alone.has_headings()), (7, false));
        let mixed = Found {
            tracks: [
                tracks(2),
                found(Source::Spotify, 3)
                    .map(|found| found.tracks)
                    .unwrap_or_default(),
            ]
            .concat(),
            ..Found::default()
        };
        let mixed = Results::whole("a".to_owned(), Ok(mixed));
        assert_eq!((mixed.count(), mixed.has_headings()), (5, true));
        let failed = Results::whole("a".to_owned(), refused("Slowly."));
        assert_eq!(failed.failure().as_deref(), Some("Slowly."));
    }
}
