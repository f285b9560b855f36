//! Deploys that a migration down ended: the entry of each that its journal lacks.
//!
//! A migration writes no entries, for SQL cannot hash them. It leaves a list, which the next start works off.

use app::domain::{DeployId, FailureStage, Status, Timestamp};

use super::{
    StoreError,
    journal::Draft,
    row::Reader,
    session::{Act, Session, Statement},
    write::append,
};

/// A deploy that a migration down ended.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RolledBack {
    /// The deploy.
    pub id: DeployId,
    /// Its status before. It is `failed` now.
    pub was: Status,
    /// The stage in which the migration says it failed.
    pub failure_stage: Option<FailureStage>,
}

/// Whether entries are owed.
pub(super) struct OwedEntries;

impl Act for OwedEntries {
    type Answer = bool;

    async fn perform<S: Session>(&self, session: &mut S) -> Result<bool, StoreError> {
        let first: Option<(String,)> =
            session.row(Statement::new("SELECT deploy_id FROM rolled_back_deploys LIMIT 1")).await?;
        Ok(first.is_some())
    }
}

/// Writes the entries that are owed, and says of which deploys.
#[derive(Clone, Copy)]
pub(super) struct RecordRolledBack {
    pub(super) at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct Row {
    deploy_id: String,
    status: String,
    failure_stage: Option<String>,
}

impl Act for RecordRolledBack {
    type Answer = Vec<RolledBack>;

    async fn perform<S: Session>(&self, session: &mut S) -> Result<Vec<RolledBack>, StoreError> {
        // Two that start at once: the second waits here, and then finds nothing.
        let take = Statement::new(
            "DELETE FROM rolled_back_deploys
             RETURNING deploy_id, status,
                       (SELECT d.failure_stage FROM console_deploys d WHERE d.id = deploy_id) AS failure_stage",
        );
        let mut rows: Vec<Row> = session.rows(take).await?;
        rows.sort_by(|one, other| one.deploy_id.cmp(&other.deploy_id));
        let mut recorded = Vec::new();
        for row in rows {
            let reader = Reader { table: "rolled_back_deploys", id: &row.deploy_id };
            let ended = RolledBack {
                id: reader.parse("deploy_id", &row.deploy_id)?,
                was: reader.parse("status", &row.status)?,
                failure_stage: row.failure_stage.as_deref().and_then(|text| text.parse().ok()),
            };
            append(session, Draft::rolled_back(&ended, self.at)).await?;
            recorded.push(ended);
        }
        Ok(recorded)
    }
}
