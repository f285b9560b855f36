//! This build over a database in which a newer one has been at work, as after a roll-back, or in the middle of
//! an upgrade of several instances: it works on what was there before, and leaves alone what it does not know.

mod newer_build;
mod rolled_back;

use std::net::SocketAddr;

use app::{api::ErrorCode, domain::DeployId};
use rolled_back::f51_deploy_ended_by_rollback_is_journaled_once;
use serde_json::{Value, json};
use store::DatabaseSystem;

use crate::support::{
    database::{Raw, on_both},
    nobody,
    process::Ended,
    raw::{RawAnswer, exchange, send},
    site::{Site, apps, callback, press},
};

const ENVIRONMENTS: [&str; 5] = ["ended", "rolling", "live", "next", "waiting"];
const WHOLE_PATH: [&str; 7] = [
    "smoke_gate_started",
    "smoke_gate_passed",
    "freeze_check_started",
    "freeze_check_passed",
    "building",
    "deploying",
    "succeeded",
];

/// What each build left: one deploy that ended, one that the newer build took further, one that is under way.
struct Left {
    ended: DeployId,
    rolling: DeployId,
    live: DeployId,
    /// Of the newer build alone.
    waiting: DeployId,
    /// How the one that ended was shown.
    shown: Value,
}

async fn get(address: SocketAddr, path: &str) -> RawAnswer {
    exchange(address, "GET", path, &[], "").await
}

async fn deploy(address: SocketAddr, id: DeployId) -> Value {
    get(address, &format!("/api/internal/deploys/{id}")).await.json()
}

async fn dispatch(address: SocketAddr, environment: &str) -> DeployId {
    let answer = send(address, &press(environment, environment)).await.unwrap();
    assert_eq!(answer.status(), Some(201), "{answer:?}");
    answer.json()["id"].as_str().unwrap().parse().unwrap()
}

async fn walk(address: SocketAddr, id: DeployId, statuses: &[&str]) {
    for status in statuses {
        let answer = send(address, &callback(id, &format!("{id}-{status}"), status)).await.unwrap();
        assert_eq!(answer.json()["outcome"], "applied", "{answer:?}");
    }
}

/// This build works; then a newer one migrates, and works.
async fn left_by_a_newer_build(site: &Site) -> Left {
    let serving = site.serve().await;
    let address = serving.address;
    let ended = dispatch(address, "ended").await;
    walk(address, ended, &WHOLE_PATH).await;
    let rolling = dispatch(address, "rolling").await;
    walk(address, rolling, &WHOLE_PATH[..5]).await;
    let live = dispatch(address, "live").await;
    let shown = deploy(address, ended).await;
    assert_eq!(serving.stop("TERM").await.code, Some(0));

    newer_build::migrate(&site.database, "add_tomorrow").await;
    let (store, waiting) = (site.store().await, nobody());
    newer_build::work(&site.database, &*store, rolling, waiting).await;
    store.close().await;
    Left { ended, rolling, live, waiting, shown }
}

/// Every column of the rows that match, as text.
async fn rows(site: &Site, columns: &str, from: &str) -> Vec<String> {
    let texts: Vec<_> =
        columns.split(' ').map(|name| format!("coalesce(CAST({name} AS TEXT), 'none')")).collect();
    let select = format!("SELECT {} FROM {from}", texts.join(" || ' | ' || "));
    Raw::open(&site.database).await.read(&select).await
}

/// What this build has no business with.
async fn not_ours(site: &Site, left: &Left) -> [Vec<String>; 3] {
    let deploys = "id app environment git_ref status version github_run_id github_run_url requested_by reason \
                   requested_at updated_at finished_at failure_stage approved_by";
    let others =
        format!("console_deploys WHERE id IN ('{}', '{}', '{}')", left.ended, left.rolling, left.waiting);
    [
        rows(site, deploys, &format!("{others} ORDER BY id")).await,
        rows(site, "what", "tomorrow").await,
        rows(site, "version description installed_on success", "_sqlx_migrations ORDER BY version").await,
    ]
}

async fn journal(site: &Site) -> Vec<String> {
    let columns = "sequence at actor action deploy_id payload previous_hash hash";
    rows(site, columns, "audit_log ORDER BY sequence").await
}

