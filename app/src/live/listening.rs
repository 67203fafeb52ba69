//! Playing along: one `<audio>` that follows the nest's clock.
//!
//! Owns the audio element, the wish to listen (it survives a reload) and this device's own volume. The position comes
//! from the server's clock; small differences are mended by the rate, large ones by a seek.

use std::time::Duration;

use leptos::html::Audio;
use leptos::prelude::*;
use leptos::task::spawn_local;
use nests::playback::pacer::{Pace, Pacer};
use nests::track::{Source, TrackUri};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::HtmlAudioElement;

use super::board::Stage;
use super::browser::{remember, remembered, steady_now};
use super::connection::Connection;
use super::fetches::{Fetches, Next};
use super::nest_state::{Link, NestState};
use super::sync_state::SyncState;
use crate::paths;

/// How often the position is compared with the clock.
const COMPARE_EVERY: Duration = Duration::from_millis(500);
/// So long before the end the next song is fetched.
const FETCH_NEXT_BEFORE_MS: f64 = 20_000.0;
/// `HTMLMediaElement.readyState` from which on there is sound at the current position.
const HAVE_CURRENT_DATA: u16 = 2;

const KEEP_TUNED_IN: &str = "tuned-in";
const KEEP_VOLUME: &str = "volume";
/// What the pacer has learned of this device, so that the next visit begins with it.
const KEEP_LEAD: &str = "sound-lead-ms";
const FULL_VOLUME: u8 = 100;

/// Whether whoever is at this browser has asked to hear nests.
pub fn is_wished() -> bool {
    remembered(KEEP_TUNED_IN).is_some_and(|kept| kept == "yes")
}

/// A handle; copies are the same ears.
#[derive(Clone, Copy)]
pub struct Listening {
    state: NestState,
    pub audio: NodeRef<Audio>,
    /// The person wants to hear it.
    pub tuned_in: RwSignal<bool>,
    pub sync: RwSignal<SyncState>,
    /// This device's own volume, 0 to 100, on top of the nest's.
    pub own_volume: RwSignal<u8>,
    pub muted: RwSignal<bool>,
    /// The track the element holds.
    loaded: StoredValue<Option<TrackUri>>,
    fetches: StoredValue<Fetches>,
    /// Fetches the next track and never plays. On the page rather than made here: the server must not hold elements,
    /// which may not move between its threads.
    pub fetcher: NodeRef<Audio>,
    /// The track that the fetcher holds.
    ahead: StoredValue<Option<TrackUri>>,
    pacer: StoredValue<Pacer>,
    /// The element was asked to play and hasn't answered yet, or said no.
    play_asked: StoredValue<bool>,
}

impl Listening {
    pub fn new(state: NestState) -> Self {
        Self {
            state,
            audio: NodeRef::new(),
            tuned_in: RwSignal::new(false),
            sync: RwSignal::new(SyncState::Off),
            own_volume: RwSignal::new(FULL_VOLUME),
            muted: RwSignal::new(false),
            loaded: StoredValue::new(None),
            fetches: StoredValue::new(Fetches::default()),
            fetcher: NodeRef::new(),
            ahead: StoredValue::new(None),
            pacer: StoredValue::new(Pacer::new(0.0)),
            play_asked: StoredValue::new(false),
        }
    }

    pub fn here() -> Self {
        expect_context::<Self>()
    }

    /// Follows the nest for as long as the page shows it, and tells it how it goes. Call from an effect.
    pub fn start(self, connection: Connection) {
        if let Some(volume) = remembered(KEEP_VOLUME).and_then(|kept| kept.parse::<u8>().ok()) {
            self.own_volume.set(volume.min(FULL_VOLUME));
        }
        if let Some(lead) = remembered(KEEP_LEAD).and_then(|kept| kept.parse::<u16>().ok()) {
            self.pacer.set_value(Pacer::new(f64::from(lead))); // reading floats would weigh 13 kB
        }
        if is_wished() {
            self.tuned_in.set(true);
        }
        let state = self.state;
        Effect::new(move |_| {
            self.apply_volume(state.volume.get(), self.own_volume.get(), self.muted.get());
        });
        Effect::new(move |_| {
            state.stage.track();
            state.link.track();
            self.tuned_in.track();
            self.forgive();
            self.follow();
        });
        Effect::new(move |_| {
            state
                .stage
                .with(|stage| super::media_session::announce(stage.as_ref()));
        });
        let tick = move || {
            self.follow();
            connection.tell_how_it_sounds(self.sync.get_untracked().hears());
        };
        if let Ok(ticker) = set_interval_with_handle(tick, COMPARE_EVERY) {
            on_cleanup(move || ticker.clear());
        }
    }

