//! What GitHub says of a run beside what the status of its deploy can say.

use app::domain::Caller;
use app::{api::DeploysApi, domain::DeployId};
use github_fake::{Fault, Outage};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::support::{TestConsole, noon, shape};

async fn state(console: &TestConsole, id: DeployId) -> Value {
    console.pass().await;
    console.deploy(id).await["run_state"].clone()
}

/// A run that waits is shown as waiting, and no step moves.
#[tokio::test]
async fn f33_waiting_run_moves_no_step() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    for (held, shown) in [("waiting", "awaiting_approval"), ("pending", "awaiting_turn")] {
        console.github.hold_run(id, Some(held));
        assert_eq!(state(&console, id).await, shown);
        let deploy = console.deploy(id).await;
        shape::assert_deploy(&deploy);
        assert_eq!((&deploy["status"], shape::states(&deploy)), (&json!("dispatched"), vec!["pending"; 4]));
    }
    console.github.hold_run(id, None);
    assert_eq!(state(&console, id).await, "queued");
    console.github.set_job(id, "smoke", "in_progress", None);
    assert_eq!(state(&console, id).await, "in_progress");
}

/// A job that waits for an approval is shown while others have run.
#[tokio::test]
async fn f33_awaited_approval_shows_beside_finished_jobs() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    console.github.set_job(id, "smoke", "completed", Some("success"));
    console.github.set_job(id, "deploy", "waiting", None);
    assert_eq!(state(&console, id).await, "awaiting_approval");
    assert_eq!(console.deploy(id).await["status"], "smoke_gate_passed");
}

/// A run that a newer one replaced before it began is superseded.
#[tokio::test]
async fn f33_replaced_waiting_run_is_superseded() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    console.github.hold_run(id, Some("pending"));
    console.pass().await;
    console.github.follow_with_another(id);
    console.github.end_run(id, "cancelled");
    assert_eq!(state(&console, id).await, "superseded");
    let deploy = console.deploy(id).await;
    let last = deploy["history"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&deploy["status"], &last["source"]), (&json!("failed"), &json!("reconciler")));
    assert!(last["log_line"].as_str().unwrap().contains("run 9000000002 is newer"), "{last}");
    assert_eq!(last["evidence"], "GitHub run 9000000001, and run 9000000002");
    let newer = &deploy["superseded_by"];
    let url = format!("{}/acme/shop/actions/runs/9000000002", console.github.url());
    assert_eq!((&newer["id"], &newer["url"]), (&json!(9_000_000_002_i64), &json!(url)));
    let page = console.get(&format!("/deploys/{id}")).await.text;
    assert!(page.contains(&format!("href=\"{url}\"")), "the page leads to it: {page}");
}

/// A run that had begun was cancelled, even if a newer run came after it.
#[tokio::test]
async fn f33_started_run_is_cancelled_not_superseded() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    console.github.set_job(id, "smoke", "in_progress", None);
    console.github.follow_with_another(id);
    console.github.end_run(id, "cancelled");
    assert_eq!(state(&console, id).await, "cancelled");

    let nothing_newer = console.dispatched("staging").await;
    console.github.end_run(nothing_newer, "cancelled");
    assert_eq!(state(&console, nothing_newer).await, "cancelled");
}

#[tokio::test]
async fn f33_later_attempt_is_named_and_followed() {
    let console = TestConsole::new().await;
    let id = console.dispatched("staging").await;
    console.report(id, "smoke_gate_started").await;
    console.github.rerun(id);
    console.pass().await;
    let deploy = console.deploy(id).await;
    assert_eq!((&deploy["run_attempt"], &deploy["status"]), (&json!(2), &json!("smoke_gate_started")));
    for job in ["smoke", "deploy"] {
        console.github.set_job(id, job, "completed", Some("success"));
    }
    console.github.end_run(id, "success");
    console.pass().await;
    assert_eq!(console.deploy(id).await["status"], "succeeded");
}

#[tokio::test]
async fn notes_are_not_repeated() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    console.github.hold_run(id, Some("waiting"));
    assert_eq!((console.pass().await, console.pass().await), (1, 0));
    let version = console.deploy(id).await["version"].clone();
    console.clock.advance(SignedDuration::from_mins(1));
    assert_eq!((console.pass().await, &console.deploy(id).await["version"]), (0, &version));
}

#[tokio::test]
async fn first_attempt_is_not_mentioned() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    console.report(id, "smoke_gate_started").await;
    console.github.set_job(id, "smoke", "in_progress", None);
    assert_eq!(console.pass().await, 0);
    assert_eq!(console.deploy(id).await["run_state"], Value::Null);
}

/// That a run has ended is said where its record does not end the deploy.
/// Its jobs do not lead on from what the callbacks said; the deploy must not look as if it went on.
#[tokio::test]
async fn i10_ended_run_of_live_deploy_is_noted() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    console.report(id, "freeze_check_started").await;
    console.github.set_job(id, "deploy", "completed", Some("success"));
    console.github.end_run(id, "success");
    assert_eq!(state(&console, id).await, "ended");
    assert_eq!(console.deploy(id).await["status"], "freeze_check_started");
    assert_eq!(console.pass().await, 0, "it is said once");
}

