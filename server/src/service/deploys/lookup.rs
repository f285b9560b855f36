//! Looking for a run while its deploy is polled: right after the dispatch, when GitHub did not say which run it started
//! and people are waiting to see it.

use std::time::Duration;

use app::{
    api::ServiceError,
    domain::{DeployId, Status, StoredStatus},
};
use github::{FoundRun, SoughtRun};
use jiff::SignedDuration;
use store::{Advanced, AttachRun, Note, StoreError, StoredDeploy};

use crate::service::{CONSOLE, Console, from_store};

/// How long after the request polls look, its last instant included. Later only the reconciler does.
const WINDOW: SignedDuration = SignedDuration::from_secs(90);
/// The limit for the whole look-up; then the poll answers with what is stored.
const TIMEOUT: Duration = Duration::from_secs(8);

/// Pages of GitHub's list that one look-up reads, of a hundred runs each.
const PAGES: usize = 2;
/// Between two look-ups of a dispatch that waits for its run.
const PAUSE: Duration = Duration::from_secs(1);

impl Console {
    /// The deploy with its run, if that can be found now; otherwise as it is stored.
    pub(in crate::service) async fn with_run(
        &self,
        stored: StoredDeploy,
    ) -> Result<StoredDeploy, ServiceError> {
        if !self.is_worth_a_lookup(&stored) {
            return Ok(stored);
        }
        // Concurrent polls of the same deploy are answered with what is stored.
        let Some(_turn) = self.lookups.take(stored.id) else { return Ok(stored) };
        // The previous look-up may have found it since this row was read.
        let stored = self.store.deploy(stored.id).await.map_err(from_store)?.unwrap_or(stored);
        if !self.is_worth_a_lookup(&stored) {
            return Ok(stored);
        }
        if self.look_up_in_time(&stored).await { self.find(stored.id).await } else { Ok(stored) }
    }

    /// Waits for the run of a deploy that was just dispatched, as long as a synchronous dispatch may take. Then it
    /// answers with what is stored.
    pub(in crate::service) async fn wait_for_run(
        &self,
        stored: StoredDeploy,
    ) -> Result<StoredDeploy, ServiceError> {
        let Some(limit) = self.run_wait else { return Ok(stored) };
        let id = stored.id;
        let wait = async {
            let mut stored = stored;
            while self.is_worth_a_lookup(&stored) {
                stored = self.with_run(stored).await?;
                if stored.run.is_none() {
                    tokio::time::sleep(PAUSE).await;
                    stored = self.find(id).await?;
                }
            }
            Ok(stored)
        };
        match tokio::time::timeout(limit, wait).await {
            Ok(waited) => waited,
            Err(_) => self.find(id).await,
        }
    }

    /// Looks once, with a time limit. Returns whether the row has something new.
    pub(in crate::service) async fn look_up_in_time(&self, stored: &StoredDeploy) -> bool {
        let looked = tokio::time::timeout(TIMEOUT, self.look_for_run(stored)).await;
        looked.unwrap_or_else(|_| {
            tracing::info!(deploy_id = %stored.id, "the look-up took too long");
            false
        })
    }

    pub(super) fn is_worth_a_lookup(&self, stored: &StoredDeploy) -> bool {
        stored.run.is_none()
            && stored.status == StoredStatus::Known(Status::Dispatched)
            && self.clock.now().duration_since(stored.released_at()) <= WINDOW
    }

    /// Looks once, and records what it finds. Returns whether the row has something new.
    async fn look_for_run(&self, stored: &StoredDeploy) -> bool {
        // GitHub was never asked for it: a run that carries its id was started by somebody else.
        if stored.lacked_approval() {
            return false;
        }
        let Some((app, _)) = self.apps.find(&stored.app, &stored.environment) else { return false };
        let sought = SoughtRun {
            repo: &app.repo,
            workflow: &app.workflow,
            deploy: stored.id,
            requested_at: stored.released_at(),
        };
        let found = self.github.find_run(sought, PAGES).await;
        let run = match found {
            Ok(FoundRun::One(run)) => run,
            Ok(FoundRun::None) => return false,
            Ok(FoundRun::Several) => {
                let note = Note::ambiguous(stored.id, CONSOLE, self.clock.now());
                return was_written(stored.id, self.store.note(&note).await);
            }
            Err(error) => {
                tracing::info!(deploy_id = %stored.id, %error, "the look-up found out nothing");
                return false;
            }
        };
        let evidence = run.title_evidence();
        let attach =
            AttachRun { id: stored.id, run, evidence, actor: CONSOLE.to_owned(), at: self.clock.now() };
        was_written(stored.id, self.store.attach_run(&attach).await)
    }
}

/// What cannot be recorded now will be found again.
fn was_written(id: DeployId, written: Result<Advanced, StoreError>) -> bool {
    match written {
        Ok(advanced) => advanced == Advanced::Moved,
        Err(error) => {
            tracing::warn!(deploy_id = %id, %error, "what was found of the run could not be written down");
            false
        }
    }
}
