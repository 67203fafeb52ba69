//! Hearing a nest on one's own device: choosing it, keeping it in step, and what is wrong with it.
//!
//! A conductor is a task of the process that holds the listener's socket. It wakes when what plays changes, and looks at the
//! player now and then (Spotify tells nothing by itself); what to do about what it sees is [`nests::following`]'s rule. A
//! person has one player, so the conductor that began last is the only one that steers it, in whatever nest and process.
//! What it comes to goes to its owner's sockets, wherever these are, and what its owner wishes comes from wherever they say it.

pub mod in_browser;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use nests::following::{Follower, Rest, SEEK_BEYOND_MS, Sight, Step, Wanted};
use nests::hearing::{Footing, Hears};
use nests::nest::{MemberId, NestId, Person};
use nests::time::Millis;
use nests::wire::{ServerFrame, Snapshot};
use serde::{Deserialize, Serialize};
use tokio::sync::{Notify, mpsc, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use self::in_browser::Browser;
use crate::Engine;
use crate::accounts::AccountError;
use crate::apps::{App, Through};
use crate::error::EngineError;
use crate::live::watch::Watch;
use crate::live::{CloseReason, Frame, LiveNest, news};
use crate::pace::{self, Pace};
use crate::secret::SpotifySecret;
use crate::source::SourceError;
use crate::source::spotify::consent::PersonalError;
use crate::source::spotify::web::Ban;
use crate::source::spotify::{Device, Spotify, players};
use crate::store::keys::{CONDUCTOR_LIFE, SESSION_LIFE, channel};
use crate::store::{Key, scripts};

/// How soon after it was told something a player is looked at.
const LOOK_SOON: Duration = Duration::from_secs(4);
/// How often it is looked at while all is well; half of the conductor's life, so that it goes on being one.
const LOOK_AGAIN: Duration = Duration::from_secs(20);

/// A look that took longer tells nothing: the player may be off by half of it, which is more than it is moved for.
const LOOK_IS_LATE: Duration = Duration::from_millis(2 * SEEK_BEYOND_MS.unsigned_abs());

/// How long whoever disconnects waits for their player to fall silent, and how often the store is asked whether it has, where
/// another process conducts.
const LETTING_GO: Duration = Duration::from_secs(3);
const LETTING_GO_LOOK: Duration = Duration::from_millis(50);

/// Each wish for a player, and each piece of news of one, is worth some calls to Spotify, which the whole house shares.
const WISH_EVERY: Duration = Duration::from_secs(1);
/// As many as a page makes that opens its player while Spotify is slow to know it.
const WISHES_AT_ONCE: u32 = 20;

pub(crate) fn pace() -> Pace<MemberId> {
    Pace::new(WISH_EVERY, WISHES_AT_ONCE)
}

/// How somebody hears a nest at this moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hearing {
    /// `None`: they chose none.
    pub device: Option<ChosenDevice>,
    /// As the conductor here has it.
    pub standing: Standing,
    /// As its owner is told, whichever process conducts.
    pub footing: Footing,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChosenDevice {
    /// Empty for a browser that has no player at the moment.
    pub id: String,
    pub name: String,
    /// Where it is the player in a browser of theirs, which one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub browser: Option<Browser>,
}

/// The choice as it is kept, with how the device does.
#[derive(Serialize, Deserialize)]
struct Kept {
    #[serde(flatten)]
    device: ChosenDevice,
    #[serde(default)]
    footing: Footing,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// Nobody conducts for them: they chose no device, or are not in the nest.
    #[default]
    Off,
    /// Another process does, which holds a socket of theirs as well.
    ByAnother,
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
    /// Spotify answers so late that nobody can tell where the player is.
    ClockUnsure,
    /// Another nest of theirs has the player.
    Elsewhere,
}

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
struct Conductor {
    nudge: Notify,
    /// They wish to hear the nest, whatever they hear now: the wish's word.
    wish: Mutex<Option<String>>,
    standing: watch::Sender<Standing>,
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

    fn of(&self, nest: &NestId, member: &MemberId) -> Option<Arc<Conductor>> {
        self.all().get(&(nest.clone(), member.clone())).cloned()
    }

    /// Everybody's in one nest.
    fn in_nest(&self, nest: &NestId) -> Vec<MemberId> {
        let all = self.all();
        let there = all.keys().filter(|(at, _)| at == nest);
        there.map(|(_, member)| member.clone()).collect()
    }

    /// All of one person.
    fn of_member(&self, member: &MemberId) -> Vec<(NestId, Arc<Conductor>)> {
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
    /// What of theirs could play the nest now.
    pub async fn devices(&self, who: &MemberId, nest: &NestId) -> Result<Vec<Device>, AccountError> {
        let through = self.through(nest).await?;
        let mut access = self.fresh_token(&through, who, None).await?;
        let mut answer = through.spotify.devices(&access).await;
        if matches!(answer, Err(PersonalError::Token)) {
            access = self.fresh_token(&through, who, Some(access)).await?;
            answer = through.spotify.devices(&access).await;
        }
        self.heed(&through.app, who, &access, answer.as_ref().err()).await;
        Ok(answer?)
    }

    /// From now on `by` hears this nest's Spotify songs on that device of theirs; it is remembered for the nest.
    pub async fn choose_device(&self, by: &Person, nest: &NestId, id: &str) -> Result<(), AccountError> {
        if !players::is_device_id(id) {
            return Err(EngineError::invalid("device", "choose one of your devices").into());
        }
        let devices = self.devices(&by.id, nest).await?;
        let Some(device) = devices.into_iter().find(|device| device.id == id) else {
            let message = "that device is gone; open Spotify on it and try again";
            return Err(EngineError::invalid("device", message).into());
        };
        let device = ChosenDevice {
            id: device.id,
            name: device.name,
            browser: None,
        };
        self.keep_choice(by, nest, device, true).await
    }

    /// Keeps what `by` chose, with the news of it; `asked`: and that they wish to hear the nest now.
    async fn keep_choice(
        &self,
        by: &Person,
        nest: &NestId,
        device: ChosenDevice,
        asked: bool,
    ) -> Result<(), AccountError> {
        let chosen = Kept {
            device,
            footing: Footing::Off,
        };
        let chosen = serde_json::to_string(&chosen).map_err(|e| EngineError::Unreadable(e.to_string()))?;
        self.open(nest).await?; // a choice for a nest that isn't there would never go away
        let mut choose = redis::pipe();
        choose
            .atomic()
            .cmd("SET")
            .arg(Key::Hearing(nest, &by.id).name())
            .arg(chosen)
            .arg("EX")
            .arg(SESSION_LIFE.as_secs())
            .ignore();
        let said = if asked { a_wish(&by.id) } else { news::look(&by.id) };
        choose.publish(channel(nest), said).ignore();
        let chosen = self.inner.store.run_all::<()>(&choose).await;
        Ok(chosen.map_err(EngineError::from)?)
    }

    /// They hear the nest no more, at once.
    pub async fn stop_hearing(&self, by: &Person, nest: &NestId) -> Result<(), EngineError> {
        self.forget_device(&by.id, nest).await
    }

    async fn forget_device(&self, who: &MemberId, nest: &NestId) -> Result<(), EngineError> {
        let mut forget = redis::pipe();
        forget
            .atomic()
            .cmd("UNLINK")
            .arg(Key::Hearing(nest, who).name())
            .ignore();
        forget.publish(channel(nest), news::look(who)).ignore();
        Ok(self.inner.store.run_all(&forget).await?)
    }

    /// Their player falls silent in every nest that they hear by that app, as long as it may still be told to.
    pub(crate) async fn let_go_of(&self, who: &MemberId, app: &App) -> Result<(), EngineError> {
        let here = self.inner.conductors.of_member(who).into_iter();
        let led = self.led_nest(who).await?;
        let nests: HashSet<NestId> = here.map(|(nest, _)| nest).chain(led).collect();
        let mut theirs = Vec::with_capacity(nests.len());
        for nest in nests {
            if self.app_of(&nest).await? == *app {
                theirs.push((nest, who.clone()));
            }
        }
        self.let_go(theirs).await
    }

    /// The players of all who are in that nest, by whichever process, or have a seat there, fall silent likewise.
    pub(crate) async fn let_everybody_go(&self, nest: &NestId) -> Result<(), EngineError> {
        let mut everybody: HashSet<MemberId> = self.inner.conductors.in_nest(nest).into_iter().collect();
        everybody.extend(self.seated(nest).await?);
        let mut read = redis::cmd("SMEMBERS");
        read.arg(Key::Members(nest).name());
        let present: Vec<String> = self.inner.store.run(&read).await?;
        everybody.extend(present.iter().filter_map(|id| MemberId::parse(id).ok()));
        let all = everybody.into_iter().map(|who| (nest.clone(), who));
        self.let_go(all.collect()).await
    }

    async fn let_go(&self, all: Vec<(NestId, MemberId)>) -> Result<(), EngineError> {
        for (nest, who) in &all {
            self.forget_device(who, nest).await?;
        }
        let has_let_go = |standing: &Standing| matches!(standing, Standing::Off | Standing::ByAnother);
        let silent = async {
            for (nest, who) in &all {
                let here = self.inner.conductors.of(nest, who);
                let standing = here.as_ref().map(|conductor| conductor.standing.subscribe());
                if let Some(mut standing) = standing
                    && standing.wait_for(has_let_go).await.is_err()
                {
                    tracing::trace!(nest.id = %nest, "a conductor that is held is never gone");
                }
                // Where another process conducts, its word goes with the last order.
                while self.led_nest(who).await?.as_ref() == Some(nest) {
                    tokio::time::sleep(LETTING_GO_LOOK).await;
                }
            }
            Ok::<(), EngineError>(())
        };
        match tokio::time::timeout(LETTING_GO, silent).await {
            Ok(let_go) => let_go,
            Err(_) => {
                tracing::warn!("somebody's player was not let go in time");
                Ok(())
            }
        }
    }

    /// The nest that somebody's player is steered for, in whatever process.
    async fn led_nest(&self, who: &MemberId) -> Result<Option<NestId>, EngineError> {
        let mut read = redis::cmd("GET");
        read.arg(Key::SpotifyConductor(who).name());
        let word: Option<String> = self.inner.store.run(&read).await?;
        Ok(word.and_then(|word| nest_of(&word)))
    }

    /// Their account by that app is a new one, or mended: where they chose a device it is tried again.
    pub(crate) async fn try_players_again(&self, who: &MemberId, app: &App) -> Result<(), EngineError> {
        let here = self.inner.conductors.of_member(who);
        let led = self.led_nest(who).await?;
        let nests: HashSet<NestId> = here.into_iter().map(|(nest, _)| nest).chain(led).collect();
        for nest in nests {
            if self.app_of(&nest).await? == *app {
                self.wish_back(who, &nest).await?;
            }
        }
        Ok(())
    }

    /// Whoever went their own way wishes to hear the nest again. Whichever process conducts for them learns of it.
    ///
    /// # Errors
    /// `RateLimited` for whoever wishes faster than a player can follow.
    pub async fn back_in_step(&self, by: &Person, nest: &NestId) -> Result<(), EngineError> {
        self.keep_pace(&self.inner.player_pace, by)?;
        self.wish_back(&by.id, nest).await
    }

    fn keep_pace(&self, pace: &Pace<MemberId>, by: &Person) -> Result<(), EngineError> {
        let admitted = pace.admit(&by.id, std::time::Instant::now());
        admitted.map_err(|wait| EngineError::RateLimited {
            retry_after: pace::retry_after(wait),
            message: "That is faster than your player can follow. Try again in a moment.".to_owned(),
        })
    }

    async fn wish_back(&self, who: &MemberId, nest: &NestId) -> Result<(), EngineError> {
        let mut wish = redis::cmd("PUBLISH");
        wish.arg(channel(nest)).arg(a_wish(who));
        self.inner.store.run::<i64>(&wish).await?;
        Ok(())
    }

    pub async fn hearing(&self, who: &MemberId, nest: &NestId) -> Result<Hearing, EngineError> {
        let conductor = self.inner.conductors.of(nest, who);
        let standing = conductor.map(|conductor| *conductor.standing.borrow());
        let kept = self.choice(who, nest).await?;
        let told = kept.as_ref().map(|kept| kept.footing).unwrap_or_default();
        let footing = match standing.map(|standing| standing.footing(self.now())) {
            Some(Some(footing)) => footing,
            Some(None) => told,
            // What a process that is gone said last is no news.
            None if self.is_vouched_for(who, nest).await? => told,
            None => Footing::Off,
        };
        Ok(Hearing {
            device: kept.map(|kept| kept.device),
            standing: standing.unwrap_or_default(),
            footing,
        })
    }

    async fn is_vouched_for(&self, who: &MemberId, nest: &NestId) -> Result<bool, EngineError> {
        let mut exists = redis::cmd("EXISTS");
        exists.arg(Key::Member(nest, who).name());
        Ok(self.inner.store.run(&exists).await?)
    }

    async fn choice(&self, who: &MemberId, nest: &NestId) -> Result<Option<Kept>, EngineError> {
        let mut read = redis::cmd("GETEX");
        read.arg(Key::Hearing(nest, who).name())
            .arg("EX")
            .arg(SESSION_LIFE.as_secs());
        let text: Option<String> = self.inner.store.run(&read).await?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
    }

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
        let mut part = Part::new(self, nest, member);
        let mut watch: Option<Watch> = None;
        while self.is_present(nest, member) {
            // Before the choice is read: whoever chooses and wishes in one step is never heard on the device before.
            let wish = conductor.wish().take();
            let Kept { device, footing } = match self.choice(member, nest).await {
                Ok(Some(kept)) if kept.device.is_there() => kept,
                Ok(_) => {
                    part.tell(Standing::Off, Footing::Off).await;
                    part.let_go().await;
                    conductor.standing.send_replace(Standing::Off);
                    conductor.nudge.notified().await;
                    continue;
                }
                Err(error) => {
                    tracing::debug!(nest.id = %nest, %error, "which device somebody chose can't be read");
                    conductor.put_back(wish);
                    let standing = Standing::Trouble(Trouble::Unreachable);
                    conductor.standing.send_replace(standing);
                    part.tell(standing, Footing::Unreachable).await;
                    tokio::select! {
                        () = conductor.nudge.notified() => {}
                        () = tokio::time::sleep(LOOK_AGAIN) => {}
                    }
                    continue;
                }
            };
            if let Some(wish) = wish {
                part.begin(device, &wish).await;
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
            part.tell(standing, footing).await;
            tokio::select! {
                () = conductor.nudge.notified() => {}
                () = tokio::time::sleep(standing.look_again()) => {}
                alive = something_else_plays(watch, &snapshot) => if alive.is_err() { break },
            }
        }
        part.tell(Standing::Off, Footing::Off).await;
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
            Self::Follows(Rest::Settling) | Self::Trouble(Trouble::ClockUnsure) => LOOK_SOON,
            Self::Trouble(Trouble::RateLimited { seconds }) => {
                Duration::from_secs(u64::from(seconds)).min(LOOK_AGAIN)
            }
            // Also where there is nothing to look at, or nobody to be asked: the one that steers has to say so every minute.
            _ => LOOK_AGAIN,
        }
    }

    /// What the player's owner is told at `now`; `None`: another process tells them.
    fn footing(self, now: Millis) -> Option<Footing> {
        Some(match self {
            Self::ByAnother => return None,
            Self::Off => Footing::Off,
            Self::Follows(Rest::InSync { ahead_ms }) if ahead_ms.abs() > SEEK_BEYOND_MS => {
                Footing::CatchingUp
            }
            Self::Follows(Rest::InSync { .. }) => Footing::InSync,
            Self::Follows(Rest::Settling) => Footing::Starting,
            Self::Follows(Rest::Paused) => Footing::Paused,
            Self::Follows(Rest::Idle) => Footing::Idle,
            Self::Follows(Rest::OwnWay) => Footing::OwnWay,
            Self::Follows(Rest::Stopped) => Footing::StoppedByHand,
            Self::Follows(Rest::Gone) => Footing::Asleep,
            Self::Follows(Rest::Barred) | Self::Trouble(Trouble::NotForThem) => Footing::Barred,
            Self::Trouble(Trouble::NotConnected | Trouble::Withdrawn) => Footing::AccountEnded,
            Self::Trouble(Trouble::NoSeat) => Footing::NoSeat,
            Self::Trouble(Trouble::NoPremium) => Footing::NoPremium,
            Self::Trouble(Trouble::NoDevice) => Footing::NoDevice,
            Self::Trouble(Trouble::RateLimited { seconds }) => Footing::RateLimited {
                until: now.plus(i64::from(seconds) * 1_000),
            },
            Self::Trouble(Trouble::Unreachable) => Footing::Unreachable,
            Self::Trouble(Trouble::ClockUnsure) => Footing::ClockUnsure,
            Self::Trouble(Trouble::Elsewhere) => Footing::Elsewhere,
        })
    }
}

/// News of a wish to hear the nest, unlike any other.
fn a_wish(who: &MemberId) -> String {
    news::wish(who, &format!("{:016x}", crate::random::roll()))
}

/// The word by which a conductor is known to the others; the nest's id stands first.
fn a_word(nest: &NestId) -> String {
    format!("{nest} {:016x}", crate::random::roll())
}

fn nest_of(word: &str) -> Option<NestId> {
    NestId::parse(word.split(' ').next()?).ok()
}

/// Who steers a person's player.
enum Lead {
    Mine,
    /// Another process, for the same nest.
    OfThisNest,
    OfAnotherNest,
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
    /// What the player's owner, and what everybody, was told last.
    told: Footing,
    hears: Option<Hears>,
}

impl<'a> Part<'a> {
    fn new(engine: &'a Engine, nest: &'a NestId, member: &'a MemberId) -> Self {
        Self {
            engine,
            nest,
            member,
            word: a_word(nest),
            follower: Follower::default(),
            device: None,
            told: Footing::Off,
            hears: None,
        }
    }

    /// Takes the player over, from whoever has it: its owner asked for it. Every process in which they sit hears the wish, and
    /// one of them takes over.
    async fn begin(&mut self, device: ChosenDevice, wish: &str) {
        self.device = Some(device);
        self.follower.come_back();
        let word = format!("{} {wish}", a_word(self.nest));
        let mut take_over = scripts::TAKE_OVER.key(Key::SpotifyConductor(self.member).name());
        take_over.arg(&word).arg(wish).arg(CONDUCTOR_LIFE.as_secs());
        match self.engine.inner.store.script::<i64>(&take_over).await {
            Ok(1) => self.word = word,
            Ok(_) => {}
            Err(error) => tracing::debug!(nest.id = %self.nest, %error, "a conductor could not take over"),
        }
    }

    /// Its owner came in, with a device that they chose some other time.
    fn come_in_with(&mut self, device: ChosenDevice) {
        self.device = Some(device);
        self.follower = Follower::arriving();
    }

    /// Who has the person's player. Asking says that this one is there.
    async fn lead(&self) -> Result<Lead, EngineError> {
        let mut lead = scripts::LEAD.key(Key::SpotifyConductor(self.member).name());
        lead.arg(&self.word).arg(CONDUCTOR_LIFE.as_secs());
        let leader: String = self.engine.inner.store.script(&lead).await?;
        Ok(match nest_of(&leader) {
            _ if leader.is_empty() => Lead::Mine,
            Some(nest) if nest == *self.nest => Lead::OfThisNest,
            _ => Lead::OfAnotherNest,
        })
    }

    async fn turn(&mut self, snapshot: &Snapshot) -> Standing {
        let wanted = |now: Millis| Wanted::of(snapshot.playing.as_ref(), now);
        let followed = match self.lead().await {
            Ok(Lead::Mine) => self.follow(wanted).await,
            Ok(Lead::OfThisNest) => return Standing::ByAnother,
            Ok(Lead::OfAnotherNest) => Err(Trouble::Elsewhere),
            Err(_) => Err(Trouble::Unreachable),
        };
        match followed {
            Ok(rest) => Standing::Follows(rest),
            Err(trouble) => {
                tracing::debug!(nest.id = %self.nest, ?trouble, "somebody's player does not follow");
                Standing::Trouble(trouble)
            }
        }
    }

    /// Tells the person's sockets how their device does, and everybody whether they hear the nest. Where another process
    /// conducts, the sockets here are told what it has said last: `kept`.
    async fn tell(&mut self, standing: Standing, kept: Footing) {
        let Some(footing) = standing.footing(self.engine.now()) else {
            self.told = Footing::Off;
            self.show(kept);
            self.say_to_all(None);
            return;
        };
        if footing.is_news_after(self.told) {
            self.told = footing;
            if let Err(error) = self.keep_and_publish(footing).await {
                tracing::debug!(nest.id = %self.nest, %error, "only the sockets here learn how somebody's device does");
            }
        }
        // Sockets that opened since have not heard of it; to the others it is nothing new.
        self.show(self.told);
        self.say_to_all(self.told.hears(self.hears));
    }

    async fn keep_and_publish(&self, footing: Footing) -> Result<(), EngineError> {
        let unreadable = |e: serde_json::Error| EngineError::Unreadable(e.to_string());
        let device = self.device.clone().unwrap_or_default();
        let frame = serde_json::to_string(&self.frame(footing)).map_err(unreadable)?;
        let mut tell = scripts::FOOTING.key(Key::Hearing(self.nest, self.member).name());
        tell.arg(&device.id)
            .arg(serde_json::to_string(&Kept { device, footing }).map_err(unreadable)?)
            .arg(SESSION_LIFE.as_secs());
        tell.arg(channel(self.nest))
            .arg(news::hearing(self.member, &frame));
        self.engine.inner.store.script::<i64>(&tell).await?;
        Ok(())
    }

    fn show(&self, footing: Footing) {
        let live = self.engine.inner.hub.held(self.nest);
        let is_known = |live: &LiveNest| footing != Footing::Off || live.hearing_of(self.member).is_some();
        if let Some(live) = live.filter(|live| is_known(live)) {
            live.tell_hearing(self.member, Frame::of(&self.frame(footing)));
        }
    }

    fn frame(&self, footing: Footing) -> ServerFrame {
        let device = self.device.as_ref();
        ServerFrame::Hearing {
            device: device.map(|device| device.name.clone()).unwrap_or_default(),
            footing,
        }
    }

    fn say_to_all(&mut self, hears: Option<Hears>) {
        self.hears = hears;
        if let Some(live) = self.engine.inner.hub.held(self.nest) {
            self.engine.hears(&live, self.member, |ears| ears.device = hears);
        }
    }

    async fn follow(&mut self, wanted: impl Fn(Millis) -> Wanted) -> Result<Rest, Trouble> {
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
                // To begin or to seek by it, it has to be known when that was; to fall silent it hasn't.
                Ok(Some((_, true))) if wanted.plays() => {
                    self.follower = before;
                    return Err(Trouble::ClockUnsure);
                }
                Ok(Some((seen, _))) => sight = seen,
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

    /// What was seen, where the step was to look, and whether the answer took too long to tell when.
    async fn carry_out(&self, step: &Step) -> Result<Option<(Sight, bool)>, Trouble> {
        let through = self.engine.through(self.nest).await.map_err(AccountError::from)?;
        let Through { app, spotify } = &through;
        let mut access = self.engine.fresh_token(&through, self.member, None).await?;
        let mut asked_at = Instant::now();
        let mut done = self.order(spotify, &access, step).await;
        if done == Err(PersonalError::Token) {
            // Taken back before its time.
            let refused = Some(access);
            access = self.engine.fresh_token(&through, self.member, refused).await?;
            asked_at = Instant::now();
            done = self.order(spotify, &access, step).await;
        }
        let is_late = asked_at.elapsed() > LOOK_IS_LATE;
        self.engine
            .heed(app, self.member, &access, done.as_ref().err())
            .await;
        match done {
            Ok(seen) => Ok(seen.map(|sight| (sight, is_late))),
            // It is paused already.
            Err(PersonalError::Forbidden(Ban::Restricted)) if *step == Step::Pause => Ok(None),
            Err(PersonalError::Forbidden(Ban::Restricted)) if matches!(step, Step::Play { .. }) => {
                Err(Trouble::NotForThem)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Pauses the player if it plays what it was told to; unseen, where Spotify doesn't show it in time.
    async fn fall_silent(&mut self) {
        let Err(trouble) = self.follow(|_| Wanted::LetGo).await else {
            return;
        };
        tracing::debug!(nest.id = %self.nest, ?trouble, "what a player plays that is let go can't be seen");
        let may_answer = matches!(trouble, Trouble::ClockUnsure | Trouble::Unreachable);
        if may_answer && let Err(trouble) = self.carry_out(&Step::Pause).await {
            tracing::debug!(nest.id = %self.nest, ?trouble, "somebody's player could not be let go in good order");
        }
    }

    async fn order(
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
        if matches!(self.lead().await, Ok(Lead::Mine)) {
            self.fall_silent().await;
        }
        self.follower.come_back();
        self.device = None;
        let mut hand_back = scripts::HAND_BACK.key(Key::SpotifyConductor(self.member).name());
        hand_back.arg(&self.word);
        // They may sit in the same nest by another process.
        hand_back.arg(channel(self.nest)).arg(news::look(self.member));
        if let Err(error) = self.engine.inner.store.script::<i64>(&hand_back).await {
            tracing::debug!(nest.id = %self.nest, %error, "a conductor's lead runs out by itself");
        }
    }
}

impl From<PersonalError> for Trouble {
    fn from(error: PersonalError) -> Self {
        match error {
            PersonalError::Token | PersonalError::Forbidden(Ban::NoScope) => Self::Withdrawn,
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
            AccountError::NoSeat | AccountError::SeatsTaken => Self::NoSeat,
            AccountError::Withdrawn => Self::Withdrawn,
            AccountError::Engine(EngineError::Source(SourceError::NotSetUp)) => Self::NotConnected,
            AccountError::Engine(EngineError::Source(error)) => PersonalError::Source(error).into(),
            AccountError::Engine(_) | AccountError::Declined | AccountError::UnknownState => {
                Self::Unreachable
            }
        }
    }
}
