//! What a wish changes, or why it is refused.
//!
//! [`decide`] is asked twice with the same answer: by the browser, to show the change at once, and by the engine, to make
//! it true. It reads a snapshot and returns a change; it never changes anything itself.

use crate::nest::role::Power;
use crate::nest::{MemberId, Person};
use crate::queue::{QueuedSong, Song, SongId, Vote};
use crate::time::Millis;
use crate::track::{Source, Track};
use crate::wire::frame::Note;
use crate::wire::{Change, Command, ErrorBody, ErrorCode, Snapshot};

/// What only the caller knows.
#[derive(Clone, Debug)]
pub struct Circumstances {
    pub now: Millis,
    /// The track that [`Command::Add`] names, looked up at its source.
    pub track: Option<Track>,
    /// A fresh roll for a new song's id.
    pub roll: u64,
    /// How many songs people may have waiting; `None` for the Main Nest.
    pub max_queue_depth: Option<u32>,
    /// Whether songs of several sources may be in one nest at a time.
    pub mixed_sources: bool,
    /// What the removal named by [`Command::Undo`] took, if it was less than ten seconds ago.
    pub removed: Option<Vec<QueuedSong>>,
}

/// A granted wish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Granted {
    /// What happens; `None`: all is as wished already.
    pub change: Option<Change>,
    pub note: Option<Note>,
}

/// Why nothing changes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("that song is not in the queue any more")]
    SongGone,
    #[error("that song is not playing any more")]
    NotPlaying,
    #[error("nothing is playing")]
    NothingPlaying,
    #[error("you can't vote your own song up; others can")]
    OwnSong,
    #[error("only the host of this nest can do that")]
    HostOnly,
    #[error("this nest's queue is full: it holds {0} songs")]
    QueueFull(u32),
    #[error("that song is not Bender's")]
    NotBenders,
    #[error("no source has that track")]
    NoSuchTrack,
    #[error("this nest plays from one source at a time, now from {}", .0.title())]
    OtherSource(Source),
    #[error("that track has no length, so it can't be played")]
    NoLength,
    #[error("too late: a removal can be undone for ten seconds")]
    UndoTooLate,
    #[error("the volume goes from 0 to 100")]
    VolumeRange,
}

impl From<Refusal> for ErrorBody {
    fn from(refusal: Refusal) -> Self {
        let message = format!("{}.", capitalised(&refusal.to_string()));
        match refusal {
            Refusal::SongGone => Self {
                field: Some("song".into()),
                ..Self::new(ErrorCode::NotFound, message)
            },
            Refusal::NotPlaying | Refusal::NothingPlaying | Refusal::UndoTooLate => {
                Self::new(ErrorCode::NotFound, message)
            }
            Refusal::OwnSong | Refusal::HostOnly | Refusal::NotBenders => {
                Self::new(ErrorCode::Forbidden, message)
            }
            Refusal::QueueFull(_) => Self::new(ErrorCode::QueueFull, message),
            Refusal::NoSuchTrack => Self {
                field: Some("track".into()),
                ..Self::new(ErrorCode::NotFound, message)
            },
            Refusal::NoLength | Refusal::OtherSource(_) => Self::invalid("track", message),
            Refusal::VolumeRange => Self::invalid("level", message),
        }
    }
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map(|first| first.to_uppercase().chain(chars).collect())
        .unwrap_or_default()
}

type Decision = Result<Granted, Refusal>;

fn granted(change: Change) -> Decision {
    Ok(Granted {
        change: Some(change),
        note: None,
    })
}

fn nothing_to_do() -> Decision {
    Ok(Granted {
        change: None,
        note: None,
    })
}

