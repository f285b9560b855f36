//! Deploys: requested, looked up, cancelled, and shown.

mod abandon;
mod approve;
mod ask_github;
pub(super) mod cancel;
pub(super) mod checks;
mod cursor;
mod dispatch;
mod earlier_run;
pub(crate) mod ended_run;
mod list;
mod lookup;
mod outcome;
pub(super) mod polled;
mod refs;
pub(super) mod run_record;
mod run_wait;
pub(super) mod usual;
pub(super) mod view;

use std::sync::Arc;

use app::{
    api::{
        Ask, AwaitedApprovals, DeployJournal, DeployPage, DeployQuery, DeploysApi, ErrorCode, JobsSeen,
        PollAnswer, RunRecord, ServiceError,
    },
    domain::{Action, Caller, Deploy, DeployId, DeployTotals},
};
use async_trait::async_trait;
use store::{JournalEnd, StoredDeploy, StoredPage};

pub(super) use self::approve::may_approve;
use self::{polled::PolledDeploy, run_record::FROM_ANOTHER_SITE};
use super::{
    Console,
    access::{check_seen, scope},
    from_store,
};
use crate::tasks::reconcile::ends_at;

/// How many people are suggested in the filter.
const PEOPLE: u32 = 100;

#[async_trait]
impl DeploysApi for Console {
    async fn deploy(&self, caller: &Caller, id: DeployId) -> Result<PollAnswer, ServiceError> {
        let stored = self.find_for(caller, id).await?;
        let deploy = self.shown(stored.clone()).await;
        Ok(self.with_circumstances(caller, &stored, deploy).await)
    }

    async fn poll(&self, caller: &Caller, id: DeployId) -> Result<PollAnswer, ServiceError> {
        let polled = self.polled(caller, id).await?;
        Ok(self.with_circumstances(caller, polled.stored(), polled.deploy().clone()).await)
    }

    async fn deploys(&self, caller: &Caller, query: DeployQuery) -> Result<DeployPage, ServiceError> {
        let filter = list::filter(query, caller.visible())?;
        let StoredPage { deploys, has_more } = self.store.deploy_page(&filter).await.map_err(from_store)?;
        let last = deploys.last().filter(|_| has_more);
        let next_cursor = last.map(|last| cursor::encode(last.requested_at, last.id));
        Ok(DeployPage { deploys: self.shown_together(deploys).await, next_cursor })
    }

    async fn totals(&self, caller: &Caller, query: DeployQuery) -> Result<DeployTotals, ServiceError> {
        let filter = list::filter(query, caller.visible())?;
        self.store.deploy_totals(&filter).await.map_err(from_store)
    }

    async fn people(&self, caller: &Caller) -> Result<Vec<String>, ServiceError> {
        self.store.people(PEOPLE, &caller.visible()).await.map_err(from_store)
    }

    async fn journal(&self, caller: &Caller, id: DeployId) -> Result<DeployJournal, ServiceError> {
        self.find_for(caller, id).await?;
        let JournalEnd { entries, earlier } = self.store.journal_end(id).await.map_err(from_store)?;
        if entries.is_empty() {
            return Err(ServiceError::new(ErrorCode::UnknownDeploy));
        }
        Ok(DeployJournal { entries: entries.into_iter().map(store::audit::read).collect(), earlier })
    }

    async fn run_record(&self, caller: &Caller, id: DeployId, ask: Ask) -> Result<RunRecord, ServiceError> {
        let asked_at = self.clock.now();
        let stored = self.find_for(caller, id).await?;
        let jobs = match ask {
            Ask::GitHub => tokio::join!(self.jobs_of(&stored), self.read_ended_run(&stored)).0,
            Ask::Nothing if stored.run.is_none() => JobsSeen::NoRun,
            Ask::Nothing => self.unread(FROM_ANOTHER_SITE.to_owned()),
        };
        Ok(RunRecord { asked_at, jobs })
    }

    async fn cancel(&self, caller: &Caller, id: DeployId) -> Result<Deploy, ServiceError> {
        Ok(self.shown(self.cancel_run(caller, id).await?).await)
    }

    async fn abandon(&self, caller: &Caller, id: DeployId, reason: String) -> Result<Deploy, ServiceError> {
        Ok(self.shown(self.end_by_hand(caller, id, &reason).await?).await)
    }

    async fn approvals(&self, caller: &Caller) -> Result<AwaitedApprovals, ServiceError> {
        self.awaited_approvals(caller).await
    }

    async fn approve(
        &self,
        caller: &Caller,
        id: DeployId,
        comment: Option<String>,
    ) -> Result<Deploy, ServiceError> {
        Ok(self.shown(self.give_approval(caller, id, comment).await?).await)
    }

    async fn reject(
        &self,
        caller: &Caller,
        id: DeployId,
        comment: Option<String>,
    ) -> Result<Deploy, ServiceError> {
        Ok(self.shown(self.give_rejection(caller, id, comment).await?).await)
    }
}

impl Console {
    /// One deploy, after looking for its run if that is not known yet.
    ///
    /// # Errors
    /// If there is no such deploy that the caller sees, or the database is not available.
    pub async fn polled(&self, caller: &Caller, id: DeployId) -> Result<Arc<PolledDeploy>, ServiceError> {
        let writes = self.store.writes();
        if let Some(polled) = self.polled.get(id, writes) {
            check_seen(caller, &polled.deploy().app)?;
            return Ok(polled);
        }
        let stored = self.find_for(caller, id).await?;
        let may_gain_a_run = self.is_worth_a_lookup(&stored);
        let stored = self.with_run(stored).await?;
        let deploy = self.shown(stored.clone()).await;
        let polled = Arc::new(PolledDeploy::new(stored, deploy));
        if !may_gain_a_run {
            self.polled.keep(Arc::clone(&polled), writes);
        }
        Ok(polled)
    }

    async fn with_circumstances(&self, caller: &Caller, stored: &StoredDeploy, deploy: Deploy) -> PollAnswer {
        let may_approve = may_approve(caller, stored);
        let github = self.github.outage().filter(|_| deploy.is_live());
        let usual = self.usual(&deploy).await;
        let denied = caller.denied(Action::Cancel, &scope(&deploy.app, &deploy.environment));
        let outcome = self.outcome(stored, &deploy).await;
        let place = self.apps.find(&deploy.app, &deploy.environment);
        let ends_at = place.and_then(|(_, environment)| ends_at(stored, environment));
        let wait = self.run_wait_of(stored).await;
        PollAnswer { deploy: deploy.for_page(), github, usual, denied, may_approve, outcome, ends_at, wait }
    }

    /// The row, or an error if there is none.
    pub(super) async fn find(&self, id: DeployId) -> Result<StoredDeploy, ServiceError> {
        let stored = self.store.deploy(id).await.map_err(from_store)?;
        stored.ok_or_else(|| ServiceError::new(ErrorCode::UnknownDeploy))
    }
}
