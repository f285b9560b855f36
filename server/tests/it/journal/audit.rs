//! The journal as a whole: read over HTTP, exported, and checked after it was changed directly in the database.
//! What `audit verify` says of the rows is in `row_check.rs`.

use app::{
    api::ErrorCode,
    domain::{DeployId, JournalEntry},
};
use serde_json::{Value, json};
use server::audit::{self, AuditError};
use store::{
    DatabaseSystem,
    audit::{Chain, GENESIS},
};

use crate::support::{
    TestConsole, assert_problem,
    database::on_both,
    process::{Ended, Workplace},
};

/// A console whose journal has a dozen entries about two deploys.
async fn with_entries(system: DatabaseSystem) -> (TestConsole, [DeployId; 2]) {
    let console = TestConsole::over(system).await;
    let ids = [console.dispatched("production").await, console.dispatched("staging").await];
    for id in ids {
        console.walk(id, &["smoke_gate_started", "smoke_gate_passed", "building"]).await;
        console.report(id, "smoke_gate_started").await;
    }
    (console, ids)
}

async fn verify(console: &TestConsole) -> Result<Chain, AuditError> {
    Ok(audit::verify(&*console.database.store, None).await?.chain)
}

async fn untouched_journal_is_whole(system: DatabaseSystem) {
    let (console, _) = with_entries(system).await;
    let chain = verify(&console).await.unwrap();
    assert_eq!(chain.length, console.database.count("audit_log").await);
    assert_eq!(audit::head(&*console.database.store).await.unwrap(), chain);
    assert_eq!(
        verify(&TestConsole::new().await).await.unwrap(),
        Chain { length: 0, head: GENESIS.to_owned() }
    );
}

/// After any change to entries, the first that was changed is named.
async fn first_changed_entry_is_named(system: DatabaseSystem) {
    for (statements, sequence, what) in [
        (
            &["UPDATE audit_log SET payload = replace(payload, 'building', 'deploying') WHERE sequence = 7"]
                [..],
            7,
            "changed",
        ),
        (&["UPDATE audit_log SET actor = 'somebody' WHERE sequence = 1"], 1, "changed"),
        (&["UPDATE audit_log SET action = 'console.deploy.refused' WHERE sequence = 4"], 4, "changed"),
        (&["UPDATE audit_log SET at = '2026-11-22T12:00:00.001Z' WHERE sequence = 5"], 5, "changed"),
        (&["UPDATE audit_log SET at = '2026-11-22T12:00:00.000000Z' WHERE sequence = 5"], 5, "changed"),
        (&["UPDATE audit_log SET payload = payload || ' ' WHERE sequence = 3"], 3, "changed"),
        (
            &[
                "UPDATE audit_log SET payload = '{' || substr(payload, 2, 0) || '\"status\":\"failed\",' || substr(payload, 2) WHERE sequence = 6",
            ],
            6,
            "changed",
        ),
        (&["UPDATE audit_log SET deploy_id = NULL WHERE sequence = 2"], 2, "changed"),
        (&["UPDATE audit_log SET payload = 'no JSON' WHERE sequence = 6"], 6, "cannot be read"),
        (&["UPDATE audit_log SET hash = previous_hash || 'x' WHERE sequence = 8"], 8, "changed"),
        (&["UPDATE audit_log SET previous_hash = hash WHERE sequence = 9"], 9, "does not follow"),
        (&["DELETE FROM audit_log WHERE sequence = 3"], 3, "missing"),
        (&["DELETE FROM audit_log WHERE sequence < 4"], 1, "missing"),
        (
            &[
                "UPDATE audit_log SET sequence = 1000 WHERE sequence = 5",
                "UPDATE audit_log SET sequence = 5 WHERE sequence = 6",
                "UPDATE audit_log SET sequence = 6 WHERE sequence = 1000",
            ],
            5,
            "does not follow",
        ),
        (
            &[
                "INSERT INTO audit_log SELECT 13, at, actor, action, deploy_id, payload, hash, 'made up' FROM audit_log WHERE sequence = 12",
            ],
            13,
            "changed",
        ),
    ] {
        let (console, _) = with_entries(system).await;
        assert_eq!(verify(&console).await.unwrap().length, 12);
        console.database.tamper(statements).await;
        match verify(&console).await {
            Err(AuditError::Broken(broken)) => {
                assert_eq!(broken.sequence, sequence, "{statements:?}: {broken}");
                assert!(broken.what.contains(what), "{statements:?}: {broken}");
            }
            other => panic!("{statements:?}: {other:?}"),
        }
    }
}

async fn anchor_reveals_a_cut_end(system: DatabaseSystem) {
    let (console, ids) = with_entries(system).await;
    let anchor = verify(&console).await.unwrap().head;
    console.walk(ids[0], &["deploying"]).await;
    let store = &*console.database.store;
    assert_eq!(audit::verify(store, Some(&anchor)).await.unwrap().chain.length, 13);
    console.database.tamper(&["DELETE FROM audit_log WHERE sequence > 11"]).await;
    assert!(
        matches!(verify(&console).await, Err(AuditError::Row(_))),
        "the row is further than what is left"
    );
    let cut = audit::verify(store, Some(&anchor)).await.unwrap_err();
    assert!(matches!(&cut, AuditError::NotAnchored(hash) if *hash == anchor), "{cut}");
}

