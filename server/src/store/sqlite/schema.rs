//! Migrations. They are built into the binary, paired and reversible.

use sqlx::{
    ConnectOptions, Connection, SqliteConnection, SqlitePool,
    migrate::{MigrateError, Migrator},
};

use super::options;
use crate::store::StoreError;

static MIGRATOR: Migrator = sqlx::migrate!("../migrations/sqlite");

/// Why the schema is not as this build needs it.
#[derive(Debug, thiserror::Error)]
pub enum SchemaError {
    /// The file cannot be opened.
    #[error("cannot be opened: {0}")]
    Open(#[from] sqlx::Error),
    /// A newer build has been here.
    #[error(
        "has the schema of a newer build (migration {0}); start that build, or migrate down with it first"
    )]
    Newer(i64),
    /// A migration stopped half way.
    #[error(
        "has migration {0} half done; restore a backup, or finish it by hand and clear the mark in _sqlx_migrations"
    )]
    HalfDone(i64),
    /// A migration failed; its transaction was rolled back.
    #[error("could not be migrated: {}", one_line(.0))]
    Failed(MigrateError),
    /// Rows that refer to nothing.
    #[error("has {0} rows that refer to missing rows after the migration")]
    Dangling(usize),
}

/// SQLite quotes the schema in its messages, line ends and all.
fn one_line(error: &MigrateError) -> String {
    error.to_string().split_whitespace().collect::<Vec<_>>().join(" ")
}

impl From<MigrateError> for SchemaError {
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::VersionMissing(version) | MigrateError::VersionTooNew(version, _) => {
                Self::Newer(version)
            }
            MigrateError::Dirty(version) => Self::HalfDone(version),
            other => Self::Failed(other),
        }
    }
}

/// The newest migration of this build.
#[must_use]
pub fn newest() -> i64 {
    MIGRATOR.iter().map(|migration| migration.version).max().unwrap_or_default()
}

/// Brings the file to the schema of this build, creating it if need be.
///
/// # Errors
/// If it cannot be opened, is of a newer build, or a migration fails.
pub async fn migrate(url: &str) -> Result<(), SchemaError> {
    let mut connection = connect(url).await?;
    MIGRATOR.run(&mut connection).await?;
    finish(connection).await
}

/// Takes the file back to migration `version`, undoing the newer ones.
///
/// # Errors
/// As [`migrate`].
pub async fn migrate_to(url: &str, version: i64) -> Result<(), SchemaError> {
    let mut connection = connect(url).await?;
    MIGRATOR.undo(&mut connection, version).await?;
    finish(connection).await
}

/// A connection without foreign keys: SQLite alters a table by making it anew, and would otherwise delete
/// what refers to it.
async fn connect(url: &str) -> Result<SqliteConnection, SchemaError> {
    Ok(options(url)?.foreign_keys(false).connect().await?)
}

async fn finish(mut connection: SqliteConnection) -> Result<(), SchemaError> {
    let dangling = sqlx::query("PRAGMA foreign_key_check").fetch_all(&mut connection).await?;
    if !dangling.is_empty() {
        return Err(SchemaError::Dangling(dangling.len()));
    }
    Ok(connection.close().await?)
}

/// Answers if the newest migration of this build is in place.
pub(super) async fn check(pool: &SqlitePool) -> Result<(), StoreError> {
    let applied: Option<i64> =
        sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations WHERE success").fetch_one(pool).await?;
    if applied == Some(newest()) { Ok(()) } else { Err(StoreError::Other(sqlx::Error::RowNotFound)) }
}
