//! Whether this browser plays along, and if not, why.

use nests::hearing::Hears;
use nests::playback::pacer::IN_SYNC_MS;

/// Within this difference a room still hears one song; between it and `IN_SYNC_MS` the rate is being mended.
const NEARLY_IN_SYNC_MS: f64 = 60.0;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SyncState {
    #[default]
    Off,
    InSync,
    CatchingUp,
    /// The browser wants a tap before it lets a page sound.
    Blocked,
    /// The song can't be fetched, or the browser can't play it.
    Unplayable,
    /// No connection: the clock can't be trusted for long.
    Offline,
    /// It plays along by a clock that may be wrong: the line is too slow to tell.
    ClockUnsure,
    /// Tuned in, and nothing plays.
    Quiet,
    Paused,
    /// The song comes from Spotify, which plays it on a device of the listener's.
    OnSpotify,
}

impl SyncState {
    /// What a difference of `drift_ms` looks like. Once in sync, small differences don't make the dot flicker.
    pub fn of_drift(drift_ms: f64, before: Self) -> Self {
        let limit = if before == Self::InSync {
            NEARLY_IN_SYNC_MS
        } else {
            IN_SYNC_MS
        };
        if drift_ms.abs() <= limit {
            Self::InSync
        } else {
            Self::CatchingUp
        }
    }

    /// As in `data-sync`.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Off | Self::Quiet | Self::Paused | Self::OnSpotify => "off",
            Self::InSync => "in-sync",
            Self::CatchingUp => "catching-up",
            Self::Blocked => "blocked",
            Self::Unplayable => "unplayable",
            Self::Offline => "offline",
            Self::ClockUnsure => "trouble",
        }
    }

    /// What the others are told. Whoever has tuned in wants to hear it, whatever stands in the way.
    pub const fn hears(self) -> Option<Hears> {
        match self {
            Self::Off => None,
            Self::InSync | Self::Quiet | Self::Paused => Some(Hears::InSync),
            Self::CatchingUp
            | Self::Blocked
            | Self::Unplayable
            | Self::Offline
            | Self::ClockUnsure
            | Self::OnSpotify => Some(Hears::Apart),
        }
    }

    pub const fn words(self) -> &'static str {
        match self {
            Self::Off => "Tap Tune in to hear it",
            Self::InSync => "In sync",
            Self::CatchingUp => "Catching up…",
            Self::Blocked => "Tap to tune back in",
            Self::Unplayable => "This song can't be played here",
            Self::Offline => "Not connected",
            Self::ClockUnsure => "The line is too slow to tell the time exactly",
            Self::Quiet => "Plays when a song does",
            Self::Paused => "Paused for everyone",
            Self::OnSpotify => "This one plays on Spotify",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dot_turns_green_close_and_stays_green_a_little_further() {
        assert_eq!(
            SyncState::of_drift(-20.0, SyncState::CatchingUp),
            SyncState::InSync
        );
        assert_eq!(
            SyncState::of_drift(40.0, SyncState::CatchingUp),
            SyncState::CatchingUp
        );
        assert_eq!(SyncState::of_drift(40.0, SyncState::InSync), SyncState::InSync);
        // What the others see of it is no finer than that.
        assert_eq!(SyncState::Off.hears(), None, "only looks");
        assert_eq!(SyncState::Paused.hears(), Some(Hears::InSync), "as everybody is");
        assert_eq!(SyncState::Blocked.hears(), Some(Hears::Apart));
        assert_eq!(
            SyncState::of_drift(70.0, SyncState::InSync),
            SyncState::CatchingUp
        );
    }
}
