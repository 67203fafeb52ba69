//! How somebody hears a nest: what its owner is told of their own device, and what everybody is told of them.
//!
//! A device's [`Footing`] goes to its owner alone and names the trouble; to the others somebody is in sync or not ([`Hears`]),
//! and never by how much. Nothing here knows how a device is asked, or how news travel.

use serde::{Deserialize, Serialize};

use crate::time::Millis;

/// Whether what somebody hears is what the nest plays. Who only looks is neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hears {
    /// They want to hear it, and don't, or not at the right moment.
    Apart,
    InSync,
}

impl Hears {
    /// As it crosses the wire and stands in the store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Apart => "apart",
            Self::InSync => "in_sync",
        }
    }

    /// Of somebody with several tabs and a device: they hear the nest where one of these plays it. `None`: they only look.
    pub fn together(all: impl IntoIterator<Item = Option<Self>>) -> Option<Self> {
        all.into_iter().flatten().max()
    }
}

/// Of how many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InSync {
    pub count: u32,
    /// Who hears the nest at all, or wants to.
    pub of: u32,
}

impl InSync {
    pub fn among(all: impl IntoIterator<Item = Option<Hears>>) -> Self {
        let mut sum = Self::default();
        for hears in all.into_iter().flatten() {
            sum.of += 1;
            sum.count += u32::from(hears == Hears::InSync);
        }
        sum
    }
}

/// How the device on which somebody hears a nest's Spotify songs does, as its owner is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Footing {
    /// They chose none, or let it go.
    #[default]
    Off,
    /// Nothing of Spotify's plays in the nest.
    Idle,
    /// It was told a moment ago and has not shown it yet.
    Starting,
    InSync,
    /// Off by more than is let be, and moved so lately that it is not moved again yet.
    CatchingUp,
    /// It stands still, as the nest does.
    Paused,
    /// Its owner plays something else on it.
    OwnWay,
    /// Its owner stopped it there.
    StoppedByHand,
    /// It played, and fell asleep or was switched off.
    Asleep,
    /// Spotify knows no such device any more.
    NoDevice,
    /// Spotify doesn't play this song in its owner's country.
    Barred,
    NoPremium,
    /// The house's app has no seat for the account.
    NoSeat,
    /// Spotify does not know the app by which they connected any more.
    AppRefused,
    /// Spotify takes back what it gave, or the account was disconnected.
    AccountEnded,
    /// Spotify wants to be left alone until then.
    RateLimited {
        until: Millis,
    },
    /// Spotify answers so late that nobody can tell where the device is.
    ClockUnsure,
    Unreachable,
    /// It plays for another nest of theirs.
    Elsewhere,
}

/// Waits that differ by less are the same wait, told at another moment.
const SAME_WAIT_MS: i64 = 5_000;

impl Footing {
    /// What the others are told; `before` is what they were told last. A device that was told a moment ago is what it was: songs
    /// that follow each other make nobody flicker.
    pub fn hears(self, before: Option<Hears>) -> Option<Hears> {
        match self {
            Self::Off | Self::Idle | Self::Elsewhere => None,
            Self::InSync | Self::Paused => Some(Hears::InSync),
            Self::Starting => before.or(Some(Hears::Apart)),
            Self::CatchingUp
            | Self::OwnWay
            | Self::StoppedByHand
            | Self::Asleep
            | Self::NoDevice
            | Self::Barred
            | Self::NoPremium
            | Self::NoSeat
            | Self::AppRefused
            | Self::AccountEnded
            | Self::RateLimited { .. }
            | Self::ClockUnsure
            | Self::Unreachable => Some(Hears::Apart),
        }
    }

    /// Whether its owner is to be told, who was told `before`.
    pub fn is_news_after(self, before: Self) -> bool {
        match (before, self) {
            (Self::RateLimited { until: before }, Self::RateLimited { until }) => {
                until.since(before).abs() > SAME_WAIT_MS
            }
            (before, now) => before != now,
        }
    }
}

/// Trouble shorter than this is told to nobody else: between two songs everybody is apart for a moment.
pub const APART_AFTER_MS: f64 = 3_000.0;
/// A browser tells of a change no more often than this.
pub const TELL_EVERY_MS: f64 = 1_000.0;

/// What a browser has told the nest of how it hears it, and when it tells the next.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Report {
    /// `None`: nothing yet.
    told: Option<Option<Hears>>,
    told_at: Option<f64>,
    apart_since: Option<f64>,
}

