//! A nest's changes for somebody who only looks: a screen. It takes no seat, is nobody and counts for nothing.

use std::sync::Arc;

use nests::wire::Snapshot;
use tokio::sync::broadcast::{self, error::RecvError};

use super::nest::Signal;
use super::{CloseReason, LiveNest};

/// Dropping it ends it; nobody is told.
pub struct Watch {
    nest: Arc<LiveNest>,
    receiver: broadcast::Receiver<Signal>,
}

impl Watch {
    pub(crate) fn of(nest: Arc<LiveNest>) -> Self {
        let receiver = nest.tune_in(None).receiver;
        Self { nest, receiver }
    }

    /// The nest as it is now.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.nest.snapshot()
    }

    /// Waits until something changed, however much that was.
    ///
    /// # Errors
    /// Why the nest is over.
    pub async fn changed(&mut self) -> Result<(), CloseReason> {
        // Told before it looked, or among more than may wait.
        if let Some(reason) = self.nest.closed() {
            return Err(reason);
        }
        let mut next = self.receiver.recv().await;
        // What one person is told is no change of the nest.
        while matches!(next, Ok(Signal::For(..))) {
            next = self.receiver.recv().await;
        }
        loop {
            match next {
                Ok(Signal::Closed(reason)) => return Err(reason),
                Err(RecvError::Closed) => return Err(CloseReason::ShuttingDown),
                Ok(Signal::Frame(_) | Signal::For(..)) | Err(RecvError::Lagged(_)) => {}
            }
            // What came with it is shown with it.
            next = match self.receiver.try_recv() {
                Ok(signal) => Ok(signal),
                Err(broadcast::error::TryRecvError::Empty) => return Ok(()),
                Err(broadcast::error::TryRecvError::Closed) => Err(RecvError::Closed),
                Err(broadcast::error::TryRecvError::Lagged(n)) => Err(RecvError::Lagged(n)),
            };
        }
    }
}
