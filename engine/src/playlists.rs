//! People's own playlists, read with the account that they connected: which there are, and what stands in one.
//!
//! Knows neither the paste nor the page that they are chosen on; when an account counts is [`crate::accounts`]' business.

use nests::nest::{MemberId, NestId};

use crate::Engine;
use crate::accounts::AccountError;
use crate::apps::{App, Through};
use crate::error::EngineError;
use crate::source::Album;
use crate::source::spotify::PlaylistPage;
use crate::source::spotify::consent::PersonalError;
use crate::source::spotify::playlists::Home;

/// Nobody's list is this long; Spotify refuses to look farther.
const FARTHEST: usize = 10_000;

impl Engine {
    /// The page of `of`'s playlists that begins at `offset` of their list, read with the account by which they hear `nest`.
    pub async fn playlists(
        &self,
        nest: Option<&NestId>,
        of: &MemberId,
        offset: usize,
    ) -> Result<PlaylistPage, AccountError> {
        let through = self.through_in(nest).await?;
        let Through { app, spotify } = &through;
        let mut access = self.fresh_token(&through, of, None).await?;
        let (home, offset) = (self.home(app, of).await?, offset.min(FARTHEST));
        let mut answer = spotify.playlists(&access, &home, offset).await;
        if matches!(answer, Err(PersonalError::Token)) {
            access = self.fresh_token(&through, of, Some(access)).await?;
            answer = spotify.playlists(&access, &home, offset).await;
        }
        self.heed(app, of, &access, answer.as_ref().err()).await;
        Ok(answer?)
    }

    /// What stands in a playlist that is `of`'s, or that they change with its owner.
    ///
    /// # Errors
    /// `NeedsAccount` for one that is somebody else's; `NotConnected` where `of` connected no account.
    pub(crate) async fn playlist(
        &self,
        nest: Option<&NestId>,
        of: &MemberId,
        id: &str,
    ) -> Result<Album, AccountError> {
        let through = self.through_in(nest).await?;
        let Through { app, spotify } = &through;
        let mut access = self.fresh_token(&through, of, None).await?;
        let home = self.home(app, of).await?;
        let mut answer = spotify.playlist(&access, &home, id).await;
        if matches!(answer, Err(PersonalError::Token)) {
            access = self.fresh_token(&through, of, Some(access)).await?;
            answer = spotify.playlist(&access, &home, id).await;
        }
        self.heed(app, of, &access, answer.as_ref().err()).await;
        Ok(answer?)
    }

    async fn home(&self, app: &App, of: &MemberId) -> Result<Home, EngineError> {
        let mut read = redis::cmd("HMGET");
        read.arg(app.account_key(of)).arg(&["id", "country"]);
        let (id, country): (Option<String>, Option<String>) = self.inner.store.run(&read).await?;
        Ok(Home { id, country })
    }
}
