//! GitHub's gate: before a job goes on into an environment, GitHub asks the console, whoever started the run. So a freeze and
//! an approval also bind the runs that were not requested here.
//!
//! A question is kept when it comes. It is decided in one transaction, and answered after that: what is decided stays so, and
//! GitHub is told until it took it. Nothing that is not known lets a job go on.
//!
//! - [`asked`]: what GitHub says when it asks. [`decide`]: which deploy a run is of, and what follows. [`answer`]: telling it.
//! - [`gates`]: what the board says of it.

mod answer;
mod asked;
mod decide;
mod gates;

use app::{
    api::{ErrorCode, ProtectionApi, ProtectionReport, ServiceError},
    domain::{
        Action, Caller, GivenApproval, MayApprove, Origin, ProtectionRequest, ProtectionRequestId,
        ProtectionState,
    },
};
use async_trait::async_trait;
use futures::{StreamExt, stream};
use github::Client;
use store::{
    ApproveProtection, ProtectionApproved, ProtectionFilter, StoredDeploy, StoredProtectionApproval,
    StoredProtectionRequest,
};

use super::{
    Console,
    access::{actor, check, scope},
    deploys::checks::check_reason,
    from_store,
};

/// Questions that the page lists.
const SHOWN: u32 = 100;
/// Questions without an answer that are looked at at one time.
const BATCH: u32 = 500;
/// Those that are settled at a time.
const AT_A_TIME: usize = 8;

#[async_trait]
impl ProtectionApi for Console {
    async fn protection_requests(&self, caller: &Caller) -> Result<Vec<ProtectionReport>, ServiceError> {
        let filter = ProtectionFilter { visible: caller.visible(), run: None, limit: SHOWN };
        let stored = self.store.protection_requests(&filter).await.map_err(from_store)?;
        Ok(stored.into_iter().map(|stored| self.report(caller, stored)).collect())
    }

    async fn approve_run(
        &self,
        caller: &Caller,
        id: ProtectionRequestId,
        comment: Option<String>,
    ) -> Result<ProtectionRequest, ServiceError> {
        let approve = self.approval_of_run(caller, id, comment).await?;
        let approved = self.store.approve_protection(&approve).await.map_err(from_store)?;
        self.approved(approved)?;
        tracing::info!(request = %id, by = approve.by.id, "a run was approved");
        self.settled(id).await
    }

    async fn reject_run(
        &self,
        caller: &Caller,
        id: ProtectionRequestId,
        comment: Option<String>,
    ) -> Result<ProtectionRequest, ServiceError> {
        let reject = self.approval_of_run(caller, id, comment).await?;
        let rejected = self.store.reject_protection(&reject).await.map_err(from_store)?;
        self.approved(rejected)?;
        tracing::info!(request = %id, by = reject.by.id, "a run was rejected");
        self.settled(id).await
    }
}

impl Console {
    /// Decides what can be decided, and tells GitHub what it was not told. Any number of instances may do so at once.
    ///
    /// # Errors
    /// If the questions cannot be read. What goes wrong with one does not keep this from the next.
    pub async fn settle_protection(&self) -> Result<(), ServiceError> {
        let open = self.store.open_protection_requests(BATCH).await.map_err(from_store)?;
        // One for which GitHub takes its time must not hold up the others.
        stream::iter(open).for_each_concurrent(AT_A_TIME, |request| self.settle_request(request)).await;
        Ok(())
    }

    /// Tells the task that settles that there is something to settle.
    pub(in crate::service) fn wake_protection(&self) {
        self.wake.nudge_gate();
    }

    /// Waits until there is something to settle.
    pub(crate) async fn protection_woken(&self) {
        self.wake.gate_nudged().await;
    }

    async fn settle_request(&self, request: StoredProtectionRequest) {
        let id = request.id;
        let decided = if request.state.is_decided() {
            Some(request)
        } else {
            match self.decide_request(&request).await {
                Ok(decided) => decided,
                Err(error) => {
                    tracing::info!(request = %id, %error, "GitHub's question cannot be decided yet");
                    None
                }
            }
        };
        if let Some(decided) = decided.filter(|request| request.closed_at.is_none())
            && let Err(error) = self.answer_github(&decided).await
        {
            tracing::warn!(request = %id, %error, "GitHub was not told what was decided");
        }
    }

    /// A question as it is after what can be done about it now was done. If the client disconnects meanwhile, the task that
    /// settles goes on with it.
    async fn settled(&self, id: ProtectionRequestId) -> Result<ProtectionRequest, ServiceError> {
        self.wake_protection();
        if let Some(stored) = self.store.protection_request(id).await.map_err(from_store)? {
            self.settle_request(stored).await;
        }
        let stored = self.store.protection_request(id).await.map_err(from_store)?;
        stored.map(|stored| self.as_shown(stored)).ok_or_else(unknown_request)
    }

