//! The line to the server: one socket, which comes back by itself.
//!
//! Owns connecting, pinging and the decision what to do when the line ends. What frames mean to the nest is the
//! state's business; what a command means is the ledger's.

use std::time::Duration;

use futures::channel::{mpsc, oneshot};
use futures::future::{Either, select};
use futures::{SinkExt, StreamExt};
use gloo_net::websocket::futures::WebSocket;
use gloo_net::websocket::{Message, WebSocketError};
use leptos::prelude::*;
use leptos::task::spawn_local;
use nests::hearing::{Hears, Report};
use nests::nest::NestId;
use nests::playback::clock::Ping;
use nests::wire::frame::{Hello, PROTOCOL, close};
use nests::wire::{Applied, ClientFrame, Command, ErrorCode, ServerFrame};

use super::backoff::wait_ms;
use super::browser::{self, steady_now};
use super::dot::OwnDevice;
use super::ledger::Verdict;
use super::nest_state::{Link, NestState};
use super::toasts::Tone;
use super::{listening, refusal};
use crate::server_fns::visiting::People;
use crate::{json, paths};

/// The server closes a line on which it hears nothing for 60 s; a third of that leaves room for one lost ping.
const PING_EVERY: Duration = Duration::from_secs(20);
/// The clock estimate wants a few samples soon.
const QUICK_PINGS: u32 = 5;
const QUICK_PING_EVERY: Duration = Duration::from_millis(200);
/// Two pings without an answer and a little patience.
const DEAD_AFTER_MS: f64 = 45_000.0;
/// After a wake-up an answer has to come soon, or the line died in its sleep.
const DEAD_AFTER_WAKING: Duration = Duration::from_secs(4);
/// A drop shorter than this isn't worth a word.
const SAY_LOST_AFTER: Duration = Duration::from_secs(1);
/// How long the news of a restart stand.
const SAY_RESTARTED_FOR: Duration = Duration::from_secs(4);
/// A line that held this long was a good one: the next wait starts from the shortest again.
const GOOD_LINE_MS: f64 = 5_000.0;
/// How long after the news of a newer version the page may be loaded again, if nobody is listening or typing.
const RELOAD_AFTER: Duration = Duration::from_secs(30);

/// A handle to the line; copies are the same line.
#[derive(Clone, Copy)]
pub struct Connection {
    state: NestState,
    nest: StoredValue<NestId>,
    /// Into the socket that is open now.
    outbox: StoredValue<Option<mpsc::UnboundedSender<Message>>>,
    /// Ends the wait before the next attempt.
    hurry: StoredValue<Option<oneshot::Sender<()>>>,
    /// Ends the line that is open now.
    cut: StoredValue<Option<oneshot::Sender<()>>>,
    last_heard: StoredValue<f64>,
    /// The build that greeted last; the first one served this page.
    build: StoredValue<Option<String>>,
    /// What this line has told of how the browser hears the nest.
    report: StoredValue<Report>,
    /// What came was of no kind that this page knows: the next line begins with the whole nest.
    unreadable: StoredValue<bool>,
    ended: StoredValue<bool>,
}

/// Why a line ended.
enum Ended {
    /// Try again.
    Lost,
    /// Events are missing: try again at once.
    Gap,
    /// Nothing more to come on this page.
    ForGood,
}

impl Connection {
    pub fn new(state: NestState, nest: NestId) -> Self {
        Self {
            state,
            nest: StoredValue::new(nest),
            outbox: StoredValue::new(None),
            hurry: StoredValue::new(None),
            cut: StoredValue::new(None),
            last_heard: StoredValue::new(0.0),
            build: StoredValue::new(None),
            report: StoredValue::new(Report::default()),
            unreadable: StoredValue::new(false),
            ended: StoredValue::new(false),
        }
    }

    pub fn here() -> Self {
        expect_context::<Self>()
    }

