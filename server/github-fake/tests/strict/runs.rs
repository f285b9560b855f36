//! Runs, their attempts, jobs and steps, and their turn.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::Web;

/// The shipped workflow, without the line by which all wait their turn.
fn without_queue() -> String {
    let shipped = include_str!("../../../../.github/workflows/deploy-console.yml");
    let changed = shipped.replace("\n  queue: max\n", "\n");
    assert_ne!(changed, shipped);
    changed
}

#[tokio::test]
async fn legs_are_jobs_of_their_own() {
    let web = Web::new().await;
    web.github.plan_legs("acme/shop", "staging", &["eu", "us"]);
    let (deploy, run) = web.run("staging").await;
    web.github.set_job(deploy, "deploy (us)", "completed", Some("failure"));
    let jobs = web.jobs(run, &["name", "conclusion"]).await;
    assert_eq!(jobs[2..], [[json!("deploy (eu)"), Value::Null], [json!("deploy (us)"), json!("failure")]]);
    let long = format!("release / deploy ({})", "a".repeat(100));
    web.github.plan_jobs("acme/shop", "production", &["Roll out", "Roll out", &long]);
    let (deploy, run) = web.run("production").await;
    web.github.set_leg(deploy, 1, "completed", Some("failure"));
    let jobs = web.jobs(run, &["name", "conclusion"]).await;
    assert_eq!(jobs[2..4], [[json!("Roll out"), Value::Null], [json!("Roll out"), json!("failure")]]);
    let cut = jobs[4][0].as_str().unwrap();
    assert_eq!((cut.len(), cut.starts_with("release / deploy (aaa")), (100, true));
}

