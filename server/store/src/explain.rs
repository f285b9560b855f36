//! Statements as they are sent to a database, for tests that ask how it would go about them.

use sqlx::PgConnection;

use crate::{
    database_url::DatabaseSystem,
    model::{DeployFilter, Place},
    ops::{board, deploys},
    sqlite::SqliteSession,
};

pub use crate::tx::Asked;

/// What lists these deploys.
#[must_use]
pub fn deploys(filter: &DeployFilter, of: DatabaseSystem) -> Asked {
    match of {
        DatabaseSystem::Sqlite => deploys::select::<SqliteSession<'_>>(filter).asked(),
        DatabaseSystem::Postgres => deploys::select::<PgConnection>(filter).asked(),
    }
}

/// What reads these places for the board.
#[must_use]
pub fn board(places: &[Place], of: DatabaseSystem) -> Asked {
    match of {
        DatabaseSystem::Sqlite => board::select::<SqliteSession<'_>>(places).asked(),
        DatabaseSystem::Postgres => board::select::<PgConnection>(places).asked(),
    }
}
