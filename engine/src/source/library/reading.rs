//! Reads one audio file: its tags, its length and its cover.
//!
//! Owns what makes a file usable and why another is not. Blocking, and distrustful: the file may be cut off, enormous,
//! lying, or able to make a parser panic; none of that goes further than a [`Flaw`]. Only headers and tags are read,
//! the sound itself is never decoded.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use lofty::config::{GlobalOptions, ParseOptions, apply_global_options};
use lofty::file::{AudioFile, FileType, TaggedFile, TaggedFileExt};
use lofty::picture::{Picture, PictureType};
use lofty::probe::Probe;
use lofty::tag::{ItemKey, Tag};
use serde::{Deserialize, Serialize};

use super::cover::{Cover, CoverError, CoverStore, MAX_PICTURE_BYTES};
use super::file_name::facts_from_name;
use super::folder::{Beside, Found, MusicFolder};
use super::wording::cleaned;

/// The largest file that is taken: what a WAV file's own length field can say.
const MAX_FILE_BYTES: u64 = 4 * 1024 * 1024 * 1024;
/// The longest track, one day: a longer one is a mistake in a header or not a song.
const MAX_DURATION_MS: u128 = 24 * 60 * 60 * 1000;
/// Below this many bits a second a file has less content than its header promises. The thinnest speech codec uses 6,000.
const MIN_BITS_PER_SECOND: u128 = 1_000;
/// The most memory one tag may take: above the largest scans people embed, below what four readers could not share.
const MAX_TAG_BYTES: usize = 64 * 1024 * 1024;
const UNKNOWN_ARTIST: &str = "Unknown artist";

/// What a file says about itself, or its name where it is silent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Reading {
    pub title: Box<str>,
    pub artist: Box<str>,
    pub album: Box<str>,
    pub genre: Box<str>,
    pub year: Option<u16>,
    pub disc: u16,
    pub number: u16,
    /// Milliseconds, never 0.
    pub duration_ms: u32,
    pub cover: Option<Cover>,
    /// False when the cover could not be stored for want of space: the next start reads the file again.
    #[serde(skip, default = "complete")]
    pub complete: bool,
}

fn complete() -> bool {
    true
}

/// Why a file cannot be used, in words for the person who looks after the music.
#[derive(Debug, thiserror::Error)]
pub(super) enum Flaw {
    #[error("the file is empty")]
    Empty,
    #[error("the file is larger than 4 GiB")]
    TooLarge,
    #[error("the file cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    #[error("this is not audio that can be understood: {0}")]
    NotAudio(String),
    #[error("its length is unknown")]
    UnknownLength,
    #[error("it claims to be longer than a day")]
    TooLong,
    #[error("the file is cut off: it holds far less than it says")]
    CutOff,
    #[error("the file is so damaged that reading it failed")]
    Panicked,
}

pub(super) fn read(folder: &MusicFolder, found: &Found, covers: &CoverStore) -> Result<Reading, Flaw> {
    let len = found.stamp.len;
    if len == 0 {
        return Err(Flaw::Empty);
    }
    if len > MAX_FILE_BYTES {
        return Err(Flaw::TooLarge);
    }
    let (path, _) = folder.resolve(&found.path)?;
    let parsed = catch_unwind(|| parse(&path)).unwrap_or(Err(Flaw::Panicked))?;
    let duration_ms = plausible_duration(parsed.properties().duration().as_millis(), len)?;
    let tags = Tags::of(&parsed);
    let from_name = facts_from_name(&found.path);
    let or = |tag: String, fallback: String| if tag.is_empty() { fallback } else { tag };
    let artist = or(
        or(
            tags.text(ItemKey::TrackArtist, ", "),
            tags.text(ItemKey::AlbumArtist, ", "),
        ),
        from_name.artist,
    );
    let picture = tags.picture().map(Picture::data);
    let (cover, complete) = cover_of(folder, found, picture, covers);
    Ok(Reading {
        title: or(tags.text(ItemKey::TrackTitle, ", "), from_name.title).into(),
        artist: or(artist, UNKNOWN_ARTIST.to_owned()).into(),
        album: or(tags.text(ItemKey::AlbumTitle, ", "), from_name.album).into(),
        genre: tags.text(ItemKey::Genre, "; ").into(),
        year: tags.year(),
        disc: tags.number(ItemKey::DiscNumber).unwrap_or(0),
        number: tags.number(ItemKey::TrackNumber).unwrap_or(from_name.number),
        duration_ms,
        cover,
        complete,
    })
}

/// Reads headers and tags; where the cover or the tags are what is broken, without them, since the music may be fine.
fn parse(path: &Path) -> Result<TaggedFile, Flaw> {
    // Holds for this thread only, and threads come and go: so before each reading.
    apply_global_options(GlobalOptions::new().allocation_limit(MAX_TAG_BYTES));
    let everything = ParseOptions::new();
    let no_cover = ParseOptions::new().read_cover_art(false);
    let no_tags = ParseOptions::new().read_tags(false).read_cover_art(false);
    let mut reader = BufReader::new(File::open(path)?);
    let mut complaint = None;
    for options in [everything, no_cover, no_tags] {
        reader.rewind()?;
        let mut probe = Probe::new(&mut reader).options(options).guess_file_type()?;
        if probe.file_type().is_none()
            && let Some(by_name) = FileType::from_path(path)
        {
            probe = probe.set_file_type(by_name);
        }
        match probe.read() {
            Ok(parsed) => return Ok(parsed),
            Err(error) => complaint = complaint.or(Some(error.to_string())),
        }
    }
    Err(Flaw::NotAudio(complaint.unwrap_or_default()))
}

