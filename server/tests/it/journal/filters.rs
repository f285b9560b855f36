//! The journal narrowed down, newest first, written out as a file, and its checked head.

use app::domain::Caller;
use app::{
    api::{AuditApi, AuditHead, ErrorCode},
    domain::{Flag, FreezeId},
};
use jiff::SignedDuration;
use runtime::{clock::Clock, ids::uuid_at};
use serde_json::Value;
use store::{Actor, DatabaseSystem, Lift, Promotion};

use crate::support::{Answer, TestConsole, assert_problem, database::on_both, freeze, noon};

/// Two deploys, a freeze of production that was lifted, and a flag that was promoted in staging.
async fn with_entries(system: DatabaseSystem) -> TestConsole {
    let console = TestConsole::over(system).await;
    let production = console.dispatched("production").await;
    console.clock.advance(SignedDuration::from_hours(1));
    let staging = console.dispatched("staging").await;
    console.walk(production, &["smoke_gate_started"]).await;
    console.walk(staging, &["smoke_gate_started"]).await;
    console.clock.advance(SignedDuration::from_hours(24));
    let (store, now) = (&console.database.store, console.clock.now());
    let id = FreezeId::new(uuid_at(now));
    let mut declared = freeze(id);
    declared.scope.environment = Some("production".to_owned());
    (declared.declared_by, declared.declared_at) = ("=ada".to_owned(), now);
    store.declare(&declared, "=ada").await.unwrap();
    store.lift(&Lift { id, by: Actor::named("ben"), at: now }).await.unwrap();
    let promotion = Promotion {
        flag: Flag::ConsoleDeployAsync,
        environment: "staging".to_owned(),
        is_on: true,
        by: Actor::named("ben"),
        at: now,
        without_observation: false,
    };
    store.promote(&promotion).await.unwrap();
    console
}

fn sequences(answer: &Answer) -> Vec<i64> {
    assert_eq!(answer.status, 200, "{answer:?}");
    let entries = answer.json["entries"].as_array().unwrap();
    entries.iter().map(|entry| entry["sequence"].as_i64().unwrap()).collect()
}

