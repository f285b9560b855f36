//! The poll and the list: entity tags, keyset paging, filters, and statuses that this build does not know.

use app::{api::ErrorCode, domain::DeployId};
use github_fake::Fault;
use jiff::SignedDuration;
use serde_json::{Value, json};
use store::DatabaseSystem;

use crate::support::{
    Answer, TestConsole, assert_problem, claim, database::on_both, fresh, id_of, log::Log, nobody, order,
    request, shape,
};

const DEPLOYS: &str = "/api/internal/deploys";

async fn poll(console: &TestConsole, id: DeployId, known: &[&str]) -> Answer {
    let mut request = request("GET", &format!("{DEPLOYS}/{id}"));
    for tag in known {
        request = request.header("if-none-match", *tag);
    }
    console.send(request.body(axum::body::Body::empty()).unwrap()).await
}

/// However many are asked for: log lines may have 60 KB each.
async fn list_page_is_bounded_in_bytes(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    let mut expected = Vec::new();
    for _ in 0..5 {
        let id = console.dispatched("staging").await;
        for status in ["smoke_gate_started", "smoke_gate_passed", "building", "deploying", "succeeded"] {
            let mut report = claim(id, status);
            report["log_line"] = "x".repeat(60_000).into();
            assert_eq!(console.callback(id, &fresh(), report.to_string()).await.json["outcome"], "applied");
        }
        console.clock.advance(SignedDuration::from_secs(1));
        expected.insert(0, json!(id));
    }
    let (mut read, mut pages) = (Vec::new(), Vec::new());
    let mut address = format!("{DEPLOYS}?limit=100");
    loop {
        let answer = console.get(&address).await;
        assert!(answer.text.len() < 1_200_000, "{}", answer.text.len());
        let page = answer.json["deploys"].as_array().unwrap().clone();
        pages.push(page.len());
        read.extend(page.into_iter().map(|deploy| deploy["id"].clone()));
        let Some(cursor) = answer.json["next_cursor"].as_str() else { break };
        address = format!("{DEPLOYS}?limit=100&cursor={cursor}");
    }
    assert_eq!((read, pages), (expected, vec![3, 2]));
}

on_both!(list_page_is_bounded_in_bytes);

/// A refusal has no place in a history, and a hundred of them may be 6 MB: no poll reads them.
#[tokio::test]
async fn f82_poll_reads_no_refusals() {
    let (log, _guard) = Log::begin();
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    assert_eq!(console.report(id, "succeeded").await.status, 409);
    let refusal = r#"UPDATE audit_log SET at = 'never' WHERE payload LIKE '%"outcome":"refused"%'"#;
    console.database.tamper(&[refusal]).await;
    assert_eq!(poll(&console, id, &[]).await.json["status"], "dispatched");
    assert_eq!(console.get(DEPLOYS).await.status, 200);
    assert!(!log.text().contains("cannot be read"), "{}", log.text());
    let page = console.get(&format!("/deploys/{id}")).await.text;
    assert!(page.contains("nreadable entry"), "the page of the deploy shows its journal: {page}");
}

/// The poll carries a strong tag, which changes with the row.
#[tokio::test]
async fn strong_tag_changes_with_the_row() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    let mut tags = Vec::new();
    for status in ["smoke_gate_started", "smoke_gate_passed", "building", "failed"] {
        console.walk(id, &[status]).await;
        let answer = poll(&console, id, &[]).await;
        assert_eq!((answer.status, &answer.json["status"]), (200, &json!(status)));
        shape::assert_deploy(&answer.json);
        let tag = answer.header("etag").unwrap().to_owned();
        assert!(tag.len() > 2 && tag.starts_with('"') && tag.ends_with('"'), "not strong: {tag}");
        assert!(!tags.contains(&tag));
        assert_eq!(poll(&console, id, &[&tag]).await.status, 304);
        tags.push(tag);
    }
}

