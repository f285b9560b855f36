//! Reads, each in one snapshot: row and journal must not come from two different moments.

pub(crate) mod people;
pub(crate) mod select;
pub(crate) mod totals;
pub(crate) mod visible;

use std::collections::HashMap;

use app::domain::{DeployId, JournalEntry};

use crate::{
    DeployFilter, StoreError, StoredDeploy, StoredEntry, StoredPage,
    audit::{self, DeployProjection, is_news},
    database::{
        schema::{self, Applied},
        tx::{Operation, Statement, Tx},
    },
    ops::entries::{PAGE_BYTES, SELECT_ENTRIES, last_within},
    row::DeployRow,
};

use self::{
    people::{Requesters, requesters},
    select::{COLUMNS, select},
};

/// One deploy, with its history.
pub(crate) struct OneDeploy(pub(crate) DeployId);

impl Operation for OneDeploy {
    type Answer = Option<StoredDeploy>;

    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<Option<StoredDeploy>, StoreError> {
        let select = Statement::new(COLUMNS).push(" FROM console_deploys WHERE id = ").push_bind(self.0);
        // A row that was requested by its id and cannot be read is an error.
        let Some(row) = tx.row::<DeployRow>(select).await? else { return Ok(None) };
        Ok(with_history(tx, vec![row.try_into()?]).await?.pop())
    }
}

/// The deploys that have this run, oldest first: one for each attempt that was run after the one before had ended.
pub(crate) struct DeploysOfRun(pub(crate) i64);

impl Operation for DeploysOfRun {
    type Answer = Vec<StoredDeploy>;

    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<Vec<StoredDeploy>, StoreError> {
        let select = Statement::new(COLUMNS).push(" FROM console_deploys WHERE github_run_id = ");
        let rows = tx.rows(select.push_bind(self.0).push(" ORDER BY requested_at, id")).await?;
        with_history(tx, readable(rows)).await
    }
}

impl Operation for DeployFilter {
    type Answer = Vec<StoredDeploy>;

    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<Vec<StoredDeploy>, StoreError> {
        let deploys = rows_of(tx, self).await?;
        with_history(tx, deploys).await
    }
}

/// The rows, without their histories.
async fn rows_of<S: Tx>(tx: &mut S, filter: &DeployFilter) -> Result<Vec<StoredDeploy>, StoreError> {
    if filter.finds_nothing() {
        return Ok(Vec::new());
    }
    let of = requesters(tx, filter).await?;
    if matches!(&of, Requesters::Few(names) if names.is_empty()) {
        return Ok(Vec::new());
    }
    let mut limit = filter.limit;
    loop {
        let asked = DeployFilter { limit, ..filter.clone() };
        let rows: Vec<DeployRow> = tx.rows(select::<S>(COLUMNS, &asked, &of)).await?;
        let found = rows.len();
        let mut deploys = readable(rows);
        let left_out = u32::try_from(found - deploys.len()).unwrap_or(u32::MAX);
        let is_full = deploys.len() >= filter.limit as usize || found < limit as usize;
        if is_full || left_out == 0 {
            deploys.truncate(filter.limit as usize);
            return Ok(deploys);
        }
        // A short page means that it is the last one, so a row that cannot be read must not shorten it.
        limit = filter.limit.saturating_add(left_out);
    }
}

/// Deploys of a page, limited in number and in bytes of their histories.
pub(crate) struct PageOf(pub(crate) DeployFilter);

impl Operation for PageOf {
    type Answer = StoredPage;

    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<StoredPage, StoreError> {
        let limit = self.0.limit as usize;
        // One more than requested tells whether there is another page.
        let one_more = DeployFilter { limit: self.0.limit + 1, ..self.0.clone() };
        let mut deploys = rows_of(tx, &one_more).await?;
        let found = deploys.len();
        deploys.truncate(limit);
        let within = within_a_page(tx, &deploys).await?;
        deploys.truncate(within);
        Ok(StoredPage { has_more: found > within, deploys: with_history(tx, deploys).await? })
    }
}

/// How many of these deploys, in their order, have histories that fit into one page: the first always fits.
async fn within_a_page<S: Tx>(tx: &mut S, deploys: &[StoredDeploy]) -> Result<usize, StoreError> {
    let ids = deploys.iter().map(|deploy| deploy.id.to_string()).collect();
    let select = Statement::new(
        "SELECT deploy_id, CAST(sum(octet_length(payload)) AS BIGINT) FROM audit_log WHERE deploy_id ",
    );
    let select = select.push_in::<S>(ids).push(MOVED_OR_NOTED).push(" GROUP BY deploy_id");
    let sizes: Vec<(String, i64)> = tx.rows(select).await?;
    let sizes: HashMap<String, i64> = sizes.into_iter().collect();
    let of = |deploy: &StoredDeploy| sizes.get(&deploy.id.to_string()).copied().unwrap_or_default();
    let sizes: Vec<(i64, i64)> = (0..).zip(deploys.iter().map(of)).collect();
    Ok(last_within(&sizes, PAGE_BYTES).map_or(0, |last| usize::try_from(last).unwrap_or_default() + 1))
}

