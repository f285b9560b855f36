//! The history narrowed down: by how deploys ended, by whom and when; counted; and written out as a table.

mod csv_file;
mod ends;
mod people;
mod plots;

use serde_json::Value;

use crate::support::{Answer, TestConsole};

/// The ids that a query finds, newest first, over as many pages as there are.
async fn found(console: &TestConsole, query: &str) -> Vec<String> {
    let mut ids = Vec::new();
    let mut cursor = String::new();
    loop {
        let answer = console.get(&format!("/api/internal/deploys?limit=2&{query}{cursor}")).await;
        assert_eq!(answer.status, 200, "{query}: {answer:?}");
        ids.extend(ids_of(&answer));
        let Some(next) = answer.json["next_cursor"].as_str() else { return ids };
        cursor = format!("&cursor={next}");
    }
}

fn ids_of(answer: &Answer) -> impl Iterator<Item = String> {
    let deploys = answer.json["deploys"].as_array().unwrap();
    deploys.iter().map(|deploy| deploy["id"].as_str().unwrap().to_owned())
}

/// What the console counts for a query.
async fn totals(console: &TestConsole, query: &str) -> Value {
    let answer = console.get(&format!("/api/ui/deploy_totals?{query}")).await;
    assert_eq!(answer.status, 200, "{query}: {answer:?}");
    answer.json
}
