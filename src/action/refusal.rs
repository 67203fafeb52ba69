//! Why a wish changes nothing, and what people are told about it.

use crate::track::Source;
use crate::wire::{ErrorBody, ErrorCode};

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
    #[error("this nest's queue is full: it holds {}", songs(*.0))]
    QueueFull(u32),
    #[error("that song is not Bender's")]
    NotBenders,
    #[error("Bender is switched off in this nest")]
    BenderOff,
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
            Refusal::OwnSong | Refusal::HostOnly | Refusal::NotBenders | Refusal::BenderOff => {
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

fn songs(count: u32) -> String {
    match count {
        1 => "1 song".to_owned(),
        count => format!("{count} songs"),
    }
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map(|first| first.to_uppercase().chain(chars).collect())
        .unwrap_or_default()
}