    /// Keeps the line up for as long as the page shows the nest. Call from an effect.
    pub fn start(self) {
        spawn_local(self.run());
        if let Ok(ticker) = set_interval_with_handle(move || self.tick(), PING_EVERY) {
            on_cleanup(move || ticker.clear());
        }
        let online = window_event_listener_untyped("online", move |_| self.hurry());
        // A socket without a network stays open for long and carries nothing.
        let offline = window_event_listener_untyped("offline", move |_| self.cut());
        let seen = window_event_listener_untyped("visibilitychange", move |_| self.woke_up());
        on_cleanup(move || {
            online.remove();
            offline.remove();
            seen.remove();
            self.ended.set_value(true);
            self.cut();
        });
    }

    async fn run(self) {
        let mut failures = 0;
        while !self.ended.get_value() {
            let opened_at = steady_now();
            let mut ended = self.hold_line().await;
            let was_greeted = self.outbox.try_update_value(|outbox| outbox.take().is_some());
            self.say_what_is_uncertain();
            if matches!(ended, Ended::Lost) && was_greeted == Some(false) {
                ended = self.ask_why().await;
            }
            match ended {
                Ended::ForGood => return,
                Ended::Gap => continue,
                Ended::Lost => {}
            }
            failures = if steady_now() - opened_at > GOOD_LINE_MS {
                0
            } else {
                failures + 1
            };
            self.say_lost_soon();
            self.wait_before_next(wait_ms(failures, browser::roll())).await;
        }
    }

    /// Opens one socket and serves it until it ends.
    async fn hold_line(self) -> Ended {
        let is_known = self.unreadable.try_update_value(std::mem::take) == Some(false);
        let since = is_known.then(|| self.state.since());
        let address = paths::socket(&self.nest.get_value(), since);
        let Ok(socket) = WebSocket::open(&address) else {
            return Ended::Lost;
        };
        let (mut into_socket, mut from_socket) = socket.split();
        let (outbox, mut outgoing) = mpsc::unbounded::<Message>();
        let (cut, mut cut_here) = oneshot::channel::<()>();
        self.cut.set_value(Some(cut));
        spawn_local(async move {
            while let Some(message) = outgoing.next().await {
                if into_socket.send(message).await.is_err() {
                    break; // the reading half learns of it and ends the line
                }
            }
        });
        let mut outbox = Some(outbox);
        loop {
            let message = match select(from_socket.next(), &mut cut_here).await {
                Either::Left((Some(message), _)) => message,
                Either::Left((None, _)) | Either::Right(_) => return Ended::Lost,
            };
            self.last_heard.set_value(steady_now());
            let frame = match message {
                Ok(Message::Text(text)) => json::from_str::<ServerFrame>(&text),
                Ok(Message::Bytes(_)) => return Ended::Lost, // frames are text
                Err(WebSocketError::ConnectionClose(closed)) => return self.closed(closed.code),
                Err(_) => return Ended::Lost,
            };
            let Ok(frame) = frame else {
                self.unreadable.set_value(true);
                return Ended::Lost; // not at once: it may come again
            };
            if let (ServerFrame::Hello(_), Some(outbox)) = (&frame, outbox.take()) {
                self.outbox.set_value(Some(outbox));
            }
            if let Some(ended) = self.hear(frame) {
                return ended;
            }
        }
    }

    /// Why the line can't be opened: browsers tell scripts nothing of a refusal.
    async fn ask_why(self) -> Ended {
        match refusal::of(&paths::socket(&self.nest.get_value(), None)).await {
            Some(code) => self.closed(code),
            None => Ended::Lost,
        }
    }

