//! Answers are bounded by bytes as well as by entries: a log line may have 60 KB.

use app::domain::Visible;
use std::sync::Arc;

use app::domain::DeployId;
use serde_json::json;
use server::{audit, tasks::feed::Feed};
use store::DatabaseSystem;

use crate::support::{TestConsole, claim, database::on_both, fresh};

const LINE: usize = 60_000;
const REPORTS: i64 = 60;
const MEGABYTE: usize = 1024 * 1024;

/// A deploy whose workflow says a lot, again and again.
async fn with_long_lines(system: DatabaseSystem) -> (TestConsole, DeployId) {
    let console = TestConsole::over(system).await;
    let id = console.dispatched("production").await;
    for _ in 0..REPORTS {
        let mut report = claim(id, "building");
        report["log_line"] = "x".repeat(LINE).into();
        assert_eq!(console.callback(id, &fresh(), report.to_string()).await.status, 200);
    }
    (console, id)
}

async fn long_entries_come_in_short_pages(system: DatabaseSystem) {
    let (console, id) = with_long_lines(system).await;
    for filter in ["", &format!("&deploy_id={id}")] {
        let (mut read, mut after, mut pages) = (Vec::new(), 0, 0);
        loop {
            let page = console.get(&format!("/api/internal/audit?limit=1000&after={after}{filter}")).await;
            assert!(page.text.len() < MEGABYTE + 100_000, "{}", page.text.len());
            let entries = page.json["entries"].as_array().unwrap();
            read.extend(entries.iter().map(|entry| entry["sequence"].as_i64().unwrap()));
            pages += 1;
            let Some(next) = page.json["next_after"].as_i64() else { break };
            after = next;
        }
        assert_eq!(read, (1..=REPORTS + 2).collect::<Vec<_>>());
        assert_eq!(pages, 4, "a page is as full as it may be");
    }
    let store = &*console.database.store;
    assert_eq!(audit::verify(store, None).await.unwrap().chain.length, REPORTS + 2);
    let mut output = Vec::new();
    audit::export(store, &mut output).await.unwrap();
    assert_eq!(output.iter().filter(|byte| **byte == b'\n').count(), usize::try_from(REPORTS).unwrap() + 2);
    let mut listener = Feed::new(Arc::clone(&console.database.store)).listen(Some(0), Visible::All);
    for sequence in 1..=REPORTS + 2 {
        assert_eq!(listener.next().await.unwrap().sequence, Some(sequence));
    }
}

async fn deploy_page_shows_the_journals_end(system: DatabaseSystem) {
    let (console, id) = with_long_lines(system).await;
    let page = console.get(&format!("/deploys/{id}")).await;
    assert_eq!(page.status, 200);
    assert!(page.text.len() < 100_000, "{}", page.text.len());
    assert!(page.text.contains(&format!("{} earlier entries are not shown.", REPORTS + 1)), "{}", page.text);
    assert!(page.text.contains(&format!("href=\"/audit?deploy_id={id}\"")), "{}", page.text);
    assert!(page.text.contains("58000 more characters"), "{}", page.text);
    // The whole is in the API.
    let history = console.deploy(id).await;
    assert_eq!(history["history"][2]["log_line"], json!("x".repeat(LINE)));
}

on_both!(long_entries_come_in_short_pages, deploy_page_shows_the_journals_end);
