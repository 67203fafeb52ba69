//! A nest's live state in signals.
//!
//! Owns the ledger and the last board drawn from it; sets exactly the signals whose value changed, one per row, so that a
//! vote redraws one row. Knows neither the socket nor the elements on the page.

use std::collections::HashMap;

use leptos::prelude::*;
use nests::nest::Person;
use nests::queue::SongId;
use nests::time::Millis;
use nests::track::{Track, TrackUri};
use nests::wire::frame::Note;
use nests::wire::snapshot::Identity;
use nests::wire::{Applied, Command, Event, Snapshot};

use super::board::{Board, Heading, Row, Stage, board};
use super::dot::OwnDevice;
use super::ledger::{Carried, Ledger, Verdict};
use super::server_clock::ServerClock;
use super::speech::{Say, Speech};
use super::toasts::{Toast, Toasts, Tone};
use super::{browser, sliding};
use crate::server_fns::visiting::{People, Room};

/// How the line to the server stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// The first connection has not been made yet: the drawn page is as good as its age.
    Opening,
    Up,
    /// Lost, for long enough to say so.
    Lost,
    /// The host restarted the nest: the line comes back by itself, on the new generation.
    Restarted,
    /// The server is there, its store is not: nothing can be changed.
    StoreAway,
}

/// A handle; copies are the same nest.
#[derive(Clone, Copy)]
pub struct NestState {
    ledger: StoredValue<Ledger>,
    rows: StoredValue<HashMap<SongId, ArcRwSignal<Row>>>,
    clock: StoredValue<ServerClock>,
    toast_line: StoredValue<Toasts>,
    speech: StoredValue<Speech>,
    held: StoredValue<Held>,
    /// Tracks that the page offers to add.
    offered: StoredValue<Vec<Track>>,
    /// Songs of people, in the order of playing.
    pub order: RwSignal<Vec<SongId>>,
    /// Bender's songs, after them.
    pub bender_order: RwSignal<Vec<SongId>>,
    pub stage: RwSignal<Option<Stage>>,
    pub heading: RwSignal<Heading>,
    pub identity: RwSignal<Identity>,
    /// The nest's volume, 0 to 100.
    pub volume: RwSignal<u8>,
    pub people: RwSignal<People>,
    /// `None`: nothing was told of one.
    pub own_device: RwSignal<Option<OwnDevice>>,
    pub link: RwSignal<Link>,
    /// Steps when the estimate of the server's clock got better, for what is drawn from it.
    pub clock_mended: RwSignal<u32>,
    /// False on the server and while the drawn page is taken over, so that both draw the same.
    pub awake: RwSignal<bool>,
    pub toasts: RwSignal<Vec<Toast>>,
    /// What the live region says.
    pub spoken: RwSignal<String>,
}

/// A finger or pointer is down on the list: nothing may move under it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Held {
    down: bool,
    redraw_after: bool,
}

