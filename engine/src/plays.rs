//! What people had played, for throwbacks: when, which track, and who queued it.
//!
//! Owns how a play stands in the store: one member of the set of its weekday by UTC, so that the same play twice is one and
//! a few at random cost the same among ten as among a million. The house's own weekday is looked up when they are read:
//! its zone stands nowhere in the store. Jams and addresses are not kept, titles and lengths of what played here for a year:
//! a source that doesn't answer can't tell them.

pub mod import;
pub mod log_line;

use std::collections::HashMap;

use nests::history::{Ending, Played};
use nests::nest::{MemberId, NestId, Person};
use nests::time::Millis;
use nests::track::{Source, Track, TrackUri};

use crate::Engine;
use crate::error::EngineError;
use crate::store::Key;
use crate::store::keys::PLAYED_TRACK_LIFE;
use crate::store::state::{Effect, effect};

/// Plays drawn from each UTC day that may hold a part of the house's day.
const DRAWN_A_DAY: usize = 64;
const DAYS: [&str; 7] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];
const DAY_MS: i64 = 86_400_000;
/// 1970-01-01 was a Thursday.
const FIRST_DAY: i64 = 3;

/// A song that a person queued and that played to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Play {
    pub(crate) ended_at: Millis,
    pub(crate) track: TrackUri,
    pub(crate) by: MemberId,
}

impl Play {
    /// `seconds|uri|member`.
    pub(crate) fn to_text(&self) -> String {
        format!("{}|{}|{}", self.ended_at.0.div_euclid(1000), self.track, self.by)
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '|');
        let seconds: i64 = parts.next()?.parse().ok()?;
        Some(Self {
            ended_at: Millis(seconds.checked_mul(1000)?),
            track: TrackUri::parse(parts.next()?).ok()?,
            by: MemberId::parse(parts.next()?).ok()?,
        })
    }

    pub(crate) fn day(&self) -> &'static str {
        utc_weekday(self.ended_at)
    }
}

/// The weekday by UTC.
fn utc_weekday(at: Millis) -> &'static str {
    let day = at.0.div_euclid(DAY_MS) + FIRST_DAY;
    DAYS[day.rem_euclid(DAYS.len() as i64) as usize]
}

/// The writes that keep a play for throwbacks, beside its record in the history. Only the Main Nest has throwbacks; what
/// Bender picked or somebody skipped is nobody's wish to hear it again.
pub(crate) fn kept(nest: &NestId, played: &Played) -> Result<Vec<Effect>, EngineError> {
    let song = &played.song;
    let is_music = !song.track.uri.is_episode();
    if !nest.is_main() || !is_music || song.auto || played.ending != Ending::Finished {
        return Ok(Vec::new());
    }
    let play = Play {
        ended_at: played.ended_at,
        track: song.track.uri.clone(),
        by: song.user.id.clone(),
    };
    let name = vec![song.user.id.to_string(), song.user.name.clone()];
    let mut writes = vec![
        effect("SADD", Key::Plays(nest, play.day()), vec![play.to_text()]),
        effect("HSET", Key::PlaysPeople(nest), name),
    ];
    if can_be_silent(song.track.uri.source()) {
        let text =
            serde_json::to_string(&song.track).map_err(|error| EngineError::Unreadable(error.to_string()))?;
        let life = PLAYED_TRACK_LIFE.as_secs().to_string();
        let key = Key::PlayedTrack(nest, &song.track.uri);
        writes.push(effect("SET", key, vec![text, "EX".to_owned(), life]));
    }
    Ok(writes)
}

/// The library answers from memory, and knows best what has become of a file.
const fn can_be_silent(source: Source) -> bool {
    match source {
        Source::Library => false,
        Source::Spotify => true,
    }
}

/// A track of the past, when it played and who queued it then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Throwback {
    pub played_at: Millis,
    pub track: TrackUri,
    pub by: Person,
}

impl Engine {
    /// Some of what people had played in the Main Nest on earlier days of today's weekday, in no order.
    pub async fn throwbacks(&self) -> Result<Vec<Throwback>, EngineError> {
        let (main, now) = (NestId::main(), self.now());
        let mut draw = redis::pipe();
        for day in self.inner.settings.zone.utc_weekdays(now) {
            draw.cmd("SRANDMEMBER")
                .arg(Key::Plays(&main, DAYS[day]).name())
                .arg(DRAWN_A_DAY);
        }
        let drawn: Vec<Vec<String>> = self.inner.store.run_all(&draw).await?;
        let is_same_weekday = self.inner.settings.zone.same_weekday_before(now);
        let plays: Vec<Play> = drawn
            .iter()
            .flatten()
            .filter_map(|text| Play::parse(text))
            .filter(|play| is_same_weekday(play.ended_at))
            .collect();
        let people = self.people_of(&main, &plays).await?;
        let credited = |play: Play| {
            Some(Throwback {
                played_at: play.ended_at,
                by: people.get(&play.by)?.clone(),
                track: play.track,
            })
        };
        Ok(plays.into_iter().filter_map(credited).collect())
    }

    /// What these tracks were when they last played in the Main Nest, each at its place; `None`: they never played here, or not
    /// within [`PLAYED_TRACK_LIFE`].
    pub(crate) async fn played_tracks(&self, uris: &[TrackUri]) -> Result<Vec<Option<Track>>, EngineError> {
        if uris.is_empty() {
            return Ok(Vec::new());
        }
        let main = NestId::main();
        let mut read = redis::cmd("MGET");
        for uri in uris {
            read.arg(Key::PlayedTrack(&main, uri).name());
        }
        let texts: Vec<Option<String>> = self.inner.store.run(&read).await?;
        let track = |text: Option<String>| serde_json::from_str(&text?).ok();
        Ok(texts.into_iter().map(track).collect())
    }

    async fn people_of(
        &self,
        nest: &NestId,
        plays: &[Play],
    ) -> Result<HashMap<MemberId, Person>, EngineError> {
        if plays.is_empty() {
            return Ok(HashMap::new());
        }
        let mut read = redis::cmd("HMGET");
        read.arg(Key::PlaysPeople(nest).name());
        for play in plays {
            read.arg(play.by.as_str());
        }
        let names: Vec<Option<String>> = self.inner.store.run(&read).await?;
        let named = |(play, name): (&Play, Option<String>)| {
            let id = play.by.clone();
            Some((id.clone(), Person { id, name: name? }))
        };
        Ok(plays.iter().zip(names).filter_map(named).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_play_reads_back_as_it_was_written() {
        let play = Play {
            ended_at: Millis(1_700_000_000_000),
            track: TrackUri::library(7),
            by: MemberId::parse("g-anna").expect("an id"),
        };
        assert_eq!(Play::parse(&play.to_text()), Some(play.clone()));
        assert_eq!(play.day(), "tuesday");
        for broken in ["", "x|library:0000000000000007|anna", "5|nothing|anna", "5"] {
            assert_eq!(Play::parse(broken), None, "{broken}");
        }
    }

    #[test]
    fn weekdays_are_counted_from_the_first_thursday_on() {
        assert_eq!(utc_weekday(Millis(0)), "thursday");
        assert_eq!(utc_weekday(Millis(-1)), "wednesday");
        assert_eq!(utc_weekday(Millis(4 * DAY_MS)), "monday");
    }
}
