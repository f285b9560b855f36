//! Signed callbacks against bare commits of one row, on the same disk.

use std::{sync::Arc, time::Instant};

use futures::future::join_all;
use sqlx::ConnectOptions;
use sqlx::{
    Connection, Executor, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};

use crate::{
    Row, postgres,
    server::{Server, id_of},
    stats::{milliseconds, per_second, percentile, sort},
};

const DEPLOYS: usize = 200;
const AT_A_TIME: usize = 16;
const PATH: [&str; 7] = [
    "smoke_gate_started",
    "smoke_gate_passed",
    "freeze_check_started",
    "freeze_check_passed",
    "building",
    "deploying",
    "succeeded",
];

pub async fn measure() -> Vec<Row> {
    let server = Arc::new(Server::start(DEPLOYS).await);
    let on_sqlite = callbacks(&server).await;
    let bare = bare_commits(&server).await;
    // As durable as it comes: with its own defaults.
    let cluster = postgres::Cluster::start("");
    let server = Arc::new(Server::start_on(&cluster.url("postgres"), DEPLOYS).await);
    let on_postgres = callbacks(&server).await;
    vec![
        Row {
            what: "callback: durable commits a second against bare SQLite commits of one row",
            measured: format!("{:.2} ({:.0} against {bare:.0})", on_sqlite.rate / bare, on_sqlite.rate),
            target: "≥ 0.8",
        },
        Row {
            what: "callback: time to its answer on SQLite, 16 at a time",
            measured: on_sqlite.times(),
            target: "—",
        },
        Row {
            what: "callback: time to its answer on Postgres, 16 at a time",
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

/// Walks every deploy to its end.
async fn callbacks(server: &Arc<Server>) -> Callbacks {
    let mut deploys = Vec::new();
    for environment in 0..DEPLOYS {
        deploys.push(id_of(server.dispatch(environment).await).await);
    }
    let began = Instant::now();
    let walks = deploys.chunks(DEPLOYS.div_ceil(AT_A_TIME)).map(|deploys| {
        let (server, deploys) = (Arc::clone(server), deploys.to_vec());
        tokio::spawn(async move { walk(&server, &deploys).await })
    });
    let latencies: Vec<f64> = join_all(walks).await.into_iter().flat_map(Result::unwrap).collect();
    Callbacks { rate: per_second(latencies.len(), began.elapsed()), latencies: sort(latencies) }
}

async fn walk(server: &Server, deploys: &[String]) -> Vec<f64> {
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

/// Commits of one row a second, one after the other, as durable as the console's.
async fn bare_commits(server: &Server) -> f64 {
    const COMMITS: usize = DEPLOYS * PATH.len();
    let mut connection: SqliteConnection = SqliteConnectOptions::new()
        .filename(server.folder().join("bare.db"))
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .connect()
        .await
        .unwrap();
    connection.execute("CREATE TABLE bare (row TEXT)").await.unwrap();
    let began = Instant::now();
    for _ in 0..COMMITS {
        let mut tx = connection.begin_with("BEGIN IMMEDIATE").await.unwrap();
        sqlx::query("INSERT INTO bare VALUES ($1)").bind("a row").execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
    }
    per_second(COMMITS, began.elapsed())
}
