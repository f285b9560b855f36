//! Runs of deploys that have ended: one that goes on is followed for a while once it was asked to be cancelled, or has
//! reported that it ends, and its end is recorded; one that was run again has a deploy for each later attempt.

use std::collections::HashSet;

use app::domain::DeployId;
use jiff::SignedDuration;
use store::{Actor, StoredDeploy};

use super::{
    Pass, Reconciler,
    heal::{HealError, RECONCILER},
};
use crate::{
    config::AppConfig,
    service::ended_run::{end_reported_at, record, report},
};

/// For how long a run is followed that was to end. Later its end is read when somebody looks at its deploy.
const FOLLOWED: SignedDuration = SignedDuration::from_mins(10);

impl Reconciler {
    /// Those of these deploys that have ended, followed. One that cannot be read now is not followed any more.
    pub(super) async fn ended_among(&self, ids: &HashSet<DeployId>) -> Pass {
        let mut all = Pass::default();
        for id in ids {
            match self.store.deploy(*id).await {
                Ok(Some(ended)) if ended.status.is_terminal() => {
                    all = all.and(self.follow_ended(&ended).await);
                }
                Ok(_) => {}
                Err(error) => tracing::warn!(deploy_id = %id, %error, "reconciler: a row cannot be read"),
            }
        }
        all
    }

    /// Reads the run of a deploy that has ended: whether it has ended too, and whether it was run again.
    pub(super) async fn follow_ended(&self, ended: &StoredDeploy) -> Pass {
        let Some((app, _)) = self.apps.find(&ended.app, &ended.environment) else { return Pass::default() };
        let changed = self.read_ended(app, ended).await.unwrap_or_else(|error| {
            tracing::info!(deploy_id = %ended.id, %error, "how its run stands could not be read");
            0
        });
        let is_followed = changed == 0 && self.is_followed(ended).await;
        Pass { changed, awaits_cancellation: is_followed.then_some(ended.id).into_iter().collect() }
    }

    async fn read_ended(&self, app: &AppConfig, ended: &StoredDeploy) -> Result<usize, HealError> {
        let Some(run) = &ended.run else { return Ok(0) };
        let run = self.github.run(&app.repo, run.id).await?;
        let actor = Actor::named(RECONCILER);
        let is_noted = record(&*self.store, ended, report(ended, &run), actor, &self.clock).await?;
        Ok(usize::from(is_noted) + self.reruns(app, vec![run]).await?)
    }

    /// Whether its run was lately asked to be cancelled, or has lately reported its end, and GitHub does not say that it
    /// ended.
    async fn is_followed(&self, ended: &StoredDeploy) -> bool {
        let asked_at = ended.cancellation.as_ref().map(|asked| asked.requested_at);
        // If the journal cannot be read, nothing of this can be recorded either.
        let reported_at = end_reported_at(&*self.store, ended).await.ok().flatten();
        let since = asked_at.max(reported_at);
        ended.lacks_end_of_run()
            && since.is_some_and(|since| self.clock.now().duration_since(since) < FOLLOWED)
    }
}
