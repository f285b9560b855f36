//! The reconciler over a simulated GitHub: what callbacks did not say, its record does.

use app::domain::DeployId;
use axum::body::Body;
use github_fake::{Fault, Outage};
use jiff::SignedDuration;
use serde_json::{Value, json};
use store::DatabaseSystem;

use crate::support::{TestConsole, database::on_both, request};

const SUCCESS: (&str, Option<&str>) = ("completed", Some("success"));

fn set_jobs(console: &TestConsole, id: DeployId, jobs: &[(&str, (&'static str, Option<&'static str>))]) {
    for (job, (status, conclusion)) in jobs {
        console.github.set_job(id, job, status, *conclusion);
    }
}

fn succeed(console: &TestConsole, id: DeployId) {
    set_jobs(console, id, &[("smoke", SUCCESS), ("freeze-check", SUCCESS), ("deploy", SUCCESS)]);
    console.github.end_run(id, "success");
}

fn path(deploy: &Value) -> Vec<&str> {
    deploy["history"].as_array().unwrap().iter().map(|entry| entry["status"].as_str().unwrap()).collect()
}

/// A deploy whose dispatch GitHub accepted but answered with 502.
async fn unclear(console: &TestConsole) -> DeployId {
    console.github.fail_next(Fault::AcceptedButAnswered(502, String::new()));
    let answer = console
        .dispatch("key", &json!({ "app": "shop", "environment": "production", "git_ref": "main" }))
        .await;
    assert_eq!((answer.status, &answer.json["status"]), (201, &json!("requested")));
    answer.json["id"].as_str().unwrap().parse().unwrap()
}

/// A run whose callbacks were all lost is walked to its end, once.
#[tokio::test]
async fn f34_i9_run_without_callbacks_is_walked_once() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    succeed(&console, id);
    assert_eq!(console.pass().await, 1);
    let deploy = console.deploy(id).await;
    assert_eq!(
        path(&deploy)[2..],
        [
            "smoke_gate_started",
            "smoke_gate_passed",
            "freeze_check_started",
            "freeze_check_passed",
            "building",
            "deploying",
            "succeeded"
        ]
    );
    for entry in &deploy["history"].as_array().unwrap()[2..] {
        assert_eq!(entry["source"], "reconciler");
        assert!(entry["evidence"].as_str().unwrap().starts_with("GitHub job "), "{entry}");
    }
    assert!(
        deploy["steps"]
            .as_array()
            .unwrap()
            .iter()
            .all(|step| step["state"] == "done" && step["source"] == "reconciler")
    );
    let entries = console.journal(id).await.len();
    assert_eq!(console.pass().await, 0);
    assert_eq!(console.journal(id).await.len(), entries);
}

/// A callback that was lost in the middle is healed, and the rest stays as reported.
#[tokio::test]
async fn lost_callback_is_healed_others_stay_reported() {
    let console = TestConsole::new().await;
    let id = console.dispatched("staging").await;
    console.report(id, "smoke_gate_started").await;
    set_jobs(&console, id, &[("smoke", SUCCESS), ("deploy", ("in_progress", None))]);
    assert_eq!(console.report(id, "building").await.status, 409);
    console.pass().await;
    let deploy = console.deploy(id).await;
    assert_eq!(path(&deploy)[2..], ["smoke_gate_started", "smoke_gate_passed", "building"]);
    assert_eq!(deploy["history"][2]["source"], "callback");
    assert_eq!(deploy["history"][3]["source"], "reconciler");
    assert_eq!(console.report(id, "deploying").await.json["outcome"], "applied");
}

/// A refusal ahead of a gap starts a pass at once.
#[tokio::test]
async fn f10_refusal_over_gap_starts_a_pass() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    let (reconciler, wake) = console.reconciler();
    let passes = tokio::spawn(async move { reconciler.run(&wake).await });
    set_jobs(&console, id, &[("smoke", SUCCESS), ("freeze-check", ("in_progress", None))]);
    let refused = console.report(id, "freeze_check_passed").await;
    assert_eq!(refused.status, 409);
    let healed = async {
        while console.deploy(id).await["status"] != "freeze_check_started" {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), healed).await.expect("the wake started a pass");
    passes.abort();
}

/// An unclear dispatch is never posted again, and its run is found.
#[tokio::test]
async fn f25_unclear_dispatch_finds_its_run() {
    let console = TestConsole::new().await;
    let id = unclear(&console).await;
    console.github.set_listed(id, false);
    assert_eq!(console.pass().await, 0);
    assert_eq!(console.deploy(id).await["status"], "requested");
    console.github.set_listed(id, true);
    assert_eq!(console.pass().await, 1);
    let deploy = console.deploy(id).await;
    assert_eq!((deploy["status"].as_str(), console.github.dispatches()), (Some("dispatched"), 1));
    assert!(deploy["github_run_id"].is_i64());
}

