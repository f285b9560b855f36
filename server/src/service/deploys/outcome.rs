//! What a deploy that has ended left behind.

use app::{api::Outcome, domain::Deploy};
use store::{EnvironmentSummary, Place};

use crate::service::Console;

impl Console {
    /// None while it is under way, or while the database cannot say: a deploy is shown without it.
    pub(super) async fn outcome(&self, deploy: &Deploy) -> Option<Outcome> {
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
        Outcome::of(deploy, last_good.as_ref(), newest.as_ref(), version)
    }
}
