//! What was taken out of the queue comes back.

use super::{Decision, Refusal, granted, nothing_to_do};
use crate::nest::role::Power;
use crate::nest::{MemberId, Person};
use crate::queue::QueuedSong;
use crate::wire::{Change, Snapshot};

/// A removal that can still be undone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removal {
    /// Who took them; `None`: nobody, by the event.
    pub by: Option<MemberId>,
    pub songs: Vec<QueuedSong>,
}

/// Puts back what was removed, except what is here again in the meantime, and Bender's where he is switched off by now.
/// Everybody is told of a removal and its version, so it is asked here whose it was.
pub(super) fn undo(
    nest: &Snapshot,
    by: &Person,
    removed: Option<Removal>,
    max_depth: Option<u32>,
) -> Decision {
    let Removal {
        by: remover,
        mut songs,
    } = removed
        .filter(|removal| !removal.songs.is_empty())
        .ok_or(Refusal::UndoTooLate)?;
    if remover.as_ref() != Some(&by.id) && !nest.role_of(&by.id).may(Power::RemoveAny) {
        return Err(Refusal::HostOnly);
    }
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
    use crate::action::fixture::{at, temporary_nest_of};
    use crate::action::{Circumstances, decide};
    use crate::queue::Vote;
    use crate::time::Millis;
    use crate::wire::Command;
    use crate::wire::snapshot::fixture::{nest, person, queued};

    fn removal(by: &str, songs: Vec<QueuedSong>) -> Removal {
        let by = Some(person(by).id);
        Removal { by, songs }
    }

    /// Everybody hears of a removal and its version: listeners took back what the host had removed.
    #[test]
    fn a_removal_is_undone_by_whoever_removed_it_or_may_remove_anything() {
        let songs = || vec![queued(1, "anna")];
        let by_nobody = Removal {
            by: None,
            songs: songs(),
        };
        let (back, refused) = (Ok(()), Err(Refusal::HostOnly));
        let table = [
            (nest(), removal("anna", songs()), "ben", &back),
            (nest(), by_nobody.clone(), "ben", &back),
            (temporary_nest_of("host"), removal("host", songs()), "host", &back),
            (temporary_nest_of("host"), removal("anna", songs()), "anna", &back),
            (temporary_nest_of("host"), removal("anna", songs()), "host", &back),
            (
                temporary_nest_of("host"),
                removal("host", songs()),
                "anna",
                &refused,
            ),
            (
                temporary_nest_of("host"),
                removal("anna", songs()),
                "ben",
                &refused,
            ),
            (temporary_nest_of("host"), by_nobody.clone(), "host", &back),
            (temporary_nest_of("host"), by_nobody, "ben", &refused),
        ];
        for (nest, removal, who, expected) in table {
            let about = Circumstances {
                removed: Some(removal.clone()),
                ..at(0)
            };
            let undone = decide(&nest, &person(who), &Command::Undo { version: 7 }, about);
            assert_eq!(&undone.map(|_| ()), expected, "{who}, {removal:?}");
        }
    }

    #[test]
    fn fault_undo_brought_back_what_was_there_again_and_more_than_the_nest_holds() {
        let undo = Command::Undo { version: 7 };
        let anna = person("anna");
        let back = |songs: Vec<QueuedSong>| Circumstances {
            removed: Some(removal("anna", songs)),
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
            removed: Some(removal("anna", vec![queued(1, "anna"), queued(2, "bender")])),
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
            removed: Some(removal("anna", vec![song.clone()])),
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
