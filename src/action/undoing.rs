//! What was taken out of the queue comes back.

use super::{Decision, Refusal, granted, nothing_to_do};
use crate::queue::QueuedSong;
use crate::wire::{Change, Snapshot};

/// Puts back what was removed, except what is here again in the meantime, and Bender's where he is switched off by now.
pub(super) fn undo(nest: &Snapshot, removed: Option<Vec<QueuedSong>>, max_depth: Option<u32>) -> Decision {
    let mut songs = removed
        .filter(|songs| !songs.is_empty())
        .ok_or(Refusal::UndoTooLate)?;
    songs.retain(|back| {
        let is_wanted = nest.bender.enabled || !back.song.auto;
        let plays = nest
            .playing
            .as_ref()
            .is_some_and(|p| p.queued.song.id == back.song.id);
        let waits = |q: &QueuedSong| q.song.id == back.song.id || q.song.track.uri == back.song.track.uri;
        is_wanted && !plays && !nest.songs.iter().any(waits)
    });
    if songs.is_empty() {
        return nothing_to_do();
    }
    let of_people = songs.iter().filter(|q| !q.song.auto).count();
    match max_depth {
        Some(max) if nest.songs_of_people() + of_people > max as usize => Err(Refusal::QueueFull(max)),
        _ => granted(Change::Restored { songs }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::action::fixture::at;
    use crate::action::{Circumstances, decide};
    use crate::queue::Vote;
    use crate::time::Millis;
    use crate::wire::Command;
    use crate::wire::snapshot::fixture::{nest, person, queued};

    #[test]
    fn fault_undo_brought_back_what_was_there_again_and_more_than_the_nest_holds() {
        let undo = Command::Undo { version: 7 };
        let anna = person("anna");
        let back = |songs: Vec<QueuedSong>| Circumstances {
            removed: Some(songs),
            max_queue_depth: Some(2),
            ..at(0)
        };
        let (one, two, three) = (queued(1, "anna"), queued(2, "ben"), queued(3, "anna"));
        let again = decide(&nest().with(one.clone()), &anna, &undo, back(vec![one.clone()]));
        assert_eq!(again.expect("fine").change, None, "it waits already");
        let full = nest().with(one).with(two);
        assert_eq!(
            decide(&full, &anna, &undo, back(vec![three.clone()])),
            Err(Refusal::QueueFull(2))
        );
        let mut plays = nest();
        plays.change(
            &Change::Added {
                songs: vec![three.song.clone()],
            },
            Millis(0),
        );
        plays.change(
            &Change::Started {
                song: three.song.id.clone(),
                at: Millis(0),
            },
            Millis(0),
        );
        let again = decide(&plays, &anna, &undo, back(vec![three]));
        assert_eq!(again.expect("fine").change, None, "it plays");
    }

    #[test]
    fn an_undo_brings_nothing_of_benders_back_where_he_was_switched_off() {
        let mut nest = nest();
        nest.bender.enabled = false;
        let removed = Circumstances {
            removed: Some(vec![queued(1, "anna"), queued(2, "bender")]),
            ..at(0)
        };
        let undone = decide(&nest, &person("anna"), &Command::Undo { version: 7 }, removed).expect("granted");
        let songs = vec![queued(1, "anna")];
        assert_eq!(undone.change, Some(Change::Restored { songs }));
    }

    #[test]
    fn an_undo_brings_songs_back_with_their_votes_and_only_in_time() {
        let mut song = queued(1, "anna");
        song.set_vote(&person("ben").id, Some(Vote::Up));
        let undo = Command::Undo { version: 7 };
        let in_time = Circumstances {
            removed: Some(vec![song.clone()]),
            ..at(0)
        };
        let granted = decide(&nest(), &person("anna"), &undo, in_time).expect("granted");
        assert_eq!(granted.change, Some(Change::Restored { songs: vec![song] }));
        assert_eq!(
            decide(&nest(), &person("anna"), &undo, at(0)),
            Err(Refusal::UndoTooLate)
        );
    }
}
