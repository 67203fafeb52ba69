//! The fair order.
//!
//! A person's n-th song goes before everyone else's (n+1)-th; the playing song counts as a turn; ties go to who asked
//! first; Bender's songs go after all people's. That gives each song a **base place**. One net vote then moves it one
//! place: songs are sorted by `base place - net votes`, and where two songs claim the same place, the one with more votes
//! has it. Whole numbers only, so nothing loses precision, however long people vote.

use std::collections::HashMap;

use super::QueuedSong;
use crate::nest::MemberId;

/// Where a song stands and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placed<'a> {
    pub queued: &'a QueuedSong,
    /// Which of its person's turns it is, counted from 1; a song of theirs that plays now was turn 1.
    pub turn: u32,
    /// Its place, from 1, had nobody voted.
    pub base_place: u32,
    pub net_votes: i32,
}

/// The queue as it will play. `playing` is who brought the song that plays now, if a person did.
pub fn order<'a>(
    songs: impl IntoIterator<Item = &'a QueuedSong>,
    playing: Option<&MemberId>,
) -> Vec<Placed<'a>> {
    let mut asked: Vec<&QueuedSong> = songs.into_iter().collect();
    asked.sort_by_key(|q| (q.song.added_at, &q.song.id));

    let mut turns: HashMap<&MemberId, u32> = HashMap::new();
    if let Some(member) = playing {
        turns.insert(member, 1);
    }
    let mut placed: Vec<Placed<'a>> = asked
        .into_iter()
        .map(|queued| {
            let turn = match queued.song.auto {
                true => 0, // Bender waits for everybody and takes no turns
                false => {
                    let taken = turns.entry(&queued.song.user.id).or_default();
                    *taken += 1;
                    *taken
                }
            };
            Placed {
                queued,
                turn,
                base_place: 0,
                net_votes: queued.net_votes(),
            }
        })
        .collect();

    // Stable sorts: ties keep the order of asking.
    placed.sort_by_key(|p| (p.queued.song.auto, p.turn));
    for (place, song) in placed.iter_mut().enumerate() {
        song.base_place = place as u32 + 1;
    }
    placed.sort_by_key(|p| {
        let claimed_place = i64::from(p.base_place) - i64::from(p.net_votes);
        (p.queued.song.auto, claimed_place, -i64::from(p.net_votes))
    });
    placed
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::nest::Person;
    use crate::queue::{Song, SongId, Vote};
    use crate::time::Millis;
    use crate::track::{Track, TrackUri};

    fn person(name: &str) -> Person {
        Person {
            id: MemberId::parse(name).expect("test names are ids"),
            name: name.into(),
        }
    }

    fn song(n: u64, who: &str) -> QueuedSong {
        let track = Track {
            uri: TrackUri::library(n),
            title: format!("song {n}"),
            artist: String::new(),
            album: String::new(),
            duration_ms: 1000,
            img: None,
            big_img: None,
            hue: None,
        };
        let auto = who == "bender";
        QueuedSong::new(Song {
            id: SongId::from_roll(n),
            track,
            user: person(who),
            added_at: Millis(n as i64),
            auto,
        })
    }

    fn titles(songs: &[QueuedSong], playing: Option<&str>) -> Vec<String> {
        let playing = playing.map(|p| person(p).id);
        order(songs, playing.as_ref())
            .iter()
            .map(|p| p.queued.song.track.title.clone())
            .collect()
    }

    fn voted(mut song: QueuedSong, up: usize, down: usize) -> QueuedSong {
        for i in 0..up {
            song.set_vote(&person(&format!("up{i}")).id, Some(Vote::Up));
        }
        for i in 0..down {
            song.set_vote(&person(&format!("down{i}")).id, Some(Vote::Down));
        }
        song
    }

    #[test]
    fn people_take_turns_however_many_songs_one_of_them_adds() {
        let songs = [
            song(1, "anna"),
            song(2, "anna"),
            song(3, "anna"),
            song(4, "ben"),
            song(5, "ben"),
            song(6, "cleo"),
        ];
        assert_eq!(
            titles(&songs, None),
            ["song 1", "song 4", "song 6", "song 2", "song 5", "song 3"]
        );
    }

    #[test]
    fn the_playing_song_counts_as_a_turn() {
        let songs = [song(2, "anna"), song(3, "ben")];
        assert_eq!(titles(&songs, Some("anna")), ["song 3", "song 2"]);
        assert_eq!(titles(&songs, None), ["song 2", "song 3"]);
    }

    #[test]
    fn bender_waits_for_everybody_however_people_vote() {
        let songs = [
            voted(song(1, "bender"), 9, 0),
            voted(song(2, "anna"), 0, 5),
            song(3, "bender"),
        ];
        assert_eq!(titles(&songs, None), ["song 2", "song 1", "song 3"]);
    }

    #[test]
    fn one_net_vote_is_worth_one_place() {
        let people = ["anna", "ben", "cleo", "dora"];
        let base: Vec<QueuedSong> = (0..4).map(|n| song(n as u64 + 1, people[n])).collect();
        let with = |i: usize, up, down| {
            let mut songs = base.clone();
            songs[i] = voted(songs[i].clone(), up, down);
            titles(&songs, None)
        };
        assert_eq!(with(3, 1, 0), ["song 1", "song 2", "song 4", "song 3"]);
        assert_eq!(with(3, 2, 0), ["song 1", "song 4", "song 2", "song 3"]);
        assert_eq!(with(1, 0, 1), ["song 1", "song 3", "song 2", "song 4"]);
        assert_eq!(with(2, 1, 1), ["song 1", "song 2", "song 3", "song 4"]);
    }

    #[test]
    fn fault_voting_the_first_song_up_moved_it_down() {
        let songs = [voted(song(1, "anna"), 3, 0), song(2, "ben")];
        assert_eq!(titles(&songs, None), ["song 1", "song 2"]);
    }

    /// The older program halved the distance between two scores with each vote, until floats had no room left.
    #[test]
    fn fault_scores_halved_until_precision_ran_out() {
        let mut songs = vec![song(1, "anna"), song(2, "ben"), song(3, "cleo")];
        let voter = person("dora").id;
        for round in 0..100_000u32 {
            let vote = if round % 2 == 0 { Vote::Up } else { Vote::Down };
            songs[(round % 3) as usize].set_vote(&voter, Some(vote));
        }
        for song in &mut songs {
            song.set_vote(&voter, None);
        }
        assert_eq!(titles(&songs, None), ["song 1", "song 2", "song 3"]);
    }

    #[derive(Clone, Debug)]
    enum Deed {
        Add(u64, usize),
        Vote(u64, usize, Option<Vote>),
        Remove(u64),
    }

    const PEOPLE: [&str; 5] = ["anna", "ben", "cleo", "dora", "bender"];

    /// Per song: its add, then its votes, then perhaps its removal. What belongs to different songs may come in any order.
    fn deeds_by_song() -> impl Strategy<Value = Vec<Vec<Deed>>> {
        let vote = prop_oneof![Just(None), Just(Some(Vote::Up)), Just(Some(Vote::Down))];
        let one = (
            0usize..5,
            prop::collection::vec((0usize..4, vote), 0..6),
            prop::bool::weighted(0.2),
        );
        prop::collection::vec(one, 1..14).prop_map(|songs| {
            let deeds = songs.into_iter().enumerate().map(|(n, (who, votes, removed))| {
                let n = n as u64 + 1;
                let mut deeds = vec![Deed::Add(n, who)];
                deeds.extend(votes.into_iter().map(|(voter, vote)| Deed::Vote(n, voter, vote)));
                deeds.extend(removed.then_some(Deed::Remove(n)));
                deeds
            });
            deeds.collect()
        })
    }

    /// Merges the songs' deeds in an order that `rolls` decide, keeping each song's own order.
    fn interleave(mut by_song: Vec<Vec<Deed>>, rolls: &[usize]) -> Vec<Deed> {
        let mut merged = Vec::new();
        let mut rolls = rolls.iter().cycle();
        while !by_song.is_empty() {
            let i = rolls.next().copied().unwrap_or(0) % by_song.len();
            merged.push(by_song[i].remove(0));
            by_song.retain(|deeds| !deeds.is_empty());
        }
        merged
    }

    fn play_through(deeds: &[Deed]) -> Vec<String> {
        let mut songs: Vec<QueuedSong> = Vec::new();
        for deed in deeds {
            match deed {
                Deed::Add(n, who) => songs.push(song(*n, PEOPLE[*who])),
                Deed::Vote(n, voter, vote) => {
                    let found = songs.iter_mut().find(|s| s.song.id == SongId::from_roll(*n));
                    found
                        .expect("votes follow the add")
                        .set_vote(&person(PEOPLE[*voter]).id, *vote);
                }
                Deed::Remove(n) => songs.retain(|s| s.song.id != SongId::from_roll(*n)),
            }
        }
        titles(&songs, None)
    }

    proptest! {
        #[test]
        fn the_order_depends_on_what_is_in_the_queue_not_on_the_way_there(
            by_song in deeds_by_song(),
            rolls in prop::collection::vec(0usize..97, 1..80),
        ) {
            let one_after_the_other: Vec<Deed> = by_song.iter().flatten().cloned().collect();
            prop_assert_eq!(play_through(&interleave(by_song, &rolls)), play_through(&one_after_the_other));
        }

        #[test]
        fn an_up_vote_never_moves_a_song_down(
            by_song in deeds_by_song(),
            pick in any::<prop::sample::Index>(),
        ) {
            let mut songs: Vec<QueuedSong> = (1..=by_song.len() as u64).map(|n| song(n, PEOPLE[n as usize % 5])).collect();
            let chosen = pick.index(songs.len());
            let id = songs[chosen].song.id.clone();
            let place = |songs: &[QueuedSong]| order(songs, None).iter().position(|p| p.queued.song.id == id);
            let before = place(&songs);
            songs[chosen].set_vote(&person("zoe").id, Some(Vote::Up));
            let after = place(&songs);
            prop_assert!(after <= before);
            prop_assert!(before.unwrap_or(0) - after.unwrap_or(0) <= 1, "one vote, one place");
        }
    }
}