/// The rows that can be read. Each of the others is left out with a line in the log: it must not make the page fail,
/// and nothing of it could be shown as true. `audit verify` names it, and so does the check at the start if it is live.
fn readable(rows: Vec<DeployRow>) -> Vec<StoredDeploy> {
    let read = |row: DeployRow| {
        let read = StoredDeploy::try_from(row);
        read.inspect_err(|error| {
            if is_news(error.to_string()) {
                tracing::error!(%error, "a deploy is left out: its row cannot be read");
            }
        })
    };
    rows.into_iter().filter_map(|row| read(row).ok()).collect()
}

/// The deploys of these ids, in no order.
pub(crate) async fn deploys_of<S: Tx>(tx: &mut S, ids: Vec<String>) -> Result<Vec<StoredDeploy>, StoreError> {
    let select = Statement::new(COLUMNS).push(" FROM console_deploys WHERE id ").push_in::<S>(ids);
    let rows = tx.rows(select).await?;
    with_history(tx, readable(rows)).await
}

/// Entries are read one after the other, and only their projection is kept.
async fn with_history<S: Tx>(
    tx: &mut S,
    deploys: Vec<StoredDeploy>,
) -> Result<Vec<StoredDeploy>, StoreError> {
    let ids = deploys.iter().map(|deploy| deploy.id.to_string()).collect();
    let mut projections = projections(tx, ids).await?;
    let with_story = |deploy: StoredDeploy| {
        let projection = projections.remove(&deploy.id).unwrap_or_default();
        with_projection(deploy, projection)
    };
    Ok(deploys.into_iter().map(with_story).collect())
}

/// What the entries of one deploy say.
pub(crate) async fn projection<S: Tx>(tx: &mut S, id: DeployId) -> Result<DeployProjection, StoreError> {
    Ok(projections(tx, vec![id.to_string()]).await?.remove(&id).unwrap_or_default())
}

/// What the entries of these deploys say.
pub(crate) async fn projections<S: Tx>(
    tx: &mut S,
    ids: Vec<String>,
) -> Result<HashMap<DeployId, DeployProjection>, StoreError> {
    let mut projections: HashMap<DeployId, DeployProjection> = HashMap::new();
    let apply = |stored| {
        if let Some(entry) = audit::readable(stored)
            && let Some(id) = entry.deploy_id
        {
            projections.entry(id).or_default().apply(&entry);
        }
    };
    let select = Statement::new(SELECT_ENTRIES).push(" WHERE deploy_id ").push_in::<S>(ids);
    tx.each(select.push(MOVED_OR_NOTED).push(" ORDER BY sequence"), apply).await?;
    Ok(projections)
}

/// The row with what its journal says.
fn with_projection(deploy: StoredDeploy, projection: DeployProjection) -> StoredDeploy {
    let attempt = projection.attempt();
    let DeployProjection {
        attempt: _,
        history,
        run: run_seen,
        cancellation,
        overdue,
        abandoned,
        approval,
        freeze,
        freeze_override,
        legs,
        origin,
        left_out,
        inputs,
    } = projection;
    StoredDeploy {
        attempt,
        history,
        run_seen,
        cancellation,
        overdue,
        abandoned,
        approval,
        freeze,
        freeze_override,
        legs,
        origin,
        left_out,
        inputs,
        ..deploy
    }
}

/// Leaves out callbacks that moved nothing and were not counted: those can be many and long, and a history does not show
/// them. Payloads are compact, and quotes in texts are escaped, so no text can be mistaken for a member.
const MOVED_OR_NOTED: &str = r#" AND (action <> 'console.deploy.callback' OR payload LIKE '%"status":"%'
  OR payload LIKE '%"outcome":"noted"%')"#;

fn select_entries_of<S: Tx>(ids: Vec<String>) -> Statement {
    Statement::new(SELECT_ENTRIES).push(" WHERE deploy_id ").push_in::<S>(ids).push(" ORDER BY sequence")
}

/// The journal of one deploy, oldest first, all that can be read.
pub(crate) struct JournalOf(pub(crate) DeployId);

impl Operation for JournalOf {
    type Answer = Vec<JournalEntry>;

    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<Vec<JournalEntry>, StoreError> {
        let rows: Vec<StoredEntry> = tx.rows(select_entries_of::<S>(vec![self.0.to_string()])).await?;
        Ok(rows.into_iter().filter_map(audit::readable).collect())
    }
}

/// The migrations that the database has.
pub(crate) struct AppliedMigrations;

impl Operation for AppliedMigrations {
    type Answer = Vec<Applied>;

    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<Vec<Applied>, StoreError> {
        Ok(schema::applied(tx).await?)
    }
}

/// A write that changes nothing that is read anywhere.
#[derive(Clone)]
pub(crate) struct Probe;

impl Operation for Probe {
    type Answer = ();

    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<(), StoreError> {
        tx.execute(Statement::new(S::PROBE)).await?;
        Ok(())
    }
}