/// A request for which GitHub lists no run in ten minutes never started one.
#[tokio::test]
async fn request_without_run_expires_after_ten_minutes() {
    let console = TestConsole::new().await;
    console.github.fail_next(Fault::Refused(502, String::new()));
    let answer = console
        .dispatch("key", &json!({ "app": "shop", "environment": "production", "git_ref": "main" }))
        .await;
    let id: DeployId = answer.json["id"].as_str().unwrap().parse().unwrap();
    console.clock.advance(SignedDuration::from_mins(10));
    assert_eq!(console.pass().await, 0);
    console.clock.advance(SignedDuration::from_secs(1));
    assert_eq!(console.pass().await, 1);
    let deploy = console.deploy(id).await;
    assert_eq!(deploy["status"], "failed");
    assert!(deploy["history"][1]["log_line"].as_str().unwrap().contains("never started"));
}

/// A request whose run is known was accepted, even if the run is in no list.
/// The lists prove that no run was ever started, except for a deploy whose run is known.
#[tokio::test]
async fn f25_request_with_known_run_was_accepted() {
    let console = TestConsole::new().await;
    let id = unclear(&console).await;
    let cancel = request("POST", &format!("/api/internal/deploys/{id}/cancel"));
    let cancelled = console.send(cancel.body(Body::empty()).unwrap()).await;
    assert_eq!((cancelled.status, &cancelled.json["status"]), (202, &json!("requested")));
    console.github.set_listed(id, false);
    console.clock.advance(SignedDuration::from_mins(11));
    console.pass().await;
    let deploy = console.deploy(id).await;
    assert_eq!(
        (path(&deploy).as_slice(), deploy["github_run_id"].is_i64()),
        (&["requested", "dispatched"][..], true)
    );
}

/// Of two runs with our id none is taken, and a run of another deploy never.
#[tokio::test]
async fn f28_ambiguous_or_foreign_run_is_never_taken() {
    let console = TestConsole::new().await;
    let id = unclear(&console).await;
    console.github.double_run(id);
    assert_eq!((console.pass().await, console.pass().await), (1, 0), "it is said, once");
    let deploy = console.deploy(id).await;
    assert_eq!((&deploy["status"], &deploy["github_run_id"]), (&json!("requested"), &Value::Null));
    assert_eq!(deploy["run_state"], "ambiguous");

    let other = TestConsole::new().await;
    let ours = unclear(&other).await;
    other.github.set_listed(ours, false);
    other.dispatched("staging").await;
    other.pass().await;
    assert_eq!(other.deploy(ours).await["github_run_id"], Value::Null);
}

#[tokio::test]
async fn f33_cancelled_run_ends_its_deploy() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    console.report(id, "smoke_gate_started").await;
    console.github.set_job(id, "smoke", "completed", Some("cancelled"));
    console.github.end_run(id, "cancelled");
    console.pass().await;
    let deploy = console.deploy(id).await;
    assert_eq!(deploy["status"], "failed");
    assert!(deploy["history"][3]["log_line"].as_str().unwrap().contains("cancelled"));
    assert_eq!(deploy["steps"][0]["state"], "failed");
}

/// While GitHub is down, rows keep their status, and then recover.
#[tokio::test]
async fn f35_rows_survive_a_github_outage() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    succeed(&console, id);
    console.github.set_outage(Some(Outage::Answering(503)));
    assert_eq!(console.pass().await, 0);
    assert_eq!(console.deploy(id).await["status"], "dispatched");
    console.github.set_outage(None);
    console.pass().await;
    assert_eq!(console.deploy(id).await["status"], "succeeded");
}

#[tokio::test]
async fn f26_rate_limit_is_awaited() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    console.github.set_outage(Some(Outage::Limited(90)));
    console.pass().await;
    let reads = console.github.reads();
    console.github.set_outage(None);
    console.clock.advance(SignedDuration::from_secs(89));
    console.pass().await;
    assert_eq!(console.github.reads(), reads, "nothing is asked before it is time");
    assert_eq!(console.deploy(id).await["status"], "dispatched");
    console.clock.advance(SignedDuration::from_secs(1));
    console.pass().await;
    assert!(console.github.reads() > reads);
}

