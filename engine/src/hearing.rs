//! Hearing a nest on one's own device: choosing it, keeping it in step, and what is wrong with it.
//!
//! A conductor is a task of the process that holds the listener's socket. It wakes when what plays changes, and looks at the
//! player now and then (Spotify tells nothing by itself); what to do about what it sees is [`nests::following`]'s rule. A
//! person has one player, so the conductor that began last is the only one that steers it, in whatever nest and process.

pub mod in_browser;

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use nests::following::{Follower, Rest, Sight, Step, Wanted};
use nests::nest::{MemberId, NestId, Person};
use nests::time::Millis;
use nests::wire::Snapshot;
use serde::{Deserialize, Serialize};
use tokio::sync::{Notify, watch};

use self::in_browser::Browser;
use crate::Engine;
use crate::accounts::AccountError;
use crate::error::EngineError;
use crate::live::CloseReason;
use crate::live::watch::Watch;
use crate::secret::SpotifySecret;
use crate::source::SourceError;
use crate::source::spotify::consent::PersonalError;
use crate::source::spotify::web::Ban;
use crate::source::spotify::{Device, Spotify, players};
use crate::store::keys::{CONDUCTOR_LIFE, SESSION_LIFE};
use crate::store::{Key, scripts};

/// How soon after it was told something a player is looked at.
const LOOK_SOON: Duration = Duration::from_secs(4);
/// How often it is looked at while all is well; half of the conductor's life, so that it goes on being one.
const LOOK_AGAIN: Duration = Duration::from_secs(20);

/// How long whoever disconnects waits for their player to fall silent.
const LETTING_GO: Duration = Duration::from_secs(3);

/// How somebody hears a nest at this moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hearing {
    /// `None`: they chose none.
    pub device: Option<ChosenDevice>,
    pub standing: Standing,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChosenDevice {
    /// Empty for a browser that has no player at the moment.
    pub id: String,
    pub name: String,
    /// Where it is the player in a browser of theirs, which one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub browser: Option<Browser>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// Nobody conducts for them: they chose no device, or are not in the nest.
    #[default]
    Off,
    Follows(Rest),
    Trouble(Trouble),
}

/// What keeps somebody from hearing the nest. Each has one thing that helps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    NotConnected,
    /// Spotify takes back what it gave: connect again.
    Withdrawn,
    NoSeat,
    NoPremium,
    /// The device is asleep, switched off or gone.
    NoDevice,
    /// Spotify does not play this song for this person: no licence in their country.
    NotForThem,
    RateLimited {
        seconds: u32,
    },
    Unreachable,
    /// Another nest of theirs has the player.
    Elsewhere,
}

/// Who is conducted for by this process.
#[derive(Default)]
pub(crate) struct Conductors(Mutex<HashMap<(NestId, MemberId), Arc<Conductor>>>);

#[derive(Default)]
struct Conductor {
    nudge: Notify,
    /// They wish to hear the nest, whatever they hear now.
    asked: AtomicBool,
    standing: watch::Sender<Standing>,
}

impl Conductors {
    fn all(&self) -> MutexGuard<'_, HashMap<(NestId, MemberId), Arc<Conductor>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn of(&self, nest: &NestId, member: &MemberId) -> Option<Arc<Conductor>> {
        self.all().get(&(nest.clone(), member.clone())).cloned()
    }

    /// All of one person.
    fn of_member(&self, member: &MemberId) -> Vec<(NestId, Arc<Conductor>)> {
        let all = self.all();
        let theirs = all.iter().filter(|((_, of), _)| of == member);
        theirs
            .map(|((nest, _), conductor)| (nest.clone(), conductor.clone()))
            .collect()
    }

    pub(crate) fn nudge(&self, nest: &NestId, member: &MemberId) {
        if let Some(conductor) = self.of(nest, member) {
            conductor.nudge.notify_one();
        }
    }
}

impl Engine {
    /// What of theirs could play now.
    pub async fn devices(&self, who: &MemberId) -> Result<Vec<Device>, AccountError> {
        let (spotify, access) = (self.needs_spotify()?, self.access_token(who).await?);
        match spotify.devices(&access).await {
            Err(PersonalError::Token) => {
                let next = self.access_token_after(who, &access).await?;
                Ok(spotify.devices(&next).await?)
            }
            answer => Ok(answer?),
        }
    }

