//! Rows compared with their journals.
//!
//! A row and its entries are written in one transaction, and are read here in one snapshot: a concurrent write is in
//! both or in neither, so no row has to be left out because it moved. A snapshot lasts for one page of rows, so that it
//! delays no checkpoint and no vacuum; an entry that came between two pages belongs to a row of one of them.
//!
//! Both are read in the order of ids, so that the entries of a page of rows are one range of an index. They are read
//! one after the other: only a page of rows and a short summary of each journal are in memory.

use std::collections::BTreeMap;

use app::domain::Timestamp;

use crate::{
    StoreError, StoredEntry,
    audit::{Column, Difference, ExpectedRow},
    database::{
        schema,
        tx::{Operation, Statement, Tx},
    },
    ops::{deploys::select::live_rows, entries::SELECT_ENTRIES},
};

/// The columns that the journal proves. `updated_at`, `version`, the address of the run and the columns of figures are
/// not among them: nothing is decided by those.
pub(crate) const COMPARED: &str =
    "SELECT id, status, app, environment, git_ref, requested_by, reason, requested_at,
            finished_at, github_run_id, commit_id, failure_stage";
/// The migration that added commits. Its way down removes them, and then only the journal has them.
const COMMITS: i64 = 6;

/// Which rows to compare.
#[derive(Clone, Debug)]
pub enum Rows {
    /// This many by id, after this one.
    After(String, u32),
    /// Those that are live: one of each environment at most.
    Live,
}

/// The result.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Compared {
    /// Rows that were looked at.
    pub rows: u32,
    /// The last of them; none, where there are no more.
    pub last: Option<String>,
    /// The first that differs from the journal.
    pub difference: Option<Difference>,
}

#[derive(sqlx::FromRow)]
struct ComparedRow {
    id: String,
    status: String,
    app: String,
    environment: String,
    git_ref: String,
    requested_by: String,
    reason: Option<String>,
    requested_at: String,
    finished_at: Option<String>,
    github_run_id: Option<i64>,
    commit_id: Option<String>,
    failure_stage: Option<String>,
}

impl ComparedRow {
    fn difference(&self, expected: &ExpectedRow) -> Option<Difference> {
        let run = self.github_run_id.map(|run| run.to_string());
        let columns: [Column<'_>; 11] = [
            ("status", Some(&self.status)),
            ("app", Some(&self.app)),
            ("environment", Some(&self.environment)),
            ("git_ref", Some(&self.git_ref)),
            ("requested_by", Some(&self.requested_by)),
            ("reason", self.reason.as_deref()),
            ("github_run_id", run.as_deref()),
            ("commit_id", self.commit_id.as_deref()),
            ("failure_stage", self.failure_stage.as_deref()),
            ("requested_at", Some(&self.requested_at)),
            ("finished_at", self.finished_at.as_deref()),
        ];
        expected.difference(&self.id, &columns)
    }
}

impl Operation for Rows {
    type Answer = Compared;

    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<Compared, StoreError> {
        let select = match self {
            Self::After(id, limit) => Statement::new(COMPARED)
                .push(" FROM console_deploys WHERE id > ")
                .push_bind(id)
                .push(" ORDER BY id LIMIT ")
                .push_bind(i64::from(*limit)),
            Self::Live => live_rows::<S>(COMPARED).push(" ORDER BY id"),
        };
        let rows: Vec<ComparedRow> = tx.rows(select).await?;
        let last = match self {
            Self::After(_, limit) if rows.len() == *limit as usize => rows.last().map(|row| row.id.clone()),
            Self::After(..) | Self::Live => None,
        };
        let expected = self.expected(tx, &rows, last.as_deref()).await?;
        Ok(Compared {
            rows: u32::try_from(rows.len()).unwrap_or(u32::MAX),
            last,
            difference: first(&rows, expected),
        })
    }
}

impl Rows {
    /// The journal's version of these rows; and of deploys between them that have entries and no row.
    async fn expected<S: Tx>(
        &self,
        tx: &mut S,
        rows: &[ComparedRow],
        last: Option<&str>,
    ) -> Result<BTreeMap<String, ExpectedRow>, StoreError> {
        let new = ExpectedRow::new(commits_since(tx).await?);
        let ids = || rows.iter().map(|row| row.id.clone());
        let mut expected: BTreeMap<_, _> = ids().map(|id| (id, new.clone())).collect();
        let entries = Statement::new(SELECT_ENTRIES);
        let entries = match (self, last) {
            (Self::After(after, _), None) => entries.push(" WHERE deploy_id > ").push_bind(after),
            (Self::After(after, _), Some(last)) => entries
                .push(" WHERE deploy_id > ")
                .push_bind(after)
                .push(" AND deploy_id <= ")
                .push_bind(last),
            (Self::Live, _) => entries.push(" WHERE deploy_id ").push_in::<S>(ids().collect()),
        };
        let apply = |entry: StoredEntry| {
            if let Some(id) = &entry.deploy_id {
                expected.entry(id.clone()).or_insert_with(|| new.clone()).apply(entry);
            }
        };
        tx.each(entries.push(" ORDER BY deploy_id, sequence"), apply).await?;
        for id in owed(tx, ids().collect()).await? {
            expected.entry(id).and_modify(ExpectedRow::owes_rolled_back);
        }
        Ok(expected)
    }
}

/// The first difference in the order of ids: of a row, or a deploy that has entries and no row.
fn first(rows: &[ComparedRow], mut expected: BTreeMap<String, ExpectedRow>) -> Option<Difference> {
    let of_rows = rows.iter().find_map(|row| row.difference(&expected.remove(&row.id).unwrap_or_default()));
    let without_row = expected.into_keys().find(|id| rows.iter().all(|row| row.id != *id));
    let of_rest = without_row.map(|deploy| Difference {
        deploy,
        column: None,
        what: "there are entries in the journal, and no row".to_owned(),
    });
    [of_rows, of_rest].into_iter().flatten().min_by(|one, other| one.deploy.cmp(&other.deploy))
}

/// Deploys that a migration ended, whose entry is written at the next start.
async fn owed<S: Tx>(tx: &mut S, ids: Vec<String>) -> Result<Vec<String>, StoreError> {
    let select =
        Statement::new("SELECT deploy_id FROM rolled_back_deploys WHERE deploy_id ").push_in::<S>(ids);
    let owed: Vec<(String,)> = tx.rows(select).await?;
    Ok(owed.into_iter().map(|(id,)| id).collect())
}

/// When the column of commits was created, to the end of that second: the database records no fraction.
async fn commits_since<S: Tx>(tx: &mut S) -> Result<Option<Timestamp>, StoreError> {
    let since = schema::applied_at(tx, COMMITS).await?;
    Ok(since.and_then(|at| Timestamp::from_millisecond(at + 999).ok()))
}
