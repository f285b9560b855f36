//! Statements as they are sent to a database, for tests of query plans.

use sqlx::PgConnection;

use crate::{
    database::sqlite::SqliteTx,
    database_url::DatabaseSystem,
    model::{DeployFilter, EntryFilter, Place},
    ops::{board, deploys},
};

pub use crate::database::tx::ExplainedSql;

/// The statement that lists these deploys.
#[must_use]
pub fn deploys(filter: &DeployFilter, of: DatabaseSystem) -> ExplainedSql {
    match of {
        DatabaseSystem::Sqlite => deploys::select::<SqliteTx<'_>>(filter).explain_sql(),
        DatabaseSystem::Postgres => deploys::select::<PgConnection>(filter).explain_sql(),
    }
}

/// The statement that finds these entries of the journal.
#[must_use]
pub fn entries(filter: &EntryFilter, of: DatabaseSystem) -> ExplainedSql {
    match of {
        DatabaseSystem::Sqlite => filter.sizes::<SqliteTx<'_>>().explain_sql(),
        DatabaseSystem::Postgres => filter.sizes::<PgConnection>().explain_sql(),
    }
}

/// The statement that reads these places for the board.
#[must_use]
pub fn board(places: &[Place], of: DatabaseSystem) -> ExplainedSql {
    match of {
        DatabaseSystem::Sqlite => board::select::<SqliteTx<'_>>(places).explain_sql(),
        DatabaseSystem::Postgres => board::select::<PgConnection>(places).explain_sql(),
    }
}
