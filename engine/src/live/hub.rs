//! The live nests of this process, and the one connection on which Redis tells us their news.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::StreamExt;
use nests::nest::NestId;
use nests::time::Millis;
use nests::wire::{Applied, ServerFrame};
use redis::RedisResult;
use redis::aio::{PubSubSink, PubSubStream};
use tokio::sync::{broadcast, mpsc, oneshot, watch};
use tokio::time::{Instant, MissedTickBehavior, interval_at};
use tokio_util::sync::CancellationToken;

use super::{CloseReason, Frame, LiveNest, news};
use crate::acting::concerns_the_player;
use crate::error::EngineError;
use crate::hearing::Conductors;
use crate::live::news::News;
use crate::playing::Player;
use crate::store::state::{self, Loaded, Position};
use crate::store::{Store, connection, keys};

/// Subscriptions asked for and not yet made: nests are opened one at a time, so this is plenty.
const REQUESTS: usize = 64;
const RECONNECT_DELAY: Duration = Duration::from_millis(100);
/// A nest that nobody uses is let go after this long.
const IDLE_AFTER: Duration = Duration::from_secs(120);
/// News of the house that somebody who waits may be behind before looking for themselves.
const HOUSE_NEWS: usize = 64;
/// The longest a subscription may take before opening a nest fails.
const SUBSCRIBE_TIMEOUT: Duration = Duration::from_secs(3);
/// The longest the line of news may take to answer; beyond it another one is made. A line over which nothing passes may be
/// dropped on the way (by a NAT, a firewall), and neither end is told.
const LINE_TIMEOUT: Duration = Duration::from_secs(3);

enum Request {
    Subscribe(NestId, oneshot::Sender<()>),
    Unsubscribe(NestId),
}

pub(crate) struct Hub {
    nests: Mutex<HashMap<NestId, Arc<LiveNest>>>,
    /// One nest is opened at a time, so that none is ever held twice.
    opening: tokio::sync::Mutex<()>,
    requests: mpsc::Sender<Request>,
    inbox: Mutex<Option<mpsc::Receiver<Request>>>,
    /// Whether the store answers.
    up: watch::Sender<bool>,
    /// Nests whose list of people has to be read again.
    people_changed: mpsc::Sender<NestId>,
    house: broadcast::Sender<HouseNews>,
    /// How often the line of news is asked whether it is still there.
    check_every: Duration,
}

/// What the house tells those who are in no nest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum HouseNews {
    /// This sleeping nest woke up or ended.
    Nest(NestId),
    /// The screen whose token has this digest was paired or taken back.
    Screen(String),
    /// Anything may have happened: look for yourself.
    Missed,
}

impl HouseNews {
    fn parse(payload: &str) -> Self {
        match payload.strip_prefix(keys::SCREEN_NEWS) {
            Some(digest) => Self::Screen(digest.to_owned()),
            None => NestId::parse(payload).map_or(Self::Missed, Self::Nest),
        }
    }
}

impl Hub {
    pub(crate) fn new(check_every: Duration) -> (Self, mpsc::Receiver<NestId>) {
        let (requests, inbox) = mpsc::channel(REQUESTS);
        let (people_changed, changes) = mpsc::channel(REQUESTS);
        let hub = Self {
            nests: Mutex::default(),
            opening: tokio::sync::Mutex::default(),
            requests,
            inbox: Mutex::new(Some(inbox)),
            up: watch::Sender::new(true),
            people_changed,
            house: broadcast::Sender::new(HOUSE_NEWS),
            check_every,
        };
        (hub, changes)
    }

    /// The nest, if it is held here and still alive.
    pub(crate) fn held(&self, nest: &NestId) -> Option<Arc<LiveNest>> {
        self.lock()
            .get(nest)
            .filter(|live| live.closed().is_none())
            .cloned()
    }