async fn trail_is_read_in_sequence_by_page(system: DatabaseSystem) {
    let (console, ids) = with_entries(system).await;
    let mut read = Vec::new();
    let mut path = "/api/internal/audit?limit=5".to_owned();
    let mut pages = 0;
    loop {
        let answer = console.get(&path).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        pages += 1;
        read.extend(
            answer.json["entries"]
                .as_array()
                .unwrap()
                .iter()
                .map(|entry| entry["sequence"].as_i64().unwrap()),
        );
        let Some(after) = answer.json["next_after"].as_i64() else { break };
        path = format!("/api/internal/audit?limit=5&after={after}");
    }
    assert_eq!((pages, read), (3, (1..=12).collect::<Vec<_>>()));

    let of_one = console.get(&format!("/api/internal/audit?deploy_id={}", ids[1])).await.json;
    let entries: Vec<JournalEntry> = serde_json::from_value(of_one["entries"].clone()).unwrap();
    assert_eq!(entries, console.journal(ids[1]).await);
    assert_eq!(of_one["next_after"], Value::Null);
}

async fn page_is_requested_by_numbers_and_id(system: DatabaseSystem) {
    let (console, _) = with_entries(system).await;
    for query in ["limit=0", "limit=1001", "limit=x", "after=x", "deploy_id=x"] {
        assert_problem(&console.get(&format!("/api/internal/audit?{query}")).await, ErrorCode::InvalidQuery);
    }
    for query in [
        "limit=1000",
        "after=-1",
        "after=9223372036854775807",
        "deploy_id=01a20320-a200-7167-a89a-1a1cc8e1d563",
    ] {
        assert_eq!(console.get(&format!("/api/internal/audit?{query}")).await.status, 200, "{query}");
    }
}

async fn export_writes_one_json_line_per_entry(system: DatabaseSystem) {
    let (console, ids) = with_entries(system).await;
    let mut output = Vec::new();
    audit::export(&*console.database.store, &mut output).await.unwrap();
    let lines = String::from_utf8(output).unwrap();
    let entries: Vec<JournalEntry> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(entries.len(), 12);
    let of_one: Vec<_> = entries.into_iter().filter(|entry| entry.deploy_id == Some(ids[0])).collect();
    assert_eq!(of_one, console.journal(ids[0]).await);
}

async fn command(url: &str, arguments: &[&str]) -> Ended {
    Workplace::new().run(&[&["audit"], arguments].concat(), &[("DATABASE_URL", url)]).await
}

async fn command_line_checks_exports_and_anchors(system: DatabaseSystem) {
    let (console, _) = with_entries(system).await;
    let url = console.database.url().as_str();
    let whole = command(url, &["verify"]).await;
    assert_eq!(whole.code, Some(0), "{whole:?}");
    assert!(whole.stdout.starts_with("The journal is whole: 12 entries, head "), "{whole:?}");
    assert!(whole.stdout.ends_with("\nDeploys compared with it: 2, no difference\n"), "{whole:?}");
    let head = command(url, &["head"]).await.stdout;
    let (number, hash) = head.trim().split_once(' ').unwrap();
    assert_eq!((number, hash.len()), ("12", 64));
    assert_eq!(command(url, &["verify", "--anchored", hash]).await.code, Some(0));
    let export = command(url, &["export"]).await.stdout;
    assert_eq!(export.lines().count(), 12);
    assert_eq!(serde_json::from_str::<Value>(export.lines().next().unwrap()).unwrap()["sequence"], json!(1));

    let other = command(url, &["verify", "--anchored", &"0".repeat(63)]).await;
    assert_eq!((other.code, other.stderr.lines().count()), (Some(1), 1), "{other:?}");
    assert!(other.stderr.contains("holds no entry with the hash 000"), "{other:?}");
    console.database.tamper(&["UPDATE audit_log SET actor = 'somebody' WHERE sequence = 9"]).await;
    let broken = command(url, &["verify"]).await;
    assert_eq!((broken.code, broken.stderr.lines().count()), (Some(1), 1), "{broken:?}");
    assert!(broken.stderr.contains("entry 9 was changed after it was written"), "{broken:?}");
}

#[tokio::test]
async fn reading_creates_no_database() {
    let workplace = Workplace::new();
    let nothing = workplace.run(&["audit", "verify"], &[("DATABASE_URL", "sqlite://test.db")]).await;
    assert_eq!(nothing.code, Some(1));
    assert!(nothing.stderr.starts_with("deploy-console: DATABASE_URL: sqlite://test.db"), "{nothing:?}");
    assert!(!workplace.path().join("test.db").exists());
}

#[tokio::test]
async fn head_is_logged_from_the_start() {
    let workplace = Workplace::new();
    let mut serving = workplace.serve(&["rehearse"], &[]).await;
    serving.says("journal head").await;
    let ended = serving.stop("TERM").await;
    assert!(ended.stderr.contains(&format!("hash=\"{GENESIS}\"")), "{}", ended.stderr);
}

on_both!(
    untouched_journal_is_whole,
    first_changed_entry_is_named,
    anchor_reveals_a_cut_end,
    trail_is_read_in_sequence_by_page,
    page_is_requested_by_numbers_and_id,
    export_writes_one_json_line_per_entry,
    command_line_checks_exports_and_anchors,
);