impl NestState {
    pub fn new(room: &Room) -> Self {
        let ledger = Ledger::new(room.me.clone(), room.snapshot.clone(), room.now);
        let Board { rows, stage, heading } = board(ledger.shown(), &ledger.me().id, room.now, |_| false);
        let (of_bender, of_people): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row.auto);
        let ids = |rows: Vec<&Row>| rows.into_iter().map(|row| row.song.clone()).collect();
        let order = RwSignal::new(ids(of_people));
        let bender_order = RwSignal::new(ids(of_bender));
        let rows = rows
            .into_iter()
            .map(|row| (row.song.clone(), ArcRwSignal::new(row)))
            .collect();
        Self {
            order,
            bender_order,
            rows: StoredValue::new(rows),
            stage: RwSignal::new(stage),
            heading: RwSignal::new(heading),
            identity: RwSignal::new(room.snapshot.nest.clone()),
            volume: RwSignal::new(room.snapshot.volume),
            people: RwSignal::new(room.people.clone()),
            own_device: RwSignal::new(None),
            ledger: StoredValue::new(ledger),
            clock: StoredValue::new(ServerClock::default()),
            toast_line: StoredValue::new(Toasts::default()),
            speech: StoredValue::new(Speech::default()),
            held: StoredValue::new(Held::default()),
            offered: StoredValue::new(Vec::new()),
            link: RwSignal::new(Link::Opening),
            clock_mended: RwSignal::new(0),
            awake: RwSignal::new(false),
            toasts: RwSignal::new(Vec::new()),
            spoken: RwSignal::new(String::new()),
        }
    }

    /// The nest that the page around the caller shows.
    pub fn here() -> Self {
        expect_context::<Self>()
    }

    pub fn me(&self) -> Person {
        self.ledger.with_value(|ledger| ledger.me().clone())
    }

    /// What the nest is called.
    pub fn name(&self) -> Signal<String> {
        let identity = self.identity;
        Signal::derive(move || identity.with(|identity| identity.name.as_str().to_owned()))
    }

    pub fn row(&self, song: &SongId) -> Option<ArcRwSignal<Row>> {
        self.rows.with_value(|rows| rows.get(song).cloned())
    }

    /// Generation and version to go on from after a lost connection.
    pub fn since(&self) -> (u32, u64) {
        self.ledger.with_value(Ledger::since)
    }

    /// Reads what is shown now, with the server's time of the latest news.
    pub fn with_shown<T>(&self, read: impl FnOnce(&Snapshot, Millis) -> T) -> T {
        self.ledger
            .with_value(|ledger| read(ledger.shown(), ledger.as_of()))
    }

    // The server's clock.

    pub fn update_clock(&self, update: impl FnOnce(&mut ServerClock)) {
        self.clock.update_value(update);
        self.clock_mended.update(|steps| *steps += 1);
    }

    /// Milliseconds since 1970 by the server's clock, as exactly as this device knows.
    pub fn exact_now(&self) -> Option<f64> {
        self.clock.with_value(|clock| clock.exact(browser::steady_now()))
    }

    /// Whether the clock may be wrong by so much that a room would hear it.
    pub fn is_clock_unsure(&self) -> bool {
        self.clock.with_value(ServerClock::is_unsure)
    }

    pub fn now(&self) -> Millis {
        let by_clock = self.clock.with_value(|clock| clock.now(browser::steady_now()));
        by_clock.unwrap_or_else(|| self.ledger.with_value(Ledger::as_of))
    }

    // News and wishes.

    pub fn replace(&self, snapshot: Snapshot) {
        let now = self.now();
        self.ledger.update_value(|ledger| ledger.replace(snapshot, now));
        self.redraw();
    }

    pub fn hear(&self, event: &Event) -> Applied {
        let applied = self
            .ledger
            .try_update_value(|ledger| ledger.hear(event))
            .unwrap_or(Applied::Already);
        if applied == Applied::Forward {
            self.redraw();
        }
        applied
    }

    /// `track` is what an add would queue, where the page knows it.
    pub fn wish(&self, command: Command, track: Option<Track>) -> Verdict {
        let now = self.now();
        let roll = browser::roll_bits();
        let verdict = self
            .ledger
            .try_update_value(|ledger| ledger.wish(command, now, track, roll));
        self.redraw();
        verdict.unwrap_or(Verdict::Busy)
    }

    pub fn done(&self, id: u32, v: u64) -> Option<Carried> {
        let carried = self
            .ledger
            .try_update_value(|ledger| ledger.done(id, v))
            .flatten();
        self.redraw();
        carried
    }

    pub fn refused(&self, id: u32) {
        self.ledger.update_value(|ledger| ledger.refused(id));
        self.redraw();
    }

    pub fn drop_waiting(&self) -> usize {
        let uncertain = self.ledger.try_update_value(Ledger::drop_waiting).unwrap_or(0);
        self.redraw();
        uncertain
    }

    /// The tracks that a search has found: adding one can then show at once.
    pub fn offer(&self, tracks: &[Track]) {
        self.offered.set_value(tracks.to_vec());
    }

    /// What adding `track` would queue, if the page has offered it.
    pub fn offered(&self, track: &TrackUri) -> Option<Track> {
        self.offered
            .with_value(|offered| offered.iter().find(|t| t.uri == *track).cloned())
    }

    // A pointer on the list.

    pub fn hold_still(&self) {
        self.held.update_value(|held| held.down = true);
    }

    pub fn let_go(&self) {
        let held = self.held.get_value();
        self.held.set_value(Held::default());
        if held.redraw_after {
            self.redraw();
        }
    }

    /// Compares what should show with what does, and sets the signals that differ.
    fn redraw(&self) {
        let Board { rows, stage, heading } = self.ledger.with_value(|ledger| {
            board(ledger.shown(), &ledger.me().id, ledger.as_of(), |song| {
                ledger.is_wished_only(song)
            })
        });
        self.ledger.with_value(|ledger| {
            set_if_new(self.identity, ledger.shown().nest.clone());
            set_if_new(self.volume, ledger.shown().volume);
        });
        set_if_new(self.stage, stage);
        set_if_new(self.heading, heading);
        let order = |auto: bool| -> Vec<SongId> {
            rows.iter()
                .filter(|row| row.auto == auto)
                .map(|row| row.song.clone())
                .collect()
        };
        let (of_people, of_bender) = (order(false), order(true));
        let moves = self.order.with_untracked(|shown| *shown != of_people)
            || self.bender_order.with_untracked(|shown| *shown != of_bender);
        if moves && self.held.with_value(|held| held.down) {
            self.held.update_value(|held| held.redraw_after = true);
            return;
        }
        self.rows.update_value(|shown| {
            shown.retain(|song, _| rows.iter().any(|row| row.song == *song));
            for row in rows {
                match shown.get(&row.song) {
                    Some(signal) => set_if_new_arc(signal, row),
                    None => {
                        shown.insert(row.song.clone(), ArcRwSignal::new(row));
                    }
                }
            }
        });
        if moves {
            sliding::keep_focus(".queue__list");
            sliding::slide_rows(".queue__list");
            set_if_new(self.order, of_people);
            set_if_new(self.bender_order, of_bender);
        }
    }

    // Words.

    pub fn toast(&self, tone: Tone, text: impl Into<String>, undo: Option<u64>) {
        let text = text.into();
        let Some((id, stays_ms)) = self
            .toast_line
            .try_update_value(|toasts| toasts.show(tone, text, undo))
        else {
            return;
        };
        self.show_toasts();
        let state = *self;
        set_timeout(
            move || state.dismiss_toast(id),
            std::time::Duration::from_millis(stays_ms.into()),
        );
    }

    pub fn dismiss_toast(&self, id: u32) {
        self.toast_line.update_value(|toasts| toasts.dismiss(id));
        self.show_toasts();
    }

    fn show_toasts(&self) {
        set_if_new(
            self.toasts,
            self.toast_line.with_value(|toasts| toasts.shown().to_vec()),
        );
    }

    pub fn note(&self, note: Option<Note>) {
        match note {
            Some(Note::VotedInstead) => {
                self.toast(
                    Tone::Plain,
                    "It was in the queue already, so you voted it up.",
                    None,
                );
            }
            Some(Note::AlreadyYours) => self.toast(Tone::Plain, "You have queued that already.", None),
            None => {}
        }
    }

    /// Says a sentence to those who listen to the page.
    pub fn say(&self, sentence: String) {
        let now = browser::steady_now();
        match self.speech.try_update_value(|speech| speech.say(sentence, now)) {
            Some(Say::Now(sentence)) => self.spoken.set(sentence),
            Some(Say::After(wait_ms)) => {
                let state = *self;
                let say_it = move || {
                    let due = state
                        .speech
                        .try_update_value(|speech| speech.due(browser::steady_now()));
                    if let Some(sentence) = due.flatten() {
                        state.spoken.set(sentence);
                    }
                };
                set_timeout(say_it, std::time::Duration::from_millis(wait_ms as u64));
            }
            Some(Say::Waits) | None => {}
        }
    }
}

fn set_if_new<T: PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    if signal.with_untracked(|shown| *shown != value) {
        signal.set(value);
    }
}

fn set_if_new_arc(signal: &ArcRwSignal<Row>, row: Row) {
    if signal.with_untracked(|shown| *shown != row) {
        signal.set(row);
    }
}
