//! The open port: accepts connections, bounds them, and closes them in order.
//!
//! Knows HTTP/1 and time-outs, nothing of what is asked. A proxy in front speaks newer versions to browsers.

mod unread;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;
use tracing::{debug, warn};

use self::unread::GivesUp;
use crate::http::client_address::Peer;
use crate::realtime::places::MAX_SOCKETS;

/// Connections that are not sockets, at once. Each holds up to [`READ_BUFFER`] and its request: 2,000 × 24 kB ≈ 48 MB.
const MAX_CONNECTIONS: usize = 2_000;
/// Files that are open besides: music being streamed (one per connection), Redis, the library's own.
const OTHER_FILES: usize = 512;
/// Until a request's head must have arrived, counted from the connection's opening or its last answer.
const HEAD_TIME: Duration = Duration::from_secs(30);
/// How long nothing of an answer may be taken. Music that was paused with a full buffer stands still like that; its player asks
/// for the rest anew. Whoever only means to hold connections needs new ones as often.
const UNREAD_TIME: Duration = Duration::from_secs(5 * 60);
/// The longest head that is read.
const READ_BUFFER: usize = 16 * 1024;
/// How long requests that are under way may take when the program stops.
const DRAIN_TIME: Duration = Duration::from_secs(10);
/// Between attempts when the system has no connection to give, as when its files are used up.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Raises the number of open files to what the sockets and connections need, as far as the system allows.
pub fn allow_many_connections() {
    let wanted = (MAX_SOCKETS + 2 * MAX_CONNECTIONS + OTHER_FILES) as u64;
    match rlimit::increase_nofile_limit(wanted) {
        Ok(limit) if limit >= wanted => {}
        Ok(limit) => {
            warn!("the system allows {limit} open files; for {MAX_SOCKETS} sockets it takes {wanted}")
        }
        Err(error) => warn!("cannot raise the number of open files: {error}"),
    }
}

/// Answers until `stop`, then lets requests that are under way finish.
pub async fn serve(listener: TcpListener, app: Router, stop: CancellationToken) {
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let connections = TaskTracker::new();
    while let Some((stream, peer)) = accept(&listener, &stop).await {
        let Ok(place) = Arc::clone(&places).try_acquire_owned() else {
            debug!("connection refused: all {MAX_CONNECTIONS} are taken");
            continue;
        };
        let (app, stop) = (app.clone(), stop.clone());
        connections.spawn(async move {
            if let Err(error) = converse(stream, peer, app, stop).await {
                debug!("a connection ended early: {error}");
            }
            drop(place);
        });
    }
    drop(listener);
    connections.close();
    if tokio::time::timeout(DRAIN_TIME, connections.wait())
        .await
        .is_err()
    {
        warn!("some requests did not finish in {} s", DRAIN_TIME.as_secs());
    }
}

/// The next connection; `None` once the program stops.
async fn accept(listener: &TcpListener, stop: &CancellationToken) -> Option<(TcpStream, SocketAddr)> {
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => return None,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                // Without this an answer on a kept connection waits up to 40 ms for the last one's receipt.
                if let Err(error) = stream.set_nodelay(true) {
                    debug!("a connection was gone before it began: {error}");
                    continue;
                }
                return Some((stream, peer));
            }
            Err(error) => {
                warn!("cannot accept a connection: {error}");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// Answers one connection's requests; from `stop` on only the one that is under way. Ends when the connection becomes a
/// socket, which then lives on in a task of its own.
async fn converse(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    peer: SocketAddr,
    app: Router,
    stop: CancellationToken,
) -> hyper::Result<()> {
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(Peer(peer.ip()));
        app.clone().oneshot(request)
    });
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .max_buf_size(READ_BUFFER)
        .serve_connection(TokioIo::new(GivesUp::after(UNREAD_TIME, stream)), service)
        .with_upgrades();
    let mut connection = std::pin::pin!(connection);
    tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use axum::routing::get;
    use futures_util::stream;
    use tokio::io::{AsyncWriteExt as _, duplex};
    use tokio::time::Instant;

    use super::*;

    /// Two thousand of them, and nobody else came in any more.
    #[tokio::test(start_paused = true)]
    async fn fault_whoever_read_nothing_of_an_answer_kept_the_connection_for_good() {
        let endless = || async {
            let pieces = stream::repeat_with(|| Ok::<_, std::io::Error>("la la la"));
            Body::from_stream(pieces)
        };
        let app = Router::new().route("/", get(endless));
        let (mut client, server) = duplex(READ_BUFFER);
        let peer = SocketAddr::from((Ipv4Addr::LOCALHOST, 1));
        let begun = Instant::now();
        let talk = converse(server, peer, app, CancellationToken::new());
        client
            .write_all(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n")
            .await
            .expect("it is asked");
        let ended = tokio::time::timeout(2 * UNREAD_TIME, talk).await;
        assert!(ended.expect("it ends").is_err(), "and not as it should");
        assert!(begun.elapsed() >= UNREAD_TIME, "but it had its time");
    }
}