#[tokio::test]
async fn steps_are_those_of_the_file() {
    let web = Web::new().await;
    let (deploy, run) = web.run("staging").await;
    let steps = |jobs: Vec<Vec<Value>>, place: usize| jobs[place][0].as_array().unwrap().clone();
    assert!(steps(web.jobs(run, &["steps"]).await, 2).is_empty(), "it has not begun");
    let queued = web.jobs(run, &["status", "started_at", "completed_at"]).await;
    assert_eq!(
        (&queued[2][0], queued[2][1].is_string(), &queued[2][2]),
        (&json!("queued"), true, &Value::Null)
    );
    web.github.set_job(deploy, "deploy", "in_progress", None);
    let under_way = steps(web.jobs(run, &["steps"]).await, 2);
    assert_eq!(
        (&under_way[0]["name"], &under_way[1]["status"]),
        (&json!("Set up job"), &json!("in_progress"))
    );
    web.github.fail_step(deploy, "deploy", "Check health");
    let failed = steps(web.jobs(run, &["steps"]).await, 2);
    let concluded = |how: &str| {
        let steps = failed.iter().filter(|step| step["conclusion"] == how);
        steps.map(|step| step["name"].as_str().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(concluded("failure"), ["Check health"]);
    assert_eq!(concluded("skipped"), ["Report the success"]);
    assert_eq!(concluded("success")[2..5], ["Check out the commit to deploy", "Build", "Deploy"]);
    assert_eq!(failed.last().unwrap()["name"], "Complete job");
    web.github.set_job(deploy, "smoke", "completed", Some("failure"));
    let smoke = steps(web.jobs(run, &["steps"]).await, 0);
    let failing = smoke.iter().find(|step| step["conclusion"] == "failure").unwrap();
    assert_eq!(failing["name"], "Run the smoke gate");
}

#[tokio::test]
async fn reruns_are_attempts() {
    let web = Web::new().await;
    let (deploy, run) = web.run("staging").await;
    let path = format!("/actions/runs/{run}");
    let again = web.post(&format!("{path}/rerun")).await;
    assert_eq!((again.status, again.message()), (403, "This workflow is already running"));
    web.github.set_job(deploy, "smoke", "completed", Some("success"));
    web.github.set_job(deploy, "deploy", "completed", Some("failure"));
    web.github.end_run(deploy, "failure");
    assert_eq!(web.post(&format!("{path}/rerun-failed-jobs")).await.status, 201);
    let jobs = web.jobs(run, &["name", "status", "run_attempt"]).await;
    assert_eq!(jobs[0], [json!("smoke"), json!("completed"), json!(1)]);
    assert_eq!(jobs[2], [json!("deploy"), json!("queued"), json!(2)]);
    let now = web.get(&path).await.json;
    assert_eq!((&now["run_attempt"], &now["conclusion"]), (&json!(2), &Value::Null));
    let first = web.get(&format!("{path}/attempts/1")).await.json;
    assert_eq!((&first["run_attempt"], &first["conclusion"]), (&json!(1), &json!("failure")));
    let jobs = web.get(&format!("{path}/attempts/1/jobs")).await.each("jobs", "conclusion");
    assert_eq!(jobs[2], "failure");
    assert_eq!(web.get(&format!("{path}/attempts/3")).await.status, 404);
    web.github.end_run(deploy, "failure");
    web.github.rerun(deploy);
    assert_eq!(web.jobs(run, &["run_attempt"]).await.concat(), [3, 3, 3]);
}

#[tokio::test]
async fn deleted_run_is_gone() {
    let web = Web::new().await;
    let (_, run) = web.run("staging").await;
    let path = format!("/actions/runs/{run}");
    assert_eq!(web.send(web.ask(Method::DELETE, &path)).await.status, 403, "it goes on");
    web.github.end(run, "success");
    assert_eq!(web.send(web.ask(Method::DELETE, &path)).await.status, 204);
    for part in ["", "/jobs", "/approvals", "/attempts/1", "/attempts/1/jobs", "/pending_deployments"] {
        assert_eq!(web.get(&format!("{path}{part}")).await.status, 404, "{part}");
    }
    assert_eq!(web.get(crate::support::RUNS).await.json["total_count"], 0);
    assert_eq!(web.post(&format!("{path}/cancel")).await.status, 404);
}

#[tokio::test]
async fn newer_run_takes_the_place_of_the_waiting_one() {
    let web = Web::new().await;
    web.github.write_workflow("acme/shop", "deploy.yml", &without_queue()).unwrap();
    let (first, running) = web.run("staging").await;
    let (_, waiting) = web.run("staging").await;
    let status = async |run: i64| {
        let run = web.get(&format!("/actions/runs/{run}")).await.json;
        (run["status"].as_str().unwrap().to_owned(), run["conclusion"].as_str().map(str::to_owned))
    };
    assert_eq!((status(running).await.0, status(waiting).await.0), ("queued".into(), "pending".into()));
    assert!(web.jobs(waiting, &["id"]).await.is_empty());
    let (_, newest) = web.run("staging").await;
    assert_eq!(status(waiting).await, ("completed".into(), Some("cancelled".into())));
    let (_, elsewhere) = web.run("production").await;
    assert_eq!((status(newest).await.0, status(elsewhere).await.0), ("pending".into(), "queued".into()));
    web.github.end_run(first, "success");
    assert_eq!(status(newest).await.0, "queued");
    assert_eq!(web.jobs(newest, &["id"]).await.len(), 3);
}

#[tokio::test]
async fn all_wait_their_turn_where_the_queue_says_so() {
    let web = Web::new().await;
    let mut deploys = Vec::new();
    for _ in 0..4 {
        deploys.push(web.run("staging").await);
    }
    for (place, (deploy, run)) in deploys.iter().enumerate() {
        let statuses =
            web.get(&format!("{}?per_page=4", crate::support::RUNS)).await.each("workflow_runs", "status");
        let pending = statuses.iter().filter(|status| **status == "pending").count();
        assert_eq!(pending, 3 - place, "{statuses:?}");
        assert_eq!(web.get(&format!("/actions/runs/{run}")).await.json["status"], "queued");
        web.github.end_run(*deploy, "success");
    }
}

#[tokio::test]
async fn approvals_are_given_and_refused() {
    let web = Web::new().await;
    let (deploy, run) = web.run("production").await;
    let path = format!("/actions/runs/{run}");
    web.github.set_job(deploy, "smoke", "completed", Some("success"));
    web.github.set_job(deploy, "freeze-check", "completed", Some("success"));
    web.github.hold_run(deploy, Some("waiting"));
    let pending = web.get(&format!("{path}/pending_deployments")).await.json;
    assert_eq!(pending[0]["environment"]["name"], "production");
    assert_eq!(web.jobs(run, &["status"]).await[2], ["waiting"]);
    web.github.approve(deploy, "hubot", "Go ahead.");
    assert_eq!(web.get(&format!("{path}/pending_deployments")).await.json, json!([]));
    web.github.hold_run(deploy, Some("waiting"));
    web.github.reject(deploy, "octocat", "Not today.");
    let reviews = web.get(&format!("{path}/approvals")).await.json;
    assert_eq!((&reviews[0]["state"], &reviews[1]["state"]), (&json!("approved"), &json!("rejected")));
    assert_eq!(
        (&reviews[1]["user"]["login"], &reviews[1]["comment"]),
        (&json!("octocat"), &json!("Not today."))
    );
    let jobs = web.jobs(run, &["conclusion", "steps"]).await;
    assert_eq!(jobs[2], [json!("failure"), json!([])]);
}

#[tokio::test]
async fn other_records_are_as_described() {
    let web = Web::new().await;
    assert_eq!(web.get("").await.json["default_branch"], "main");
    let file = web.get("/contents/.github/workflows/deploy.yml").await;
    assert_eq!((file.status, file.json["type"].as_str()), (200, Some("file")));
    let (first, commit) = web.github.push("acme/shop", "deploy.yml", "staging");
    let compared = web.get(&format!("/compare/v1...{commit}")).await;
    assert_eq!((compared.status, &compared.json["status"]), (200, &json!("ahead")));
    let newest = compared.json["commits"].as_array().unwrap().last().unwrap();
    let found = web.get(&format!("/commits/{commit}")).await;
    for member in ["sha", "commit", "author", "parents"] {
        assert_eq!(found.json[member], newest[member], "it is the same commit");
    }
    web.github.succeed(first);
    assert_eq!(web.post(&format!("/actions/runs/{first}/cancel")).await.status, 409);
    let (_, run) = web.run("production").await;
    assert_eq!(web.post(&format!("/actions/runs/{run}/cancel")).await.status, 202);
}
