//! What played in a nest: one record per song that is over.
//!
//! Owns what is remembered of a song, how it ended, and what a search finds. Where the records are kept is the engine's
//! business.

use serde::{Deserialize, Serialize};

use crate::nest::Person;
use crate::playback::Playing;
use crate::queue::Song;
use crate::time::Millis;
use crate::wire::{Change, Event, Snapshot};

/// A song that played, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Played {
    pub song: Song,
    pub started_at: Millis,
    pub ended_at: Millis,
    pub ending: Ending,
    /// Who loved it, in the order they said so.
    pub jams: Vec<Person>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// Its time was up.
    Finished,
    /// Something cut it short: a skip, a restart, a nest that fell asleep over it.
    Skipped,
}

impl Played {
    /// The record of a song that stops playing at `at`.
    pub fn of(playing: &Playing, at: Millis) -> Self {
        let position = playing.position_ms(at);
        let ending = if position >= playing.duration_ms() {
            Ending::Finished
        } else {
            Ending::Skipped
        };
        Self {
            song: playing.queued.song.clone(),
            started_at: playing.started_at,
            // A player that comes late does not make the song longer than it was.
            ended_at: playing.started_at_when_resumed(at).plus(i64::from(position)),
            ending,
            jams: playing.queued.jams.clone(),
        }
    }

    /// Whether every word of a search stands in the title, the artist, the album or the name of who brought it.
    pub fn matches(&self, search: &Search) -> bool {
        let Song { track, user, .. } = &self.song;
        let told = [&track.title, &track.artist, &track.album, &user.name].map(|text| text.to_lowercase());
        search
            .0
            .iter()
            .all(|word| told.iter().any(|text| text.contains(word)))
    }
}

/// What is looked for: words in any order, in any case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search(Vec<String>);

impl Search {
    pub fn new(text: &str) -> Self {
        Self(text.split_whitespace().map(str::to_lowercase).collect())
    }

    pub fn is_for_anything(&self) -> bool {
        self.0.is_empty()
    }
}

/// The song that `event` ends, if it ends one; `before` is the nest as it was until then.
pub fn ended_by(event: &Event, before: &Snapshot) -> Option<Played> {
    let playing = before.playing.as_ref()?;
    match &event.change {
        // The next song may start where this one ended, a moment before anybody noticed.
        Change::Started { song, at } if *song != playing.queued.song.id => Some(Played::of(playing, *at)),
        Change::Stopped => Some(Played::of(playing, event.at)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::snapshot::fixture::{nest, person, queued};

    const LENGTH: i64 = 180_000;

    fn event(at: i64, change: Change) -> Event {
        Event {
            v: 1,
            at: Millis(at),
            by: None,
            change,
        }
    }

    #[test]
    fn a_song_ends_by_its_time_or_is_cut_short() {
        let nest = nest().playing(queued(1, "anna"), Millis(1000));
        let next = queued(2, "ben").song.id;
        let started = |at: i64| {
            let change = Change::Started {
                song: next.clone(),
                at: Millis(at),
            };
            event(at + 500, change)
        };
        let table = [
            (started(1000 + LENGTH), Ending::Finished, 1000 + LENGTH),
            (started(60_000), Ending::Skipped, 60_000),
            (event(90_000, Change::Stopped), Ending::Skipped, 90_000),
            // The program was away for a day: the song was no longer for that.
            (
                event(86_400_000, Change::Stopped),
                Ending::Finished,
                1000 + LENGTH,
            ),
        ];
        for (event, ending, ended_at) in table {
            let played = ended_by(&event, &nest).expect("it ended");
            assert_eq!(
                (played.ending, played.ended_at),
                (ending, Millis(ended_at)),
                "{event:?}"
            );
        }
    }

    #[test]
    fn what_does_not_end_a_song_leaves_no_record() {
        let playing = nest().playing(queued(1, "anna"), Millis(0));
        assert_eq!(ended_by(&event(5, Change::Volume { level: 3 }), &playing), None);
        assert_eq!(ended_by(&event(5, Change::Stopped), &nest()), None);
    }

    #[test]
    fn a_song_skipped_while_paused_ended_where_it_stood() {
        let mut nest = nest().playing(queued(1, "anna"), Millis(0));
        if let Some(playing) = &mut nest.playing {
            playing.paused_at = Some(Millis(60_000));
            playing.queued.set_jam(&person("ben"), true);
        }
        let played = ended_by(&event(500_000, Change::Stopped), &nest).expect("it ended");
        assert_eq!(
            (played.ending, played.ended_at),
            (Ending::Skipped, Millis(500_000))
        );
        assert_eq!(played.jams, [person("ben")]);
    }

    #[test]
    fn a_search_finds_words_in_any_order_and_case() {
        let nest = nest().playing(queued(7, "anna"), Millis(0));
        let played = ended_by(&event(5, Change::Stopped), &nest).expect("it ended");
        for (text, found) in [
            ("SONG anna", true),
            ("artist 7", true),
            ("", true),
            ("song ben", false),
        ] {
            assert_eq!(played.matches(&Search::new(text)), found, "{text}");
        }
    }
}
