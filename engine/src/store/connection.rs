//! The connection to Redis: one multiplexed socket that reconnects by itself, and one for subscriptions.

use std::time::Duration;

use redis::aio::{ConnectionManager, ConnectionManagerConfig, PubSub};
use redis::{Client, FromRedisValue, Pipeline, RedisResult, ScriptInvocation};

/// No command of ours takes longer on a healthy server; beyond it the store counts as away.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(3);
const CONNECTION_TIMEOUT: Duration = Duration::from_secs(2);
/// Attempts to reconnect before a command fails: few, so that people hear soon that nothing was changed.
const RETRIES: usize = 2;
const MIN_RETRY_DELAY: Duration = Duration::from_millis(20);
const MAX_RETRY_DELAY: Duration = Duration::from_millis(200);

#[derive(Clone)]
pub struct Store {
    client: Client,
    connection: ConnectionManager,
}

impl Store {
    /// Connects, or says why not.
    pub(crate) async fn connect(url: &str) -> RedisResult<Self> {
        let client = Client::open(url)?;
        let config = ConnectionManagerConfig::new()
            .set_response_timeout(Some(RESPONSE_TIMEOUT))
            .set_connection_timeout(Some(CONNECTION_TIMEOUT))
            .set_number_of_retries(RETRIES)
            .set_min_delay(MIN_RETRY_DELAY)
            .set_max_delay(MAX_RETRY_DELAY);
        let connection = client.get_connection_manager_with_config(config).await?;
        Ok(Self { client, connection })
    }

    pub(crate) async fn run<T: FromRedisValue>(&self, command: &redis::Cmd) -> RedisResult<T> {
        command.query_async(&mut self.connection.clone()).await
    }

    pub(crate) async fn run_all<T: FromRedisValue>(&self, pipeline: &Pipeline) -> RedisResult<T> {
        pipeline.query_async(&mut self.connection.clone()).await
    }

    pub(crate) async fn script<T: FromRedisValue>(&self, script: &ScriptInvocation<'_>) -> RedisResult<T> {
        script.invoke_async(&mut self.connection.clone()).await
    }

    pub(crate) async fn ping(&self) -> RedisResult<()> {
        self.run(&redis::cmd("PING")).await
    }

    /// A connection of its own for subscriptions.
    pub(crate) async fn subscriber(&self) -> RedisResult<PubSub> {
        in_time(CONNECTION_TIMEOUT, self.client.get_async_pubsub()).await
    }
}

/// What the store answers, unless it takes longer than that.
pub(crate) async fn in_time<T>(
    patience: Duration,
    answer: impl Future<Output = RedisResult<T>>,
) -> RedisResult<T> {
    match tokio::time::timeout(patience, answer).await {
        Ok(answer) => answer,
        Err(elapsed) => Err(std::io::Error::new(std::io::ErrorKind::TimedOut, elapsed).into()),
    }
}
