//! One person's player, as a conductor steers it: what to do about what it sees is [`nests::following`]'s rule.
//!
//! A person has one player, so the conductor that began last is the only one that steers it, in whatever nest and process.

use std::time::Duration;

use nests::following::{Follower, Rest, SEEK_BEYOND_MS, Sight, Step, Wanted};
use nests::hearing::{Footing, Hears};
use nests::nest::{MemberId, NestId};
use nests::time::Millis;
use nests::wire::{ServerFrame, Snapshot};
use tokio::time::Instant;

use super::standing::{Standing, Trouble};
use super::{ChosenDevice, Kept};
use crate::Engine;
use crate::accounts::AccountError;
use crate::apps::Through;
use crate::error::EngineError;
use crate::live::{Frame, LiveNest, news};
use crate::secret::SpotifySecret;
use crate::source::spotify::Spotify;
use crate::source::spotify::consent::PersonalError;
use crate::source::spotify::web::Ban;
use crate::store::keys::{CONDUCTOR_LIFE, SESSION_LIFE, channel};
use crate::store::{Key, scripts};

/// A look that took longer tells nothing: the player may be off by half of it, which is more than it is moved for.
const LOOK_IS_LATE: Duration = Duration::from_millis(2 * SEEK_BEYOND_MS.unsigned_abs());

/// The word by which a conductor is known to the others; the nest's id stands first.
fn a_word(nest: &NestId) -> String {
    format!("{nest} {:016x}", crate::random::roll())
}

/// The nest that a conductor's word is for.
pub(super) fn nest_of(word: &str) -> Option<NestId> {
    NestId::parse(word.split(' ').next()?).ok()
}

/// Who steers a person's player.
enum Lead {
    Mine,
    /// Another process, for the same nest.
    OfThisNest,
    OfAnotherNest,
}

/// Somebody's player, with what its conductor knows of it.
pub(super) struct Player<'a> {
    engine: &'a Engine,
    nest: &'a NestId,
    member: &'a MemberId,
    /// By which it is known to the others.
    word: String,
    follower: Follower,
    pub(super) device: Option<ChosenDevice>,
    /// What the player's owner, and what everybody, was told last.
    told: Footing,
    hears: Option<Hears>,
}

impl<'a> Player<'a> {
    pub(super) fn new(engine: &'a Engine, nest: &'a NestId, member: &'a MemberId) -> Self {
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
    pub(super) async fn begin(&mut self, device: ChosenDevice, wish: &str) {
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
    pub(super) fn come_in_with(&mut self, device: ChosenDevice) {
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

    pub(super) async fn turn(&mut self, snapshot: &Snapshot) -> Standing {
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
    pub(super) async fn tell(&mut self, standing: Standing, kept: Footing) {
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
    pub(super) async fn let_go(&mut self) {
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
