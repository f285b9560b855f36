//! The history as a table for spreadsheets.

use csv::StringRecord;
use jiff::SignedDuration;
use serde_json::json;
use store::DatabaseSystem;

use crate::{
    access::people::{FOREIGN, console_with, person},
    support::{Answer, Given, TestConsole, assert_problem, bulk, database::on_both, fresh, id_of},
};

fn rows(answer: &Answer) -> Vec<StringRecord> {
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("text/csv; charset=utf-8")));
    let disposition = answer.header("content-disposition");
    assert_eq!(disposition, Some("attachment; filename=\"deploys.csv\""));
    let mut reader = csv::Reader::from_reader(answer.text.as_bytes());
    reader.records().map(Result::unwrap).collect()
}

async fn csv_is_quoted_and_defused(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    let mut ids = Vec::new();
    let reasons = ["=cmd|' /C calc'!A1", "+1", "-1", "@SUM(A1)", "two\r\nlines, \"quoted\"", "plain"];
    for reason in reasons {
        let order = json!({ "app": "shop", "environment": "staging", "git_ref": "v1", "reason": reason });
        let id = id_of(&console.dispatch(&fresh(), &order).await);
        console.clock.advance(SignedDuration::from_secs(90));
        console.walk(id, &["building", "failed"]).await;
        ids.push(id.to_string());
    }
    let file = console.get("/api/internal/deploys.csv").await;
    let (head, rest) = file.text.split_once("\r\n").unwrap();
    assert_eq!(
        head,
        "id,app,environment,git_ref,commit,status,ended_as,failure_stage,requested_by,reason,requested_at,finished_at,seconds,attempt,github_run_id,github_run_url"
    );
    assert!(rest.ends_with("\r\n") && rest.contains(r#""two"#) && rest.contains(r#"""quoted"""#), "{rest}");
    let rows = rows(&file);
    let shown: Vec<&str> = rows.iter().map(|row| &row[9]).rev().collect();
    // Line ends within a reason are the console's to keep or to turn into spaces.
    assert_eq!(shown[..4], ["'=cmd|' /C calc'!A1", "'+1", "'-1", "'@SUM(A1)"]);
    assert!(shown[4].starts_with("two") && shown[4].ends_with("lines, \"quoted\""), "{shown:?}");
    assert_eq!(shown[5], "plain");
    let newest = &rows[0];
    assert_eq!((&newest[0], &newest[1], &newest[2], &newest[3]), (ids[5].as_str(), "shop", "staging", "v1"));
    assert_eq!((&newest[5], &newest[6], &newest[8], &newest[12]), ("failed", "", "local operator", "90"));
}

async fn csv_has_the_filters_of_the_page(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    let mut raw = console.database.raw().await;
    raw.run(&bulk::fill(system, 700)).await.unwrap();
    for (query, count) in [
        ("", 700),
        ("limit=5", 700),
        ("status=in_progress", 36),
        ("app=app-0&environment=e0&status=failed", 70),
        ("person=RARE&limit=1", 42),
        ("ended_since=2030-01-01", 0),
    ] {
        let rows = rows(&console.get(&format!("/api/internal/deploys.csv?{query}")).await);
        assert_eq!(rows.len(), count, "{query}");
        assert!(rows.iter().zip(rows.iter().skip(1)).all(|(row, next)| row[10] >= next[10]), "{query}");
    }
    for query in ["since=x", "ended_since=x", "ended_until=2026-02-30"] {
        let answer = console.get(&format!("/api/internal/deploys.csv?{query}")).await;
        assert_problem(&answer, app::api::ErrorCode::InvalidQuery);
    }
    let page = console.get("/deploys?status=failed&person=rare").await.text;
    assert!(page.contains("/api/internal/deploys.csv?status=failed&amp;person=rare"), "{page}");
}

/// What somebody may not see is in no file of theirs.
async fn csv_leaves_out_hidden_apps(system: DatabaseSystem) {
    let grants = r#"
        [[grant]]
        role = "admin"
        to = ["user:ada"]
        [[grant]]
        role = "viewer"
        to = ["user:ben"]
        apps = ["shop"]
    "#;
    let console = console_with(grants, Given { database: system, ..Given::default() }).await;
    let ada = person(&console, "ada", "");
    for app in ["shop", FOREIGN] {
        let order = json!({ "app": app, "environment": "staging", "git_ref": "main" });
        assert_eq!(ada.post("/api/internal/deploys", &order).await.status, 201);
    }
    let apps = async |name: &str| -> Vec<String> {
        let file = person(&console, name, "").get("/api/internal/deploys.csv").await;
        rows(&file).iter().map(|row| row[1].to_owned()).collect()
    };
    assert_eq!((apps("ada").await.len(), apps("ben").await), (2, vec!["shop".to_owned()]));
    let totals = person(&console, "ben", "").get("/api/ui/deploy_totals").await;
    assert_eq!(totals.json["in_progress"], 1, "{totals:?}");
}

on_both!(csv_is_quoted_and_defused, csv_has_the_filters_of_the_page, csv_leaves_out_hidden_apps);
