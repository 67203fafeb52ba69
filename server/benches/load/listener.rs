//! One open live socket of the Main Nest: sends what is wished, reports when each event arrives.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval_at};
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use crate::Outcome;

/// As the browser does it: the program closes sockets that are silent for a minute.
const PING_EVERY: Duration = Duration::from_secs(20);
const PING: &str = r#"{"ping":{"t":0}}"#;
/// Wishes that wait to be sent: one at a time, really.
const WISHES: usize = 4;
/// Frames are small; the default buffers of thousands of sockets are not.
const BUFFER: usize = 4 * 1024;

pub type Socket = WebSocketStream<TcpStream>;

/// Leaves when dropped.
pub struct Listener {
    wishes: mpsc::Sender<String>,
    task: JoinHandle<()>,
}

/// What reached a listener.
pub enum Arrival {
    Event {
        version: u64,
        at: Instant,
    },
    /// The program said no, or hung up.
    Trouble(String),
}

impl Listener {
    pub fn new(socket: Socket, report: mpsc::Sender<Arrival>) -> Self {
        let (wishes, wished) = mpsc::channel(WISHES);
        Self {
            wishes,
            task: tokio::spawn(listen(socket, wished, report)),
        }
    }

    pub async fn wish(&self, frame: String) -> Outcome<()> {
        Ok(self.wishes.send(frame).await?)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Opens a socket and reads on until the snapshot is there.
pub async fn join(addr: SocketAddr, cookie: &str) -> Outcome<Socket> {
    let mut request = format!("ws://{addr}/socket/").into_client_request()?;
    request.headers_mut().insert("cookie", cookie.parse()?);
    let stream = TcpStream::connect(addr).await?;
    stream.set_nodelay(true)?;
    let config = WebSocketConfig::default()
        .read_buffer_size(BUFFER)
        .write_buffer_size(0);
    let opened = client_async_with_config(request, stream, Some(config)).await;
    let (mut socket, _) = opened.map_err(|error| format!("a socket was refused: {error}"))?;
    loop {
        match socket.next().await {
            Some(Ok(Message::Text(text))) if text.starts_with(r#"{"snapshot""#) => return Ok(socket),
            Some(Ok(Message::Close(why))) => return Err(format!("a socket was closed: {why:?}").into()),
            Some(Ok(_)) => {}
            Some(Err(error)) => return Err(error.into()),
            None => return Err("a socket was closed before its snapshot".into()),
        }
    }
}

/// Ends with the first trouble, or when nobody takes the reports any more.
async fn listen(mut socket: Socket, mut wished: mpsc::Receiver<String>, report: mpsc::Sender<Arrival>) {
    let mut ping = interval_at(tokio::time::Instant::now() + PING_EVERY, PING_EVERY);
    ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let arrival = tokio::select! {
            frame = socket.next() => match frame {
                Some(Ok(Message::Text(text))) => arrival_of(&text),
                Some(Ok(Message::Close(why))) => Some(Arrival::Trouble(format!("a socket was closed: {why:?}"))),
                Some(Ok(_)) => None,
                Some(Err(error)) => Some(Arrival::Trouble(error.to_string())),
                None => Some(Arrival::Trouble("a socket ended".into())),
            },
            Some(wish) = wished.recv() => trouble(socket.send(Message::text(wish)).await),
            _ = ping.tick() => trouble(socket.send(Message::text(PING)).await),
        };
        let is_over = matches!(arrival, Some(Arrival::Trouble(_)));
        let is_lost = arrival.is_some_and(|arrival| report.try_send(arrival).is_err());
        if is_over || is_lost {
            return;
        }
    }
}

fn trouble(sent: Result<(), Error>) -> Option<Arrival> {
    sent.err().map(|error| Arrival::Trouble(error.to_string()))
}

/// Reads only as far as it must: the client shares the machine with what it measures.
fn arrival_of(text: &str) -> Option<Arrival> {
    if let Some(rest) = text.strip_prefix(r#"{"event":{"v":"#) {
        let at = Instant::now();
        let version = rest.split(',').next()?.parse().ok()?;
        return Some(Arrival::Event { version, at });
    }
    text.starts_with(r#"{"refused""#)
        .then(|| Arrival::Trouble(format!("a vote was refused: {text}")))
}
