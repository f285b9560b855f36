//! What a deploy that has ended left behind.

use app::{
    api::Outcome,
    domain::{Aftermath, Deploy},
};
use store::{EnvironmentSummary, Place, StoredDeploy};

use super::ended_run::end_reported_at;
use crate::service::Console;

impl Console {
    /// None while it is under way, or while the database cannot say: a deploy is shown without it.
    pub(super) async fn outcome(&self, stored: &StoredDeploy, deploy: &Deploy) -> Option<Outcome> {
        deploy.aftermath()?;
        let place = Place { app: deploy.app.clone(), environment: deploy.environment.clone() };
        let summaries = self.store.environment_summaries(vec![place]).await.inspect_err(|error| {
            tracing::warn!(deploy_id = %deploy.id, %error, "what came after a deploy is not known");
        });
        let EnvironmentSummary { last_success, under_way, last_ended, .. } =
            summaries.ok()?.into_iter().next()?;
        let last_good = last_success.map(|stored| self.view(stored));
        let newest = under_way.or(last_ended).map(|stored| self.view(stored));
        let version = self.answers.check(&deploy.app, &deploy.environment, last_good.as_ref());
        let outcome = Outcome::of(deploy, last_good.as_ref(), newest.as_ref(), version)?;
        let promote_to = self.next_environment(deploy).await.filter(|_| outcome.aftermath == Aftermath::Live);
        let run_reported_end = end_reported_at(&*self.store, stored).await.is_ok_and(|at| at.is_some());
        Some(Outcome { promote_to, run_reported_end, ..outcome })
    }

    /// The environment after that of a deploy, if its commit is known and is not live there.
    async fn next_environment(&self, deploy: &Deploy) -> Option<String> {
        let commit = deploy.commit.as_ref()?;
        let app = self.apps.iter().find(|app| app.name == deploy.app)?;
        let at = app.environments.iter().position(|place| place.name == deploy.environment)?;
        let next = app.environments.get(at + 1)?;
        let place = Place { app: app.name.clone(), environment: next.name.clone() };
        let summary = self.store.environment_summaries(vec![place]).await.ok()?.into_iter().next()?;
        let is_live = summary.last_success.is_some_and(|live| live.commit.as_ref() == Some(commit));
        (!is_live).then(|| next.name.clone())
    }
}
