//! Looking for a run while its deploy is polled.

use app::domain::DeployId;
use github_fake::{Fault, Outage};
use jiff::SignedDuration;
use serde_json::Value;

use crate::support::{Flags, SECRET, TestConsole, fresh, id_of, order};

/// A console whose dispatches look for no run themselves.
async fn console() -> TestConsole {
    TestConsole::with(SECRET, Flags { deploy_async: true, ..Flags::default() }).await
}

/// Dispatched, but GitHub did not say which run it is.
async fn without_run(console: &TestConsole) -> DeployId {
    console.github.fail_next(Fault::AcceptedButAnswered(204, String::new()));
    let answer = console.dispatch(&fresh(), &order("production")).await;
    assert_eq!((answer.status, &answer.json["status"]), (202, &"dispatched".into()), "{answer:?}");
    id_of(&answer)
}

/// A run that GitHub did not name is known after one poll.
#[tokio::test]
async fn unnamed_run_is_known_after_one_poll() {
    let console = console().await;
    let id = without_run(&console).await;
    let deploy = console.deploy(id).await;
    assert!(deploy["github_run_id"].is_i64());
    assert!(
        deploy["github_run_url"]
            .as_str()
            .unwrap()
            .ends_with(&format!("/acme/shop/actions/runs/{}", deploy["github_run_id"]))
    );
    let found = console.journal(id).await.pop().unwrap();
    assert_eq!(
        (found.action.as_str(), &found.payload["run_id"]),
        ("console.deploy.run_found", &deploy["github_run_id"])
    );
    let reads = console.github.reads();
    console.deploy(id).await;
    assert_eq!(console.github.reads(), reads, "a known run is not looked for");
}

/// The ninetieth second is the last that looks.
#[tokio::test]
async fn lookups_end_after_ninety_seconds() {
    let console = console().await;
    let id = without_run(&console).await;
    console.github.set_listed(id, false);
    console.clock.advance(SignedDuration::from_secs(90));
    console.deploy(id).await;
    assert_eq!(console.github.reads(), 1);
    console.clock.advance(SignedDuration::from_millis(1));
    console.deploy(id).await;
    assert_eq!(console.github.reads(), 1);
}

/// The run is on the third page: the reconciler finds it.
#[tokio::test]
async fn poll_reads_two_pages_at_most() {
    let console = console().await;
    let id = without_run(&console).await;
    for _ in 0..200 {
        console.github.follow_with_another(id);
    }
    assert_eq!(console.deploy(id).await["github_run_id"], Value::Null);
    assert_eq!(console.github.reads(), 2);
    console.pass().await;
    assert!(console.deploy(id).await["github_run_id"].is_i64());
}

#[tokio::test]
async fn page_view_looks_for_no_run() {
    let console = console().await;
    let id = without_run(&console).await;
    let page = console.get(&format!("/deploys/{id}")).await;
    assert_eq!((page.status, console.github.reads()), (200, 0));
    assert!(console.deploy(id).await["github_run_id"].is_i64(), "the poll looks");
}

/// Nothing is looked for once a callback has come.
#[tokio::test]
async fn callback_ends_the_lookup() {
    let console = console().await;
    let id = without_run(&console).await;
    console.report(id, "smoke_gate_started").await;
    assert_eq!(console.deploy(id).await["github_run_id"], Value::Null);
    assert_eq!(console.github.reads(), 0);
}

/// A poll answers from the store when nothing can be found.
#[tokio::test]
async fn f26_f28_f29_failed_lookup_answers_from_store() {
    let console = console().await;
    let id = without_run(&console).await;
    console.github.set_outage(Some(Outage::Answering(500)));
    assert_eq!(console.deploy(id).await["status"], "dispatched");
    console.github.set_outage(None);
    console.github.double_run(id);
    assert_eq!(console.deploy(id).await["github_run_id"], Value::Null);
    console.github.set_outage(Some(Outage::Limited(60)));
    assert_eq!(console.deploy(id).await["status"], "dispatched");
}

/// A hundred tabs that poll one deploy look once at a time.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f32_hundred_tabs_share_one_lookup() {
    let console = console().await;
    let id = without_run(&console).await;
    let polls = (0..100).map(|_| console.deploy(id));
    let answers = futures::future::join_all(polls).await;
    assert_eq!(answers.len(), 100);
    assert_eq!(console.github.reads(), 1, "the others were answered from the store");
}
