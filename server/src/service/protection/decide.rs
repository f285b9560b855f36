//! Which deploy a run is of, and what follows from that.

use app::{
    api::ServiceError,
    domain::{Origin, Timestamp},
};
use github::{ListedRun, Progress, ReadError};
use store::{DecideProtection, ProtectedPlace, StartedBy, StoredDeploy, StoredProtectionRequest};

use super::{Console, from_store};
use crate::{
    config::{AppConfig, EnvironmentConfig, FrozenRuns},
    tasks::reconcile::title::Title,
};

/// Why a question is not decided yet.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotYet {
    /// GitHub's record of the run cannot be read.
    #[error("GitHub's record of the run cannot be read: {0}")]
    Unread(ReadError),
    /// It says that it is of a deploy whose run is not known yet.
    #[error("the deploy that it names is about to be told of its run")]
    RunIsLookedFor,
    #[error("the database is not available")]
    Store(ServiceError),
}

impl From<ServiceError> for NotYet {
    fn from(error: ServiceError) -> Self {
        Self::Store(error)
    }
}

impl Console {
    /// Decides a question, if it can be. Returns it as it is then; none, if GitHub no longer asks.
    ///
    /// GitHub's record of the run is read first: by it a question without a run that waits is over, and it says which app and
    /// which deploy a run is of that the console does not know.
    pub(super) async fn decide_request(
        &self,
        request: &StoredProtectionRequest,
    ) -> Result<Option<StoredProtectionRequest>, NotYet> {
        let run = match self.github.origin_of_run(&request.repo, request.run).await {
            Ok(run) if run.run.status != Progress::Completed => run,
            Ok(_) | Err(ReadError::NotFound) => {
                self.lapse(request).await?;
                return Ok(None);
            }
            Err(error) => return Err(NotYet::Unread(error)),
        };
        let deploy = self.deploy_under_way(request).await?;
        if deploy.is_none() {
            self.await_run_of_named(&run).await?;
        }
        let now = self.clock.now();
        let places = self.protected_places(request, &run, deploy.as_ref(), now);
        if places.is_empty() {
            // It is no longer configured: nothing here says that it may go on.
            return Ok(None);
        }
        let decide = DecideProtection {
            id: request.id,
            deploy_id: deploy.map(|deploy| deploy.id),
            attempt: run.run.run_attempt,
            started_by: run
                .starter()
                .map(|account| StartedBy { login: account.login.clone(), id: account.id }),
            places,
            at: now,
        };
        let decided = self.store.decide_protection(&decide).await.map_err(from_store)?;
        if let Some(decided) = decided.as_ref().filter(|decided| decided.state != request.state) {
            tracing::info!(request = %decided.id, run = decided.run, state = ?decided.state, "GitHub's question");
        }
        Ok(decided)
    }

    /// GitHub asks no more.
    pub(super) async fn lapse(&self, request: &StoredProtectionRequest) -> Result<(), ServiceError> {
        if self.store.lapse_protection(request.id, self.clock.now()).await.map_err(from_store)? {
            tracing::info!(request = %request.id, run = request.run, "GitHub no longer asks");
        }
        Ok(())
    }

    /// The deploy that the run is of, as long as it is under way: one that has ended vouches for nothing.
    async fn deploy_under_way(
        &self,
        request: &StoredProtectionRequest,
    ) -> Result<Option<StoredDeploy>, ServiceError> {
        let rows = self.store.deploys_of_run(request.run).await.map_err(from_store)?;
        let is_it = |row: &StoredDeploy| {
            let is_here = |(app, environment): (&AppConfig, &EnvironmentConfig)| {
                app.repo == request.repo && environment.name.eq_ignore_ascii_case(&request.environment)
            };
            !row.status.is_terminal() && self.apps.find(&row.app, &row.environment).is_some_and(is_here)
        };
        Ok(rows.into_iter().find(is_it))
    }

    /// A run may ask before the console knows that it is its own: then it is looked for first. Its title alone proves nothing.
    async fn await_run_of_named(&self, run: &ListedRun) -> Result<(), NotYet> {
        let Some(named) = Title::read(&run.display_title).and_then(|title| title.deploy) else {
            return Ok(());
        };
        let stored = self.store.deploy(named).await.map_err(from_store)?;
        let is_looked_for = |stored: &StoredDeploy| !stored.status.is_terminal() && stored.run.is_none();
        if stored.as_ref().is_some_and(is_looked_for) {
            self.wake.notify(named);
            return Err(NotYet::RunIsLookedFor);
        }
        Ok(())
    }

    /// The places that a question is about: that of the deploy; else those of the app that the run says it is of; else each
    /// that it may be.
    fn protected_places(
        &self,
        request: &StoredProtectionRequest,
        run: &ListedRun,
        deploy: Option<&StoredDeploy>,
        now: Timestamp,
    ) -> Vec<ProtectedPlace> {
        let all: Vec<_> = self.places_of(&request.repo, &request.environment).collect();
        let title = Title::read(&run.display_title);
        let is_of = |app: &AppConfig| match deploy {
            Some(deploy) => deploy.app == app.name,
            None => {
                let is_shared = self.apps.shares_workflow(app);
                run.runs(&app.workflow)
                    && (!is_shared || title.as_ref().is_some_and(|title| title.is_of(&app.name, is_shared)))
            }
        };
        let own: Vec<_> = all.iter().copied().filter(|(app, _)| is_of(app)).collect();
        let places = if own.is_empty() { all } else { own };
        places.into_iter().map(|(app, environment)| protected(app, environment, now)).collect()
    }
}

fn protected(app: &AppConfig, environment: &EnvironmentConfig, now: Timestamp) -> ProtectedPlace {
    // Whatever it is: it was not requested here.
    let by_hand = Origin::GitHub { event: String::new(), ended_at: None };
    ProtectedPlace {
        app: app.name.clone(),
        holds_while_frozen: match environment.frozen_runs {
            FrozenRuns::Reject => false,
            FrozenRuns::Hold => true,
        },
        approval: environment.approval_of(&by_hand, now),
    }
}
