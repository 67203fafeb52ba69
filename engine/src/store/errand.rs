//! The store for an errand: a program that does one thing and ends, maybe beside the one that plays.

use super::Store;
use super::lock::{DataDirLock, LockError, lock};
use super::private_redis::{PrivateRedis, url_of};
use crate::engine::StartError;
use crate::settings::{EngineSettings, RedisWhere};

/// A store that was reached, and whatever had to be started for it.
pub(crate) struct ErrandStore {
    pub(crate) store: Store,
    started: Option<(PrivateRedis, DataDirLock)>,
}

impl ErrandStore {
    /// The house's Redis. Where that is the private one: the running program's, or one that is started until
    /// [`ErrandStore::close`].
    pub(crate) async fn open(settings: &EngineSettings) -> Result<Self, StartError> {
        let (url, started) = match &settings.redis {
            RedisWhere::Url(url) => (url.expose().to_owned(), None),
            RedisWhere::Private => match lock(&settings.data_dir) {
                Ok(held) => {
                    let redis = PrivateRedis::start(&settings.data_dir).await?;
                    (redis.url.clone(), Some((redis, held)))
                }
                // The program is running: its Redis takes one more visitor.
                Err(LockError::Taken(_)) => (url_of(&settings.data_dir)?, None),
                Err(error) => return Err(error.into()),
            },
        };
        let store = Store::connect(&url).await?;
        store.ping().await?;
        Ok(Self { store, started })
    }

    pub(crate) async fn close(self) {
        if let Some((redis, _held)) = self.started {
            redis.stop().await;
        }
    }
}
