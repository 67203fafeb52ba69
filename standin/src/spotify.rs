//! Spotify's Web API and accounts service as documented after February 2026, for an app in development mode.
//!
//! Checks who asks, whether the token still counts, page limits and markets; endpoints that are gone are 404. Writes down
//! every request.

mod accounts;
pub mod apps;
mod browser_players;
mod by_hand;
mod catalogue;
mod consent;
mod journal;
pub mod listeners;
mod players;
mod playlists;
mod secrets;
#[cfg(test)]
mod tests;
mod web_api;

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt as _;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use self::apps::{App, HOUSE};
pub use self::catalogue::{Album, Artist, Catalogue, Episode, Track};
use self::consent::{Code, Refresh};
pub use self::journal::{Seen, basic};
use self::listeners::Listener;
use self::players::Room;
pub use self::players::{Device, Heard};
pub use self::playlists::{Entry, Playlist};
pub use self::secrets::secrets;

/// The app that the house is set up with.
pub const CLIENT_ID: &str = HOUSE.id;
pub const CLIENT_SECRET: &str = HOUSE.secret;
/// How long a token counts, in seconds, unless a test shortens it.
const TOKEN_LIFE: u64 = 3600;

/// Bytes of white space that are sent at once by one who never ends.
const ENDLESS_PIECE: usize = 64 * 1024;

/// No answer of this API is longer.
const LONGEST_ANSWER: usize = 1024 * 1024;

/// How the service is today.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mood {
    #[default]
    Well,
    /// Every answer takes this long.
    Slow(Duration),
    /// 503 to everything.
    Overloaded,
    /// 200, and JSON that breaks off in the middle.
    Garbled,
    /// The right answer to everything, all but its last byte.
    CutShort,
    /// 200, and the right answer to a search, followed by more white space than anybody can hold.
    Endless,
}

/// A running stand-in. It ends with this value.
pub struct Spotify {
    addr: SocketAddr,
    shared: Arc<Shared>,
    /// Told when nobody is let in any more.
    closing: Arc<Notify>,
    serving: JoinHandle<()>,
}

struct Shared {
    catalogue: Catalogue,
    /// Told after every answer.
    answered: Notify,
    state: Mutex<Today>,
}

#[derive(Default)]
struct Today {
    mood: Mood,
    journal: Vec<Seen>,
    /// Tokens that were given out and not taken back.
    tokens: Vec<Given>,
    codes: Vec<Code>,
    refreshes: Vec<Refresh>,
    /// By listener.
    rooms: HashMap<&'static str, Room>,
    /// Players that pages have opened, by device.
    browsers: HashMap<String, browser_players::BrowserPlayer>,
    /// How much time a test let pass.
    turned: Duration,
    /// Since when time goes by no other way than by that.
    held_at: Option<Instant>,
    /// Tokens ever given out: no two are the same, also after they were revoked.
    given_out: usize,
    token_life: Option<u64>,
    /// Whose tokens the Web API refuses, though the accounts service gives them.
    shut_out: Vec<Listener>,
    /// Who has lost their seat in the app.
    unseated: Vec<Listener>,
    /// Which their owners have deleted.
    deleted: Vec<App>,
    /// By app.
    paces: HashMap<&'static str, Pace>,
}

/// How often an app may ask.
#[derive(Default)]
struct Pace {
    /// Calls that are still granted before the app is asked to wait, and for how many seconds then.
    calls_left: Option<(u32, u64)>,
    /// It asked too often; until then every call is 429.
    resting_until: Option<Instant>,
}

/// An access token.
struct Given {
    token: String,
    until: Instant,
    /// To which app it was given.
    app: App,
    /// Who it acts for, and what they let it do; `None`: the app itself.
    of: Option<(Listener, String)>,
}

impl Today {
    /// A fresh token and its life in seconds.
    fn give(&mut self, app: App, of: Option<(Listener, String)>) -> (String, u64) {
        let life = self.token_life.unwrap_or(TOKEN_LIFE);
        self.given_out += 1;
        let token = format!("{}{}-{}", secrets::TOKEN, self.given_out, "x".repeat(40));
        self.tokens.push(Given {
            token: token.clone(),
            until: self.now() + Duration::from_secs(life),
            app,
            of,
        });
        (token, life)
    }
}

impl Today {
    fn allow_calls(&mut self, app: App, calls: u32, retry_after: u64) {
        self.paces.entry(app.id).or_default().calls_left = Some((calls, retry_after));
    }

    /// The app that a token was given to.
    fn app_of(&self, token: &str) -> Option<App> {
        let given = self.tokens.iter().find(|given| given.token == token)?;
        Some(given.app)
    }
}

impl Shared {
    fn today(&self) -> MutexGuard<'_, Today> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Spotify {
    /// # Errors
    /// Where no port on this machine can be had.
    pub async fn start() -> std::io::Result<Self> {
        let shared = Arc::new(Shared {
            catalogue: Catalogue::made_up(),
            answered: Notify::new(),
            state: Mutex::default(),
        });
        let door = TcpListener::bind("127.0.0.1:0").await?;
        let addr = door.local_addr()?;
        let app = Router::new()
            .merge(accounts::routes())
            .merge(consent::routes())
            .merge(browser_players::routes())
            .merge(by_hand::routes())
            .merge(web_api::routes(&shared))
            .fallback(async || error(StatusCode::NOT_FOUND, "Service not found"))
            .layer(middleware::from_fn_with_state(shared.clone(), weather))
            .layer(middleware::from_fn_with_state(
                shared.clone(),
                journal::write_down,
            ))
            .with_state(shared.clone());
        let closing = Arc::new(Notify::new());
        let closed = closing.clone();
        let serving = tokio::spawn(async move {
            let serving =
                axum::serve(door, app).with_graceful_shutdown(async move { closed.notified().await });
            if let Err(error) = serving.await {
                eprintln!("the stand-in broke off: {error}");
            }
        });
        Ok(Self {
            addr,
            shared,
            closing,
            serving,
        })
    }

