//! One nest in this process's memory: its snapshot, its recent frames, and who sits in it. How it is changed stands in
//! [`commit`](super::commit).

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use nests::action::Removal;
use nests::hearing::InSync;
use nests::history::ended_by;
use nests::nest::member::Listener;
use nests::nest::{MemberId, NestId};
use nests::queue::QueuedSong;
use nests::time::Millis;
use nests::wire::frame::MAX_PEOPLE_NAMED;
use nests::wire::{Applied, Change, Event, ServerFrame, Snapshot};
use tokio::sync::{broadcast, watch};

use super::present::{Ears, Present};
use super::{CloseReason, Frame, Since};
use crate::acting::concerns_the_player;
use crate::directory::identity_of;
use crate::error::EngineError;
use crate::store::state::{self, Effect, Entries, LOG_LENGTH, Loaded, Position, position_of};
use crate::store::votes_in_log::VotesInLog;
use crate::store::{Key, Store};

/// Frames that a slow socket may be behind before it gets a fresh snapshot instead.
const OUTBOX: usize = 128;
/// Frames kept for browsers that reconnect: as many as the log keeps.
const RECENT: usize = LOG_LENGTH;
/// How long a removal can be undone, in milliseconds, and how many are remembered.
pub(crate) const UNDO_MS: i64 = 10_000;
const REMOVALS_REMEMBERED: usize = 32;

/// What goes to the sockets of the nest.
#[derive(Clone, Debug)]
pub(crate) enum Signal {
    Frame(Frame),
    /// To this person's alone.
    For(MemberId, Frame),
    Closed(CloseReason),
}

/// A place among those who hear of the nest, and how it stands at that moment.
pub(crate) struct Tuned {
    pub(crate) receiver: broadcast::Receiver<Signal>,
    /// What brings a browser up to date.
    pub(crate) opening: Vec<Frame>,
    /// It is over already: nothing comes by the receiver that would say so.
    pub(crate) closed: Option<CloseReason>,
    pub(crate) store_is_up: bool,
}

/// Who is here, as far as this process was told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct People {
    pub count: u32,
    /// The first [`MAX_PEOPLE_NAMED`], longest here first.
    pub people: Vec<Listener>,
    /// Of all of them.
    pub in_sync: InSync,
}

/// What a commit writes beside its event.
#[derive(Default)]
pub(super) struct Writes {
    pub(super) effects: Vec<Effect>,
    /// Of votes (JSON), or empty.
    pub(super) checkpoint: String,
}

struct Replica {
    snapshot: Arc<Snapshot>,
    votes_in_log: VotesInLog,
    recent: VecDeque<(u64, Frame)>,
    snapshot_frame: Option<Frame>,
    removals: VecDeque<(u64, Millis, Removal)>,
    people: Option<(People, Frame)>,
    closed: Option<CloseReason>,
}

pub(crate) struct LiveNest {
    pub(crate) id: NestId,
    /// By the house's settings; needed to read the nest anew.
    house_has_bender: bool,
    replica: Mutex<Replica>,
    /// Whose turn it is to commit from this process: one at a time, in the order of asking.
    pub(super) turn: tokio::sync::Mutex<()>,
    signals: broadcast::Sender<Signal>,
    /// The hub's word.
    store_is_up: watch::Receiver<bool>,
    pub(crate) present: Mutex<HashMap<MemberId, Present>>,
    last_used: AtomicI64,
    /// Something that concerns the player came in other than by news, and it has not been told.
    owes_player: AtomicBool,
}