async fn each_filter_finds_its_entries(system: DatabaseSystem) {
    let console = with_entries(system).await;
    let all = sequences(&console.get("/api/internal/audit").await);
    assert_eq!(all, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    for (query, found) in [
        ("action=console.deploy.requested", &[1, 3][..]),
        ("action=console.freeze.lifted", &[8]),
        ("action=console.deploy.of_a_newer_build", &[]),
        ("actor=ben", &[8, 9]),
        ("actor=%3Dada", &[7]),
        ("actor=BEN", &[]),
        ("actor=workflow&action=console.deploy.callback", &[5, 6]),
        // The freeze names production, the flag staging; both are about no deploy.
        ("environment=production", &[1, 2, 5, 7]),
        ("environment=staging", &[3, 4, 6, 9]),
        ("app=shop", &[1, 2, 3, 4, 5, 6]),
        ("app=shop&environment=staging", &[3, 4, 6]),
        ("app=SHOP", &[]),
        ("app=%25", &[]),
        ("app=%22%2C%22", &[]),
        ("since=2026-11-23", &[7, 8, 9]),
        ("until=2026-11-22", &[1, 2, 3, 4, 5, 6]),
        ("since=2026-11-22T12:00:00.001Z&until=2026-11-22", &[3, 4, 5, 6]),
        ("action=&actor=&app=&environment=&since=&until=", &all),
    ] {
        let answer = console.get(&format!("/api/internal/audit?{query}")).await;
        assert_eq!(sequences(&answer), found, "{query}");
        let newest = console.get(&format!("/api/internal/audit?{query}&before={}", i64::MAX)).await;
        assert!(sequences(&newest).into_iter().rev().eq(found.iter().copied()), "{query}");
    }
}

async fn newest_first_pages_meet_without_gap(system: DatabaseSystem) {
    let console = with_entries(system).await;
    let (mut read, mut before) = (Vec::new(), i64::MAX);
    loop {
        let page = console.get(&format!("/api/internal/audit?limit=2&before={before}")).await;
        assert_eq!(page.json["next_after"], Value::Null);
        read.push(sequences(&page));
        let Some(next) = page.json["next_before"].as_i64() else { break };
        before = next;
    }
    assert_eq!(read, [&[9, 8][..], &[7, 6], &[5, 4], &[3, 2], &[1]]);
    let far = console.get("/api/internal/audit?before=1").await;
    assert_eq!((sequences(&far).len(), &far.json["next_before"]), (0, &Value::Null));
}

async fn values_out_of_form_are_refused(system: DatabaseSystem) {
    let console = with_entries(system).await;
    for query in
        ["after=1&before=5", "before=x", "since=yesterday", "until=2026-13-01", "deploy_id=x", "limit=0"]
    {
        assert_problem(&console.get(&format!("/api/internal/audit?{query}")).await, ErrorCode::InvalidQuery);
    }
    for query in ["format=xml", "since=yesterday", "deploy_id=x"] {
        let answer = console.get(&format!("/api/internal/audit/export?{query}")).await;
        assert_problem(&answer, ErrorCode::InvalidQuery);
    }
}

async fn export_holds_the_chosen_entries(system: DatabaseSystem) {
    let console = with_entries(system).await;
    let file = console.get("/api/internal/audit/export?environment=staging").await;
    assert_eq!(file.header("content-type"), Some("application/jsonl"));
    assert_eq!(file.header("content-disposition"), Some("attachment; filename=\"audit.jsonl\""));
    let lines: Vec<Value> = file.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let page = console.get("/api/internal/audit?environment=staging").await;
    assert_eq!(page.json["entries"], Value::Array(lines));

    let mut output = Vec::new();
    server::audit::export(&*console.database.store, &mut output).await.unwrap();
    let whole = console.get("/api/internal/audit/export").await;
    assert_eq!(whole.text.as_bytes(), output, "as the command line writes it");
}

/// A spreadsheet shows a name that begins with `=` as text.
async fn csv_export_is_safe_in_spreadsheets(system: DatabaseSystem) {
    let console = with_entries(system).await;
    let file = console.get("/api/internal/audit/export?format=csv").await;
    assert_eq!(file.header("content-type"), Some("text/csv; charset=utf-8"));
    let mut reader = csv::Reader::from_reader(file.text.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 9);
    assert_eq!(&rows[6][2], "'=ada");
    let payload: Value = serde_json::from_str(&rows[6][5]).unwrap();
    assert_eq!(payload["environment"], "production");
    assert_eq!(reader.headers().unwrap().len(), rows[6].len());
}

/// More entries than a page of the store has, so that the file is made of several.
async fn long_export_is_whole(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    for _ in 0..1_005 {
        let id = FreezeId::new(uuid_at(noon()));
        console.database.store.declare(&freeze(id), "somebody").await.unwrap();
    }
    for format in ["jsonl", "csv"] {
        let file = console.get(&format!("/api/internal/audit/export?format={format}")).await;
        let head = usize::from(format == "csv");
        assert_eq!(file.text.lines().count(), 1_005 + head, "{format}");
    }
}

async fn head_is_verified_up_to_now(system: DatabaseSystem) {
    let console = with_entries(system).await;
    let head = async || console.console.audit_head(&Caller::local()).await.unwrap();
    let AuditHead::Unverified { last, hash } = head().await else { panic!("nothing was checked yet") };
    assert_eq!(last, 9);

    console.console.check_journal().await;
    let at = console.clock.now();
    assert_eq!(head().await, AuditHead::Verified { first: 1, last: 9, hash, checked_at: at, at });
    console.clock.advance(SignedDuration::from_mins(5));
    console.database.store.declare(&freeze(FreezeId::new(uuid_at(at))), "somebody").await.unwrap();
    assert!(
        matches!(head().await, AuditHead::Verified { last: 10, checked_at, .. } if checked_at == at),
        "what came since is checked"
    );

    console.database.store.declare(&freeze(FreezeId::new(uuid_at(at))), "somebody").await.unwrap();
    console.database.tamper(&["UPDATE audit_log SET actor = 'mallory' WHERE sequence = 11"]).await;
    let broken = AuditHead::Broken { place: "First: entry 11 was changed after it was written.".to_owned() };
    assert_eq!(head().await, broken);
    assert_problem(&console.get("/readyz").await, ErrorCode::JournalBroken);
    assert_eq!(head().await, broken);
}

on_both!(
    each_filter_finds_its_entries,
    newest_first_pages_meet_without_gap,
    values_out_of_form_are_refused,
    export_holds_the_chosen_entries,
    csv_export_is_safe_in_spreadsheets,
    long_export_is_whole,
    head_is_verified_up_to_now
);
