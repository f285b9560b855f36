//! Whether the run of a deploy that ended here without it still goes on: one that timed out, or that a person abandoned.
//! Then another deploy of the same environment would run beside it.

use std::time::Duration;

use app::{
    api::{ErrorCode, Obstacle, ServiceError},
    domain::{Status, StoredStatus},
};
use github::Progress;
use store::{
    DeployFilter, StoredDeploy,
    audit::{
        Event,
        event::{CallbackDecision, NotApplied},
    },
};

use crate::{
    config::AppConfig,
    service::{Console, from_store},
};

/// How long a dispatch waits for GitHub to say. If it cannot be asked, the dispatch goes on: GitHub then answers that, and
/// a console that refuses for as long as GitHub is away is of no use.
const PATIENCE: Duration = Duration::from_secs(3);

impl Console {
    /// The refusal, if GitHub says that such a run goes on.
    pub(super) async fn earlier_run(
        &self,
        app: &AppConfig,
        environment: &str,
    ) -> Result<Option<ServiceError>, ServiceError> {
        let filter = DeployFilter {
            app: Some(app.name.clone()),
            environment: Some(environment.to_owned()),
            limit: 1,
            ..DeployFilter::default()
        };
        let newest = self.store.deploys(&filter).await.map_err(from_store)?.pop();
        let Some(ended) = newest.filter(ended_without_its_run) else { return Ok(None) };
        let Some(run) = ended.run.clone() else { return Ok(None) };
        if self.reported_its_end(&ended).await? {
            return Ok(None);
        }
        let asked = tokio::time::timeout(PATIENCE, self.github.run(&app.repo, run.id)).await;
        let goes_on = matches!(asked, Ok(Ok(record)) if is_under_way(record.status));
        let detail = "Wait until that run has ended, or cancel it on GitHub.";
        Ok(goes_on.then(|| {
            ServiceError::new(ErrorCode::RunUnderWay)
                .with_detail(detail)
                .with_obstacle(Obstacle::RunUnderWay { deploy: ended.id, run })
        }))
    }

    /// Whether its workflow has reported an end that came too late: then it is about to end on GitHub, too.
    async fn reported_its_end(&self, ended: &StoredDeploy) -> Result<bool, ServiceError> {
        let entries = self.store.journal(ended.id).await.map_err(from_store)?;
        Ok(entries.iter().any(|entry| {
            let event = Event::read_or_unknown(&entry.action, &entry.payload);
            matches!(event, Event::Callback(CallbackDecision::NotApplied(late)) if claims_its_end(&late))
        }))
    }
}

/// The end of one leg is not that of the run: the others may go on.
fn claims_its_end(late: &NotApplied) -> bool {
    late.reported.leg.is_none() && late.claimed.as_ref().is_some_and(StoredStatus::is_terminal)
}

/// Whether it ended here and its run may not have, as far as that is recorded.
fn ended_without_its_run(deploy: &StoredDeploy) -> bool {
    let is_ended = deploy.run_seen.is_some_and(|seen| seen.report.state.has_ended());
    !is_ended && (deploy.status == StoredStatus::Known(Status::TimedOut) || deploy.abandoned.is_some())
}

/// Whether GitHub says so. What this build does not know says nothing.
const fn is_under_way(status: Progress) -> bool {
    match status {
        Progress::Queued
        | Progress::InProgress
        | Progress::Waiting
        | Progress::Requested
        | Progress::Pending => true,
        Progress::Completed | Progress::Unknown => false,
    }
}