/// The rows of the newer build are there to be seen, and to be left alone.
async fn assert_shown_and_left_alone(address: SocketAddr, left: &Left) {
    assert_eq!(deploy(address, left.ended).await, left.shown);
    for (id, environment, status) in
        [(left.rolling, "rolling", "rolling_back"), (left.waiting, "waiting", "awaiting_window")]
    {
        let shown = deploy(address, id).await;
        assert_eq!((&shown["status"], &shown["finished_at"]), (&json!(status), &Value::Null));
        let page = get(address, &format!("/api/internal/deploys?environment={environment}")).await.json();
        assert_eq!(page["deploys"], json!([shown]));
        for path in ["/", "/deploys", &format!("/deploys/{id}")] {
            let page = get(address, path).await;
            assert!(page.status() == Some(200) && page.text().contains(status), "{path} hides {status}");
        }
        let refused = send(address, &callback(id, &format!("{id}-again"), "deploying")).await.unwrap();
        assert_problem(&refused, ErrorCode::TransitionRefused);
        assert_eq!(refused.json()["current"], status);
        let second = send(address, &press("another", environment)).await.unwrap();
        assert_problem(&second, ErrorCode::DeployUnderWay);
        assert_eq!(second.json()["active_deploy_id"], json!(id));
    }
    let history = deploy(address, left.rolling).await["history"].clone();
    assert_eq!(history.as_array().and_then(|path| path.last()).unwrap()["status"], "rolling_back");
    let actions: Vec<_> = get(address, "/api/internal/audit?limit=1000").await.json()["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["action"].as_str().unwrap().to_owned())
        .collect();
    assert!(actions.iter().any(|action| action == "console.freeze.declared"), "{actions:?}");
}

#[track_caller]
fn assert_problem(answer: &RawAnswer, code: ErrorCode) {
    assert_eq!(answer.status(), Some(code.http_status()), "{answer:?}");
    assert_eq!(answer.json()["code"], json!(code), "{answer:?}");
}

/// This build works on what a newer one only added to.
async fn f51_build_works_after_newer_additions(system: DatabaseSystem) {
    let site = Site::new(system, &apps(&ENVIRONMENTS)).await;
    let left = left_by_a_newer_build(&site).await;
    let (before, written) = (not_ours(&site, &left).await, journal(&site).await);

    let serving = site.serve().await;
    let address = serving.address;
    assert_eq!(get(address, "/readyz").await.status(), Some(200));
    assert_shown_and_left_alone(address, &left).await;
    walk(address, left.live, &WHOLE_PATH).await;
    let next = dispatch(address, "next").await;
    walk(address, next, &WHOLE_PATH).await;
    let ended = serving.stop("TERM").await;
    let said = ended.stderr.lines().filter(|line| line.contains("newer build")).count();
    assert_eq!((ended.code, said), (Some(0), 1), "{}", ended.stderr);

    for command in [&["audit", "verify"][..], &["audit", "head"], &["migrate"]] {
        let done = site.run(command).await;
        assert_eq!(done.code, Some(0), "{command:?}: {}", done.stderr);
    }
    assert_eq!(not_ours(&site, &left).await, before);
    let now = journal(&site).await;
    assert!(now.len() > written.len() && now.starts_with(&written));
}

/// This build goes on while a newer one adds.
/// As in an upgrade of several instances, one after the other.
async fn f51_build_continues_during_newer_additions(system: DatabaseSystem) {
    let site = Site::new(system, &apps(&ENVIRONMENTS)).await;
    let serving = site.serve().await;
    let address = serving.address;
    let id = dispatch(address, "live").await;
    // It has asked before, so that its statements are prepared.
    assert_eq!(deploy(address, id).await["status"], "dispatched");
    newer_build::migrate(&site.database, "add_tomorrow").await;

    assert_eq!(get(address, "/readyz").await.status(), Some(200));
    assert_eq!(deploy(address, id).await["status"], "dispatched");
    walk(address, id, &WHOLE_PATH).await;
    let next = dispatch(address, "next").await;
    walk(address, next, &WHOLE_PATH).await;
    let ended = serving.stop("TERM").await;
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
}

/// This build does not go back past what a newer one added.
/// Each of its own migrations could be undone; what the newer build added on top of them could not.
async fn f51_build_does_not_undo_newer_additions(system: DatabaseSystem) {
    let site = Site::new(system, &apps(&ENVIRONMENTS)).await;
    let left = left_by_a_newer_build(&site).await;
    let (before, written) = (not_ours(&site, &left).await, journal(&site).await);
    for version in ["1", "0"] {
        assert_refused(&site.run(&["migrate", "--down-to", version]).await, "99");
    }
    assert_eq!((not_ours(&site, &left).await, journal(&site).await), (before, written));
}

/// What a newer build did more than add is refused in one line.
/// Migrations that it does not know, and the one that is in the way.
async fn f44_newer_incompatible_schema_is_refused(system: DatabaseSystem) {
    const ANOTHER: &str =
        "INSERT INTO _sqlx_migrations SELECT 100, 'split deploys', installed_on, true, checksum, 0
                           FROM _sqlx_migrations WHERE version = 99";
    for (name, sql, in_the_way) in [
        ("split_deploys", "SELECT 1", "99"),
        // Not the word.
        ("addresses", "SELECT 1", "99"),
        ("add_tomorrow", ANOTHER, "100"),
        ("add_tomorrow", "UPDATE _sqlx_migrations SET success = false WHERE version = 99", "99"),
        // What is newer stands on other ground than ours.
        ("add_tomorrow", "DELETE FROM _sqlx_migrations WHERE version = 2", "99"),
    ] {
        let site = Site::new(system, &apps(&ENVIRONMENTS)).await;
        let serving = site.serve().await;
        newer_build::migrate(&site.database, name).await;
        Raw::open(&site.database).await.run(sql).await.unwrap();
        let is_half_done = sql.starts_with("UPDATE");
        let ready = get(serving.address, "/readyz").await;
        // While it is at work on one that may only add, there is no reason to stop.
        assert_eq!(ready.status(), Some(if is_half_done { 200 } else { 500 }), "{name}: {ready:?}");
        serving.stop("TERM").await;
        for command in [&["migrate"][..], &["migrate", "--down-to", "1"]] {
            let says = if sql == ANOTHER && command.len() > 1 { "99" } else { in_the_way };
            assert_refused(&site.run(command).await, says);
        }
    }
}

/// In one line, with the migration's number, and without a word of what was read on the way.
#[track_caller]
fn assert_refused(ended: &Ended, migration: &str) {
    let lines: Vec<_> = ended.stderr.lines().collect();
    assert!(ended.code == Some(1) && lines.len() == 1, "{ended:?}");
    assert!(
        lines[0].contains("DATABASE_URL") && lines[0].contains(&format!("migration {migration}")),
        "{ended:?}"
    );
}

on_both!(
    f51_deploy_ended_by_rollback_is_journaled_once,
    f51_build_works_after_newer_additions,
    f51_build_continues_during_newer_additions,
    f51_build_does_not_undo_newer_additions,
    f44_newer_incompatible_schema_is_refused,
);
