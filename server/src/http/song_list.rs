//! Lists of songs as other programs read them: playlists and tables.
//!
//! Titles come from strangers' files and services: nothing in them may end a line, or be a formula to a spreadsheet.

use engine::history::PlayedSong;
use nests::history::Ending;
use nests::track::{Source, TrackUri};

const LINE_END: &str = "\r\n";

/// An extended M3U playlist, one entry per song, in the order given. `site` is the address of this site.
pub fn m3u(songs: &[PlayedSong], site: &str) -> String {
    let mut text = String::from("#EXTM3U\n");
    for song in songs {
        let (seconds, title) = (song.duration_ms.div_ceil(1000), one_line(&song.title));
        let artist = one_line(&song.artist);
        let address = address(&song.trackid, site);
        text.push_str(&format!("#EXTINF:{seconds},{artist} - {title}\n{address}\n"));
    }
    text
}

fn address(track: &TrackUri, site: &str) -> String {
    match track.source() {
        Source::Library => format!("{site}/audio/{track}"),
        Source::Spotify => {
            let kind = if track.is_episode() { "episode" } else { "track" };
            format!("https://open.spotify.com/{kind}/{}", track.id())
        }
    }
}

fn one_line(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

/// Comma-separated values as RFC 4180 has them, with a header.
pub fn csv(songs: &[PlayedSong]) -> String {
    let head = [
        "started_at",
        "ended_at",
        "title",
        "artist",
        "album",
        "seconds",
        "queued_by",
        "picked_by_bender",
        "ending",
        "jams",
        "trackid",
    ];
    let mut text = head.join(",");
    text.push_str(LINE_END);
    for song in songs {
        let jams: Vec<&str> = song.jams.iter().map(|person| person.name.as_str()).collect();
        let fields = [
            song.started_at.clone(),
            song.ended_at.clone(),
            field(&song.title),
            field(&song.artist),
            field(&song.album),
            song.duration_ms.div_ceil(1000).to_string(),
            field(&song.user.name),
            song.auto.to_string(),
            match song.ending {
                Ending::Finished => "finished".to_owned(),
                Ending::Skipped => "skipped".to_owned(),
            },
            field(&jams.join("; ")),
            song.trackid.to_string(),
        ];
        text.push_str(&fields.join(","));
        text.push_str(LINE_END);
    }
    text
}

/// Quoted where it has to be. What a spreadsheet would take for a formula gets an apostrophe in front
/// (https://owasp.org/www-community/attacks/CSV_Injection).
fn field(text: &str) -> String {
    let is_formula = text.trim_start().starts_with(['=', '+', '-', '@', '\t', '\r'])
        || text.starts_with(['\t', '\r', '\n']);
    let text = if is_formula {
        format!("'{text}")
    } else {
        text.to_owned()
    };
    if text.contains([',', '"', '\r', '\n', ';', '\t']) || text.starts_with([' ', '\'']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use nests::nest::Person;

    use super::*;

    fn song(title: &str, artist: &str) -> PlayedSong {
        let time = "2026-02-03T04:05:06Z".to_owned();
        PlayedSong {
            place: "1-7".into(),
            trackid: TrackUri::library(7),
            title: title.into(),
            artist: artist.into(),
            album: String::new(),
            duration_ms: 61_500,
            img: None,
            user: Person::bender(),
            auto: true,
            added_at: time.clone(),
            started_at: time.clone(),
            ended_at: time,
            ending: Ending::Finished,
            jams: vec![],
        }
    }

    #[test]
    fn a_field_is_quoted_where_it_has_to_be_and_is_never_a_formula() {
        let table = [
            ("Plain", "Plain"),
            ("One, two", "\"One, two\""),
            ("Say \"hi\"", "\"Say \"\"hi\"\"\""),
            ("two\nlines", "\"two\nlines\""),
            ("=HYPERLINK(\"http://x\")", "\"'=HYPERLINK(\"\"http://x\"\")\""),
            ("+1", "\"'+1\""),
            ("-1", "\"'-1\""),
            ("@cmd", "\"'@cmd\""),
            (" =1", "\"' =1\""),
            ("\t=1", "\"'\t=1\""),
            ("", ""),
        ];
        for (text, expected) in table {
            assert_eq!(field(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_title_cannot_end_its_line_in_a_playlist() {
        let text = m3u(&[song("Nice\n#EXTINF:1,evil", "A\rB")], "https://echone.st");
        assert_eq!(
            text,
            "#EXTM3U\n#EXTINF:62,A B - Nice #EXTINF:1,evil\nhttps://echone.st/audio/library:0000000000000007\n"
        );
    }

    #[test]
    fn a_table_has_a_header_and_a_line_for_each_song() {
        let text = csv(&[song("One, two", "Ada")]);
        let lines: Vec<&str> = text.split(LINE_END).collect();
        assert_eq!(
            lines,
            [
                "started_at,ended_at,title,artist,album,seconds,queued_by,picked_by_bender,ending,jams,trackid",
                "2026-02-03T04:05:06Z,2026-02-03T04:05:06Z,\"One, two\",Ada,,62,Bender,true,finished,,library:0000000000000007",
                ""
            ]
        );
    }
}
