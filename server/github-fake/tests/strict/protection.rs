//! Protected environments: what waits for a rule of the App or for people, and which answers are taken.

use std::collections::HashSet;

use axum::{Router, http::HeaderMap, routing::post};
use github_description::webhook_violations;
use github_fake::{ProtectionState, RegisteredApp, Reviewer, WebhookDelivery};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use reqwest::Method;
use runtime::clock::{Clock, SystemClock};
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::mpsc::unbounded_channel};

use crate::support::{Answer, Web, until};

pub(crate) const SHOP: &str = "acme/shop";
const REJECTED: ProtectionState = ProtectionState::Rejected;
const APPROVED: ProtectionState = ProtectionState::Approved;

/// A GitHub where the App guards production, and the App's token.
pub(crate) struct Guarded {
    pub(crate) web: Web,
    app: RegisteredApp,
    token: String,
}

impl Guarded {
    async fn new() -> Self {
        Self::of(Web::new().await).await
    }

    pub(crate) async fn of(web: Web) -> Self {
        let app = web.github.register_app().unwrap();
        web.github.install_app("acme");
        web.github.protect(SHOP, "production");
        // Nobody listens there: what is sent is looked at here.
        web.github.send_webhooks("http://127.0.0.1:9", "of webhooks".parse().unwrap()).unwrap();
        let mut guarded = Self { web, app, token: String::new() };
        guarded.token = guarded.new_token(&json!({ "deployments": "write", "actions": "read" })).await;
        guarded
    }

    async fn new_token(&self, permissions: &Value) -> String {
        let RegisteredApp { id, private_key } = &self.app;
        let now = SystemClock.now().as_second();
        let claims = json!({ "iat": now - 60, "exp": now + 300, "iss": id });
        let key = EncodingKey::from_rsa_pem(private_key.as_bytes()).unwrap();
        let proof = jsonwebtoken::encode(&Header::new(Algorithm::RS256), &claims, &key).unwrap();
        let installation = self.web.ask_as(&proof, Method::GET, "/installation");
        let id = self.web.send(installation).await.json["id"].clone();
        let request = self.web.at(Method::POST, &format!("/app/installations/{id}/access_tokens"));
        let request = request.bearer_auth(proof).json(&json!({ "permissions": permissions }));
        self.web.send(request).await.json["token"].as_str().unwrap().to_owned()
    }

    fn run(&self) -> i64 {
        self.web.github.by_hand(SHOP, "deploy.yml", "production", "main")
    }

    async fn answer_as(&self, token: &str, run: i64, body: &Value) -> Answer {
        let path = format!("/actions/runs/{run}/deployment_protection_rule");
        self.web.send(self.web.ask_as(token, Method::POST, &path).json(body)).await
    }

    pub(crate) async fn decide(&self, run: i64, state: &str) -> u16 {
        let body = json!({ "environment_name": "production", "state": state, "comment": "Because." });
        self.answer_as(&self.token, run, &body).await.status
    }

    async fn text(&self, run: i64, text: &str) -> Answer {
        self.answer_as(&self.token, run, &json!({ "environment_name": "production", "comment": text })).await
    }

    pub(crate) async fn state(&self, run: i64) -> (Value, Value) {
        let run = self.web.get(&format!("/actions/runs/{run}")).await.json;
        (run["status"].clone(), run["conclusion"].clone())
    }

    pub(crate) async fn pending(&self, run: i64) -> Value {
        self.web.get(&format!("/actions/runs/{run}/pending_deployments")).await.json
    }

    pub(crate) async fn deploy_job(&self, run: i64, member: &str) -> Value {
        let jobs = self.web.jobs(run, &["name", member]).await;
        jobs.into_iter().find(|job| job[0] == "deploy").unwrap()[1].clone()
    }

    /// What was sent, all of which is as GitHub describes it, once there is at least this much about rules.
    pub(crate) async fn asks(&self, at_least: usize) -> Vec<Value> {
        until("asked", async || {
            let sent = self.web.github.webhook_deliveries();
            let asks: Vec<_> = sent.iter().filter(|sent| sent.event == ASK).map(payload).collect();
            let wrong = sent.iter().flat_map(|sent| webhook_violations(&sent.event, &payload(sent)));
            assert_eq!(wrong.collect::<Vec<_>>(), [""; 0]);
            (asks.len() >= at_least).then_some(asks)
        })
        .await
    }

