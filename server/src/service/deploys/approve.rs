//! Approving and rejecting what others requested, and what follows from it: GitHub is asked once for what was approved,
//! and what nobody approves in time ends.

use std::sync::Arc;

use app::{
    api::{AwaitedApprovals, ErrorCode, Obstacle, ProtectionApi, ServiceError},
    domain::{Action, Caller, DeployId, Flag, MayApprove, Status, Timestamp},
};
use github::{Inputs, WorkflowDispatch};
use jiff::SignedDuration;
use store::{Approve, ApproveOutcome, DeployFilter, NotApproved, StatusFilter, StoredApproval, StoredDeploy};

use super::{ask_github::GitHubDispatch, checks::check_reason};
use crate::{
    config::AppConfig,
    service::{
        Console,
        access::{actor, check, scope},
        from_store,
    },
};

/// For how long after its last approval a deploy is still sent to GitHub, if a crash came in between. Later it would
/// surprise everybody: it ends like any request for which GitHub never started a run.
const SEND_WITHIN: SignedDuration = SignedDuration::from_mins(5);
/// Requested deploys that are looked at at one time.
const BATCH: u32 = 1_000;

impl Console {
    pub(super) async fn give_approval(
        &self,
        caller: &Caller,
        id: DeployId,
        comment: Option<String>,
    ) -> Result<StoredDeploy, ServiceError> {
        let (stored, approve) = self.asked_by(caller, id, comment).await?;
        if let Some(question) = self.question_about(&stored).await? {
            self.approve_run(caller, question, approve.comment).await?;
            return self.find(id).await;
        }
        match self.store.approve(&approve).await.map_err(from_store)? {
            ApproveOutcome::Complete => {
                tracing::info!(deploy_id = %id, by = approve.by.id, "a deploy has the approvals that it needs");
                // What goes wrong here is gone on with at the next look: the approval is recorded.
                if let Err(error) = self.send_approved(&stored).await {
                    tracing::warn!(deploy_id = %id, ?error, "what was approved is not sent yet");
                }
            }
            ApproveOutcome::Counted => {
                tracing::info!(deploy_id = %id, by = approve.by.id, "a deploy was approved");
            }
            ApproveOutcome::Repeated => {}
            ApproveOutcome::Refused(why) => return Err(self.not_approved(id, why).await),
        }
        self.find(id).await
    }

    pub(super) async fn give_rejection(
        &self,
        caller: &Caller,
        id: DeployId,
        comment: Option<String>,
    ) -> Result<StoredDeploy, ServiceError> {
        let (stored, reject) = self.asked_by(caller, id, comment).await?;
        if let Some(question) = self.question_about(&stored).await? {
            self.reject_run(caller, question, reject.comment).await?;
            return self.find(id).await;
        }
        if let Some(why) = self.store.reject(&reject).await.map_err(from_store)? {
            return Err(self.not_approved(id, why).await);
        }
        tracing::info!(deploy_id = %id, by = reject.by.id, "a deploy was rejected");
        self.find(id).await
    }

    /// The deploy, and what somebody says of it, if they may.
    async fn asked_by(
        &self,
        caller: &Caller,
        id: DeployId,
        comment: Option<String>,
    ) -> Result<(StoredDeploy, Approve), ServiceError> {
        let stored = self.find_for(caller, id).await?;
        if self.apps.find(&stored.app, &stored.environment).is_none() {
            return Err(ServiceError::new(ErrorCode::UnknownEnvironment));
        }
        check(caller, Action::Approve, &scope(&stored.app, &stored.environment))?;
        let comment = comment.filter(|comment| !comment.trim().is_empty());
        check_reason("comment", comment.as_deref())?;
        let by = actor(caller);
        Ok((stored, Approve { id, by, comment, at: self.clock.now() }))
    }

    async fn not_approved(&self, id: DeployId, why: NotApproved) -> ServiceError {
        match why {
            NotApproved::OwnRequest => ServiceError::new(ErrorCode::OwnRequest),
            NotApproved::Frozen(frozen) => {
                ServiceError::new(ErrorCode::Frozen).with_obstacle(Obstacle::Frozen(frozen))
            }
            NotApproved::NotAwaiting(current) => ServiceError::new(ErrorCode::NotAwaitingApproval)
                .with_obstacle(Obstacle::Status { current, allowed: Vec::new() }),
            NotApproved::Expired => {
                if let Err(error) = self.store.expire(id, self.clock.now()).await {
                    return from_store(error);
                }
                ServiceError::new(ErrorCode::NotAwaitingApproval)
                    .with_detail("Its time for approvals is over.")
            }
            NotApproved::Missing => ServiceError::new(ErrorCode::UnknownDeploy),
        }
    }

