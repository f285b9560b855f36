//! What can go wrong with a database.

use std::sync::Arc;

use sqlx::{
    error::{DatabaseError, ErrorKind},
    postgres::PgDatabaseError,
};

/// A database error, by what can be done about it. Operations that were to be committed together share one.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// Busy, full, read-only or unreachable: trying again later can help. Nothing was changed, unless the connection
    /// was lost at the very end; then trying again tells.
    #[error("the database is not available")]
    Unavailable(#[source] Arc<sqlx::Error>),
    /// Repeated conflicts with other transactions. Nothing was changed, and trying again can help.
    #[error("the database is busy")]
    Conflict(#[source] Arc<sqlx::Error>),
    /// The database file is no longer the one that was opened. Nothing was changed.
    #[error("the database file was deleted or replaced")]
    FileReplaced,
    /// A row that this product cannot have written.
    #[error(transparent)]
    ImpossibleRow(#[from] ImpossibleRow),
    /// The surrounding code guarantees something that did not hold.
    #[error("an invariant does not hold: {0}")]
    Invariant(&'static str),
    /// Anything else: the statement is wrong.
    #[error("the database refused")]
    Other(#[source] Arc<sqlx::Error>),
}

/// A row whose columns contradict each other or cannot be read.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{table} row {id}: {what}")]
pub struct ImpossibleRow {
    /// The table.
    pub table: &'static str,
    /// The key of the row.
    pub id: String,
    /// What is wrong with it.
    pub what: String,
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let kind = match &error {
            sqlx::Error::Database(said) => match said.try_downcast_ref::<PgDatabaseError>() {
                Some(said) => postgres(said),
                None => sqlite(said.as_ref()),
            },
            // The connection was lost, or none can be had; the last message of one may be incomplete.
            sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::BeginFailed
            | sqlx::Error::WorkerCrashed => Self::Unavailable,
            _ => Self::Other,
        };
        kind(error.into())
    }
}

impl StoreError {
    /// Whether another process holds SQLite's lock.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        const BUSY: u32 = 5;
        match self {
            Self::Unavailable(error) => {
                error.as_database_error().is_some_and(|said| primary_code(said) == Some(BUSY))
            }
            _ => false,
        }
    }
}

type Kind = fn(Arc<sqlx::Error>) -> StoreError;

/// Primary result codes: <https://www.sqlite.org/rescode.html>.
fn sqlite(said: &dyn DatabaseError) -> Kind {
    const BUSY: u32 = 5;
    const LOCKED: u32 = 6;
    const READONLY: u32 = 8;
    const IOERR: u32 = 10;
    const FULL: u32 = 13;
    const PERM: u32 = 3;
    const CORRUPT: u32 = 11;
    const CANTOPEN: u32 = 14;
    const PROTOCOL: u32 = 15;
    const NOTADB: u32 = 26;
    match primary_code(said) {
        Some(PERM | BUSY | LOCKED | READONLY | IOERR | CORRUPT | FULL | CANTOPEN | PROTOCOL | NOTADB) => {
            StoreError::Unavailable
        }
        _ => StoreError::Other,
    }
}

/// The upper bits of an extended code refine the primary one.
fn primary_code(said: &dyn DatabaseError) -> Option<u32> {
    said.code().and_then(|code| code.parse::<u32>().ok()).map(|code| code & 0xff)
}

/// Codes: <https://www.postgresql.org/docs/current/errcodes-appendix.html>.
fn postgres(said: &PgDatabaseError) -> Kind {
    /// Unique indexes of rows that two concurrent requests may both find missing and only one can insert. (The journal
    /// is not among them: a conflict there would be a bug.)
    const RACES: [&str; 3] =
        ["console_deploys_one_live", "idempotency_keys_pkey", "callback_deliveries_pkey"];
    match said.code() {
        // A serialization failure; a deadlock.
        "40001" | "40P01" => StoreError::Conflict,
        _ if said.kind() == ErrorKind::UniqueViolation
            && said.constraint().is_some_and(|name| RACES.contains(&name)) =>
        {
            StoreError::Conflict
        }
        // Read-only; a lock or a statement that took too long; a session that was idle for too long.
        "25006" | "25P03" | "55P03" | "57014" => StoreError::Unavailable,
        // Connections and permissions, resources, a missing database, and failures of the server.
        code if ["08", "28", "3D", "53", "57P", "58"].iter().any(|class| code.starts_with(class)) => {
            StoreError::Unavailable
        }
        _ => StoreError::Other,
    }
}
