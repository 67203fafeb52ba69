//! What pasted text means: links and URIs of Spotify, tracks of the library, and words to search for. One or many, in any
//! mixture, as chats, mails, playlists and browsers hand them over.
//!
//! Owns the forms and the reasons why something is none. Asks nobody: whether a track exists is its source's to say.

use std::collections::HashSet;

use crate::track::TrackUri;

/// Characters of a paste that are looked at: links to as many songs as a queue ever takes, and they fit in one request.
pub const MAX_CHARS: usize = 20_000;
/// Pieces that one paste may have.
pub const MAX_PIECES: usize = 200;
/// Characters of a line of words; longer lines are prose.
pub const MAX_WORDS_CHARS: usize = 200;

/// Several tracks under one id of Spotify's.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Collection {
    pub kind: CollectionKind,
    pub id: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CollectionKind {
    Album,
    /// Stands for the artist's albums.
    Artist,
    Playlist,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Meaning {
    Track(TrackUri),
    Collection(Collection),
    /// To be searched for.
    Words(String),
    Nothing(Why),
}

/// Why a piece can't be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Why {
    #[error("This link only leads to another one. Open it and copy the address it ends at.")]
    ShortLink,
    #[error("Only tracks, albums, artists, playlists and episodes can be added.")]
    NoMusic,
    #[error("This link is not complete: its id should have 22 letters and digits.")]
    BrokenId,
    #[error("This is a file on somebody's own device.")]
    LocalFile,
    #[error("Music from this site can't be played here.")]
    UnknownSite,
    #[error("This is too long to be the name of a song.")]
    TooLong,
}

/// One thing that was pasted, as it stood there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    pub text: String,
    pub meaning: Meaning,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pasted {
    /// In order, each once.
    pub pieces: Vec<Piece>,
    /// Whether there was more than can be looked at.
    pub cut: bool,
}

/// Reads a paste. A line is either words to search for, or as many links and URIs as stand in it.
pub fn read(text: &str) -> Pasted {
    let mut chars = text.char_indices();
    let end = chars.nth(MAX_CHARS).map_or(text.len(), |(end, _)| end);
    let mut pasted = Pasted {
        pieces: Vec::new(),
        cut: end < text.len(),
    };
    let mut seen = HashSet::new();
    for line in text[..end].lines() {
        let line: String = line.chars().filter(|c| !is_invisible(*c)).collect();
        for piece in pieces(line.trim()) {
            if !seen.insert(piece.meaning.clone()) {
                continue;
            }
            if pasted.pieces.len() == MAX_PIECES {
                pasted.cut = true;
                return pasted;
            }
            pasted.pieces.push(piece);
        }
    }
    pasted
}

/// Whether a text typed into a search is more than words for it: several lines, or something of Spotify's.
pub fn is_for_the_sheet(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let names = |begin: &str| {
        let mut after = lower.split(begin).skip(1);
        after.any(|rest| rest.starts_with(|c: char| c.is_ascii_alphanumeric()))
    };
    text.trim().contains('\n')
        || ["spotify:", "spotify.com/", "spotify.link/"]
            .into_iter()
            .any(names)
}

/// The one track that the text names, if it is the URI of one, or a link to one, and nothing else.
pub fn track(text: &str) -> Option<TrackUri> {
    match read(text).pieces.as_slice() {
        [
            Piece {
                meaning: Meaning::Track(uri),
                ..
            },
        ] => Some(uri.clone()),
        _ => None,
    }
}

/// What editors and browsers slip into copied text.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}')
}

fn pieces(line: &str) -> Vec<Piece> {
    // Comments of playlist files.
    if line.is_empty() || line.starts_with("#EXT") {
        return Vec::new();
    }
    let addresses: Vec<&str> = line
        .split(is_between)
        .map(bare)
        .filter(|part| is_address(part))
        .collect();
    if addresses.is_empty() {
        return words(line).into_iter().collect();
    }
    let piece = |text: &str| Piece {
        text: text.to_owned(),
        meaning: meaning(text),
    };
    addresses.into_iter().map(piece).collect()
}

/// What stands between two links on one line: space, list separators, the brackets of Markdown and mails.
fn is_between(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            ',' | ';' | '|' | '<' | '>' | '(' | ')' | '[' | ']' | '"' | '“' | '”' | '\''
        )
}