    /// Waits until everything that happened before was told of: of what happens last, GitHub tells last.
    async fn asks_so_far(&self) -> usize {
        let last = self.web.github.by_hand(SHOP, "deploy.yml", "staging", "main");
        let is_last = |sent: &WebhookDelivery| payload(sent)["workflow_run"]["id"] == last;
        until("told of the last run", async || {
            self.web.github.webhook_deliveries().iter().any(is_last).then_some(())
        })
        .await;
        self.web.github.end(last, "success");
        self.web.github.webhook_deliveries().iter().filter(|sent| sent.event == ASK).count()
    }
}

const ASK: &str = "deployment_protection_rule";

fn payload(sent: &WebhookDelivery) -> Value {
    serde_json::from_str(&sent.body).unwrap()
}

pub(crate) fn both(status: &str, conclusion: Option<&str>) -> (Value, Value) {
    (json!(status), json!(conclusion))
}

#[tokio::test]
async fn approved_deployment_goes_on() {
    let guarded = Guarded::new().await;
    let run = guarded.run();
    assert_eq!(guarded.decide(run, "approved").await, 422, "it was not asked yet");
    let deployment = guarded.web.github.ask_protection(run).unwrap();
    assert_eq!(guarded.state(run).await, both("waiting", None));
    assert_eq!(guarded.deploy_job(run, "status").await, "waiting");
    let pending = guarded.pending(run).await;
    assert_eq!(
        (&pending[0]["environment"]["name"], &pending[0]["reviewers"]),
        (&json!("production"), &json!([]))
    );
    assert_eq!(guarded.web.github.ask_protection(run), None, "it asks once");
    assert_eq!(guarded.decide(run, "approved").await, 204);
    assert_eq!(guarded.state(run).await.0, "queued");
    assert_eq!(guarded.deploy_job(run, "status").await, "queued");
    assert_eq!(guarded.pending(run).await, json!([]));
    assert_eq!(guarded.decide(run, "rejected").await, 422, "it is decided");
    guarded.web.github.succeed(run);
    assert_eq!(guarded.decide(run, "approved").await, 422, "it has ended");
    let answers = guarded.web.github.protection_answers(run);
    assert_eq!(answers.len(), 1);
    let answer = &answers[0];
    assert_eq!((answer.state, &*answer.comment), (Some(APPROVED), "Because."));
    assert_eq!((&*answer.environment, answer.deployment), ("production", deployment));
    assert_eq!(guarded.web.github.refused_protection_answers(run), 3);
    let reviews = guarded.web.get(&format!("/actions/runs/{run}/approvals")).await.json;
    assert_eq!(reviews, json!([]), "what an App decides is no review");
}

#[tokio::test]
async fn rejected_deployment_fails_without_steps() {
    let guarded = Guarded::new().await;
    let run = guarded.run();
    guarded.web.github.ask_protection(run).unwrap();
    assert_eq!(guarded.decide(run, "rejected").await, 204);
    assert_eq!(guarded.state(run).await, both("completed", Some("failure")));
    assert_eq!(guarded.deploy_job(run, "conclusion").await, "failure");
    assert_eq!(guarded.deploy_job(run, "steps").await, json!([]));
    assert_eq!(guarded.decide(run, "approved").await, 422);
    let late = guarded.run();
    guarded.web.github.ask_protection(late).unwrap();
    guarded.web.github.expire_protection(late);
    assert_eq!(guarded.state(late).await, both("completed", Some("failure")), "after thirty days");
}

#[tokio::test]
async fn status_texts_decide_nothing() {
    let guarded = Guarded::new().await;
    let run = guarded.run();
    assert_eq!(guarded.text(run, "Early.").await.status, 422);
    guarded.web.github.ask_protection(run).unwrap();
    for number in 1..=10 {
        assert_eq!(guarded.text(run, &format!("Looking, {number}.")).await.status, 204);
    }
    assert_eq!(guarded.text(run, "Once more.").await.status, 422, "ten are enough");
    assert_eq!(guarded.state(run).await.0, "waiting");
    assert_eq!(guarded.decide(run, "approved").await, 204, "a decision is taken still");
    let answers = guarded.web.github.protection_answers(run);
    assert_eq!(answers.iter().filter(|answer| answer.state.is_none()).count(), 10);
    assert_eq!(answers[9].comment, "Looking, 10.");
}

