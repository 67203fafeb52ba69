//! One line of an older program's play log, read as a play.
//!
//! Takes from it what a throwback needs: when, which track, whose. Title, artist and jams are passed over.

use jiff::tz::TimeZone;
use nests::nest::Person;
use nests::nest::member::{MAX_NICKNAME_CHARS, Nickname};
use nests::track::TrackUri;
use serde::Deserialize;

use super::Play;
use crate::address::AddressKey;
use crate::migration::date;
use crate::migration::song::BENDERS_ADDRESS;

/// What a line told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// A play, and whose it was.
    Play(Play, Person),
    /// Bender picked it: nobody's wish.
    Benders,
    /// An episode of a podcast, or a track of a source that this version doesn't know.
    Elsewhere,
}

/// Why a line can't be read. Never with a part of the line: it may hold addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    #[error("not a JSON object with src, trackid, user and endtime")]
    Json,
    #[error("trackid names no track")]
    Track,
    #[error("user is empty")]
    User,
    #[error("endtime is no date")]
    Date,
    #[error("longer than {} kB", super::import::MAX_LINE_BYTES / 1024)]
    TooLong,
}

#[derive(Deserialize)]
struct Fields {
    #[serde(default)]
    src: String,
    trackid: String,
    user: Option<String>,
    endtime: serde_json::Value,
}

/// `zone`: where a date without a zone of its own was read off the wall.
pub(super) fn read(line: &[u8], key: &AddressKey, zone: &TimeZone) -> Result<Line, Broken> {
    let fields: Fields = serde_json::from_slice(line).map_err(|_| Broken::Json)?;
    let Some(track) = track(&fields.src, &fields.trackid)? else {
        return Ok(Line::Elsewhere);
    };
    let ended_at = match &fields.endtime {
        serde_json::Value::String(text) => date::read(text.as_bytes(), zone),
        serde_json::Value::Number(number) => date::read(number.to_string().as_bytes(), zone),
        _ => None,
    };
    let ended_at = ended_at.ok_or(Broken::Date)?;
    let user = fields.user.unwrap_or_default();
    if user.trim().is_empty() {
        return Err(Broken::User);
    }
    let Some(person) = person(&user, key) else {
        return Ok(Line::Benders);
    };
    let by = person.id.clone();
    Ok(Line::Play(Play { ended_at, track, by }, person))
}

/// `None`: an episode, or of another source.
fn track(src: &str, id: &str) -> Result<Option<TrackUri>, Broken> {
    match TrackUri::parse(id) {
        // As among live plays: Bender plays music.
        Ok(track) if track.is_episode() => return Ok(None),
        Ok(track) => return Ok(Some(track)),
        Err(_) => {}
    }
    match src {
        "spotify" if id.starts_with("spotify:episode:") => Ok(None),
        "spotify" => TrackUri::parse(&format!("spotify:track:{id}"))
            .map(Some)
            .map_err(|_| Broken::Track),
        "library" => Err(Broken::Track),
        "" if !id.contains(':') => Err(Broken::Track),
        _ => Ok(None),
    }
}

/// `None`: Bender, or somebody who can't be named. An address shows the part before the `@`, a name is shown as it is.
fn person(user: &str, key: &AddressKey) -> Option<Person> {
    if user.eq_ignore_ascii_case(BENDERS_ADDRESS) {
        return None;
    }
    let known = key.person(user)?;
    if user.contains('@') {
        return Some(known);
    }
    let spelled: String = user.trim().chars().take(MAX_NICKNAME_CHARS).collect();
    let name = Nickname::parse(&spelled).ok()?.into();
    Some(Person { name, ..known })
}

#[cfg(test)]
mod tests {
    use nests::time::Millis;

    use super::*;

    const TRACK: &str = "spotify:track:4uLU6hMCjMI75M1A2tKUQC";
    const EPISODE: &str = "spotify:episode:4uLU6hMCjMI75M1A2tKUQC";

    fn read(line: &str) -> Result<Line, Broken> {
        let stockholm = TimeZone::get("Europe/Stockholm").expect("a zone");
        super::read(line.as_bytes(), &AddressKey::new("secret"), &stockholm)
    }

    fn line(src: &str, trackid: &str, user: &str, endtime: &str) -> String {
        format!(
            r#"{{"src":"{src}","trackid":"{trackid}","title":"T","artist":"A","user":"{user}","endtime":{endtime},"jam":["x@y.z",{{"user":"ben"}}]}}"#
        )
    }

    #[test]
    fn a_line_gives_the_track_the_moment_and_a_person_without_an_address() {
        let Ok(Line::Play(play, person)) = read(&line("spotify", TRACK, "Anna@Example.com", "1700000000.25"))
        else {
            panic!("a good line");
        };
        assert_eq!(play.track.as_str(), TRACK);
        assert_eq!(play.ended_at, Millis(1_700_000_000_250));
        assert_eq!(person.name, "anna");
        assert!(play.by.as_str().starts_with("e-") && !play.to_text().contains("example"));
        let by_name = read(&line(
            "spotify",
            "4uLU6hMCjMI75M1A2tKUQC",
            "Ben Lee",
            "\"2023-11-14T22:13:20Z\"",
        ));
        let Ok(Line::Play(play, person)) = by_name else {
            panic!("a good line");
        };
        assert_eq!((play.track.as_str(), person.name.as_str()), (TRACK, "Ben Lee"));
    }

    #[test]
    fn a_date_without_a_zone_is_the_one_on_the_houses_wall() {
        for (text, utc) in [
            ("\"2023-07-14 22:13:20.5\"", 1_689_365_600_500),
            ("\"2023-11-14T23:13:20\"", 1_700_000_000_000),
        ] {
            let Ok(Line::Play(play, _)) = read(&line("spotify", TRACK, "anna", text)) else {
                panic!("a good line");
            };
            assert_eq!(play.ended_at, Millis(utc), "{text}");
        }
    }

    #[test]
    fn what_is_no_persons_play_is_told_apart_from_what_is_broken() {
        let good = "1700000000";
        let table = [
            (
                line("spotify", TRACK, "the@echonest.com", good),
                Ok(Line::Benders),
            ),
            (line("youtube", "dQw4w9WgXcQ", "anna", good), Ok(Line::Elsewhere)),
            (line("spotify", EPISODE, "anna", good), Ok(Line::Elsewhere)),
            (line("", EPISODE, "anna", good), Ok(Line::Elsewhere)),
            (
                line("spotify", "spotify:episode:x", "anna", good),
                Ok(Line::Elsewhere),
            ),
            (
                line("spotify", "spotify:track:short", "anna", good),
                Err(Broken::Track),
            ),
            (line("spotify", TRACK, " ", good), Err(Broken::User)),
            (line("spotify", TRACK, "anna", "\"yesterday\""), Err(Broken::Date)),
            (line("spotify", TRACK, "anna", "null"), Err(Broken::Date)),
            ("{\"src\":\"spotify\"".to_owned(), Err(Broken::Json)),
            ("[]".to_owned(), Err(Broken::Json)),
            ("\u{1}".to_owned(), Err(Broken::Json)),
        ];
        for (line, expected) in table {
            assert_eq!(read(&line), expected, "{line}");
        }
    }
}
