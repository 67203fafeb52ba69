//! People's own playlists, read with the account that they connected: which there are, and what stands in one.
//!
//! Knows neither the paste nor the page that they are chosen on; when an account counts is [`crate::accounts`]' business.

use nests::nest::MemberId;

use crate::Engine;
use crate::accounts::AccountError;
use crate::error::EngineError;
use crate::source::Album;
use crate::source::spotify::PlaylistPage;
use crate::source::spotify::consent::PersonalError;
use crate::source::spotify::playlists::Home;
use crate::store::Key;

/// Nobody's list is this long; Spotify refuses to look farther.
const FARTHEST: usize = 10_000;

impl Engine {
    /// The page of `of`'s playlists that begins at `offset` of their list.
    pub async fn playlists(&self, of: &MemberId, offset: usize) -> Result<PlaylistPage, AccountError> {
        let (spotify, mut access) = (self.needs_spotify()?, self.access_token(of).await?);
        let (home, offset) = (self.home(of).await?, offset.min(FARTHEST));
        let mut answer = spotify.playlists(&access, &home, offset).await;
        if matches!(answer, Err(PersonalError::Token)) {
            access = self.access_token_after(of, &access).await?;
            answer = spotify.playlists(&access, &home, offset).await;
        }
        self.heed(of, &access, answer.as_ref().err()).await;
        Ok(answer?)
    }

    /// What stands in a playlist that is `of`'s, or that they change with its owner.
    ///
    /// # Errors
    /// `NeedsAccount` for one that is somebody else's; `NotConnected` where `of` connected no account.
    pub(crate) async fn playlist(&self, of: &MemberId, id: &str) -> Result<Album, AccountError> {
        let (spotify, mut access) = (self.needs_spotify()?, self.access_token(of).await?);
        let home = self.home(of).await?;
        let mut answer = spotify.playlist(&access, &home, id).await;
        if matches!(answer, Err(PersonalError::Token)) {
            access = self.access_token_after(of, &access).await?;
            answer = spotify.playlist(&access, &home, id).await;
        }
        self.heed(of, &access, answer.as_ref().err()).await;
        Ok(answer?)
    }

    async fn home(&self, of: &MemberId) -> Result<Home, EngineError> {
        let mut read = redis::cmd("HMGET");
        read.arg(Key::SpotifyAccount(of).name()).arg(&["id", "country"]);
        let (id, country): (Option<String>, Option<String>) = self.inner.store.run(&read).await?;
        Ok(Home { id, country })
    }
}
