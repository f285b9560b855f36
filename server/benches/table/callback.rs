//! Signed callbacks against bare commits of one row, on the same disk.

use std::{sync::Arc, time::Instant};

use futures::future::join_all;

use crate::{
    TableRow,
    commits::bare_commits,
    postgres,
    server::{BenchServer, id_of},
    stats::{milliseconds, per_second, percentile, sort},
};

const DEPLOYS: usize = 640;
/// For how long one takes; and for how many there are in a second, as many as arrive at once in the races.
const FEW: usize = 16;
const MANY: usize = 64;
pub const PATH: [&str; 7] = [
    "smoke_gate_started",
    "smoke_gate_passed",
    "freeze_check_started",
    "freeze_check_passed",
    "building",
    "deploying",
    "succeeded",
];

pub async fn measure() -> Vec<TableRow> {
    let server = Arc::new(BenchServer::start(DEPLOYS).await);
    let deploys = dispatched(&server).await;
    let (first, second) = deploys.split_at(DEPLOYS / 2);
    let bare = bare_commits(server.folder(), "bare.db").await;
    let many = callbacks(&server, second, MANY).await;
    let few = callbacks(&server, first, FEW).await;
    // As durable as it comes: with its own defaults.
    let cluster = postgres::Cluster::start("");
    let server = Arc::new(BenchServer::start_on(&cluster.url("postgres"), DEPLOYS).await);
    let on_postgres = callbacks(&server, &dispatched(&server).await, FEW).await;
    vec![
        TableRow {
            what: "the same over HTTP, whoever posts on the same cores".to_owned(),
            measured: format!("{:.2} ({:.0} against {bare:.0})", many.rate / bare, many.rate),
            target: "—",
        },
        TableRow {
            what: "callback: time to its answer on SQLite, 16 at a time".to_owned(),
            measured: few.times(),
            target: "—",
        },
        TableRow {
            what: "callback: time to its answer on Postgres, 16 at a time".to_owned(),
            measured: on_postgres.times(),
            target: "—",
        },
    ]
}

struct Callbacks {
    rate: f64,
    latencies: Vec<f64>,
}

impl Callbacks {
    fn times(&self) -> String {
        let at = |hundredth| percentile(&self.latencies, hundredth);
        format!("p50 {:.1} ms, p99 {:.1} ms ({:.0} a second)", at(50), at(99), self.rate)
    }
}

/// A deploy under way in every environment.
async fn dispatched(server: &BenchServer) -> Vec<String> {
    let mut deploys = Vec::new();
    for environment in 0..DEPLOYS {
        deploys.push(id_of(server.dispatch(environment).await).await);
    }
    deploys
}

/// Walks deploys to their end, this many at a time.
async fn callbacks(server: &Arc<BenchServer>, deploys: &[String], at_a_time: usize) -> Callbacks {
    let began = Instant::now();
    let walks = deploys.chunks(deploys.len().div_ceil(at_a_time)).map(|deploys| {
        let (server, deploys) = (Arc::clone(server), deploys.to_vec());
        tokio::spawn(async move { walk(&server, &deploys).await })
    });
    let latencies: Vec<f64> = join_all(walks).await.into_iter().flat_map(Result::unwrap).collect();
    Callbacks { rate: per_second(latencies.len(), began.elapsed()), latencies: sort(latencies) }
}

async fn walk(server: &BenchServer, deploys: &[String]) -> Vec<f64> {
    let mut latencies = Vec::new();
    for id in deploys {
        for status in PATH {
            let began = Instant::now();
            assert_eq!(server.report(id, status).await, 200);
            latencies.push(milliseconds(began.elapsed()));
        }
    }
    latencies
}
