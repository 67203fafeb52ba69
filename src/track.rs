//! What a music source offers: a track and its address.
//!
//! Owns the URI grammar (`library:...`, `spotify:track:...`, `spotify:episode:...`) and the facts every source can give. Knows nothing of
//! queues: a track becomes a [`Song`](crate::queue::Song) only when somebody asks for it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A music source, as it stands before the first colon of a [`TrackUri`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    Library,
    Spotify,
}

impl Source {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Library => "library",
            Self::Spotify => "spotify",
        }
    }

    /// The source of this name, as [`Source::as_str`] writes it.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Library, Self::Spotify]
            .into_iter()
            .find(|source| source.as_str() == name)
    }

    /// As people call it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Library => "Library",
            Self::Spotify => "Spotify",
        }
    }
}

/// The full address of a track: `library:` and 16 lowercase hex digits, or `spotify:track:` or `spotify:episode:` and 22
/// base-62 characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TrackUri(String);

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a track is named like library:0123456789abcdef or spotify:track:4uLU6hMCjMI75M1A2tKUQC")]
pub struct TrackUriError;

const LIBRARY_ID_LENGTH: usize = 16;
const SPOTIFY_ID_LENGTH: usize = 22;

impl TrackUri {
    pub fn parse(text: &str) -> Result<Self, TrackUriError> {
        let text = text.trim();
        let valid = match text.split_once(':') {
            Some(("library", id)) => is_library_id(id),
            Some(("spotify", rest)) => rest
                .split_once(':')
                .is_some_and(|(kind, id)| matches!(kind, "track" | "episode") && is_spotify_id(id)),
            _ => false,
        };
        if valid {
            Ok(Self(text.to_owned()))
        } else {
            Err(TrackUriError)
        }
    }

    /// The address of a library track, from the number its source derives from the file's place in the folder.
    pub fn library(id: u64) -> Self {
        Self(format!("library:{id:016x}"))
    }

    pub fn source(&self) -> Source {
        if self.0.starts_with("library:") {
            Source::Library
        } else {
            Source::Spotify
        }
    }

    /// Whether it is an episode of a podcast, which its source keeps apart from music.
    pub fn is_episode(&self) -> bool {
        self.0.starts_with("spotify:episode:")
    }

    /// The part after the last colon: what the source itself calls the track.
    pub fn id(&self) -> &str {
        self.0.rsplit(':').next().unwrap_or_default()
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_library_id(id: &str) -> bool {
    id.len() == LIBRARY_ID_LENGTH
        && id
            .bytes()
            .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

fn is_spotify_id(id: &str) -> bool {
    id.len() == SPOTIFY_ID_LENGTH && id.bytes().all(|b| b.is_ascii_alphanumeric())
}

impl fmt::Display for TrackUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for TrackUri {
    type Err = TrackUriError;
    fn from_str(s: &str) -> Result<Self, Self::Err> {
        Self::parse(s)
    }
}

impl TryFrom<String> for TrackUri {
    type Error = TrackUriError;
    fn try_from(s: String) -> Result<Self, Self::Error> {
        Self::parse(&s)
    }
}

impl From<TrackUri> for String {
    fn from(uri: TrackUri) -> Self {
        uri.0
    }
}

/// The facts about a track that every source gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Track {
    pub uri: TrackUri,
    pub title: String,
    pub artist: String,
    #[serde(default)]
    pub album: String,
    /// Milliseconds; never 0: a source refuses what it cannot measure.
    pub duration_ms: u32,
    /// Address of the small cover (96 px), if there is one.
    #[serde(default)]
    pub img: Option<String>,
    /// Address of the large cover (480 px).
    #[serde(default)]
    pub big_img: Option<String>,
    /// The cover's own colour as an OKLCH hue in degrees, for the wash behind the stage.
    #[serde(default)]
    pub hue: Option<u16>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_track_uri_names_its_source_and_refuses_everything_else() {
        let good = [
            ("library:0123456789abcdef", Source::Library),
            ("spotify:track:4uLU6hMCjMI75M1A2tKUQC", Source::Spotify),
            ("spotify:episode:512ojhOuo1ktJprKbVcKyQ", Source::Spotify),
            ("  library:ffffffffffffffff ", Source::Library),
        ];
        for (text, source) in good {
            assert_eq!(TrackUri::parse(text).map(|u| u.source()), Ok(source), "{text}");
        }
        let bad = [
            "",
            "library:",
            "library:0123456789ABCDEF",
            "library:../../etc/passwd",
            "library:0123456789abcde",
            "spotify:track:short",
            "spotify:album:4uLU6hMCjMI75M1A2tKUQC",
            "spotify:4uLU6hMCjMI75M1A2tKUQC",
            "spotify:track:episode:4uLU6hMCjMI75M1A2tKUQC",
            "http://example.com/a.mp3",
        ];
        for text in bad {
            assert_eq!(TrackUri::parse(text), Err(TrackUriError), "{text}");
        }
    }
}
