//! One socket's place in a nest.

use std::sync::Arc;

use nests::hearing::Hears;
use nests::nest::{MemberId, Person};
use nests::wire::{Command, ServerFrame};
use tokio::sync::broadcast::{self, error::RecvError};

use super::nest::{Signal, Tuned};
use super::{Frame, LiveNest};
use crate::Engine;
use crate::acting::Done;
use crate::error::EngineError;

/// What a browser that reconnects has seen already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Since {
    pub generation: u32,
    pub version: u64,
}

/// Why a nest's sockets are closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloseReason {
    NestGone,
    NestAsleep,
    /// A newer generation lives: sockets come back to it by themselves.
    NestRestarted,
    ShuttingDown,
}

impl From<CloseReason> for EngineError {
    fn from(reason: CloseReason) -> Self {
        match reason {
            CloseReason::NestGone => Self::NestGone,
            CloseReason::NestRestarted => Self::NestRestarted,
            CloseReason::NestAsleep | CloseReason::ShuttingDown => Self::NestAsleep,
        }
    }
}

/// What a socket has to send next.
#[derive(Clone, Debug)]
pub enum SeatEvent {
    Frame(Frame),
    /// The socket was too slow and missed frames: this is a whole new snapshot.
    Lagged(Frame),
    Closed(CloseReason),
}

/// Dropping it leaves the nest; the others are told after the grace, if the person has no other socket by then.
pub struct Seat {
    /// What brings the browser up to date, to be sent first.
    pub opening: Vec<Frame>,
    /// What follows the snapshot of a socket that was too slow.
    behind: std::vec::IntoIter<Frame>,
    /// Behind all that: it is over.
    closed: Option<CloseReason>,
    /// What its browser said last.
    hears: Option<Hears>,
    receiver: broadcast::Receiver<Signal>,
    nest: Arc<LiveNest>,
    member: MemberId,
    engine: Engine,
}

impl Seat {
    pub(crate) fn take(engine: Engine, nest: Arc<LiveNest>, member: MemberId, since: Option<Since>) -> Self {
        let tuned = nest.tune_in(since);
        let mut opening = tuned.opening;
        opening.extend(nest.hearing_of(&member));
        if !tuned.store_is_up {
            opening.push(Frame::of(&ServerFrame::Store { up: false }));
        }
        Self {
            opening,
            behind: Vec::new().into_iter(),
            closed: tuned.closed,
            hears: None,
            receiver: tuned.receiver,
            nest,
            member,
            engine,
        }
    }

    /// Does what the person in it wishes, to the generation of the nest that the seat is in and to no other.
    /// It goes on by itself, whatever the seat does meanwhile.
    pub fn act(
        &self,
        by: &Person,
        command: Command,
    ) -> impl Future<Output = Result<Done, EngineError>> + Send + use<> {
        let (engine, nest, by) = (self.engine.clone(), self.nest.clone(), by.clone());
        async move { engine.act_in(&nest, &by, command).await }
    }

    /// Its browser hears the nest like that from now on; `None`: it only looks.
    pub fn hears(&mut self, how: Option<Hears>) {
        let before = std::mem::replace(&mut self.hears, how);
        self.engine
            .hears(&self.nest, &self.member, |ears| ears.browser(before, how));
    }

    /// The device of the person in it plays for this nest again, whatever they do with it themselves.
    /// Goes on by itself as well.
    pub fn back_in_sync(&self, by: &Person) -> impl Future<Output = Result<(), EngineError>> + Send + use<> {
        let (engine, nest, by) = (self.engine.clone(), self.nest.clone(), by.clone());
        async move { engine.back_in_step(&by, &nest.id).await }
    }

    /// Waits for what is to be sent next. Cancelling it loses nothing.
    pub async fn next(&mut self) -> SeatEvent {
        if let Some(frame) = self.behind.next() {
            return SeatEvent::Frame(frame);
        }
        if let Some(reason) = self.closed {
            return SeatEvent::Closed(reason);
        }
        loop {
            return match self.receiver.recv().await {
                Ok(Signal::For(member, _)) if member != self.member => continue,
                Ok(Signal::Frame(frame) | Signal::For(_, frame)) => SeatEvent::Frame(frame),
                Ok(Signal::Closed(reason)) => SeatEvent::Closed(reason),
                Err(RecvError::Lagged(_)) => SeatEvent::Lagged(self.start_over()),
                // The nest holds the sender, and we hold the nest: this cannot end before us.
                Err(RecvError::Closed) => SeatEvent::Closed(CloseReason::ShuttingDown),
            };
        }
    }

    /// Whatever was missed is in what comes now: how the nest stands, whether it is over, whether the store is there.
    fn start_over(&mut self) -> Frame {
        let Tuned {
            receiver,
            mut opening,
            closed,
            store_is_up,
        } = self.nest.tune_in(None);
        opening.extend(self.nest.hearing_of(&self.member));
        opening.push(Frame::of(&ServerFrame::Store { up: store_is_up }));
        self.receiver = receiver;
        self.closed = closed;
        let snapshot = opening.remove(0);
        self.behind = opening.into_iter();
        snapshot
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let engine = self.engine.clone();
        engine.leave(self.nest.clone(), self.member.clone(), self.hears);
    }
}