    /// The question that waits for people to approve the run of a deploy that was not requested here.
    pub(in crate::service) async fn question_about(
        &self,
        deploy: &StoredDeploy,
    ) -> Result<Option<ProtectionRequestId>, ServiceError> {
        match deploy.origin {
            Origin::GitHub { .. } | Origin::Rerun { .. } => {}
            Origin::Request | Origin::Rollback { .. } | Origin::Promotion { .. } | Origin::Unknown => {
                return Ok(None);
            }
        }
        let open = self.store.open_protection_requests(BATCH).await.map_err(from_store)?;
        let awaits = |request: &StoredProtectionRequest| {
            request.deploy_id == Some(deploy.id)
                && matches!(request.state, ProtectionState::AwaitsApproval { .. })
        };
        Ok(open.into_iter().find(awaits).map(|request| request.id))
    }

    async fn approval_of_run(
        &self,
        caller: &Caller,
        id: ProtectionRequestId,
        comment: Option<String>,
    ) -> Result<ApproveProtection, ServiceError> {
        let stored = self.store.protection_request(id).await.map_err(from_store)?;
        let stored = stored.filter(|stored| caller.sees(&stored.app)).ok_or_else(unknown_request)?;
        check(caller, Action::Approve, &scope(&stored.app, &stored.environment))?;
        let comment = comment.filter(|comment| !comment.trim().is_empty());
        check_reason("comment", comment.as_deref())?;
        Ok(ApproveProtection { id, by: actor(caller), comment, at: self.clock.now() })
    }

    fn approved(&self, approved: ProtectionApproved) -> Result<(), ServiceError> {
        let detail = |text: &str| ServiceError::new(ErrorCode::NotAwaitingApproval).with_detail(text);
        match approved {
            ProtectionApproved::Counted | ProtectionApproved::Repeated => Ok(()),
            ProtectionApproved::OwnRun => Err(ServiceError::new(ErrorCode::OwnRequest)),
            ProtectionApproved::NotAwaiting => Err(detail("The run waits for no approval of this console.")),
            ProtectionApproved::Expired => {
                // It is rejected with the next look.
                self.wake_protection();
                Err(detail("Its time for approvals is over."))
            }
            ProtectionApproved::Missing => Err(unknown_request()),
        }
    }

    fn report(&self, caller: &Caller, stored: StoredProtectionRequest) -> ProtectionReport {
        ProtectionReport { may_approve: may_approve_run(caller, &stored), request: self.as_shown(stored) }
    }

    /// A question as it is shown.
    pub(in crate::service) fn as_shown(&self, stored: StoredProtectionRequest) -> ProtectionRequest {
        protection_view(stored, &self.github)
    }
}

/// A question as it is shown.
pub(crate) fn protection_view(stored: StoredProtectionRequest, github: &Client) -> ProtectionRequest {
    let given = |given: StoredProtectionApproval| GivenApproval {
        by: given.name,
        at: given.at,
        comment: given.comment,
    };
    ProtectionRequest {
        id: stored.id,
        run: github.run_ref(&stored.repo, stored.run),
        app: stored.app,
        environment: stored.environment,
        deploy_id: stored.deploy_id,
        started_by: stored.started_by.map(|by| by.login),
        asked_at: stored.asked_at,
        state: stored.state,
        approved_by: stored.approved_by.into_iter().map(given).collect(),
        told_at: stored.told_at,
        closed_at: stored.closed_at,
    }
}

fn unknown_request() -> ServiceError {
    ServiceError::new(ErrorCode::UnknownDeploy).with_detail("GitHub asks nothing with this id.")
}

/// Whether somebody may approve or reject a run; none, unless it waits for an approval.
fn may_approve_run(caller: &Caller, stored: &StoredProtectionRequest) -> Option<MayApprove> {
    if !matches!(stored.state, ProtectionState::AwaitsApproval { .. }) {
        return None;
    }
    let by = actor(caller);
    Some(if stored.started_by.as_ref().is_some_and(|started| started.may_be(&by)) {
        MayApprove::OwnRequest
    } else if let Some(missing) = caller.denied(Action::Approve, &scope(&stored.app, &stored.environment)) {
        MayApprove::Denied(missing)
    } else if stored.approved_by.iter().any(|given| given.id == caller.id) {
        MayApprove::Given
    } else {
        MayApprove::Yes
    })
}
