//! Deploys that a migration down ended: writes the entry that the journal of each lacks.
//!
//! A migration writes no entries, because SQL cannot hash them. It leaves a list, which the next start works off.

use app::domain::Timestamp;

use crate::{
    RolledBack, StoreError,
    audit::NewEntry,
    database::tx::{Operation, Statement, Tx},
    ops::transition::append,
    row::Reader,
};

/// Whether entries are still to be written.
pub(crate) struct OwedEntries;

impl Operation for OwedEntries {
    type Answer = bool;

    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<bool, StoreError> {
        let first: Option<(String,)> =
            tx.row(Statement::new("SELECT deploy_id FROM rolled_back_deploys LIMIT 1")).await?;
        Ok(first.is_some())
    }
}

/// Writes the missing entries, and returns their deploys.
#[derive(Clone, Copy)]
pub(crate) struct RecordRolledBack {
    pub(crate) at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct RolledBackRow {
    deploy_id: String,
    status: String,
    failure_stage: Option<String>,
}

impl Operation for RecordRolledBack {
    type Answer = Vec<RolledBack>;

    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<Vec<RolledBack>, StoreError> {
        // Of two concurrent starts, the second waits here, and then finds nothing.
        let take = Statement::new(
            "DELETE FROM rolled_back_deploys
             RETURNING deploy_id, status,
                       (SELECT d.failure_stage FROM console_deploys d WHERE d.id = deploy_id) AS failure_stage",
        );
        let mut rows: Vec<RolledBackRow> = tx.rows(take).await?;
        rows.sort_by(|one, other| one.deploy_id.cmp(&other.deploy_id));
        let mut recorded = Vec::new();
        for row in rows {
            let reader = Reader { table: "rolled_back_deploys", id: &row.deploy_id };
            let ended = RolledBack {
                id: reader.parse("deploy_id", &row.deploy_id)?,
                was: reader.parse("status", &row.status)?,
                failure_stage: row.failure_stage.as_deref().and_then(|text| text.parse().ok()),
            };
            append(tx, NewEntry::rolled_back(&ended, self.at)).await?;
            recorded.push(ended);
        }
        Ok(recorded)
    }
}
