//! How numbers, names and moments read as words. Pure text; knows no clock and no screen.

use nests::nest::{MemberId, Person};
use nests::time::Millis;

/// `2026-11-21T21:42:00Z`, for `<time datetime>`. The proleptic Gregorian calendar, by Howard Hinnant's
/// `civil_from_days` (https://howardhinnant.github.io/date_algorithms.html).
pub fn rfc3339(at: Millis) -> String {
    let seconds = at.0.div_euclid(1000);
    let (days, second_of_day) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (hour, minute, second) = (second_of_day / 3600, second_of_day / 60 % 60, second_of_day % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// `now`, `in 6 min`, `in 2 h`: how far away a moment is.
pub fn in_minutes(milliseconds: i64) -> String {
    const MINUTE: i64 = 60_000;
    match (milliseconds + MINUTE / 2).div_euclid(MINUTE) {
        ..=0 => "now".to_owned(),
        minutes @ 1..=99 => format!("in {minutes} min"),
        minutes => format!("in {} h", (minutes + 30) / 60),
    }
}

/// `just came in`, `here for 12 min`, `here for 3 h`: how long somebody has been somewhere.
pub fn here_for(milliseconds: i64) -> String {
    const MINUTE: i64 = 60_000;
    match milliseconds.div_euclid(MINUTE) {
        ..=0 => "just came in".to_owned(),
        minutes @ 1..=99 => format!("here for {minutes} min"),
        minutes => format!("here for {} h", (minutes + 30) / 60),
    }
}

/// `1 song`, `14 songs`.
pub fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// Votes with a real minus sign and a plus, so that a column of them lines up: `+3`, `0`, `−2`.
pub fn net_votes(net: i32) -> String {
    match net {
        0 => "0".to_owned(),
        1.. => format!("+{net}"),
        _ => format!("\u{2212}{}", net.unsigned_abs()),
    }
}

/// `1st`, `2nd`, `3rd`, `11th`.
pub fn ordinal(n: u32) -> String {
    let ending = match (n % 10, n % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{n}{ending}")
}

/// Up to two letters that stand in for a missing cover.
pub fn initials(title: &str) -> String {
    let letters = title
        .split(' ')
        .filter_map(|word| word.chars().find(|c| c.is_alphanumeric()));
    letters.take(2).flat_map(char::to_uppercase).collect()
}

/// `you` or the name.
pub fn name_for<'a>(person: &'a Person, me: &MemberId) -> &'a str {
    if person.id == *me { "you" } else { &person.name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_read_as_rfc_3339_in_utc() {
        let table = [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400_000, "2000-02-29T00:00:00Z"),
            (1_795_297_320_999, "2026-11-21T21:42:00Z"),
            (4_102_444_799_000, "2099-12-31T23:59:59Z"),
            (-1, "1969-12-31T23:59:59Z"),
        ];
        for (at, expected) in table {
            assert_eq!(rfc3339(Millis(at)), expected);
        }
    }

    #[test]
    fn without_a_wall_clock_a_moment_is_so_many_minutes_away() {
        for (ms, expected) in [
            (-5, "now"),
            (20_000, "now"),
            (40_000, "in 1 min"),
            (7_200_000, "in 2 h"),
        ] {
            assert_eq!(in_minutes(ms), expected);
        }
    }

    #[test]
    fn without_a_wall_clock_somebody_has_been_here_for_so_long() {
        for (ms, expected) in [
            (-5, "just came in"),
            (59_999, "just came in"),
            (60_000, "here for 1 min"),
            (5_940_000, "here for 99 min"),
            (6_000_000, "here for 2 h"),
        ] {
            assert_eq!(here_for(ms), expected);
        }
    }

    #[test]
    fn counts_votes_and_places_read_well() {
        assert_eq!(counted(1, "song", "songs"), "1 song");
        assert_eq!(counted(0, "song", "songs"), "0 songs");
        assert_eq!([3, 0, -2].map(net_votes), ["+3", "0", "\u{2212}2"]);
        assert_eq!(
            [1, 2, 3, 4, 11, 12, 21, 112].map(ordinal),
            ["1st", "2nd", "3rd", "4th", "11th", "12th", "21st", "112th"]
        );
    }

    #[test]
    fn a_missing_cover_shows_the_titles_initials() {
        for (title, expected) in [
            ("Harbour Lights", "HL"),
            ("(I can't)", "IC"),
            ("émile", "É"),
            ("...", ""),
        ] {
            assert_eq!(initials(title), expected, "{title}");
        }
    }
}
