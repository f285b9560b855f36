//! From rows to what pages show.

use app::domain::{Deploy, step};
use store::{Place, StoredDeploy};

use crate::{config::Apps, service::Console};

impl Console {
    /// A deploy with its steps.
    pub(in crate::service) fn view(&self, stored: StoredDeploy) -> Deploy {
        let superseded_by = stored.run_seen.and_then(|seen| seen.report.superseded_by);
        let deploy = deploy_view(&self.apps, stored);
        let place = || Place { app: deploy.app.clone(), environment: deploy.environment.clone() };
        let superseded_by = superseded_by.and_then(|run| self.run_pages.run_ref(&place(), run));
        Deploy { superseded_by, ..deploy }
    }
}

/// A deploy with its steps, for which the gates of its environment are needed.
#[must_use]
pub fn deploy_view(apps: &Apps, stored: StoredDeploy) -> Deploy {
    let gates = apps.gates(&stored.app, &stored.environment);
    let steps = step::steps(&stored.status, &stored.history, gates, stored.failure_stage);
    let (github_run_id, github_run_url) = stored.run.map(|run| (run.id, run.url)).unzip();
    let seen = stored.run_seen;
    Deploy {
        legs: step::legs(&stored.status, &stored.legs),
        id: stored.id,
        app: stored.app,
        environment: stored.environment,
        git_ref: stored.git_ref,
        commit: stored.commit,
        commit_details: None,
        origin: stored.origin,
        status: stored.status,
        version: stored.version,
        github_run_id,
        github_run_url,
        run_state: seen.map(|seen| seen.report.state),
        run_attempt: seen.and_then(|seen| seen.report.attempt),
        attempt: stored.attempt,
        run_read_at: seen.map(|seen| seen.at),
        superseded_by: None,
        cancellation: stored.cancellation,
        abandoned: stored.abandoned,
        approval: stored.approval.map(|approval| approval.shown),
        freeze_override: stored.freeze_override,
        freeze: stored.freeze,
        inputs: stored.inputs,
        requested_by: stored.requested_by,
        reason: stored.reason,
        requested_at: stored.requested_at,
        updated_at: stored.updated_at,
        finished_at: stored.finished_at,
        failure_stage: stored.failure_stage,
        history: stored.history,
        steps: steps.into(),
    }
}
