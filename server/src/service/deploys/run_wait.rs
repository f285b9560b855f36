//! What the run of a deploy waits for on GitHub, in words.

use app::{
    api::{GateAnswer, RunWait},
    domain::{ProtectionRequest, RunState},
    text::{
        protection::{decision_label, decision_text},
        review::{review_text, reviewers_text},
    },
};
use store::{ProtectionFilter, StoredDeploy};

use crate::service::Console;

impl Console {
    /// None, where nothing is known of that. Without an answer of the database nothing is said of the gate.
    pub(super) async fn run_wait_of(&self, deploy: &StoredDeploy) -> Option<RunWait> {
        if deploy.status.is_terminal() {
            return None;
        }
        let reviews = self.reviews.of(deploy.id).unwrap_or_default();
        let wait = RunWait {
            said: reviews.said.iter().map(review_text).collect(),
            reviewers: reviewers_text(&reviews),
            gate: self.gate_of(deploy).await.map(gate_answer),
        };
        (wait != RunWait::default()).then_some(wait)
    }

    /// What GitHub asked about a run that waits there.
    async fn gate_of(&self, deploy: &StoredDeploy) -> Option<ProtectionRequest> {
        let waits = deploy.run_seen.is_some_and(|seen| seen.report.state == RunState::AwaitingApproval);
        let run = deploy.run.as_ref().filter(|_| waits)?;
        let (app, _) = self.apps.find(&deploy.app, &deploy.environment)?;
        let run = Some((app.repo.clone(), run.id));
        let filter = ProtectionFilter { run, limit: 1, ..ProtectionFilter::default() };
        let newest = self.store.protection_requests(&filter).await.ok()?.pop()?;
        Some(self.as_shown(newest))
    }
}

fn gate_answer(request: ProtectionRequest) -> GateAnswer {
    GateAnswer {
        label: decision_label(&request.state).to_lowercase(),
        reason: decision_text(&request),
        page: format!("/protection#request-{}", request.id),
        is_open: !request.state.is_decided(),
    }
}
