//! Every database is a [`Store`] and an [`Outbox`]: each method runs one operation.

use std::collections::HashMap;

use app::domain::{
    Commit, CommitDetails, CommitDistance, DeployId, DeployTotals, Freeze, JournalEntry, ProtectionRequestId,
    Timestamp, Visible,
};
use async_trait::async_trait;
use jiff::SignedDuration;
use tokio::sync::watch;

use crate::{
    database::{backend::Backend, schema},
    error::StoreError,
    model::*,
    ops::{
        access::{
            EndedSince,
            sessions::{End, OneSession, SeeSession, Sessions},
            tokens::{OneToken, RevokeToken, Tokens, UseToken},
        },
        board::EnvironmentSummaries,
        commits::{DetailsOf, DistancesOf, SaveDetails, SaveDistance},
        deploys::{
            AppliedMigrations, DeploysOfRun, JournalOf, OneDeploy, PageOf, Probe, people::People,
            totals::TotalsOf,
        },
        dispatch::{
            Earlier, MarkAnswered,
            approve::{ClaimDispatch, Expire, Reject},
        },
        entries::{EndOf, LastEntry},
        flags::Promotions,
        freezes::{Declare, Freezes},
        imports::UnclaimedRuns,
        proof::{Compared, Rows},
        protection::{Lapse, NotTaken, OneRequest, OpenRequests, Told, Try, approve::RejectProtection},
        prune::{IsToPrune, Prune},
        rolled_back::{OwedEntries, RecordRolledBack},
        webhooks::RememberDelivery,
    },
    outbox::{
        Channels, Claim, Claimed, Failure, Message, Outbox, Outcome, Sent, Troubled, Undelivered,
        WithChannels,
    },
    store::Store,
};

#[async_trait]
impl<B: Backend> Store for B {
    async fn check(&self) -> Result<(), StoreError> {
        let applied = self.read(&AppliedMigrations).await?;
        if schema::fits(&applied) {
            Ok(())
        } else {
            Err(StoreError::Invariant("the schema is one that this build can work on"))
        }
    }

    async fn probe(&self) -> Result<(), StoreError> {
        self.write(&Probe).await
    }

    async fn open(&self, request: &NewDeploy) -> Result<CreateOutcome, StoreError> {
        let announce = self.announce();
        let operation = WithChannels { operation: request.clone(), channels: announce.channels() };
        let created = self.write(&operation).await?;
        if created == CreateOutcome::New && request.approval.is_some() {
            announce.notify();
        }
        Ok(created)
    }

    async fn earlier(&self, request: &NewDeploy) -> Result<Option<CreateOutcome>, StoreError> {
        self.read(&Earlier(request.clone())).await
    }

    async fn answered(&self, id: DeployId, at: Timestamp) -> Result<(), StoreError> {
        self.write(&MarkAnswered { id, at }).await
    }

    async fn advance(&self, advance: &Advance) -> Result<Advanced, StoreError> {
        let announce = self.announce();
        let operation = WithChannels { operation: advance.clone(), channels: announce.channels() };
        let advanced = self.write(&operation).await?;
        if advanced == Advanced::Moved && Outcome::of(advance.to).is_some() {
            announce.notify();
        }
        Ok(advanced)
    }

    async fn abandon(&self, abandon: &Abandon) -> Result<Advanced, StoreError> {
        let announce = self.announce();
        let operation = WithChannels { operation: abandon.clone(), channels: announce.channels() };
        let advanced = self.write(&operation).await?;
        if advanced == Advanced::Moved {
            announce.notify();
        }
        Ok(advanced)
    }

    async fn approve(&self, approve: &Approve) -> Result<ApproveOutcome, StoreError> {
        self.write(approve).await
    }

    async fn reject(&self, reject: &Approve) -> Result<Option<NotApproved>, StoreError> {
        let announce = self.announce();
        let operation = WithChannels { operation: Reject(reject.clone()), channels: announce.channels() };
        let refused = self.write(&operation).await?;
        if refused.is_none() {
            announce.notify();
        }
        Ok(refused)
    }

    async fn expire(&self, id: DeployId, at: Timestamp) -> Result<bool, StoreError> {
        let announce = self.announce();
        let operation = WithChannels { operation: Expire { id, at }, channels: announce.channels() };
        let ended = self.write(&operation).await?;
        if ended {
            announce.notify();
        }
        Ok(ended)
    }

    async fn claim_dispatch(&self, id: DeployId, at: Timestamp) -> Result<bool, StoreError> {
        self.write(&ClaimDispatch { id, at }).await
    }

    async fn attach_run(&self, attach: &AttachRun) -> Result<Advanced, StoreError> {
        self.write(attach).await
    }

    async fn unclaimed_runs(&self, runs: Vec<CandidateRun>) -> Result<Vec<i64>, StoreError> {
        self.read(&UnclaimedRuns(runs)).await
    }

