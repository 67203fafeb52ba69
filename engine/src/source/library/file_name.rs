//! What a file's name and folders say about a track whose tags are silent.
//!
//! Reads the forms people use: "01 - Artist - Title", "01. Title", "Artist - Title", "Artist/Album/01 Title". Pure.

use std::path::Path;

use super::wording::cleaned;

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct NameFacts {
    /// Never empty: at worst the file's bare name.
    pub title: String,
    pub artist: String,
    pub album: String,
    pub number: u16,
}

/// Digits before a title are its number when there are at most this many; "1999 - Prince" keeps its year.
const MAX_NUMBER_DIGITS: usize = 3;

pub(super) fn facts_from_name(relative: &Path) -> NameFacts {
    let stem = relative
        .file_stem()
        .map(|stem| stem.to_string_lossy())
        .unwrap_or_default();
    let stem = spaced(&stem);
    let (number, rest) = split_number(&stem);
    let (artist, title) = match rest.split_once(" - ") {
        Some((artist, title)) if !artist.trim().is_empty() && !title.trim().is_empty() => (artist, title),
        _ => ("", rest),
    };
    // "01 - 02 - x" and the like: whatever is left of a name still is a name.
    let title = if title.trim().is_empty() {
        stem.as_str()
    } else {
        title
    };
    let (folder_artist, album) = facts_from_folders(relative);
    NameFacts {
        title: cleaned(title),
        artist: if artist.is_empty() {
            folder_artist
        } else {
            cleaned(artist)
        },
        album,
        number,
    }
}

/// Artist and album from the folders above: "Artist/Album", "Artist - Album" or just "Artist".
fn facts_from_folders(relative: &Path) -> (String, String) {
    let mut folders: Vec<String> = relative
        .parent()
        .into_iter()
        .flat_map(Path::iter)
        .map(|name| spaced(&name.to_string_lossy()))
        .collect();
    if folders.len() > 1 && folders.last().is_some_and(|name| is_disc(name)) {
        folders.pop();
    }
    match folders.as_slice() {
        [] => (String::new(), String::new()),
        [only] if says_nothing(only) => (String::new(), String::new()),
        [only] => match only.split_once(" - ") {
            Some((artist, album)) => (cleaned(artist), cleaned(album)),
            None => (cleaned(only), String::new()),
        },
        [.., artist, album] if says_nothing(album) => (cleaned(artist), String::new()),
        [.., artist, album] => {
            // "Artist/Artist - Album" says the artist twice.
            let bare = album
                .strip_prefix(artist.as_str())
                .and_then(|rest| rest.trim_start().strip_prefix('-'));
            (cleaned(artist), cleaned(bare.unwrap_or(album)))
        }
    }
}

/// "frozen_jam" is "frozen jam"; underscores in a name that has spaces are meant.
fn spaced(name: &str) -> String {
    if name.contains(' ') {
        name.to_owned()
    } else {
        name.replace('_', " ")
    }
}

/// Splits "01 - Title", "1. Title", "01 Title", "2-07 Title" into number and rest; 0 where there is none.
fn split_number(stem: &str) -> (u16, &str) {
    let (mut number, mut rest) = match leading_number(stem) {
        Some(found) => found,
        None => return (0, stem),
    };
    // Disc and track: the second number is the track's.
    if let Some((track, after)) = rest.strip_prefix('-').and_then(leading_number) {
        (number, rest) = (track, after);
    }
    let title = rest.trim_start_matches([' ', '.', '-', ')', ']']);
    let separator = &rest[..rest.len() - title.len()];
    let is_number = match separator.trim() {
        "" if separator.is_empty() => false,
        // Nothing but a space: "50 Cent - In Da Club" begins with a name, "05 Queen - Jealousy" with a number.
        "" => stem.starts_with('0') || !title.contains(" - "),
        _ => true,
    };
    if is_number && !title.is_empty() {
        (number, title)
    } else {
        (0, stem)
    }
}

fn leading_number(text: &str) -> Option<(u16, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    if digits.len() > MAX_NUMBER_DIGITS {
        return None;
    }
    digits.parse().ok().map(|number| (number, rest))
}

/// Names of folders that hold music, not of anything in it.
fn says_nothing(name: &str) -> bool {
    ["music", "audio", "songs", "tracks", "mp3", "ogg", "flac"]
        .iter()
        .any(|plain| name.eq_ignore_ascii_case(plain))
}

fn is_disc(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["cd", "disc", "disk"].iter().any(|word| {
        name.strip_prefix(word).is_some_and(|rest| {
            let rest = rest.trim_start_matches([' ', '-', '.']);
            !rest.is_empty() && rest.len() <= 2 && rest.bytes().all(|b| b.is_ascii_digit())
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_the_forms_people_use_give_title_artist_album_and_number() {
        let table = [
            ("01 - Queen - Mustapha.ogg", ("Mustapha", "Queen", "", 1)),
            ("Queen - Mustapha.ogg", ("Mustapha", "Queen", "", 0)),
            ("01. Mustapha.ogg", ("Mustapha", "", "", 1)),
            ("7 Mustapha.mp3", ("Mustapha", "", "", 7)),
            ("2-07 Mustapha.mp3", ("Mustapha", "", "", 7)),
            ("(01) x.mp3", ("(01) x", "", "", 0)),
            ("1999.mp3", ("1999", "", "", 0)),
            ("1999 - Prince.mp3", ("Prince", "1999", "", 0)),
            ("99 Luftballons.mp3", ("Luftballons", "", "", 99)),
            ("50 Cent - In Da Club.mp3", ("In Da Club", "50 Cent", "", 0)),
            ("05 Queen - Jealousy.mp3", ("Jealousy", "Queen", "", 5)),
            ("7.mp3", ("7", "", "", 0)),
            ("01 - .mp3", ("01 -", "", "", 0)),
            ("frozen_jam.ogg", ("frozen jam", "", "", 0)),
            ("snake_case name.ogg", ("snake_case name", "", "", 0)),
            ("Queen/Mustapha.ogg", ("Mustapha", "Queen", "", 0)),
            ("Queen/Jazz/01 - Mustapha.ogg", ("Mustapha", "Queen", "Jazz", 1)),
            (
                "Music/Queen/Jazz/CD 2/01 - Mustapha.ogg",
                ("Mustapha", "Queen", "Jazz", 1),
            ),
            ("Queen - Jazz/01 Mustapha.ogg", ("Mustapha", "Queen", "Jazz", 1)),
            (
                "Queen/Queen - Jazz/01 Mustapha.ogg",
                ("Mustapha", "Queen", "Jazz", 1),
            ),
            (
                "Various/Hits/03 - ABBA - Fernando.mp3",
                ("Fernando", "ABBA", "Hits", 3),
            ),
            ("A - B - C.mp3", ("B - C", "A", "", 0)),
        ];
        for (path, (title, artist, album, number)) in table {
            let expected = NameFacts {
                title: title.to_owned(),
                artist: artist.to_owned(),
                album: album.to_owned(),
                number,
            };
            assert_eq!(facts_from_name(Path::new(path)), expected, "{path}");
        }
    }
}
