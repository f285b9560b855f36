//! SQLite: one file, no server. Writers queue for one connection and take the write lock at once; readers
//! have their own connections and never wait for them.

mod intake;
mod queries;
mod requests;
mod schema;
mod write;

use std::{str::FromStr, time::Duration};

use app::{
    api::JournalEntry,
    domain::{DeployId, Timestamp},
};
use async_trait::async_trait;
use sqlx::{
    SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::{
    Advance, Advanced, Attach, Delivery, DeployFilter, EntryFilter, Note, OpenRequest, Opened, Received,
    Store, StoreError, StoredDeploy, StoredEntry,
};

pub use schema::{SchemaError, migrate, migrate_to, newest};

/// How long a writer waits for another process's lock.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a request waits for a connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(6);
const READERS: u32 = 4;

/// The store on one SQLite file.
#[derive(Clone, Debug)]
pub struct SqliteStore {
    writer: SqlitePool,
    readers: SqlitePool,
}

impl SqliteStore {
    /// Opens the file, which must have the schema of this build (see [`migrate`]).
    ///
    /// # Errors
    /// If it cannot be opened.
    pub async fn open(url: &str) -> Result<Self, sqlx::Error> {
        Self::connect(options(url)?).await
    }

    async fn connect(options: SqliteConnectOptions) -> Result<Self, sqlx::Error> {
        let pool = |connections| {
            SqlitePoolOptions::new().max_connections(connections).acquire_timeout(ACQUIRE_TIMEOUT)
        };
        Ok(Self {
            writer: pool(1).connect_with(options.clone()).await?,
            readers: pool(READERS).connect_with(options).await?,
        })
    }

    /// Opens the file if it is there; makes none.
    ///
    /// # Errors
    /// If it is not there, or cannot be opened.
    pub async fn open_existing(url: &str) -> Result<Self, sqlx::Error> {
        Self::connect(options(url)?.create_if_missing(false)).await
    }

    /// Waits until every connection is closed.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

fn options(url: &str) -> Result<SqliteConnectOptions, sqlx::Error> {
    Ok(SqliteConnectOptions::from_str(url)?
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT))
}

#[async_trait]
impl Store for SqliteStore {
    async fn check(&self) -> Result<(), StoreError> {
        schema::check(&self.readers).await
    }

    async fn open(&self, request: &OpenRequest) -> Result<Opened, StoreError> {
        let mut tx = write::begin(&self.writer).await?;
        let opened = requests::open(&mut tx, request).await?;
        tx.commit().await?;
        Ok(opened)
    }

    async fn answered(&self, id: DeployId, at: Timestamp) -> Result<(), StoreError> {
        let mut tx = write::begin(&self.writer).await?;
        requests::answered(&mut tx, id, at).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn advance(&self, advance: &Advance) -> Result<Advanced, StoreError> {
        let mut tx = write::begin(&self.writer).await?;
        let advanced = write::advance(&mut tx, advance).await?;
        tx.commit().await?;
        Ok(advanced)
    }

    async fn attach_run(&self, attach: &Attach) -> Result<Advanced, StoreError> {
        let mut tx = write::begin(&self.writer).await?;
        let attached = write::attach_run(&mut tx, attach).await?;
        tx.commit().await?;
        Ok(attached)
    }

    async fn note(&self, note: &Note) -> Result<Advanced, StoreError> {
        let mut tx = write::begin(&self.writer).await?;
        let noted = write::note(&mut tx, note).await?;
        tx.commit().await?;
        Ok(noted)
    }

    async fn receive(&self, delivery: &Delivery) -> Result<Received, StoreError> {
        let mut tx = write::begin(&self.writer).await?;
        let received = intake::receive(&mut tx, delivery).await?;
        tx.commit().await?;
        Ok(received)
    }

    async fn deploy(&self, id: DeployId) -> Result<Option<StoredDeploy>, StoreError> {
        queries::deploy(&self.readers, id).await
    }

    async fn deploys(&self, filter: &DeployFilter) -> Result<Vec<StoredDeploy>, StoreError> {
        queries::deploys(&self.readers, filter).await
    }

    async fn journal(&self, id: DeployId) -> Result<Vec<JournalEntry>, StoreError> {
        queries::journal(&self.readers, id).await
    }

    async fn entries(&self, filter: &EntryFilter) -> Result<Vec<StoredEntry>, StoreError> {
        queries::page(&self.readers, filter).await
    }

    async fn last_entry(&self) -> Result<Option<StoredEntry>, StoreError> {
        queries::last(&self.readers).await
    }
}
