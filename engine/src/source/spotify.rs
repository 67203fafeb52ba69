//! Spotify as a source, with the app's own credentials: search, tracks, albums, episodes, as the Web API is since
//! February 2026 (docs/decisions/0016-spotify.md).
//!
//! Owns what is asked of Spotify and in which portions. How a call is made, who may make one now and what is remembered of
//! the answers stand in the modules below. Knows no listener's account: what needs one is not here.

mod alike;
mod answers;
mod calls;
pub(crate) mod consent;
mod facts;
pub(crate) mod players;
mod rest;
pub(crate) mod web;

use nests::paste::{Collection, CollectionKind};
use nests::track::{Source, Track, TrackUri};

use self::answers::{AlbumAnswer, EpisodeAnswer, Page, SearchAnswer, TrackAnswer};
pub use self::calls::{Calls, Endpoint};
use self::facts::Facts;
pub use self::players::Device;
use self::web::Web;
use super::{Alike, Answer, MusicSource, SearchPage, SourceError};
use crate::settings::SpotifySettings;
use crate::store::Store;

/// Results on one page of a search, since February 2026.
const SEARCH_PAGE: usize = 10;
/// Pages that one search of ours may cost.
const MAX_SEARCH_PAGES: usize = 5;
/// How deep Spotify lets anybody look into a search.
const SEARCH_DEPTH: usize = 1_000;
/// Tracks of an album on one page.
const ALBUM_PAGE: usize = 50;
/// Pages of one album; longer ones are audio books.
const MAX_ALBUM_PAGES: usize = 4;
/// Albums of an artist on one page.
const ALBUMS_PAGE: usize = 10;
/// Albums that a link to an artist brings; each is a call.
const ALBUMS_OF_AN_ARTIST: usize = 3;

/// Where Spotify keeps its pictures; pages show pictures from nowhere else.
pub const PICTURES: &str = "https://i.scdn.co/";

/// The handle. It holds the one token that all calls share.
pub struct Spotify {
    web: Web,
    settings: SpotifySettings,
}

impl Spotify {
    pub(crate) fn new(settings: &SpotifySettings, store: Store) -> Self {
        Self {
            web: Web::new(settings, store),
            settings: settings.clone(),
        }
    }

    /// How often each endpoint has been asked by this process.
    pub fn calls(&self) -> &Calls {
        self.web.calls()
    }

    async fn search_page(&self, query: &str, offset: usize) -> Result<Page<TrackAnswer>, SourceError> {
        let query = vec![
            ("q", query.to_owned()),
            ("type", "track".to_owned()),
            ("market", self.web.market().to_owned()),
            ("limit", SEARCH_PAGE.to_string()),
            ("offset", offset.to_string()),
        ];
        let answer: SearchAnswer = self.web.get(Endpoint::Search, "search".to_owned(), query).await?;
        Ok(answer.tracks)
    }

    /// Tracks that may be played here, from page after page until there are `limit`.
    async fn found(
        &self,
        query: &str,
        limit: usize,
        offset: usize,
    ) -> Result<(Vec<Facts>, u32), SourceError> {
        let (mut found, mut total, mut at) = (Vec::new(), 0, offset);
        for _ in 0..limit.div_ceil(SEARCH_PAGE).min(MAX_SEARCH_PAGES) {
            if at + SEARCH_PAGE > SEARCH_DEPTH {
                break;
            }
            let page = match self.search_page(query, at).await {
                Ok(page) => page,
                Err(_) if at > offset => break, // what is there already is an answer
                Err(error) => return Err(error),
            };
            total = page.total;
            at += SEARCH_PAGE;
            found.extend(
                page.items
                    .into_iter()
                    .flatten()
                    .filter_map(|track| track.facts(None)),
            );
            if at >= total as usize {
                break;
            }
        }
        self.web.remember(&found).await;
        found.retain(|facts| facts.playable);
        found.truncate(limit);
        Ok((found, total))
    }

