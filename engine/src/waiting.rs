//! Waiting in front of a sleeping nest until it wakes. Nobody asks again and again: the house's channel tells.

use nests::nest::{NestId, NestRef};
use nests::wire::directory::NestState;
use tokio::sync::broadcast::error::RecvError;

use crate::Engine;
use crate::error::EngineError;

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
                Ok(found) if found.state == NestState::Awake => return Ok(()),
                // While the store is away there is nothing to see; when it is back, there is news.
                Ok(_) | Err(EngineError::Store(_)) => {}
                Err(error) => return Err(error),
            }
            loop {
                match news.recv().await {
                    Ok(Some(other)) if other != *nest => {}
                    Ok(_) | Err(RecvError::Lagged(_)) => break,
                    // The hub lives as long as we do.
                    Err(RecvError::Closed) => return Err(EngineError::Contended),
                }
            }
        }
    }
}
