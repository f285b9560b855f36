//! SQLite: one file, no server. Writers queue for one connection and take the write lock at once; readers have their
//! own connections and never wait for them.

mod file;
mod queue;
mod schema;
mod tx;

use std::{str::FromStr, sync::Arc, time::Duration};

use log::LevelFilter;
use sqlx::{
    ConnectOptions, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tokio::sync::watch;

pub(crate) use self::tx::SqliteTx;
use self::{file::DatabaseFile, queue::Queue};
use crate::{
    StoreError,
    database::{
        backend::{Backend, PATIENCE, in_time},
        tx::Operation,
        writes::Writes,
    },
};
use runtime::{fail_point::FailPoint, supervisor::Group};

pub use file::{FileLock, lock};
pub use schema::{migrate, migrate_to};

/// How long a writer waits for another process's lock.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
const READERS: u32 = 4;
/// The page cache of a reader, in KiB, negative as SQLite wants it: enough for a board of 150 environments among a
/// million deploys. It uses no more than what was read.
const READ_CACHE: &str = "-16000";

/// The store on one SQLite file.
#[derive(Clone, Debug)]
pub struct SqliteStore {
    writer: SqlitePool,
    queue: Arc<Queue>,
    file: DatabaseFile,
    readers: SqlitePool,
    /// There is one instance. Writes of a command that runs beside it are not signalled.
    writes: Writes,
}

impl SqliteStore {
    /// Opens the file, which must have the schema of this build (see [`migrate`]).
    ///
    /// # Errors
    /// If it cannot be opened.
    pub async fn open(url: &str, fail_point: FailPoint, tasks: Group) -> Result<Self, sqlx::Error> {
        let options = options(url)?.create_if_missing(false);
        let writer = pool(1).connect_with(options.clone()).await?;
        let file = DatabaseFile::at(options.get_filename())?;
        let writes = Writes::default();
        let queue = Queue::new(writer.clone(), file.clone(), writes.clone(), fail_point, tasks);
        let readers = pool(READERS).connect_with(options.pragma("cache_size", READ_CACHE)).await?;
        Ok(Self { writer, queue: Arc::new(queue), file, readers, writes })
    }
}

/// A connection to a file does not go away: there is no need to test it before each use.
fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new().max_connections(connections).acquire_timeout(PATIENCE).test_before_acquire(false)
}

fn options(url: &str) -> Result<SqliteConnectOptions, sqlx::Error> {
    Ok(SqliteConnectOptions::from_str(url)?
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        .log_slow_statements(LevelFilter::Off, Duration::MAX))
}

impl Backend for SqliteStore {
    async fn write<A: Operation + Clone + 'static>(&self, operation: &A) -> Result<A::Answer, StoreError> {
        in_time(self.queue.perform(operation)).await
    }

    async fn read<A: Operation>(&self, operation: &A) -> Result<A::Answer, StoreError> {
        self.file.check()?;
        let mut tx = self.readers.begin_with("BEGIN").await?;
        operation.perform(&mut SqliteTx::of(&mut tx)).await
    }

    fn written(&self) -> watch::Receiver<()> {
        self.writes.subscribe()
    }

    fn writes(&self) -> u64 {
        self.writes.count()
    }

    fn saw_write(&self) {
        self.writes.add();
    }

    async fn close(&self) {
        self.queue.close().await;
        self.readers.close().await;
        self.writer.close().await;
    }
}