    /// From now on `by` hears this nest's Spotify songs on that device of theirs; it is remembered for the nest.
    pub async fn choose_device(&self, by: &Person, nest: &NestId, id: &str) -> Result<(), AccountError> {
        if !players::is_device_id(id) {
            return Err(EngineError::invalid("device", "choose one of your devices").into());
        }
        let devices = self.devices(&by.id).await?;
        let Some(device) = devices.into_iter().find(|device| device.id == id) else {
            let message = "that device is gone; open Spotify on it and try again";
            return Err(EngineError::invalid("device", message).into());
        };
        let chosen = ChosenDevice {
            id: device.id,
            name: device.name,
            browser: None,
        };
        self.keep_choice(&by.id, nest, &chosen).await?;
        self.back_in_step(by, nest);
        Ok(())
    }

    async fn keep_choice(
        &self,
        who: &MemberId,
        nest: &NestId,
        chosen: &ChosenDevice,
    ) -> Result<(), EngineError> {
        let chosen = serde_json::to_string(chosen).map_err(|e| EngineError::Unreadable(e.to_string()))?;
        self.open(nest).await?; // a choice for a nest that isn't there would never go away
        let mut set = redis::cmd("SET");
        set.arg(Key::Hearing(nest, who).name())
            .arg(chosen)
            .arg("EX")
            .arg(SESSION_LIFE.as_secs());
        Ok(self.inner.store.run(&set).await?)
    }

    /// They hear the nest no more, at once.
    pub async fn stop_hearing(&self, by: &Person, nest: &NestId) -> Result<(), EngineError> {
        self.forget_device(&by.id, nest).await?;
        self.inner.conductors.nudge(nest, &by.id);
        Ok(())
    }

    async fn forget_device(&self, who: &MemberId, nest: &NestId) -> Result<(), EngineError> {
        let mut forget = redis::cmd("UNLINK");
        forget.arg(Key::Hearing(nest, who).name());
        Ok(self.inner.store.run(&forget).await?)
    }

    /// Their player falls silent in every nest that they are in, as long as the house may still tell it to.
    pub(crate) async fn let_go_of(&self, who: &MemberId) -> Result<(), EngineError> {
        for (nest, conductor) in self.inner.conductors.of_member(who) {
            self.forget_device(who, &nest).await?;
            conductor.nudge.notify_one();
            let mut standing = conductor.standing.subscribe();
            let silent = standing.wait_for(|standing| *standing == Standing::Off);
            if tokio::time::timeout(LETTING_GO, silent).await.is_err() {
                tracing::warn!(nest.id = %nest, "somebody's player was not let go in time");
            }
        }
        Ok(())
    }

    /// Their account is a new one, or mended: where they chose a device it is tried again.
    pub(crate) fn try_players_again(&self, who: &MemberId) {
        for (_, conductor) in self.inner.conductors.of_member(who) {
            conductor.asked.store(true, Ordering::Relaxed);
            conductor.nudge.notify_one();
        }
    }

    /// Whoever went their own way wishes to hear the nest again.
    pub fn back_in_step(&self, by: &Person, nest: &NestId) {
        if let Some(conductor) = self.inner.conductors.of(nest, &by.id) {
            conductor.asked.store(true, Ordering::Relaxed);
            conductor.nudge.notify_one();
        }
    }

    pub async fn hearing(&self, who: &MemberId, nest: &NestId) -> Result<Hearing, EngineError> {
        let conductor = self.inner.conductors.of(nest, who);
        let standing = conductor
            .map(|conductor| *conductor.standing.borrow())
            .unwrap_or_default();
        let device = self.chosen_device(who, nest).await?;
        Ok(Hearing { device, standing })
    }

    async fn chosen_device(
        &self,
        who: &MemberId,
        nest: &NestId,
    ) -> Result<Option<ChosenDevice>, EngineError> {
        let mut read = redis::cmd("GETEX");
        read.arg(Key::Hearing(nest, who).name())
            .arg("EX")
            .arg(SESSION_LIFE.as_secs());
        let text: Option<String> = self.inner.store.run(&read).await?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
    }

