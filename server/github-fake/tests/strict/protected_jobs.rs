//! Jobs that run, and wait for what guards their environment; and what a rehearsal does about it.

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    protection::{Guarded, SHOP, both},
    support::{Web, until},
};

impl Guarded {
    async fn with_jobs() -> Self {
        Self::of(Web::with_jobs().await).await
    }

    /// A run whose jobs have come as far as they may.
    async fn waiting(&self) -> i64 {
        let run = self.web.github.run_by_hand(SHOP, "deploy.yml", "production", "main", "mallory");
        self.reached(run, "waiting").await;
        run
    }

    async fn reached(&self, run: i64, status: &str) {
        until(status, async || (self.state(run).await.0 == status).then_some(())).await;
    }

    async fn rehearse(&self, what: &str, body: &Value) -> (u16, Value) {
        let answer =
            self.web.send(self.web.at(Method::POST, &format!("/_rehearsal/{what}")).json(body)).await;
        (answer.status, answer.json)
    }
}

#[tokio::test]
async fn job_begins_when_it_is_approved() {
    let guarded = Guarded::with_jobs().await;
    let run = guarded.waiting().await;
    let jobs = guarded.web.jobs(run, &["status", "conclusion"]).await;
    let success = [json!("completed"), json!("success")];
    assert_eq!((&jobs[0][..], &jobs[1][..]), (&success[..], &success[..]), "the gates have no environment");
    assert_eq!(jobs[2], [json!("waiting"), Value::Null]);
    assert_eq!(guarded.decide(run, "approved").await, 204);
    guarded.reached(run, "completed").await;
    assert_eq!(guarded.state(run).await, both("completed", Some("success")));
    assert_eq!(guarded.asks(1).await.len(), 1);
}

#[tokio::test]
async fn job_that_is_rejected_never_begins() {
    let guarded = Guarded::with_jobs().await;
    let run = guarded.waiting().await;
    assert_eq!(guarded.decide(run, "rejected").await, 204);
    assert_eq!(guarded.state(run).await, both("completed", Some("failure")));
    assert_eq!(guarded.web.post(&format!("/actions/runs/{run}/rerun-failed-jobs")).await.status, 201);
    guarded.reached(run, "waiting").await;
    assert_eq!(guarded.asks(2).await.len(), 2);
    assert_eq!(guarded.decide(run, "approved").await, 204);
    guarded.reached(run, "completed").await;
    assert_eq!(guarded.state(run).await, both("completed", Some("success")));
}

#[tokio::test]
async fn cancelled_run_waits_no_longer() {
    let guarded = Guarded::with_jobs().await;
    let run = guarded.waiting().await;
    assert_eq!(guarded.web.post(&format!("/actions/runs/{run}/cancel")).await.status, 202);
    guarded.reached(run, "completed").await;
    assert_eq!(guarded.state(run).await.1, "cancelled");
    assert_eq!(guarded.deploy_job(run, "conclusion").await, "cancelled");
    assert_eq!(guarded.decide(run, "approved").await, 422);
    assert_eq!(guarded.pending(run).await, json!([]));
}

/// As the tests in a browser do it.
#[tokio::test]
async fn rehearsal_protects_and_reviews() {
    let guarded = Guarded::with_jobs().await;
    let target = json!({ "repo": SHOP, "environment": "staging" });
    assert_eq!(guarded.rehearse("protect", &target).await.0, 204);
    let mut wanted = target.clone();
    wanted["users"] = json!(["octocat"]);
    assert_eq!(guarded.rehearse("reviewers", &wanted).await.0, 204);
    assert_eq!(guarded.rehearse("webhooks", &json!({ "lost": true })).await.0, 204);
    let mut by_hand = target.clone();
    by_hand["workflow"] = "deploy.yml".into();
    by_hand["git_ref"] = "main".into();
    by_hand["actor"] = "mallory".into();
    let (status, run) = guarded.rehearse("by_hand", &by_hand).await;
    assert_eq!((status, &run["actor"]), (200, &json!("mallory")));
    let id = run["id"].as_i64().unwrap();
    guarded.reached(id, "waiting").await;
    assert_eq!(guarded.asks(1).await[0]["environment"], "staging");
    let mut review = json!({ "run_id": id, "state": "approved", "by": "mallory", "comment": "Mine." });
    assert_eq!(guarded.rehearse("review", &review).await.0, 422);
    review["by"] = "octocat".into();
    assert_eq!(guarded.rehearse("review", &review).await.0, 204);
    assert_eq!(guarded.state(id).await.0, "waiting", "for the rule");
    wanted["users"] = json!([]);
    let mut unprotected = target;
    unprotected["protected"] = false.into();
    assert_eq!(guarded.rehearse("reviewers", &wanted).await.0, 204);
    assert_eq!(guarded.rehearse("protect", &unprotected).await.0, 204);
    assert_eq!(guarded.state(id).await.0, "waiting", "what waits still does");
    guarded.web.github.end(id, "cancelled");
    let (_, free) = guarded.rehearse("by_hand", &by_hand).await;
    guarded.reached(free["id"].as_i64().unwrap(), "completed").await;
}
