//! The callbacks that a run posts: signed, or with an identity token, and retried like the shipped action does.

use std::time::Duration;

use app::domain::Timestamp;
use jiff::SignedDuration;
use reqwest::StatusCode;
use runtime::{
    clock::{Clock, SystemClock},
    ids::uuid_at,
};
use serde_json::json;
use webhook::{MessageId, sign};

use super::{Runner, phases::Phase};
use crate::{Settings, clock::now, run::SimulatedRun};

const ATTEMPTS: u32 = 6;

/// What the console answers about freezes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum FreezeAnswer {
    /// The deploy must not go on.
    Frozen,
    /// Nothing that would stop it.
    Silent,
}

/// When the commit was made: some while before its run, longer for some than for others.
fn committed_at(run: &SimulatedRun) -> Timestamp {
    let minutes =
        run.commit.get(..2).and_then(|digits| i64::from_str_radix(digits, 16).ok()).unwrap_or_default();
    run.created_at.saturating_sub(SignedDuration::from_mins(20 + minutes)).unwrap_or(run.created_at)
}

impl Runner {
    /// Posts a callback; a retry carries the same delivery id and a new signature.
    pub(super) async fn report(&self, run: &SimulatedRun, phase: Phase) -> FreezeAnswer {
        let mut body = json!({
            "console_deploy_id": run.inputs.deploy_id(),
            "status": phase.status,
            "log_line": phase.log_line,
            "run_id": run.id,
            "run_attempt": run.now.number,
            "failure_stage": phase.stage,
            "commit": run.commit,
            "committed_at": committed_at(run),
        });
        if let Some(leg) = phase.leg.and_then(|leg| run.legs(phase.job).get(leg).cloned()) {
            body["leg"] = json!(leg);
        }
        let id = MessageId::from(uuid_at(SystemClock.now()).to_string().as_str());
        for attempt in 0..ATTEMPTS {
            match self.post(run, phase.job, &id, &body.to_string()).await {
                Ok((status, verdict)) if !status.is_server_error() => return verdict,
                Ok((status, _)) => tracing::warn!(%status, "the simulated workflow tries its callback again"),
                Err(error) => tracing::warn!(%error, "the simulated workflow tries its callback again"),
            }
            tokio::time::sleep(Duration::from_millis(250) * 2_u32.pow(attempt)).await;
        }
        FreezeAnswer::Silent
    }

    async fn post(
        &self,
        run: &SimulatedRun,
        job: &str,
        id: &MessageId,
        body: &str,
    ) -> Result<(StatusCode, FreezeAnswer), reqwest::Error> {
        let timestamp = SystemClock.now().as_second();
        let Settings { console_url, secrets, .. } = &*self.settings;
        let deploy_id = run.inputs.deploy_id();
        let request = self
            .http
            .post(format!("{console_url}/api/internal/deploys/{deploy_id}/callback"))
            .header("content-type", "application/json")
            .header("webhook-id", id.as_str())
            .header("webhook-timestamp", timestamp);
        let proved = if self.model.reports_by_identity(&run.repo) {
            // Without the permission there is no token, and the console refuses what comes without.
            let token = self.model.identity_token(run.id, job, &self.issuer, console_url, now());
            request.bearer_auth(token.unwrap_or_default())
        } else {
            request.header("webhook-signature", sign(secrets, id, timestamp, body.as_bytes()))
        };
        let answer = proved.body(body.to_owned()).send().await?;
        let status = answer.status();
        let said: serde_json::Value = answer.json().await.unwrap_or_default();
        let is_frozen = said["freeze"]["verdict"] == "frozen";
        Ok((status, if is_frozen { FreezeAnswer::Frozen } else { FreezeAnswer::Silent }))
    }
}
