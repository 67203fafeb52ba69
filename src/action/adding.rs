//! A song comes into the queue: asked for by a person, or taken from Bender.

use super::{Circumstances, Decision, Granted, Refusal, granted, voting};
use crate::nest::Person;
use crate::queue::{Song, SongId, Vote};
use crate::track::Track;
use crate::wire::frame::Note;
use crate::wire::{Change, Snapshot};

pub(super) fn add(nest: &Snapshot, by: &Person, about: Circumstances) -> Decision {
    let track = about.track.ok_or(Refusal::NoSuchTrack)?;
    if track.duration_ms == 0 {
        return Err(Refusal::NoLength);
    }
    if !about.mixed_sources
        && let Some(source) = nest.source().filter(|source| *source != track.uri.source())
    {
        return Err(Refusal::OtherSource(source));
    }
    let queued_by_person = nest.brought_track(&track.uri);
    if let Some(queued) = queued_by_person {
        if queued.song.user.id == by.id {
            return Ok(Granted {
                change: None,
                note: Some(Note::AlreadyYours),
            });
        }
        let vote = voting::set_vote(nest, by, &queued.song.id, Some(Vote::Up))?;
        return Ok(Granted {
            note: Some(Note::VotedInstead),
            ..vote
        });
    }
    // What Bender has there is no reason to send a person away.
    if let Some(max) = about.max_queue_depth
        && nest.songs_of_people() >= max as usize
    {
        return Err(Refusal::QueueFull(max));
    }
    // Two songs within one millisecond keep the order in which they were accepted.
    let after_the_newest = nest
        .songs
        .last()
        .map_or(about.now, |newest| newest.song.added_at.plus(1));
    let added_at = about.now.max(after_the_newest);
    let song = Song {
        id: SongId::from_roll(about.roll),
        track,
        user: by.clone(),
        added_at,
        auto: false,
    };
    granted(Change::Added { songs: vec![song] })
}

/// Bender's pick becomes a person's song. It is theirs under an id of its own, so of two people who click at once one has
/// an effect.
pub(super) fn take(nest: &Snapshot, by: &Person, song: &SongId, about: Circumstances) -> Decision {
    let track = Some(benders(nest, song)?.clone());
    add(nest, by, Circumstances { track, ..about })
}

