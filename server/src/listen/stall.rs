//! Gives up a socket whose other side does not read for a while; hyper would wait for it without end.
//!
//! Every byte that is accepted restarts the time: a slow reader is served, one that has stopped is not.

use std::{
    io::{self, IoSlice},
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::sleep,
};
use tokio_util::sync::CancellationToken;

/// For how long a socket may accept nothing.
#[derive(Clone, Debug)]
pub(super) struct Patience {
    /// While the server runs.
    pub(super) running: Duration,
    /// Once it is told to stop.
    pub(super) stopping: Duration,
    /// Cancelled when it is told to stop.
    pub(super) stop: CancellationToken,
}

impl Patience {
    async fn end(self) {
        let told = async {
            self.stop.cancelled().await;
            sleep(self.stopping).await;
        };
        tokio::select! {
            () = told => {}
            () = sleep(self.running) => {}
        }
    }
}

/// A socket that fails once it has accepted nothing for too long.
pub(super) struct StallLimit<S> {
    socket: S,
    patience: Patience,
    /// Ends when there is no patience left. There only while the socket accepts nothing.
    stalled: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
}

impl<S> StallLimit<S> {
    pub(super) const fn new(socket: S, patience: Patience) -> Self {
        Self { socket, patience, stalled: None }
    }

    fn limit<T>(&mut self, cx: &mut Context<'_>, written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.stalled = None;
            return written;
        }
        let patience = &self.patience;
        let stalled = self.stalled.get_or_insert_with(|| Box::pin(patience.clone().end()));
        ready!(stalled.as_mut().poll(cx));
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the client does not read")))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for StallLimit<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_read(cx, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for StallLimit<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.socket).poll_write(cx, bytes);
        self.limit(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.socket).poll_write_vectored(cx, slices);
        self.limit(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.socket).poll_flush(cx);
        self.limit(cx, flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    use super::*;

    const NEVER: Duration = Duration::from_secs(3_600);

    fn patience(running: Duration) -> Patience {
        Patience { running, stopping: Duration::ZERO, stop: CancellationToken::new() }
    }

    #[tokio::test]
    async fn f105_socket_accepting_nothing_is_given_up() {
        let (socket, _other) = duplex(4);
        let mut socket = StallLimit::new(socket, patience(Duration::from_millis(20)));
        assert_eq!(socket.write_all(b"12345").await.unwrap_err().kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn f105_socket_accepting_bytes_goes_on() {
        let (socket, mut other) = duplex(1);
        let mut socket = StallLimit::new(socket, patience(Duration::from_secs(2)));
        let read = async {
            // Longer in all than it may accept nothing.
            let mut ticks = tokio::time::interval(Duration::from_millis(250));
            for _ in 0..12 {
                ticks.tick().await;
                other.read_u8().await?;
            }
            Ok(())
        };
        tokio::try_join!(socket.write_all(&[0; 12]), read).unwrap();
    }

    #[tokio::test]
    async fn f105_stalled_socket_is_cut_at_stop() {
        let (socket, _other) = duplex(4);
        let patience = patience(NEVER);
        let stop = patience.stop.clone();
        let mut socket = StallLimit::new(socket, patience);
        let stalled = tokio::spawn(async move { socket.write_all(b"12345").await.unwrap_err().kind() });
        tokio::task::yield_now().await;
        assert!(!stalled.is_finished());
        stop.cancel();
        assert_eq!(stalled.await.unwrap(), io::ErrorKind::TimedOut);
    }
}