/// What is known is 304 without a body, and anything else is 200.
#[tokio::test]
async fn known_version_is_304_otherwise_200() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    let tag = poll(&console, id, &[]).await.header("etag").unwrap().to_owned();
    let (weak, list) = (format!("W/{tag}"), format!("\"x\", W/\"y\",{tag}"));
    for known in [&[&*tag][..], &[&*weak], &[&*list], &["\"x\"", &*tag], &["*"]] {
        let answer = poll(&console, id, known).await;
        assert_eq!((answer.status, answer.text.as_str()), (304, ""), "{known:?}");
        assert_eq!(answer.header("etag"), Some(&*tag));
    }
    let bare = tag.trim_matches('"').to_owned();
    for other in [&["\"x\""][..], &[&*bare], &["w/\"2\""], &[""], &["\""], &["\"1\", \"3\""]] {
        assert_eq!(poll(&console, id, other).await.status, 200, "{other:?}");
    }
    console.walk(id, &["building"]).await;
    let answer = poll(&console, id, &[&tag]).await;
    assert_eq!((answer.status, &answer.json["status"]), (200, &json!("building")));
    assert_ne!(answer.header("etag"), Some(&*tag));
}

/// A repetition and a refusal leave the row alone, and its tag; naming the run does not.
#[tokio::test]
async fn tag_follows_only_the_row() {
    let console = TestConsole::new().await;
    let id = console.requested("production").await;
    console.walk(id, &["building"]).await;
    let tag = poll(&console, id, &[]).await.header("etag").unwrap().to_owned();
    console.report(id, "building").await;
    console.report(id, "succeeded").await;
    assert_eq!(poll(&console, id, &[&tag]).await.status, 304);
    let body = json!({ "console_deploy_id": id, "status": "building", "run_id": 5 });
    console.callback(id, "names the run", body.to_string()).await;
    let answer = poll(&console, id, &[&tag]).await;
    assert_eq!((answer.status, &answer.json["github_run_id"]), (200, &json!(5)));
}

/// A deploy that is not there is 404, with any entity tag.
#[tokio::test]
async fn missing_deploy_is_always_404() {
    let console = TestConsole::new().await;
    assert_problem(&poll(&console, nobody(), &["*"]).await, ErrorCode::UnknownDeploy);
    assert_problem(&console.get(&format!("{DEPLOYS}/not-an-id")).await, ErrorCode::UnknownDeploy);
}

/// Deploys that ended, `count` of them at the same moment, oldest first.
async fn ended(console: &TestConsole, environment: &str, count: usize) -> Vec<String> {
    let mut ids = Vec::new();
    for _ in 0..count {
        console.github.fail_next(Fault::Refused(422, String::new()));
        ids.push(id_of(&console.dispatch(&fresh(), &order(environment)).await).to_string());
    }
    ids
}

#[track_caller]
fn ids(page: &Value) -> Vec<String> {
    let deploys = page["deploys"].as_array().unwrap_or_else(|| panic!("{page}"));
    deploys.iter().map(|deploy| deploy["id"].as_str().unwrap().to_owned()).collect()
}

async fn page(console: &TestConsole, query: &str) -> Value {
    let answer = console.get(&format!("{DEPLOYS}?{query}")).await;
    assert_eq!(answer.status, 200, "{query}: {answer:?}");
    answer.json
}

/// Follows `next_cursor` to the end; `between` happens after each page.
async fn all_pages(console: &TestConsole, query: &str, between: impl AsyncFn()) -> Vec<String> {
    let mut found = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = page(console, &format!("{query}&cursor={cursor}")).await;
        found.extend(ids(&page));
        assert!(found.len() < 1000, "the pages have no end");
        match page["next_cursor"].as_str() {
            Some(next) => next.clone_into(&mut cursor),
            None => return found,
        }
        between().await;
    }
}

#[tokio::test]
async fn pages_are_newest_first_without_gaps() {
    let console = TestConsole::new().await;
    let mut expected = Vec::new();
    // Several at one moment: the order among them is by id, and it is the same on every page.
    for (environment, count) in [("production", 4), ("staging", 3), ("production", 1)] {
        let mut made = ended(&console, environment, count).await;
        made.sort();
        expected.extend(made);
        console.clock.advance(SignedDuration::from_secs(1));
    }
    expected.reverse();
    assert_eq!(ids(&page(&console, "").await), expected);
    for limit in 1..=9 {
        let found = all_pages(&console, &format!("limit={limit}"), async || {}).await;
        assert_eq!(found, expected, "limit={limit}");
    }
    let last = page(&console, "limit=8").await;
    assert_eq!(last["next_cursor"], Value::Null, "a page that is just full is the last");
}

