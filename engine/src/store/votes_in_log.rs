//! Votes that stand in a nest's log alone, and how none of them is lost when the log is cut off.
//!
//! A vote is one entry of the log and nothing else. The keys follow with the next other change, which may be long in coming, so
//! every [`VOTES_BETWEEN_CHECKPOINTS`] votes an entry carries a checkpoint: all votes that the keys don't have. It rides in the same
//! `XADD`, so that each vote costs Redis the same. Whoever reads the log starts from the newest checkpoint.

use std::collections::{BTreeMap, BTreeSet};

use nests::nest::MemberId;
use nests::queue::{SongId, Vote};
use nests::wire::{Change, Event, Snapshot};

use crate::error::EngineError;

/// Votes after which the next one carries a checkpoint. Well under [`LOG_LENGTH`](super::state::LOG_LENGTH), so that the log always
/// holds the newest checkpoint and every vote after it.
pub const VOTES_BETWEEN_CHECKPOINTS: usize = 128;

/// The field of a log entry that holds a checkpoint.
pub(crate) const CHECKPOINT: &str = "votes";

/// What a checkpoint says of a vote that was taken back.
const TAKEN_BACK: i32 = 0;

/// Whose votes the keys don't have, and how many came since the newest checkpoint.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct VotesInLog {
    voters: BTreeMap<SongId, BTreeSet<MemberId>>,
    since_checkpoint: usize,
}

/// `1` or `-1`, or [`TAKEN_BACK`], by song and voter.
type Checkpoint = BTreeMap<SongId, BTreeMap<MemberId, i32>>;

impl VotesInLog {
    /// Takes note of an event that is in the log. Every process that saw the same events comes to the same.
    pub(crate) fn note(&mut self, event: &Event) {
        let Change::Voted { song, member, .. } = &event.change else {
            // Whoever committed anything else wrote all votes through.
            *self = Self::default();
            return;
        };
        self.since_checkpoint = match self.checkpoint_is_due() {
            true => 0,
            false => self.since_checkpoint + 1,
        };
        let voters = self.voters.entry(song.clone()).or_default();
        voters.insert(member.clone());
    }

    /// The next vote has to carry one.
    pub(crate) fn checkpoint_is_due(&self) -> bool {
        self.since_checkpoint == VOTES_BETWEEN_CHECKPOINTS
    }

    /// Whether the keys lack a vote for the song.
    pub(crate) fn concern(&self, song: &SongId) -> bool {
        self.voters.contains_key(song)
    }

    /// The checkpoint that `vote` carries (JSON). `after`: the nest with it.
    pub(crate) fn checkpoint(&self, vote: &Event, after: &Snapshot) -> Result<String, EngineError> {
        let mut with_it = self.clone();
        with_it.note(vote);
        let worth = |song: &SongId, member: &MemberId| {
            let queued = after.song_or_playing(song);
            let vote = queued.and_then(|queued| queued.votes.get(member));
            vote.map_or(TAKEN_BACK, |vote| vote.worth())
        };
        let of_song = |(song, voters): (&SongId, &BTreeSet<MemberId>)| {
            let votes = voters.iter().map(|member| (member.clone(), worth(song, member)));
            (song.clone(), votes.collect())
        };
        let checkpoint: Checkpoint = with_it.voters.iter().map(of_song).collect();
        serde_json::to_string(&checkpoint).map_err(|error| EngineError::Unreadable(error.to_string()))
    }

    /// Brings a nest, read from its keys, to the votes of a checkpoint. What the log has behind it is to be noted then.
    pub(crate) fn from_checkpoint(text: &str, nest: &mut Snapshot) -> Result<Self, EngineError> {
        let checkpoint: Checkpoint = serde_json::from_str(text)
            .map_err(|error| EngineError::Unreadable(format!("a checkpoint of votes: {error}")))?;
        let mut read = Self::default();
        for (song, votes) in checkpoint {
            // A song that can't be read is left out of the nest, and its votes with it.
            if let Some(queued) = nest.songs.iter_mut().find(|queued| queued.song.id == song) {
                for (member, worth) in &votes {
                    queued.set_vote(member, vote_of(*worth));
                }
            }
            read.voters.insert(song, votes.into_keys().collect());
        }
        Ok(read)
    }
}

fn vote_of(worth: i32) -> Option<Vote> {
    match worth {
        TAKEN_BACK => None,
        worth if worth > TAKEN_BACK => Some(Vote::Up),
        _ => Some(Vote::Down),
    }
}

#[cfg(test)]
mod tests {
    use nests::nest::{NestId, NestName, Person};
    use nests::queue::{QueuedSong, Song};
    use nests::time::Millis;
    use nests::track::{Track, TrackUri};
    use nests::wire::snapshot::Identity;
    use proptest::prelude::*;

    use super::*;

    const SONGS: u64 = 3;

    fn member(n: u64) -> MemberId {
        MemberId::parse(&format!("g-{n}")).expect("an id")
    }

    fn song(n: u64) -> QueuedSong {
        let track = Track {
            uri: TrackUri::parse(&format!("library:{n:016x}")).expect("a track"),
            title: String::new(),
            artist: String::new(),
            album: String::new(),
            duration_ms: 1,
            img: None,
            big_img: None,
            hue: None,
        };
        let user = Person {
            id: member(0),
            name: String::new(),
        };
        QueuedSong::new(Song {
            id: SongId::from_roll(n),
            track,
            user,
            added_at: Millis(0),
            auto: false,
        })
    }

    /// A nest of some songs with a vote each, as the keys have it.
    fn written() -> Snapshot {
        let identity = Identity {
            id: NestId::main(),
            name: NestName::parse("Main Nest").expect("a name"),
            slug: None,
            creator: None,
        };
        let mut nest = Snapshot::new(identity, 1, true);
        nest.songs = (0..SONGS).map(song).collect();
        for queued in &mut nest.songs {
            queued.set_vote(&member(1), Some(Vote::Up));
        }
        nest
    }

    proptest! {
        /// Wherever the log is cut off: the checkpoint and what comes after it lead to the nest as it is, and to the same note of
        /// what the keys lack.
        #[test]
        fn a_checkpoint_stands_for_all_votes_before_it(
            votes in prop::collection::vec((0..SONGS, 0_u64..6, 0_usize..3), 1..60),
            at in any::<prop::sample::Index>(),
        ) {
            let at = at.index(votes.len());
            let (mut nest, mut noted) = (written(), VotesInLog::default());
            let (mut read, mut read_noted) = (written(), VotesInLog::default());
            for (n, (song, who, vote)) in votes.into_iter().enumerate() {
                let event = Event {
                    v: nest.version + 1,
                    at: Millis(0),
                    by: None,
                    change: Change::Voted {
                        song: SongId::from_roll(song),
                        member: member(who),
                        vote: [None, Some(Vote::Up), Some(Vote::Down)][vote],
                    },
                };
                nest.apply(&event);
                if n == at {
                    let checkpoint = noted.checkpoint(&event, &nest).expect("JSON");
                    read_noted = VotesInLog::from_checkpoint(&checkpoint, &mut read).expect("a checkpoint");
                    read.version = nest.version;
                    noted.since_checkpoint = VOTES_BETWEEN_CHECKPOINTS;
                } else if n > at {
                    read.apply(&event);
                    read_noted.note(&event);
                }
                noted.note(&event);
            }
            prop_assert_eq!(read, nest);
            prop_assert_eq!(read_noted, noted);
        }
    }
}
