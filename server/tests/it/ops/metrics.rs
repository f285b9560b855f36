//! What Prometheus is told: of this process, and of how things stand by the database.

use std::{collections::BTreeSet, path::Path};

use github_fake::Fault;
use regex::Regex;
use store::DatabaseSystem;

use crate::support::{TestConsole, database::on_both, request};

/// The samples, by everything before their value.
struct Samples(String);

impl Samples {
    async fn of(console: &TestConsole) -> Self {
        let answer = console.get("/metrics").await;
        assert_eq!((answer.status, answer.header("content-type")), (200, Some("text/plain; version=0.0.4")));
        Self(answer.text)
    }

    fn get(&self, series: &str) -> Option<&str> {
        self.0.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '))
    }

    fn mentions(&self, name: &str) -> bool {
        self.0.contains(name)
    }
}

const PRODUCTION: &str = r#"deploy_console_deploys_under_way{app="shop",environment="production"}"#;
const STAGING: &str = r#"deploy_console_deploys_under_way{app="shop",environment="staging"}"#;

fn moved(status: &str) -> String {
    format!(
        r#"deploy_console_deploy_last_transition_timestamp_seconds{{app="shop",environment="production",status="{status}"}}"#
    )
}

/// Metrics say what is under way, and since when.
async fn live_deploys_and_their_age_are_reported(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    let before = Samples::of(&console).await;
    assert_eq!((before.get(PRODUCTION), before.get(STAGING)), (Some("0"), Some("0")));
    assert_eq!(before.get("deploy_console_journal_entries"), Some("0"));

    let id = console.dispatched("production").await;
    console.walk(id, &["smoke_gate_started"]).await;
    let during = Samples::of(&console).await;
    assert_eq!((during.get(PRODUCTION), during.get(STAGING)), (Some("1"), Some("0")));
    let at = console.deploy(id).await["updated_at"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    assert_eq!(during.get(&moved("smoke_gate_started")), Some(&*at.as_second().to_string()));
    assert!(!during.mentions(&moved("dispatched")), "it stands in one status");
    assert_eq!(
        during.get("deploy_console_journal_entries"),
        Some(&*console.journal(id).await.len().to_string())
    );

    console.walk(id, &["smoke_gate_passed", "building", "deploying", "succeeded"]).await;
    let after = Samples::of(&console).await;
    assert_eq!(after.get(PRODUCTION), Some("0"));
    assert!(!after.mentions("deploy_console_deploy_last_transition"), "what has ended is gone");
}

async fn unknown_values_are_left_out(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    assert_eq!(Samples::of(&console).await.get("deploy_console_database_up"), Some("1"));
    console.database.store.close().await;
    let away = Samples::of(&console).await;
    assert_eq!(away.get("deploy_console_database_up"), Some("0"));
    for name in ["deploys_under_way", "journal_entries", "last_transition", "notifications"] {
        assert!(!away.mentions(name), "{name}: {}", away.0);
    }
    assert!(away.mentions("deploy_console_http_requests_total"), "what the process knows is there");
}

#[tokio::test]
async fn requests_are_counted_by_route() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    for _ in 0..3 {
        console.get(&format!("/api/internal/deploys/{id}")).await;
    }
    for path in ["/made-up", "/api/internal/made/up", "/pkg/made-up.js"] {
        console.get(path).await;
    }
    let made_up = axum::http::Request::builder().method("MADEUP").uri("/");
    console.send(made_up.body(axum::body::Body::empty()).unwrap()).await;
    let samples = Samples::of(&console).await;
    let polls =
        r#"deploy_console_http_requests_total{method="GET",route="/api/internal/deploys/{id}",status="200"}"#;
    assert_eq!(samples.get(polls), Some("3"));
    let timed = r#"deploy_console_http_request_duration_seconds_count{method="GET",route="/api/internal/deploys/{id}"}"#;
    assert_eq!(samples.get(timed), Some("3"));
    assert!(!samples.0.to_lowercase().contains("made"), "nobody makes up a series: {}", samples.0);
}

#[tokio::test]
async fn open_streams_are_counted() {
    let console = TestConsole::new().await;
    let asked = request("GET", "/api/internal/events").body(axum::body::Body::empty()).unwrap();
    let stream = tower::ServiceExt::oneshot(console.router.clone(), asked).await.unwrap();
    assert_eq!(Samples::of(&console).await.get("deploy_console_event_streams"), Some("1"));
    drop(stream);
    assert_eq!(Samples::of(&console).await.get("deploy_console_event_streams"), Some("0"));
}

#[tokio::test]
async fn output_is_valid_prometheus_text() {
    let console = TestConsole::new().await;
    console.dispatched("production").await;
    let samples = Samples::of(&console).await;
    let line =
        Regex::new(r#"^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{([a-z]+="[^"\\]*",?)+\})? [-+.e0-9]+)$"#).unwrap();
    for sample in samples.0.lines() {
        assert!(line.is_match(sample), "{sample}");
    }
    for name in ["deploy_console_build_info{version=", "process_resident_memory_bytes"] {
        assert!(samples.mentions(name), "{name}");
    }
}

#[tokio::test]
async fn github_outage_is_reported() {
    let console = TestConsole::new().await;
    assert_eq!(Samples::of(&console).await.get("deploy_console_github_up"), Some("1"));
    console.github.fail_next(Fault::Refused(502, String::new()));
    console.requested("production").await;
    assert_eq!(Samples::of(&console).await.get("deploy_console_github_up"), Some("0"));
}

/// The names in a text, each once.
fn names(text: &str) -> BTreeSet<&str> {
    Regex::new("deploy_console_[a-z_]+").unwrap().find_iter(text).map(|found| found.as_str()).collect()
}

#[test]
fn every_metric_is_described_and_no_other() {
    let read = |path: &str| {
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)).unwrap()
    };
    let page = read("docs/operating/metrics.md");
    let table: String = page.lines().filter(|line| line.starts_with('|')).collect();
    assert_eq!(names(&table), names(&read("server/src/metrics.rs")));
    let alerts: String = page.lines().filter(|line| !line.starts_with('|')).collect();
    assert!(names(&alerts).is_subset(&names(&table)), "alerts are about what is there");
}

on_both!(live_deploys_and_their_age_are_reported, unknown_values_are_left_out);
