//! `audit verify` over the rows: one that agrees with the journal passes, by any writer; every other one is named.

use app::domain::RunRef;
use app::domain::{DeployId, Source, Status};
use futures::{StreamExt, stream};
use github_fake::Fault;
use jiff::SignedDuration;
use serde_json::json;
use server::audit::{self, AuditError, Verified};
use store::{self, Advance, DatabaseSystem, Rows, Store};

use crate::support::{
    Database, TestConsole, claim,
    database::on_both,
    fresh, noon,
    sample::{advance, delivery, open_request},
};

const COMMIT: &str = "1234567890abcdef1234567890abcdef12345678";
const OTHER: &str = "abcdef1234567890abcdef1234567890abcdef12";

async fn verify(store: &dyn Store) -> Result<Verified, AuditError> {
    audit::verify(store, None).await
}

/// What differs, as the command says it.
#[track_caller]
fn differs(verified: Result<Verified, AuditError>) -> String {
    match verified {
        Err(AuditError::Row(difference)) => difference.to_string(),
        other => panic!("{other:?}"),
    }
}

/// A deploy that failed in its smoke gate, with everything that a row can hold.
async fn failed(console: &TestConsole) -> DeployId {
    let order =
        json!({ "app": "shop", "environment": "production", "git_ref": "main", "reason": "a good one" });
    let answer = console.dispatch(&fresh(), &order).await;
    let id: DeployId = answer.json["id"].as_str().unwrap().parse().unwrap();
    console.walk(id, &["smoke_gate_started"]).await;
    console.clock.advance(SignedDuration::from_secs(60));
    let mut end = claim(id, "failed");
    end["failure_stage"] = "smoke_gate_failed".into();
    end["commit"] = COMMIT.into();
    assert_eq!(console.callback(id, &fresh(), end.to_string()).await.json["outcome"], "applied");
    id
}

/// What the console writes is borne out by the journal.
async fn rows_of_the_console_pass(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    failed(&console).await;
    // Imported, with an end before the console knew of it.
    let run = console.github.by_hand("acme/shop", "deploy.yml", "staging", "v1.4.2");
    console.github.succeed(run);
    assert_eq!(console.import().await, 1);
    // Refused by GitHub.
    console.github.fail_next(Fault::Refused(422, "no".to_owned()));
    console.dispatch(&fresh(), &crate::support::order("production")).await;
    // A repetition names run and commit; a report that is refused names others.
    let id = console.requested("production").await;
    console.walk(id, &["building"]).await;
    for (status, commit) in [("smoke_gate_passed", OTHER), ("building", COMMIT), ("building", OTHER)] {
        let mut report = claim(id, status);
        report["commit"] = commit.into();
        console.callback(id, &fresh(), report.to_string()).await;
    }
    console.post_form(&format!("/deploys/{id}/cancel"), "").await;
    console.pass().await;
    // A clock that is set back.
    console.clock.advance(SignedDuration::from_secs(-3_600));
    console.walk(id, &["deploying", "succeeded"]).await;
    assert_eq!(verify(&*console.database.store).await.unwrap().deploys, 4);
}

async fn changed_column_is_named(system: DatabaseSystem) {
    for (change, column, row, journal) in [
        ("status = 'succeeded'", "status", "\"succeeded\"", "\"failed\""),
        ("app = 'shops'", "app", "\"shops\"", "\"shop\""),
        ("environment = 'staging'", "environment", "\"staging\"", "\"production\""),
        ("git_ref = 'main2'", "git_ref", "\"main2\"", "\"main\""),
        ("requested_by = 'mallory'", "requested_by", "\"mallory\"", "\"local operator\""),
        ("reason = NULL", "reason", "nothing", "\"a good one\""),
        ("github_run_id = 7", "github_run_id", "\"7\"", "\""),
        ("github_run_id = NULL", "github_run_id", "nothing", "\""),
        ("commit_id = 'abcdef'", "commit_id", "\"abcdef\"", "\"1234567890abcdef"),
        ("failure_stage = 'deploy_failed'", "failure_stage", "\"deploy_failed\"", "\"smoke_gate_failed\""),
        ("failure_stage = NULL", "failure_stage", "nothing", "\"smoke_gate_failed\""),
        (
            "requested_at = '2026-11-22T11:00:00.000Z'",
            "requested_at",
            "\"2026-11-22T11",
            "\"2026-11-22T12:00:00.000Z\"",
        ),
        (
            "finished_at = '2026-11-22T12:00:59.999Z'",
            "finished_at",
            "\"2026-11-22T12:00:59",
            "\"2026-11-22T12:01:00.000Z\"",
        ),
        ("finished_at = NULL", "finished_at", "nothing", "\"2026-11-22T12:01:00.000Z\""),
    ] {
        let console = TestConsole::over(system).await;
        let id = failed(&console).await;
        assert_eq!(verify(&*console.database.store).await.unwrap().deploys, 1);
        let update = format!("UPDATE console_deploys SET {change}");
        console.database.raw().await.run(&update).await.unwrap();
        let said = differs(verify(&*console.database.store).await);
        let begins = format!("deploy {id}, {column}: the row says {row}");
        assert!(said.starts_with(&begins) && said.contains(&format!("the journal {journal}")), "{said}");
    }
}

