//! What attackers cost, against what those cost who are welcome.
//!
//! Everything speaks to loopback, is bounded, and ends by itself.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use futures::future::join_all;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{
    TableRow,
    callback::PATH,
    server::{BenchServer, id_of},
};

/// Messages of each kind whose CPU is measured.
const MESSAGES: usize = 600;
/// Readers that take nothing of what they asked for.
const STALLED: usize = 40;
/// Log lines of the deploy whose page they ask for, and the characters of each.
const LINES: usize = 100;
const LINE: usize = 60_000;
/// How long good requests and bad ones come at once, unless `MIXED_SECONDS` says otherwise.
const LOAD: u64 = 600;
/// Legitimate clients, each with an environment; there are as many attackers.
const WORKERS: usize = 4;

/// The largest head that is read, filled with signatures that are none.
fn forged_head() -> String {
    let mut list = String::new();
    while list.len() < 30_000 {
        list.push_str("v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= ");
    }
    list.trim_end().to_owned()
}

pub async fn measure() -> Vec<TableRow> {
    vec![forged_callbacks().await, stalled_readers().await]
}

async fn forged_callbacks() -> TableRow {
    let server = BenchServer::start(MESSAGES / PATH.len() + 1).await;
    let mut deploys = Vec::new();
    for environment in 0..=MESSAGES / PATH.len() {
        deploys.push(id_of(server.dispatch(environment).await).await);
    }
    let (before, mut sent) = (server.cpu(), 0);
    for status in PATH {
        for deploy in &deploys {
            assert_eq!(server.report(deploy, status).await, 200);
            sent += 1;
        }
    }
    let good = (server.cpu() - before).as_secs_f64() / f64::from(sent);
    let (head, body) = (forged_head(), "x".repeat(64 * 1024));
    let before = server.cpu();
    for _ in 0..sent {
        assert_eq!(server.forge(&deploys[0], &head, &body).await, 401);
    }
    let forged = (server.cpu() - before).as_secs_f64() / f64::from(sent);
    TableRow {
        what: "forged callback, largest head and body: CPU against a good one".to_owned(),
        measured: format!("{:.2} × ({:.0} µs against {:.0})", forged / good, forged * 1e6, good * 1e6),
        target: "≤ 3 ×",
    }
}

async fn stalled_readers() -> TableRow {
    let server = BenchServer::start(1).await;
    let deploy = id_of(server.dispatch(0).await).await;
    for number in 0..LINES {
        server.say(&deploy, "smoke_gate_started", &format!("{number} {}", "x".repeat(LINE))).await;
    }
    let before = server.resident();
    let address = server.url.strip_prefix("http://").unwrap().to_owned();
    let paths = [format!("/deploys/{deploy}"), "/api/internal/audit?limit=1000".to_owned()];
    let mut readers = Vec::new();
    for number in 0..STALLED {
        let mut reader = TcpStream::connect(&address).await.unwrap();
        let path = &paths[number % paths.len()];
        let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n");
        reader.write_all(request.as_bytes()).await.unwrap();
        readers.push(reader);
    }
    // Each has its first byte: everything that the server allocates for them is allocated.
    for reader in &mut readers {
        reader.read_exact(&mut [0]).await.unwrap();
    }
    let megabytes = |bytes: u64| bytes / (1024 * 1024);
    TableRow {
        what: format!("memory with {STALLED} stalled readers of the largest pages"),
        measured: format!("{} MB ({} before)", megabytes(server.resident()), megabytes(before)),
        target: "≤ 150 MB",
    }
}

