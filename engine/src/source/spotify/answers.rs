//! Spotify's answers, as far as anything in them matters here: every field that may be missing may be missing.

use nests::track::{Track, TrackUri};
use serde::Deserialize;

use super::facts::Facts;
use crate::source::library::cleaned;

/// Widths of the covers on our pages, in pixels.
const SMALL_COVER: u32 = 96;
const LARGE_COVER: u32 = 480;

#[derive(Clone, Debug, Deserialize)]
pub(super) struct SearchAnswer {
    pub tracks: Page<TrackAnswer>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Page<T> {
    /// Spotify leaves null in the place of what it doesn't want to show.
    pub items: Vec<Option<T>>,
    pub total: u32,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct TrackAnswer {
    id: Option<String>,
    name: String,
    artists: Vec<Named>,
    album: Option<AlbumAnswer>,
    duration_ms: u32,
    /// Given where a market was.
    is_playable: Option<bool>,
    restrictions: Option<Restrictions>,
    #[serde(default)]
    is_local: bool,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct AlbumAnswer {
    pub id: Option<String>,
    name: String,
    #[serde(default)]
    artists: Vec<Named>,
    #[serde(default)]
    images: Vec<Image>,
    pub tracks: Option<Page<TrackAnswer>>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct EpisodeAnswer {
    name: String,
    duration_ms: u32,
    #[serde(default)]
    images: Vec<Image>,
    is_playable: Option<bool>,
    restrictions: Option<Restrictions>,
    show: Named,
}

#[derive(Clone, Debug, Deserialize)]
struct Named {
    id: Option<String>,
    name: String,
}

#[derive(Clone, Debug, Deserialize)]
struct Image {
    url: String,
    width: Option<u32>,
}

/// That there are any is enough: each of the reasons means silence.
#[derive(Clone, Debug, Deserialize)]
struct Restrictions {}

impl TrackAnswer {
    /// `album` for a track that stands in its album and doesn't name it. `None` for what cannot be played or measured
    /// anywhere: files on somebody's disk, entries without an id or a length.
    pub(super) fn facts(self, album: Option<&AlbumAnswer>) -> Option<Facts> {
        let uri = TrackUri::parse(&format!("spotify:track:{}", self.id?)).ok()?;
        if self.is_local || self.duration_ms == 0 {
            return None;
        }
        let album = self.album.as_ref().or(album);
        let images = album.map_or(&[][..], |album| &album.images);
        let track = Track {
            uri,
            title: cleaned(&self.name),
            artist: names(&self.artists),
            album: album.map(AlbumAnswer::title).unwrap_or_default(),
            duration_ms: self.duration_ms,
            img: picture(images, SMALL_COVER),
            big_img: picture(images, LARGE_COVER),
            hue: None,
        };
        Some(Facts {
            track,
            playable: self.is_playable.unwrap_or(true) && self.restrictions.is_none(),
            album_id: album.and_then(|album| album.id.clone()),
            artist_id: self.artists.into_iter().find_map(|artist| artist.id),
        })
    }
}

impl AlbumAnswer {
    pub(super) fn title(&self) -> String {
        cleaned(&self.name)
    }

    pub(super) fn artist(&self) -> String {
        names(&self.artists)
    }
}

fn names(artists: &[Named]) -> String {
    let names: Vec<&str> = artists.iter().map(|artist| artist.name.as_str()).collect();
    cleaned(&names.join(", "))
}

impl EpisodeAnswer {
    pub(super) fn facts(self, uri: &TrackUri) -> Option<Facts> {
        let track = Track {
            uri: uri.clone(),
            title: cleaned(&self.name),
            artist: cleaned(&self.show.name),
            album: String::new(),
            duration_ms: self.duration_ms,
            img: picture(&self.images, SMALL_COVER),
            big_img: picture(&self.images, LARGE_COVER),
            hue: None,
        };
        (self.duration_ms > 0).then_some(Facts {
            track,
            playable: self.is_playable.unwrap_or(true) && self.restrictions.is_none(),
            album_id: None,
            artist_id: None,
        })
    }
}

/// The smallest picture that is not blurred at this width, or the largest there is. Only from Spotify's own servers.
fn picture(images: &[Image], width: u32) -> Option<String> {
    let ours = images
        .iter()
        .filter(|image| image.url.starts_with(super::PICTURES));
    let width_of = |image: &&Image| image.width.unwrap_or(u32::MAX);
    let sharp = ours
        .clone()
        .filter(|image| width_of(image) >= width)
        .min_by_key(width_of);
    sharp
        .or_else(|| ours.max_by_key(width_of))
        .map(|image| image.url.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn track(json: &str) -> Option<Facts> {
        serde_json::from_str::<TrackAnswer>(json)
            .expect("an answer")
            .facts(None)
    }

    #[test]
    fn a_track_needs_little_to_be_understood() {
        let facts = track(
            r#"{"id":"4uLU6hMCjMI75M1A2tKUQC","name":"Amber\u202e Rooms","artists":[{"id":"A","name":"Glass Harbour"},
                {"id":null,"name":"Marta"}],"duration_ms":150000}"#,
        )
        .expect("a track");
        assert_eq!(facts.track.artist, "Glass Harbour, Marta");
        assert!(!facts.track.title.contains('\u{202e}'), "{:?}", facts.track.title);
        assert!(facts.playable && facts.track.img.is_none());
    }

    #[test]
    fn what_cannot_be_played_here_is_known_and_what_is_no_track_is_left_out() {
        let restricted = track(
            r#"{"id":"4uLU6hMCjMI75M1A2tKUQC","name":"A","artists":[],"duration_ms":1,"restrictions":{"reason":"market"}}"#,
        );
        assert_eq!(restricted.map(|facts| facts.playable), Some(false));
        let local = r#"{"id":null,"name":"A","artists":[],"duration_ms":1,"is_local":true}"#;
        let endless = r#"{"id":"4uLU6hMCjMI75M1A2tKUQC","name":"A","artists":[],"duration_ms":0}"#;
        assert_eq!((track(local), track(endless)), (None, None));
    }

    #[test]
    fn the_smallest_picture_that_is_sharp_is_taken_and_none_from_elsewhere() {
        let image = |host: &str, width: Option<u32>| Image {
            url: format!("{host}{}", width.unwrap_or(0)),
            width,
        };
        let ours = super::super::PICTURES;
        let all = [
            image(ours, Some(640)),
            image(ours, Some(300)),
            image(ours, Some(64)),
        ];
        let (small, large) = (picture(&all, SMALL_COVER), picture(&all, LARGE_COVER));
        assert_eq!(
            (small, large),
            (Some(format!("{ours}300")), Some(format!("{ours}640")))
        );
        assert_eq!(picture(&all[2..], LARGE_COVER), Some(format!("{ours}64")));
        assert_eq!(
            picture(&[image("https://elsewhere.example/", Some(300))], 96),
            None
        );
    }
}
