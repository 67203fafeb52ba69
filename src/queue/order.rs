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
    use crate::wire::Change;
    use crate::wire::snapshot::fixture::nest as quiet_nest;

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
        // A vote that stands after all that is worth one place, neither more nor less.
        for song in &mut songs {
            song.set_vote(&voter, None);
        }
        songs[2].set_vote(&voter, Some(Vote::Up));
        assert_eq!(titles(&songs, None), ["song 1", "song 3", "song 2"]);
        songs[2].set_vote(&voter, None);
        assert_eq!(titles(&songs, None), ["song 1", "song 2", "song 3"]);
    }

    #[derive(Clone, Debug)]
    enum Deed {
        /// The n-th song, who asked for it, and when.
        Add(u64, usize, i64),
        Vote(u64, usize, Option<Vote>),
        Remove(u64),
    }

    const PEOPLE: [&str; 5] = ["anna", "ben", "cleo", "dora", "bender"];
    const VOTERS: usize = 4;
    /// Far fewer moments than songs: most share theirs with another one.
    const MOMENTS: i64 = 4;

    /// What becomes of one song: its add, then its votes, then perhaps its removal. The votes are kept by voter: each one's
    /// come in their order, those of different voters in any.
    #[derive(Clone, Debug)]
    struct Story {
        add: Deed,
        votes: Vec<Vec<Deed>>,
        removal: Option<Deed>,
    }

    impl Story {
        fn told(&self, rolls: &[usize]) -> Vec<Deed> {
            let votes = interleave(self.votes.clone(), rolls);
            let add = std::iter::once(self.add.clone());
            add.chain(votes).chain(self.removal.clone()).collect()
        }
    }

    /// One story a song. What belongs to different songs may come in any order.
    fn stories() -> impl Strategy<Value = Vec<Story>> {
        let vote = prop_oneof![Just(None), Just(Some(Vote::Up)), Just(Some(Vote::Down))];
        let one = (
            0..PEOPLE.len(),
            0..MOMENTS,
            prop::collection::vec((0..VOTERS, vote), 0..9),
            prop::bool::weighted(0.2),
        );
        prop::collection::vec(one, 1..14).prop_map(|songs| {
            let story = |(n, (who, at, votes, is_removed)): (usize, (usize, i64, Vec<_>, bool))| {
                let n = n as u64 + 1;
                let of_voter = |voter| {
                    let theirs = votes.iter().filter(move |(by, _)| *by == voter);
                    theirs.map(|(_, vote)| Deed::Vote(n, voter, *vote)).collect()
                };
                Story {
                    add: Deed::Add(n, who, at),
                    votes: (0..VOTERS)
                        .map(of_voter)
                        .filter(|theirs: &Vec<Deed>| !theirs.is_empty())
                        .collect(),
                    removal: is_removed.then_some(Deed::Remove(n)),
                }
            };
            songs.into_iter().enumerate().map(story).collect()
        })
    }

    /// Who brought the song that plays: one of the people, or nobody.
    fn playing() -> impl Strategy<Value = Option<&'static str>> {
        prop::option::of(prop::sample::select(&PEOPLE[..VOTERS]))
    }

    /// Merges the strands in an order that `rolls` decide, keeping each strand's own order.
    fn interleave(mut strands: Vec<Vec<Deed>>, rolls: &[usize]) -> Vec<Deed> {
        let mut merged = Vec::new();
        let mut rolls = rolls.iter().cycle();
        while !strands.is_empty() {
            let i = rolls.next().copied().unwrap_or(0) % strands.len();
            merged.push(strands[i].remove(0));
            strands.retain(|deeds| !deeds.is_empty());
        }
        merged
    }

    /// As the product goes through them: one change after the other.
    fn queue_after(deeds: &[Deed]) -> Vec<QueuedSong> {
        let mut nest = quiet_nest();
        for deed in deeds {
            let change = match deed {
                Deed::Add(n, who, at) => {
                    let asked = song(*n, PEOPLE[*who]).song;
                    Change::Added {
                        songs: vec![Song {
                            added_at: Millis(*at),
                            ..asked
                        }],
                    }
                }
                Deed::Vote(n, voter, vote) => Change::Voted {
                    song: SongId::from_roll(*n),
                    member: person(PEOPLE[*voter]).id,
                    vote: *vote,
                },
                Deed::Remove(n) => Change::Removed {
                    songs: vec![SongId::from_roll(*n)],
                },
            };
            nest.change(&change, Millis(MOMENTS));
        }
        nest.songs
    }

    proptest! {
        #[test]
        fn the_order_depends_on_what_is_in_the_queue_not_on_the_way_there(
            stories in stories(),
            rolls_of_songs in prop::collection::vec(0usize..97, 1..80),
            rolls_of_voters in prop::collection::vec(0usize..97, 1..20),
            playing in playing(),
        ) {
            let one_after_the_other: Vec<Deed> = stories.iter().flat_map(|story| story.told(&[0])).collect();
            let at_once = stories.iter().map(|story| story.told(&rolls_of_voters)).collect();
            prop_assert_eq!(
                titles(&queue_after(&interleave(at_once, &rolls_of_songs)), playing),
                titles(&queue_after(&one_after_the_other), playing)
            );
        }

        #[test]
        fn in_no_queue_does_an_up_vote_move_a_song_down(
            stories in stories(),
            playing in playing(),
            pick in any::<prop::sample::Index>(),
        ) {
            let mut songs = queue_after(&stories.iter().flat_map(|story| story.told(&[0])).collect::<Vec<_>>());
            prop_assume!(!songs.is_empty());
            let chosen = pick.index(songs.len());
            let title = songs[chosen].song.track.title.clone();
            let place = |songs: &[QueuedSong]| titles(songs, playing).iter().position(|t| *t == title);
            let before = place(&songs);
            songs[chosen].set_vote(&person("zoe").id, Some(Vote::Up));
            prop_assert!(place(&songs) <= before);
        }

        #[test]
        fn an_up_vote_never_moves_a_song_down(
            length in 1..14u64,
            pick in any::<prop::sample::Index>(),
        ) {
            let mut songs: Vec<QueuedSong> = (1..=length).map(|n| song(n, PEOPLE[n as usize % 5])).collect();
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