/// A panic while a lock was held has been reported where it happened; the copy notices by itself if it is off.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl LiveNest {
    pub(crate) fn new(loaded: Loaded, now: Millis, store_is_up: watch::Receiver<bool>) -> Self {
        let id = loaded.snapshot.nest.id.clone();
        let generation = loaded.snapshot.generation;
        let recent = loaded
            .recent
            .into_iter()
            .filter(|(at, _)| at.generation == generation);
        let recent = recent
            .map(|(at, frame)| (at.version, Frame::from_text(frame)))
            .collect();
        let replica = Replica {
            snapshot: Arc::new(loaded.snapshot),
            votes_in_log: loaded.votes_in_log,
            recent,
            snapshot_frame: None,
            removals: VecDeque::new(),
            people: None,
            closed: None,
        };
        Self {
            id,
            house_has_bender: loaded.house_has_bender,
            replica: Mutex::new(replica),
            turn: tokio::sync::Mutex::new(()),
            signals: broadcast::Sender::new(OUTBOX),
            store_is_up,
            present: Mutex::default(),
            last_used: AtomicI64::new(now.0),
            owes_player: AtomicBool::new(false),
        }
    }

    pub(crate) fn snapshot(&self) -> Arc<Snapshot> {
        lock(&self.replica).snapshot.clone()
    }

    pub(crate) fn generation(&self) -> u32 {
        lock(&self.replica).snapshot.generation
    }

    pub(crate) fn touch(&self, now: Millis) {
        self.last_used.store(now.0, Ordering::Relaxed);
    }

    /// Nobody sits here and nobody asked for a while.
    pub(crate) fn is_idle(&self, now: Millis, after: Duration) -> bool {
        let unused_for = now.0 - self.last_used.load(Ordering::Relaxed);
        self.signals.receiver_count() == 0 && unused_for > after.as_millis() as i64
    }

    pub(crate) fn closed(&self) -> Option<CloseReason> {
        lock(&self.replica).closed
    }

    /// What a commit writes beside its event: for a vote nothing, or a checkpoint in the same entry.
    pub(super) fn writes(
        &self,
        before: &Arc<Snapshot>,
        event: &Event,
        filter: Duration,
    ) -> Result<Writes, EngineError> {
        let replica = lock(&self.replica);
        let is_vote = matches!(event.change, Change::Voted { .. });
        if is_vote && !replica.votes_in_log.checkpoint_is_due() {
            return Ok(Writes::default());
        }
        let mut after = (**before).clone();
        after.apply(event);
        if is_vote {
            let checkpoint = replica.votes_in_log.checkpoint(event, &after)?;
            return Ok(Writes {
                checkpoint,
                ..Writes::default()
            });
        }
        let mut effects = state::effects(before, &after, &replica.votes_in_log);
        effects.extend(state::memories(event, &after, filter));
        let place = position_of(&after);
        if let Some(played) = ended_by(event, before) {
            effects.extend(state::remember(&self.id, place, &played)?);
        }
        Ok(Writes {
            effects,
            ..Writes::default()
        })
    }

    /// Takes the next event, from our own commit or from another process, and passes it on to every socket.
    pub(crate) fn receive(&self, event: &Event, frame: Frame) -> Applied {
        let mut replica = lock(&self.replica);
        let removed = removed_by(&event.change, &replica.snapshot);
        let applied = Arc::make_mut(&mut replica.snapshot).apply(event);
        if applied != Applied::Forward {
            return applied;
        }
        replica.votes_in_log.note(event);
        if !removed.is_empty() {
            if replica.removals.len() == REMOVALS_REMEMBERED {
                replica.removals.pop_front();
            }
            let removal = Removal {
                by: event.by.clone(),
                songs: removed,
            };
            replica.removals.push_back((event.v, event.at, removal));
        }
        if replica.recent.len() == RECENT {
            replica.recent.pop_front();
        }
        replica.recent.push_back((event.v, frame.clone()));
        replica.snapshot_frame = None;
        self.send(Signal::Frame(frame));
        Applied::Forward
    }

    /// Nobody listening is no failure: the next seat starts from the snapshot.
    fn send(&self, signal: Signal) {
        if self.signals.receiver_count() > 0 && self.signals.send(signal).is_err() {
            tracing::trace!(nest.id = %self.id, "the last socket left while a frame was on its way");
        }
    }

    /// Reads from the log what this copy has not seen.
    pub(crate) async fn catch_up(&self, store: &Store) -> Result<(), EngineError> {
        let here = position_of(&self.snapshot());
        let mut read = redis::pipe();
        read.exists(Key::Log(&self.id).name());
        read.exists(Key::Deleting(&self.id).name());
        read.cmd("XRANGE")
            .arg(Key::Log(&self.id).name())
            .arg(format!("({here}"))
            .arg("+");
        let (exists, deleting, entries): (bool, bool, Entries) = store.run_all(&read).await?;
        if !exists {
            self.close(if deleting {
                CloseReason::NestGone
            } else {
                CloseReason::NestAsleep
            });
            return Ok(());
        }
        self.take_missed(store, entries).await
    }

    pub(super) async fn take_missed(&self, store: &Store, entries: Entries) -> Result<(), EngineError> {
        let generation = self.snapshot().generation;
        for (id, fields) in entries {
            let position: Position = id.parse()?;
            if position.generation != generation {
                self.close(CloseReason::NestRestarted);
                return Ok(());
            }
            let Some((_, text)) = fields
                .into_iter()
                .find(|(name, text)| name == "e" && !text.is_empty())
            else {
                continue;
            };
            let event = state::parse_event(&text)?;
            // First the note, then the event: whoever finds the event here already finds the note as well. And once more, as
            // the note may have been settled in between for an event before it.
            let concerns = concerns_the_player(&event.change);
            self.owes_player.fetch_or(concerns, Ordering::Relaxed);
            let applied = self.receive(&event, Frame::from_text(text));
            self.owes_player.fetch_or(concerns, Ordering::Relaxed);
            if applied == Applied::Gap {
                return self.reload(store).await;
            }
        }
        Ok(())
    }

    /// Whether the player has to be told of something that it was not told of. Counts as told.
    pub(super) fn settle_with_player(&self) -> bool {
        self.owes_player.swap(false, Ordering::Relaxed)
    }

    /// The log no longer has what was missed: starts over from the keys, and gives every socket the new state.
    async fn reload(&self, store: &Store) -> Result<(), EngineError> {
        let old = self.snapshot();
        let Some(mut loaded) = state::load(store, old.nest.clone(), self.house_has_bender).await? else {
            self.close(CloseReason::NestAsleep);
            return Ok(());
        };
        // Its name is no part of these keys, and may be among what the log no longer has.
        if let Some(identity) = identity_of(store, &self.id).await? {
            loaded.snapshot.nest = identity;
        }
        if loaded.snapshot.generation != old.generation {
            self.close(CloseReason::NestRestarted);
            return Ok(());
        }
        {
            let mut replica = lock(&self.replica);
            replica.snapshot = Arc::new(loaded.snapshot);
            replica.votes_in_log = loaded.votes_in_log;
            replica.recent.clear();
            replica.snapshot_frame = None;
        }
        self.owes_player.store(true, Ordering::Relaxed);
        self.send(Signal::Frame(self.snapshot_frame()));
        Ok(())
    }

    /// Redis may have come back with less than it had (another data set, a lost disk): then this copy is what is wrong.
    pub(crate) async fn reconcile(&self, store: &Store) -> Result<(), EngineError> {
        let mut read = redis::cmd("XREVRANGE");
        read.arg(Key::Log(&self.id).name())
            .arg("+")
            .arg("-")
            .arg("COUNT")
            .arg(1);
        let newest: Entries = store.run(&read).await?;
        match newest.first() {
            Some((id, _)) if id.parse::<Position>()? < position_of(&self.snapshot()) => {
                self.reload(store).await?
            }
            Some(_) | None => self.catch_up(store).await?,
        }
        Ok(())
    }

    /// Ends it for everybody who sits here. The first reason stands.
    pub(crate) fn close(&self, reason: CloseReason) {
        {
            let mut replica = lock(&self.replica);
            if replica.closed.is_some() {
                return;
            }
            replica.closed = Some(reason);
        }
        self.send(Signal::Closed(reason));
    }

    pub(crate) fn snapshot_frame(&self) -> Frame {
        let mut replica = lock(&self.replica);
        if let Some(frame) = &replica.snapshot_frame {
            return frame.clone();
        }
        let frame = Frame::of(&ServerFrame::Snapshot(Box::new((*replica.snapshot).clone())));
        replica.snapshot_frame = Some(frame.clone());
        frame
    }

    /// A place among the receivers, and what a browser that saw `since` needs to be up to date. Both under one lock, so
    /// that no event falls in between, nor the end: what was told before is in here, the rest comes by the receiver.
    pub(crate) fn tune_in(&self, since: Option<Since>) -> Tuned {
        let (receiver, closed, missed);
        {
            let replica = lock(&self.replica);
            receiver = self.signals.subscribe();
            closed = replica.closed;
            missed = since.and_then(|since| replica.missed_since(since));
        }
        let store_is_up = *self.store_is_up.borrow();
        let mut opening = missed.unwrap_or_else(|| vec![self.snapshot_frame()]);
        opening.extend(
            lock(&self.replica)
                .people
                .as_ref()
                .map(|(_, frame)| frame.clone()),
        );
        Tuned {
            receiver,
            opening,
            closed,
            store_is_up,
        }
    }

    /// Which songs a removal took and whose it was, while it can still be undone.
    pub(crate) fn removed_at(&self, version: u64, now: Millis) -> Option<Removal> {
        let replica = lock(&self.replica);
        let (_, at, removal) = replica.removals.iter().find(|(v, ..)| *v == version)?;
        (now.since(*at) <= UNDO_MS).then(|| removal.clone())
    }

    pub(crate) fn broadcast(&self, frame: &ServerFrame) {
        self.send(Signal::Frame(Frame::of(frame)));
    }

    pub(crate) fn people(&self) -> Option<People> {
        lock(&self.replica)
            .people
            .as_ref()
            .map(|(people, _)| people.clone())
    }

    /// Takes the new list of who is here, and tells the sockets if it is another one.
    pub(crate) fn set_people(&self, people: People) {
        let mut replica = lock(&self.replica);
        if replica.people.as_ref().is_some_and(|(known, _)| *known == people) {
            return;
        }
        let frame = Frame::of(&ServerFrame::People {
            count: people.count,
            people: people.people.clone(),
            in_sync: people.in_sync,
        });
        replica.people = Some((people, frame.clone()));
        self.send(Signal::Frame(frame));
    }

    pub(crate) fn present(&self) -> MutexGuard<'_, HashMap<MemberId, Present>> {
        lock(&self.present)
    }

    /// Somebody here hears the nest otherwise than before. Answers whether the others are to be told.
    pub(crate) fn hears(&self, member: &MemberId, change: impl FnOnce(&mut Ears)) -> bool {
        let mut present = self.present();
        present.get_mut(member).is_some_and(|entry| entry.change(change))
    }

    /// Of whom the others have not been told yet how they hear the nest. Counts as told.
    pub(crate) fn take_untold(&self) -> Vec<Listener> {
        let mut present = self.present();
        let untold = present.values_mut().filter(|entry| !entry.is_told);
        untold
            .map(|entry| {
                entry.is_told = true;
                entry.listener.clone()
            })
            .collect()
    }

    /// How somebody's own device does: to their sockets here, unless they know.
    pub(crate) fn tell_hearing(&self, member: &MemberId, frame: Frame) {
        {
            let mut present = self.present();
            let Some(entry) = present.get_mut(member) else {
                return;
            };
            if entry.hearing.as_ref() == Some(&frame) {
                return;
            }
            entry.hearing = Some(frame.clone());
        }
        self.send(Signal::For(member.clone(), frame));
    }

    /// The same for a socket that opens.
    pub(crate) fn hearing_of(&self, member: &MemberId) -> Option<Frame> {
        self.present().get(member)?.hearing.clone()
    }

    /// Somebody listens through this process.
    pub(crate) fn has_listeners(&self) -> bool {
        !self.present().is_empty() || self.people().is_some_and(|p| p.count > 0)
    }
}

impl Replica {
    fn missed_since(&self, since: Since) -> Option<Vec<Frame>> {
        if since.generation != self.snapshot.generation || since.version > self.snapshot.version {
            return None;
        }
        let missed: Vec<Frame> = self
            .recent
            .iter()
            .filter(|(v, _)| *v > since.version)
            .map(|(_, frame)| frame.clone())
            .collect();
        (missed.len() as u64 == self.snapshot.version - since.version).then_some(missed)
    }
}

fn removed_by(change: &Change, before: &Snapshot) -> Vec<QueuedSong> {
    match change {
        Change::Removed { songs } => before
            .songs
            .iter()
            .filter(|q| songs.contains(&q.song.id))
            .cloned()
            .collect(),
        _ => Vec::new(),
    }
}

pub(crate) fn named(mut listeners: Vec<Listener>) -> People {
    listeners.sort_by(|a, b| (a.since, &a.person.id).cmp(&(b.since, &b.person.id)));
    let count = listeners.len() as u32;
    let in_sync = InSync::among(listeners.iter().map(|listener| listener.hears));
    listeners.truncate(MAX_PEOPLE_NAMED);
    People {
        count,
        people: listeners,
        in_sync,
    }
}
