//! A person lays hands on what plays: skips it, stops it, lets it go on.

use super::{Decision, Refusal, granted, nothing_to_do};
use crate::nest::role::Power;
use crate::nest::{MemberId, Person};
use crate::queue::SongId;
use crate::time::Millis;
use crate::wire::{Change, Snapshot};

pub(super) fn skip(nest: &Snapshot, by: &Person, song: &SongId, now: Millis) -> Decision {
    let playing = nest
        .playing
        .as_ref()
        .filter(|p| p.queued.song.id == *song)
        .ok_or(Refusal::NotPlaying)?;
    let is_own = |owner: &MemberId| *owner == by.id;
    if !is_own(&playing.queued.song.user.id) && !nest.role_of(&by.id).may(Power::SkipAny) {
        return Err(Refusal::HostOnly);
    }
    let next = nest.ordered().first().map(|p| p.queued.song.id.clone());
    granted(match next {
        Some(song) => Change::Started { song, at: now },
        None => Change::Stopped,
    })
}

pub(super) fn pause(nest: &Snapshot, now: Millis) -> Decision {
    let playing = nest.playing.as_ref().ok_or(Refusal::NothingPlaying)?;
    match playing.paused_at {
        Some(_) => nothing_to_do(),
        None => granted(Change::Paused { at: now }),
    }
}

pub(super) fn resume(nest: &Snapshot, now: Millis) -> Decision {
    let playing = nest.playing.as_ref().ok_or(Refusal::NothingPlaying)?;
    match playing.paused_at {
        None => nothing_to_do(),
        Some(_) => granted(Change::Resumed {
            started_at: playing.started_at_when_resumed(now),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::action::decide;
    use crate::action::fixture::at;
    use crate::wire::Command;
    use crate::wire::snapshot::fixture::{nest, person, queued};

    #[test]
    fn fault_a_skip_with_nothing_playing_skipped_the_next_song() {
        let nest = nest().with(queued(1, "anna"));
        let skip = Command::Skip {
            song: queued(1, "anna").song.id,
        };
        assert_eq!(
            decide(&nest, &person("ben"), &skip, at(0)),
            Err(Refusal::NotPlaying)
        );
    }

    #[test]
    fn two_people_who_skip_at_once_skip_one_song() {
        let mut nest = nest()
            .playing(queued(1, "anna"), Millis(0))
            .with(queued(2, "ben"))
            .with(queued(3, "cleo"));
        let skip = Command::Skip {
            song: queued(1, "anna").song.id,
        };
        let change = decide(&nest, &person("ben"), &skip, at(5))
            .expect("granted")
            .change
            .expect("a change");
        assert_eq!(
            change,
            Change::Started {
                song: queued(2, "ben").song.id,
                at: Millis(5)
            }
        );
        nest.change(&change, Millis(5));
        assert_eq!(
            decide(&nest, &person("cleo"), &skip, at(6)),
            Err(Refusal::NotPlaying)
        );
    }

    #[test]
    fn fault_start_times_came_from_a_clock_that_stopped_on_pause() {
        let mut nest = nest().playing(queued(1, "anna"), Millis(1_000));
        let ben = person("ben");
        for (command, now) in [(Command::Pause, 31_000), (Command::Resume, 631_000)] {
            let change = decide(&nest, &ben, &command, at(now))
                .expect("granted")
                .change
                .expect("a change");
            nest.change(&change, Millis(now));
        }
        let playing = nest.playing.as_ref().expect("it plays");
        assert_eq!(playing.position_ms(Millis(631_000)), 30_000);
        assert_eq!(playing.position_ms(Millis(641_000)), 40_000);
    }

    /// Resuming after the song's own length had gone by in the pause said position 0.
    #[test]
    fn fault_resuming_late_said_position_0() {
        let mut nest = nest().playing(queued(1, "anna"), Millis(0));
        let ben = person("ben");
        for (command, now) in [(Command::Pause, 60_000), (Command::Resume, 10 * 3_600_000)] {
            let change = decide(&nest, &ben, &command, at(now))
                .expect("granted")
                .change
                .expect("a change");
            nest.change(&change, Millis(now));
        }
        assert_eq!(
            nest.playing.map(|p| p.position_ms(Millis(10 * 3_600_000))),
            Some(60_000)
        );
    }
}
