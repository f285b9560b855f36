//! Whether the run of a deploy that ended here without it still goes on: one that timed out, or that a person abandoned.
//! Then another deploy of the same environment would run beside it.

use std::time::Duration;

use app::api::{ErrorCode, Obstacle, ServiceError};
use store::{DeployFilter, StoredDeploy};
use tokio::time::timeout;

use super::ended_run::{RunFate, end_reported_at};
use crate::{
    config::AppConfig,
    service::{Console, from_store},
};

/// How long a dispatch waits for GitHub to say. If it cannot be asked, the dispatch goes on: GitHub then answers that, and
/// a console that refuses for as long as GitHub is away is of no use.
const PATIENCE: Duration = Duration::from_secs(3);
/// How long a page does.
const PAGE_PATIENCE: Duration = Duration::from_secs(2);

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
        let Some(ended) = newest.filter(may_go_on) else { return Ok(None) };
        let Some(run) = ended.run.clone() else { return Ok(None) };
        if end_reported_at(&*self.store, &ended).await.map_err(from_store)?.is_some() {
            return Ok(None);
        }
        let asked = timeout(PATIENCE, self.ended_runs().read(&app.repo, &ended)).await;
        let goes_on = matches!(asked, Ok(Ok(RunFate::GoesOn)));
        let detail = "Cancel that run from the page of its deploy, or wait until it has ended.";
        Ok(goes_on.then(|| {
            ServiceError::new(ErrorCode::RunUnderWay)
                .with_detail(detail)
                .with_obstacle(Obstacle::RunUnderWay { deploy: ended.id, run })
        }))
    }

    /// Has GitHub say whether the run of a deploy that ended here goes on, where that is not known; the page does not wait
    /// for long. Returns whether it was asked.
    pub(super) async fn read_ended_run(&self, ended: &StoredDeploy) -> bool {
        let place = self.apps.find(&ended.app, &ended.environment);
        let Some((app, _)) = place.filter(|_| may_go_on(ended)) else { return false };
        match timeout(PAGE_PATIENCE, self.ended_runs().read(&app.repo, ended)).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => {
                tracing::info!(deploy_id = %ended.id, %error, "whether its run goes on is not known");
            }
            Err(_) => {
                tracing::info!(deploy_id = %ended.id, "whether its run goes on was not answered in time")
            }
        }
        true
    }
}

/// Whether it ended here and its run may not have, as far as that is recorded. One that GitHub had no record of may be found
/// again.
fn may_go_on(deploy: &StoredDeploy) -> bool {
    deploy.run.is_some() && deploy.lacks_end_of_run()
}