fn plausible_duration(milliseconds: u128, len: u64) -> Result<u32, Flaw> {
    if milliseconds == 0 {
        return Err(Flaw::UnknownLength);
    }
    if milliseconds > MAX_DURATION_MS {
        return Err(Flaw::TooLong);
    }
    let bits_per_second = u128::from(len) * 8 * 1000 / milliseconds;
    if bits_per_second < MIN_BITS_PER_SECOND {
        return Err(Flaw::CutOff);
    }
    u32::try_from(milliseconds).map_err(|_| Flaw::TooLong)
}

/// The embedded picture, else the one lying beside the file. The flag is false when another try may succeed.
fn cover_of(
    folder: &MusicFolder,
    found: &Found,
    embedded: Option<&[u8]>,
    covers: &CoverStore,
) -> (Option<Cover>, bool) {
    let mut complete = true;
    let mut store = |picture: &[u8]| {
        let stored = catch_unwind(AssertUnwindSafe(|| covers.store(picture)));
        match stored {
            Ok(Ok(cover)) => Some(cover),
            Ok(Err(CoverError::Store(error))) => {
                tracing::warn!(%error, "covers cannot be stored in the data folder");
                complete = false;
                None
            }
            Ok(Err(error @ CoverError::Picture(_))) => {
                tracing::debug!(file = %found.path.display(), %error, "a cover is left out");
                None
            }
            Err(_) => {
                tracing::debug!(file = %found.path.display(), "a cover is so damaged that decoding it failed");
                None
            }
        }
    };
    let small_enough = embedded.filter(|picture| picture.len() as u64 <= MAX_PICTURE_BYTES);
    let mut cover = small_enough.and_then(&mut store);
    if cover.is_none()
        && let Some(beside) = &found.beside
    {
        match read_beside(folder, beside) {
            Ok(picture) => cover = picture.as_deref().and_then(&mut store),
            Err(error) => tracing::debug!(file = %beside.path.display(), %error, "a cover cannot be read"),
        }
    }
    (cover, complete)
}

fn read_beside(folder: &MusicFolder, beside: &Beside) -> io::Result<Option<Vec<u8>>> {
    let (path, metadata) = folder.resolve(&beside.path)?;
    if metadata.len() > MAX_PICTURE_BYTES {
        return Ok(None);
    }
    let mut picture = Vec::new();
    File::open(path)?
        .take(MAX_PICTURE_BYTES)
        .read_to_end(&mut picture)?;
    Ok(Some(picture))
}

/// A file's tags, the format's own kind first: an MP3 often carries three, and the oldest cuts titles to 30 letters.
struct Tags<'a>(Vec<&'a Tag>);

impl<'a> Tags<'a> {
    fn of(parsed: &'a TaggedFile) -> Self {
        let mut tags: Vec<&Tag> = parsed.tags().iter().collect();
        tags.sort_by_key(|tag| tag.tag_type() != parsed.primary_tag_type());
        Self(tags)
    }

    /// All values of a field joined, from the first tag that has any; empty where none does.
    fn text(&self, key: ItemKey, separator: &str) -> String {
        let joined = |tag: &&Tag| {
            let values = tag
                .get_strings(key)
                .flat_map(|text| text.split('\0'))
                .map(cleaned);
            let values: Vec<String> = values.filter(|text| !text.is_empty()).collect();
            cleaned(&values.join(separator))
        };
        self.0
            .iter()
            .map(joined)
            .find(|text| !text.is_empty())
            .unwrap_or_default()
    }

    /// The leading number of a field: "3/12" is 3. 0 counts as not given.
    fn number(&self, key: ItemKey) -> Option<u16> {
        let text = self.text(key, " ");
        let digits = text.split(|c: char| !c.is_ascii_digit()).next()?;
        digits.parse().ok().filter(|number| *number > 0)
    }

    /// The first four digits in a row of whichever date field is set.
    fn year(&self) -> Option<u16> {
        [
            ItemKey::RecordingDate,
            ItemKey::Year,
            ItemKey::OriginalReleaseDate,
            ItemKey::ReleaseDate,
        ]
        .into_iter()
        .find_map(|key| {
            let text = self.text(key, " ");
            let year = text
                .split(|c: char| !c.is_ascii_digit())
                .find(|digits| digits.len() >= 4)?
                .get(..4)?;
            year.parse().ok().filter(|year| *year > 0)
        })
    }

    fn picture(&self) -> Option<&'a Picture> {
        let all = || self.0.iter().flat_map(|tag| tag.pictures());
        all()
            .find(|picture| picture.pic_type() == PictureType::CoverFront)
            .or_else(|| all().next())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_that_cannot_be_true_are_flaws() {
        let kilobyte = 1024;
        assert!(matches!(
            plausible_duration(0, kilobyte),
            Err(Flaw::UnknownLength)
        ));
        assert!(matches!(plausible_duration(180_000, kilobyte), Err(Flaw::CutOff)));
        assert!(matches!(
            plausible_duration(u128::MAX, kilobyte),
            Err(Flaw::TooLong)
        ));
        assert!(matches!(plausible_duration(180_000, 3_000_000), Ok(180_000)));
    }
}
