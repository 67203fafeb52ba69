//! The plain forms of the page, read as commands.
//!
//! A form says what it wishes by its address and its fields, so the same form works without JavaScript (the server
//! function reads it) and with it (the socket takes the command that this module reads).

use nests::queue::{SongId, Vote};
use nests::track::TrackUri;
use nests::wire::Command;

use crate::paths::form;

/// The command of the form that is sent to `address`. `None`: it is no form of a nest's, or a field is broken; the
/// browser then sends it the plain way and the server answers.
pub fn command(address: &str, field: impl Fn(&str) -> Option<String>) -> Option<Command> {
    let song = || SongId::parse(&field("song")?).ok();
    Some(match address {
        form::ADD => Command::Add {
            track: TrackUri::parse(&field("track")?).ok()?,
        },
        form::VOTE => Command::Vote {
            song: song()?,
            vote: vote(&field("vote")?)?,
        },
        form::JAM => Command::Jam {
            song: song()?,
            on: field("on")?.parse().ok()?,
        },
        form::REMOVE => Command::Remove { song: song()? },
        form::TAKE => Command::Take { song: song()? },
        form::FILTER => Command::Filter { song: song()? },
        form::CLEAR => Command::Clear,
        form::SKIP => Command::Skip { song: song()? },
        form::PAUSE => Command::Pause,
        form::RESUME => Command::Resume,
        form::ASK_BENDER => Command::AskBender,
        _ => return None,
    })
}

/// `up`, `down`, or `none` to take it back.
pub fn vote(text: &str) -> Option<Option<Vote>> {
    match text {
        "none" => Some(None),
        text => Vote::parse(text).map(Some),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(address: &str, fields: &[(&str, &str)]) -> Option<Command> {
        command(address, |name| {
            fields
                .iter()
                .find(|(n, _)| *n == name)
                .map(|(_, v)| (*v).to_owned())
        })
    }

    #[test]
    fn every_form_of_a_nest_reads_as_its_command() {
        let song = SongId::from_roll(7);
        let id = song.as_str();
        let table = [
            (
                form::VOTE,
                vec![("song", id), ("vote", "up")],
                Command::Vote {
                    song: song.clone(),
                    vote: Some(Vote::Up),
                },
            ),
            (
                form::VOTE,
                vec![("song", id), ("vote", "none")],
                Command::Vote {
                    song: song.clone(),
                    vote: None,
                },
            ),
            (
                form::JAM,
                vec![("song", id), ("on", "false")],
                Command::Jam {
                    song: song.clone(),
                    on: false,
                },
            ),
            (
                form::REMOVE,
                vec![("song", id)],
                Command::Remove { song: song.clone() },
            ),
            (
                form::SKIP,
                vec![("song", id)],
                Command::Skip { song: song.clone() },
            ),
            (form::CLEAR, vec![], Command::Clear),
            (form::PAUSE, vec![], Command::Pause),
            (form::RESUME, vec![], Command::Resume),
            (
                form::TAKE,
                vec![("song", id)],
                Command::Take { song: song.clone() },
            ),
            (
                form::FILTER,
                vec![("song", id)],
                Command::Filter { song: song.clone() },
            ),
            (form::ASK_BENDER, vec![], Command::AskBender),
            (
                form::ADD,
                vec![("track", "library:0123456789abcdef")],
                Command::Add {
                    track: TrackUri::library(0x0123_4567_89ab_cdef),
                },
            ),
        ];
        for (address, fields, expected) in table {
            assert_eq!(read(address, &fields), Some(expected), "{address}");
        }
    }

    #[test]
    fn other_forms_and_broken_fields_go_the_plain_way() {
        assert_eq!(read("/logout", &[]), None);
        assert_eq!(read(form::CREATE_NEST, &[("name", "x")]), None);
        assert_eq!(read(form::VOTE, &[("song", "../"), ("vote", "up")]), None);
        assert_eq!(
            read(
                form::VOTE,
                &[("song", SongId::from_roll(7).as_str()), ("vote", "sideways")]
            ),
            None
        );
    }
}