impl Report {
    /// What is to be told now, at `now_ms` by any steady clock; `None`: nothing. Counts as told. To be asked a few times a
    /// second. The first answer is told in any case: the server may remember another one of a line that broke.
    pub fn due(&mut self, hears: Option<Hears>, now_ms: f64) -> Option<Option<Hears>> {
        if hears != Some(Hears::Apart) {
            self.apart_since = None;
        } else if self.apart_since.is_none() {
            self.apart_since = Some(now_ms);
        }
        let is_moment = |since: Option<f64>, at_least: f64| since.is_some_and(|at| now_ms - at < at_least);
        let was_in_sync = self.told == Some(Some(Hears::InSync));
        let waits = is_moment(self.told_at, TELL_EVERY_MS)
            || (was_in_sync && is_moment(self.apart_since, APART_AFTER_MS));
        if self.told == Some(hears) || waits {
            return None;
        }
        self.told = Some(hears);
        self.told_at = Some(now_ms);
        Some(hears)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const APART: Option<Hears> = Some(Hears::Apart);
    const IN_SYNC: Option<Hears> = Some(Hears::InSync);

    #[test]
    fn a_person_is_in_sync_where_one_of_their_tabs_or_their_device_is() {
        let table: [(&[Option<Hears>], Option<Hears>); 6] = [
            (&[], None),
            (&[None, None], None),
            (&[None, APART], APART),
            (&[APART, IN_SYNC, None], IN_SYNC),
            (&[IN_SYNC, IN_SYNC], IN_SYNC),
            (&[APART, APART], APART),
        ];
        for (all, expected) in table {
            assert_eq!(Hears::together(all.iter().copied()), expected, "{all:?}");
        }
    }

    #[test]
    fn nine_of_eleven_are_in_sync_and_who_only_looks_is_not_counted() {
        let all = [vec![IN_SYNC; 9], vec![APART; 2], vec![None; 5]].concat();
        assert_eq!(InSync::among(all), InSync { count: 9, of: 11 });
        assert_eq!(InSync::among([None, None]), InSync::default());
    }

    #[test]
    fn of_a_device_the_others_learn_in_sync_or_not_and_nothing_of_the_trouble() {
        let until = Millis(1);
        let table = [
            (Footing::Off, [None; 3]),
            (Footing::Idle, [None; 3]),
            (Footing::Elsewhere, [None; 3]),
            (Footing::InSync, [IN_SYNC; 3]),
            (Footing::Paused, [IN_SYNC; 3]),
            (Footing::Starting, [APART, APART, IN_SYNC]),
            (Footing::CatchingUp, [APART; 3]),
            (Footing::OwnWay, [APART; 3]),
            (Footing::StoppedByHand, [APART; 3]),
            (Footing::Asleep, [APART; 3]),
            (Footing::NoDevice, [APART; 3]),
            (Footing::Barred, [APART; 3]),
            (Footing::NoPremium, [APART; 3]),
            (Footing::NoSeat, [APART; 3]),
            (Footing::AccountEnded, [APART; 3]),
            (Footing::RateLimited { until }, [APART; 3]),
            (Footing::ClockUnsure, [APART; 3]),
            (Footing::Unreachable, [APART; 3]),
        ];
        for (footing, expected) in table {
            assert_eq!(
                [None, APART, IN_SYNC].map(|before| footing.hears(before)),
                expected,
                "{footing:?}"
            );
        }
    }

    #[test]
    fn a_wait_that_is_told_again_a_moment_later_is_no_news() {
        let limited = |until| Footing::RateLimited { until: Millis(until) };
        assert!(!limited(60_900).is_news_after(limited(60_000)));
        assert!(limited(90_000).is_news_after(limited(60_000)));
        assert!(limited(60_000).is_news_after(Footing::InSync));
        assert!(!Footing::OwnWay.is_news_after(Footing::OwnWay));
        assert!(Footing::OwnWay.is_news_after(Footing::StoppedByHand));
    }

    #[test]
    fn a_browser_tells_changes_only_waits_with_short_troubles_and_keeps_its_pace() {
        let mut report = Report::default();
        let told: Vec<_> = [
            (0.0, None),
            (500.0, APART), // no sooner: it told of something half a second ago
            (1_000.0, APART),
            (1_500.0, IN_SYNC),
            (2_000.0, IN_SYNC),
            (2_500.0, APART), // the next song begins
            (5_000.0, APART),
            (5_100.0, IN_SYNC),
            (6_000.0, APART), // and now it stays so
            (8_900.0, APART),
            (9_000.0, APART),
            (9_500.0, None), // tuned out
            (10_000.0, None),
        ]
        .into_iter()
        .filter_map(|(at, hears)| Some((at, report.due(hears, at)?)))
        .collect();
        assert_eq!(
            told,
            [
                (0.0, None),
                (1_000.0, APART),
                (2_000.0, IN_SYNC),
                (9_000.0, APART),
                (10_000.0, None)
            ]
        );
    }

    #[test]
    fn what_crosses_the_wire_is_a_word() {
        let json = |footing: Footing| serde_json::to_string(&footing).expect("plain data");
        assert_eq!(json(Footing::StoppedByHand), r#""stopped_by_hand""#);
        let limited = Footing::RateLimited { until: Millis(7) };
        assert_eq!(json(limited), r#"{"rate_limited":{"until":7}}"#);
        assert_eq!(
            serde_json::from_str::<Footing>(&json(limited)).ok(),
            Some(limited)
        );
        for hears in [Hears::Apart, Hears::InSync] {
            let word = format!("\"{}\"", hears.as_str());
            assert_eq!(serde_json::to_string(&hears).ok(), Some(word));
        }
    }
}
