//! A person is for or against a song.

use super::{Decision, Refusal, granted, nothing_to_do};
use crate::nest::Person;
use crate::queue::{SongId, Vote};
use crate::wire::{Change, Snapshot};

pub(super) fn set_vote(nest: &Snapshot, by: &Person, song: &SongId, vote: Option<Vote>) -> Decision {
    let queued = nest.song(song).ok_or(Refusal::SongGone)?;
    if vote == Some(Vote::Up) && queued.song.user.id == by.id {
        return Err(Refusal::OwnSong);
    }
    if queued.vote_of(&by.id) == vote {
        return nothing_to_do();
    }
    granted(Change::Voted {
        song: song.clone(),
        member: by.id.clone(),
        vote,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::action::decide;
    use crate::action::fixture::at;
    use crate::time::Millis;
    use crate::wire::Command;
    use crate::wire::snapshot::fixture::{nest, person, queued};

    fn vote(n: u64, vote: Option<Vote>) -> Command {
        Command::Vote {
            song: queued(n, "anna").song.id,
            vote,
        }
    }

    #[test]
    fn nobody_votes_their_own_song_up_but_anybody_may_push_it_down() {
        let nest = nest().with(queued(1, "anna"));
        let as_anna = |c: &Command| decide(&nest, &person("anna"), c, at(0));
        assert_eq!(as_anna(&vote(1, Some(Vote::Up))), Err(Refusal::OwnSong));
        assert!(as_anna(&vote(1, Some(Vote::Down))).is_ok_and(|g| g.change.is_some()));
        assert!(
            decide(&nest, &person("ben"), &vote(1, Some(Vote::Up)), at(0)).is_ok_and(|g| g.change.is_some())
        );
    }

    #[test]
    fn fault_a_second_vote_crashed() {
        let mut nest = nest().with(queued(1, "anna"));
        let ben = person("ben");
        for _ in 0..2 {
            let granted = decide(&nest, &ben, &vote(1, Some(Vote::Up)), at(0)).expect("voting twice is fine");
            if let Some(change) = granted.change {
                nest.change(&change, Millis(0));
            }
        }
        assert_eq!(nest.songs[0].net_votes(), 1, "and counts once");
    }

    #[test]
    fn fault_a_vote_on_a_missing_song_used_the_vote_up() {
        let mut nest = nest();
        let ben = person("ben");
        assert_eq!(
            decide(&nest, &ben, &vote(1, Some(Vote::Up)), at(0)),
            Err(Refusal::SongGone)
        );
        nest = nest.with(queued(1, "anna"));
        assert!(decide(&nest, &ben, &vote(1, Some(Vote::Up)), at(0)).is_ok_and(|g| g.change.is_some()));
    }
}
