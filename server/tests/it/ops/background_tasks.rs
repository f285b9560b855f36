//! Background tasks of the real process: when one of them ends, so does the process, and it says why.

use futures::future::join_all;
use runtime::Task;
use serde_json::json;
use store::DatabaseSystem;

use crate::support::{
    raw::exchange,
    site::{Site, apps},
};

/// Channels, so that there are tasks that send.
const CHANNELS: [(&str, &str); 3] = [
    ("SLACK_WEBHOOK_URL", "http://127.0.0.1:9/slack"),
    ("CONSOLE_WEBHOOK_URL", "http://127.0.0.1:9/webhook"),
    ("CONSOLE_WEBHOOK_SECRET", "secret"),
];

async fn assert_seen(task: Task) {
    let system = match task {
        Task::PostgresListener => DatabaseSystem::Postgres,
        _ => DatabaseSystem::Sqlite,
    };
    let site = Site::new(system, &apps(&["production"])).await;
    let fail_point = format!("panic:{task}");
    let variables =
        [&CHANNELS[..], &[("CONSOLE_FAIL_POINT", &fail_point), ("RUST_LOG", "server=info,warn")]].concat();
    let mut serving = site.serve_with(&variables).await;
    serving.says(&format!("fail point in {task} armed")).await;
    serving.signal("USR1").await;
    serving.says(&format!("a background task ended; the console stops task={task}")).await;

    let ready = exchange(serving.address, "GET", "/readyz", &[], "").await;
    assert_eq!((ready.status(), &ready.json()["code"]), (Some(503), &json!("stopping")), "{task}: {ready:?}");
    let detail = format!("It stops, because the background task {task} panicked.");
    assert_eq!(ready.json()["detail"], json!(detail));
    assert_eq!(exchange(serving.address, "GET", "/healthz", &[], "").await.status(), Some(200));

    let ended = serving.end().await;
    assert_eq!(ended.code, Some(1), "{task}: {}", ended.stderr);
    let last = format!("deploy-console: stopped, because the background task {task} panicked.");
    assert_eq!(ended.stderr.lines().last(), Some(&*last));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f99_panicking_task_ends_the_process() {
    join_all(Task::ALL.map(assert_seen)).await;
}

#[tokio::test]
async fn no_task_ends_while_healthy() {
    for system in [DatabaseSystem::Sqlite, DatabaseSystem::Postgres] {
        let site = Site::new(system, &apps(&["production"])).await;
        let serving = site.serve_with(&CHANNELS).await;
        let ready = exchange(serving.address, "GET", "/readyz", &[], "").await;
        assert_eq!(ready.status(), Some(200), "{ready:?}");
        let ended = serving.stop("TERM").await;
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        assert!(!ended.stderr.contains("background task"), "{}", ended.stderr);
    }
}