#[tokio::test]
async fn comments_are_short_and_environments_of_any_case() {
    let guarded = Guarded::new().await;
    let run = guarded.run();
    guarded.web.github.ask_protection(run).unwrap();
    assert_eq!(guarded.text(run, &"ä".repeat(1_025)).await.status, 422);
    assert_eq!(guarded.text(run, &"ä".repeat(1_024)).await.status, 204);
    let mut body = json!({ "environment_name": "staging", "state": "approved" });
    assert_eq!(guarded.answer_as(&guarded.token, run, &body).await.status, 422, "another environment");
    body["environment_name"] = "PRODuction".into();
    assert_eq!(guarded.answer_as(&guarded.token, run, &body).await.status, 204);
    assert_eq!(guarded.answer_as(&guarded.token, 7, &body).await.status, 404);
}

#[tokio::test]
async fn attempts_ask_anew() {
    let guarded = Guarded::new().await;
    let run = guarded.run();
    let first = guarded.web.github.ask_protection(run).unwrap();
    assert_eq!(guarded.decide(run, "rejected").await, 204);
    assert_eq!(guarded.web.post(&format!("/actions/runs/{run}/rerun")).await.status, 201);
    assert_eq!(guarded.decide(run, "approved").await, 422, "this attempt did not ask yet");
    let second = guarded.web.github.ask_protection(run).unwrap();
    assert_ne!(first, second);
    assert_eq!(guarded.decide(run, "approved").await, 204);
    let asks = guarded.asks(2).await;
    assert_eq!(asks.iter().map(|ask| &ask["deployment"]["id"]).collect::<Vec<_>>(), [first, second]);
    let answers = guarded.web.github.protection_answers(run);
    assert_eq!(answers.iter().map(|answer| answer.deployment).collect::<Vec<_>>(), [first, second]);
}

#[tokio::test]
async fn only_the_app_answers_and_only_where_it_may() {
    let guarded = Guarded::new().await;
    let run = guarded.run();
    guarded.web.github.ask_protection(run).unwrap();
    let body = json!({ "environment_name": "production", "state": "approved" });
    assert_eq!(guarded.answer_as("of the tests", run, &body).await.status, 403, "a person's token");
    assert_eq!(guarded.answer_as("", run, &body).await.status, 401);
    for permissions in [json!({ "actions": "write" }), json!({ "deployments": "read" })] {
        let token = guarded.new_token(&permissions).await;
        let refused = guarded.answer_as(&token, run, &body).await;
        let header = refused.header("x-accepted-github-permissions");
        assert_eq!((refused.status, header), (403, "deployments=write"), "{permissions}");
    }
    // The owner takes the permission back: the token that there is has it no longer.
    guarded.web.github.install_app_with("acme", None, &[("actions", "write"), ("metadata", "read")]);
    assert_eq!(guarded.answer_as(&guarded.token, run, &body).await.status, 403);
    guarded.web.github.install_app("acme");
    assert_eq!(guarded.answer_as(&guarded.token, run, &body).await.status, 204);
    assert_eq!(guarded.web.github.refused_protection_answers(run), 0);
}

#[tokio::test]
async fn early_answers_are_refused() {
    let guarded = Guarded::new().await;
    let run = guarded.run();
    guarded.web.github.ask_protection(run).unwrap();
    guarded.web.github.set_early_protection_answers(2);
    assert_eq!((guarded.decide(run, "approved").await, guarded.decide(run, "approved").await), (422, 422));
    assert_eq!(guarded.decide(run, "approved").await, 204);
    assert_eq!(guarded.web.github.refused_protection_answers(run), 0, "it was no second answer");
}

#[tokio::test]
async fn reviewers_and_the_rule_both_have_to_approve() {
    let guarded = Guarded::new().await;
    let github = &guarded.web.github;
    github.set_person("ada", 4_711, &["acme"], &["acme/ops"]);
    let reviewers = [Reviewer::user("octocat"), Reviewer::team("acme/ops")];
    github.require_reviewers(SHOP, "production", &reviewers);
    let run = guarded.run();
    github.ask_protection(run).unwrap();
    let pending = guarded.pending(run).await;
    let listed = pending[0]["reviewers"].as_array().unwrap();
    let names: Vec<_> = listed.iter().map(|one| one["reviewer"]["login"].as_str()).collect();
    assert_eq!((names, &listed[1]["reviewer"]["slug"]), (vec![Some("octocat"), None], &json!("ops")));
    assert_eq!(guarded.decide(run, "approved").await, 204);
    assert_eq!(guarded.state(run).await.0, "waiting", "a person has to as well");
    assert!(!github.review(run, APPROVED, "mallory", "Sure."), "not one of them");
    assert!(github.review(run, APPROVED, "ada", "Go ahead."), "by her team");
    assert!(!github.review(run, REJECTED, "octocat", "Too late."));
    assert_eq!(guarded.state(run).await.0, "queued");
    let reviews = guarded.web.get(&format!("/actions/runs/{run}/approvals")).await.json;
    assert_eq!(reviews.as_array().unwrap().len(), 1);
    assert_eq!((&reviews[0]["user"]["login"], &reviews[0]["state"]), (&json!("ada"), &json!("approved")));
    github.succeed(run);
    let rejected = guarded.run();
    github.ask_protection(rejected).unwrap();
    assert!(github.review(rejected, REJECTED, "octocat", "Not today."));
    assert_eq!(guarded.state(rejected).await, both("completed", Some("failure")));
    assert_eq!(guarded.decide(rejected, "approved").await, 422);
}