/// The poll says that two runs carry the id, and a callback settles it.
#[tokio::test]
async fn f28_ambiguity_is_shown_until_a_callback() {
    let console = TestConsole::new().await;
    console.github.fail_next(Fault::AcceptedButAnswered(204, String::new()));
    let id = console.dispatched("production").await;
    console.github.double_run(id);
    let deploy = console.deploy(id).await;
    assert_eq!((&deploy["run_state"], &deploy["github_run_id"]), (&json!("ambiguous"), &Value::Null));
    let body =
        json!({ "console_deploy_id": id, "status": "smoke_gate_started", "run_id": 9_000_000_002_i64 });
    console.callback(id, "from-one-of-them", body.to_string()).await;
    console.github.set_job(id, "smoke", "in_progress", None);
    console.pass().await;
    let deploy = console.deploy(id).await;
    assert_eq!(deploy["github_run_id"], 9_000_000_002_i64);
    assert_ne!(deploy["run_state"], "ambiguous", "{deploy}");
}

/// The poll says since when GitHub cannot be read, and that it is back.
#[tokio::test]
async fn f35_outage_and_recovery_are_shown() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    let trouble = async || console.console.poll(&Caller::local(), id).await.unwrap().github;
    assert_eq!(trouble().await, None);
    let since = noon();
    console.github.set_outage(Some(Outage::Answering(503)));
    console.pass().await;
    console.clock.advance(SignedDuration::from_mins(29));
    console.pass().await;
    let said = trouble().await.unwrap();
    assert_eq!(
        (said.since, said.what.as_str(), said.until),
        (since, "it answered 503 (“Server Error”)", None)
    );
    assert_eq!(console.deploy(id).await["status"], "dispatched");
    console.github.set_outage(None);
    console.pass().await;
    assert_eq!(trouble().await, None);
}

#[tokio::test]
async fn f26_poll_shows_the_rate_limits_end() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    console.github.set_outage(Some(Outage::Limited(90)));
    console.pass().await;
    let said = console.console.poll(&Caller::local(), id).await.unwrap().github.unwrap();
    assert_eq!(said.until, Some(noon() + SignedDuration::from_secs(90)));
    console.report(id, "failed").await;
    assert_eq!(
        console.console.poll(&Caller::local(), id).await.unwrap().github,
        None,
        "an ended deploy needs no GitHub"
    );
}

/// A newer run of another environment takes no place, and a run that we cancelled was cancelled.
#[tokio::test]
async fn f78_only_its_own_environment_supersedes() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    console.github.hold_run(id, Some("pending"));
    console.pass().await;
    let _ = console.github.by_hand("acme/shop", "deploy.yml", "staging", "main");
    console.github.end_run(id, "cancelled");
    assert_eq!(state(&console, id).await, "cancelled");

    let ours = console.dispatched("production").await;
    console.github.hold_run(ours, Some("pending"));
    console.pass().await;
    console.console.cancel(&Caller::local(), ours).await.unwrap();
    console.github.follow_with_another(ours);
    console.github.end_run(ours, "cancelled");
    assert_eq!(state(&console, ours).await, "cancelled");
}

/// Who rejected the approval and why is said, and the step that waited for it never began.
#[tokio::test]
async fn f81_rejected_approval_is_named() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    for status in ["smoke_gate_started", "smoke_gate_passed"] {
        console.report(id, status).await;
    }
    for job in ["smoke", "freeze-check"] {
        console.github.set_job(id, job, "completed", Some("success"));
    }
    console.github.hold_run(id, Some("waiting"));
    console.pass().await;
    console.github.reject(id, "octocat", "not\non a Friday");
    console.pass().await;
    let deploy = console.deploy(id).await;
    assert_eq!((&deploy["status"], &deploy["failure_stage"]), (&json!("failed"), &Value::Null));
    let history = deploy["history"].as_array().unwrap();
    assert!(history.iter().all(|entry| entry["status"] != "building"), "{history:?}");
    assert_eq!(
        history.last().unwrap()["log_line"],
        "octocat rejected the approval on GitHub: “not on a Friday”. The job deploy never began."
    );
    let evidence = history.last().unwrap()["evidence"].as_str().unwrap();
    assert!(evidence.starts_with("GitHub review of job deploy of run "), "{evidence}");
    let page = console.get(&format!("/deploys/{id}")).await.text;
    assert!(page.contains("Rejected on GitHub"), "{page}");
}

/// GitHub has no record of the run: that is said, moves nothing, and is over when it has one again. Of a run that may be too
/// new to be found, it is not said.
#[tokio::test]
async fn f80_missing_run_is_said() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    console.github.set_outage(Some(Outage::Answering(404)));
    assert_eq!(state(&console, id).await, Value::Null);
    console.github.set_outage(None);
    console.report(id, "smoke_gate_started").await;
    console.github.set_outage(Some(Outage::Answering(404)));
    assert_eq!(state(&console, id).await, "missing");
    assert_eq!(console.pass().await, 0, "it is said once");
    let deploy = console.deploy(id).await;
    assert_eq!(
        (&deploy["status"], shape::states(&deploy)),
        (&json!("smoke_gate_started"), vec!["active", "pending", "pending", "pending"])
    );
    console.github.set_outage(None);
    console.github.set_job(id, "smoke", "in_progress", None);
    assert_eq!(state(&console, id).await, "in_progress");
}

/// A run that waited for longer than the deadline of those that go on is not past it when it is missing.
#[tokio::test]
async fn f79_f80_missing_run_has_its_deadline_from_then_on() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    console.github.hold_run(id, Some("waiting"));
    console.pass().await;
    console.clock.advance(SignedDuration::from_hours(3));
    console.github.set_outage(Some(Outage::Answering(404)));
    assert_eq!(state(&console, id).await, "missing");
    console.pass().await;
    assert_eq!(console.deploy(id).await["status"], "dispatched");
    for time in [SignedDuration::from_hours(24), SignedDuration::from_mins(3)] {
        console.clock.advance(time);
        console.pass().await;
    }
    assert_eq!(console.deploy(id).await["status"], "timed_out");
}
