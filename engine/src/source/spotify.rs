//! Spotify as a source, by one app's own credentials: search, tracks, albums, episodes, as the Web API is since
//! February 2026 (docs/decisions/0016-spotify.md).
//!
//! Owns what is asked of Spotify and in which portions. How a call is made, who may make one now and what is remembered of
//! the answers stand in the modules below. Which accounts there are is unknown here: `consent`, `players` and `playlists` are
//! handed the token of whoever they act for.

mod albums;
mod alike;
mod answers;
mod body;
mod calls;
pub(crate) mod consent;
mod facts;
pub(crate) mod players;
pub(crate) mod playlists;
mod rest;
pub(crate) mod web;

use std::pin::Pin;
use std::sync::Arc;

use nests::nest::NestId;
use nests::paste::Collection;
use nests::track::{Source, Track, TrackUri};

use self::answers::{EpisodeAnswer, Page, SearchAnswer, TrackAnswer};
pub use self::calls::{Calls, Endpoint};
use self::facts::Facts;
pub use self::players::Device;
pub use self::playlists::{PlaylistCard, PlaylistPage};
use self::web::{Doubt, Owner, Web};
use super::{Alike, Answer, Listed, Listing, MusicSource, SearchPage, SourceError};
use crate::settings::SpotifySettings;
use crate::store::Store;

/// Results on one page of a search, since February 2026.
const SEARCH_PAGE: usize = 10;
/// Pages that one search of ours may cost.
const MAX_SEARCH_PAGES: usize = 5;
/// How deep Spotify lets anybody look into a search.
const SEARCH_DEPTH: usize = 1_000;

/// Where Spotify keeps its pictures; pages show pictures from nowhere else.
pub const PICTURES: &str = "https://i.scdn.co/";

/// The handle to one app. It holds the one token that all calls by it share.
pub struct Spotify {
    web: Web,
    settings: SpotifySettings,
}

impl Spotify {
    /// By the house's app.
    pub(crate) fn new(settings: &SpotifySettings, store: Store) -> Self {
        Self::of(settings, store, Owner::House, Arc::default())
    }

    /// By an app of the nest's own. `calls`: where those are counted that go by hosts' apps.
    pub(crate) fn of_nest(settings: &SpotifySettings, store: Store, nest: NestId, calls: Arc<Calls>) -> Self {
        Self::of(settings, store, Owner::Nest(nest), calls)
    }

    /// Asks Spotify whether an app is good to go by. Its rate limit is nobody's, unless it is the app of `nest` already.
    pub(crate) async fn try_out(
        settings: &SpotifySettings,
        store: Store,
        nest: Option<NestId>,
        calls: Arc<Calls>,
    ) -> Result<(), Doubt> {
        let owner = nest.map_or(Owner::Candidate, Owner::Nest);
        Self::of(settings, store, owner, calls).web.prove().await
    }

    fn of(settings: &SpotifySettings, store: Store, owner: Owner, calls: Arc<Calls>) -> Self {
        Self {
            web: Web::new(settings, store, owner, calls),
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
}

impl MusicSource for Spotify {
    fn source(&self) -> Source {
        Source::Spotify
    }

    fn needs_account(&self) -> bool {
        true
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

    fn has_at_hand<'a>(&'a self, uri: &'a TrackUri) -> Pin<Box<dyn Future<Output = bool> + Send + 'a>> {
        Box::pin(async move { self.web.recall(uri).await.is_some() })
    }

    fn listed<'a>(&'a self, uri: &'a TrackUri) -> Answer<'a, Listed> {
        Box::pin(async move { Ok(self.facts(uri).await?.listed()) })
    }

    fn listing<'a>(&'a self, collection: &'a Collection, albums: usize) -> Answer<'a, Listing> {
        Box::pin(self.what_stands_under(collection, albums))
    }

    fn alike<'a>(&'a self, wish: &'a Alike, limit: usize, roll: u64) -> Answer<'a, Vec<Track>> {
        Box::pin(self.more_like(wish, limit, roll))
    }
}
