//! Opening, locking and migrating a database, by its URL.

use std::sync::Arc;

use runtime::{fail_point::FailPoint, supervisor::Supervisor};

use crate::{
    database::{
        postgres::{self, PostgresStore},
        schema::SchemaError,
        sqlite::{self, FileLock, SqliteStore},
    },
    database_url::{DatabaseSystem, DatabaseUrl},
    outbox::Announce,
    store::Store,
    with_outbox::WithOutbox,
};

/// Opens a database that has the schema of this build. Writes stop at the fail point. Ends of deploys are not
/// announced.
///
/// # Errors
/// If it cannot be opened.
pub async fn open(url: &DatabaseUrl, fail_point: FailPoint) -> Result<Arc<dyn Store>, SchemaError> {
    open_with_outbox(url, fail_point, Announce::default(), &Supervisor::default()).await
}

/// The same, with ends of deploys announced and the tasks of the store supervised.
///
/// # Errors
/// If it cannot be opened.
pub async fn open_with_outbox(
    url: &DatabaseUrl,
    fail_point: FailPoint,
    announce: Announce,
    supervisor: &Supervisor,
) -> Result<Arc<dyn Store>, SchemaError> {
    let (text, tasks) = (url.as_str(), supervisor.group());
    Ok(match url.system() {
        DatabaseSystem::Sqlite => {
            let backend = SqliteStore::open(text, fail_point, tasks).await?;
            Arc::new(WithOutbox { backend, announce })
        }
        DatabaseSystem::Postgres => {
            let backend = PostgresStore::open(text, fail_point, tasks).await?;
            Arc::new(WithOutbox { backend, announce })
        }
    })
}

/// Keeps other consoles from using a SQLite file until the result is dropped. Commands that run beside it are not
/// restricted, and Postgres is made for several instances.
///
/// # Errors
/// If another console uses it, or the lock cannot be taken.
pub fn lock(url: &DatabaseUrl) -> Result<Option<FileLock>, SchemaError> {
    match url.system() {
        DatabaseSystem::Sqlite => sqlite::lock(url.as_str()).map(Some),
        DatabaseSystem::Postgres => Ok(None),
    }
}

/// Brings a database to the schema of this build, or back to an older migration.
///
/// # Errors
/// If it cannot be opened, is of a newer build that did more than add, or a migration fails.
pub async fn migrate(url: &DatabaseUrl, down_to: Option<i64>) -> Result<(), SchemaError> {
    match (url.system(), down_to) {
        (DatabaseSystem::Sqlite, None) => sqlite::migrate(url.as_str()).await,
        (DatabaseSystem::Sqlite, Some(version)) => sqlite::migrate_to(url.as_str(), version).await,
        (DatabaseSystem::Postgres, None) => postgres::migrate(url.as_str()).await,
        (DatabaseSystem::Postgres, Some(version)) => postgres::migrate_to(url.as_str(), version).await,
    }
}