    pub(crate) fn all(&self) -> Vec<Arc<LiveNest>> {
        self.lock().values().cloned().collect()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<NestId, Arc<LiveNest>>> {
        self.nests.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The nest, held here from now on. `load` reads it from the store if it is not held yet; `None` where it has no live
    /// state.
    pub(crate) async fn open<F>(
        &self,
        nest: &NestId,
        store: &Store,
        now: Millis,
        load: F,
    ) -> Result<Arc<LiveNest>, EngineError>
    where
        F: AsyncFnOnce() -> Result<Option<Loaded>, EngineError>,
    {
        if let Some(live) = self.held(nest) {
            live.touch(now);
            return Ok(live);
        }
        let _opening = self.opening.lock().await;
        if let Some(live) = self.held(nest) {
            return Ok(live);
        }
        // Subscribed first, loaded second, caught up third: no event falls between the reading and the listening.
        self.subscribe(nest).await?;
        let loaded = match load().await {
            Ok(Some(loaded)) => loaded,
            missing => {
                self.unsubscribe(nest).await;
                return Err(missing.err().unwrap_or(EngineError::NestAsleep));
            }
        };
        let live = Arc::new(LiveNest::new(loaded, now, self.up.subscribe()));
        self.lock().insert(nest.clone(), live.clone());
        live.catch_up(store).await?;
        // It may have ended between the reading and the catching up.
        match live.closed() {
            Some(reason) => Err(reason.into()),
            None => Ok(live),
        }
    }

    async fn subscribe(&self, nest: &NestId) -> Result<(), EngineError> {
        let (done, subscribed) = oneshot::channel();
        let unavailable = || EngineError::Store(std::io::Error::from(std::io::ErrorKind::TimedOut).into());
        let asked = async {
            self.requests
                .send(Request::Subscribe(nest.clone(), done))
                .await
                .map_err(|_| unavailable())?;
            subscribed.await.map_err(|_| unavailable())
        };
        tokio::time::timeout(SUBSCRIBE_TIMEOUT, asked)
            .await
            .map_err(|_| unavailable())?
    }

    async fn unsubscribe(&self, nest: &NestId) {
        if self
            .requests
            .send(Request::Unsubscribe(nest.clone()))
            .await
            .is_err()
        {
            tracing::debug!(nest.id = %nest, "shutting down: nothing to unsubscribe from");
        }
    }

    /// News of the house from now on.
    pub(crate) fn house_news(&self) -> broadcast::Receiver<HouseNews> {
        self.house.subscribe()
    }

    fn tell_house(&self, news: HouseNews) {
        // Nobody waiting is no failure.
        self.house.send(news).ok();
    }

    /// Lets go of nests that nobody uses and of those that ended.
    pub(crate) async fn sweep(&self, now: Millis) {
        let _opening = self.opening.lock().await;
        let idle: Vec<NestId> = {
            let mut nests = self.lock();
            let done = |live: &LiveNest| live.closed().is_some() || live.is_idle(now, IDLE_AFTER);
            let idle: Vec<NestId> = nests
                .values()
                .filter(|live| done(live))
                .map(|live| live.id.clone())
                .collect();
            nests.retain(|id, _| !idle.contains(id));
            idle
        };
        for nest in idle {
            self.unsubscribe(&nest).await;
        }
    }

    /// Ends every socket, for a shutdown.
    pub(crate) fn close_all(&self) {
        for live in self.all() {
            live.close(CloseReason::ShuttingDown);
        }
    }

    /// Listens until told to stop; comes back by itself when the connection breaks.
    pub(crate) async fn listen(
        &self,
        store: &Store,
        (player, conductors): (&Player, &Conductors),
        stop: CancellationToken,
    ) {
        let Some(mut inbox) = self.inbox.lock().unwrap_or_else(PoisonError::into_inner).take() else {
            return;
        };
        while !stop.is_cancelled() {
            match store.subscriber().await {
                Ok(subscriber) => {
                    let (sink, stream) = subscriber.split();
                    self.listen_once(store, (player, conductors), (sink, stream), &mut inbox, &stop)
                        .await;
                }
                Err(error) => tracing::debug!(%error, "no connection for subscriptions yet"),
            }
            if stop.is_cancelled() {
                return;
            }
            self.set_up(false);
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(RECONNECT_DELAY) => {}
            }
        }
    }

    async fn listen_once(
        &self,
        store: &Store,
        (player, conductors): (&Player, &Conductors),
        (mut sink, mut stream): (PubSubSink, PubSubStream),
        inbox: &mut mpsc::Receiver<Request>,
        stop: &CancellationToken,
    ) {
        let channels = self.all().into_iter().map(|live| keys::channel(&live.id));
        for channel in channels.chain([keys::HOUSE_CHANNEL.to_owned()]) {
            if let Err(error) = answered(sink.subscribe(channel)).await {
                tracing::debug!(%error, "the subscription broke again");
                return;
            }
        }
        // What happened while we were deaf.
        for live in self.all() {
            match live.reconcile(store).await {
                Ok(()) => {}
                // Its keys are broken, not the store: the others go on. A restart by its host is heard here like any other.
                Err(error) if error.is_unreadable() => {
                    tracing::error!(nest.id = %live.id, %error, "a nest that can't be read: it stays as it was");
                }
                Err(error) => {
                    tracing::warn!(nest.id = %live.id, %error, "could not catch up after a reconnect");
                    return;
                }
            }
            if live.settle_with_player() {
                player.poke(&live.id);
            }
        }
        self.tell_house(HouseNews::Missed);
        self.set_up(true);
        conductors.nudge_all();
        let mut check = interval_at(Instant::now() + self.check_every, self.check_every);
        check.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                message = stream.next() => match message {
                    Some(message) => self.hear(store, (player, conductors), &message).await,
                    None => return,
                },
                Some(request) = inbox.recv() => {
                    let subscribed = match &request {
                        Request::Subscribe(nest, _) => answered(sink.subscribe(keys::channel(nest))).await,
                        Request::Unsubscribe(nest) => answered(sink.unsubscribe(keys::channel(nest))).await,
                    };
                    match (subscribed, request) {
                        (Ok(()), Request::Subscribe(nest, done)) => {
                            if done.send(()).is_err() {
                                tracing::debug!(nest.id = %nest, "whoever opened the nest gave up");
                            }
                        }
                        (Ok(()), Request::Unsubscribe(_)) => {}
                        (Err(error), _) => {
                            tracing::debug!(%error, "the subscription broke");
                            return;
                        }
                    }
                }
                _ = check.tick() => {
                    if let Err(error) = answered(sink.ping::<redis::Value>()).await {
                        tracing::warn!(%error, "the line of news fell silent");
                        return;
                    }
                }
            }
        }
    }

    async fn hear(&self, store: &Store, (player, conductors): (&Player, &Conductors), message: &redis::Msg) {
        let Ok(payload) = message.get_payload::<String>() else {
            tracing::error!("news that are not text");
            return;
        };
        if message.get_channel_name() == keys::HOUSE_CHANNEL {
            return self.tell_house(HouseNews::parse(&payload));
        }
        let Some(live) = keys::nest_of_channel(message.get_channel_name()).and_then(|nest| self.held(&nest))
        else {
            return;
        };
        match news::parse(&payload) {
            Some(News::People) => self.people_changed(&live.id),
            Some(News::Hearing(member, frame)) => {
                live.tell_hearing(&member, Frame::from_text(frame.to_owned()))
            }
            Some(News::Player(member, wish)) => conductors.nudge(&live.id, &member, wish),
            Some(News::Gone) => live.close(CloseReason::NestGone),
            Some(News::Asleep(ended)) if live.generation() <= ended => live.close(CloseReason::NestAsleep),
            Some(News::Restarted(lives)) if live.generation() < lives => {
                live.close(CloseReason::NestRestarted)
            }
            Some(News::Asleep(_) | News::Restarted(_)) => {} // of a generation before this one
            Some(News::Event(place, frame)) => {
                if let Err(error) = self.hear_event(store, player, &live, place, frame).await {
                    tracing::warn!(nest.id = %live.id, %error, "news that could not be taken in yet");
                }
            }
            None => tracing::error!(nest.id = %live.id, "news that can't be read"),
        }
    }

    async fn hear_event(
        &self,
        store: &Store,
        player: &Player,
        live: &LiveNest,
        place: &str,
        frame: &str,
    ) -> Result<(), EngineError> {
        let place: Position = place.parse()?;
        if place.generation < live.generation() {
            return Ok(()); // it comes late, from a generation that is over
        }
        let event = state::parse_event(frame)?;
        let applied = match place.generation == live.generation() {
            true => live.receive(&event, Frame::from_text(frame.to_owned())),
            false => Applied::Gap,
        };
        match applied {
            // Another process did this, and its player may be the one that died.
            Applied::Forward if concerns_the_player(&event.change) => player.poke(&live.id),
            // A commit of ours that lost to it brought it along: only now the player hears of it.
            Applied::Already if live.settle_with_player() => player.poke(&live.id),
            Applied::Forward | Applied::Already => {}
            Applied::Gap => {
                let caught_up = live.catch_up(store).await;
                live.settle_with_player();
                player.poke(&live.id);
                caught_up?;
            }
        }
        Ok(())
    }

    pub(crate) fn people_changed(&self, nest: &NestId) {
        // A full queue has this nest's turn coming soon anyway, or the heartbeat's round will get to it.
        if self.people_changed.try_send(nest.clone()).is_err() {
            tracing::debug!(nest.id = %nest, "many people are moving; the list follows with the next heartbeat");
        }
    }

    fn set_up(&self, up: bool) {
        let changed = self.up.send_if_modified(|was| std::mem::replace(was, up) != up);
        if !changed {
            return;
        }
        match up {
            true => tracing::info!("the store is back"),
            false => tracing::error!("the store is away: nothing can be changed until it is back"),
        }
        for live in self.all() {
            live.broadcast(&ServerFrame::Store { up });
        }
    }
}

/// What is answered over the line of news, as long as it is there.
async fn answered<T>(answer: impl Future<Output = RedisResult<T>>) -> RedisResult<T> {
    connection::in_time(LINE_TIMEOUT, answer).await
}
