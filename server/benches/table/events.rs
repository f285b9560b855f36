//! Many who listen to what is pushed: how long an accepted callback takes to reach each of them, and what each costs.

use std::{
    sync::{Arc, Mutex},
    time::Instant,
};

use futures::{StreamExt, stream};
use reqwest::Client;
use tokio::sync::mpsc;

use crate::{
    TableRow,
    callback::PATH,
    server::{BenchServer, id_of},
    stats::{milliseconds, percentile, sort},
};

const STREAMS: usize = 2_000;
/// So many are opened at once.
const AT_ONCE: usize = 20;

pub async fn measure() -> Vec<TableRow> {
    let server = BenchServer::start(1).await;
    let id = id_of(server.dispatch(0).await).await;
    let before = server.resident();
    let posted = Arc::new(Mutex::new(Instant::now()));
    let (heard, mut hear) = mpsc::unbounded_channel();
    // A few at a time: who connects has ten seconds to ask.
    let opened = (0..STREAMS).map(|_| listen(&server, Arc::clone(&posted), heard.clone()));
    let _listening: Vec<_> = stream::iter(opened).buffer_unordered(AT_ONCE).collect().await;
    let each = server.resident().saturating_sub(before) / STREAMS as u64;
    let mut latencies = Vec::new();
    for status in PATH {
        *posted.lock().unwrap() = Instant::now();
        assert_eq!(server.report(&id, status).await, 200);
        for _ in 0..STREAMS {
            latencies.push(hear.recv().await.unwrap());
        }
    }
    let latencies = sort(latencies);
    let at = |hundredth| percentile(&latencies, hundredth);
    vec![
        TableRow {
            what: "2,000 streams: from posting a callback to its event on each".to_owned(),
            measured: format!("p50 {:.0} ms, p99 {:.0} ms", at(50), at(99)),
            target: "p99 ≤ 500 ms",
        },
        TableRow {
            what: "2,000 streams: memory of the server for each".to_owned(),
            measured: format!("{:.1} KB", each as f64 / 1_024.0),
            target: "—",
        },
    ]
}

/// Opens a stream, and tells how long after the callback each event came.
async fn listen(
    server: &BenchServer,
    posted: Arc<Mutex<Instant>>,
    heard: mpsc::UnboundedSender<f64>,
) -> tokio_util::task::AbortOnDropHandle<()> {
    // A connection of its own, as every browser has.
    let client = Client::builder().no_proxy().pool_max_idle_per_host(0).build().unwrap();
    let answer = client.get(format!("{}/api/internal/events", server.url)).send().await.unwrap();
    let mut answer = answer.error_for_status().unwrap();
    // It is open, and says so.
    answer.chunk().await.unwrap().unwrap();
    tokio_util::task::AbortOnDropHandle::new(tokio::spawn(async move {
        while let Ok(Some(bytes)) = answer.chunk().await {
            if bytes.windows(3).any(|start| start == b"id:") {
                let _ = heard.send(milliseconds(posted.lock().unwrap().elapsed()));
            }
        }
    }))
}
