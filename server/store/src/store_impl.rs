//! Every database is a [`Store`] and an [`Outbox`]: each method runs one operation.

use app::domain::{DeployId, Freeze, JournalEntry, Timestamp};
use async_trait::async_trait;
use tokio::sync::watch;

use crate::{
    database::{backend::Backend, schema},
    error::StoreError,
    model::*,
    ops::{
        board::EnvironmentSummaries,
        deploys::{AppliedMigrations, DeploysOfRun, JournalOf, OneDeploy, PageOf, People, Probe},
        dispatch::{Earlier, MarkAnswered},
        entries::{EndOf, LastEntry},
        flags::Promotions,
        freezes::{Declare, Freezes},
        imports::UnclaimedRuns,
        proof::{Compared, Rows},
        prune::{IsToPrune, Prune},
        rolled_back::{OwedEntries, RecordRolledBack},
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
        self.write(request).await
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

    async fn declare(&self, freeze: &Freeze) -> Result<(), StoreError> {
        self.write(&Declare(freeze.clone())).await
    }

    async fn lift(&self, lift: &Lift) -> Result<bool, StoreError> {
        self.write(lift).await
    }

    async fn freezes(&self, lifted: u32) -> Result<Vec<Freeze>, StoreError> {
        self.read(&Freezes { lifted }).await
    }

    async fn record_rolled_back(&self, at: Timestamp) -> Result<Vec<RolledBack>, StoreError> {
        // Nearly always there is nothing to write, and a start need not wait for other writers.
        if self.read(&OwedEntries).await? {
            self.write(&RecordRolledBack { at }).await
        } else {
            Ok(Vec::new())
        }
    }

    async fn prune(&self, before: Timestamp) -> Result<(), StoreError> {
        if self.read(&IsToPrune(before)).await? {
            while self.write(&Prune { before }).await? {}
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

    async fn people(&self, limit: u32) -> Result<Vec<String>, StoreError> {
        self.read(&People { limit }).await
    }

    async fn environment_summaries(&self, places: Vec<Place>) -> Result<Vec<EnvironmentSummary>, StoreError> {
        self.read(&EnvironmentSummaries(places)).await
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
