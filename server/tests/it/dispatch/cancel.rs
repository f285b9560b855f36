//! Ending a deploy early: the wish is recorded and GitHub is asked; the deploy ends when GitHub says so.

use app::{api::ErrorCode, domain::DeployId};
use axum::body::Body;
use github_fake::{Fault, Outage};
use serde_json::{Value, json};

use crate::{
    pages::rendering::text_of,
    support::{
        Answer, Flags, TestConsole, assert_problem, nobody, request, shape,
        stub::{Stub, accepted, reply},
    },
};

async fn cancel(console: &TestConsole, id: DeployId) -> Answer {
    let path = format!("/api/internal/deploys/{id}/cancel");
    console.send(request("POST", &path).body(Body::empty()).unwrap()).await
}

/// What the journal says after the dispatch, without the reports of the workflow.
async fn actions(console: &TestConsole, id: DeployId) -> Vec<(String, String)> {
    let entries = console.journal(id).await.into_iter().skip(2);
    entries.map(|entry| (entry.actor, entry.action.replace("console.deploy.", ""))).collect()
}

/// A deploy is cancelled in two phases, and keeps what had happened.
#[tokio::test]
async fn cancel_takes_two_phases_and_keeps_history() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    console.walk(id, &["smoke_gate_started", "smoke_gate_passed"]).await;
    let answer = cancel(&console, id).await;
    assert_eq!(answer.status, 202, "{answer:?}");
    shape::assert_deploy(&answer.json);
    assert_eq!(answer.json["status"], "smoke_gate_passed", "GitHub has not said yet that it ended");
    assert_eq!(answer.json["cancellation"]["state"], "accepted");
    assert_eq!(answer.json["cancellation"]["requested_by"], "local operator");
    assert_eq!((console.github.cancels(), console.pass().await), (1, 0));
    assert_eq!(console.deploy(id).await["status"], "smoke_gate_passed");

    console.github.set_job(id, "smoke", "completed", Some("success"));
    console.github.end_run(id, "cancelled");
    assert_eq!(console.pass().await, 1);
    let deploy = console.deploy(id).await;
    assert_eq!((&deploy["status"], &deploy["run_state"]), (&json!("failed"), &json!("cancelled")));
    assert_eq!(shape::states(&deploy), ["done", "not_reached", "not_reached", "not_reached"]);
    let page = console.get(&format!("/deploys/{id}")).await.text;
    assert!(text_of(&page).contains("Cancelled by local operator"), "{page}");
    assert_eq!(deploy["history"].as_array().unwrap().last().unwrap()["log_line"], "The run was cancelled.");
    assert_eq!(
        actions(&console, id).await[2..],
        [
            ("local operator", "cancel_requested"),
            ("console", "cancel_answered"),
            ("reconciler", "run_observed"),
            ("reconciler", "reconciled"),
        ]
        .map(|(actor, action)| (actor.to_owned(), action.to_owned()))
    );
}

/// While a cancellation is awaited, passes come sooner.
#[tokio::test]
async fn passes_are_quicker_while_cancelling() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    let awaits = async || !console.reconciler().0.pass().await.unwrap().awaits_cancellation.is_empty();
    assert!(!awaits().await);
    cancel(&console, id).await;
    assert!(awaits().await);
    console.github.end_run(id, "cancelled");
    assert!(!awaits().await);
}

/// A run that GitHub did not name is looked for before it is cancelled.
#[tokio::test]
async fn unnamed_run_is_found_before_cancelling() {
    let console = TestConsole::new().await;
    console.github.fail_next(Fault::AcceptedButAnswered(204, String::new()));
    let id = console.dispatched("production").await;
    let answer = cancel(&console, id).await;
    assert_eq!((answer.status, console.github.cancels()), (202, 1));
    assert!(answer.json["github_run_id"].is_i64());

    let unclear = console.requested("staging").await;
    assert_eq!(cancel(&console, unclear).await.status, 202);
}

/// Without a run, nothing can be cancelled and nothing is recorded.
#[tokio::test]
async fn cancel_without_run_records_nothing() {
    let console = TestConsole::new().await;
    let id = console.requested("production").await;
    console.github.set_listed(id, false);
    assert_problem(&cancel(&console, id).await, ErrorCode::RunUnknown);
    assert_eq!((actions(&console, id).await.len(), console.github.cancels()), (0, 0));
}

#[tokio::test]
async fn ended_or_unknown_deploy_cannot_be_cancelled() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    console.report(id, "failed").await;
    let before = console.deploy(id).await;
    assert_problem(&cancel(&console, id).await, ErrorCode::DeployEnded);
    assert_eq!((console.deploy(id).await, console.github.cancels()), (before, 0));
    assert_problem(&cancel(&console, nobody()).await, ErrorCode::UnknownDeploy);
}

/// A run that has ended is too late to cancel, and the row follows it.
#[tokio::test]
async fn cancel_after_the_end_updates_the_row() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    console.github.end_run(id, "failure");
    assert_problem(&cancel(&console, id).await, ErrorCode::CancelTooLate);
    assert_eq!(console.deploy(id).await["cancellation"]["state"], "too_late");
    console.pass().await;
    assert_eq!(console.deploy(id).await["status"], "failed");
}

/// A cancellation that GitHub did not answer is kept, and can be asked for again.
#[tokio::test]
async fn f35_unanswered_cancel_can_be_repeated() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    for fault in [500, 502, 403] {
        console.github.set_cancel_fault(Some(fault));
        let answer = cancel(&console, id).await;
        assert_problem(&answer, ErrorCode::GitHubUnavailable);
        assert_eq!(answer.header("retry-after"), Some("5"));
        assert!(answer.text.contains(&fault.to_string()), "{answer:?}");
        assert_eq!(console.deploy(id).await["cancellation"]["state"], "unconfirmed");
    }
    console.github.set_cancel_fault(None);
    assert_eq!(cancel(&console, id).await.json["cancellation"]["state"], "accepted");
    assert_eq!(actions(&console, id).await.len(), 3, "one wish, and each new answer");
}

#[tokio::test]
async fn f26_read_limit_does_not_block_cancelling() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    console.github.set_outage(Some(Outage::Limited(60)));
    console.pass().await;
    assert_eq!((cancel(&console, id).await.status, console.github.cancels()), (202, 1));
}

/// The hour's requests are used up: that is for every request.
#[tokio::test]
async fn f26_cancel_waits_for_the_rate_limit() {
    let mut limited = reply(429, "{}");
    limited.headers_mut().insert("x-ratelimit-remaining", "0".parse().unwrap());
    let github = Stub::start([accepted(7), limited]).await;
    let console = TestConsole::facing(&github, Flags::default()).await;
    let id = console.dispatched("production").await;
    console.pass().await;
    let asked = github.asked().len();
    assert_problem(&cancel(&console, id).await, ErrorCode::GitHubUnavailable);
    assert_eq!(github.asked().len(), asked);
}

#[tokio::test]
async fn f53_other_sites_cannot_cancel() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    let path = format!("/api/internal/deploys/{id}/cancel");
    let foreign = request("POST", &path).header("origin", "https://evil.example");
    assert_eq!(console.send(foreign.body(Body::empty()).unwrap()).await.status, 403);
    assert_eq!(console.deploy(id).await["cancellation"], Value::Null);
}
