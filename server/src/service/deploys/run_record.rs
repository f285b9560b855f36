//! What GitHub's record says of the run of one deploy, for the page that shows it. GitHub is asked once, and the page
//! waits only briefly. Nothing follows from the answer: only the reconciler moves a row.

use std::time::Duration;

use app::{
    api::{JobLine, JobState, JobsSeen},
    domain::StepKey,
};
use github::{JobRecord, ReadError};
use store::StoredDeploy;

use crate::config::{AppConfig, JobNames, is_leg};
use crate::service::Console;

/// Why a page that was opened from another site lists no jobs: that site could open it as often as it likes.
pub(in crate::service) const FROM_ANOTHER_SITE: &str =
    "This page was opened from another site, so GitHub was not asked. Load it again.";
/// How long the page waits for GitHub.
const PATIENCE: Duration = Duration::from_secs(2);

impl Console {
    pub(super) async fn jobs_of(&self, stored: &StoredDeploy) -> JobsSeen {
        let Some(run) = &stored.run else { return JobsSeen::NoRun };
        let Some(app) = self.apps.iter().find(|app| app.name == stored.app) else {
            return self
                .unread(format!("{} is not configured any more, so GitHub was not asked.", stored.app));
        };
        // A later attempt is not shown: this deploy ended with the one that is followed.
        let attempt = stored.run_seen.and_then(|seen| seen.report.attempt).unwrap_or(1);
        let asked = self.github.jobs_of_attempt(&app.repo, run.id, attempt);
        match tokio::time::timeout(PATIENCE, asked).await {
            Ok(Ok(jobs)) => {
                let line = |job| self.line(app, run.id, job);
                JobsSeen::Listed { attempt, jobs: jobs.into_iter().map(line).collect() }
            }
            Ok(Err(error)) => self.unread(in_words(&error)),
            Err(_) => self.unread(format!("GitHub did not answer within {} s.", PATIENCE.as_secs())),
        }
    }

    pub(super) fn unread(&self, why: String) -> JobsSeen {
        JobsSeen::Unread { why, since: self.github.outage().map(|trouble| trouble.since) }
    }

    fn line(&self, app: &AppConfig, run: i64, job: JobRecord) -> JobLine {
        let began_at = job.started_at.filter(|_| job.began);
        // An end before the beginning is treated as no end.
        let ended_at = job.completed_at.filter(|end| began_at.is_some_and(|began| *end >= began));
        JobLine {
            // The address is built here, so that it always leads to the configured GitHub, whatever the response says.
            url: self.github.job_url(&app.repo, run, job.id),
            steps: steps(&app.jobs, &job.name),
            state: state(&job.status, job.conclusion.as_deref()),
            name: job.name,
            began_at,
            ended_at,
        }
    }
}

fn in_words(error: &ReadError) -> String {
    match error {
        ReadError::Limited(until) => {
            format!("GitHub limits the console’s requests until {}.", until.strftime("%H:%M:%S UTC"))
        }
        ReadError::NotFound | ReadError::NotLetIn(_) | ReadError::Unusable(_) => format!("{error}."),
    }
}

/// The steps that a job represents.
fn steps(names: &JobNames, job: &str) -> Vec<StepKey> {
    let JobNames { smoke_gate, freeze_check, deploy, health_check: _ } = names;
    [
        (smoke_gate, &[StepKey::SmokeGate][..]),
        (freeze_check, &[StepKey::FreezeCheck]),
        (deploy, &[StepKey::Deploy, StepKey::HealthCheck]),
    ]
    .into_iter()
    .filter(|(name, _)| is_leg(job, name))
    .flat_map(|(_, steps)| steps.iter().copied())
    .collect()
}

/// The state of a job. An unknown one is shown in GitHub's words.
fn state(status: &str, conclusion: Option<&str>) -> JobState {
    match (status, conclusion) {
        ("queued" | "requested", None) => JobState::Queued,
        ("waiting", None) | ("completed", Some("action_required")) => JobState::AwaitingApproval,
        ("pending", None) => JobState::AwaitingTurn,
        ("in_progress", None) => JobState::InProgress,
        ("completed", Some("success")) => JobState::Succeeded,
        ("completed", Some("failure")) => JobState::Failed,
        ("completed", Some("timed_out")) => JobState::TimedOut,
        ("completed", Some("cancelled")) => JobState::Cancelled,
        ("completed", Some("skipped")) => JobState::Skipped,
        ("completed", Some("neutral")) => JobState::Neutral,
        (status, None) => JobState::Other(status.to_owned()),
        (_, Some(conclusion)) => JobState::Other(conclusion.to_owned()),
    }
}
