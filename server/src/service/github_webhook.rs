//! What a webhook of GitHub does: it says where to look. Its signature is already verified here.

use app::api::ServiceError;
use serde::Serialize;
use serde_json::Value;

use super::{Console, from_store};
use crate::tasks::reconcile::TouchedRun;

/// An authentic webhook.
#[derive(Clone, Debug)]
pub struct Webhook {
    /// The id of its delivery: the same, when GitHub sends it again.
    pub delivery: String,
    /// What happened, in GitHub's word.
    pub event: String,
    pub payload: Value,
}

/// What became of a webhook.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WebhookOutcome {
    /// GitHub asked whether anybody is there.
    Pong,
    /// The run that it is about is read now.
    Read,
    /// GitHub asks about its gate, and will be answered.
    Asked,
    /// It is about nothing that the console follows.
    Ignored,
    /// It was taken before.
    Repeated,
}

impl Console {
    /// Takes a webhook, once.
    ///
    /// # Errors
    /// If the database is not available: GitHub shows that, and can be asked to send it again.
    pub async fn take_webhook(&self, webhook: Webhook) -> Result<WebhookOutcome, ServiceError> {
        let Webhook { delivery, event, payload } = webhook;
        let now = self.clock.now();
        // Kept before the delivery is: if that fails, the same question can come again.
        let is_question = event == "deployment_protection_rule" && self.take_question(&payload, now).await?;
        if !self.store.first_delivery(&delivery, now).await.map_err(from_store)? {
            return Ok(WebhookOutcome::Repeated);
        }
        if is_question {
            return Ok(WebhookOutcome::Asked);
        }
        let run = match event.as_str() {
            "ping" => return Ok(WebhookOutcome::Pong),
            "workflow_run" => touched(&payload, "/workflow_run/id", "/workflow_run/run_attempt"),
            "workflow_job" => touched(&payload, "/workflow_job/run_id", "/workflow_job/run_attempt"),
            _ => None,
        };
        match run.filter(|run| self.apps.iter().any(|app| run.is_in(&app.repo))) {
            None => Ok(WebhookOutcome::Ignored),
            Some(run) => {
                tracing::debug!(delivery, event, repo = run.repo, run = run.id, "GitHub tells of a run");
                self.wake.touch(run, now);
                Ok(WebhookOutcome::Read)
            }
        }
    }
}

/// The run that a webhook is about: nothing else in it is believed.
fn touched(payload: &Value, id: &str, attempt: &str) -> Option<TouchedRun> {
    let repo = payload.pointer("/repository/full_name")?.as_str()?.to_owned();
    let attempt = payload.pointer(attempt).and_then(Value::as_i64).unwrap_or(1);
    Some(TouchedRun { repo, id: payload.pointer(id)?.as_i64()?, attempt })
}
