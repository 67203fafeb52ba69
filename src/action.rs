//! What a wish changes, or why it is refused.
//!
//! [`decide`] is asked twice with the same answer: by the browser, to show the change at once, and by the engine, to make
//! it true. It reads a snapshot and returns a change; it never changes anything itself.

mod adding;
mod playing;
mod refusal;
mod undoing;
mod voting;

use crate::nest::Person;
use crate::nest::role::Power;
use crate::queue::SongId;
use crate::time::Millis;
use crate::track::Track;
use crate::wire::frame::Note;
use crate::wire::{Change, Command, Snapshot};

pub use refusal::Refusal;
pub use undoing::Removal;

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
    /// The removal named by [`Command::Undo`], if it was less than ten seconds ago.
    pub removed: Option<Removal>,
}

/// A granted wish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Granted {
    /// What happens; `None`: all is as wished already.
    pub change: Option<Change>,
    pub note: Option<Note>,
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
        Command::Add { .. } => adding::add(nest, by, about),
        Command::Vote { song, vote } => voting::set_vote(nest, by, song, *vote),
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
        Command::Undo { .. } => undoing::undo(nest, by, about.removed, about.max_queue_depth),
        Command::Skip { song } => playing::skip(nest, by, song, about.now),
        Command::Pause => {
            may(Power::PauseAndResume)?;
            playing::pause(nest, about.now)
        }
        Command::Resume => {
            may(Power::PauseAndResume)?;
            playing::resume(nest, about.now)
        }
        Command::Volume { level } => {
            may(Power::SetVolume)?;
            match *level {
                101.. => Err(Refusal::VolumeRange),
                level if level == nest.volume => nothing_to_do(),
                level => granted(Change::Volume { level }),
            }
        }
        Command::Take { song } => adding::take(nest, by, song, about),
        // Everybody may: what Bender picks is for all who listen.
        Command::Filter { song } => {
            let track = adding::benders(nest, song)?.uri.clone();
            let song = song.clone();
            granted(Change::Filtered { song, track })
        }
        Command::AskBender if !nest.bender.enabled => Err(Refusal::BenderOff),
        Command::AskBender => granted(Change::BenderAsked { at: about.now }),
    }
}

/// Circumstances and nests for the tests of these rules.
#[cfg(test)]
mod fixture {
    use super::Circumstances;
    use crate::nest::{NestCode, NestId};
    use crate::time::Millis;
    use crate::wire::Snapshot;
    use crate::wire::snapshot::fixture::{nest, person};

    pub(super) fn at(now: i64) -> Circumstances {
        Circumstances {
            now: Millis(now),
            track: None,
            roll: 99,
            max_queue_depth: None,
            mixed_sources: true,
            removed: None,
        }
    }

    pub(super) fn temporary_nest_of(creator: &str) -> Snapshot {
        let mut nest = nest();
        nest.nest.id = NestId::from(NestCode::parse("X7K2P").expect("a good code"));
        nest.nest.creator = Some(person(creator).id);
        nest
    }
}

#[cfg(test)]
mod tests {
    use super::fixture::{at, temporary_nest_of};
    use super::*;
    use crate::wire::snapshot::fixture::{person, queued};

    #[test]
    fn bender_is_asked_only_where_he_is_switched_on() {
        let mut nest = temporary_nest_of("host");
        let ask = |nest: &Snapshot| decide(nest, &person("ben"), &Command::AskBender, at(7));
        let asked = Change::BenderAsked { at: Millis(7) };
        assert_eq!(ask(&nest).map(|granted| granted.change), Ok(Some(asked)));
        nest.bender.enabled = false;
        assert_eq!(ask(&nest), Err(Refusal::BenderOff));
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
}
