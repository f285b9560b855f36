//! What a database has to offer to be a [`Store`]: transactions to write in, and snapshots to read in.

use app::{
    api::JournalEntry,
    domain::{DeployId, Timestamp},
};
use async_trait::async_trait;

use super::{
    Advance, Advanced, Attach, Delivery, DeployFilter, EntryFilter, Note, OpenRequest, Opened, Received,
    Store, StoreError, StoredDeploy, StoredEntry,
    queries::{JournalOf, LastEntry, NewestMigration, OneDeploy},
    requests::Answered,
    schema,
    session::Act,
};

/// A database.
pub(super) trait Backend: Send + Sync {
    /// Does it in one transaction: all of it, or nothing.
    fn write<A: Act>(&self, act: &A) -> impl Future<Output = Result<A::Answer, StoreError>> + Send;

    /// Does what only reads, in one snapshot. Waits for no writer.
    fn read<A: Act>(&self, act: &A) -> impl Future<Output = Result<A::Answer, StoreError>> + Send;

    /// Waits until every connection is closed.
    fn close(&self) -> impl Future<Output = ()> + Send;
}

#[async_trait]
impl<B: Backend> Store for B {
    async fn check(&self) -> Result<(), StoreError> {
        let applied = self.read(&NewestMigration).await?;
        let is_ours = applied == Some(schema::newest());
        if is_ours { Ok(()) } else { Err(StoreError::Other(sqlx::Error::RowNotFound)) }
    }

    async fn open(&self, request: &OpenRequest) -> Result<Opened, StoreError> {
        self.write(request).await
    }

    async fn answered(&self, id: DeployId, at: Timestamp) -> Result<(), StoreError> {
        self.write(&Answered { id, at }).await
    }

    async fn advance(&self, advance: &Advance) -> Result<Advanced, StoreError> {
        self.write(advance).await
    }

    async fn attach_run(&self, attach: &Attach) -> Result<Advanced, StoreError> {
        self.write(attach).await
    }

    async fn note(&self, note: &Note) -> Result<Advanced, StoreError> {
        self.write(note).await
    }

    async fn receive(&self, delivery: &Delivery) -> Result<Received, StoreError> {
        self.write(delivery).await
    }

    async fn deploy(&self, id: DeployId) -> Result<Option<StoredDeploy>, StoreError> {
        self.read(&OneDeploy(id)).await
    }

    async fn deploys(&self, filter: &DeployFilter) -> Result<Vec<StoredDeploy>, StoreError> {
        self.read(filter).await
    }

    async fn journal(&self, id: DeployId) -> Result<Vec<JournalEntry>, StoreError> {
        self.read(&JournalOf(id)).await
    }

    async fn entries(&self, filter: &EntryFilter) -> Result<Vec<StoredEntry>, StoreError> {
        self.read(filter).await
    }

    async fn last_entry(&self) -> Result<Option<StoredEntry>, StoreError> {
        self.read(&LastEntry).await
    }

    async fn close(&self) {
        Backend::close(self).await;
    }
}
