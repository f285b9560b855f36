//! Who may review a run that waits on GitHub, and what was said there. Nothing follows from it but what is shown.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use app::domain::{AwaitedReview, DeployId, ProtectionRequestId, RunReview, RunReviews, RunState};
use github::{ReadError, Run};
use runtime::ids::uuid_at;
use store::{NewProtectionRequest, ProtectionFilter, StoredDeploy};

use super::{
    Reconciler,
    heal::{HealError, Healed},
};
use crate::config::AppConfig;

/// Questions about one run that are looked at: one for each attempt, and few are run again often.
const KNOWN: u32 = 10;

/// What was last read of the runs of deploys that are under way. In memory alone: each pass reads it again. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Reviews(Arc<Mutex<HashMap<DeployId, RunReviews>>>);

impl Reviews {
    /// Of this deploy; none, if its run was not seen to wait.
    #[must_use]
    pub fn of(&self, id: DeployId) -> Option<RunReviews> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&id).cloned()
    }

    fn set(&self, id: DeployId, reviews: RunReviews) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id, reviews);
    }

    fn forget(&self, id: DeployId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
    }
}

impl Reconciler {
    /// Reads them for a deploy whose run waits, and once more when it has gone on: what was said stays until the deploy ends.
    pub(super) async fn read_reviews(&self, row: &StoredDeploy, app: &AppConfig, run: &Run, healed: &Healed) {
        if healed.ended {
            return self.reviews.forget(row.id);
        }
        let waits = healed.state == Some(RunState::AwaitingApproval);
        let waited = self.reviews.of(row.id).is_some_and(|known| !known.awaited.is_empty());
        if !waits && !waited {
            return;
        }
        match self.reviews_of(app, run.id, waits).await {
            Ok(reviews) => {
                if let Err(error) = self.ask_what_was_lost(row, app, run, &reviews).await {
                    tracing::info!(deploy_id = %row.id, %error, "whether GitHub asks about its gate is not known");
                }
                self.reviews.set(row.id, reviews);
            }
            // A token that may not read them hides who may review, and nothing else.
            Err(error) => {
                tracing::debug!(deploy_id = %row.id, %error, "the reviews of its run cannot be read");
                self.reviews.forget(row.id);
            }
        }
    }

    /// GitHub may have asked about its gate, and the webhook got lost: then what it asked is kept now. What it says of its own
    /// rules tells whether the console is asked at all.
    async fn ask_what_was_lost(
        &self,
        row: &StoredDeploy,
        app: &AppConfig,
        run: &Run,
        reviews: &RunReviews,
    ) -> Result<(), HealError> {
        let waits = reviews.awaited.iter().any(|one| one.environment.eq_ignore_ascii_case(&row.environment));
        if !waits {
            return Ok(());
        }
        let about = ProtectionFilter {
            run: Some((app.repo.clone(), run.id)),
            limit: KNOWN,
            ..ProtectionFilter::default()
        };
        let known = self.store.protection_requests(&about).await?;
        // What was asked before is of an earlier attempt. It may be over for the console, and wait for people still.
        if known.iter().any(|known| known.closed_at.is_none() || known.asked_at >= row.requested_at) {
            return Ok(());
        }
        if !self.github.is_asked_about(&app.repo, &row.environment).await? {
            return Ok(());
        }
        let at = self.clock.now();
        let request = NewProtectionRequest {
            id: ProtectionRequestId::new(uuid_at(at)),
            repo: app.repo.clone(),
            run: run.id,
            environment: row.environment.clone(),
            // GitHub's own ids are positive.
            deployment: -run.run_attempt,
            app: app.name.clone(),
            started_by: None,
            at,
        };
        if self.store.ask_protection(&request).await? {
            tracing::info!(deploy_id = %row.id, run = run.id, "GitHub asks about its gate, and its webhook did not come");
            self.wake.nudge_gate();
        }
        Ok(())
    }

    async fn reviews_of(&self, app: &AppConfig, run: i64, waits: bool) -> Result<RunReviews, ReadError> {
        let awaited =
            if waits { self.github.awaited_environments(&app.repo, run).await? } else { Vec::new() };
        let awaited = awaited
            .into_iter()
            .map(|awaited| AwaitedReview { environment: awaited.name, reviewers: awaited.reviewers });
        let said = self.github.reviews(&app.repo, run).await?.into_iter().map(|review| RunReview {
            by: review.by,
            is_approval: review.is_approval,
            comment: review.comment,
        });
        Ok(RunReviews { awaited: awaited.collect(), said: said.collect() })
    }
}
