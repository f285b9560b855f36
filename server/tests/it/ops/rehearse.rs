//! `deploy-console rehearse` as a process: it needs nothing, says that it is a rehearsal, plays each scenario
//! to its end on real signed callbacks, and leaves nothing behind.

use std::{net::SocketAddr, time::Duration};

use serde_json::{Value, json};

use crate::support::{
    process::Workplace,
    raw::exchange,
    shape::{path, states},
};

async fn get(address: SocketAddr, path: &str) -> Value {
    exchange(address, "GET", path, &[], "").await.json()
}

async fn press(address: SocketAddr, app: &str, environment: &str, scenario: &str) -> Value {
    let body = json!({
        "key": format!("{app} {environment} {scenario}"),
        "request": { "app": app, "environment": environment, "git_ref": "main" },
        "scenario": scenario,
    });
    let headers = [("content-type", "application/json")];
    let answer = exchange(address, "POST", "/api/ui/dispatch", &headers, &body.to_string()).await;
    assert_eq!(answer.status(), Some(200), "{answer:?}");
    answer.json()
}

/// Polls, as a page does, until the deploy has ended.
async fn end_of(address: SocketAddr, deploy: &Value) -> Value {
    let mut tick = tokio::time::interval(Duration::from_millis(50));
    for _ in 0..1200 {
        tick.tick().await;
        let deploy = get(address, &format!("/api/internal/deploys/{}", deploy["id"].as_str().unwrap())).await;
        if deploy["finished_at"].is_string() {
            return deploy;
        }
    }
    panic!("it does not end: {deploy}");
}

/// Looks until a run is a deploy. GitHub's times are in seconds, so the order of the list says nothing.
async fn deploy_of_run(address: SocketAddr, run: &Value) -> Value {
    let mut tick = tokio::time::interval(Duration::from_millis(50));
    for _ in 0..1200 {
        tick.tick().await;
        let deploys = get(address, "/api/internal/deploys").await["deploys"].clone();
        if let Some(found) = deploys.as_array().unwrap().iter().find(|deploy| deploy["github_run_id"] == *run)
        {
            return found.clone();
        }
    }
    panic!("run {run} is no deploy");
}

/// It needs nothing, says what it is and leaves nothing behind.
#[tokio::test]
async fn needs_nothing_and_leaves_nothing_behind() {
    let workplace = Workplace::new();
    let serving = workplace.serve(&["rehearse"], &[]).await;
    for path in ["/readyz", "/healthz"] {
        assert_eq!(exchange(serving.address, "GET", path, &[], "").await.status(), Some(200));
    }
    for path in ["/", "/deploys", "/deploys/0192f0c1-2b6e-7c3a-9d4e-5f60718293a4", "/nowhere"] {
        let page = exchange(serving.address, "GET", path, &[], "").await;
        assert!(page.text().contains("Rehearsal"), "{path} does not say so: {page:?}");
    }
    assert_eq!(std::fs::read_dir(workplace.path()).unwrap().count(), 1, "one temporary folder");
    let ended = serving.stop("TERM").await;
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert_eq!(std::fs::read_dir(workplace.path()).unwrap().count(), 0, "it is deleted");
}

#[tokio::test]
async fn database_keeps_what_was_rehearsed() {
    let workplace = Workplace::new();
    let database = [("DATABASE_URL", "sqlite://kept.db")];
    let serving = workplace.serve(&["rehearse", "--no-jobs"], &database).await;
    let deploy = press(serving.address, "storefront", "production", "all_well").await;
    assert_eq!(deploy["status"], "dispatched");
    assert_eq!(serving.stop("TERM").await.code, Some(0));
    let serving = workplace.serve(&["rehearse", "--no-jobs"], &database).await;
    assert_eq!(get(serving.address, "/api/internal/deploys").await["deploys"][0]["id"], deploy["id"]);
    assert_eq!(serving.stop("TERM").await.code, Some(0));
}

