//! Between a store and its Postgres server: a wire that can be cut at the worst moment.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use store::DatabaseUrl;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream, UnixStream},
    sync::watch,
};

use super::postgres;

/// What happens on the wire.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Wire {
    /// Everything goes through.
    Whole,
    /// It is cut when a COMMIT comes, which the server never sees; once.
    CutBeforeCommit,
    /// It is cut when the server has answered a COMMIT, whose client never gets the answer; once.
    CutAfterCommit,
    /// Nothing goes through, and neither side is told.
    Silent,
}

/// A proxy, as long as it is there.
pub struct Proxy {
    pub url: DatabaseUrl,
    wire: watch::Sender<Wire>,
    cuts: Arc<AtomicUsize>,
}

impl Proxy {
    /// In front of the server of this database.
    pub async fn before(database: &DatabaseUrl) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let (_, name) = database.as_str().rsplit_once('/').unwrap();
        let url = format!("postgres://console@{}/{name}", listener.local_addr().unwrap()).parse().unwrap();
        let (wire, cuts) = (watch::Sender::new(Wire::Whole), Arc::new(AtomicUsize::new(0)));
        let (sender, counter) = (wire.clone(), Arc::clone(&cuts));
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(carry(client, sender.clone(), Arc::clone(&counter)));
            }
        });
        Self { url, wire, cuts }
    }

    pub fn set(&self, wire: Wire) {
        self.wire.send_replace(wire);
    }

    /// How often the wire was cut.
    pub fn cuts(&self) -> usize {
        self.cuts.load(Ordering::SeqCst)
    }
}

async fn carry(client: TcpStream, wire: watch::Sender<Wire>, cuts: Arc<AtomicUsize>) {
    let server = UnixStream::connect(postgres::socket()).await.unwrap();
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let mut state = wire.subscribe();
    let (mut up, mut down) = (vec![0; 1 << 16], vec![0; 1 << 16]);
    let mut is_last_answer = false;
    loop {
        let sent = tokio::select! {
            read = from_client.read(&mut up) => {
                let Ok(length @ 1..) = read else { return };
                let said = &up[..length];
                if said.windows(7).any(|word| word == b"COMMIT\0") {
                    let now = wire.send_replace(Wire::Whole);
                    if now == Wire::CutBeforeCommit {
                        cuts.fetch_add(1, Ordering::SeqCst);
                        return;
                    }
                    is_last_answer = now == Wire::CutAfterCommit;
                }
                to_server.write_all(said).await
            }
            read = from_server.read(&mut down) => {
                let Ok(length @ 1..) = read else { return };
                if is_last_answer {
                    cuts.fetch_add(1, Ordering::SeqCst);
                    return;
                }
                to_client.write_all(&down[..length]).await
            }
        };
        let heard = state.wait_for(|wire| *wire != Wire::Silent).await.is_ok();
        if sent.is_err() || !heard {
            return;
        }
    }
}
