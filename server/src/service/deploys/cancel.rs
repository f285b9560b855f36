//! Ending a deploy early, in two phases: the wish is recorded and GitHub is asked; the deploy ends when
//! GitHub says so, by the same way as any other end.

use std::sync::Arc;

use app::domain::RunRef;
use app::{
    api::{ErrorCode, Problem},
    domain::{CancelState, CannotCancel, Deploy, DeployId},
};
use github::{CancelOutcome, ReadError};
use store::{Advanced, Note, Noted, StoreError, StoredDeploy};

use crate::service::{CONSOLE, Console, LOCAL_OPERATOR, from_store};

/// Seconds after which asking GitHub again is worth while.
const ASK_AGAIN_AFTER: u32 = 5;

impl Console {
    /// One wish is one entry of the journal, and one request to GitHub at a time, however often it is pressed.
    pub(in crate::service) async fn cancel_deploy(&self, id: DeployId) -> Result<Deploy, Problem> {
        let Some(_flight) = self.cancels.take(id) else {
            return self.find(id).await.map(|row| self.view(row));
        };
        let stored = self.with_run_for_cancel(self.find(id).await?).await?;
        let run = stored.run.clone();
        let was_accepted =
            stored.cancellation.as_ref().is_some_and(|asked| asked.state == CancelState::Accepted);
        let place = self.apps.find(&stored.app, &stored.environment);
        let (repo, run) = match (self.view(stored).cannot_cancel(), place, run) {
            (Some(CannotCancel::Ended), ..) => return Err(Problem::new(ErrorCode::DeployEnded)),
            (Some(CannotCancel::NoRun), ..) | (None, _, None) => {
                return Err(Problem::new(ErrorCode::RunUnknown));
            }
            (None, None, _) => return Err(Problem::new(ErrorCode::UnknownEnvironment)),
            (None, Some((app, _)), Some(run)) => (app.repo.clone(), run),
        };
        if was_accepted {
            return self.find(id).await.map(|row| self.view(row));
        }
        match self.note(id, Noted::CancelRequested, LOCAL_OPERATOR).await.map_err(from_store)? {
            Advanced::Moved => {}
            // It was wished for before.
            Advanced::Refused(current) if !current.is_terminal() => {}
            Advanced::Refused(_) | Advanced::Missing => return Err(Problem::new(ErrorCode::DeployEnded)),
        }
        self.ask_github_to_cancel(id, repo, run).await?;
        self.find(id).await.map(|stored| self.view(stored))
    }

    /// Whoever wants it to end should not have to wait until a poll has found its run.
    async fn with_run_for_cancel(&self, stored: StoredDeploy) -> Result<StoredDeploy, Problem> {
        if stored.run.is_some() || stored.status.is_terminal() || !self.look_up_in_time(&stored).await {
            return Ok(stored);
        }
        self.find(stored.id).await
    }

    /// In a task of its own: if the one who asked goes away, the answer is recorded all the same.
    async fn ask_github_to_cancel(&self, id: DeployId, repo: String, run: RunRef) -> Result<(), Problem> {
        let (github, store, clock) = (self.github.clone(), Arc::clone(&self.store), Arc::clone(&self.clock));
        let asked = self.background.spawn(async move {
            let answer = github.cancel(&repo, run.id).await;
            tracing::info!(deploy_id = %id, run = run.id, ?answer, "GitHub was asked to cancel a run");
            let what = Noted::CancelAnswered(state_after(&answer));
            // The row may have ended in between: then there is nothing left to note.
            store.note(&Note { id, what, actor: CONSOLE.to_owned(), at: clock.now() }).await?;
            Ok::<_, StoreError>(answer)
        });
        let answer = asked.await.map_err(|_| Problem::new(ErrorCode::Internal))?.map_err(from_store)?;
        self.wake.notify(id);
        match answer {
            Ok(CancelOutcome::Asked) => Ok(()),
            Ok(CancelOutcome::TooLate) => Err(Problem::new(ErrorCode::CancelTooLate)),
            Err(error) => {
                let problem = Problem::new(ErrorCode::GitHubUnavailable).with_detail(format!("{error}."));
                Err(Problem { retry_after: Some(ASK_AGAIN_AFTER), ..problem })
            }
        }
    }

    async fn note(&self, id: DeployId, what: Noted, actor: &str) -> Result<Advanced, StoreError> {
        self.store.note(&Note { id, what, actor: actor.to_owned(), at: self.clock.now() }).await
    }
}

const fn state_after(answer: &Result<CancelOutcome, ReadError>) -> CancelState {
    match answer {
        Ok(CancelOutcome::Asked) => CancelState::Accepted,
        Ok(CancelOutcome::TooLate) => CancelState::TooLate,
        Err(_) => CancelState::Unconfirmed,
    }
}