    /// What failed may be tried again, as often as at first.
    fn forgive(self) {
        self.fetches.set_value(Fetches::default());
    }

    /// Tunes in, or out; where the browser has blocked the sound, the tap it waited for.
    pub fn toggle(self) {
        let tune_in = !self.tuned_in.get_untracked() || self.sync.get_untracked() == SyncState::Blocked;
        remember(KEEP_TUNED_IN, if tune_in { "yes" } else { "no" });
        self.play_asked.set_value(false);
        self.forgive();
        if tune_in {
            self.sync.set(SyncState::CatchingUp);
        }
        self.tuned_in.set(tune_in);
        self.follow(); // at once: browsers let sound begin only within the tap
    }

    pub fn set_own_volume(self, volume: u8) {
        remember(KEEP_VOLUME, &volume.to_string());
        self.muted.set(false);
        self.own_volume.set(volume.min(FULL_VOLUME));
    }

    /// The element can't play what it was given: it failed on the way, or is of no kind that this browser knows. Which of
    /// the two, browsers don't say.
    fn fetch_again(self) {
        match self
            .fetches
            .try_update_value(|fetches| fetches.next(steady_now()))
        {
            Some(Next::Fetch) => self.loaded.set_value(None),
            Some(Next::Wait) => self.show(SyncState::CatchingUp),
            Some(Next::GiveUp) | None => self.show(SyncState::Unplayable),
        }
    }

    /// Makes the element do what the nest does, as far as it doesn't yet.
    pub fn follow(self) {
        let Some(audio) = self.audio.get_untracked() else {
            return;
        };
        if !self.tuned_in.get_untracked() {
            return self.rest(&audio, SyncState::Off);
        }
        let Some(stage) = self.state.stage.get_untracked() else {
            return self.rest(&audio, SyncState::Quiet);
        };
        let Some(now) = self.state.exact_now() else {
            return self.rest(&audio, SyncState::Offline);
        };
        if stage.track.uri.source() == Source::Spotify {
            return self.rest(&audio, SyncState::OnSpotify);
        }
        let until = stage.paused_at.map_or(now, |paused| paused.0 as f64);
        let target_ms = (until - stage.started_at.0 as f64).max(0.0);
        self.load(&audio, &stage, target_ms);
        if stage.paused_at.is_some() {
            return self.rest(&audio, SyncState::Paused);
        }
        let left_ms = f64::from(stage.track.duration_ms) - target_ms;
        if left_ms <= 0.0 {
            return; // over by the clock; the news of what comes next is on its way
        }
        if left_ms < FETCH_NEXT_BEFORE_MS {
            self.fetch_next();
        }
        if audio.error().is_some() {
            return self.fetch_again();
        }
        if audio.paused() {
            self.play(&audio);
        }
        if audio.paused() || audio.seeking() || audio.ready_state() < HAVE_CURRENT_DATA {
            if !matches!(
                self.sync.get_untracked(),
                SyncState::Blocked | SyncState::Unplayable
            ) {
                self.show(SyncState::CatchingUp);
            }
            return;
        }
        self.mend(&audio, target_ms);
    }

