//! A connection that is given up once nobody takes what is written into it. Whoever reads, however slowly, keeps it.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

/// Passes everything on, and fails a write that has moved nothing for `limit`.
pub(super) struct GivesUp<S> {
    stream: S,
    limit: Duration,
    /// Runs only while a write waits: a connection that is idle holds none.
    waiting: Option<Pin<Box<Sleep>>>,
}

impl<S> GivesUp<S> {
    pub(super) fn after(limit: Duration, stream: S) -> Self {
        Self {
            stream,
            limit,
            waiting: None,
        }
    }

    /// What became of one attempt to write.
    fn look<T>(&mut self, written: Poll<io::Result<T>>, context: &mut Context<'_>) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.waiting = None;
            return written;
        }
        let limit = self.limit;
        let waiting = self.waiting.get_or_insert_with(|| Box::pin(sleep(limit)));
        ready!(waiting.as_mut().poll(context));
        Poll::Ready(Err(io::Error::new(
            io::ErrorKind::TimedOut,
            "nobody takes what is sent",
        )))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for GivesUp<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, into)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for GivesUp<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.look(written, context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, pieces);
        self.look(written, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};
    use tokio::time::Instant;

    use super::*;

    const LIMIT: Duration = Duration::from_secs(60);
    /// As much as is on the way at once.
    const ROOM: usize = 16;

    #[tokio::test(start_paused = true)]
    async fn a_reader_who_takes_nothing_is_given_up_and_not_a_moment_before() {
        let (stream, _reader) = duplex(ROOM);
        let mut stream = GivesUp::after(LIMIT, stream);
        stream.write_all(&[0; ROOM]).await.expect("there is room");
        let start = Instant::now();
        let error = stream.write_all(&[0]).await.expect_err("there is none");
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        let waited = start.elapsed();
        assert!(waited >= LIMIT && waited < LIMIT * 2, "{waited:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_reader_and_one_who_is_sent_nothing_keep_it() {
        let (stream, mut reader) = duplex(ROOM);
        let mut stream = GivesUp::after(LIMIT, stream);
        let reading = async {
            for _ in 0..4 * ROOM {
                sleep(LIMIT - Duration::from_secs(1)).await;
                reader.read_u8().await.expect("a byte");
            }
        };
        let (written, ()) = tokio::join!(stream.write_all(&[0; 4 * ROOM]), reading);
        written.expect("it goes on for an hour");
        sleep(LIMIT * 100).await;
        stream.write_all(&[0]).await.expect("there is room");
    }
}