    fn hear(self, frame: ServerFrame) -> Option<Ended> {
        let state = self.state;
        match frame {
            ServerFrame::Hello(hello) => return self.greeted(hello),
            ServerFrame::Snapshot(snapshot) => state.replace(*snapshot),
            ServerFrame::Event(event) => {
                let applied = state.hear(&event);
                if applied == Applied::Gap {
                    return Some(Ended::Gap);
                }
                if applied == Applied::Forward {
                    super::telling::tell(state, &event);
                }
            }
            ServerFrame::People {
                count,
                people,
                in_sync,
            } => state.people.set(People {
                count: Some(count),
                people,
                in_sync,
            }),
            ServerFrame::Hearing { device, footing } => {
                let name = device;
                state.own_device.set(Some(OwnDevice { name, footing }));
            }
            ServerFrame::Pong { t, now } => {
                let ping = Ping {
                    sent: t,
                    received: steady_now(),
                    server: now,
                };
                state.update_clock(|clock| clock.ping(ping));
            }
            ServerFrame::Done { id, v, note } => {
                state.note(note);
                if let Some(carried) = state.done(id, v) {
                    super::telling::offer_undo(state, &carried, v);
                }
            }
            ServerFrame::Refused { id, error } => {
                state.refused(id);
                if error.error == ErrorCode::Unauthenticated {
                    browser::go_to(&paths::login(&browser::here()));
                    return Some(Ended::ForGood);
                }
                state.toast(Tone::Bad, error.message, None);
            }
            ServerFrame::Store { up } => state.link.set(if up { Link::Up } else { Link::StoreAway }),
        }
        None
    }

    fn greeted(self, hello: Hello) -> Option<Ended> {
        let known = self
            .build
            .try_update_value(|known| known.replace(hello.build.clone()));
        let is_newer = known.flatten().is_some_and(|build| build != hello.build);
        if hello.protocol != PROTOCOL {
            browser::reload();
            return Some(Ended::ForGood);
        }
        if is_newer {
            self.state.toast(
                Tone::Plain,
                "A newer version is here. The page loads again when you are idle.",
                None,
            );
            self.reload_when_idle();
        }
        self.state
            .update_clock(|clock| clock.guess(hello.now, steady_now()));
        self.state.own_device.set(None); // what there is to tell of it follows
        self.report.set_value(Report::default());
        self.say_up();
        self.measure();
        None
    }

    fn measure(self) {
        for i in 0..QUICK_PINGS {
            set_timeout(move || self.ping(), QUICK_PING_EVERY * i);
        }
    }

    /// Measures the server's clock anew.
    pub fn measure_again(self) {
        self.state.update_clock(super::server_clock::ServerClock::woke_up);
        self.measure();
    }

    /// Lets the nest know how this browser hears it, as far as that is news. Call a few times a second.
    pub fn tell_how_it_sounds(self, how: Option<Hears>) {
        if self.outbox.with_value(Option::is_none) {
            return;
        }
        let due = self
            .report
            .try_update_value(|report| report.due(how, steady_now()));
        if let Some(how) = due.flatten() {
            self.send(&ClientFrame::Hears { how });
        }
    }

    /// One's own device plays for this nest again.
    pub fn back_in_sync(self) {
        match self.obstacle() {
            Some(words) => self.state.toast(Tone::Warn, words, None),
            None => self.send(&ClientFrame::BackInSync {}),
        }
    }

