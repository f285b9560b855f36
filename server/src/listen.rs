//! Connections: taken, given so long for their heads, and let end when the server stops.
//!
//! `axum::serve` waits for the head of a request for ever, so that a few hundred connections that send
//! nothing could hold every file descriptor there is. Bodies have limits of their own.

use std::{io, pin::pin, time::Duration};

use axum::Router;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto, graceful::GracefulShutdown},
    service::TowerToHyperService,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpListener,
};

/// For the head of a request, from its first byte or from the end of the request before.
pub const HEAD_DEADLINE: Duration = Duration::from_secs(10);
/// For what is under way when the server stops. A dispatch may take 22 s of it.
const DRAIN_DEADLINE: Duration = Duration::from_secs(30);
/// After a failure to take a connection that is not the connection's: there may be no file descriptor left.
const BREATH: Duration = Duration::from_millis(200);

/// Serves until `stop`, then takes no more connections and lets what is under way end.
///
/// # Errors
/// If what was under way did not end in time.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()> + Send,
) -> io::Result<()> {
    // Not version 2: telling the two apart would wait for the first bytes without a limit.
    let mut http = auto::Builder::new(TokioExecutor::new()).http1_only();
    http.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_DEADLINE);
    let connections = GracefulShutdown::new();
    let mut stop = pin!(stop);
    loop {
        let socket = tokio::select! {
            socket = take(&listener) => socket,
            () = &mut stop => break,
        };
        let service = TowerToHyperService::new(router.clone());
        let connection = http.serve_connection(TokioIo::new(socket), service).into_owned();
        let connection = connections.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(error = &*error, "a connection broke");
            }
        });
    }
    drop(listener);
    let drained = tokio::time::timeout(DRAIN_DEADLINE, connections.shutdown()).await;
    drained.map_err(|_| io::Error::new(io::ErrorKind::TimedOut, "what was under way did not end in time"))
}

/// The next connection.
async fn take(listener: &TcpListener) -> impl AsyncRead + AsyncWrite + Send + Unpin + use<> {
    loop {
        match listener.accept().await {
            Ok((socket, _)) => return socket,
            Err(error) if is_of_the_connection(&error) => {}
            Err(error) => {
                tracing::error!(%error, "no connection can be taken");
                tokio::time::sleep(BREATH).await;
            }
        }
    }
}

fn is_of_the_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    [ConnectionAborted, ConnectionRefused, ConnectionReset].contains(&error.kind())
}
