//! The WebSocket itself: the handshake, and messages both ways.
//!
//! Not axum's own, because that keeps a write buffer as large as the largest message it ever sent, for as long as the
//! socket lives. This one sends long messages in pieces (RFC 6455, 5.4), so a waiting socket holds little more than
//! 1 kB of buffers. Knows nothing of what the messages say.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::{SinkExt as _, StreamExt as _};
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use nests::wire::frame::MAX_CLIENT_FRAME;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use tokio_tungstenite::tungstenite::protocol::frame::{CloseFrame, Frame, Utf8Bytes};
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
pub use tokio_tungstenite::tungstenite::{Error, Message};

use crate::http::error::ApiError;

/// A command is under 300 bytes; a longer one makes the buffer grow, up to [`MAX_CLIENT_FRAME`].
const READ_BUFFER: usize = 512;
/// Frames go out at once, so there is nothing to gather.
const WRITE_BUFFER: usize = 0;
/// What is written at a time. The write buffer stays as large as one piece for as long as the socket lives; an added song,
/// the longest of the usual events, fits into one.
const PIECE: usize = 700;
/// A server's frame has 4 bytes before a piece (RFC 6455, 5.2). Pieces go out one by one, so more than two never wait.
const MOST_UNSENT: usize = 2 * (PIECE + 4);

pub struct WebSocket(WebSocketStream<TokioIo<Upgraded>>);

impl WebSocket {
    /// The next message. Cancelling it loses nothing. Pings and closes have been answered when they come out here.
    pub async fn receive(&mut self) -> Option<Result<Message, Error>> {
        self.0.next().await
    }

    /// Sends one text message, which must be UTF-8.
    ///
    /// # Errors
    /// The connection is gone.
    pub async fn send_text(&mut self, text: Bytes) -> Result<(), Error> {
        let mut kind = OpCode::Data(Data::Text);
        let mut rest = text;
        loop {
            let piece = rest.split_to(rest.len().min(PIECE));
            let is_last = rest.is_empty();
            self.0
                .send(Message::Frame(Frame::message(piece, kind, is_last)))
                .await?;
            if is_last {
                return Ok(());
            }
            kind = OpCode::Data(Data::Continue);
        }
    }

    /// Says goodbye.
    ///
    /// # Errors
    /// The connection is gone.
    pub async fn send_close(&mut self, code: u16, reason: &'static str) -> Result<(), Error> {
        let reason = Utf8Bytes::from_static(reason);
        self.0
            .send(Message::Close(Some(CloseFrame {
                code: code.into(),
                reason,
            })))
            .await
    }
}

/// A request that may become a socket.
pub struct Handshake {
    key: HeaderValue,
    connection: OnUpgrade,
}

impl<S: Sync> FromRequestParts<S> for Handshake {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, ApiError> {
        let headers = &parts.headers;
        let is_asked_for = says(headers, header::CONNECTION, "upgrade")
            && says(headers, header::UPGRADE, "websocket")
            && says(headers, header::SEC_WEBSOCKET_VERSION, "13");
        let key = headers
            .get(header::SEC_WEBSOCKET_KEY)
            .filter(|_| is_asked_for)
            .cloned();
        let parts_of_it = key.zip(parts.extensions.remove::<OnUpgrade>());
        let (key, connection) =
            parts_of_it.ok_or_else(|| ApiError::invalid("upgrade", &"this address speaks WebSocket only"))?;
        Ok(Self { key, connection })
    }
}

/// Whether one of the header's words is `word`.
fn says(headers: &HeaderMap, name: HeaderName, word: &str) -> bool {
    let values = headers
        .get_all(name)
        .into_iter()
        .filter_map(|value| value.to_str().ok());
    values
        .flat_map(|value| value.split(','))
        .any(|one| one.trim().eq_ignore_ascii_case(word))
}

impl Handshake {
    /// Agrees, and lets `talk` have the socket as soon as the answer is out.
    pub fn accept<F, Talk>(self, talk: F) -> Response
    where
        F: FnOnce(WebSocket) -> Talk + Send + 'static,
        Talk: Future<Output = ()> + Send + 'static,
    {
        let accept = derive_accept_key(self.key.as_bytes());
        let connection = self.connection;
        // A task of its own for the short wait, so that the one that stays holds nothing of it.
        tokio::spawn(async move {
            match connection.await {
                Ok(upgraded) => {
                    let io = TokioIo::new(upgraded);
                    let socket = WebSocketStream::from_raw_socket(io, Role::Server, Some(config())).await;
                    tokio::spawn(talk(WebSocket(socket)));
                }
                Err(error) => tracing::debug!("a connection was gone before it became a socket: {error}"),
            }
        });
        let headers = [
            (header::CONNECTION, "upgrade"),
            (header::UPGRADE, "websocket"),
            (header::SEC_WEBSOCKET_ACCEPT, accept.as_str()),
        ];
        (StatusCode::SWITCHING_PROTOCOLS, headers).into_response()
    }
}

fn config() -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(WRITE_BUFFER)
        .max_write_buffer_size(MOST_UNSENT)
        .max_frame_size(Some(MAX_CLIENT_FRAME))
        .max_message_size(Some(MAX_CLIENT_FRAME))
}