    async fn import(&self, import: &Import) -> Result<ImportOutcome, StoreError> {
        self.write(import).await
    }

    async fn note(&self, note: &Note) -> Result<Advanced, StoreError> {
        self.write(note).await
    }

    async fn receive(&self, delivery: &Delivery) -> Result<Received, StoreError> {
        let announce = self.announce();
        let operation = WithChannels { operation: delivery.clone(), channels: announce.channels() };
        let received = self.write(&operation).await?;
        if matches!(&received, Received::Decided(Decided { decision: Decision::Applied { status }, .. }) if Outcome::of(*status).is_some())
        {
            announce.notify();
        }
        Ok(received)
    }

    async fn promote(&self, promotion: &Promotion) -> Result<bool, StoreError> {
        self.write(promotion).await
    }

    async fn promotions(&self) -> Result<Vec<Promotion>, StoreError> {
        self.read(&Promotions).await
    }

    async fn declare(&self, freeze: &Freeze, actor: &str) -> Result<(), StoreError> {
        self.write(&Declare { freeze: freeze.clone(), actor: actor.to_owned() }).await
    }

    async fn lift(&self, lift: &Lift) -> Result<bool, StoreError> {
        self.write(lift).await
    }

    async fn freezes(&self, lifted: u32, visible: &Visible) -> Result<Vec<Freeze>, StoreError> {
        self.read(&Freezes { lifted, visible: visible.clone() }).await
    }

    async fn open_session(&self, session: &NewSession) -> Result<(), StoreError> {
        self.write(session).await
    }

    async fn session(&self, hash: &str) -> Result<Option<StoredSession>, StoreError> {
        self.read(&OneSession(hash.to_owned())).await
    }

    async fn see_session(&self, hash: &str, at: Timestamp) -> Result<(), StoreError> {
        self.write(&SeeSession { hash: hash.to_owned(), at }).await
    }

    async fn sessions(&self, at: Timestamp, limit: u32) -> Result<Vec<StoredSession>, StoreError> {
        self.read(&Sessions { at, limit }).await
    }

    async fn end_sessions(
        &self,
        whose: &EndSessions,
        by: Option<&Actor>,
        at: Timestamp,
    ) -> Result<u32, StoreError> {
        self.write(&End { whose: whose.clone(), by: by.cloned(), at }).await
    }

    async fn create_token(&self, token: &NewToken) -> Result<bool, StoreError> {
        self.write(token).await
    }

    async fn token(&self, hash: &str) -> Result<Option<StoredToken>, StoreError> {
        self.read(&OneToken(hash.to_owned())).await
    }

    async fn tokens(&self) -> Result<Vec<StoredToken>, StoreError> {
        self.read(&Tokens).await
    }

    async fn use_token(&self, hash: &str, hour: Timestamp) -> Result<(), StoreError> {
        self.write(&UseToken { hash: hash.to_owned(), hour }).await
    }

    async fn revoke_token(&self, name: &str, by: &Actor, at: Timestamp) -> Result<bool, StoreError> {
        self.write(&RevokeToken { name: name.to_owned(), by: by.clone(), at }).await
    }

    async fn ended_since(&self, since: Timestamp) -> Result<Vec<String>, StoreError> {
        self.read(&EndedSince(since)).await
    }

    async fn record_rolled_back(&self, at: Timestamp) -> Result<Vec<RolledBack>, StoreError> {
        // Nearly always there is nothing to write, and a start need not wait for other writers.
        if self.read(&OwedEntries).await? {
            self.write(&RecordRolledBack { at }).await
        } else {
            Ok(Vec::new())
        }
    }

    async fn ask_protection(&self, request: &NewProtectionRequest) -> Result<bool, StoreError> {
        self.write(request).await
    }

    async fn open_protection_requests(&self, limit: u32) -> Result<Vec<StoredProtectionRequest>, StoreError> {
        self.read(&OpenRequests { limit }).await
    }

    async fn protection_request(
        &self,
        id: ProtectionRequestId,
    ) -> Result<Option<StoredProtectionRequest>, StoreError> {
        self.read(&OneRequest(id)).await
    }

    async fn protection_requests(
        &self,
        filter: &ProtectionFilter,
    ) -> Result<Vec<StoredProtectionRequest>, StoreError> {
        self.read(filter).await
    }

    async fn decide_protection(
        &self,
        decide: &DecideProtection,
    ) -> Result<Option<StoredProtectionRequest>, StoreError> {
        self.write(decide).await
    }

    async fn approve_protection(
        &self,
        approve: &ApproveProtection,
    ) -> Result<ProtectionApproved, StoreError> {
        self.write(approve).await
    }

    async fn reject_protection(&self, reject: &ApproveProtection) -> Result<ProtectionApproved, StoreError> {
        self.write(&RejectProtection(reject.clone())).await
    }

