//! Conductors: a task of the process that holds a listener's socket, for as long as they are in the nest.
//!
//! It wakes when what plays changes, when its owner wishes something, and now and then, as Spotify tells nothing by itself.
//! What is done with the player is [`super::player`]'s.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use nests::hearing::Footing;
use nests::nest::{MemberId, NestId};
use nests::wire::Snapshot;
use tokio::sync::{Notify, mpsc, watch};
use tokio_util::sync::CancellationToken;

use super::Kept;
use super::player::Player;
use super::standing::{LOOK_AGAIN, Standing, Trouble};
use crate::Engine;
use crate::live::CloseReason;
use crate::live::watch::Watch;

/// News of players that wait in this process for somebody to conduct; beyond it the people concerned press once more.
const MOST_UNMET: usize = 1_024;

/// Who is conducted for by this process.
pub(crate) struct Conductors {
    all: Mutex<HashMap<(NestId, MemberId), Arc<Conductor>>>,
    unmet: mpsc::Sender<Unmet>,
    /// Taken by [`Engine::run_conductors`].
    inbox: Mutex<Option<mpsc::Receiver<Unmet>>>,
}

/// News of the player of somebody for whom nobody here conducts yet: they came in before there was Spotify in the nest.
struct Unmet {
    nest: NestId,
    member: MemberId,
    wish: Option<String>,
}

impl Default for Conductors {
    fn default() -> Self {
        let (unmet, inbox) = mpsc::channel(MOST_UNMET);
        Self {
            all: Mutex::default(),
            unmet,
            inbox: Mutex::new(Some(inbox)),
        }
    }
}

#[derive(Default)]
pub(super) struct Conductor {
    nudge: Notify,
    /// They wish to hear the nest, whatever they hear now: the wish's word.
    wish: Mutex<Option<String>>,
    pub(super) standing: watch::Sender<Standing>,
}

impl Conductor {
    fn wish(&self) -> MutexGuard<'_, Option<String>> {
        self.wish.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// It was not carried out yet. A newer one counts instead.
    fn put_back(&self, wish: Option<String>) {
        let mut waiting = self.wish();
        *waiting = waiting.take().or(wish);
    }

    fn hear(&self, wish: Option<String>) {
        if wish.is_some() {
            *self.wish() = wish;
        }
        self.nudge.notify_one();
    }
}

impl Conductors {
    fn all(&self) -> MutexGuard<'_, HashMap<(NestId, MemberId), Arc<Conductor>>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn of(&self, nest: &NestId, member: &MemberId) -> Option<Arc<Conductor>> {
        self.all().get(&(nest.clone(), member.clone())).cloned()
    }

    /// Everybody's in one nest.
    pub(super) fn in_nest(&self, nest: &NestId) -> Vec<MemberId> {
        let all = self.all();
        let there = all.keys().filter(|(at, _)| at == nest);
        there.map(|(_, member)| member.clone()).collect()
    }

    /// All of one person.
    pub(super) fn of_member(&self, member: &MemberId) -> Vec<(NestId, Arc<Conductor>)> {
        let all = self.all();
        let theirs = all.iter().filter(|((_, of), _)| of == member);
        theirs
            .map(|((nest, _), conductor)| (nest.clone(), conductor.clone()))
            .collect()
    }

    /// Lets the conductor look, if one of this process conducts; with a wish, to carry it out.
    pub(crate) fn nudge(&self, nest: &NestId, member: &MemberId, wish: Option<&str>) {
        let wish = wish.map(str::to_owned);
        let Some(conductor) = self.of(nest, member) else {
            let (nest, member) = (nest.clone(), member.clone());
            if self.unmet.try_send(Unmet { nest, member, wish }).is_err() {
                tracing::warn!("news of too many players at once");
            }
            return;
        };
        conductor.hear(wish);
    }

    /// All of them look: news may have passed by while the process heard none.
    pub(crate) fn nudge_all(&self) {
        for conductor in self.all().values() {
            conductor.nudge.notify_one();
        }
    }
}

impl Engine {
    /// Conducts for those who came in before there was Spotify in their nest, from the first news of a player of theirs on.
    pub(crate) async fn run_conductors(&self, stop: CancellationToken) {
        let inbox = &self.inner.conductors.inbox;
        let Some(mut inbox) = inbox.lock().unwrap_or_else(PoisonError::into_inner).take() else {
            return;
        };
        while let Some(Some(Unmet { nest, member, wish })) = stop.run_until_cancelled(inbox.recv()).await {
            if self.is_present(&nest, &member) {
                self.accompany(&nest, &member);
                if let Some(conductor) = self.inner.conductors.of(&nest, &member) {
                    conductor.hear(wish);
                }
            }
        }
    }