/// Ten minutes of what operators and workflows do, with attackers among them.
pub async fn mixed_load() -> Vec<TableRow> {
    let seconds = std::env::var("MIXED_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(LOAD);
    let load = Duration::from_secs(seconds);
    let server = Arc::new(BenchServer::start(WORKERS).await);
    let stop = Arc::new(AtomicBool::new(false));
    let (good, failed, bad) = (Arc::default(), Arc::default(), Arc::default());
    let mut tasks = Vec::new();
    for worker in 0..WORKERS {
        tasks.push(tokio::spawn(welcome(
            Arc::clone(&server),
            Arc::clone(&stop),
            worker,
            Arc::clone(&good),
            Arc::clone(&failed),
        )));
        tasks.push(tokio::spawn(attack(Arc::clone(&server), Arc::clone(&stop), worker, Arc::clone(&bad))));
    }
    let began = Instant::now();
    let mut after_two_minutes = 0;
    while began.elapsed() < load {
        tokio::time::sleep(Duration::from_secs(1)).await;
        if after_two_minutes == 0 && began.elapsed() > load / 5 {
            after_two_minutes = server.resident();
        }
    }
    let at_the_end = server.resident();
    stop.store(true, Ordering::Relaxed);
    join_all(tasks).await;
    let megabytes = |bytes: u64| bytes / (1024 * 1024);
    let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
    let mut server = Arc::try_unwrap(server).ok().unwrap();
    let (ended, code) = server.stop();
    vec![
        TableRow {
            what: format!("{seconds} s with attackers: good requests that failed"),
            measured: format!("{} of {}, beside {} bad ones", count(&failed), count(&good), count(&bad)),
            target: "0",
        },
        TableRow {
            what: "the same: memory after a fifth of it, and at the end".to_owned(),
            measured: format!("{} MB, {} MB", megabytes(after_two_minutes), megabytes(at_the_end)),
            target: "flat",
        },
        TableRow {
            what: "the same: from SIGTERM to the end".to_owned(),
            measured: format!("{:.1} s, exit {code:?}", ended.as_secs_f64()),
            target: "≤ 10 s, exit 0",
        },
    ]
}

/// Deploys, callbacks, polls and pages, each of which has to be answered as it should be.
async fn welcome(
    server: Arc<BenchServer>,
    stop: Arc<AtomicBool>,
    worker: usize,
    good: Arc<AtomicU64>,
    failed: Arc<AtomicU64>,
) {
    let note = |is_good: bool| {
        good.fetch_add(1, Ordering::Relaxed);
        failed.fetch_add(u64::from(!is_good), Ordering::Relaxed);
    };
    for round in 0_u64.. {
        if stop.load(Ordering::Relaxed) {
            return;
        }
        let pressed = server.press(worker, &format!("{worker}-{round}")).await;
        note(pressed.status() == 202);
        let deploy = id_of(pressed).await;
        for status in PATH {
            note(server.report(&deploy, status).await == 200);
            note(server.get(&format!("/api/internal/deploys/{deploy}")).await == 200);
        }
        for path in [format!("/deploys/{deploy}"), "/deploys".to_owned(), "/readyz".to_owned()] {
            note(server.get(&path).await == 200);
        }
    }
}

async fn attack(server: Arc<BenchServer>, stop: Arc<AtomicBool>, worker: usize, bad: Arc<AtomicU64>) {
    let (head, body) = (forged_head(), json!({ "x": "y".repeat(60_000) }).to_string());
    let address = server.url.strip_prefix("http://").unwrap().to_owned();
    let nobody = "01a20320-a200-7bb6-827d-8744e0d2b98c";
    let mut stalled = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        server.forge(nobody, &head, &body).await;
        let foreign = server.client.get(format!("{}/", server.url)).header("host", "evil.test").send().await;
        assert!(foreign.is_ok_and(|answer| answer.status() == 421));
        // Connections that say nothing more, some of them for good.
        if let Ok(mut stream) = TcpStream::connect(&address).await {
            let path = ["/deploys", "/api/internal/audit?limit=1000", "/api/internal/events"][worker % 3];
            let _ =
                stream.write_all(format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n").as_bytes()).await;
            stalled.push(stream);
            if stalled.len() > 20 {
                stalled.remove(0);
            }
        }
        bad.fetch_add(3, Ordering::Relaxed);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