    async fn try_protection(
        &self,
        id: ProtectionRequestId,
        at: Timestamp,
    ) -> Result<Option<i64>, StoreError> {
        self.write(&Try { id, at }).await
    }

    async fn protection_not_taken(&self, id: ProtectionRequestId) -> Result<(), StoreError> {
        self.write(&NotTaken(id)).await
    }

    async fn protection_told(&self, id: ProtectionRequestId, at: Timestamp) -> Result<(), StoreError> {
        self.write(&Told { id, at }).await
    }

    async fn lapse_protection(&self, id: ProtectionRequestId, at: Timestamp) -> Result<bool, StoreError> {
        self.write(&Lapse { id, at }).await
    }

    async fn first_delivery(&self, id: &str, at: Timestamp) -> Result<bool, StoreError> {
        self.write(&RememberDelivery { id: id.to_owned(), at }).await
    }

    async fn prune(&self, now: Timestamp, retention: SignedDuration) -> Result<(), StoreError> {
        let prune = Prune { now, retention };
        if self.read(&IsToPrune(prune)).await? {
            while self.write(&prune).await? {}
        }
        Ok(())
    }

    async fn deploy(&self, id: DeployId) -> Result<Option<StoredDeploy>, StoreError> {
        self.read(&OneDeploy(id)).await
    }

    async fn deploys_of_run(&self, run: i64) -> Result<Vec<StoredDeploy>, StoreError> {
        self.read(&DeploysOfRun(run)).await
    }

    async fn deploy_page(&self, filter: &DeployFilter) -> Result<StoredPage, StoreError> {
        self.read(&PageOf(filter.clone())).await
    }

    async fn deploys(&self, filter: &DeployFilter) -> Result<Vec<StoredDeploy>, StoreError> {
        self.read(filter).await
    }

    async fn deploy_totals(&self, filter: &DeployFilter) -> Result<DeployTotals, StoreError> {
        self.read(&TotalsOf(filter.clone())).await
    }

    async fn people(&self, limit: u32, visible: &Visible) -> Result<Vec<String>, StoreError> {
        self.read(&People { limit, visible: visible.clone() }).await
    }

    async fn environment_summaries(&self, places: Vec<Place>) -> Result<Vec<EnvironmentSummary>, StoreError> {
        self.read(&EnvironmentSummaries(places)).await
    }

    async fn commit_details(&self, of: Vec<Commit>) -> Result<HashMap<Commit, CommitDetails>, StoreError> {
        self.read(&DetailsOf(of)).await
    }

    async fn commit_distances(
        &self,
        of: Vec<CommitPair>,
    ) -> Result<HashMap<CommitPair, CommitDistance>, StoreError> {
        self.read(&DistancesOf(of)).await
    }

    async fn save_commit(&self, commit: &Commit, details: &CommitDetails) -> Result<(), StoreError> {
        self.write(&SaveDetails { commit: commit.clone(), details: details.clone() }).await
    }

    async fn save_distance(&self, pair: &CommitPair, distance: CommitDistance) -> Result<(), StoreError> {
        self.write(&SaveDistance { pair: pair.clone(), distance }).await
    }

    async fn insight(&self, filter: &InsightFilter) -> Result<Figures, StoreError> {
        self.read(filter).await
    }

    async fn journal(&self, id: DeployId) -> Result<Vec<JournalEntry>, StoreError> {
        self.read(&JournalOf(id)).await
    }

    async fn journal_end(&self, id: DeployId) -> Result<JournalEnd, StoreError> {
        self.read(&EndOf(id)).await
    }

    async fn entries(&self, filter: &EntryFilter) -> Result<EntryPage, StoreError> {
        self.read(filter).await
    }

    async fn compare(&self, rows: &Rows) -> Result<Compared, StoreError> {
        self.read(rows).await
    }

    async fn last_entry(&self) -> Result<Option<StoredEntry>, StoreError> {
        self.read(&LastEntry).await
    }

    fn written(&self) -> watch::Receiver<()> {
        Backend::written(self)
    }

    fn writes(&self) -> u64 {
        Backend::writes(self)
    }

    fn saw_write(&self) {
        Backend::saw_write(self);
    }

    async fn close(&self) {
        Backend::close(self).await;
    }
}

#[async_trait]
impl<B: Backend> Outbox for B {
    async fn claim(&self, claim: &Claim) -> Result<Claimed, StoreError> {
        self.write(claim).await
    }

    async fn sent(&self, message: &Message, at: Timestamp) -> Result<(), StoreError> {
        self.write(&Sent { id: message.id.clone(), at }).await
    }

    async fn not_sent(&self, failure: &Failure) -> Result<(), StoreError> {
        self.write(failure).await
    }

    async fn undelivered(&self, now: Timestamp) -> Result<Vec<Undelivered>, StoreError> {
        let channels = self.announce().channels();
        if channels == Channels::default() {
            return Ok(Vec::new());
        }
        self.read(&Troubled { channels, now }).await
    }
}
