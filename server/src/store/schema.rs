//! The schema, as this build needs it. Each database has its migrations: of the same numbers, names and
//! meaning, built into the binary, paired and reversible.

use sqlx::migrate::{MigrateError, Migrator};

pub(super) static SQLITE: Migrator = sqlx::migrate!("../migrations/sqlite");
pub(super) static POSTGRES: Migrator = sqlx::migrate!("../migrations/postgres");

/// The newest migration of this build.
#[must_use]
pub fn newest() -> i64 {
    SQLITE.iter().map(|migration| migration.version).max().unwrap_or_default()
}

/// Why the schema is not as this build needs it.
#[derive(Debug, thiserror::Error)]
pub enum SchemaError {
    /// There is no database, or none that lets us in.
    #[error("cannot be opened: {}", one_line(.0))]
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

/// SQLite quotes the schema in its messages, and Postgres what was written there, line ends and all.
fn one_line(error: &dyn std::error::Error) -> String {
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