    /// Somebody has come into the nest: their player is kept in step for as long as they stay.
    pub(crate) fn accompany(&self, nest: &NestId, member: &MemberId) {
        if self.inner.spotify.is_none() {
            return;
        }
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
        let mut part = Part::new(self, nest, member);
        let mut watch: Option<Watch> = None;
        while self.is_present(nest, member) {
            let device = match self.chosen_device(member, nest).await {
                Ok(Some(device)) if device.is_there() => device,
                Ok(_) => {
                    part.let_go().await;
                    conductor.standing.send_replace(Standing::Off);
                    conductor.nudge.notified().await;
                    continue;
                }
                Err(error) => {
                    tracing::debug!(nest.id = %nest, %error, "which device somebody chose can't be read");
                    conductor
                        .standing
                        .send_replace(Standing::Trouble(Trouble::Unreachable));
                    tokio::select! {
                        () = conductor.nudge.notified() => {}
                        () = tokio::time::sleep(LOOK_AGAIN) => {}
                    }
                    continue;
                }
            };
            if conductor.asked.swap(false, Ordering::Relaxed) {
                part.begin(device).await;
            } else if part.device.as_ref() != Some(&device) {
                part.come_in_with(device);
            }
            let watch = match &mut watch {
                Some(watch) => watch,
                none => match self.watch(nest).await {
                    Ok(new) => none.insert(new),
                    Err(_) => break, // asleep or gone
                },
            };
            let snapshot = watch.snapshot();
            let standing = part.turn(&snapshot).await;
            conductor.standing.send_replace(standing);
            tokio::select! {
                () = conductor.nudge.notified() => {}
                () = tokio::time::sleep(standing.look_again()) => {}
                alive = something_else_plays(watch, &snapshot) => if alive.is_err() { break },
            }
        }
        part.let_go().await;
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

impl Standing {
    /// After what time the player is looked at again, if nothing happens before.
    fn look_again(self) -> Duration {
        match self {
            Self::Follows(Rest::Settling) => LOOK_SOON,
            Self::Trouble(Trouble::RateLimited { seconds }) => Duration::from_secs(u64::from(seconds)),
            // Also where there is nothing to look at: the one that steers has to say so every minute.
            _ => LOOK_AGAIN,
        }
    }
}

/// What one conductor knows.
struct Part<'a> {
    engine: &'a Engine,
    nest: &'a NestId,
    member: &'a MemberId,
    /// By which it is known to the others.
    word: String,
    follower: Follower,
    device: Option<ChosenDevice>,
}

impl<'a> Part<'a> {
    fn new(engine: &'a Engine, nest: &'a NestId, member: &'a MemberId) -> Self {
        Self {
            engine,
            nest,
            member,
            word: format!("{nest} {:016x}", crate::random::roll()),
            follower: Follower::default(),
            device: None,
        }
    }

    /// Takes the player over, from whoever has it: its owner asked for it.
    async fn begin(&mut self, device: ChosenDevice) {
        self.device = Some(device);
        self.follower.come_back();
        let mut lead = redis::cmd("SET");
        lead.arg(Key::SpotifyConductor(self.member).name())
            .arg(&self.word);
        lead.arg("EX").arg(CONDUCTOR_LIFE.as_secs());
        if let Err(error) = self.engine.inner.store.run::<()>(&lead).await {
            tracing::debug!(nest.id = %self.nest, %error, "a conductor could not take over");
        }
    }

    /// Its owner came in, with a device that they chose some other time.
    fn come_in_with(&mut self, device: ChosenDevice) {
        self.device = Some(device);
        self.follower = Follower::arriving();
    }

    /// Whether no other conductor has the person's player. Asking says that this one is there.
    async fn leads(&self) -> Result<bool, EngineError> {
        let mut lead = scripts::LEAD.key(Key::SpotifyConductor(self.member).name());
        lead.arg(&self.word).arg(CONDUCTOR_LIFE.as_secs());
        Ok(self.engine.inner.store.script::<i64>(&lead).await? == 1)
    }

    async fn turn(&mut self, snapshot: &Snapshot) -> Standing {
        let wanted = |now: Millis| Wanted::of(snapshot.playing.as_ref(), now);
        match self.follow(wanted).await {
            Ok(rest) => Standing::Follows(rest),
            Err(trouble) => {
                tracing::debug!(nest.id = %self.nest, ?trouble, "somebody's player does not follow");
                Standing::Trouble(trouble)
            }
        }
    }

