//! GitHub's gate: what the console answers when GitHub asks whether a job may go on into an environment, whoever started the
//! run.

mod answering;
mod approving;
mod deciding;
mod model;
mod pages;
mod waiting;

use std::time::Duration;

use app::domain::{FreezeId, Timestamp};
use github_fake::{ProtectionAnswer, ProtectionState, WebhookDelivery};
use jiff::SignedDuration;
use runtime::{clock::Clock, fail_point::FailPoint, ids::uuid_at};
use serde_json::Value;
use store::{Actor, DatabaseSystem, Lift};
use webhook::sign_as_github;

use crate::support::{Answer, CONSOLE_TOML, Given, TestConsole, freeze, request, webhook_secrets};

const REPO: &str = "acme/shop";
const WORKFLOW: &str = "deploy.yml";
const PRODUCTION: &str = "production";

/// A console that is a GitHub App, asked about production of `acme/shop`.
struct Gated {
    console: TestConsole,
}

impl Gated {
    async fn on(system: DatabaseSystem) -> Self {
        Self::given(Given { database: system, ..Given::default() }).await
    }

    /// With more about production in `console.toml`.
    async fn with(system: DatabaseSystem, more: &str) -> Self {
        let apps = CONSOLE_TOML.replacen("freeze_check = true", &format!("freeze_check = true, {more}"), 1);
        Self::given(Given { database: system, apps: &apps, ..Given::default() }).await
    }

    async fn given(given: Given<'_>) -> Self {
        let console = TestConsole::given(Given { as_app: true, ..given }).await;
        // The console's clock runs ahead of GitHub's in some tests: it gets its token before, for as long as they take.
        console.github.set_app_token_life(SignedDuration::from_hours(100));
        console.import().await;
        // They are kept, and each test says when one arrives.
        console.github.send_webhooks("http://127.0.0.1:9", webhook_secrets()).unwrap();
        console.github.lose_webhooks(true);
        console.github.protect(REPO, PRODUCTION);
        Self { console }
    }

    fn now(&self) -> Timestamp {
        self.console.clock.now()
    }

    /// A run that `octocat` started by hand, and about which GitHub has asked.
    async fn by_hand(&self) -> i64 {
        let run = self.console.github.run_by_hand(REPO, WORKFLOW, PRODUCTION, "main", "octocat");
        self.asked(run).await;
        run
    }

    /// GitHub asks about a run, and its webhook arrives.
    async fn asked(&self, run: i64) {
        let webhook = self.webhook_about(run).await;
        let answer = self.deliver(&webhook).await;
        assert_eq!((answer.status, &answer.json["outcome"]), (202, &"asked".into()), "{answer:?}");
    }

    /// GitHub asks about a run. The webhook is on its way.
    async fn webhook_about(&self, run: i64) -> WebhookDelivery {
        let deployment = self.console.github.ask_protection(run).expect("the run has a job that asks");
        let find = || {
            let sent = self.console.github.webhook_deliveries().into_iter();
            let mut of_rule = sent.filter(|sent| sent.event == "deployment_protection_rule");
            of_rule.find(|sent| {
                serde_json::from_str::<Value>(&sent.body).unwrap()["deployment"]["id"] == deployment
            })
        };
        let sent = async {
            loop {
                if let Some(found) = find() {
                    return found;
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), sent).await.expect("GitHub tells of it")
    }

    async fn deliver(&self, webhook: &WebhookDelivery) -> Answer {
        let body = webhook.body.clone();
        let posted = request("POST", "/api/github/webhooks")
            .header("content-type", "application/json")
            .header("x-github-event", &webhook.event)
            .header("x-github-delivery", &webhook.id)
            .header("x-hub-signature-256", sign_as_github(&webhook_secrets(), body.as_bytes()));
        self.console.send(posted.body(body.into()).unwrap()).await
    }

    async fn settle(&self) {
        self.console.console.settle_protection().await.unwrap();
    }

    /// What GitHub took of this run: the decisions.
    fn told(&self, run: i64) -> Vec<ProtectionState> {
        let answers = self.console.github.protection_answers(run);
        answers.iter().filter_map(|answer| answer.state).collect()
    }

    /// The one answer that GitHub took, and that it refused none.
    #[track_caller]
    fn answered_once(&self, run: i64) -> (ProtectionState, String) {
        let answers = self.console.github.protection_answers(run);
        let [ProtectionAnswer { state: Some(state), comment, .. }] = &answers[..] else {
            panic!("not answered once: {answers:?}")
        };
        assert_eq!(self.console.github.refused_protection_answers(run), 0, "it was answered again");
        (*state, comment.clone())
    }

    /// Ends the console as a crash does, and starts another one.
    fn restart(&mut self) {
        self.console.restart(FailPoint::default());
    }

    async fn freeze(&self) -> FreezeId {
        let freeze = freeze(FreezeId::new(uuid_at(self.now())));
        self.console.database.store.declare(&freeze, "ada").await.unwrap();
        freeze.id
    }

    async fn lift(&self, id: FreezeId) {
        let lift = Lift { id, by: Actor::named("ada"), at: self.now() };
        assert!(self.console.database.store.lift(&lift).await.unwrap());
    }

    /// The entries of the journal about the gate: action, actor and payload.
    async fn decided(&self) -> Vec<(String, String, Value)> {
        let answer = self.console.get("/api/internal/audit?limit=500").await;
        let entries = answer.json["entries"].as_array().unwrap().clone();
        let of_gate = entries.into_iter().filter(|entry| {
            entry["action"].as_str().is_some_and(|action| action.starts_with("console.protection."))
        });
        of_gate
            .map(|entry| {
                let text = |name: &str| entry[name].as_str().unwrap_or_default().to_owned();
                (text("action"), text("actor"), entry["payload"].clone())
            })
            .collect()
    }

    /// What the console says of each question, newest first.
    async fn requests(&self) -> Vec<Value> {
        let answer = self.console.get("/api/internal/protection-requests").await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json["requests"].as_array().unwrap().clone()
    }

    async fn state(&self) -> String {
        let requests = self.requests().await;
        requests[0]["state"]["kind"].as_str().unwrap().to_owned()
    }
}
