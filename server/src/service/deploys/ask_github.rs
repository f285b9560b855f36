//! One dispatch request, from the recorded row to GitHub's answer.

use std::sync::Arc;

use app::domain::{DeployId, RunRef, Source, Status};
use github::{Client, DispatchOutcome, WorkflowDispatch};
use runtime::{
    clock::SharedClock,
    fail_point::{FailPoint, Point},
};
use store::{Actor, Advance, Advanced, AttachRun, CreateOutcome, NewDeploy, Note, Noted, Store, StoreError};

use crate::service::CONSOLE;

/// One dispatch, independent of the request that started it.
pub(super) struct GitHubDispatch {
    pub(super) id: DeployId,
    pub(super) store: Arc<dyn Store>,
    pub(super) github: Client,
    pub(super) clock: SharedClock,
    pub(super) fail_point: FailPoint,
}

impl GitHubDispatch {
    pub(super) async fn run(
        &self,
        open: &NewDeploy,
        dispatch: &WorkflowDispatch,
    ) -> Result<CreateOutcome, StoreError> {
        let opened = self.store.open(open).await?;
        if opened == CreateOutcome::New && open.approval.is_some() {
            // It is recorded, and that is the whole answer. GitHub is asked when it is approved.
            self.store.answered(self.id, self.clock.now()).await?;
        } else if opened == CreateOutcome::New {
            self.ask_github(dispatch).await?;
        }
        Ok(opened)
    }

    /// Asks GitHub for a deploy that has all its approvals, unless somebody else took it.
    pub(super) async fn run_approved(&self, dispatch: &WorkflowDispatch) -> Result<(), StoreError> {
        if self.store.claim_dispatch(self.id, self.clock.now()).await? {
            self.ask_github(dispatch).await?;
        }
        Ok(())
    }

    async fn ask_github(&self, dispatch: &WorkflowDispatch) -> Result<(), StoreError> {
        self.fail_point.pass(Point::AfterIntent).await;
        let outcome = self.github.dispatch(dispatch).await;
        self.fail_point.pass(Point::AfterPost).await;
        tracing::info!(deploy_id = %self.id, ?outcome, "GitHub was asked for a run");
        let left_out = match &outcome {
            DispatchOutcome::Accepted { left_out, .. } => left_out.clone(),
            DispatchOutcome::Refused(_) | DispatchOutcome::Unclear(_) => Vec::new(),
        };
        if let Some(advance) = self.advance(outcome) {
            match self.store.advance(&advance).await? {
                Advanced::Moved => {}
                // A callback was quicker than GitHub's answer; it proved the same.
                Advanced::Refused(current) => {
                    tracing::info!(deploy_id = %self.id, ?current, "the row had moved on already");
                    self.keep_run(advance.run).await?;
                }
                Advanced::Missing => tracing::error!(deploy_id = %self.id, "the row is gone"),
            }
        }
        for input in left_out {
            let what = Noted::InputLeftOut(input);
            let actor = Actor::named(CONSOLE);
            self.store.note(&Note { id: self.id, what, actor, at: self.clock.now() }).await?;
        }
        self.store.answered(self.id, self.clock.now()).await
    }

    /// The run of a row that has moved on: where a person abandoned it meanwhile, its page is to say what may still run.
    async fn keep_run(&self, run: Option<RunRef>) -> Result<(), StoreError> {
        let Some(run) = run else { return Ok(()) };
        let evidence = format!("GitHub run {}", run.id);
        let (actor, at) = (CONSOLE.to_owned(), self.clock.now());
        self.store.attach_run(&AttachRun { id: self.id, run, evidence, actor, at }).await.map(drop)
    }

    fn advance(&self, outcome: DispatchOutcome) -> Option<Advance> {
        let (to, log_line, run) = match outcome {
            DispatchOutcome::Accepted { run, left_out } => {
                let sentences: Vec<_> = left_out.iter().map(|input| input.without()).collect();
                let log_line = (!sentences.is_empty()).then(|| sentences.join(" "));
                (Status::Dispatched, log_line, run)
            }
            DispatchOutcome::Refused(reason) => (Status::Failed, Some(reason), None),
            DispatchOutcome::Unclear(_) => return None,
        };
        Some(Advance {
            id: self.id,
            to,
            source: Source::Console,
            actor: CONSOLE.to_owned(),
            log_line,
            failure_stage: None,
            evidence: run.as_ref().map(|run| format!("GitHub run {}", run.id)),
            run,
            past: None,
            at: self.clock.now(),
        })
    }
}