    /// The facts about a track or an episode, remembered or asked for.
    async fn facts(&self, uri: &TrackUri) -> Result<Facts, SourceError> {
        if let Some(facts) = self.web.recall(uri).await {
            return Ok(facts);
        }
        let market = vec![("market", self.web.market().to_owned())];
        let facts = if uri.is_episode() {
            let path = format!("episodes/{}", uri.id());
            let episode: EpisodeAnswer = self.web.get(Endpoint::Episode, path, market).await?;
            episode.facts(uri)
        } else {
            let path = format!("tracks/{}", uri.id());
            let track: TrackAnswer = self.web.get(Endpoint::Track, path, market).await?;
            // Where a track stands in for another in this market, it is still known by the name it was asked for.
            track.facts(None).map(|facts| facts.known_as(uri))
        };
        let facts = facts.ok_or(SourceError::NotFound)?;
        self.web.remember(std::slice::from_ref(&facts)).await;
        Ok(facts)
    }

    /// The tracks of an album that may be played here, in its order.
    async fn album(&self, id: &str) -> Result<Vec<Track>, SourceError> {
        let market = ("market", self.web.market().to_owned());
        let path = format!("albums/{id}");
        let album: AlbumAnswer = self.web.get(Endpoint::Album, path, vec![market.clone()]).await?;
        let mut items: Vec<TrackAnswer> = Vec::new();
        let total = album.tracks.as_ref().map_or(0, |page| page.total as usize);
        items.extend(
            album
                .tracks
                .iter()
                .flat_map(|page| page.items.iter().flatten().cloned()),
        );
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
        let facts: Vec<Facts> = items
            .into_iter()
            .filter_map(|track| track.facts(Some(&album)))
            .collect();
        self.web.remember(&facts).await;
        Ok(facts
            .into_iter()
            .filter(|facts| facts.playable)
            .map(|facts| facts.track)
            .collect())
    }

    /// The tracks of an artist's newest albums: what is left of an artist since there are no top tracks.
    async fn newest_albums(&self, artist: &str) -> Result<Vec<Track>, SourceError> {
        let mut tracks = Vec::new();
        for album in self
            .artists_albums(artist)
            .await?
            .iter()
            .take(ALBUMS_OF_AN_ARTIST)
        {
            tracks.extend(self.album(album).await?);
        }
        Ok(tracks)
    }

    /// The ids of an artist's albums, singles left out, newest first as Spotify has them.
    async fn artists_albums(&self, artist: &str) -> Result<Vec<String>, SourceError> {
        let query = vec![
            ("include_groups", "album".to_owned()),
            ("market", self.web.market().to_owned()),
            ("limit", ALBUMS_PAGE.to_string()),
            ("offset", "0".to_owned()),
        ];
        let path = format!("artists/{artist}/albums");
        let page: Page<AlbumAnswer> = self.web.get(Endpoint::ArtistAlbums, path, query).await?;
        Ok(page
            .items
            .into_iter()
            .flatten()
            .filter_map(|album| album.id)
            .collect())
    }
}

impl MusicSource for Spotify {
    fn source(&self) -> Source {
        Source::Spotify
    }

    /// Its sound comes with the listeners' own accounts, which can't be connected yet.
    fn is_audible(&self) -> bool {
        false
    }

    fn search<'a>(&'a self, query: &'a str, limit: usize, offset: usize) -> Answer<'a, SearchPage> {
        Box::pin(async move {
            let (found, total) = self.found(query, limit, offset).await?;
            let tracks = found.into_iter().map(|facts| facts.track).collect();
            Ok(SearchPage { tracks, total })
        })
    }

    fn track<'a>(&'a self, uri: &'a TrackUri) -> Answer<'a, Track> {
        Box::pin(async move {
            let facts = self.facts(uri).await?;
            match facts.playable {
                true => Ok(facts.track),
                false => Err(SourceError::NotPlayable),
            }
        })
    }

    fn tracks_of<'a>(&'a self, collection: &'a Collection) -> Answer<'a, Vec<Track>> {
        Box::pin(async move {
            match collection.kind {
                CollectionKind::Album => self.album(&collection.id).await,
                CollectionKind::Artist => self.newest_albums(&collection.id).await,
                CollectionKind::Playlist => Err(SourceError::NeedsAccount),
            }
        })
    }

    fn alike<'a>(&'a self, wish: &'a Alike, limit: usize, roll: u64) -> Answer<'a, Vec<Track>> {
        Box::pin(self.more_like(wish, limit, roll))
    }
}
