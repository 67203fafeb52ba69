//! More of the same, with what is left since February 2026: no recommendations, no top tracks and no genres of artists,
//! but a search that takes `genre:` and `artist:`, and the albums of an artist.

use nests::track::{Source, Track};

use super::facts::Facts;
use super::{SEARCH_DEPTH, SEARCH_PAGE, Spotify};
use crate::source::{Alike, SourceError};

impl Spotify {
    pub(super) async fn more_like(
        &self,
        wish: &Alike,
        limit: usize,
        roll: u64,
    ) -> Result<Vec<Track>, SourceError> {
        let found = match wish {
            Alike::Genre(genre) => self.drawn(&format!("genre:{}", quoted(genre)), limit, roll).await,
            Alike::Artist(track) => {
                let by = format!("artist:{}", quoted(first_artist(&track.artist)));
                self.drawn(&by, limit, roll).await
            }
            Alike::Album(track) => self.beside(track, limit, roll).await,
            Alike::ArtistsAlbums(track) => self.on_other_albums(track, limit, roll).await,
        };
        match found {
            Err(SourceError::NotFound) => Ok(Vec::new()),
            found => found,
        }
    }

    /// A part of a search's results, from a page that the roll decides.
    async fn drawn(&self, query: &str, limit: usize, roll: u64) -> Result<Vec<Track>, SourceError> {
        // The first page tells how many there are.
        let (mut found, total) = self.found(query, limit.min(SEARCH_PAGE), 0).await?;
        let reach = (total as usize).min(SEARCH_DEPTH);
        let starts = reach.saturating_sub(limit) / SEARCH_PAGE + 1;
        match (roll % starts as u64) as usize * SEARCH_PAGE {
            0 if limit > SEARCH_PAGE && reach > SEARCH_PAGE => {
                if let Ok((more, _)) = self.found(query, limit - SEARCH_PAGE, SEARCH_PAGE).await {
                    found.extend(more);
                }
            }
            0 => {}
            // How many there are is Spotify's guess: where that page is empty, the first one is an answer, too.
            start => match self.found(query, limit, start).await {
                Ok((deep, _)) if !deep.is_empty() => found = deep,
                Ok(_) | Err(_) => {}
            },
        }
        Ok(found.into_iter().map(|facts| facts.track).collect())
    }

    async fn beside(&self, track: &Track, limit: usize, roll: u64) -> Result<Vec<Track>, SourceError> {
        let Some(album) = self.counterpart(track).await?.and_then(|facts| facts.album_id) else {
            return Ok(Vec::new());
        };
        let mut tracks = self.album(&album).await?;
        tracks.retain(|found| found.uri != track.uri);
        Ok(turned(tracks, limit, roll))
    }

    async fn on_other_albums(
        &self,
        track: &Track,
        limit: usize,
        roll: u64,
    ) -> Result<Vec<Track>, SourceError> {
        let Some(facts) = self.counterpart(track).await? else {
            return Ok(Vec::new());
        };
        let Some(artist) = facts.artist_id else {
            return Ok(Vec::new());
        };
        let mut albums = self.artists_albums(&artist).await?;
        albums.retain(|album| Some(album) != facts.album_id.as_ref());
        let Some(album) = albums.get((roll % albums.len().max(1) as u64) as usize) else {
            return Ok(Vec::new());
        };
        let tracks = self.album(album).await?;
        Ok(turned(tracks, limit, roll / albums.len().max(1) as u64))
    }

    /// The track as Spotify knows it: itself, or for one of another source the best match by artist and title, else
    /// anything by the artist.
    async fn counterpart(&self, track: &Track) -> Result<Option<Facts>, SourceError> {
        match track.uri.source() {
            Source::Spotify => self.facts(&track.uri).await.map(Some),
            Source::Library => {
                let artist = quoted(first_artist(&track.artist));
                let exact = format!("track:{} artist:{artist}", quoted(&track.title));
                let (found, _) = self.found(&exact, 1, 0).await?;
                match found.into_iter().next() {
                    Some(facts) => Ok(Some(facts)),
                    None => {
                        let (found, _) = self.found(&format!("artist:{artist}"), 1, 0).await?;
                        Ok(found.into_iter().next())
                    }
                }
            }
        }
    }
}

/// "Glass Harbour, Marta Vance" is searched by the first of them.
fn first_artist(artists: &str) -> &str {
    artists.split(", ").next().unwrap_or(artists)
}

/// As one value of a search's filter: nothing in it can end the quotes.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', " "))
}

/// Up to `limit` of them, beginning where the roll decides.
fn turned(mut tracks: Vec<Track>, limit: usize, roll: u64) -> Vec<Track> {
    let start = (roll % tracks.len().max(1) as u64) as usize;
    tracks.rotate_left(start);
    tracks.truncate(limit);
    tracks
}
