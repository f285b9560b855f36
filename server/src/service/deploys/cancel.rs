//! Ending a deploy early, in two phases: the cancellation is recorded and GitHub is asked; the deploy ends when GitHub
//! says so, in the same way as any other end.

use std::{sync::Arc, time::Duration};

use app::domain::RunRef;
use app::{
    api::{ErrorCode, ServiceError},
    domain::{CancelState, DeployId},
};
use github::{CancelOutcome, ReadError};
use store::{Actor, Advanced, Note, Noted, StoreError, StoredDeploy};

use crate::service::{CONSOLE, Console, from_store};

/// The interval after which GitHub may be asked again.
const ASK_AGAIN_AFTER: Duration = Duration::from_secs(5);

impl Console {
    /// A cancellation should not have to wait until a poll has found the run.
    pub(super) async fn with_run_for_cancel(
        &self,
        stored: StoredDeploy,
    ) -> Result<StoredDeploy, ServiceError> {
        if stored.run.is_some() || stored.status.is_terminal() || !self.look_up_in_time(&stored).await {
            return Ok(stored);
        }
        self.find(stored.id).await
    }

    /// In a task of its own: if the client disconnects, the answer is recorded all the same.
    pub(super) async fn ask_github_to_cancel(
        &self,
        id: DeployId,
        repo: String,
        run: RunRef,
    ) -> Result<(), ServiceError> {
        let (github, store, clock) = (self.github.clone(), Arc::clone(&self.store), Arc::clone(&self.clock));
        let asked = self.background.spawn(async move {
            let answer = github.cancel(&repo, run.id).await;
            tracing::info!(deploy_id = %id, run = run.id, ?answer, "GitHub was asked to cancel a run");
            let what = Noted::CancelAnswered(cancel_state(&answer));
            // The row may have ended meanwhile: then there is nothing to note.
            store.note(&Note { id, what, actor: Actor::named(CONSOLE), at: clock.now() }).await?;
            Ok::<_, StoreError>(answer)
        });
        let answer = asked.await.map_err(|_| ServiceError::new(ErrorCode::Internal))?.map_err(from_store)?;
        self.wake.notify(id);
        match answer {
            Ok(CancelOutcome::Asked) => Ok(()),
            Ok(CancelOutcome::TooLate) => Err(ServiceError::new(ErrorCode::CancelTooLate)),
            Err(error) => {
                let unclear =
                    ServiceError::new(ErrorCode::GitHubUnavailable).with_detail(format!("{error}."));
                Err(unclear.with_retry_after(ASK_AGAIN_AFTER))
            }
        }
    }

    pub(super) async fn note(&self, id: DeployId, what: Noted, actor: Actor) -> Result<Advanced, StoreError> {
        self.store.note(&Note { id, what, actor, at: self.clock.now() }).await
    }
}

/// What became of a cancellation, by GitHub's answer.
pub(crate) const fn cancel_state(answer: &Result<CancelOutcome, ReadError>) -> CancelState {
    match answer {
        Ok(CancelOutcome::Asked) => CancelState::Accepted,
        Ok(CancelOutcome::TooLate) => CancelState::TooLate,
        Err(_) => CancelState::Unconfirmed,
    }
}