async fn row_without_entries_fails(system: DatabaseSystem) {
    let database = Database::on(system).await;
    let request = open_request("key", "production");
    database.store.open(&request).await.unwrap();
    database.tamper(&["DELETE FROM audit_log"]).await;
    let said = differs(verify(&*database.store).await);
    assert_eq!(said, format!("deploy {}: there is a row, and no entry in the journal", request.id));
}

async fn entries_without_row_fail(system: DatabaseSystem) {
    let database = Database::on(system).await;
    let (first, gone) = (open_request("one", "production"), open_request("two", "staging"));
    for request in [&first, &gone] {
        database.store.open(request).await.unwrap();
    }
    let remove =
        format!("DELETE FROM idempotency_keys; DELETE FROM console_deploys WHERE id = '{}'", gone.id);
    database.raw().await.run(&remove).await.unwrap();
    let said = differs(verify(&*database.store).await);
    assert_eq!(said, format!("deploy {}: there are entries in the journal, and no row", gone.id));
}

async fn first_difference_is_named_across_pages(system: DatabaseSystem) {
    let database = Database::on(system).await;
    let mut ids = Vec::new();
    for number in 0..7 {
        let request = open_request(&format!("{number}"), &format!("e{number}"));
        database.store.open(&request).await.unwrap();
        ids.push(request.id.to_string());
    }
    ids.sort();
    let compare = async || {
        let (mut after, mut pages) = (String::new(), 0);
        loop {
            let page = database.store.compare(&Rows::After(after, 2)).await.unwrap();
            pages += 1;
            if let Some(difference) = page.difference {
                return (pages, Some(difference.deploy));
            }
            let Some(last) = page.last else { return (pages, None) };
            after = last;
        }
    };
    assert_eq!(compare().await, (4, None));
    let mut raw = database.raw().await;
    for (change, named) in [
        (format!("UPDATE console_deploys SET git_ref = 'x' WHERE id = '{}'", ids[6]), (4, &ids[6])),
        (format!("UPDATE console_deploys SET git_ref = 'x' WHERE id = '{}'", ids[3]), (2, &ids[3])),
        (
            format!("DELETE FROM idempotency_keys; DELETE FROM console_deploys WHERE id = '{}'", ids[2]),
            (2, &ids[2]),
        ),
        (format!("UPDATE console_deploys SET git_ref = 'x' WHERE id = '{}'", ids[0]), (1, &ids[0])),
    ] {
        raw.run(&change).await.unwrap();
        assert_eq!(compare().await, (named.0, Some(named.1.clone())), "{change}");
    }
}

async fn concurrent_writes_are_no_difference(system: DatabaseSystem) {
    let database = Database::on(system).await;
    let writers = stream::iter(0..40).map(async |number| {
        let request = open_request(&format!("{number}"), &format!("e{number}"));
        database.store.open(&request).await.unwrap();
        let run = Some(RunRef { id: number, url: String::new() });
        let edge = Advance { run, ..advance(request.id, Status::Dispatched, Source::Console) };
        database.store.advance(&edge).await.unwrap();
        for status in [Status::Building, Status::Deploying, Status::Succeeded] {
            let name = format!("{number} {status}");
            database.store.receive(&delivery(request.id, &name, status)).await.unwrap();
        }
    });
    let mut written = std::pin::pin!(writers.buffer_unordered(8).collect::<Vec<_>>());
    loop {
        let is_done = futures::poll!(&mut written).is_ready();
        let verified = verify(&*database.store).await.unwrap();
        if is_done {
            assert_eq!((verified.deploys, verified.chain.length), (40, 200));
            break;
        }
    }
}

async fn commits_lost_on_downgrade_are_no_difference(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    failed(&console).await;
    let url = console.database.url();
    for version in [Some(5), None] {
        store::migrate(url, version).await.unwrap();
    }
    let mut raw = console.database.raw().await;
    assert_eq!(raw.read("SELECT count(*) || '' FROM console_deploys WHERE commit_id IS NULL").await, ["1"]);
    let store = console.database.another().await;
    assert_eq!(verify(&*store).await.unwrap().deploys, 1);
    // Had the column been there before, it would be one.
    raw.run("UPDATE _sqlx_migrations SET installed_on = '2026-01-01 00:00:00' WHERE version = 6")
        .await
        .unwrap();
    assert!(differs(verify(&*store).await).contains("commit_id: the row says nothing"));
}

async fn entry_owed_by_migration_is_no_difference(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    let id = console.dispatched("production").await;
    console.walk(id, &["smoke_gate_started"]).await;
    for version in [Some(1), None] {
        store::migrate(console.database.url(), version).await.unwrap();
    }
    let store = console.database.another().await;
    verify(&*store).await.unwrap();
    assert_eq!(store.record_rolled_back(noon() + SignedDuration::from_secs(60)).await.unwrap().len(), 1);
    verify(&*store).await.unwrap();
    let update = "UPDATE console_deploys SET finished_at = '2026-11-22T12:01:00.000Z'";
    console.database.raw().await.run(update).await.unwrap();
    assert!(
        differs(verify(&*store).await).contains(", finished_at: "),
        "it ended before it was written down"
    );
}

on_both!(
    rows_of_the_console_pass,
    changed_column_is_named,
    row_without_entries_fails,
    entries_without_row_fail,
    first_difference_is_named_across_pages,
    concurrent_writes_are_no_difference,
    commits_lost_on_downgrade_are_no_difference,
    entry_owed_by_migration_is_no_difference,
);
