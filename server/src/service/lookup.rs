//! Looking for a run while its deploy is polled: right after the dispatch, when GitHub did not say which run
//! it started and people are waiting to see it.

use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use app::{
    api::Problem,
    domain::{DeployId, Recorded, Status},
};
use jiff::SignedDuration;

use super::{CONSOLE, Console, from_store};
use crate::{
    github::FoundRun,
    store::{Attach, StoredDeploy},
};

/// Later than this after the request, the reconciler alone looks.
const WINDOW: SignedDuration = SignedDuration::from_secs(90);
/// For the whole look-up; then the poll answers with what is stored.
const TIMEOUT: Duration = Duration::from_secs(8);

/// The deploys whose run is being looked for.
#[derive(Debug, Default)]
pub(super) struct Lookups(Mutex<HashSet<DeployId>>);

/// The right to look for one deploy's run; given back when it is dropped.
struct Turn<'a> {
    lookups: &'a Lookups,
    id: DeployId,
}

impl Lookups {
    fn take(&self, id: DeployId) -> Option<Turn<'_>> {
        let is_first = self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id);
        // Lazily: a `Turn` that is made is given back.
        is_first.then(|| Turn { lookups: self, id })
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.lookups.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.id);
    }
}

impl Console {
    /// The deploy with its run, if that could be found now; otherwise as it is stored.
    pub(super) async fn with_run(&self, stored: StoredDeploy) -> Result<StoredDeploy, Problem> {
        if !self.is_worth_a_lookup(&stored) {
            return Ok(stored);
        }
        // Others that poll the same deploy are answered with what is stored.
        let Some(_turn) = self.lookups.take(stored.id) else { return Ok(stored) };
        // Whoever had the turn before may have found it since this row was read.
        let stored = self.store.deploy(stored.id).await.map_err(from_store)?.unwrap_or(stored);
        if !self.is_worth_a_lookup(&stored) {
            return Ok(stored);
        }
        match tokio::time::timeout(TIMEOUT, self.look_up(&stored)).await {
            Ok(true) => Ok(self.store.deploy(stored.id).await.map_err(from_store)?.unwrap_or(stored)),
            Ok(false) => Ok(stored),
            Err(_) => {
                tracing::info!(deploy_id = %stored.id, "the look-up took too long");
                Ok(stored)
            }
        }
    }

    fn is_worth_a_lookup(&self, stored: &StoredDeploy) -> bool {
        stored.run.is_none()
            && stored.status == Recorded::Known(Status::Dispatched)
            && self.clock.now().duration_since(stored.requested_at) < WINDOW
    }

    /// Looks once, and writes down what it finds. Answers whether it found it.
    async fn look_up(&self, stored: &StoredDeploy) -> bool {
        let Some((app, _)) = self.apps.find(&stored.app, &stored.environment) else { return false };
        let found = self.github.find_run(&app.repo, &app.workflow, stored.id, stored.requested_at).await;
        let run = match found {
            Ok(FoundRun::One(run)) => run,
            Ok(FoundRun::None) => return false,
            Ok(FoundRun::Several) => {
                tracing::warn!(deploy_id = %stored.id, "two runs carry this deploy id: none is taken");
                return false;
            }
            Err(error) => {
                tracing::info!(deploy_id = %stored.id, %error, "the look-up found out nothing");
                return false;
            }
        };
        let evidence = run.title_evidence();
        let attach = Attach { id: stored.id, run, evidence, actor: CONSOLE.to_owned(), at: self.clock.now() };
        match self.store.attach_run(&attach).await {
            Ok(_) => true,
            Err(error) => {
                tracing::warn!(deploy_id = %stored.id, %error, "the run that was found could not be written down");
                false
            }
        }
    }
}
