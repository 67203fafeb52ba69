//! A song: a track that somebody asked for, in one nest, at one moment.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::Vote;
use crate::nest::{MemberId, Person};
use crate::time::Millis;
use crate::track::Track;

/// One entry of one queue: 12 characters of `a-z 2-7`. The same track queued twice is two songs.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SongId(String);

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a song id has {SONG_ID_LENGTH} characters of a-z and 2-7")]
pub struct SongIdError;

const SONG_ID_LENGTH: usize = 12;
const SONG_ID_ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

impl SongId {
    pub fn parse(text: &str) -> Result<Self, SongIdError> {
        let clean = text.len() == SONG_ID_LENGTH && text.bytes().all(|b| SONG_ID_ALPHABET.contains(&b));
        if clean {
            Ok(Self(text.to_owned()))
        } else {
            Err(SongIdError)
        }
    }

    /// Sixty bits of the roll, spelled out.
    pub fn from_roll(roll: u64) -> Self {
        let letter = |i: usize| char::from(SONG_ID_ALPHABET[(roll >> (5 * i) & 31) as usize]);
        Self((0..SONG_ID_LENGTH).map(letter).collect())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SongId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for SongId {
    type Error = SongIdError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<SongId> for String {
    fn from(id: SongId) -> Self {
        id.0
    }
}

/// What was asked for, by whom and when. Never changes once it is in a queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Song {
    pub id: SongId,
    pub track: Track,
    pub user: Person,
    pub added_at: Millis,
    /// Picked by Bender: plays after all people's songs.
    pub auto: bool,
}

impl Song {
    /// Bender's pick from what somebody queued in the past; it is credited to them.
    pub fn is_throwback(&self) -> bool {
        self.auto && !self.user.is_bender()
    }
}

/// A song with what people said of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueuedSong {
    pub song: Song,
    #[serde(default)]
    pub votes: BTreeMap<MemberId, Vote>,
    /// Who loves it, in the order they said so.
    #[serde(default)]
    pub jams: Vec<Person>,
}

impl QueuedSong {
    /// A throwback comes with the jam of who queued it then.
    pub fn new(song: Song) -> Self {
        let jams = song.is_throwback().then(|| song.user.clone());
        Self {
            song,
            votes: BTreeMap::new(),
            jams: jams.into_iter().collect(),
        }
    }

    /// Ups minus downs: how many places the votes are worth.
    pub fn net_votes(&self) -> i32 {
        self.votes.values().map(|v| v.worth()).sum()
    }

    pub fn vote_of(&self, member: &MemberId) -> Option<Vote> {
        self.votes.get(member).copied()
    }

    pub fn is_jammed_by(&self, member: &MemberId) -> bool {
        self.jams.iter().any(|p| p.id == *member)
    }

    /// Sets or takes back one member's vote. Doing it twice is doing it once.
    pub fn set_vote(&mut self, member: &MemberId, vote: Option<Vote>) {
        match vote {
            Some(vote) => {
                self.votes.insert(member.clone(), vote);
            }
            None => {
                self.votes.remove(member);
            }
        }
    }

    /// Sets or takes back one person's jam. Doing it twice is doing it once.
    pub fn set_jam(&mut self, person: &Person, on: bool) {
        let has = self.is_jammed_by(&person.id);
        if on && !has {
            self.jams.push(person.clone());
        } else if !on && has {
            self.jams.retain(|p| p.id != person.id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn song_ids_come_from_a_roll_and_parse_back() {
        for roll in [0, 1, u64::MAX, 0x0123_4567_89ab_cdef] {
            let id = SongId::from_roll(roll);
            assert_eq!(SongId::parse(id.as_str()), Ok(id));
        }
        for bad in ["", "abc", "abcdefghijk1", "ABCDEFGHIJKL", "../../../../x"] {
            assert_eq!(SongId::parse(bad), Err(SongIdError), "{bad}");
        }
    }
}
