//! Ending a deploy by hand: it ends here at once, whatever GitHub says. Only then is GitHub asked to cancel what may still
//! run, and nothing of its answer changes that end.

use std::time::Duration;

use app::{
    api::{ErrorCode, Obstacle, ServiceError},
    domain::{Action, Caller, DeployId, StoredStatus},
};
use store::{Abandon, Advanced, Noted, StoredDeploy};
use tokio::time::timeout;

use super::checks::check_reason;
use crate::service::{
    Console,
    access::{actor, check, scope},
    from_store,
};

/// How long the answer waits for GitHub: to find the run, and to take the cancellation. The deploy has ended before, and
/// what GitHub answers later is recorded later.
const PATIENCE: Duration = Duration::from_secs(3);

impl Console {
    pub(super) async fn end_by_hand(
        &self,
        caller: &Caller,
        id: DeployId,
        reason: &str,
    ) -> Result<StoredDeploy, ServiceError> {
        let stored = self.find_for(caller, id).await?;
        check(caller, Action::Abandon, &scope(&stored.app, &stored.environment))?;
        let reason = reason.trim();
        if reason.is_empty() {
            return Err(ServiceError::new(ErrorCode::InvalidField).with_detail("reason: say why."));
        }
        check_reason("reason", Some(reason))?;
        let (actor, at) = (actor(caller), self.clock.now());
        let abandon = Abandon { id, actor, reason: reason.to_owned(), at };
        match self.store.abandon(&abandon).await.map_err(from_store)? {
            Advanced::Moved => tracing::info!(deploy_id = %id, reason, "a deploy was abandoned"),
            Advanced::Refused(current) => return Err(cannot_abandon(current)),
            Advanced::Missing => return Err(ServiceError::new(ErrorCode::UnknownDeploy)),
        }
        self.stop_run(caller, id).await;
        self.find(id).await
    }

    /// Asks GitHub to cancel the run of a deploy that has ended here, as far as there is one to be found. What goes wrong
    /// is logged, and no more: the deploy has ended.
    async fn stop_run(&self, caller: &Caller, id: DeployId) {
        if let Err(error) = self.try_to_stop_run(caller, id).await {
            tracing::info!(deploy_id = %id, ?error, "what an abandoned deploy may still run was not cancelled");
        }
    }

    async fn try_to_stop_run(&self, caller: &Caller, id: DeployId) -> Result<(), ServiceError> {
        // Somebody cancels it at this moment.
        let Some(_flight) = self.cancels.take(id) else { return Ok(()) };
        let mut stored = self.find(id).await?;
        if stored.lacked_approval() {
            return Ok(());
        }
        if stored.run.is_none() && timeout(PATIENCE, self.look_up_in_time(&stored)).await == Ok(true) {
            stored = self.find(id).await?;
        }
        let place = self.apps.find(&stored.app, &stored.environment);
        let (Some((app, _)), Some(run)) = (place, stored.run) else { return Ok(()) };
        self.note(id, Noted::CancelRequested, actor(caller)).await.map_err(from_store)?;
        let asked = self.ask_github_to_cancel(id, app.repo.clone(), run);
        timeout(PATIENCE, asked).await.unwrap_or(Ok(()))
    }
}

/// It has ended; or its status is of a newer build, which alone may move it.
fn cannot_abandon(current: StoredStatus) -> ServiceError {
    let error = if current.is_terminal() {
        ServiceError::new(ErrorCode::AlreadyEnded)
    } else {
        let newer = "A newer version of the console wrote its status, and only that version moves it.";
        ServiceError::new(ErrorCode::TransitionRefused).with_detail(newer)
    };
    error.with_obstacle(Obstacle::Status { current, allowed: Vec::new() })
}
