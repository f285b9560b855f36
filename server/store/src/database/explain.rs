//! Statements as they are sent to a database, for tests of query plans.

use app::domain::Commit;
use sqlx::PgConnection;

use crate::{
    database::sqlite::SqliteTx,
    database_url::DatabaseSystem,
    model::{CommitPair, DeployFilter, EntryFilter, Place},
    ops::{
        board, commits,
        deploys::{
            people::Requesters,
            select::{COLUMNS, select},
        },
    },
};

pub use crate::database::tx::ExplainedSql;

/// The statement that lists these deploys; by a part of a name, of many people.
#[must_use]
pub fn deploys(filter: &DeployFilter, of: DatabaseSystem) -> ExplainedSql {
    of_requesters(filter, &Requesters::of(filter), of)
}

/// The statement that lists the deploys of these people, who have the part of a name in theirs.
#[must_use]
pub fn deploys_of(names: &[String], filter: &DeployFilter, of: DatabaseSystem) -> ExplainedSql {
    of_requesters(filter, &Requesters::Few(names.to_vec()), of)
}

fn of_requesters(filter: &DeployFilter, whose: &Requesters, of: DatabaseSystem) -> ExplainedSql {
    match of {
        DatabaseSystem::Sqlite => select::<SqliteTx<'_>>(COLUMNS, filter, whose).explain_sql(),
        DatabaseSystem::Postgres => select::<PgConnection>(COLUMNS, filter, whose).explain_sql(),
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

/// The statement that reads what is known of these commits.
#[must_use]
pub fn commit_details(of: &[Commit], system: DatabaseSystem) -> ExplainedSql {
    match system {
        DatabaseSystem::Sqlite => commits::select_details::<SqliteTx<'_>>(of).explain_sql(),
        DatabaseSystem::Postgres => commits::select_details::<PgConnection>(of).explain_sql(),
    }
}

/// The statement that reads what lies between the commits of these pairs: the same on both.
#[must_use]
pub fn commit_distances(of: &[CommitPair]) -> ExplainedSql {
    commits::select_distances(of).explain_sql()
}