/// However long it says. And what it says of one kind of request is not said of another.
#[tokio::test]
async fn f26_no_limit_exceeds_an_hour() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    console.github.set_job(id, "smoke", "in_progress", None);
    console.github.set_outage(Some(Outage::Limited(31_536_000)));
    console.pass().await;
    let reads = console.github.reads();
    console.github.set_outage(None);
    assert_eq!(console.import().await, 0);
    assert!(console.github.reads() > reads, "the list of runs was not limited");
    let reads = console.github.reads();
    console.clock.advance(SignedDuration::from_mins(60));
    console.pass().await;
    assert!(console.github.reads() > reads);
    assert_eq!(
        console.deploy(id).await["status"],
        "smoke_gate_started",
        "its time begins with what is known"
    );
}

#[tokio::test]
async fn clock_jump_times_nothing_out() {
    let console = TestConsole::new().await;
    let (started, unclear) = (console.dispatched("production").await, console.requested("staging").await);
    console.github.set_listed(unclear, false);
    set_jobs(&console, started, &[("smoke", ("in_progress", None))]);
    let reconciler = console.reconciler().0;
    let statuses = async || {
        reconciler.pass().await.unwrap();
        [started, unclear].map(|id| console.deploy(id))
    };
    for jump in [SignedDuration::from_hours(3), SignedDuration::from_hours(-5), SignedDuration::from_hours(9)]
    {
        reconciler.pass().await.unwrap();
        console.clock.set(jump);
        let [started, unclear] = statuses().await;
        assert_eq!(
            (&started.await["status"], &unclear.await["status"]),
            (&"smoke_gate_started".into(), &"requested".into())
        );
    }
    console.clock.advance(SignedDuration::from_mins(31));
    reconciler.pass().await.unwrap();
    console.clock.set(SignedDuration::from_hours(3));
    reconciler.pass().await.unwrap();
    assert_eq!(console.deploy(started).await["status"], "smoke_gate_started", "GitHub was asked just now");
    console.clock.advance(SignedDuration::from_mins(3));
    let [started, unclear] = statuses().await;
    assert_eq!((&started.await["status"], &unclear.await["status"]), (&"timed_out".into(), &"failed".into()));
}

/// Only past the deadline a deploy times out, with GitHub or without.
#[tokio::test]
async fn only_the_deadline_times_deploys_out() {
    for outage in [None, Some(Outage::Answering(502))] {
        let console = TestConsole::new().await;
        let id = console.dispatched("production").await;
        console.report(id, "smoke_gate_started").await;
        set_jobs(&console, id, &[("smoke", ("in_progress", None))]);
        console.github.set_outage(outage);
        console.clock.advance(SignedDuration::from_mins(30));
        assert_eq!(console.pass().await, 0, "{outage:?}");
        console.clock.advance(SignedDuration::from_secs(1));
        assert_eq!((console.pass().await, console.pass().await), (1, 0), "GitHub is asked to cancel its run");
        console.clock.advance(SignedDuration::from_mins(2));
        assert_eq!(
            (console.pass().await, &console.deploy(id).await["status"]),
            (0, &json!("smoke_gate_started"))
        );
        console.clock.advance(SignedDuration::from_secs(1));
        assert_eq!(console.pass().await, 1);
        let deploy = console.deploy(id).await;
        assert_eq!(deploy["status"], "timed_out");
        assert_eq!(deploy["steps"][0]["state"], "stalled");
        console.github.end_run(id, "cancelled");
        assert_eq!(
            console.dispatched("production").await.to_string().len(),
            36,
            "the environment is free again"
        );
    }
}

async fn f46_ended_deploy_is_never_overwritten(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    let id = console.dispatched("production").await;
    console.report(id, "failed").await;
    succeed(&console, id);
    console.clock.advance(SignedDuration::from_hours(5));
    assert_eq!(console.pass().await, 0);
    assert_eq!(console.deploy(id).await["status"], "failed");
}

async fn f45_concurrent_passes_repair_once(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    let id = console.dispatched("production").await;
    succeed(&console, id);
    let passes = (0..4).map(|_| {
        let (reconciler, _) = console.reconciler();
        tokio::spawn(async move { reconciler.pass().await.unwrap() })
    });
    futures::future::join_all(passes).await;
    console.pass().await;
    let reconciled = console
        .journal(id)
        .await
        .into_iter()
        .filter(|entry| entry.action == "console.deploy.reconciled")
        .count();
    assert_eq!((path(&console.deploy(id).await).len(), reconciled), (9, 7));
}

on_both!(f45_concurrent_passes_repair_once, f46_ended_deploy_is_never_overwritten);
