//! The calendar on the wall of the house: which weekday it is there.
//!
//! Owns the house's time zone. Summer time is the zone's own business: every moment is asked for by itself.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use nests::time::Millis;

/// Far enough from now that a zone with summer time has the other one of its two times.
const HALF_A_YEAR_MS: i64 = 182 * 86_400_000;
const DAYS_A_WEEK: i64 = 7;

/// A time zone by its name in the IANA database, like `Europe/Stockholm`.
#[derive(Clone)]
pub struct HouseZone(TimeZone);

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no time zone; they are named like Europe/Stockholm or UTC")]
pub struct HouseZoneError(String);

impl HouseZone {
    pub(crate) fn zone(&self) -> &TimeZone {
        &self.0
    }

    /// Tells of a moment whether it was on the weekday that it is at `now`, and on an earlier date.
    pub fn same_weekday_before(&self, now: Millis) -> impl Fn(Millis) -> bool {
        let today = self.date(now);
        move |then| match (self.date(then), today) {
            (Some(then), Some(today)) => then.weekday() == today.weekday() && then < today,
            _ => false,
        }
    }

    /// The weekdays by UTC, Monday being 0, on which the house's weekday at `now` lies, in summer and in winter time. What a place
    /// had for times in older days does not count.
    pub(crate) fn utc_weekdays(&self, now: Millis) -> BTreeSet<usize> {
        let Some(today) = self.date(now) else {
            return BTreeSet::new();
        };
        let weekday = i64::from(today.weekday().to_monday_zero_offset());
        let ahead = |at: Millis| {
            let at = Timestamp::from_millisecond(at.0).ok()?;
            Some(i64::from(self.0.to_offset(at).seconds().signum()))
        };
        // East of Greenwich a day begins on the day before by UTC, west of it it ends on the day after.
        let beside = [now, now.plus(-HALF_A_YEAR_MS)].into_iter().filter_map(ahead);
        let days = std::iter::once(weekday).chain(beside.map(|ahead| weekday - ahead));
        days.map(|day| day.rem_euclid(DAYS_A_WEEK) as usize).collect()
    }

    fn date(&self, at: Millis) -> Option<Date> {
        let at = Timestamp::from_millisecond(at.0).ok()?;
        Some(at.to_zoned(self.0.clone()).date())
    }
}

impl Default for HouseZone {
    fn default() -> Self {
        Self(TimeZone::UTC)
    }
}

impl FromStr for HouseZone {
    type Err = HouseZoneError;
    fn from_str(name: &str) -> Result<Self, HouseZoneError> {
        TimeZone::get(name)
            .map(Self)
            .map_err(|_| HouseZoneError(name.to_owned()))
    }
}

impl fmt::Debug for HouseZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.iana_name().unwrap_or("a zone without a name"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Millis {
        Millis(text.parse::<Timestamp>().expect("a moment").as_millisecond())
    }

    #[test]
    fn a_weekday_is_the_zones_own_also_across_a_clock_change() {
        let stockholm: HouseZone = "Europe/Stockholm".parse().expect("a zone");
        // Wednesday noon, in summer time.
        let now = at("2026-04-01T10:00:00Z");
        let table = [
            // The clocks went forward on 29 March: the Wednesday before began an hour later in UTC.
            ("2026-03-24T23:00:00Z", true),
            ("2026-03-24T22:59:59Z", false),
            ("2026-03-25T22:59:59Z", true),
            ("2026-03-25T23:00:00Z", false),
            // In summer time Wednesdays begin at 22:00 UTC.
            ("2025-07-01T22:00:00Z", true),
            ("2025-07-01T21:59:59Z", false),
            ("2025-07-02T21:59:59Z", true),
            ("2025-07-02T22:00:00Z", false),
            // Today is no past Wednesday, and the next one neither.
            ("2026-03-31T22:30:00Z", false),
            ("2026-04-08T10:00:00Z", false),
        ];
        let is_same_weekday = stockholm.same_weekday_before(now);
        for (then, is) in table {
            assert_eq!(is_same_weekday(at(then)), is, "{then}");
        }
    }

    #[test]
    fn a_weekday_lies_on_one_day_by_utc_or_on_two() {
        const MONDAY: usize = 0;
        let evening = at("2026-01-05T23:30:00Z");
        for (zone, days) in [
            ("UTC", &[MONDAY][..]),
            // In summer its days begin an hour earlier.
            ("Europe/London", &[MONDAY, 6]),
            // There it is Tuesday.
            ("Europe/Stockholm", &[MONDAY, 1]),
            ("America/New_York", &[MONDAY, 1]),
        ] {
            let zone: HouseZone = zone.parse().expect("a zone");
            assert_eq!(
                zone.utc_weekdays(evening),
                days.iter().copied().collect(),
                "{zone:?}"
            );
        }
    }

    #[test]
    fn a_zone_is_named_as_the_database_names_it() {
        assert!("UTC".parse::<HouseZone>().is_ok());
        let error = "Mars/Olympus".parse::<HouseZone>().expect_err("no such place");
        assert!(
            error.to_string().contains("Europe/Stockholm"),
            "it says what would be right"
        );
    }
}