#[tokio::test]
async fn every_scenario_ends_as_announced() {
    let workplace = Workplace::new();
    let serving = workplace.serve(&["rehearse", "--pace", "5ms"], &[]).await;
    for (scenario, environment, status, expected) in [
        ("all_well", "production", "succeeded", ["done", "done", "done", "done"]),
        ("all_well", "staging", "succeeded", ["done", "not_required", "done", "done"]),
        ("smoke_gate_fails", "production", "failed", ["failed", "not_reached", "not_reached", "not_reached"]),
        ("freeze_check_fails", "production", "failed", ["done", "failed", "not_reached", "not_reached"]),
        ("build_fails", "staging", "failed", ["done", "not_required", "failed", "not_reached"]),
        ("health_check_fails", "production", "failed", ["done", "done", "done", "failed"]),
        ("slow_run", "staging", "succeeded", ["done", "not_required", "done", "done"]),
    ] {
        let deploy = press(serving.address, "storefront", environment, scenario).await;
        let deploy = end_of(serving.address, &deploy).await;
        assert_eq!(deploy["status"], status, "{scenario}: {deploy}");
        assert_eq!(states(&deploy), expected, "{scenario} on {environment}");
        assert_eq!(path(&deploy)[..2], ["requested", "dispatched"]);
        assert!(deploy["github_run_id"].is_i64(), "{scenario}: the run is known in the end");
    }
    assert_eq!(serving.stop("TERM").await.code, Some(0));
}

/// One of its apps has no secret: GitHub vouches for what its workflow reports, and the journal says so.
#[tokio::test]
async fn f98_app_without_a_secret_is_proved_by_github() {
    let workplace = Workplace::new();
    let serving = workplace.serve(&["rehearse", "--pace", "5ms"], &[]).await;
    let deploy = press(serving.address, "search", "staging", "all_well").await;
    let deploy = end_of(serving.address, &deploy).await;
    assert_eq!(deploy["status"], "succeeded", "{deploy}");
    let history = deploy["history"].as_array().unwrap();
    let reported: Vec<_> = history.iter().filter(|entry| entry["source"] == "callback").collect();
    assert!(!reported.is_empty(), "{deploy}");
    for entry in reported {
        assert_eq!(entry["proved_by"]["run_id"], deploy["github_run_id"], "{entry}");
    }
    let page = format!("/deploys/{}", deploy["id"].as_str().unwrap());
    let page = exchange(serving.address, "GET", &page, &[], "").await;
    assert!(page.text().contains("proved by GitHub: run "), "{page:?}");
    let doctor = get(serving.address, "/api/internal/doctor").await;
    let said = |checks: &Value, result: &str| {
        checks
            .as_array()
            .unwrap()
            .iter()
            .any(|line| line["subject"] == "identity" && line["result"] == result)
    };
    assert!(said(&doctor["console"], "ok"), "{doctor}");
    let search = doctor["apps"].as_array().unwrap().iter().find(|app| app["app"] == "search").unwrap();
    assert!(said(&search["checks"], "ok"), "{search}");
    assert_eq!(serving.stop("TERM").await.code, Some(0));
}

/// The run that takes the place of another ends by itself, and the environment is free again.
#[tokio::test]
async fn newer_run_of_the_scenario_ends() {
    let workplace = Workplace::new();
    let serving = workplace.serve(&["rehearse", "--pace", "5ms"], &[]).await;
    let replaced = press(serving.address, "storefront", "production", "superseded").await;
    let replaced = end_of(serving.address, &replaced).await;
    assert_eq!((&replaced["status"], &replaced["run_state"]), (&json!("failed"), &json!("superseded")));
    let newer = deploy_of_run(serving.address, &replaced["superseded_by"]["id"]).await;
    assert_eq!(end_of(serving.address, &newer).await["status"], "succeeded");
    assert_eq!(serving.stop("TERM").await.code, Some(0));
}

