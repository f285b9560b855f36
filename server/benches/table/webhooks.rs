//! Webhooks of GitHub: how many are taken a second, and whether polls notice.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use futures::future::join_all;
use runtime::ids::uuid_at;
use serde_json::{Value, json};
use tokio::time::{MissedTickBehavior, interval};

use crate::{
    TableRow,
    server::{BenchServer, id_of},
    stats::{per_second, percentile, sort},
};

const WEBHOOKS: usize = 6_000;
const AT_A_TIME: usize = 16;
/// Webhooks a second beside which polls are measured.
const RATE: u32 = 500;
/// Polls of one measurement, and how many a second.
const POLLS: usize = 1_000;
const POLL_RATE: u32 = 200;
/// Characters of a webhook: those of a job with a dozen steps.
const SIZE: usize = 15_000;

pub async fn measure() -> Vec<TableRow> {
    let server = Arc::new(BenchServer::start(1).await);
    let id = id_of(server.dispatch(0).await).await;
    let url = format!("{}/api/internal/deploys/{id}", server.url);
    let run = run_of(&server, &url).await;
    let taken = at_full_speed(&server, run).await;
    let (mut alone, mut beside) = (f64::MAX, f64::MAX);
    // Turn by turn, so that both see the same machine.
    for _ in 0..3 {
        alone = alone.min(slowest_poll(&server, &url).await);
        let stop = Arc::new(AtomicBool::new(false));
        let sender = tokio::spawn(at_a_rate(Arc::clone(&server), run, Arc::clone(&stop)));
        beside = beside.min(slowest_poll(&server, &url).await);
        stop.store(true, Ordering::Relaxed);
        sender.await.unwrap();
    }
    vec![
        TableRow {
            what: format!("webhooks of GitHub taken a second, {AT_A_TIME} at a time"),
            measured: format!("{taken:.0}"),
            target: "≥ 500",
        },
        TableRow {
            what: format!("p99 of polls beside {RATE} webhooks a second, against alone"),
            measured: format!("{:.2} × ({beside:.2} ms against {alone:.2} ms)", beside / alone),
            target: "≤ 1.2 ×",
        },
    ]
}

/// The run of a deploy, as soon as it is known.
async fn run_of(server: &BenchServer, url: &str) -> i64 {
    loop {
        let deploy: Value = server.client.get(url).send().await.unwrap().json().await.unwrap();
        if let Some(run) = deploy["github_run_id"].as_i64() {
            return run;
        }
    }
}

fn body(run: i64) -> String {
    let job = json!({ "run_id": run, "run_attempt": 1, "status": "in_progress" });
    let payload = json!({ "action": "in_progress", "workflow_job": job, "repository": { "full_name": "acme/shop" },
                          "padding": "x".repeat(SIZE) });
    payload.to_string()
}

async fn post(server: &BenchServer, body: &str) {
    let delivery = uuid_at(jiff::Timestamp::now()).to_string();
    assert_eq!(server.tell(&delivery, "workflow_job", body).await, 202);
}

async fn at_full_speed(server: &Arc<BenchServer>, run: i64) -> f64 {
    let began = Instant::now();
    let senders = (0..AT_A_TIME).map(|_| {
        let (server, body) = (Arc::clone(server), body(run));
        tokio::spawn(async move {
            for _ in 0..WEBHOOKS / AT_A_TIME {
                post(&server, &body).await;
            }
        })
    });
    join_all(senders).await.into_iter().for_each(Result::unwrap);
    per_second(WEBHOOKS, began.elapsed())
}

/// Sends until it is stopped; none waits for the one before.
async fn at_a_rate(server: Arc<BenchServer>, run: i64, stop: Arc<AtomicBool>) {
    let (mut ticks, body) = (interval(Duration::from_secs(1) / RATE), Arc::new(body(run)));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut sent = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        ticks.tick().await;
        let (server, body) = (Arc::clone(&server), Arc::clone(&body));
        sent.push(tokio::spawn(async move { post(&server, &body).await }));
    }
    join_all(sent).await.into_iter().for_each(Result::unwrap);
}

/// Of polls at a steady rate: how long the slowest of a hundred took, in milliseconds.
async fn slowest_poll(server: &BenchServer, url: &str) -> f64 {
    let (mut ticks, mut times) = (interval(Duration::from_secs(1) / POLL_RATE), Vec::new());
    for _ in 0..POLLS {
        ticks.tick().await;
        let began = Instant::now();
        server.client.get(url).send().await.unwrap().bytes().await.unwrap();
        times.push(began.elapsed().as_secs_f64() * 1e3);
    }
    percentile(&sort(times), 99)
}