/// Without the full stop of the sentence that it ends.
fn bare(part: &str) -> &str {
    part.trim_end_matches(['.', '!', ':', '*'])
}

fn is_address(part: &str) -> bool {
    let lower = part.to_ascii_lowercase();
    let begins = [
        "http://",
        "https://",
        "spotify:",
        "library:",
        "open.spotify.com/",
        "play.spotify.com/",
        "spotify.link/",
    ];
    // "Spotify: the best of" is words; so is "library:".
    begins
        .iter()
        .any(|begin| lower.strip_prefix(begin).is_some_and(|rest| !rest.is_empty()))
}

fn words(line: &str) -> Option<Piece> {
    let bare = without_list_mark(line).trim_matches(['"', '“', '”', '\'', '*', ' ', '\t']);
    if !bare.chars().any(char::is_alphanumeric) {
        return None;
    }
    let text: String = bare.split_whitespace().collect::<Vec<_>>().join(" ");
    let meaning = match text.chars().count() > MAX_WORDS_CHARS {
        true => Meaning::Nothing(Why::TooLong),
        false => Meaning::Words(text),
    };
    Some(Piece {
        text: line.chars().take(MAX_WORDS_CHARS).collect(),
        meaning,
    })
}

/// "1. ", "12) ", "- ", "* " and "• " before a song are not part of its name; "99 Luftballons" is.
fn without_list_mark(line: &str) -> &str {
    let after_number = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_numbered = after_number.len() < line.len();
    let numbered = [". ", ") "]
        .iter()
        .find_map(|mark| after_number.strip_prefix(mark));
    let listed = ["- ", "* ", "• ", "– "]
        .iter()
        .find_map(|mark| line.strip_prefix(mark));
    match (is_numbered, numbered, listed) {
        (true, Some(rest), _) | (_, _, Some(rest)) => rest.trim_start(),
        _ => line,
    }
}

fn meaning(address: &str) -> Meaning {
    let scheme_end = address.find(':').unwrap_or_default();
    let scheme = address[..scheme_end].to_ascii_lowercase();
    match scheme.as_str() {
        "library" => track_named(&format!(
            "library:{}",
            address[scheme_end + 1..].to_ascii_lowercase()
        )),
        "spotify" => named(&address[scheme_end + 1..].split(':').collect::<Vec<_>>()),
        "http" | "https" => linked(address[scheme_end + 1..].trim_start_matches('/')),
        _ => linked(address),
    }
}

/// A link without its scheme.
fn linked(link: &str) -> Meaning {
    let path = link.split(['?', '#']).next().unwrap_or_default();
    let mut parts = path.split('/').filter(|part| !part.is_empty());
    let host = parts.next().unwrap_or_default().to_ascii_lowercase();
    let rest: Vec<&str> = parts.collect();
    match host.as_str() {
        "open.spotify.com" | "play.spotify.com" | "embed.spotify.com" => named(without_detours(&rest)),
        "spotify.link" | "spotify.app.link" => Meaning::Nothing(Why::ShortLink),
        // Where this house, or another one, serves a track of its library.
        _ => match rest.as_slice() {
            ["audio", uri] => track_named(&uri.replace("%3A", ":")),
            _ => Meaning::Nothing(Why::UnknownSite),
        },
    }
}

