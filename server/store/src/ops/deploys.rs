//! Reads, each in one snapshot: row and journal must not come from two different moments.

pub(crate) mod visible;

use std::collections::HashMap;

use app::domain::{DeployId, JournalEntry, StoredStatus, Visible};

use crate::{
    DeployFilter, StatusFilter, StoreError, StoredDeploy, StoredEntry, StoredPage,
    audit::{self, DeployProjection, is_news},
    database::{
        schema::{self, Applied},
        status_sql::{ENDED, LIVE},
        tx::{Operation, Statement, Tx},
    },
    ops::entries::{PAGE_BYTES, SELECT_ENTRIES, last_within},
    row::DeployRow,
};

use self::visible::{Asked, push_visible};

/// The columns of a [`DeployRow`], by name: a newer build may add others while this one runs, and a prepared
/// `SELECT *` then fails.
const COLUMNS: &str = "SELECT id, app, environment, git_ref, status, version, github_run_id, github_run_url,
            requested_by, reason, requested_at, updated_at, finished_at, failure_stage, commit_id";

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
    let mut limit = filter.limit;
    loop {
        let asked = DeployFilter { limit, ..filter.clone() };
        let rows: Vec<DeployRow> = tx.rows(select::<S>(&asked)).await?;
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

impl DeployFilter {
    /// Whether all of what is asked for is under way.
    fn is_of_live(&self) -> bool {
        match &self.status {
            StatusFilter::Live => true,
            StatusFilter::Is(status) => !StoredStatus::from(status.as_str()).is_terminal(),
            StatusFilter::Any | StatusFilter::Ended => false,
        }
    }

    /// The index for this filter, in the order of the page. With both a person and an app, it is the app's: a person
    /// may have requested nearly everything.
    pub(crate) const fn index(&self) -> &'static str {
        let is_of_end = match self.status {
            StatusFilter::Is(_) => true,
            StatusFilter::Any | StatusFilter::Live | StatusFilter::Ended => false,
        };
        match (self.app.is_some(), self.environment.is_some(), self.requested_by.is_some(), is_of_end) {
            (true, true, _, false) => "console_deploys_newest_of_environment",
            (true, true, _, true) => "console_deploys_ended_of_environment",
            (true, false, _, false) => "console_deploys_newest_of_app",
            (true, false, _, true) => "console_deploys_ended_of_app",
            (false, _, true, false) => "console_deploys_newest_of_person",
            (false, _, true, true) => "console_deploys_ended_of_person",
            (false, true, false, false) => "console_deploys_newest_anywhere",
            (false, true, false, true) => "console_deploys_ended_anywhere",
            (false, false, false, false) => "console_deploys_newest",
            (false, false, false, true) => "console_deploys_ended",
        }
    }

    /// Only apps that are not seen are asked for; or U+0000, which no row holds and Postgres refuses as a value.
    fn finds_nothing(&self) -> bool {
        matches!(Asked::of(&self.visible, self.app.as_deref()), Asked::Hidden) || self.asks_for_nul()
    }

    fn asks_for_nul(&self) -> bool {
        let status = match &self.status {
            StatusFilter::Is(status) => Some(status),
            StatusFilter::Any | StatusFilter::Live | StatusFilter::Ended => None,
        };
        let texts = [self.app.as_ref(), self.environment.as_ref(), self.requested_by.as_ref(), status];
        texts.into_iter().flatten().any(|text| text.contains('\0'))
    }
}

/// Live deploys are few, one per environment at most, and have an index of their own. They are read first, and then
/// filtered: neither database could know that it would scan a million others for them.
fn under_way<S: Tx>() -> Statement {
    push_live::<S>(Statement::new("WITH live AS MATERIALIZED (").push(COLUMNS))
        .push(") ")
        .push(COLUMNS)
        .push(" FROM live WHERE true")
}

fn push_live<S: Tx>(select: Statement) -> Statement {
    select
        .push(" FROM console_deploys")
        .push_index_hint::<S>("console_deploys_one_live")
        .push(" WHERE ")
        .push(LIVE)
}

/// These columns of live deploys.
pub(crate) fn live_rows<S: Tx>(columns: &'static str) -> Statement {
    push_live::<S>(Statement::new(columns))
}

pub(crate) fn select<S: Tx>(filter: &DeployFilter) -> Statement {
    let select = match Asked::of(&filter.visible, filter.app.as_deref()) {
        // With a person, it is the person's index: they deployed little of what they do not see any more.
        Asked::Apart(apps) if !filter.is_of_live() && filter.requested_by.is_none() => {
            of_each_app::<S>(filter, &apps)
        }
        Asked::Apart(_) | Asked::Among | Asked::Hidden => {
            push_visible::<S>(of_one_part::<S>(filter), &filter.visible)
        }
        Asked::Nothing => of_one_part::<S>(filter),
    };
    push_page(select, filter)
}

