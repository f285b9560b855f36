//! Connections: limits for how many there are, and for how long a client takes to send the head of a request and to
//! read its answer. When the server stops, requests under way may end.
//!
//! `axum::serve` waits without a limit for the head of a request, and for a client to read its answer, so that a few
//! hundred connections could hold every file descriptor there is. Bodies have limits of their own.

pub mod limits;
mod stall;

use std::{io, pin::pin, sync::Arc, time::Duration};

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpListener,
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use tower_http::add_extension::AddExtension;

use self::stall::{Patience, StallLimit};
use crate::{access::Peer, listen::limits::Limits};

/// For the head of a request, from its first byte or from the end of the request before.
pub const HEAD_DEADLINE: Duration = Duration::from_secs(10);
/// Bytes of a head that are read.
pub const MAX_HEAD: usize = 32 * 1024;
/// For how long a client may read nothing of its answer.
const WRITE_DEADLINE: Duration = Duration::from_secs(30);
/// The same once the server stops.
const WRITE_DEADLINE_AT_STOP: Duration = Duration::from_secs(2);
/// For clients to send and to read the rest when the server stops.
const CLIENT_DEADLINE: Duration = Duration::from_secs(5);
/// For dispatches that are under way by then. One may take 22 s, and waits for its run for 12 s.
const DISPATCH_DEADLINE: Duration = Duration::from_secs(25);
/// For sending GitHub's answer on to the client that asked.
const ANSWER_DEADLINE: Duration = Duration::from_secs(1);
/// After a failure to take a connection that is not the connection's: there may be no file descriptor left.
const BREATH: Duration = Duration::from_millis(200);

/// Serves until `stop`, then takes no more connections and lets what is under way end: clients for some seconds, and
/// dispatches until `dispatched`. What is open after that is cut.
///
/// # Errors
/// If dispatches did not end in time.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    stop: impl Future<Output = ()> + Send,
    dispatched: impl Future<Output = ()>,
) -> io::Result<()> {
    let connections = Connections::new(limits);
    let mut stop = pin!(stop);
    loop {
        let (socket, place) = tokio::select! {
            taken = connections.take(&listener) => taken,
            () = &mut stop => break,
        };
        let (socket, peer) = socket;
        let router = AddExtension::new(router.clone(), peer);
        connections.begin(socket, place, router);
    }
    drop(listener);
    connections.end(dispatched).await
}

/// The connections that are open.
struct Connections {
    http: http1::Builder,
    open: GracefulShutdown,
    places: Arc<Semaphore>,
    patience: Patience,
    /// Cancelled when what is still open is cut.
    cut: CancellationToken,
}

impl Connections {
    fn new(limits: Limits) -> Self {
        // Not version 2: telling the two apart would wait for the first bytes without a limit.
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new()).header_read_timeout(HEAD_DEADLINE).max_header_size(MAX_HEAD);
        let stop = CancellationToken::new();
        Self {
            http,
            open: GracefulShutdown::new(),
            places: Arc::new(Semaphore::new(limits.connections)),
            patience: Patience { running: WRITE_DEADLINE, stopping: WRITE_DEADLINE_AT_STOP, stop },
            cut: CancellationToken::new(),
        }
    }

    /// The next connection, once there is room for it.
    async fn take(
        &self,
        listener: &TcpListener,
    ) -> ((impl AsyncRead + AsyncWrite + Send + Unpin + use<>, Peer), OwnedSemaphorePermit) {
        let Ok(place) = Arc::clone(&self.places).acquire_owned().await else {
            // Nothing closes it.
            return std::future::pending().await;
        };
        let mut is_told = false;
        loop {
            match listener.accept().await {
                Ok((socket, address)) => return ((socket, Peer(address.ip())), place),
                Err(error) if is_of_the_connection(&error) => {}
                Err(error) => {
                    if !is_told {
                        tracing::error!(%error, "no connection can be taken");
                        is_told = true;
                    }
                    sleep(BREATH).await;
                }
            }
        }
    }

    fn begin<S>(&self, socket: S, place: OwnedSemaphorePermit, router: AddExtension<Router, Peer>)
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let socket = TokioIo::new(StallLimit::new(socket, self.patience.clone()));
        let service = TowerToHyperService::new(router);
        let connection = self.open.watch(self.http.serve_connection(socket, service));
        let cut = self.cut.clone();
        tokio::spawn(async move {
            if let Some(Err(error)) = cut.run_until_cancelled(connection).await {
                tracing::debug!(%error, "a connection broke");
            }
            drop(place);
        });
    }

    async fn end(self, dispatched: impl Future<Output = ()>) -> io::Result<()> {
        self.patience.stop.cancel();
        let mut ended = pin!(self.open.shutdown());
        if timeout(CLIENT_DEADLINE, &mut ended).await.is_ok() {
            return Ok(());
        }
        let answered = async {
            dispatched.await;
            sleep(ANSWER_DEADLINE).await;
        };
        let in_time = tokio::select! {
            () = &mut ended => Ok(()),
            in_time = timeout(DISPATCH_DEADLINE, answered) => in_time,
        };
        self.cut.cancel();
        in_time.map_err(|_| io::Error::new(io::ErrorKind::TimedOut, "what was under way did not end in time"))
    }
}

fn is_of_the_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    [ConnectionAborted, ConnectionRefused, ConnectionReset].contains(&error.kind())
}
