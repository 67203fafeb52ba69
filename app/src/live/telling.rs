//! Telling people what happened: the spoken sentence for those who listen to the page, and the toast that undoes.

use nests::wire::{Change, Command, Event};

use super::ledger::Carried;
use super::nest_state::NestState;
use super::toasts::Tone;
use crate::reading::counted;

/// Says an event that has just been applied, if somebody else made it happen.
pub fn tell(state: NestState, event: &Event) {
    if event.by.as_ref().is_some_and(|by| *by == state.me().id) {
        return;
    }
    if let Some(sentence) = sentence(state, &event.change) {
        state.say(sentence);
    }
}

fn sentence(state: NestState, change: &Change) -> Option<String> {
    state.with_shown(|nest, _| match change {
        Change::Added { songs } => match songs.as_slice() {
            [song] if song.auto => Some(format!("Bender picked {}.", song.track.title)),
            [song] => Some(format!("{} added {}.", song.user.name, song.track.title)),
            songs => Some(format!("{} added.", counted(songs.len(), "song", "songs"))),
        },
        Change::Started { .. } => {
            let track = &nest.playing.as_ref()?.queued.song.track;
            Some(format!("Now playing: {} by {}.", track.title, track.artist))
        }
        Change::Removed { songs } => Some(format!("{} removed.", counted(songs.len(), "song", "songs"))),
        Change::Filtered { .. } => Some("Bender's pick was filtered.".to_owned()),
        Change::Restored { songs } => Some(format!("{} put back.", counted(songs.len(), "song", "songs"))),
        Change::Stopped => Some("The queue has run out.".to_owned()),
        Change::Paused { .. } => Some("Paused.".to_owned()),
        Change::Resumed { .. } => Some("Playing again.".to_owned()),
        Change::BenderSwitched { on: true } => Some("Bender picks here now.".to_owned()),
        Change::BenderSwitched { on: false } => Some("Bender is off here now.".to_owned()),
        Change::Renamed { name, .. } => Some(format!("This nest is called {} now.", name.as_str())),
        Change::Voted { .. } | Change::Jammed { .. } | Change::Volume { .. } | Change::BenderAsked { .. } => {
            None
        }
    })
}

/// A removal that came through can be taken back; `version` names it.
pub fn offer_undo(state: NestState, carried: &Carried, version: u64) {
    let words = match (&carried.command, &carried.title) {
        (Command::Remove { .. }, Some(title)) => format!("Removed “{title}”."),
        (Command::Remove { .. }, None) => "Removed.".to_owned(),
        (Command::Clear, _) => "Cleared the queue.".to_owned(),
        (Command::Undo { .. }, _) => {
            state.toast(Tone::Good, "Put back.", None);
            return;
        }
        _ => return,
    };
    state.toast(Tone::Plain, words, Some(version));
}
