//! A song as the older program kept it, read as one of ours.

use std::collections::{BTreeMap, HashMap};

use nests::nest::{MemberId, Person};
use nests::queue::{QueuedSong, Song, SongId, Vote};
use nests::time::Millis;
use nests::track::{Track, TrackUri};

use crate::address::AddressKey;

/// The address under which the older program queued what Bender picked.
pub(crate) const BENDERS_ADDRESS: &str = "the@echonest.com";

/// What Redis has of a song.
pub(super) struct OldSong {
    pub(super) id: String,
    pub(super) fields: HashMap<String, String>,
    /// Who voted, the asker among them; which way, the older program didn't keep.
    pub(super) voters: Vec<String>,
    /// In the order in which they said they love it.
    pub(super) jams: Vec<String>,
}

/// Why a song can't be taken over.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum LeftOut {
    #[error("the song itself is gone")]
    Gone,
    #[error("its source is none of this version's")]
    Source,
    #[error("its length is not known")]
    Length,
}

/// The song's new id: always the same for the same old one.
pub(super) fn new_id(old: &str) -> SongId {
    let digest = crate::digest::hex(old.as_bytes());
    SongId::from_roll(u64::from_str_radix(&digest[..16], 16).unwrap_or_default())
}

impl OldSong {
    /// `asked_at`: when it was asked for.
    pub(super) fn read(&self, key: &AddressKey, asked_at: Millis) -> Result<QueuedSong, LeftOut> {
        let text = |name: &str| self.fields.get(name).filter(|text| !text.is_empty()).cloned();
        if self.fields.is_empty() {
            return Err(LeftOut::Gone);
        }
        let uri = text("trackid").and_then(|uri| TrackUri::parse(&uri).ok());
        let user = self.fields.get("user").map_or("", String::as_str);
        let track = Track {
            uri: uri.ok_or(LeftOut::Source)?,
            title: text("title").unwrap_or_default(),
            artist: text("artist").unwrap_or_default(),
            album: text("album").unwrap_or_default(),
            duration_ms: text("duration")
                .and_then(|s| milliseconds(&s))
                .ok_or(LeftOut::Length)?,
            img: text("img"),
            big_img: text("big_img"),
            hue: None,
        };
        let by_bender = user.eq_ignore_ascii_case(BENDERS_ADDRESS);
        let song = Song {
            id: new_id(&self.id),
            track,
            user: person(user, key),
            added_at: asked_at,
            auto: by_bender,
        };
        Ok(QueuedSong {
            votes: self.votes(key),
            jams: self.jams.iter().map(|user| person(user, key)).collect(),
            song,
        })
    }

    /// The net vote is known and who voted, but not who voted which way: so many of the voters as make up the net vote keep
    /// theirs, the others may vote anew.
    fn votes(&self, key: &AddressKey) -> BTreeMap<MemberId, Vote> {
        let net: i64 = self.fields.get("vote").and_then(|n| n.parse().ok()).unwrap_or(0);
        let vote = if net > 0 { Vote::Up } else { Vote::Down };
        let asker = self.fields.get("user").map_or("", String::as_str);
        let mut voters: Vec<MemberId> = (self.voters.iter())
            .filter(|voter| !voter.eq_ignore_ascii_case(asker))
            .map(|voter| person(voter, key).id)
            .collect();
        voters.sort();
        voters.dedup();
        let kept = usize::try_from(net.unsigned_abs()).unwrap_or(usize::MAX);
        voters.into_iter().take(kept).map(|voter| (voter, vote)).collect()
    }
}

/// Whoever can't be named was a program: Bender stands in for those.
fn person(user: &str, key: &AddressKey) -> Person {
    if user.eq_ignore_ascii_case(BENDERS_ADDRESS) {
        return Person::bender();
    }
    key.person(user).unwrap_or_else(Person::bender)
}

fn milliseconds(seconds: &str) -> Option<u32> {
    let seconds: f64 = seconds.parse().ok()?;
    Some((seconds * 1000.0).round() as u32).filter(|ms| *ms > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Millis = Millis(1_770_842_527_123);

    fn old(fields: &[(&str, &str)], voters: &[&str], jams: &[&str]) -> OldSong {
        let mut all = HashMap::from([
            ("trackid", "spotify:track:4uLU6hMCjMI75M1A2tKUQC"),
            ("title", "Never"),
            ("artist", "Rick"),
            ("duration", "213"),
            ("user", "anna@example.org"),
        ]);
        all.extend(fields.iter().copied());
        OldSong {
            id: "42".to_owned(),
            fields: all
                .into_iter()
                .map(|(n, v)| (n.to_owned(), v.to_owned()))
                .collect(),
            voters: voters.iter().map(|v| (*v).to_owned()).collect(),
            jams: jams.iter().map(|j| (*j).to_owned()).collect(),
        }
    }

    fn read(song: &OldSong) -> Result<QueuedSong, LeftOut> {
        song.read(&AddressKey::new("secret"), NOW)
    }

    #[test]
    fn a_song_comes_over_with_its_asker_votes_and_jams_and_without_addresses() {
        let people = ["anna@example.org", "ben@example.org", "cem@example.org"];
        let song = read(&old(
            &[("vote", "1")],
            &people,
            &["dora@example.org", "ben@example.org"],
        ))
        .expect("read");
        assert_eq!(
            (song.song.user.name.as_str(), song.song.track.duration_ms),
            ("anna", 213_000)
        );
        assert_eq!((song.net_votes(), song.votes.len()), (1, 1));
        let jams: Vec<_> = song.jams.iter().map(|p| p.name.as_str()).collect();
        assert_eq!(jams, ["dora", "ben"]);
        let all = serde_json::to_string(&song).expect("JSON");
        assert!(!all.contains('@') && !all.contains("example"), "{all}");
    }

    #[test]
    fn the_net_vote_is_kept_as_far_as_there_are_voters() {
        let voters = ["anna@example.org", "ben@example.org", "cem@example.org"];
        for (vote, net) in [("0", 0), ("2", 2), ("-2", -2), ("-1", -1), ("7", 2), ("many", 0)] {
            let song = read(&old(&[("vote", vote)], &voters, &[])).expect("read");
            assert_eq!(song.net_votes(), net, "{vote}");
        }
    }

    #[test]
    fn what_bender_picked_is_benders() {
        let song = read(&old(&[("user", "the@echonest.com")], &["the@echonest.com"], &[])).expect("read");
        assert_eq!((song.song.user, song.song.auto), (Person::bender(), true));
    }

    #[test]
    fn what_cannot_be_played_is_left_out_with_the_reason() {
        let table = [
            (("trackid", "dQw4w9WgXcQ"), LeftOut::Source),
            (
                ("trackid", "spotify:show:4uLU6hMCjMI75M1A2tKUQC"),
                LeftOut::Source,
            ),
            (("duration", "0"), LeftOut::Length),
            (("duration", "long"), LeftOut::Length),
        ];
        for (field, why) in table {
            assert_eq!(read(&old(&[field], &[], &[])), Err(why), "{field:?}");
        }
        let gone = OldSong {
            fields: HashMap::new(),
            ..old(&[], &[], &[])
        };
        assert_eq!(read(&gone), Err(LeftOut::Gone));
    }
}