/// The old workflow reports nothing before `building`. A pass of the reconciler may read a gate from GitHub while
/// the run is in it: that is not a report, and is shown as what it is. At a quicker pace the passes would be before
/// every report.
#[tokio::test]
async fn without_phase_callbacks_gates_are_unreported() {
    let workplace = Workplace::new();
    let flag = [("FLAG_CONSOLE_DEPLOY_PHASE_CALLBACKS", "false")];
    let serving = workplace.serve(&["rehearse", "--pace", "400ms"], &flag).await;
    let deploy = press(serving.address, "storefront", "production", "all_well").await;
    let deploy = end_of(serving.address, &deploy).await;
    let history = deploy["history"].as_array().unwrap();
    let reported: Vec<_> =
        history.iter().filter(|entry| entry["source"] == "callback").map(|entry| &entry["status"]).collect();
    // On a machine that is busy a pass may be quicker than any of the reports.
    let told = ["building", "deploying", "succeeded"];
    assert!(
        !reported.is_empty() && reported.iter().all(|status| told.iter().any(|told| *status == told)),
        "{reported:?}"
    );
    for gate in &deploy["steps"].as_array().unwrap()[..2] {
        assert!(gate["state"] == "not_reported" || gate["source"] == "reconciler", "{gate}");
    }
    assert_eq!(states(&deploy)[2..], ["done", "done"]);
    assert_eq!(serving.stop("TERM").await.code, Some(0));
}

#[tokio::test]
async fn freeze_stops_the_simulated_workflow() {
    let workplace = Workplace::new();
    // Long enough to declare a freeze before the freeze check.
    let serving = workplace.serve(&["rehearse", "--pace", "400ms"], &[]).await;
    let deploy = press(serving.address, "storefront", "production", "all_well").await;
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    let stop = "kind=until_lifted&app=&environment=production&reason=closing";
    let declared = exchange(serving.address, "POST", "/freezes", &headers, stop).await;
    assert_eq!(declared.status(), Some(303), "{declared:?}");
    let deploy = end_of(serving.address, &deploy).await;
    assert_eq!(
        (&deploy["status"], states(&deploy)),
        (&json!("failed"), vec!["done", "failed", "not_reached", "not_reached"])
    );
    assert_eq!(deploy["freeze"]["holds"][0]["reason"], "closing");
    assert_eq!(serving.stop("TERM").await.code, Some(0));
}

/// An app without gates shows only the steps that it has.
/// An app without gates: its workflow has no jobs for them, so none is reported, and they are not required.
#[tokio::test]
async fn app_without_gates_shows_fewer_steps() {
    let workplace = Workplace::new();
    let serving = workplace.serve(&["rehearse", "--pace", "5ms"], &[]).await;
    for (scenario, status, expected) in [
        ("all_well", "succeeded", ["not_required", "not_required", "done", "done"]),
        ("smoke_gate_fails", "succeeded", ["not_required", "not_required", "done", "done"]),
        ("build_fails", "failed", ["not_required", "not_required", "failed", "not_reached"]),
        ("health_check_fails", "failed", ["not_required", "not_required", "done", "failed"]),
        ("all_callbacks_lost", "succeeded", ["not_required", "not_required", "done", "done"]),
        ("callback_lost", "succeeded", ["not_required", "not_required", "done", "done"]),
    ] {
        let deploy = press(serving.address, "customer-docs", "production", scenario).await;
        let deploy = end_of(serving.address, &deploy).await;
        assert_eq!(deploy["status"], status, "{scenario}: {deploy}");
        assert_eq!(states(&deploy), expected, "{scenario}");
        let reached = path(&deploy);
        assert!(reached.iter().all(|status| !status.contains("gate") && !status.contains("freeze")));
    }
    assert_eq!(serving.stop("TERM").await.code, Some(0));
}
