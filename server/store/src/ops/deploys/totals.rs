//! How the deploys ended that a filter asks for.

use app::domain::{DeployTotals, StoredStatus};

use super::{
    people::{Requesters, requesters},
    select::select,
};
use crate::{
    DeployFilter, StoreError,
    database::tx::{Operation, Tx},
};

/// How many of the newest are counted: as quickly as a few pages are read, however many there are.
const COUNTED: u32 = 1_000;
const COLUMNS: &str = "SELECT id, requested_at, status, end_kind";

/// Counts the newest of the deploys that a filter asks for, whatever page it asks for.
pub(crate) struct TotalsOf(pub(crate) DeployFilter);

#[derive(sqlx::FromRow)]
struct EndRow {
    status: String,
    end_kind: Option<String>,
}

impl Operation for TotalsOf {
    type Answer = DeployTotals;

    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<DeployTotals, StoreError> {
        let filter = DeployFilter { limit: COUNTED + 1, before: None, ..self.0.clone() };
        let mut totals = DeployTotals::default();
        if filter.finds_nothing() {
            return Ok(totals);
        }
        let of = requesters(tx, &filter).await?;
        if matches!(&of, Requesters::Few(names) if names.is_empty()) {
            return Ok(totals);
        }
        let rows: Vec<EndRow> = tx.rows(select::<S>(COLUMNS, &filter, &of)).await?;
        totals.has_more = rows.len() > COUNTED as usize;
        for row in rows.iter().take(COUNTED as usize) {
            let kind = row.end_kind.as_deref().and_then(|text| text.parse().ok());
            totals.count(&StoredStatus::from(row.status.as_str()), kind);
        }
        Ok(totals)
    }
}
