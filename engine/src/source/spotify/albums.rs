//! Albums: one with all its tracks, and those of an artist, which is what is left of an artist since there are no top tracks.

use nests::paste::{Collection, CollectionKind};
use nests::track::Track;

use super::Spotify;
use super::answers::{AlbumAnswer, Page, TrackAnswer};
use super::calls::Endpoint;
use super::facts::Facts;
use crate::source::{Album, Listed, Listing, SourceError};

/// Tracks of an album on one page.
const ALBUM_PAGE: usize = 50;
/// Pages of one album; longer ones are audio books.
const MAX_ALBUM_PAGES: usize = 4;
/// Albums of an artist on one page.
const ALBUMS_PAGE: usize = 10;

impl Spotify {
    pub(super) async fn what_stands_under(
        &self,
        collection: &Collection,
        albums: usize,
    ) -> Result<Listing, SourceError> {
        match collection.kind {
            CollectionKind::Album => {
                let album = self.whole_album(&collection.id).await?;
                Ok(Listing::of(album))
            }
            CollectionKind::Artist => self.newest_albums(&collection.id, albums).await,
            // With the app's own token nobody is told what stands in one: `playlists` asks with its reader's.
            CollectionKind::Playlist => Err(SourceError::NeedsAccount),
        }
    }

    /// The tracks of an album that may be played here, in its order.
    pub(super) async fn album(&self, id: &str) -> Result<Vec<Track>, SourceError> {
        let album = self.whole_album(id).await?;
        let playable = album.tracks.into_iter().filter(|listed| listed.is_playable);
        Ok(playable.map(|listed| listed.track).collect())
    }

    /// The ids of an artist's albums, singles left out, newest first as Spotify has them.
    pub(super) async fn artists_albums(&self, artist: &str) -> Result<Vec<String>, SourceError> {
        Ok(ids(self.albums_page(artist, 0).await?))
    }

    /// The first `wanted` albums of an artist. Each is a call; where one fails, those before it are an answer.
    async fn newest_albums(&self, artist: &str, wanted: usize) -> Result<Listing, SourceError> {
        let (mut wishes, mut total, mut offset) = (Vec::new(), wanted, 0);
        while wishes.len() < wanted && offset < total {
            let page = match self.albums_page(artist, offset).await {
                Ok(page) => page,
                Err(_) if offset > 0 => break,
                Err(error) => return Err(error),
            };
            total = page.total as usize;
            offset += ALBUMS_PAGE;
            wishes.extend(ids(page));
        }
        let mut albums = Vec::new();
        for id in wishes.iter().take(wanted) {
            match self.whole_album(id).await {
                Ok(album) => albums.push(album),
                Err(_) if !albums.is_empty() => break,
                Err(error) => return Err(error),
            }
        }
        Ok(Listing { albums, total })
    }

    async fn albums_page(&self, artist: &str, offset: usize) -> Result<Page<AlbumAnswer>, SourceError> {
        let query = vec![
            ("include_groups", "album".to_owned()),
            ("market", self.web.market().to_owned()),
            ("limit", ALBUMS_PAGE.to_string()),
            ("offset", offset.to_string()),
        ];
        let path = format!("artists/{artist}/albums");
        self.web.get(Endpoint::ArtistAlbums, path, query).await
    }

    async fn whole_album(&self, id: &str) -> Result<Album, SourceError> {
        let market = ("market", self.web.market().to_owned());
        let path = format!("albums/{id}");
        let album: AlbumAnswer = self.web.get(Endpoint::Album, path, vec![market.clone()]).await?;
        let first_page = album.tracks.as_ref();
        let total = first_page.map_or(0, |page| page.total as usize);
        let mut items: Vec<TrackAnswer> = first_page
            .into_iter()
            .flat_map(|page| page.items.iter().flatten().cloned())
            .collect();
        for page in 1..MAX_ALBUM_PAGES {
            let offset = page * ALBUM_PAGE;
            if offset >= total {
                break;
            }
            let query = vec![
                market.clone(),
                ("limit", ALBUM_PAGE.to_string()),
                ("offset", offset.to_string()),
            ];
            let path = format!("albums/{id}/tracks");
            let page: Page<TrackAnswer> = self.web.get(Endpoint::AlbumTracks, path, query).await?;
            items.extend(page.items.into_iter().flatten());
        }
        let read = items.len();
        let facts: Vec<Facts> = items
            .into_iter()
            .filter_map(|track| track.facts(Some(&album)))
            .collect();
        self.web.remember(&facts).await;
        Ok(Album {
            title: album.title(),
            artist: album.artist(),
            tracks: facts.into_iter().map(Facts::listed).collect::<Vec<Listed>>(),
            read,
            total: total.max(read),
        })
    }
}

fn ids(page: Page<AlbumAnswer>) -> Vec<String> {
    let albums = page.items.into_iter().flatten();
    albums.filter_map(|album| album.id).collect()
}
