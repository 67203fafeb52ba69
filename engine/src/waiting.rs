//! Waiting for what the house tells: a sleeping nest that wakes, a screen that is paired or taken back. Nobody asks again and again.

use nests::nest::{NestId, NestRef};
use nests::wire::directory::NestState;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use crate::Engine;
use crate::error::EngineError;
use crate::live::hub::HouseNews;
use crate::secret::TvToken;
use crate::store::Key;

impl Engine {
    /// Returns as soon as the nest is awake. Cancelling it is fine at any moment.
    ///
    /// # Errors
    /// [`EngineError::NestGone`] or [`EngineError::NoSuchNest`] when it ended meanwhile.
    pub async fn until_awake(&self, nest: &NestId) -> Result<(), EngineError> {
        // Listening first, looking second: no waking falls in between.
        let mut news = self.inner.hub.house_news();
        let by_id = NestRef::Id(nest.clone());
        loop {
            match self.look_up(&by_id).await {
                // Awake by the directory alone is not alive. A restart, which mends that, tells the house as well.
                Ok(found) if found.state == NestState::Awake => match self.has_log(nest).await {
                    Ok(true) => return Ok(()),
                    Ok(false) | Err(EngineError::Store(_)) => {}
                    Err(error) => return Err(error),
                },
                // While the store is away there is nothing to see; when it is back, there is news.
                Ok(_) | Err(EngineError::Store(_)) => {}
                Err(error) => return Err(error),
            }
            until(&mut news, &HouseNews::Nest(nest.clone())).await?;
        }
    }

    async fn has_log(&self, nest: &NestId) -> Result<bool, EngineError> {
        let mut read = redis::cmd("EXISTS");
        read.arg(Key::Log(nest).name());
        self.inner.store.run(&read).await.map_err(EngineError::from)
    }

    /// Returns as soon as the screen shows another nest than `shown`: one at last, another one, or none any more.
    /// Cancelling it is fine at any moment.
    pub async fn until_screen_shows_other_than(
        &self,
        shown: Option<&NestId>,
        token: &TvToken,
    ) -> Result<Option<NestId>, EngineError> {
        let mut news = self.inner.hub.house_news();
        let moved = HouseNews::Screen(token.digest());
        loop {
            match self.tv_of_a_nest(token).await {
                Ok(nest) if nest.as_ref() != shown => return Ok(nest),
                Ok(_) | Err(EngineError::Store(_)) => {}
                Err(error) => return Err(error),
            }
            until(&mut news, &moved).await?;
        }
    }
}

/// Returns when `awaited` was told, or when it may have been.
async fn until(news: &mut Receiver<HouseNews>, awaited: &HouseNews) -> Result<(), EngineError> {
    loop {
        match news.recv().await {
            Ok(told) if told == *awaited || told == HouseNews::Missed => return Ok(()),
            Ok(_) => {}
            Err(RecvError::Lagged(_)) => return Ok(()),
            // The hub lives as long as we do.
            Err(RecvError::Closed) => return Err(EngineError::Contended),
        }
    }
}
