//! Ending a deploy early, in two phases: the cancellation is recorded and GitHub is asked; the deploy ends when GitHub
//! says so, in the same way as any other end.
//!
//! A deploy that has ended here without its run keeps its end, and its run is cancelled: the request is recorded, GitHub is
//! asked whether that very attempt goes on, and only then to cancel it. Another attempt is another deploy.

use std::{future::Future, sync::Arc, time::Duration};

use app::domain::RunRef;
use app::{
    api::{ErrorCode, ServiceError},
    domain::{Action, Caller, CancelState, CannotCancel, DeployId},
};
use github::{CancelOutcome, ReadError};
use runtime::fail_point::Point;
use store::{Actor, Advanced, Note, Noted, StoreError, StoredDeploy};

use super::ended_run::{RunFate, end_reported_at};
use crate::service::{
    CONSOLE, Console,
    access::{actor, check, scope},
    from_store,
};

/// The interval after which GitHub may be asked again.
const ASK_AGAIN_AFTER: Duration = Duration::from_secs(5);

impl Console {
    /// A repeated cancellation is one entry of the journal, and one request to GitHub at a time. Once the deploy has ended,
    /// each one that GitHub answered is followed by another entry.
    pub(super) async fn cancel_run(
        &self,
        caller: &Caller,
        id: DeployId,
    ) -> Result<StoredDeploy, ServiceError> {
        let stored = self.find_for(caller, id).await?;
        check(caller, Action::Cancel, &scope(&stored.app, &stored.environment))?;
        let Some(_flight) = self.cancels.take(id) else { return self.find(id).await };
        let stored = self.with_run_for_cancel(stored).await?;
        let (repo, run) = self.cancellable(&stored)?;
        if end_reported_at(&*self.store, &stored).await.map_err(from_store)?.is_some() {
            let detail = "Its workflow has reported its end since.";
            return Err(ServiceError::new(ErrorCode::DeployEnded).with_detail(detail));
        }
        let was_accepted =
            stored.cancellation.as_ref().is_some_and(|asked| asked.state == CancelState::Accepted);
        if was_accepted && !stored.status.is_terminal() {
            return self.find(id).await;
        }
        match self.note(id, Noted::CancelRequested, actor(caller)).await.map_err(from_store)? {
            Advanced::Moved => {}
            // The cancellation was requested before; or the deploy has ended meanwhile, and its run with it.
            Advanced::Refused(_) => drop(self.cancellable(&self.find(id).await?)?),
            Advanced::Missing => return Err(ServiceError::new(ErrorCode::DeployEnded)),
        }
        self.fail_point.pass(Point::AfterIntent).await;
        let stored = self.find(id).await?;
        let is_over = async || Ok(self.view(self.find(id).await?).cannot_cancel().is_some());
        let asked = if stored.status.is_terminal() {
            match self.ask_github_to_end_run(stored, repo, run).await {
                // Nothing is left to cancel, and GitHub's record says so.
                Err(error) if error.code == ErrorCode::CancelTooLate && is_over().await? => Ok(()),
                asked => asked,
            }
        } else {
            self.ask_github_to_cancel(id, repo, run).await
        };
        asked?;
        self.find(id).await
    }

    /// The run to cancel, and its repository.
    fn cancellable(&self, stored: &StoredDeploy) -> Result<(String, RunRef), ServiceError> {
        let refused = |code| Err(ServiceError::new(code));
        match (self.view(stored.clone()).cannot_cancel(), &stored.run) {
            (Some(CannotCancel::Ended), _) => refused(ErrorCode::DeployEnded),
            (Some(CannotCancel::NoRun), _) | (None, None) => refused(ErrorCode::RunUnknown),
            (None, Some(run)) => match self.apps.find(&stored.app, &stored.environment) {
                Some((app, _)) => Ok((app.repo.clone(), run.clone())),
                None => refused(ErrorCode::UnknownEnvironment),
            },
        }
    }

    /// A cancellation should not have to wait until a poll has found the run.
    async fn with_run_for_cancel(&self, stored: StoredDeploy) -> Result<StoredDeploy, ServiceError> {
        if stored.run.is_some() || stored.status.is_terminal() || !self.look_up_in_time(&stored).await {
            return Ok(stored);
        }
        self.find(stored.id).await
    }

    pub(super) async fn ask_github_to_cancel(
        &self,
        id: DeployId,
        repo: String,
        run: RunRef,
    ) -> Result<(), ServiceError> {
        let github = self.github.clone();
        self.ask_and_record(id, async move { github.cancel(&repo, run.id).await }).await
    }

    /// Asks for the end of a run whose deploy has ended, if GitHub says that it goes on. Where it does not say, nothing is
    /// cancelled: that could be a later attempt.
    async fn ask_github_to_end_run(
        &self,
        ended: StoredDeploy,
        repo: String,
        run: RunRef,
    ) -> Result<(), ServiceError> {
        let (runs, id) = (self.ended_runs(), ended.id);
        let asking = async move {
            if runs.read(&repo, &ended).await? == RunFate::Over {
                return Ok(CancelOutcome::TooLate);
            }
            let answer = runs.github.cancel(&repo, run.id).await?;
            if answer == CancelOutcome::TooLate {
                // Perhaps its record says so by now.
                runs.read(&repo, &ended).await?;
            }
            Ok(answer)
        };
        self.ask_and_record(id, asking).await
    }

    /// In a task of its own: if the client disconnects, the answer is recorded all the same.
    async fn ask_and_record(
        &self,
        id: DeployId,
        asking: impl Future<Output = Result<CancelOutcome, ReadError>> + Send + 'static,
    ) -> Result<(), ServiceError> {
        let (store, clock) = (Arc::clone(&self.store), Arc::clone(&self.clock));
        let fail_point = self.fail_point.clone();
        let asked = self.background.spawn(async move {
            let answer = asking.await;
            fail_point.pass(Point::AfterPost).await;
            tracing::info!(deploy_id = %id, ?answer, "GitHub was asked to cancel a run");
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
