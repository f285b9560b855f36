//! Deploys that take too long. Waiting is not running; a run that goes on is cancelled before the deploy is given up.

use app::domain::DeployId;
use github_fake::Outage;
use jiff::SignedDuration;
use serde_json::{Value, json};
use store::DatabaseSystem;

use crate::support::{TestConsole, database::on_both, shape};

/// The deadline of the tests, and a bit.
const DEADLINE: i64 = 30 * 60 + 1;
const WAIT_DEADLINE: i64 = 24 * 60 * 60 + 1;
const GRACE: i64 = 2 * 60 + 1;

fn after(console: &TestConsole, seconds: i64) {
    console.clock.advance(SignedDuration::from_secs(seconds));
}

fn run_goes_on(console: &TestConsole, id: DeployId) {
    console.github.hold_run(id, None);
    console.github.set_job(id, "smoke", "in_progress", None);
}

async fn status(console: &TestConsole, id: DeployId) -> Value {
    console.pass().await;
    console.deploy(id).await["status"].clone()
}

fn last_line(deploy: &Value) -> &str {
    deploy["history"].as_array().unwrap().last().unwrap()["log_line"].as_str().unwrap()
}

/// However it waits, its deadline does not run, and begins when it goes on.
#[tokio::test]
async fn f79_waiting_run_is_not_timed_out() {
    for held in ["waiting", "pending"] {
        let console = TestConsole::new().await;
        let id = console.dispatched("production").await;
        console.github.hold_run(id, Some(held));
        assert_eq!(status(&console, id).await, "dispatched");
        after(&console, 20 * 60 * 60);
        assert_eq!(
            (status(&console, id).await, console.github.cancels()),
            (json!("dispatched"), 0),
            "{held}"
        );
        run_goes_on(&console, id);
        assert_eq!(status(&console, id).await, "smoke_gate_started");
        after(&console, DEADLINE - 1);
        console.pass().await;
        assert_eq!(console.github.cancels(), 0);
        after(&console, 1);
        console.pass().await;
        assert_eq!(console.github.cancels(), 1);
    }
}

/// An approval between two jobs takes nothing from the time of the jobs, whether or not GitHub can be asked.
#[tokio::test]
async fn f79_waiting_between_jobs_does_not_count() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    console.walk(id, &["smoke_gate_started", "smoke_gate_passed"]).await;
    console.github.set_job(id, "smoke", "completed", Some("success"));
    console.github.set_job(id, "deploy", "waiting", None);
    after(&console, 60);
    console.pass().await;
    assert_eq!(console.deploy(id).await["run_state"], "awaiting_approval");
    console.github.set_outage(Some(Outage::Answering(502)));
    after(&console, 5 * DEADLINE);
    assert_eq!(status(&console, id).await, "smoke_gate_passed");
    console.walk(id, &["freeze_check_started"]).await;
    after(&console, DEADLINE - 1);
    assert_eq!(status(&console, id).await, "freeze_check_started");
    assert_eq!(console.deploy(id).await["cancellation"], Value::Null);
    after(&console, 1);
    console.pass().await;
    assert_eq!(console.deploy(id).await["cancellation"]["why"], "deadline");
}

/// A job that waits for a runner, long after the last report, is seen to wait.
#[tokio::test]
async fn f79_waiting_for_a_runner_between_jobs_counts_as_waiting() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    console.report(id, "smoke_gate_started").await;
    console.pass().await;
    assert_eq!(console.deploy(id).await["run_state"], Value::Null, "the record lags behind");
    after(&console, 61);
    console.pass().await;
    assert_eq!(console.deploy(id).await["run_state"], "queued");
    after(&console, DEADLINE);
    assert_eq!((status(&console, id).await, console.github.cancels()), (json!("smoke_gate_started"), 0));
}

