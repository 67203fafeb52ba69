//! Who may do what in a nest.
//!
//! In the Main Nest everybody may do everything, as ever. In a temporary nest its creator is the host; the others look
//! after their own songs.

use super::MemberId;

/// What a person is to a nest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Host,
    Listener,
}

/// The powers that depend on a role. Adding, voting and jamming are everybody's and not named here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Power {
    SkipAny,
    RemoveAny,
    ClearQueue,
    PauseAndResume,
    SetVolume,
    SwitchBender,
}

impl Role {
    pub fn of(person: &MemberId, creator: Option<&MemberId>, is_main: bool) -> Self {
        if is_main || creator == Some(person) {
            Self::Host
        } else {
            Self::Listener
        }
    }

    pub fn may(self, power: Power) -> bool {
        match (self, power) {
            (Self::Host, _) => true,
            (
                Self::Listener,
                Power::SkipAny
                | Power::RemoveAny
                | Power::ClearQueue
                | Power::PauseAndResume
                | Power::SetVolume
                | Power::SwitchBender,
            ) => false,
        }
    }
}