/// Without the language and the player that a link may go through: `intl-de/`, `embed/`.
fn without_detours<'a>(parts: &'a [&'a str]) -> &'a [&'a str] {
    match parts {
        [first, rest @ ..] if first.starts_with("intl-") || matches!(*first, "embed" | "embed-podcast") => {
            without_detours(rest)
        }
        parts => parts,
    }
}

/// `track/4uLU...`, or the same between colons; playlists may stand below their owner, as they once did.
fn named(parts: &[&str]) -> Meaning {
    let (kind, id) = match parts {
        [user, _, kind, id, ..] if user.eq_ignore_ascii_case("user") => (*kind, *id),
        [kind, id, ..] => (*kind, *id),
        _ => return Meaning::Nothing(Why::NoMusic),
    };
    let collection = |kind| match is_id(id) {
        true => Meaning::Collection(Collection {
            kind,
            id: id.to_owned(),
        }),
        false => Meaning::Nothing(Why::BrokenId),
    };
    match kind.to_ascii_lowercase().as_str() {
        "track" => track_named(&format!("spotify:track:{id}")),
        "episode" => track_named(&format!("spotify:episode:{id}")),
        "album" => collection(CollectionKind::Album),
        "artist" => collection(CollectionKind::Artist),
        "playlist" => collection(CollectionKind::Playlist),
        "local" => Meaning::Nothing(Why::LocalFile),
        _ => Meaning::Nothing(Why::NoMusic),
    }
}

fn track_named(uri: &str) -> Meaning {
    TrackUri::parse(uri).map_or(Meaning::Nothing(Why::BrokenId), Meaning::Track)
}

fn is_id(id: &str) -> bool {
    TrackUri::parse(&format!("spotify:track:{id}")).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "4uLU6hMCjMI75M1A2tKUQC";

    /// What a paste means, in short: `track`, `episode`, `album`, ..., `words: ...`, or why not.
    fn meanings(text: &str) -> Vec<String> {
        let short = |piece: Piece| match piece.meaning {
            Meaning::Track(uri) => uri.to_string().replace(ID, "ID"),
            Meaning::Collection(collection) => {
                format!("{:?} {}", collection.kind, collection.id.replace(ID, "ID"))
            }
            Meaning::Words(words) => format!("words: {words}"),
            Meaning::Nothing(why) => format!("{why:?}"),
        };
        read(text).pieces.into_iter().map(short).collect()
    }

    #[test]
    fn every_form_that_people_paste_is_understood() {
        let track = "spotify:track:ID";
        let table: &[(&str, &[&str])] = &[
            // URIs
            ("spotify:track:ID", &[track]),
            ("  spotify:track:ID  ", &[track]),
            ("Spotify:Track:ID", &[track]),
            ("spotify:album:ID", &["Album ID"]),
            ("spotify:artist:ID", &["Artist ID"]),
            ("spotify:playlist:ID", &["Playlist ID"]),
            ("spotify:user:anna:playlist:ID", &["Playlist ID"]),
            ("spotify:episode:ID", &["spotify:episode:ID"]),
            ("spotify:show:ID", &["NoMusic"]),
            ("spotify:user:anna", &["NoMusic"]),
            ("spotify:local:Queen:Jazz:Mustapha:180", &["LocalFile"]),
            ("spotify:track:short", &["BrokenId"]),
            ("spotify:album:../../etc/passwd", &["BrokenId"]),
            // Links
            ("https://open.spotify.com/track/ID", &[track]),
            ("http://open.spotify.com/track/ID", &[track]),
            ("HTTPS://Open.Spotify.com/track/ID", &[track]),
            ("open.spotify.com/track/ID", &[track]),
            ("https://play.spotify.com/track/ID", &[track]),
            ("https://open.spotify.com/track/ID?si=0123456789abcdef", &[track]),
            (
                "https://open.spotify.com/track/ID?si=01&utm_source=copy-link#0:30",
                &[track],
            ),
            ("https://open.spotify.com/track/ID/", &[track]),
            ("https://open.spotify.com/intl-de/track/ID?si=01", &[track]),
            ("https://open.spotify.com/intl-pt-BR/album/ID", &["Album ID"]),
            ("https://open.spotify.com/embed/track/ID", &[track]),
            ("https://open.spotify.com/artist/ID?si=x", &["Artist ID"]),
            ("https://open.spotify.com/playlist/ID", &["Playlist ID"]),
            ("https://open.spotify.com/user/anna/playlist/ID", &["Playlist ID"]),
            ("https://open.spotify.com/episode/ID", &["spotify:episode:ID"]),
            ("https://open.spotify.com/show/ID", &["NoMusic"]),
            ("https://open.spotify.com/", &["NoMusic"]),
            ("https://open.spotify.com/track/ID0", &["BrokenId"]),
            ("https://spotify.link/aBcDeF", &["ShortLink"]),
            ("https://www.youtube.com/watch?v=dQw4w9WgXcQ", &["UnknownSite"]),
            ("https://open.spotify.com.evil.example/track/ID", &["UnknownSite"]),
            ("https://evil.example/open.spotify.com/track/ID", &["UnknownSite"]),
            // Our own
            ("library:0123456789abcdef", &["library:0123456789abcdef"]),
            ("library:0123456789ABCDEF", &["library:0123456789abcdef"]),
            ("library:../../etc", &["BrokenId"]),
            (
                "https://echone.st/audio/library:0123456789abcdef",
                &["library:0123456789abcdef"],
            ),
            (
                "http://127.0.0.1:3000/audio/library%3A0123456789abcdef",
                &["library:0123456789abcdef"],
            ),
            // As they stand in texts
            ("<https://open.spotify.com/track/ID>", &[track]),
            ("[Mustapha](https://open.spotify.com/track/ID)", &[track]),
            ("listen to https://open.spotify.com/track/ID!", &[track]),
            ("Here: \"spotify:track:ID\".", &[track]),
            ("- https://open.spotify.com/album/ID", &["Album ID"]),
            ("spotify:track:ID spotify:album:ID", &[track, "Album ID"]),
            (
                "spotify:track:ID,spotify:album:ID;spotify:artist:ID",
                &[track, "Album ID", "Artist ID"],
            ),
            ("spotify:track:ID\r\nspotify:album:ID\r\n", &[track, "Album ID"]),
            ("\u{feff}spotify:track:\u{200b}ID", &[track]),
            (
                "spotify:track:ID\nhttps://open.spotify.com/track/ID?si=7",
                &[track],
            ),
            (
                "#EXTM3U\n#EXTINF:180,Queen - Mustapha\nhttps://open.spotify.com/track/ID",
                &[track],
            ),
            // Words
            ("Queen - Mustapha", &["words: Queen - Mustapha"]),
            (
                "1. Queen - Mustapha\n2) Jazz",
                &["words: Queen - Mustapha", "words: Jazz"],
            ),
            ("• “Mustapha”", &["words: Mustapha"]),
            ("99 Luftballons", &["words: 99 Luftballons"]),
            ("  two   spaces\tand a tab ", &["words: two spaces and a tab"]),
            ("Spotify: the best of", &["words: Spotify: the best of"]),
            (
                "jazz\nspotify:track:ID\nJazz",
                &["words: jazz", track, "words: Jazz"],
            ),
            ("日本の歌", &["words: 日本の歌"]),
            ("---", &[]),
            ("", &[]),
            (" \n\t\r\n ", &[]),
        ];
        assert!(table.len() >= 40);
        for (text, expected) in table {
            let text = text.replace("ID", ID);
            assert_eq!(meanings(&text), *expected, "{text:?}");
        }
    }

    #[test]
    fn a_paste_has_its_bounds_and_says_when_it_was_cut() {
        let prose = "word ".repeat(50);
        assert_eq!(meanings(&prose), ["TooLong"]);
        let many: String = (0..MAX_PIECES + 5).map(|n| format!("song {n}\n")).collect();
        let pasted = read(&many);
        assert_eq!((pasted.pieces.len(), pasted.cut), (MAX_PIECES, true));
        let long = read(&"ü".repeat(MAX_CHARS + 1));
        assert!(long.cut && long.pieces.len() == 1);
        assert!(!read("one song").cut);
    }

    #[test]
    fn links_and_lists_are_for_the_sheet_and_words_for_the_search() {
        let (list, link) = (
            "Harbour Lights\nBlue Hour",
            "look: https://open.spotify.com/album/x",
        );
        for text in [
            list,
            link,
            "spotify:track:x",
            "OPEN.SPOTIFY.COM/track/x",
            "https://spotify.link/x",
        ] {
            assert!(is_for_the_sheet(text), "{text:?}");
        }
        for text in [
            "",
            "jazz",
            "Harbour Lights\n",
            "Spotify: the best of",
            "spotify",
            "library:0123456789abcdef",
        ] {
            assert!(!is_for_the_sheet(text), "{text:?}");
        }
    }

    #[test]
    fn no_text_whatever_breaks_the_reading() {
        use proptest::prelude::*;
        proptest!(|(text in "(spotify:|https?://|open.spotify.com/|library:|[a-z:/?.%\\n ü\u{1F989}]){0,30}")| {
            for piece in read(&text).pieces {
                prop_assert!(!piece.text.is_empty());
            }
        });
    }
}
