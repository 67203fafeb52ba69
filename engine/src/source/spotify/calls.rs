//! How often which endpoint was asked, since the program started. Only counts.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

/// Everything that is ever asked of Spotify by the house, for itself and for its people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endpoint {
    Token,
    Search,
    Track,
    Album,
    AlbumTracks,
    ArtistAlbums,
    Episode,
    /// A token that acts for a person.
    PersonsToken,
    Me,
    MyPlaylists,
    Playlist,
    PlaylistItems,
    Devices,
    Player,
    Play,
    Seek,
    Pause,
}

impl Endpoint {
    pub const ALL: [Self; 17] = [
        Self::Token,
        Self::Search,
        Self::Track,
        Self::Album,
        Self::AlbumTracks,
        Self::ArtistAlbums,
        Self::Episode,
        Self::PersonsToken,
        Self::Me,
        Self::MyPlaylists,
        Self::Playlist,
        Self::PlaylistItems,
        Self::Devices,
        Self::Player,
        Self::Play,
        Self::Seek,
        Self::Pause,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Search => "search",
            Self::Track => "track",
            Self::Album => "album",
            Self::AlbumTracks => "album-tracks",
            Self::ArtistAlbums => "artist-albums",
            Self::Episode => "episode",
            Self::PersonsToken => "persons-token",
            Self::Me => "me",
            Self::MyPlaylists => "my-playlists",
            Self::Playlist => "playlist",
            Self::PlaylistItems => "playlist-items",
            Self::Devices => "devices",
            Self::Player => "player",
            Self::Play => "play",
            Self::Seek => "seek",
            Self::Pause => "pause",
        }
    }
}

#[derive(Debug, Default)]
pub struct Calls([AtomicU64; Endpoint::ALL.len()]);

impl Calls {
    pub(super) fn count(&self, endpoint: Endpoint) {
        self.0[endpoint as usize].fetch_add(1, Ordering::Relaxed);
    }

    pub fn of(&self, endpoint: Endpoint) -> u64 {
        self.0[endpoint as usize].load(Ordering::Relaxed)
    }

    pub fn in_all(&self) -> u64 {
        Endpoint::ALL.into_iter().map(|endpoint| self.of(endpoint)).sum()
    }
}

/// `search 12, play 3`: those that were asked at all.
impl fmt::Display for Calls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let asked = Endpoint::ALL
            .into_iter()
            .map(|endpoint| (endpoint, self.of(endpoint)))
            .filter(|(_, count)| *count > 0);
        for (place, (endpoint, count)) in asked.enumerate() {
            let comma = if place == 0 { "" } else { ", " };
            write!(f, "{comma}{} {count}", endpoint.as_str())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_counts_are_told_by_endpoint_and_what_was_never_asked_is_left_out() {
        let calls = Calls::default();
        assert_eq!((calls.in_all(), calls.to_string().as_str()), (0, ""));
        for endpoint in [Endpoint::Play, Endpoint::Search, Endpoint::Search] {
            calls.count(endpoint);
        }
        assert_eq!(
            (calls.in_all(), calls.to_string().as_str()),
            (3, "search 2, play 1")
        );
    }
}
