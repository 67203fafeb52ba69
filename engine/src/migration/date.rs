//! Moments as the older program wrote them: a base64 of a pickled date, an ISO 8601 text, or a number.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use nests::time::Millis;

use super::pickle;

/// Numbers below are no moments (2001), but flags and counters.
const FIRST_SECOND: f64 = 1e9;
/// Numbers below are seconds, from here on milliseconds (1973 as milliseconds, the year 5138 as seconds).
const FIRST_MILLISECOND: f64 = 1e11;
/// The longest text that is taken for a date.
const MAX_BYTES: usize = 512;

/// The moment; `None`: the text is none. The older program's dates are without a time zone: they show the clock on the
/// wall of its machine, so `zone` has to be that machine's.
pub(crate) fn read(text: &[u8], zone: &TimeZone) -> Option<Millis> {
    if text.len() > MAX_BYTES {
        return None;
    }
    let spelled = std::str::from_utf8(text).map(str::trim).unwrap_or_default();
    number(spelled)
        .or_else(|| {
            spelled
                .parse::<Timestamp>()
                .ok()
                .map(|at| Millis(at.as_millisecond()))
        })
        .or_else(|| on_the_wall(spelled.parse().ok()?, zone))
        .or_else(|| on_the_wall(pickle::read(&BASE64_STANDARD.decode(spelled).ok()?).ok()?, zone))
        .or_else(|| on_the_wall(pickle::read(text).ok()?, zone))
}

fn number(text: &str) -> Option<Millis> {
    let plain = text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let number: f64 = text.parse().ok().filter(|_| plain)?;
    if number < FIRST_SECOND {
        None
    } else if number < FIRST_MILLISECOND {
        Some(Millis((number * 1000.0).round() as i64))
    } else {
        Some(Millis(number as i64))
    }
}

fn on_the_wall(date: DateTime, zone: &TimeZone) -> Option<Millis> {
    let at = zone.to_ambiguous_timestamp(date).compatible().ok()?;
    Some(Millis(at.as_millisecond()))
}

#[cfg(test)]
mod tests {
    use jiff::tz::offset;

    use super::*;

    #[test]
    fn every_spelling_of_a_moment_reads_as_the_same_milliseconds() {
        let berlin_in_winter = TimeZone::fixed(offset(1));
        let table = [
            "gASVKgAAAAAAAACMCGRhdGV0aW1llIwIZGF0ZXRpbWWUk5RDCgfqAgsVKgcB4kCUhZRSlC4=",
            "2026-02-11T21:42:07.123456",
            "2026-02-11 21:42:07.123456",
            "2026-02-11T20:42:07.123Z",
            "2026-02-11T21:42:07.123+01:00",
            "1770842527.123",
            "1770842527123",
        ];
        for text in table {
            let read = read(text.as_bytes(), &berlin_in_winter);
            assert_eq!(read, Some(Millis(1_770_842_527_123)), "{text}");
        }
    }

    #[test]
    fn flags_names_and_other_pickles_are_no_moments() {
        let evil = "gASVKwAAAAAAAACMBXBvc2l4lIwGc3lzdGVtlJOUjBB0b3VjaCAvdG1wL293bmVklIWUUpQu";
        for text in [
            "",
            "1",
            "True",
            "-1",
            "inf",
            "nan",
            "1e12",
            "anna@example.org",
            "2026",
            evil,
        ] {
            assert_eq!(read(text.as_bytes(), &TimeZone::UTC), None, "{text}");
        }
    }
}
