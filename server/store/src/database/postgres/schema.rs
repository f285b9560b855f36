//! Migrations of a Postgres database. Each is one transaction. Concurrent migrations wait for each other: two instances
//! may start at once.

use sqlx::{ConnectOptions, Connection, PgConnection, postgres::PgConnectOptions};

use crate::database::schema::{self, POSTGRES, SchemaError};

/// Brings the database, which has to exist, to the schema of this build.
///
/// # Errors
/// If it cannot be opened, is of a newer build that did more than add, or a migration fails.
pub async fn migrate(url: &str) -> Result<(), SchemaError> {
    let mut connection = connect(url).await?;
    if let Err(error) = POSTGRES.run(&mut connection).await {
        schema::despite(error, &POSTGRES, &mut connection).await?.run(&mut connection).await?;
    }
    Ok(connection.close().await?)
}

/// Takes the database back to migration `version`, undoing the newer ones.
///
/// # Errors
/// As [`migrate`].
pub async fn migrate_to(url: &str, version: i64) -> Result<(), SchemaError> {
    let mut connection = connect(url).await?;
    POSTGRES.undo(&mut connection, version).await?;
    Ok(connection.close().await?)
}

/// A connection without the limits of requests: a migration may take long. The notice that a table already exists is
/// not logged.
async fn connect(url: &str) -> Result<PgConnection, SchemaError> {
    let quietly = [("client_min_messages", "warning")];
    Ok(url.parse::<PgConnectOptions>()?.options(quietly).connect().await?)
}
