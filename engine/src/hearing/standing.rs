//! How somebody's player does: what keeps it from following, when it is looked at again, and what its owner is told.
//! Pure, but for knowing the errors of the music source by name.

use std::time::Duration;

use nests::following::{Rest, SEEK_BEYOND_MS};
use nests::hearing::Footing;
use nests::time::Millis;

use crate::accounts::AccountError;
use crate::error::EngineError;
use crate::source::SourceError;
use crate::source::spotify::consent::PersonalError;
use crate::source::spotify::web::Ban;

/// How soon after it was told something a player is looked at.
const LOOK_SOON: Duration = Duration::from_secs(4);
/// How often it is looked at while all is well; half of the conductor's life, so that it goes on being one.
pub(super) const LOOK_AGAIN: Duration = Duration::from_secs(20);

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// Nobody conducts for them: they chose no device, or are not in the nest.
    #[default]
    Off,
    /// Another process does, which holds a socket of theirs as well.
    ByAnother,
    Follows(Rest),
    Trouble(Trouble),
}

/// What keeps somebody from hearing the nest. Each has one thing that helps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    NotConnected,
    /// Spotify takes back what it gave: connect again.
    Withdrawn,
    NoSeat,
    NoPremium,
    /// The device is asleep, switched off or gone.
    NoDevice,
    /// Spotify does not play this song for this person: no licence in their country.
    NotForThem,
    RateLimited {
        seconds: u32,
    },
    Unreachable,
    /// Spotify does not know the app by which they connected any more.
    AppRefused,
    /// Spotify answers so late that nobody can tell where the player is.
    ClockUnsure,
    /// Another nest of theirs has the player.
    Elsewhere,
}

impl Standing {
    /// After what time the player is looked at again, if nothing happens before.
    pub(super) fn look_again(self) -> Duration {
        match self {
            Self::Follows(Rest::Settling) | Self::Trouble(Trouble::ClockUnsure) => LOOK_SOON,
            Self::Trouble(Trouble::RateLimited { seconds }) => {
                Duration::from_secs(u64::from(seconds)).min(LOOK_AGAIN)
            }
            // Also where there is nothing to look at, or nobody to be asked: the one that steers has to say so every minute.
            _ => LOOK_AGAIN,
        }
    }

    /// What the player's owner is told at `now`; `None`: another process tells them.
    pub(super) fn footing(self, now: Millis) -> Option<Footing> {
        Some(match self {
            Self::ByAnother => return None,
            Self::Off => Footing::Off,
            Self::Follows(Rest::InSync { ahead_ms }) if ahead_ms.abs() > SEEK_BEYOND_MS => {
                Footing::CatchingUp
            }
            Self::Follows(Rest::InSync { .. }) => Footing::InSync,
            Self::Follows(Rest::Settling) => Footing::Starting,
            Self::Follows(Rest::Paused) => Footing::Paused,
            Self::Follows(Rest::Idle) => Footing::Idle,
            Self::Follows(Rest::OwnWay) => Footing::OwnWay,
            Self::Follows(Rest::Stopped) => Footing::StoppedByHand,
            Self::Follows(Rest::Gone) => Footing::Asleep,
            Self::Follows(Rest::Barred) | Self::Trouble(Trouble::NotForThem) => Footing::Barred,
            Self::Trouble(Trouble::NotConnected | Trouble::Withdrawn) => Footing::AccountEnded,
            Self::Trouble(Trouble::NoSeat) => Footing::NoSeat,
            Self::Trouble(Trouble::NoPremium) => Footing::NoPremium,
            Self::Trouble(Trouble::NoDevice) => Footing::NoDevice,
            Self::Trouble(Trouble::RateLimited { seconds }) => Footing::RateLimited {
                until: now.plus(i64::from(seconds) * 1_000),
            },
            Self::Trouble(Trouble::Unreachable) => Footing::Unreachable,
            Self::Trouble(Trouble::AppRefused) => Footing::AppRefused,
            Self::Trouble(Trouble::ClockUnsure) => Footing::ClockUnsure,
            Self::Trouble(Trouble::Elsewhere) => Footing::Elsewhere,
        })
    }
}

impl From<PersonalError> for Trouble {
    fn from(error: PersonalError) -> Self {
        match error {
            PersonalError::Token | PersonalError::Forbidden(Ban::NoScope) => Self::Withdrawn,
            PersonalError::Forbidden(Ban::NoSeat) => Self::NoSeat,
            PersonalError::Forbidden(Ban::NoPremium) => Self::NoPremium,
            PersonalError::Forbidden(Ban::Restricted) => Self::Unreachable,
            PersonalError::Source(SourceError::NotFound) => Self::NoDevice,
            PersonalError::Source(SourceError::RateLimited { retry_after }) => {
                Self::RateLimited { seconds: retry_after }
            }
            PersonalError::Source(SourceError::Refused | SourceError::OwnAppRefused) => Self::AppRefused,
            PersonalError::Source(_) => Self::Unreachable,
        }
    }
}

impl From<AccountError> for Trouble {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::NotConnected => Self::NotConnected,
            AccountError::NoSeat | AccountError::SeatsTaken => Self::NoSeat,
            AccountError::Withdrawn => Self::Withdrawn,
            AccountError::Engine(EngineError::Source {
                error: SourceError::NotSetUp,
                ..
            }) => Self::NotConnected,
            AccountError::Engine(EngineError::Source { error, .. }) => PersonalError::Source(error).into(),
            AccountError::Engine(_) | AccountError::Declined | AccountError::UnknownState => {
                Self::Unreachable
            }
        }
    }
}