/// What `command`, wished by `by`, does to `nest`.
pub fn decide(nest: &Snapshot, by: &Person, command: &Command, about: Circumstances) -> Decision {
    let may = |power: Power| match nest.role_of(&by.id).may(power) {
        true => Ok(()),
        false => Err(Refusal::HostOnly),
    };
    match command {
        Command::Add { .. } => add(nest, by, about),
        Command::Vote { song, vote } => set_vote(nest, by, song, *vote),
        Command::Jam { song, on } => {
            let queued = nest.song_or_playing(song).ok_or(Refusal::SongGone)?;
            if queued.is_jammed_by(&by.id) == *on {
                return nothing_to_do();
            }
            granted(Change::Jammed {
                song: song.clone(),
                person: by.clone(),
                on: *on,
            })
        }
        Command::Remove { song } => {
            let queued = nest.song(song).ok_or(Refusal::SongGone)?;
            if queued.song.user.id != by.id {
                may(Power::RemoveAny)?;
            }
            granted(Change::Removed {
                songs: vec![song.clone()],
            })
        }
        Command::Clear => {
            may(Power::ClearQueue)?;
            let songs: Vec<SongId> = nest.songs.iter().map(|q| q.song.id.clone()).collect();
            if songs.is_empty() {
                nothing_to_do()
            } else {
                granted(Change::Removed { songs })
            }
        }
        Command::Undo { .. } => undo(nest, about.removed, about.max_queue_depth),
        Command::Skip { song } => skip(nest, by, song, about.now),
        Command::Pause => {
            may(Power::PauseAndResume)?;
            let playing = nest.playing.as_ref().ok_or(Refusal::NothingPlaying)?;
            match playing.paused_at {
                Some(_) => nothing_to_do(),
                None => granted(Change::Paused { at: about.now }),
            }
        }
        Command::Resume => {
            may(Power::PauseAndResume)?;
            let playing = nest.playing.as_ref().ok_or(Refusal::NothingPlaying)?;
            match playing.paused_at {
                None => nothing_to_do(),
                Some(_) => granted(Change::Resumed {
                    started_at: playing.started_at_when_resumed(about.now),
                }),
            }
        }
        Command::Volume { level } => {
            may(Power::SetVolume)?;
            match *level {
                101.. => Err(Refusal::VolumeRange),
                level if level == nest.volume => nothing_to_do(),
                level => granted(Change::Volume { level }),
            }
        }
        Command::Take { song } => take(nest, by, song, about),
        // Everybody may: what Bender picks is for all who listen.
        Command::Filter { song } => {
            let track = benders(nest, song)?.uri.clone();
            let song = song.clone();
            granted(Change::Filtered { song, track })
        }
        Command::AskBender => granted(Change::BenderAsked { at: about.now }),
    }
}

fn add(nest: &Snapshot, by: &Person, about: Circumstances) -> Decision {
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
        let vote = set_vote(nest, by, &queued.song.id, Some(Vote::Up))?;
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
fn take(nest: &Snapshot, by: &Person, song: &SongId, about: Circumstances) -> Decision {
    let track = Some(benders(nest, song)?.clone());
    add(nest, by, Circumstances { track, ..about })
}

/// What Bender picked and stands in the queue.
fn benders<'a>(nest: &'a Snapshot, song: &SongId) -> Result<&'a Track, Refusal> {
    let queued = nest.song(song).ok_or(Refusal::SongGone)?;
    match queued.song.auto {
        true => Ok(&queued.song.track),
        false => Err(Refusal::NotBenders),
    }
}

fn set_vote(nest: &Snapshot, by: &Person, song: &SongId, vote: Option<Vote>) -> Decision {
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

/// Puts back what was removed, except what is here again in the meantime.
fn undo(nest: &Snapshot, removed: Option<Vec<QueuedSong>>, max_depth: Option<u32>) -> Decision {
    let mut songs = removed
        .filter(|songs| !songs.is_empty())
        .ok_or(Refusal::UndoTooLate)?;
    songs.retain(|back| {
        let plays = nest
            .playing
            .as_ref()
            .is_some_and(|p| p.queued.song.id == back.song.id);
        let waits = |q: &QueuedSong| q.song.id == back.song.id || q.song.track.uri == back.song.track.uri;
        !plays && !nest.songs.iter().any(waits)
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

fn skip(nest: &Snapshot, by: &Person, song: &SongId, now: Millis) -> Decision {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nest::{NestCode, NestId};
    use crate::track::TrackUri;
    use crate::wire::snapshot::fixture::{nest, person, queued};

    fn at(now: i64) -> Circumstances {
        Circumstances {
            now: Millis(now),
            track: None,
            roll: 99,
            max_queue_depth: None,
            mixed_sources: true,
            removed: None,
        }
    }

    fn temporary_nest_of(creator: &str) -> Snapshot {
        let mut nest = nest();
        nest.nest.id = NestId::from(NestCode::parse("X7K2P").expect("a good code"));
        nest.nest.creator = Some(person(creator).id);
        nest
    }

    fn vote(n: u64, vote: Option<Vote>) -> Command {
        Command::Vote {
            song: queued(n, "anna").song.id,
            vote,
        }
    }

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

    #[test]
    fn in_a_temporary_nest_listeners_look_after_their_own_songs() {
        let nest = temporary_nest_of("host")
            .playing(queued(1, "anna"), Millis(0))
            .with(queued(2, "anna"));
        let remove = Command::Remove {
            song: queued(2, "anna").song.id,
        };
        let skip = Command::Skip {
            song: queued(1, "anna").song.id,
        };
        for command in [&remove, &skip] {
            assert_eq!(
                decide(&nest, &person("ben"), command, at(0)),
                Err(Refusal::HostOnly)
            );
            assert!(
                decide(&nest, &person("anna"), command, at(0)).is_ok(),
                "their own"
            );
            assert!(decide(&nest, &person("host"), command, at(0)).is_ok(), "the host");
        }
        assert_eq!(
            decide(&nest, &person("ben"), &Command::Clear, at(0)),
            Err(Refusal::HostOnly)
        );
    }

    #[test]
    fn pausing_stops_the_clock_and_resuming_continues_where_it_was() {
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