#[tokio::test]
async fn new_deploys_do_not_shift_pages() {
    let console = TestConsole::new().await;
    let mut expected = ended(&console, "staging", 5).await;
    expected.sort();
    expected.reverse();
    let found = all_pages(&console, "limit=2", async || {
        console.clock.advance(SignedDuration::from_secs(1));
        ended(&console, "production", 1).await;
    });
    assert_eq!(found.await, expected);
}

#[tokio::test]
async fn filters_narrow_the_list_across_pages() {
    let console = TestConsole::new().await;
    let mut production = ended(&console, "production", 3).await;
    let live = console.dispatched("staging").await.to_string();
    production.sort();
    production.reverse();
    for (query, expected) in [
        ("environment=production", production.clone()),
        ("app=shop&environment=staging", vec![live.clone()]),
        ("status=failed", production.clone()),
        ("status=dispatched", vec![live.clone()]),
        ("status=failed&environment=staging", vec![]),
        ("status=rolling_back", vec![]),
        ("app=blog", vec![]),
        ("app=sho", vec![]),
        ("app=%25", vec![]),
        ("app='%20OR%201=1%20--", vec![]),
        ("app=&environment=&status=dispatched&cursor=", vec![live.clone()]),
        ("unknown=parameter&status=dispatched", vec![live]),
    ] {
        assert_eq!(ids(&page(&console, query).await), expected, "{query}");
    }
    let paged = all_pages(&console, "environment=production&limit=1", async || {}).await;
    assert_eq!(paged, production);
}

#[tokio::test]
async fn malformed_parameter_is_400() {
    let console = TestConsole::new().await;
    for query in [
        "limit=0",
        "limit=101",
        "limit=-1",
        "limit=1.5",
        "limit=many",
        "limit=99999999999999999999",
        "cursor=x",
        "cursor=%00",
        "cursor=bm90IGEgY3Vyc29y",
        "cursor=MjAyNi0xMS0yMlQxMjowMDowMFogbm8taWQ",
        "limit=1&limit=2",
        "since=x",
        "since=2026-02-30",
        "until=22.11.2026",
        "until=2026-11-22T12:00:00",
    ] {
        let answer = console.get(&format!("{DEPLOYS}?{query}")).await;
        assert_eq!(answer.status, 400, "{query}: {answer:?}");
        assert_problem(&answer, ErrorCode::InvalidQuery);
    }
    for query in ["limit=1", "limit=100"] {
        page(&console, query).await;
    }
}

#[tokio::test]
async fn listed_deploys_match_their_poll() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    console.walk(id, &["smoke_gate_started", "smoke_gate_passed"]).await;
    ended(&console, "staging", 1).await;
    for deploy in page(&console, "").await["deploys"].as_array().unwrap() {
        shape::assert_deploy(deploy);
        let id = deploy["id"].as_str().unwrap().parse().unwrap();
        assert_eq!(deploy, &console.deploy(id).await);
    }
}

/// A status of a newer build is shown, and never rewritten.
#[tokio::test]
async fn f50_newer_status_is_shown_not_rewritten() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    console.walk(id, &["smoke_gate_started", "smoke_gate_passed"]).await;
    console.database.force_status(id, "rolling_back").await;

    let deploy = console.deploy(id).await;
    shape::assert_deploy(&deploy);
    assert_eq!((&deploy["status"], &deploy["finished_at"]), (&json!("rolling_back"), &Value::Null));
    assert_eq!(shape::states(&deploy), ["done", "unknown", "unknown", "unknown"]);
    for query in ["", "status=rolling_back", "environment=production"] {
        assert_eq!(page(&console, query).await["deploys"], json!([deploy]), "{query}");
    }
    for path in ["/", "/deploys", &format!("/deploys/{id}")] {
        let page = console.get(path).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(page.text.contains("rolling_back"), "{path} hides the status");
    }

    for status in ["building", "failed", "succeeded"] {
        let answer = console.report(id, status).await;
        assert_problem(&answer, ErrorCode::TransitionRefused);
        assert_eq!((&answer.json["current"], &answer.json["allowed"]), (&json!("rolling_back"), &json!([])));
    }
    // It may still be under way, so another one may not begin.
    let second = console.dispatch(&fresh(), &order("production")).await;
    assert_eq!(assert_problem(&second, ErrorCode::DeployUnderWay).active_deploy_id, Some(id));
    assert_eq!(console.deploy(id).await, deploy);
}