/// GitHub is asked first, and the deploy ends when GitHub says that the run did. A restart and a second instance change
/// nothing: all is in the journal.
async fn f79_run_past_its_deadline_is_cancelled_first(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    let id = console.dispatched("production").await;
    run_goes_on(&console, id);
    assert_eq!(status(&console, id).await, "smoke_gate_started");
    after(&console, DEADLINE);
    let (one, other) = (console.reconciler().0, console.reconciler().0);
    let (one, other) = tokio::join!(one.pass(), other.pass());
    assert!(one.unwrap().changed + other.unwrap().changed >= 1);
    let asked = console.deploy(id).await;
    assert_eq!(
        (&asked["status"], &asked["cancellation"]["state"]),
        (&json!("smoke_gate_started"), &json!("accepted"))
    );
    assert_eq!(
        (&asked["cancellation"]["requested_by"], &asked["cancellation"]["why"]),
        (&json!("reconciler"), &json!("deadline"))
    );
    let requests = console.journal(id).await;
    let requests = requests.iter().filter(|entry| entry.action == "console.deploy.cancel_requested");
    assert_eq!(requests.count(), 1);

    console.github.end_run(id, "cancelled");
    assert_eq!(status(&console, id).await, "timed_out");
    let deploy = console.deploy(id).await;
    assert_eq!(
        (last_line(&deploy), shape::states(&deploy)[0]),
        ("It did not end within its deadline, and GitHub cancelled its run.", "stalled")
    );
    console.dispatched("production").await;
}

/// A run that ended by itself while it was to be cancelled ended as it did.
#[tokio::test]
async fn f79_run_that_ends_by_itself_is_what_it_is() {
    for (conclusion, status_then) in [("success", "succeeded"), ("failure", "failed")] {
        let console = TestConsole::new().await;
        let id = console.dispatched("staging").await;
        run_goes_on(&console, id);
        console.pass().await;
        after(&console, DEADLINE);
        console.pass().await;
        console.github.set_job(id, "smoke", "completed", Some("success"));
        console.github.set_job(id, "deploy", "completed", Some(conclusion));
        console.github.end_run(id, conclusion);
        assert_eq!(status(&console, id).await, status_then);
    }
}

/// A person had it cancelled before, and GitHub did not do it: past the deadline it is asked once more.
#[tokio::test]
async fn f79_earlier_cancellation_does_not_shorten_the_grace() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    run_goes_on(&console, id);
    console.pass().await;
    let path = format!("/api/internal/deploys/{id}/cancel");
    console.send(crate::support::request("POST", &path).body(axum::body::Body::empty()).unwrap()).await;
    after(&console, DEADLINE);
    assert_eq!((status(&console, id).await, console.github.cancels()), (json!("smoke_gate_started"), 2));
    assert_eq!(console.deploy(id).await["cancellation"]["state"], "accepted");
    after(&console, GRACE);
    assert_eq!(status(&console, id).await, "timed_out");
    assert!(last_line(&console.deploy(id).await).contains("it may still go on"));
}

/// GitHub is away: the deploy ends all the same, and says so. What it cannot be asked is asked again until then.
#[tokio::test]
async fn f79_unreachable_github_delays_by_two_minutes() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    run_goes_on(&console, id);
    console.pass().await;
    console.github.set_outage(Some(Outage::Answering(503)));
    console.github.set_cancel_fault(Some(503));
    after(&console, DEADLINE);
    assert_eq!((console.pass().await, console.pass().await), (1, 0));
    after(&console, GRACE - 1);
    assert_eq!(status(&console, id).await, "smoke_gate_started");
    after(&console, 1);
    assert_eq!(status(&console, id).await, "timed_out");
    assert!(
        last_line(&console.deploy(id).await).contains("could not be asked"),
        "{}",
        console.deploy(id).await
    );
}

#[tokio::test]
async fn f79_unknown_run_times_out_and_says_so() {
    let console = TestConsole::new().await;
    let id = console.requested("production").await;
    console.github.set_outage(Some(Outage::Answering(503)));
    after(&console, DEADLINE);
    assert_eq!(status(&console, id).await, "requested");
    after(&console, GRACE);
    assert_eq!(status(&console, id).await, "timed_out");
    assert!(last_line(&console.deploy(id).await).contains("is not known"));
}

/// Waiting has an end, too.
#[tokio::test]
async fn f79_wait_deadline_ends_what_waits_for_ever() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    console.github.hold_run(id, Some("waiting"));
    console.pass().await;
    after(&console, WAIT_DEADLINE);
    console.pass().await;
    assert_eq!(
        (console.github.cancels(), &console.deploy(id).await["cancellation"]["why"]),
        (1, &json!("wait_deadline"))
    );
    after(&console, GRACE);
    assert_eq!(status(&console, id).await, "timed_out");
    assert!(last_line(&console.deploy(id).await).starts_with("It waited for longer than its wait_deadline."));
}

on_both!(f79_run_past_its_deadline_is_cancelled_first);