#[tokio::test]
async fn webhook_asks_the_app_once() {
    let guarded = Guarded::new().await;
    guarded.web.github.lose_webhooks(true);
    let run = guarded.web.github.run_by_hand(SHOP, "deploy.yml", "production", "main", "mallory");
    let deployment = guarded.web.github.ask_protection(run).unwrap();
    assert_eq!(guarded.text(run, "Looking.").await.status, 204);
    assert_eq!(guarded.decide(run, "approved").await, 204);
    assert_eq!(guarded.asks_so_far().await, 1, "though its run changed since, and it was lost");
    let ask = guarded.asks(1).await.remove(0);
    let callback =
        format!("{}/repos/{SHOP}/actions/runs/{run}/deployment_protection_rule", guarded.web.github.url());
    assert_eq!(ask["deployment_callback_url"], callback);
    assert_eq!(ask["deployment"]["id"], deployment);
    assert_eq!((&ask["action"], &ask["environment"]), (&json!("requested"), &json!("production")));
    assert_eq!((&ask["event"], &ask["sender"]["login"]), (&json!("workflow_dispatch"), &json!("mallory")));
    assert_eq!((&ask["repository"]["full_name"], ask["installation"]["id"].is_i64()), (&json!(SHOP), true));
    assert_eq!(ask["sha"], ask["deployment"]["sha"]);
    let sent = guarded.web.github.webhook_deliveries();
    let ids: HashSet<_> = sent.iter().map(|sent| &sent.id).collect();
    assert_eq!(ids.len(), sent.len());
    assert!(sent.iter().any(|sent| sent.event == "workflow_job" && payload(sent)["action"] == "waiting"));
}

/// It can be sent again, with its id.
#[tokio::test]
async fn lost_webhook_is_delivered_again() {
    let guarded = Guarded::new().await;
    let github = &guarded.web.github;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (received, mut arrived) = unbounded_channel();
    let take = post(async move |headers: HeaderMap, body: String| {
        let header = |name: &str| headers[name].to_str().unwrap().to_owned();
        received.send((header("x-github-event"), header("x-github-delivery"), body)).unwrap();
    });
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/", take)).await });
    github.send_webhooks(&url, "of webhooks".parse().unwrap()).unwrap();
    github.lose_webhooks(true);
    github.ask_protection(guarded.run()).unwrap();
    guarded.asks(1).await;
    let sent = github.webhook_deliveries().into_iter().find(|sent| sent.event == ASK).unwrap();
    for _ in 0..2 {
        assert_eq!(github.deliver_webhook(&sent).await, Some(200));
        let (event, id, body) = arrived.recv().await.unwrap();
        assert_eq!((event.as_str(), &id, &body), (ASK, &sent.id, &sent.body), "nothing else arrived");
    }
}

/// The deployment waits all the same.
#[tokio::test]
async fn webhook_is_sent_only_to_an_app_that_may_read_deployments() {
    let guarded = Guarded::new().await;
    let github = &guarded.web.github;
    let asked = async || {
        let run = guarded.run();
        github.ask_protection(run).unwrap();
        assert_eq!(guarded.state(run).await.0, "waiting");
        let asks = guarded.asks_so_far().await;
        github.end(run, "cancelled");
        asks
    };
    github.install_app_with("acme", None, &[("actions", "write"), ("metadata", "read")]);
    assert_eq!(asked().await, 0);
    github.install_app_with("acme", None, &[("deployments", "read"), ("metadata", "read")]);
    assert_eq!(asked().await, 1);
    github.unprotect(SHOP, "production");
    github.require_reviewers(SHOP, "production", &[Reviewer::user("octocat")]);
    assert_eq!(asked().await, 1, "people are not asked by webhooks");
    github.require_reviewers(SHOP, "production", &[]);
    assert_eq!(github.ask_protection(guarded.run()), None, "nothing guards it");
}