/// What Bender picked and stands in the queue.
pub(super) fn benders<'a>(nest: &'a Snapshot, song: &SongId) -> Result<&'a Track, Refusal> {
    let queued = nest.song(song).ok_or(Refusal::SongGone)?;
    match queued.song.auto {
        true => Ok(&queued.song.track),
        false => Err(Refusal::NotBenders),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::action::decide;
    use crate::action::fixture::{at, temporary_nest_of};
    use crate::time::Millis;
    use crate::track::{Source, TrackUri};
    use crate::wire::Command;
    use crate::wire::snapshot::fixture::{nest, person, queued};

    #[test]
    fn adding_what_is_queued_becomes_a_vote_and_says_so() {
        let nest = nest().with(queued(1, "anna"));
        let add = Command::Add {
            track: queued(1, "anna").song.track.uri,
        };
        let about = || Circumstances {
            track: Some(queued(1, "anna").song.track),
            ..at(7)
        };
        let by_ben = decide(&nest, &person("ben"), &add, about()).expect("granted");
        assert_eq!(by_ben.note, Some(Note::VotedInstead));
        assert!(matches!(
            by_ben.change,
            Some(Change::Voted {
                vote: Some(Vote::Up),
                ..
            })
        ));
        let by_anna = decide(&nest, &person("anna"), &add, about()).expect("granted");
        assert_eq!(
            by_anna,
            Granted {
                change: None,
                note: Some(Note::AlreadyYours)
            }
        );
    }

    #[test]
    fn a_full_queue_and_an_unknown_track_are_refused() {
        let nest = nest().with(queued(1, "anna"));
        let add = Command::Add {
            track: queued(2, "anna").song.track.uri,
        };
        let full = Circumstances {
            track: Some(queued(2, "anna").song.track),
            max_queue_depth: Some(1),
            ..at(0)
        };
        assert_eq!(
            decide(&nest, &person("ben"), &add, full),
            Err(Refusal::QueueFull(1))
        );
        assert_eq!(
            decide(&nest, &person("ben"), &add, at(0)),
            Err(Refusal::NoSuchTrack)
        );
    }

    #[test]
    fn a_nest_that_is_held_to_one_source_takes_another_only_when_it_is_empty() {
        let mut track = queued(2, "anna").song.track;
        track.uri = TrackUri::parse("spotify:track:4uLU6hMCjMI75M1A2tKUQC").expect("a URI");
        let add = Command::Add {
            track: track.uri.clone(),
        };
        let about = |mixed_sources| Circumstances {
            track: Some(track.clone()),
            mixed_sources,
            ..at(0)
        };
        let busy = nest().with(queued(1, "ben"));
        let refused = Err(Refusal::OtherSource(Source::Library));
        assert_eq!(decide(&busy, &person("anna"), &add, about(false)), refused);
        assert!(decide(&busy, &person("anna"), &add, about(true)).is_ok());
        assert!(decide(&nest(), &person("anna"), &add, about(false)).is_ok());
    }

    #[test]
    fn fault_songs_of_zero_length_crashed_the_player() {
        let mut track = queued(2, "anna").song.track;
        track.duration_ms = 0;
        let add = Command::Add {
            track: track.uri.clone(),
        };
        let about = Circumstances {
            track: Some(track),
            ..at(0)
        };
        assert_eq!(
            decide(&nest(), &person("ben"), &add, about),
            Err(Refusal::NoLength)
        );
    }

    #[test]
    fn two_people_who_take_or_filter_benders_pick_at_once_have_one_effect() {
        let pick = queued(2, "bender");
        let song = pick.song.id.clone();
        let (take, filter) = (
            Command::Take { song: song.clone() },
            Command::Filter { song: song.clone() },
        );
        for first in [&take, &filter] {
            for second in [&take, &filter] {
                let mut nest = temporary_nest_of("host")
                    .with(queued(1, "anna"))
                    .with(pick.clone());
                let granted = decide(&nest, &person("ben"), first, at(5)).expect("the first one");
                nest.change(&granted.change.expect("a change"), Millis(5));
                assert_eq!(
                    decide(&nest, &person("cleo"), second, at(5)),
                    Err(Refusal::SongGone)
                );
                let tracks: Vec<_> = nest
                    .songs
                    .iter()
                    .map(|q| (&q.song.user.name, q.song.auto))
                    .collect();
                match first {
                    Command::Take { .. } => {
                        assert_eq!(
                            tracks[1..],
                            [(&"ben".to_owned(), false)],
                            "credited to who clicked"
                        );
                        assert_eq!(nest.songs[1].song.track, pick.song.track);
                    }
                    _ => assert_eq!(tracks.len(), 1),
                }
            }
        }
    }

    #[test]
    fn only_what_bender_picked_can_be_taken_or_filtered() {
        let nest = nest().with(queued(1, "anna"));
        let song = queued(1, "anna").song.id;
        for command in [Command::Take { song: song.clone() }, Command::Filter { song }] {
            assert_eq!(
                decide(&nest, &person("ben"), &command, at(0)),
                Err(Refusal::NotBenders)
            );
        }
    }

    #[test]
    fn a_throwback_is_credited_to_who_queued_it_and_has_their_jam() {
        let mut song = queued(1, "anna").song;
        song.auto = true;
        let mut nest = nest();
        nest.change(&Change::Added { songs: vec![song] }, Millis(0));
        assert_eq!(nest.songs[0].jams, [person("anna")]);
        assert_eq!(nest.songs_of_people(), 0, "it is still Bender's pick");
        nest.change(
            &Change::Added {
                songs: vec![queued(2, "bender").song],
            },
            Millis(0),
        );
        assert_eq!(nest.songs[1].jams, []);
    }
}