    async fn follow(&mut self, wanted: impl Fn(Millis) -> Wanted) -> Result<Rest, Trouble> {
        let leads = self.leads().await.map_err(|_| Trouble::Unreachable)?;
        if !leads {
            return Err(Trouble::Elsewhere);
        }
        let mut sight = Sight::Unseen;
        loop {
            // Anew each time: a look may take seconds.
            let now = self.engine.now();
            let wanted = wanted(now);
            let before = self.follower.clone();
            let step = self.follower.step(&wanted, &sight, now);
            if let Step::Rest(rest) = step {
                return Ok(rest);
            }
            match self.carry_out(&step).await {
                Ok(Some(seen)) => sight = seen,
                Ok(None) => return Ok(Rest::Settling),
                Err(Trouble::NotForThem) => {
                    if let Wanted::Track { song, .. } = &wanted {
                        self.follower.was_barred(song);
                    }
                    // Or the song before would go on.
                    if let Err(trouble) = self.carry_out(&Step::Pause).await {
                        tracing::debug!(nest.id = %self.nest, ?trouble, "a song before one that is barred plays on");
                    }
                    return Ok(Rest::Barred);
                }
                Err(trouble) => {
                    self.follower = before;
                    return Err(trouble);
                }
            }
        }
    }

    /// What was seen, where the step was to look.
    async fn carry_out(&self, step: &Step) -> Result<Option<Sight>, Trouble> {
        let spotify = self.engine.needs_spotify().map_err(|_| Trouble::NotConnected)?;
        let access = self.engine.access_token(self.member).await?;
        let mut done = self.tell(spotify, &access, step).await;
        if done == Err(PersonalError::Token) {
            // Taken back before its time.
            let next = self.engine.access_token_after(self.member, &access).await?;
            done = self.tell(spotify, &next, step).await;
        }
        match done {
            // It is paused already.
            Err(PersonalError::Forbidden(Ban::Restricted)) if *step == Step::Pause => Ok(None),
            Err(PersonalError::Forbidden(Ban::Restricted)) if matches!(step, Step::Play { .. }) => {
                Err(Trouble::NotForThem)
            }
            done => done.map_err(Trouble::from),
        }
    }

    async fn tell(
        &self,
        spotify: &Spotify,
        access: &SpotifySecret,
        step: &Step,
    ) -> Result<Option<Sight>, PersonalError> {
        let device = self.device.as_ref().map_or("", |device| device.id.as_str());
        match step {
            Step::Rest(_) => {}
            Step::Look => {
                let asked_at = self.engine.now();
                let mut sight = spotify.look(access, device).await?;
                if let Sight::Player {
                    position_ms,
                    playing: true,
                    ..
                } = &mut sight
                {
                    // As far as can be told it was seen half-way there and back.
                    *position_ms += self.engine.now().since(asked_at) / 2;
                }
                return Ok(Some(sight));
            }
            Step::Play { uri, position_ms } => spotify.play(access, device, uri, *position_ms).await?,
            Step::Seek { position_ms } => spotify.seek(access, device, *position_ms).await?,
            Step::Pause => spotify.pause(access, device).await?,
        }
        Ok(None)
    }

    /// The player falls silent if it plays what it was told to, and is told nothing more.
    async fn let_go(&mut self) {
        if self.device.is_none() {
            return;
        }
        if let Err(trouble) = self.follow(|_| Wanted::LetGo).await {
            tracing::debug!(nest.id = %self.nest, ?trouble, "somebody's player could not be let go in good order");
        }
        self.follower.come_back();
        self.device = None;
        let mut hand_back = scripts::HAND_BACK.key(Key::SpotifyConductor(self.member).name());
        hand_back.arg(&self.word);
        if let Err(error) = self.engine.inner.store.script::<i64>(&hand_back).await {
            tracing::debug!(nest.id = %self.nest, %error, "a conductor's lead runs out by itself");
        }
    }
}

impl From<PersonalError> for Trouble {
    fn from(error: PersonalError) -> Self {
        match error {
            PersonalError::Token => Self::Withdrawn,
            PersonalError::Forbidden(Ban::NoSeat) => Self::NoSeat,
            PersonalError::Forbidden(Ban::NoPremium) => Self::NoPremium,
            PersonalError::Forbidden(Ban::Restricted) => Self::Unreachable,
            PersonalError::Source(SourceError::NotFound) => Self::NoDevice,
            PersonalError::Source(SourceError::RateLimited { retry_after }) => {
                Self::RateLimited { seconds: retry_after }
            }
            PersonalError::Source(_) => Self::Unreachable,
        }
    }
}

impl From<AccountError> for Trouble {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::NotConnected => Self::NotConnected,
            AccountError::NoSeat => Self::NoSeat,
            AccountError::Withdrawn => Self::Withdrawn,
            AccountError::Engine(EngineError::Source(error)) => PersonalError::Source(error).into(),
            AccountError::Engine(_) | AccountError::Declined | AccountError::UnknownState => {
                Self::Unreachable
            }
        }
    }
}