    /// Brings the element closer to where the nest is.
    fn mend(self, audio: &HtmlAudioElement, target_ms: f64) {
        let position_ms = audio.current_time() * 1000.0;
        let lead_ms = self.lead_ms();
        let pace = self
            .pacer
            .try_update_value(|pacer| pacer.pace(steady_now(), position_ms, target_ms));
        if self.lead_ms() != lead_ms {
            remember(KEEP_LEAD, &(self.lead_ms() as i32).to_string());
        }
        match pace.unwrap_or(Pace::Wait) {
            Pace::Rate(rate) => audio.set_playback_rate(rate),
            Pace::Jump(to_ms) => {
                audio.set_playback_rate(1.0);
                audio.set_current_time(to_ms / 1000.0);
                return self.show(SyncState::CatchingUp);
            }
            Pace::Wait => return self.show(SyncState::CatchingUp),
        }
        let seen = if self.state.link.get_untracked() == Link::Lost {
            SyncState::Offline
        } else if self.state.is_clock_unsure() {
            SyncState::ClockUnsure
        } else {
            SyncState::of_drift(position_ms - target_ms, self.sync.get_untracked())
        };
        self.show(seen);
    }

    /// So much before a sound is heard it is asked for.
    fn lead_ms(self) -> f64 {
        self.pacer.with_value(Pacer::lead_ms)
    }

    /// Gives the element the song, from about the right place on.
    fn load(self, audio: &HtmlAudioElement, stage: &Stage, target_ms: f64) {
        let uri = &stage.track.uri;
        if self.loaded.with_value(|loaded| loaded.as_ref() == Some(uri)) {
            return;
        }
        self.loaded.set_value(Some(uri.clone()));
        self.play_asked.set_value(false);
        audio.set_src(&paths::audio(uri));
        audio.set_attribute("data-track", uri.as_str()).ok();
        let lead_ms = if stage.paused_at.is_some() {
            0.0
        } else {
            self.lead_ms()
        };
        audio.set_current_time((target_ms + lead_ms) / 1000.0);
        if self.sync.get_untracked() != SyncState::Blocked {
            self.show(SyncState::CatchingUp);
        }
    }

    /// Asks the element to play, once: the browser may want a tap first, and then asking again is of no use.
    fn play(self, audio: &HtmlAudioElement) {
        if self.play_asked.get_value() {
            return;
        }
        self.play_asked.set_value(true);
        self.pacer.update_value(Pacer::begin);
        let Ok(started) = audio.play() else {
            return self.show(SyncState::Blocked);
        };
        spawn_local(async move {
            match JsFuture::from(started).await {
                Ok(_) => {
                    self.play_asked.set_value(false);
                    self.follow();
                }
                Err(reason) => self.show_why_silent(&reason),
            }
        });
    }

    fn show_why_silent(self, reason: &JsValue) {
        let name = reason
            .dyn_ref::<js_sys::Error>()
            .map(|error| String::from(error.name()));
        let name = name.or_else(|| js_sys::Reflect::get(reason, &"name".into()).ok()?.as_string());
        match name.as_deref() {
            Some("NotAllowedError") => self.show(SyncState::Blocked),
            Some("NotSupportedError") => self.follow(), // the element says more
            _ => self.play_asked.set_value(false),      // overtaken by a new song or a pause: ask again
        }
    }

    fn rest(self, audio: &HtmlAudioElement, why: SyncState) {
        self.play_asked.set_value(false);
        if !audio.paused() && audio.pause().is_err() {
            audio.set_muted(true);
        }
        self.show(why);
    }

    fn show(self, sync: SyncState) {
        if self.sync.get_untracked() != sync {
            self.sync.set(sync);
        }
    }

    fn apply_volume(self, nest: u8, own: u8, muted: bool) {
        if let Some(audio) = self.audio.get_untracked() {
            audio.set_volume(f64::from(nest) / 100.0 * f64::from(own) / 100.0);
            audio.set_muted(muted);
        }
    }

    /// Lets the browser fetch the song that comes next, so that it begins in time.
    fn fetch_next(self) {
        let next = self
            .state
            .with_shown(|nest, _| nest.ordered().first().map(|p| p.queued.song.track.uri.clone()));
        let Some(next) = next.filter(|next| next.source() == Source::Library) else {
            return;
        };
        if self.ahead.with_value(|ahead| ahead.as_ref() == Some(&next)) {
            return;
        }
        if let Some(fetcher) = self.fetcher.get_untracked() {
            fetcher.set_src(&paths::audio(&next));
            self.ahead.set_value(Some(next));
        }
    }
}
