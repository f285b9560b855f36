//! What GitHub posts when something happens to a run.
//!
//! As there: each delivery is made once, in no certain order; one that fails is not tried again by itself; all are kept, and
//! can be sent again with the same id.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use runtime::ids::uuid_at;
use serde_json::{Value, json};
use tokio::sync::watch;
use webhook::{SigningSecrets, sign_as_github};

use super::{
    HttpState,
    records::{node_id, time},
};
use crate::{
    clock::now,
    model::{Change, Subject},
    protection::DeploymentGate,
    run::SimulatedRun,
};

/// GitHub waits no longer for an answer.
const TIMEOUT: Duration = Duration::from_secs(10);

/// One webhook, as it is sent.
#[derive(Clone, Debug)]
pub struct WebhookDelivery {
    pub id: String,
    /// `workflow_run`, `workflow_job`, …
    pub event: String,
    pub body: String,
}

/// Where webhooks go.
#[derive(Clone, Debug)]
pub(crate) struct Webhooks {
    http: reqwest::Client,
    url: String,
    secrets: SigningSecrets,
    sent: Arc<Mutex<Vec<WebhookDelivery>>>,
    /// Whether they are lost on the way from now on.
    are_lost: watch::Sender<bool>,
}

impl Webhooks {
    pub(crate) fn to(url: &str, secrets: SigningSecrets) -> Result<Self, reqwest::Error> {
        let http = reqwest::Client::builder().timeout(TIMEOUT).build()?;
        let (sent, are_lost) = (Arc::default(), watch::Sender::new(false));
        Ok(Self { http, url: url.to_owned(), secrets, sent, are_lost })
    }

    /// Everything that was sent, or would have been, in its order.
    pub(crate) fn deliveries(&self) -> Vec<WebhookDelivery> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn lose(&self, are_lost: bool) {
        self.are_lost.send_replace(are_lost);
    }

    fn tell(&self, event: &str, payload: &Value) {
        let (id, event) = (uuid_at(now()).to_string(), event.to_owned());
        let delivery = WebhookDelivery { id, event, body: payload.to_string() };
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).push(delivery.clone());
        if !*self.are_lost.borrow() {
            let webhooks = self.clone();
            tokio::spawn(async move { webhooks.deliver(&delivery).await });
        }
    }

    /// Sends one, with its id. Answers with the status, if there was an answer.
    pub(crate) async fn deliver(&self, delivery: &WebhookDelivery) -> Option<u16> {
        let WebhookDelivery { id, event, body } = delivery;
        let request = self
            .http
            .post(&self.url)
            .header("content-type", "application/json")
            .header("user-agent", "GitHub-Hookshot/simulated")
            .header("x-github-delivery", id)
            .header("x-github-event", event)
            .header("x-github-hook-id", "1")
            .header("x-github-hook-installation-target-type", "integration")
            .header("x-hub-signature-256", sign_as_github(&self.secrets, body.as_bytes()))
            .body(body.clone());
        match request.send().await {
            Ok(answer) => Some(answer.status().as_u16()),
            Err(error) => {
                tracing::warn!(%error, event, "the simulated GitHub's webhook got no answer, and is not sent again");
                None
            }
        }
    }
}

impl HttpState {
    /// Tells of everything that happens from now on.
    pub(crate) fn tell_of_changes(&self, webhooks: Webhooks) {
        *self.webhooks.lock().unwrap_or_else(PoisonError::into_inner) = Some(webhooks.clone());
        let (github, mut changes) = (self.clone(), self.model.changes());
        tokio::spawn(async move {
            while let Some(change) = changes.recv().await {
                if github.tells_of(&change) {
                    let (event, payload) = github.webhook(&change);
                    webhooks.tell(event, &payload);
                }
            }
        });
    }

    /// Where it tells of what happens, if it does.
    pub(crate) fn webhooks(&self) -> Option<Webhooks> {
        self.webhooks.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn tells_of(&self, Change { run, subject, .. }: &Change) -> bool {
        match subject {
            Subject::Run | Subject::Job(_) => self.model.is_told_of(&run.repo),
            Subject::Protection(_) => self.model.is_asked_about(&run.repo),
        }
    }

    fn webhook(&self, Change { run, subject, action }: &Change) -> (&'static str, Value) {
        let repo = &run.repo;
        let mut payload = json!({
            "action": action,
            "repository": self.full(repo),
            "sender": self.links.account(&run.actor),
        });
        // Of this alone, the two descriptions of a repository differ.
        payload["repository"]["has_downloads"] = true.into();
        if let Some(installation) = self.model.installation_for(repo) {
            payload["installation"] =
                json!({ "id": installation.id, "node_id": node_id("I", installation.id) });
        }
        match subject {
            Subject::Job(job) => {
                payload["workflow_job"] = self.describe_job(run, job, job.status);
                ("workflow_job", payload)
            }
            Subject::Run => {
                payload["workflow_run"] = self.describe(run, &run.now);
                payload["workflow"] = self.describe_workflow(repo, &run.workflow, "active");
                ("workflow_run", payload)
            }
            Subject::Protection(gate) => {
                payload["sender"] = self.links.account(&run.now.actor);
                payload["environment"] = gate.environment.as_str().into();
                payload["event"] = run.event.as_str().into();
                payload["sha"] = run.head_sha.as_str().into();
                payload["ref"] = format!("refs/heads/{}", run.git_ref).into();
                let callback = format!("/actions/runs/{}/deployment_protection_rule", run.id);
                payload["deployment_callback_url"] = self.links.repo(repo, &callback).into();
                payload["deployment"] = self.deployment(run, gate);
                payload["pull_requests"] = json!([]);
                ("deployment_protection_rule", payload)
            }
        }
    }

    fn deployment(&self, run: &SimulatedRun, gate: &DeploymentGate) -> Value {
        let DeploymentGate { deployment: id, environment, .. } = gate;
        let url = self.links.repo(&run.repo, &format!("/deployments/{id}"));
        json!({
            "url": url,
            "id": id,
            "node_id": node_id("DE", id),
            "task": "deploy",
            "original_environment": environment,
            "environment": environment,
            "description": null,
            "created_at": time(run.now.started_at),
            "updated_at": time(run.now.started_at),
            "statuses_url": format!("{url}/statuses"),
            "repository_url": self.links.repo(&run.repo, ""),
            "creator": self.links.account(&run.now.actor),
            "sha": run.head_sha,
            "ref": run.git_ref,
            "payload": {},
            "transient_environment": false,
            "production_environment": false,
            "performed_via_github_app": null,
        })
    }
}