fn push_page(select: Statement, filter: &DeployFilter) -> Statement {
    select.push(" ORDER BY requested_at DESC, id DESC LIMIT ").push_bind(i64::from(filter.limit))
}

/// Each app by its own index, in the order of the page: the parts are merged, and no more is read of each than
/// the page may need.
fn of_each_app<S: Tx>(filter: &DeployFilter, apps: &[&str]) -> Statement {
    let (before, after) = S::PART.unwrap_or_default();
    let mut select: Option<Statement> = None;
    for app in apps {
        let of_app = DeployFilter { app: Some((*app).to_owned()), ..filter.clone() };
        let begun = match select {
            None => Statement::new(before),
            Some(select) => select.push(" UNION ALL ").push(before),
        };
        let part = push_conditions(of_table::<S>(begun.push(COLUMNS), &of_app), &of_app);
        select = Some(if S::PART.is_some() { push_page(part, filter).push(after) } else { part });
    }
    select.unwrap_or_else(|| of_one_part::<S>(filter))
}

/// Everything that is asked for but whether it is seen.
fn of_one_part<S: Tx>(filter: &DeployFilter) -> Statement {
    let select =
        if filter.is_of_live() { under_way::<S>() } else { of_table::<S>(Statement::new(COLUMNS), filter) };
    push_conditions(select, filter)
}

fn of_table<S: Tx>(columns: Statement, filter: &DeployFilter) -> Statement {
    let select = columns.push(" FROM console_deploys").push_index_hint::<S>(filter.index()).push(" WHERE ");
    match &filter.status {
        StatusFilter::Any | StatusFilter::Live => select.push("true"),
        StatusFilter::Ended | StatusFilter::Is(_) => select.push(ENDED),
    }
}

fn push_conditions(mut select: Statement, filter: &DeployFilter) -> Statement {
    if let StatusFilter::Is(status) = &filter.status {
        select = select.push(" AND status = ").push_bind(status);
    }
    for (column, text) in [
        (" AND app = ", &filter.app),
        (" AND environment = ", &filter.environment),
        (" AND requested_by = ", &filter.requested_by),
    ] {
        if let Some(text) = text {
            select = select.push(column).push_bind(text);
        }
    }
    if let Some(since) = filter.since {
        select = select.push(" AND requested_at >= ").push_bind(since);
    }
    // Of two lower bounds, an index uses the first that is written.
    let place = filter.before.filter(|(at, _)| filter.until.is_none_or(|until| *at < until));
    if let Some((requested_at, id)) = place {
        select = select.push(" AND (requested_at, id) < (").push_bind(requested_at);
        select = select.push(", ").push_bind(id).push(")");
    } else if let Some(until) = filter.until {
        select = select.push(" AND requested_at < ").push_bind(until);
    }
    select
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

/// Of the newest deploys of a person, one is of an app. More are not looked at: a robot may have requested half a million
/// of apps that are not seen, and this list only suggests.
const THEIR_NEWEST: &str = " AND EXISTS (SELECT 1 FROM (
       SELECT d.app FROM console_deploys d WHERE d.requested_by = people.name
       ORDER BY d.requested_at DESC, d.id DESC LIMIT 1000
     ) AS newest WHERE newest.app ";

/// People who requested deploys.
pub(crate) struct People {
    pub(crate) limit: u32,
    pub(crate) visible: Visible,
}

/// Jumps from each name to the next one by the index, and does not scan all deploys.
impl Operation for People {
    type Answer = Vec<String>;

    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<Vec<String>, StoreError> {
        let select = Statement::new(
            "WITH RECURSIVE people (name) AS (
               SELECT min(requested_by) FROM console_deploys
               UNION ALL
               SELECT (SELECT min(d.requested_by) FROM console_deploys d WHERE d.requested_by > people.name)
               FROM people WHERE people.name IS NOT NULL
             )
             SELECT name FROM people WHERE name IS NOT NULL",
        );
        let select = match &self.visible {
            Visible::All => select,
            Visible::Only(apps) => select.push(THEIR_NEWEST).push_in::<S>(apps.clone()).push(")"),
        };
        let select = select.push(" LIMIT ").push_bind(i64::from(self.limit));
        let names: Vec<(String,)> = tx.rows(select).await?;
        Ok(names.into_iter().map(|(name,)| name).collect())
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