    /// From now on nobody listens at its addresses; who was being answered gets their answer, and every line is closed.
    pub async fn close(mut self) {
        self.closing.notify_one();
        if let Err(error) = (&mut self.serving).await {
            eprintln!("the stand-in did not close in good order: {error}");
        }
    }

    pub fn api_url(&self) -> String {
        format!("http://{}/v1", self.addr)
    }

    pub fn accounts_url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// The script by which a page becomes a player.
    pub fn sdk_url(&self) -> String {
        format!("http://{}{}", self.addr, browser_players::SCRIPT)
    }

    pub fn catalogue(&self) -> &Catalogue {
        &self.shared.catalogue
    }

    /// Every request so far, in order.
    pub fn seen(&self) -> Vec<Seen> {
        self.shared.today().journal.clone()
    }

    /// Waits until it is as `is` wants it, looking after each answer.
    pub async fn until(&self, is: impl Fn(&Self) -> bool) {
        loop {
            let answered = self.shared.answered.notified();
            tokio::pin!(answered);
            answered.as_mut().enable();
            if is(self) {
                return;
            }
            answered.await;
        }
    }

    /// The requests since the last time that this was asked.
    pub fn take_seen(&self) -> Vec<Seen> {
        std::mem::take(&mut self.shared.today().journal)
    }

    pub fn be(&self, mood: Mood) {
        self.shared.today().mood = mood;
    }

    /// After this many more calls the house's app is told to wait for `retry_after` seconds, and each call within them is
    /// refused.
    pub fn allow_calls(&self, calls: u32, retry_after: u64) {
        self.allow_calls_of(HOUSE, calls, retry_after);
    }

    /// The same of another app.
    pub fn allow_calls_of(&self, app: App, calls: u32, retry_after: u64) {
        self.shared.today().allow_calls(app, calls, retry_after);
    }

    /// As if the seconds of waiting had gone by, for every app.
    pub fn rest_is_over(&self) {
        self.shared.today().paces.clear();
    }

    /// Takes every token back before its time.
    pub fn revoke_tokens(&self) {
        self.shared.today().tokens.clear();
    }

    /// From now on the Web API refuses every token of theirs, also one that was given a moment ago.
    pub fn shut_out(&self, listener: Listener) {
        self.shared.today().shut_out.push(listener);
    }

    /// The app's owner takes their seat away.
    pub fn unseat(&self, listener: Listener) {
        self.shared.today().unseated.push(listener);
    }

    /// Undoes [`Spotify::shut_out`] and [`Spotify::unseat`].
    pub fn let_in_again(&self, listener: Listener) {
        let mut today = self.shared.today();
        today.shut_out.retain(|out| *out != listener);
        today.unseated.retain(|out| *out != listener);
    }

    /// How long tokens count from now on, in seconds.
    pub fn give_tokens_for(&self, seconds: u64) {
        self.shared.today().token_life = Some(seconds);
    }

    /// Every token that was ever given out and still counts: what must not stand in any log.
    pub fn tokens(&self) -> Vec<String> {
        let today = self.shared.today();
        today.tokens.iter().map(|given| given.token.clone()).collect()
    }
}

impl Drop for Spotify {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// What the mood does to every request.
async fn weather(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    if request.uri().path().starts_with(by_hand::BY_HAND) {
        return next.run(request).await;
    }
    let mood = shared.today().mood;
    match mood {
        Mood::Well => next.run(request).await,
        Mood::Slow(time) => {
            tokio::time::sleep(time).await;
            next.run(request).await
        }
        Mood::Overloaded => error(StatusCode::SERVICE_UNAVAILABLE, "Service unavailable"),
        Mood::Garbled => {
            let json = [(header::CONTENT_TYPE, "application/json")];
            (json, r#"{"tracks": {"items": [{"name": "Hal"#).into_response()
        }
        Mood::CutShort => cut_short(next.run(request).await).await,
        Mood::Endless => {
            let json = [(header::CONTENT_TYPE, "application/json")];
            let whole = r#"{"tracks": {"items": [], "total": 0}}"#;
            let begin = futures_util::stream::iter([whole.to_owned()]);
            let more = futures_util::stream::repeat(" ".repeat(ENDLESS_PIECE));
            let pieces = begin.chain(more).map(Ok::<_, Infallible>);
            (json, Body::from_stream(pieces)).into_response()
        }
    }
}

async fn cut_short(answer: Response) -> Response {
    let (mut parts, body) = answer.into_parts();
    let Ok(whole) = to_bytes(body, LONGEST_ANSWER).await else {
        return error(StatusCode::INTERNAL_SERVER_ERROR, "Too long to be cut");
    };
    parts.headers.remove(header::CONTENT_LENGTH);
    let most = whole.slice(..whole.len().saturating_sub(1));
    Response::from_parts(parts, Body::from(most))
}

/// The Web API's shape of an error.
fn error(status: StatusCode, message: &str) -> Response {
    let body = serde_json::json!({"error": {"status": status.as_u16(), "message": message}});
    (status, axum::Json(body)).into_response()
}
