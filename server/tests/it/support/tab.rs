//! A browser tab's live socket.

use std::net::SocketAddr;

use axum::http::{Request, StatusCode};
use futures_util::{SinkExt as _, StreamExt as _};
use nests::wire::{ClientFrame, Command, ErrorBody, ServerFrame, Snapshot};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Error, Message};

use super::house::PATIENCE;

pub struct Tab(WebSocketStream<TcpStream>);

impl Tab {
    pub async fn open(addr: SocketAddr, path: &str, cookie: &str) -> Self {
        Self::try_open(addr, path, &[("cookie", cookie)])
            .await
            .unwrap_or_else(|(status, body)| panic!("{status} {body:?}"))
    }

    /// The status and error, where the door stays shut.
    pub async fn try_open(
        addr: SocketAddr,
        path: &str,
        headers: &[(&'static str, &str)],
    ) -> Result<Self, (StatusCode, Option<ErrorBody>)> {
        let mut request: Request<()> = format!("ws://{addr}{path}")
            .into_client_request()
            .expect("a request");
        for (name, value) in headers.iter().filter(|(_, value)| !value.is_empty()) {
            request
                .headers_mut()
                .insert(*name, value.parse().expect("a header"));
        }
        let stream = TcpStream::connect(addr).await.expect("a connection");
        match tokio_tungstenite::client_async(request, stream).await {
            Ok((socket, _)) => Ok(Self(socket)),
            Err(Error::Http(response)) => {
                let body = response
                    .body()
                    .as_deref()
                    .and_then(|body| serde_json::from_slice(body).ok());
                Err((response.status(), body))
            }
            Err(error) => panic!("{error}"),
        }
    }

    /// The next message, whatever it is.
    async fn message(&mut self) -> Message {
        let next = timeout(PATIENCE, self.0.next()).await.expect("a message in time");
        next.expect("the socket is open").expect("a readable message")
    }

    pub async fn frame(&mut self) -> ServerFrame {
        let message = self.message().await;
        let text = message.to_text().expect("text");
        serde_json::from_str(text).unwrap_or_else(|e| panic!("{e}: {text}"))
    }

    /// Waits for the first frame that `wanted` takes.
    pub async fn frame_that<T>(&mut self, wanted: impl Fn(ServerFrame) -> Option<T>) -> T {
        loop {
            if let Some(found) = wanted(self.frame().await) {
                return found;
            }
        }
    }

    pub async fn snapshot(&mut self) -> Snapshot {
        let snapshot = |frame| match frame {
            ServerFrame::Snapshot(snapshot) => Some(*snapshot),
            _ => None,
        };
        self.frame_that(snapshot).await
    }

    /// Waits for an event whose change, as JSON, `wanted` accepts; gives its version.
    pub async fn event_that(&mut self, wanted: impl Fn(&Value) -> bool) -> u64 {
        let version = |frame| match frame {
            ServerFrame::Event(event) => {
                wanted(&serde_json::to_value(&event.change).expect("JSON")).then_some(event.v)
            }
            _ => None,
        };
        self.frame_that(version).await
    }

    /// Waits until it is told that so many are here. From then on it can come as no surprise to anybody that they are.
    pub async fn counts(&mut self, people: u32) {
        let is_told =
            |frame| matches!(frame, ServerFrame::People { count, .. } if count == people).then_some(());
        self.frame_that(is_told).await;
    }

    /// The answer to the command of that number.
    pub async fn answer_to(&mut self, number: u32) -> Result<u64, ErrorBody> {
        let answer = |frame| match frame {
            ServerFrame::Done { id, v, .. } if id == number => Some(Ok(v)),
            ServerFrame::Refused { id, error } if id == number => Some(Err(error)),
            _ => None,
        };
        self.frame_that(answer).await
    }

    pub async fn wish(&mut self, id: u32, command: Command) {
        self.send(&serde_json::to_string(&ClientFrame::Do { id, command }).expect("JSON"))
            .await;
    }

    pub async fn send(&mut self, text: &str) {
        self.send_raw(Message::text(text)).await;
    }

    pub async fn send_raw(&mut self, message: Message) {
        self.0.send(message).await.expect("sent");
    }

    /// Waits for the goodbye and gives its code.
    pub async fn closed_with(&mut self) -> u16 {
        loop {
            if let Message::Close(frame) = self.message().await {
                return frame.expect("a reason").code.into();
            }
        }
    }
}