    /// The deploys that wait for an approval: of these, those that the caller may give one for, and those that they asked
    /// others for or have approved. Those of which they can only be told that they wait are on the board.
    pub(super) async fn awaited_approvals(&self, caller: &Caller) -> Result<AwaitedApprovals, ServiceError> {
        let filter = DeployFilter { visible: caller.visible(), ..requested() };
        let mut awaited = AwaitedApprovals::default();
        // The newest are read first; who has waited longest comes first.
        for stored in self.store.deploys(&filter).await.map_err(from_store)?.into_iter().rev() {
            let list = match may_approve(caller, &stored) {
                Some(MayApprove::Yes) => &mut awaited.to_review,
                Some(MayApprove::Given | MayApprove::OwnRequest) => &mut awaited.of_others,
                Some(MayApprove::Denied(_)) | None => continue,
            };
            list.push(self.view(stored).for_page());
        }
        let shown = awaited.to_review.iter_mut().chain(&mut awaited.of_others);
        self.fill_in_commits(&mut shown.collect::<Vec<_>>()).await;
        Ok(awaited)
    }

    /// Goes on with what was approved and not sent, which is what a crash leaves; and ends what was not approved in time.
    /// Any number of instances may do so at once.
    ///
    /// # Errors
    /// If the rows cannot be read. What goes wrong with one row does not keep this from the next.
    pub async fn settle_approvals(&self) -> Result<(), ServiceError> {
        for stored in self.store.deploys(&requested()).await.map_err(from_store)? {
            let Some(approval) = &stored.approval else { continue };
            if let Err(error) = self.settle(&stored, approval).await {
                tracing::warn!(deploy_id = %stored.id, ?error, "an approval could not be settled");
            }
        }
        Ok(())
    }

    async fn settle(&self, stored: &StoredDeploy, approval: &StoredApproval) -> Result<(), ServiceError> {
        let now: Timestamp = self.clock.now();
        match approval.complete_at {
            Some(at) if now.duration_since(at) <= SEND_WITHIN => self.send_approved(stored).await,
            None if approval.shown.expires_at <= now => {
                if self.store.expire(stored.id, now).await.map_err(from_store)? {
                    tracing::info!(deploy_id = %stored.id, "a deploy was not approved in time");
                }
                Ok(())
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Asks GitHub for a deploy that has all its approvals, unless that was done: in a task of its own, so that GitHub's
    /// answer is recorded even if the client disconnects.
    async fn send_approved(&self, stored: &StoredDeploy) -> Result<(), ServiceError> {
        let Some((app, environment)) = self.apps.find(&stored.app, &stored.environment) else {
            return Err(ServiceError::new(ErrorCode::UnknownEnvironment));
        };
        let on = self.flag_service.on_in(&environment.name).await?;
        let inputs = Inputs {
            console_deploy_id: stored.id,
            environment: environment.name.clone(),
            git_ref: stored.git_ref.clone(),
            phase_callbacks: on.contains(&Flag::ConsoleDeployPhaseCallbacks),
            requested_by: app.send_requested_by.then(|| stored.requested_by.clone()),
            configured: stored.inputs.clone(),
        };
        let (task, dispatch) = (self.github_dispatch(stored.id), workflow_dispatch(app, inputs));
        let sent = self.background.spawn(async move { task.run_approved(&dispatch).await });
        sent.await.map_err(|_| ServiceError::new(ErrorCode::Internal))?.map_err(from_store)
    }

    /// One dispatch to GitHub.
    pub(super) fn github_dispatch(&self, id: DeployId) -> GitHubDispatch {
        GitHubDispatch {
            id,
            store: Arc::clone(&self.store),
            github: self.github.clone(),
            clock: self.clock.clone(),
            fail_point: self.fail_point.clone(),
        }
    }
}

/// Deploys for which GitHub was not asked, or has not answered: few, one in each environment at most.
fn requested() -> DeployFilter {
    let status = StatusFilter::Is(Status::Requested.to_string());
    DeployFilter { status, limit: BATCH, ..DeployFilter::default() }
}

/// Whether somebody may approve or reject a deploy; none, unless it waits for an approval.
pub(in crate::service) fn may_approve(caller: &Caller, stored: &StoredDeploy) -> Option<MayApprove> {
    let approval = stored.approval.as_ref().filter(|_| stored.awaits_approval())?;
    Some(if approval.requested_by == caller.id {
        MayApprove::OwnRequest
    } else if let Some(missing) = caller.denied(Action::Approve, &scope(&stored.app, &stored.environment)) {
        MayApprove::Denied(missing)
    } else if approval.approved_by.contains(&caller.id) {
        MayApprove::Given
    } else {
        MayApprove::Yes
    })
}

/// What GitHub is asked for.
pub(super) fn workflow_dispatch(app: &AppConfig, inputs: Inputs) -> WorkflowDispatch {
    WorkflowDispatch {
        repo: app.repo.clone(),
        workflow: app.workflow.clone(),
        git_ref: app.git_ref.to_string(),
        inputs,
    }
}
