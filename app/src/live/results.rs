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
        let shown = free.min(tracks.len());
        // What is left over goes to the group that was the last one: nothing stands below it yet.
        if let Some(above) = self.groups.last_mut() {
            above.shown = above.tracks.len().min(above.shown + free - shown);
        }
        if !tracks.is_empty() {
            self.groups.push(Group { tracks, shown });
        }
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
        self.waiting.len() == self.asked
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
