//! One row of the database that cannot be read takes no page with it.

use app::domain::Visible;
use std::{sync::Arc, time::Duration};

use app::{api::ErrorCode, domain::DeployId};
use serde_json::{Value, json};
use server::{audit, tasks::feed::Feed};
use store::DatabaseSystem;

use crate::{
    pages::rendering::text_of,
    support::{TestConsole, assert_problem, database::on_both, log::Log, shape::path},
};

/// The entry of the callback `smoke_gate_passed`, of the first deploy.
const PLACE: i64 = 4;
const PATIENCE: Duration = Duration::from_secs(20);

/// A deploy with five entries, of which the fourth is changed; and another one.
async fn with_unreadable(system: DatabaseSystem, change: &str) -> (TestConsole, DeployId) {
    let console = TestConsole::over(system).await;
    let id = console.dispatched("production").await;
    console.walk(id, &["smoke_gate_started", "smoke_gate_passed", "building"]).await;
    console.dispatched("staging").await;
    let update = format!("UPDATE audit_log SET {change} WHERE sequence = {PLACE}");
    console.database.tamper(&[&update]).await;
    (console, id)
}

async fn unreadable_entry_is_shown_as_such(system: DatabaseSystem) {
    for (change, why, at, stored) in [
        ("payload = 'no <b>JSON'", "payload is not JSON", json!("2026-11-22T12:00:00Z"), "no &lt;b&gt;JSON"),
        ("at = 'yesterday'", "at cannot be read", Value::Null, "yesterday"),
    ] {
        let (console, id) = with_unreadable(system, change).await;
        for page in ["/", "/deploys", &format!("/deploys/{id}"), "/insight", "/metrics"] {
            assert_eq!(console.get(page).await.status, 200, "{change}: {page}");
        }
        let page = console.get(&format!("/deploys/{id}")).await.text;
        let row = page.split("<tr>").find(|row| row.contains("unreadable entry 4")).unwrap();
        assert!(row.contains(stored) && row.contains(why), "{row}");
        let history = console.deploy(id).await;
        assert_eq!(path(&history), ["requested", "dispatched", "smoke_gate_started", "building"]);

        let trail = console.get("/api/internal/audit").await;
        assert_eq!((trail.status, trail.json["entries"].as_array().unwrap().len()), (200, 7));
        let entry = &trail.json["entries"][3];
        assert_eq!(
            (&entry["unreadable"], &entry["at"], &entry["sequence"]),
            (&json!(why), &at, &json!(PLACE))
        );
        assert_eq!((&entry["payload"], &entry["deploy_id"]), (&Value::Null, &json!(id)));
        assert_eq!(entry["action"], "console.deploy.callback");
        assert!(trail.json["entries"][2].get("unreadable").is_none());
    }
}

async fn events_continue_after_an_unreadable_entry(system: DatabaseSystem) {
    let (console, _) = with_unreadable(system, "payload = 'no JSON'").await;
    let mut listener = Feed::new(Arc::clone(&console.database.store)).listen(Some(2), Visible::All);
    let mut heard = Vec::new();
    while heard.last() != Some(&7) {
        let next = tokio::time::timeout(PATIENCE, listener.next()).await.expect("there is another");
        heard.extend(next.unwrap().sequence);
    }
    assert_eq!(heard, [3, 5, 6, 7]);
}

async fn export_keeps_what_is_left(system: DatabaseSystem) {
    let (console, _) = with_unreadable(system, "payload = 'no JSON'").await;
    let mut output = Vec::new();
    audit::export(&*console.database.store, &mut output).await.unwrap();
    let lines: Vec<Value> =
        String::from_utf8(output).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((lines.len(), &lines[3]["stored"]["payload"]), (7, &json!("no JSON")));
}

async fn unreadable_deploy_hides_no_other(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    let mut ids = Vec::new();
    for _ in 0..4 {
        ids.push(console.succeeded("production", "1234567890abcdef1234567890abcdef12345678").await);
    }
    let update = format!("UPDATE console_deploys SET updated_at = 'later' WHERE id = '{}'", ids[2]);
    console.database.raw().await.run(&update).await.unwrap();
    for page in ["/", "/deploys", "/metrics"] {
        assert_eq!(console.get(page).await.status, 200, "{page}");
    }
    let (mut read, mut address) = (Vec::new(), "/api/internal/deploys?limit=1".to_owned());
    loop {
        let page = console.get(&address).await.json;
        read.push(page["deploys"][0]["id"].clone());
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        address = format!("/api/internal/deploys?limit=1&cursor={cursor}");
    }
    assert_eq!(read, [json!(ids[3]), json!(ids[1]), json!(ids[0])], "no page ends early");
    assert_problem(&console.get(&format!("/api/internal/deploys/{}", ids[2])).await, ErrorCode::Internal);
}

#[tokio::test]
async fn unreadable_data_is_logged_once() {
    let (console, id) = with_unreadable(DatabaseSystem::Sqlite, "at = 'yesterday'").await;
    let (log, _listens) = Log::begin();
    for _ in 0..3 {
        console.deploy(id).await;
        text_of(&console.get("/").await.text);
    }
    assert_eq!(log.text().matches("an entry of the journal cannot be read").count(), 1, "{}", log.text());
}

on_both!(
    unreadable_entry_is_shown_as_such,
    events_continue_after_an_unreadable_entry,
    export_keeps_what_is_left,
    unreadable_deploy_hides_no_other,
);
