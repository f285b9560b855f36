//! A database that cannot be written to: `/readyz` says so within seconds, and when the trouble is over, so is its
//! effect, without a restart. On the real process, because that is what holds the connections and the files.

use std::{fs, time::Duration};

use serde_json::Value;
use store::DatabaseSystem;
use tokio::{
    process::Command,
    time::{interval, timeout},
};

use crate::support::{
    database::Raw,
    fresh,
    process::{Ended, Serving},
    raw::{RawAnswer, exchange, send},
    site::{Site, apps, press},
};

/// Far more than a second, for which an answer holds, and a try of a write.
const PATIENCE: Duration = Duration::from_secs(30);

async fn site(system: DatabaseSystem) -> (Site, Serving) {
    let site = Site::new(system, &apps(&["production", "staging"])).await;
    let serving = site.serve().await;
    ready(&serving, 200).await;
    assert_eq!(deploy(&serving, "production").await, Some(201));
    (site, serving)
}

/// Waits until it is ready, or is not. Returns the answer.
async fn ready(serving: &Serving, status: u16) -> RawAnswer {
    let mut ticks = interval(Duration::from_millis(50));
    let answered = timeout(PATIENCE, async {
        loop {
            ticks.tick().await;
            let answer = exchange(serving.address, "GET", "/readyz", &[], "").await;
            if answer.status() == Some(status) {
                return answer;
            }
        }
    });
    answered.await.unwrap_or_else(|_| panic!("/readyz did not come to answer {status}"))
}

async fn deploy(serving: &Serving, environment: &str) -> Option<u16> {
    send(serving.address, &press(&fresh(), environment)).await.unwrap().status()
}

/// It is not ready, refuses what writes, and answers what reads.
async fn assert_only_reads(serving: &Serving) -> Value {
    let answer = ready(serving, 503).await.json();
    assert_eq!(answer["code"], "database_unavailable", "{answer}");
    assert_eq!(deploy(serving, "staging").await, Some(503));
    let list = exchange(serving.address, "GET", "/api/internal/deploys", &[], "").await;
    assert_eq!(list.json()["deploys"].as_array().map(Vec::len), Some(1), "{list:?}");
    let metrics = exchange(serving.address, "GET", "/metrics", &[], "").await;
    assert!(metrics.text().contains("deploy_console_database_writable 0"));
    answer
}

/// It is ready again, what was refused is taken, and nothing is lost.
async fn assert_recovered(site: &Site, serving: Serving) {
    ready(&serving, 200).await;
    assert_eq!(deploy(&serving, "staging").await, Some(201));
    let count = "SELECT CAST(count(*) AS TEXT) FROM console_deploys";
    assert_eq!(Raw::open(&site.database).await.read(count).await, ["2"]);
    assert_eq!(serving.stop("TERM").await.code, Some(0));
}

/// Sessions that begin from now on may write, or only read. Those that are there stay as they are, as after a
/// fail-over.
async fn set_read_only(site: &Site, is_read_only: bool) {
    let mut raw = Raw::open(&site.database).await;
    let name = raw.read("SELECT current_database()::text").await.remove(0);
    raw.run("SET default_transaction_read_only = off").await.unwrap();
    let set = if is_read_only { "SET default_transaction_read_only = on" } else { "RESET ALL" };
    raw.run(&format!("ALTER DATABASE {name} {set}")).await.unwrap();
}

async fn end_sessions(site: &Site) {
    let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
               WHERE datname = current_database() AND pid <> pg_backend_pid()";
    Raw::open(&site.database).await.run(end).await.unwrap();
}

#[tokio::test]
async fn f100_writes_return_after_fail_over() {
    let (site, serving) = site(DatabaseSystem::Postgres).await;
    set_read_only(&site, true).await;
    end_sessions(&site).await;
    assert_only_reads(&serving).await;
    set_read_only(&site, false).await;
    assert_recovered(&site, serving).await;
}

async fn limit_file_size(serving: &Serving, limit: &str) {
    let (process, limit) = (format!("--pid={}", serving.id()), format!("--fsize={limit}"));
    assert!(Command::new("prlimit").args([process, limit]).status().await.unwrap().success());
}

/// It may write no more bytes to any file; the limit is lifted while it runs.
#[tokio::test]
async fn f101_full_disk_is_not_ready() {
    let site = Site::new(DatabaseSystem::Sqlite, &apps(&["production", "staging"])).await;
    // The signal that comes with the limit would end the process; a full disk sends none.
    let serving = site.serve_after("trap '' XFSZ").await;
    assert_eq!(deploy(&serving, "production").await, Some(201));
    limit_file_size(&serving, "1:unlimited").await;
    let answer = assert_only_reads(&serving).await;
    assert_eq!(answer["detail"], "It can be read, and not written to.");
    limit_file_size(&serving, "unlimited:unlimited").await;
    assert_recovered(&site, serving).await;
}

#[tokio::test]
async fn f101_deleted_file_is_not_ready() {
    let (site, serving) = site(DatabaseSystem::Sqlite).await;
    let (file, elsewhere) = (site.path().join("test.db"), site.path().join("elsewhere.db"));
    fs::rename(&file, &elsewhere).unwrap();
    assert_is_gone(&serving).await;
    // Another file in its place is not it.
    fs::copy(&elsewhere, &file).unwrap();
    assert_is_gone(&serving).await;
    fs::rename(&elsewhere, &file).unwrap();
    assert_recovered(&site, serving).await;
}

/// Nothing is written into a file that is gone, and nothing read that may be old.
async fn assert_is_gone(serving: &Serving) {
    let answer = ready(serving, 503).await.json();
    assert_eq!(answer["detail"], "Its file was deleted or replaced.");
    assert_eq!(deploy(serving, "staging").await, Some(503));
    let list = exchange(serving.address, "GET", "/api/internal/deploys", &[], "").await;
    assert_eq!(list.status(), Some(503));
}

#[track_caller]
fn assert_one_line(ended: &Ended, words: &str) {
    assert_eq!((ended.code, ended.stderr.lines().count()), (Some(1), 1), "{}", ended.stderr);
    assert!(ended.stderr.contains(words), "{}", ended.stderr);
}

#[tokio::test]
async fn f101_unwritable_file_stops_the_start() {
    let site = Site::new(DatabaseSystem::Sqlite, &apps(&["production"])).await;
    assert_eq!(site.run(&["migrate"]).await.code, Some(0));
    let ended = site.refused(&format!("{}?mode=ro", site.database.as_str())).await;
    assert_one_line(&ended, "cannot be written to");
}

#[tokio::test]
async fn f102_second_console_on_file_is_refused() {
    let (site, serving) = site(DatabaseSystem::Sqlite).await;
    let file = site.path().join("test.db");
    std::os::unix::fs::symlink(&file, site.path().join("link.db")).unwrap();
    for name in ["test.db", "link.db", "./test.db"] {
        let ended = site.refused(&format!("sqlite://{name}")).await;
        assert_one_line(&ended, "is served by another console");
    }
    // Commands work beside it.
    for command in [&["audit", "verify"][..], &["migrate"], &["flag", "list"]] {
        let ended = site.run(command).await;
        assert_eq!(ended.code, Some(0), "{command:?}: {}", ended.stderr);
    }
    // However it ends, the file is free.
    serving.kill().await;
    let again = site.serve().await;
    assert_recovered(&site, again).await;
}
