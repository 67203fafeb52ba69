//! The sync dot: what it says, and the one thing that helps.
//!
//! While a song of Spotify's plays it speaks of the listener's own device, where they chose one; otherwise of this browser.
//! Pure: knows neither the socket nor the page.

use nests::hearing::Footing;
use nests::time::Millis;

use super::sync_state::SyncState;

/// How one's own device does, as the server told last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnDevice {
    pub name: String,
    pub footing: Footing,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dot {
    /// As in `data-sync`: the dot's colour and shape.
    pub key: &'static str,
    pub words: String,
    pub help: Option<Help>,
}

/// The one thing that helps, where there is one beside waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Help {
    BackInSync,
    ChooseDevice,
    /// Agree at Spotify once more.
    Connect,
    /// The page about one's own account.
    Account,
    MeasureAgain,
}

impl Help {
    pub const fn words(self) -> &'static str {
        match self {
            Self::BackInSync => "Back in sync",
            Self::ChooseDevice => "Choose a device",
            Self::Connect => "Connect again",
            Self::Account => "Your Spotify",
            Self::MeasureAgain => "Measure again",
        }
    }
}

const IN_SYNC: &str = "in-sync";
const CATCHING_UP: &str = "catching-up";
const OFF: &str = "off";
const TROUBLE: &str = "trouble";

/// `clock` writes a moment as the clock on the wall shows it.
pub fn dot(
    sync: SyncState,
    is_on_spotify: bool,
    own: Option<&OwnDevice>,
    clock: impl FnOnce(Millis) -> String,
) -> Dot {
    let own = own.filter(|own| is_on_spotify && own.footing != Footing::Off);
    let Some(own) = own else {
        return Dot {
            key: sync.key(),
            words: sync.words().to_owned(),
            help: (sync == SyncState::ClockUnsure).then_some(Help::MeasureAgain),
        };
    };
    let (key, words, help) = match own.footing {
        Footing::Off | Footing::Idle => (OFF, "plays when a song of Spotify's does", None),
        Footing::Starting => (CATCHING_UP, "starts in a moment…", None),
        Footing::CatchingUp => (CATCHING_UP, "catching up…", None),
        Footing::InSync => (IN_SYNC, "in sync", None),
        Footing::Paused => (OFF, "paused for everyone", None),
        Footing::OwnWay => (TROUBLE, "you play something else on it", Some(Help::BackInSync)),
        Footing::StoppedByHand => (TROUBLE, "you stopped it there", Some(Help::BackInSync)),
        Footing::Asleep => (
            TROUBLE,
            "asleep or switched off. Open it again",
            Some(Help::BackInSync),
        ),
        Footing::NoDevice => (TROUBLE, "gone", Some(Help::ChooseDevice)),
        Footing::Barred => (
            TROUBLE,
            "Spotify doesn't play this song in your country. The next one may do",
            None,
        ),
        Footing::NoPremium => (
            TROUBLE,
            "no Premium, and only Premium lets others start music",
            Some(Help::Account),
        ),
        Footing::NoSeat => (
            TROUBLE,
            "no seat in the Spotify app used here. Ask this nest's host, or whoever runs the house",
            Some(Help::Account),
        ),
        Footing::AppRefused => (
            TROUBLE,
            "Spotify doesn't know the app used here any more. Ask this nest's host, or whoever runs the house",
            Some(Help::Account),
        ),
        Footing::AccountEnded => (
            TROUBLE,
            "Spotify wants your permission once more",
            Some(Help::Connect),
        ),
        Footing::RateLimited { until } => {
            let words = format!("{}: Spotify wants a break. Goes on at {}", own.name, clock(until));
            return Dot {
                key: TROUBLE,
                words,
                help: None,
            };
        }
        Footing::ClockUnsure => (
            TROUBLE,
            "Spotify is too slow to tell where it is",
            Some(Help::BackInSync),
        ),
        Footing::Unreachable => (TROUBLE, "Spotify can't be reached. Tries again by itself", None),
        Footing::Elsewhere => (TROUBLE, "plays for another nest", Some(Help::BackInSync)),
    };
    Dot {
        key,
        words: format!("{}: {words}", own.name),
        help,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(footing: Footing) -> Dot {
        let own = OwnDevice {
            name: "Kitchen".to_owned(),
            footing,
        };
        dot(SyncState::OnSpotify, true, Some(&own), |_| "21:42".to_owned())
    }

    #[test]
    fn each_trouble_has_a_name_and_the_one_thing_that_helps() {
        let table = [
            (Footing::NoDevice, "Kitchen: gone", Some(Help::ChooseDevice)),
            (Footing::Asleep, "asleep", Some(Help::BackInSync)),
            (Footing::NoPremium, "no Premium", Some(Help::Account)),
            (Footing::NoSeat, "no seat", Some(Help::Account)),
            (Footing::AppRefused, "the app", Some(Help::Account)),
            (Footing::Barred, "your country", None),
            (Footing::OwnWay, "something else", Some(Help::BackInSync)),
            (Footing::StoppedByHand, "stopped", Some(Help::BackInSync)),
            (Footing::ClockUnsure, "too slow", Some(Help::BackInSync)),
            (
                Footing::RateLimited { until: Millis(7) },
                "Goes on at 21:42",
                None,
            ),
            (Footing::AccountEnded, "permission", Some(Help::Connect)),
            (Footing::Unreachable, "by itself", None),
            (Footing::Elsewhere, "another nest", Some(Help::BackInSync)),
        ];
        for (footing, part, help) in table {
            let dot = told(footing);
            assert!(dot.words.contains(part), "{dot:?}");
            assert_eq!((dot.key, dot.help), (TROUBLE, help), "{dot:?}");
        }
        assert_eq!(told(Footing::InSync).words, "Kitchen: in sync");
        assert_eq!(told(Footing::InSync).key, IN_SYNC);
    }

    #[test]
    fn the_dot_speaks_of_what_should_sound_now() {
        let own = OwnDevice {
            name: "Kitchen".to_owned(),
            footing: Footing::OwnWay,
        };
        let clock = |_| String::new();
        let on_the_library = dot(SyncState::InSync, false, Some(&own), clock);
        assert_eq!(on_the_library.words, "In sync");
        assert_eq!(on_the_library.help, None);
        let without_a_device = dot(SyncState::OnSpotify, true, None, clock);
        assert_eq!(without_a_device.words, "This one plays on Spotify");
        let let_go = told(Footing::Off);
        assert_eq!(let_go.words, "This one plays on Spotify");
        let unsure = dot(SyncState::ClockUnsure, false, None, clock);
        assert_eq!(unsure.help, Some(Help::MeasureAgain));
    }
}