    /// Why nothing can be wished for now.
    fn obstacle(self) -> Option<&'static str> {
        match self.state.link.get_untracked() {
            Link::StoreAway => Some("The store is away for a moment: nothing was changed."),
            Link::Up | Link::Restarted if self.outbox.with_value(Option::is_some) => None,
            Link::Up | Link::Restarted | Link::Opening | Link::Lost => {
                Some("Not connected: nothing was changed.")
            }
        }
    }

    /// The news of a restart stands a moment longer than the restart takes.
    fn say_up(self) {
        let link = self.state.link;
        if link.get_untracked() != Link::Restarted {
            return link.set(Link::Up);
        }
        let up = move || {
            if link.try_get_untracked() == Some(Link::Restarted) {
                link.set(Link::Up);
            }
        };
        set_timeout(up, SAY_RESTARTED_FOR);
    }

    fn closed(self, code: u16) -> Ended {
        match code {
            close::SIGNED_OUT => browser::go_to(&paths::login(&browser::here())),
            close::NEST_ASLEEP => browser::reload(),
            // The next socket brings the new generation's snapshot.
            close::NEST_RESTARTED => {
                self.state.link.set(Link::Restarted);
                return Ended::Gap;
            }
            close::NEST_GONE => browser::go_to(paths::HOME_AFTER_THE_END),
            _ => return Ended::Lost,
        }
        Ended::ForGood
    }

    /// Shows a wish at once and sends it. Without a line nothing is changed, and the person is told.
    pub fn wish(self, command: Command) {
        let state = self.state;
        let track = match &command {
            Command::Add { track } => state.offered(track),
            _ => None,
        };
        if let Some(words) = self.obstacle() {
            state.toast(Tone::Warn, words, None);
            return;
        }
        match state.wish(command.clone(), track) {
            Verdict::Send { id, note } => {
                state.note(note);
                self.send(&ClientFrame::Do { id, command });
            }
            Verdict::Nothing(note) => state.note(note),
            Verdict::Refused(refusal) => {
                state.toast(Tone::Bad, nests::wire::ErrorBody::from(refusal).message, None);
            }
            Verdict::Busy => state.toast(
                Tone::Warn,
                "One moment: the server is still busy with your last ones.",
                None,
            ),
        }
    }

    fn send(self, frame: &ClientFrame) {
        let Ok(text) = serde_json::to_string(frame) else {
            return; // plain data always serialises
        };
        self.outbox.with_value(|outbox| {
            if let Some(outbox) = outbox {
                // A line that has just ended takes its messages with it; its end is dealt with where it is read.
                outbox.unbounded_send(Message::Text(text)).ok();
            }
        });
    }

    fn ping(self) {
        self.send(&ClientFrame::Ping { t: steady_now() });
    }

    fn tick(self) {
        let silent_for = steady_now() - self.last_heard.get_value();
        if self.outbox.with_value(Option::is_some) && silent_for > DEAD_AFTER_MS {
            self.cut();
        } else {
            self.ping();
        }
    }

    fn woke_up(self) {
        if !browser::is_visible() {
            return;
        }
        self.hurry();
        let asked_at = steady_now();
        self.ping();
        let check = move || {
            if self.outbox.with_value(Option::is_some) && self.last_heard.get_value() < asked_at {
                self.state.update_clock(super::server_clock::ServerClock::woke_up);
                self.cut();
            }
        };
        set_timeout(check, DEAD_AFTER_WAKING);
    }

    fn hurry(self) {
        if let Some(hurry) = self.hurry.try_update_value(Option::take).flatten() {
            hurry.send(()).ok(); // nobody waits any more: fine
        }
    }

    fn cut(self) {
        if let Some(cut) = self.cut.try_update_value(Option::take).flatten() {
            cut.send(()).ok(); // the line has ended already: fine
        }
    }

    async fn wait_before_next(self, milliseconds: u32) {
        let (hurry, hurried) = oneshot::channel();
        self.hurry.set_value(Some(hurry));
        let pause = Box::pin(browser::wait(milliseconds));
        select(pause, hurried).await;
    }

    fn say_lost_soon(self) {
        let say = move || {
            if self.outbox.try_with_value(Option::is_none) == Some(true) {
                self.state.link.set(Link::Lost);
            }
        };
        set_timeout(say, SAY_LOST_AFTER);
    }

    fn say_what_is_uncertain(self) {
        if self.state.drop_waiting() > 0 {
            self.state.toast(
                Tone::Warn,
                "The connection broke: your last change may not have arrived.",
                None,
            );
        }
    }

    fn reload_when_idle(self) {
        let reload_if_idle = move || {
            let typing = browser::document()
                .active_element()
                .is_some_and(|e| e.tag_name() == "INPUT");
            // A page that was loaded anew may have to ask for a tap before it sounds.
            let hears = listening::is_wished() && self.state.stage.with_untracked(Option::is_some);
            if hears || (typing && browser::is_visible()) {
                self.reload_when_idle();
            } else {
                browser::reload();
            }
        };
        set_timeout(reload_if_idle, RELOAD_AFTER);
    }
}
