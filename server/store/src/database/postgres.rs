//! Postgres, 13 or newer: for several instances over the same rows.
//!
//! Writers are not queued here as they are for SQLite: they lock the one row that they change, and then the end of the
//! journal. Postgres reports remaining conflicts, and the transaction is run again.

mod notices;
mod schema;
mod tx;

use std::{sync::Arc, time::Duration};

use log::LevelFilter;
use runtime::{
    fail_point::{FailPoint, Point},
    supervisor::Group,
};
use sqlx::{
    ConnectOptions, PgPool, Postgres, Transaction,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use tokio::sync::watch;

use self::notices::Notices;
use crate::{
    StoreError,
    database::{
        backend::{Backend, PATIENCE, in_time},
        tx::Operation,
    },
};
pub use schema::{migrate, migrate_to};

/// Limits that the server itself enforces in case the client is gone and cannot cancel. A client that falls silent in
/// the middle of a transaction would otherwise block the journal for everyone. And statements this short run faster
/// without JIT compilation.
const SETTINGS: [(&str, &str); 4] = [
    ("lock_timeout", "5s"),
    ("statement_timeout", "6s"),
    ("idle_in_transaction_session_timeout", "10s"),
    ("jit", "off"),
];
/// How often an operation is run at most, if there are conflicts.
const ATTEMPTS: u32 = 5;
/// Fewer than all connections, so that writers waiting for the journal leave some to readers.
const WRITERS: u32 = 8;
const READERS: u32 = 8;
/// Whether this session may write.
const CAN_WRITE: &str =
    "SELECT NOT pg_is_in_recovery() AND NOT current_setting('transaction_read_only')::boolean";
/// The interval between two checks whether a transaction has ended.
const PAUSE: Duration = Duration::from_millis(20);

/// The store on one Postgres database.
#[derive(Clone, Debug)]
pub struct PostgresStore {
    writers: PgPool,
    readers: PgPool,
    fail_point: FailPoint,
    notices: Notices,
}

impl PostgresStore {
    /// Opens the database, which must have the schema of this build (see [`migrate`]).
    ///
    /// # Errors
    /// If it cannot be opened.
    pub async fn open(url: &str, fail_point: FailPoint, tasks: Group) -> Result<Self, sqlx::Error> {
        let options = url
            .parse::<PgConnectOptions>()?
            .application_name("deploy-console")
            .options(SETTINGS)
            // Slow statements are not logged: the driver logs the whole text, which grows with the configuration.
            .log_slow_statements(LevelFilter::Off, Duration::MAX);
        Ok(Self {
            writers: pool(WRITERS).connect_with(options.clone()).await?,
            readers: pool(READERS).connect_lazy_with(options.clone()),
            notices: Notices::of(options, tasks),
            fail_point,
        })
    }

    /// Runs an operation once.
    async fn attempt<A: Operation>(&self, operation: &A) -> Result<A::Answer, StoreError> {
        let mut tx = self.writers.begin_with("BEGIN ISOLATION LEVEL READ COMMITTED").await?;
        let answer = operation.perform(&mut *tx).await?;
        self.fail_point.pass(Point::BeforeCommit).await;
        let committed = self.commit(tx).await;
        // At once; the database's own signal wakes whoever waits.
        if A::IS_SHOWN {
            self.notices.writes().add();
        }
        committed?;
        Ok(answer)
    }

    /// Commits. If the connection is lost meanwhile, only the server knows whether it was committed, and is asked. So
    /// an operation that happened is never run again or reported as one that did not.
    async fn commit(&self, mut tx: Transaction<'static, Postgres>) -> Result<(), StoreError> {
        let id: Option<String> =
            sqlx::query_scalar("SELECT pg_current_xact_id_if_assigned()::text").fetch_one(&mut *tx).await?;
        let Err(error) = tx.commit().await else { return Ok(()) };
        match (id, is_lost(&error)) {
            // It wrote nothing, so nothing can be missing.
            (None, true) => Ok(()),
            (Some(id), true) if self.was_committed(&id).await? => Ok(()),
            (Some(_), true) => Err(StoreError::Conflict(Arc::new(error))),
            (_, false) => Err(error.into()),
        }
    }

    /// Asks whether a transaction was committed, as soon as it has ended.
    async fn was_committed(&self, id: &str) -> Result<bool, StoreError> {
        loop {
            let status: Option<String> = sqlx::query_scalar("SELECT pg_xact_status($1::text::xid8)")
                .bind(id)
                .fetch_one(&self.writers)
                .await?;
            match status.as_deref() {
                Some("committed") => return Ok(true),
                Some("in progress") => tokio::time::sleep(PAUSE).await,
                _ => return Ok(false),
            }
        }
    }
}

/// A connection to a server that became read-only, or a session that began while it was, stays read-only after a
/// fail-over: it is closed, and a new one finds the writable server. This check replaces the driver's ping before each
/// use.
fn pool(connections: u32) -> PgPoolOptions {
    PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(PATIENCE)
        .test_before_acquire(false)
        .before_acquire(|connection, _| Box::pin(sqlx::query_scalar(CAN_WRITE).fetch_one(connection)))
}

/// Whether the connection went away before the server had answered.
fn is_lost(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Database(said) => said.code().is_some_and(|code| code.starts_with("57P")),
        error => matches!(error, sqlx::Error::Io(_) | sqlx::Error::Protocol(_) | sqlx::Error::Tls(_)),
    }
}

impl Backend for PostgresStore {
    async fn write<A: Operation + Clone + 'static>(&self, operation: &A) -> Result<A::Answer, StoreError> {
        let write = async {
            let mut attempts = 1;
            loop {
                match self.attempt(operation).await {
                    // All of it was rolled back.
                    Err(StoreError::Conflict(error)) if attempts < ATTEMPTS => {
                        tracing::debug!(attempts, %error, "others were in the way: once more");
                        attempts += 1;
                    }
                    done => return done,
                }
            }
        };
        in_time(write).await
    }

    /// The snapshot is taken at the first statement and kept for the rest.
    async fn read<A: Operation>(&self, operation: &A) -> Result<A::Answer, StoreError> {
        in_time(async {
            let mut tx = self.readers.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
            operation.perform(&mut *tx).await
        })
        .await
    }

    fn written(&self) -> watch::Receiver<()> {
        self.notices.subscribe()
    }

    fn writes(&self) -> u64 {
        self.notices.writes().count()
    }

    fn saw_write(&self) {
        self.notices.writes().add();
    }

    async fn close(&self) {
        self.notices.close().await;
        self.readers.close().await;
        self.writers.close().await;
    }
}
