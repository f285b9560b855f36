//! The schema that this build needs. Each database has its migrations, with the same numbers, names and meaning, built
//! into the binary, paired and reversible.
//!
//! A newer build may have migrated the database. Additions, marked as such, do not keep this build from working; see
//! ADR 8.

use sqlx::migrate::{MigrateError, Migrator};

use crate::database::tx::{Statement, Tx};

pub(crate) static SQLITE: Migrator = sqlx::migrate!("../../migrations/sqlite");
pub(crate) static POSTGRES: Migrator = sqlx::migrate!("../../migrations/postgres");

/// The newest migration of this build.
#[must_use]
pub fn newest() -> i64 {
    SQLITE.iter().map(|migration| migration.version).max().unwrap_or_default()
}

/// The prefix of the name of a migration that only adds: the file is `0003_add_something.up.sql`.
const ADDS: &str = "add ";

/// A migration that was applied to the database.
#[derive(Clone, Debug, Eq, PartialEq, sqlx::FromRow)]
pub(crate) struct Applied {
    version: i64,
    /// Its name, with blanks for underscores.
    description: String,
}

impl Applied {
    fn is_ours(&self) -> bool {
        SQLITE.version_exists(self.version)
    }

    fn only_adds(&self) -> bool {
        self.description.starts_with(ADDS)
    }
}

/// The migrations that were applied, in their order.
pub(crate) async fn applied<S: Tx>(tx: &mut S) -> Result<Vec<Applied>, sqlx::Error> {
    let select = "SELECT version, description FROM _sqlx_migrations WHERE success ORDER BY version";
    tx.rows(Statement::new(select)).await
}

/// When a migration was applied, or applied again after a rollback of the schema, in milliseconds.
pub(crate) async fn applied_at<S: Tx>(tx: &mut S, version: i64) -> Result<Option<i64>, sqlx::Error> {
    let [before, after] = S::MILLISECONDS;
    let select = Statement::new("SELECT ").push(before).push("installed_on").push(after);
    let select = select.push(" FROM _sqlx_migrations WHERE version = ").push_bind(version);
    let at: Option<(i64,)> = tx.row(select).await?;
    Ok(at.map(|(at,)| at))
}

/// Whether this build can work with these: all of its own, and newer ones that only add.
pub(crate) fn fits(applied: &[Applied]) -> bool {
    let has = |version| applied.iter().any(|migration| migration.version == version);
    SQLITE.iter().all(|migration| has(migration.version))
        && applied.iter().all(|migration| migration.is_ours() || migration.only_adds())
}

/// What to run after `ours` failed with `error`: if the reason is an addition of a newer build, it is left to check
/// that our own migrations are all applied.
///
/// # Errors
/// If the reason is another.
pub(crate) async fn despite<S: Tx>(
    error: MigrateError,
    ours: &Migrator,
    tx: &mut S,
) -> Result<Migrator, SchemaError> {
    let MigrateError::VersionMissing(first) = error else { return Err(error.into()) };
    let applied = applied(tx).await?;
    if !fits(&applied) {
        let in_the_way = applied.iter().find(|migration| !migration.is_ours() && !migration.only_adds());
        return Err(SchemaError::Newer(in_the_way.map_or(first, |migration| migration.version)));
    }
    tracing::info!(
        from = first,
        "the schema is of a newer build that only added to it: working without that"
    );
    let mut ours = Migrator::with_migrations(ours.iter().cloned().collect());
    ours.set_ignore_missing(true);
    Ok(ours)
}

/// Why the schema is not as this build needs it.
#[derive(Debug, thiserror::Error)]
pub enum SchemaError {
    /// There is no database, or access is denied.
    #[error("cannot be opened: {}", one_line(.0))]
    Open(#[from] sqlx::Error),
    /// Another process serves the file.
    #[error("is served by another console, which holds {0}; stop that one, or name another file")]
    InUse(String),
    /// The lock file beside the database file cannot be made.
    #[error("cannot be locked: {0}")]
    Lock(std::io::Error),
    /// A newer build migrated the database, and changed what this one relies on.
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
    /// Rows that refer to missing rows.
    #[error("has {0} rows that refer to missing rows after the migration")]
    Dangling(usize),
}

/// SQLite quotes the schema in its messages, and Postgres its input, line breaks included.
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