    /// Somebody has come into a nest that has Spotify: their player is kept in step for as long as they stay.
    pub(crate) fn accompany(&self, nest: &NestId, member: &MemberId) {
        let key = (nest.clone(), member.clone());
        let conductor = Arc::new(Conductor::default());
        {
            let mut all = self.inner.conductors.all();
            if let Some(there) = all.get(&key) {
                there.nudge.notify_one();
                return;
            }
            all.insert(key.clone(), conductor.clone());
        }
        let engine = self.clone();
        tokio::spawn(async move {
            let stop = engine.inner.stop.clone();
            let conducting = engine.conduct_while_present(&key, &conductor);
            tokio::select! {
                () = stop.cancelled() => {} // the players play on: the house is back within seconds
                () = conducting => {}
            }
        });
    }

    async fn conduct_while_present(&self, key: &(NestId, MemberId), conductor: &Conductor) {
        loop {
            self.conduct(&key.0, &key.1, conductor).await;
            let mut all = self.inner.conductors.all();
            // Who came back in the meantime found this conductor in its place, and relies on it.
            if !self.is_present(&key.0, &key.1) {
                all.remove(key);
                return;
            }
        }
    }

    async fn conduct(&self, nest: &NestId, member: &MemberId, conductor: &Conductor) {
        let mut player = Player::new(self, nest, member);
        let mut watch: Option<Watch> = None;
        while self.is_present(nest, member) {
            // Before the choice is read: whoever chooses and wishes in one step is never heard on the device before.
            let wish = conductor.wish().take();
            let Kept { device, footing } = match self.choice(member, nest).await {
                Ok(Some(kept)) if kept.device.is_there() => kept,
                Ok(_) => {
                    player.tell(Standing::Off, Footing::Off).await;
                    player.let_go().await;
                    conductor.standing.send_replace(Standing::Off);
                    conductor.nudge.notified().await;
                    continue;
                }
                Err(error) => {
                    tracing::debug!(nest.id = %nest, %error, "which device somebody chose can't be read");
                    conductor.put_back(wish);
                    let standing = Standing::Trouble(Trouble::Unreachable);
                    conductor.standing.send_replace(standing);
                    player.tell(standing, Footing::Unreachable).await;
                    tokio::select! {
                        () = conductor.nudge.notified() => {}
                        () = tokio::time::sleep(LOOK_AGAIN) => {}
                    }
                    continue;
                }
            };
            if let Some(wish) = wish {
                player.begin(device, &wish).await;
            } else if player.device.as_ref() != Some(&device) {
                player.come_in_with(device);
            }
            let watch = match &mut watch {
                Some(watch) => watch,
                none => match self.watch(nest).await {
                    Ok(new) => none.insert(new),
                    Err(_) => break, // asleep or gone
                },
            };
            let snapshot = watch.snapshot();
            let standing = player.turn(&snapshot).await;
            conductor.standing.send_replace(standing);
            player.tell(standing, footing).await;
            tokio::select! {
                () = conductor.nudge.notified() => {}
                () = tokio::time::sleep(standing.look_again()) => {}
                alive = something_else_plays(watch, &snapshot) => if alive.is_err() { break },
            }
        }
        player.tell(Standing::Off, Footing::Off).await;
        player.let_go().await;
        conductor.standing.send_replace(Standing::Off);
    }

    fn is_present(&self, nest: &NestId, member: &MemberId) -> bool {
        let live = self.inner.hub.held(nest);
        live.is_some_and(|live| live.present().contains_key(member))
    }
}

/// Waits until the nest plays something else, or from elsewhere, than in the snapshot.
async fn something_else_plays(watch: &mut Watch, than: &Snapshot) -> Result<(), CloseReason> {
    let sync_point = |snapshot: &Snapshot| {
        let playing = snapshot.playing.as_ref()?;
        Some((
            playing.queued.song.id.clone(),
            playing.started_at,
            playing.paused_at,
        ))
    };
    let known = sync_point(than);
    while sync_point(&watch.snapshot()) == known {
        watch.changed().await?;
    }
    Ok(())
}
