//! Migrations of a SQLite file.

use sqlx::{ConnectOptions, Connection, SqliteConnection};

use super::{options, tx::SqliteTx};
use crate::database::schema::{self, SQLITE, SchemaError};

/// Brings the file to the schema of this build, creating it if necessary.
///
/// # Errors
/// If it cannot be opened, is of a newer build that did more than add, or a migration fails.
pub async fn migrate(url: &str) -> Result<(), SchemaError> {
    let mut connection = connect(url).await?;
    if let Err(error) = SQLITE.run(&mut connection).await {
        schema::despite(error, &SQLITE, &mut SqliteTx::of(&mut connection))
            .await?
            .run(&mut connection)
            .await?;
    }
    finish(connection).await
}

/// Takes the file back to migration `version`, undoing the newer ones.
///
/// # Errors
/// As [`migrate`].
pub async fn migrate_to(url: &str, version: i64) -> Result<(), SchemaError> {
    let mut connection = connect(url).await?;
    SQLITE.undo(&mut connection, version).await?;
    finish(connection).await
}

/// A connection without foreign keys: to alter a table, SQLite has to create it again, and would otherwise delete what
/// refers to it.
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
