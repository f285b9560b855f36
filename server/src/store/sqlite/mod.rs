//! SQLite: one file, no server. Writers queue for one connection and take the write lock at once; readers
//! have their own connections and never wait for them.

mod schema;
mod session;

use std::{str::FromStr, time::Duration};

use sqlx::{
    Connection, SqliteConnection, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::{StoreError, backend::Backend, session::Act};

pub use schema::{migrate, migrate_to};

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
        Self::connect(options(url)?.create_if_missing(false)).await
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
}

fn options(url: &str) -> Result<SqliteConnectOptions, sqlx::Error> {
    Ok(SqliteConnectOptions::from_str(url)?
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT))
}

/// IMMEDIATE, because a transaction that reads before it writes would otherwise find the file changed under it
/// and get a BUSY that no waiting cures.
async fn write_on<A: Act>(connection: &mut SqliteConnection, act: &A) -> Result<A::Answer, StoreError> {
    let mut tx = connection.begin_with("BEGIN IMMEDIATE").await?;
    let answer = act.perform(&mut *tx).await?;
    tx.commit().await?;
    Ok(answer)
}

impl Backend for SqliteStore {
    async fn write<A: Act>(&self, act: &A) -> Result<A::Answer, StoreError> {
        let mut connection = self.writer.acquire().await?;
        let written = write_on(&mut connection, act).await;
        if written.is_err() {
            // When the disk fails, SQLite rolls back by itself, and the driver waits for a rollback that cannot
            // come: every later write on this connection would be refused.
            connection.close_on_drop();
        }
        written
    }

    async fn read<A: Act>(&self, act: &A) -> Result<A::Answer, StoreError> {
        let mut tx = self.readers.begin_with("BEGIN").await?;
        act.perform(&mut *tx).await
    }

    async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}
