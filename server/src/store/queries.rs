//! Reads, each in one snapshot: row and journal must not be read from two different moments.

use std::collections::HashMap;

use app::{api::JournalEntry, domain::DeployId};

use super::{
    DeployFilter, EntryFilter, ImpossibleRow, StatusFilter, StoreError, StoredDeploy, StoredEntry,
    journal::Story,
    row::DeployRow,
    schema::{self, Applied},
    session::{Act, Session, Statement},
};

/// The columns of a [`DeployRow`], by name: a newer build may add others while this one runs, and a prepared
/// `SELECT *` then fails.
const SELECT_DEPLOYS: &str =
    "SELECT id, app, environment, git_ref, status, version, github_run_id, github_run_url,
            requested_by, reason, requested_at, updated_at, finished_at, failure_stage, commit_id
     FROM console_deploys";
/// The columns of a [`StoredEntry`], for the same reason.
const SELECT_ENTRIES: &str =
    "SELECT sequence, at, actor, action, deploy_id, payload, previous_hash, hash FROM audit_log";

/// One deploy, with its history.
pub(super) struct OneDeploy(pub(super) DeployId);

impl Act for OneDeploy {
    type Answer = Option<StoredDeploy>;

    async fn perform<S: Session>(&self, session: &mut S) -> Result<Option<StoredDeploy>, StoreError> {
        let select = Statement::new(SELECT_DEPLOYS).push(" WHERE id = ").push_bind(self.0);
        let rows = session.rows(select).await?;
        Ok(with_history(session, rows).await?.into_iter().next())
    }
}

impl Act for DeployFilter {
    type Answer = Vec<StoredDeploy>;

    async fn perform<S: Session>(&self, session: &mut S) -> Result<Vec<StoredDeploy>, StoreError> {
        if self.asks_for_nul() {
            return Ok(Vec::new());
        }
        let rows = session.rows(select(self)).await?;
        with_history(session, rows).await
    }
}

impl DeployFilter {
    /// No row holds U+0000, and Postgres takes it for a mistake to ask.
    fn asks_for_nul(&self) -> bool {
        let status = match &self.status {
            StatusFilter::Is(status) => Some(status),
            StatusFilter::Any | StatusFilter::Live | StatusFilter::Ended => None,
        };
        let texts = [self.app.as_ref(), self.environment.as_ref(), status];
        texts.into_iter().flatten().any(|text| text.contains('\0'))
    }
}

fn select(filter: &DeployFilter) -> Statement {
    let mut select = Statement::new(SELECT_DEPLOYS).push(" WHERE true");
    if let Some(app) = &filter.app {
        select = select.push(" AND app = ").push_bind(app);
    }
    if let Some(environment) = &filter.environment {
        select = select.push(" AND environment = ").push_bind(environment);
    }
    select = match &filter.status {
        StatusFilter::Any => select,
        StatusFilter::Is(status) => select.push(" AND status = ").push_bind(status),
        StatusFilter::Live => select.push(" AND status NOT IN ('succeeded', 'failed', 'timed_out')"),
        StatusFilter::Ended => select.push(" AND status IN ('succeeded', 'failed', 'timed_out')"),
    };
    if let Some((requested_at, id)) = filter.before {
        select = select.push(" AND (requested_at, id) < (").push_bind(requested_at);
        select = select.push(", ").push_bind(id).push(")");
    }
    select.push(" ORDER BY requested_at DESC, id DESC LIMIT ").push_bind(i64::from(filter.limit))
}

async fn with_history<S: Session>(
    session: &mut S,
    rows: Vec<DeployRow>,
) -> Result<Vec<StoredDeploy>, StoreError> {
    let ids = rows.iter().map(|row| row.id.clone()).collect();
    let mut stories: HashMap<DeployId, Story> = HashMap::new();
    for entry in entries(session, ids).await? {
        if let Some(id) = entry.deploy_id {
            stories.entry(id).or_default().hear(&entry);
        }
    }
    rows.into_iter()
        .map(|row| {
            let deploy = StoredDeploy::try_from(row)?;
            let story = stories.remove(&deploy.id).unwrap_or_default();
            Ok(deploy.with(story))
        })
        .collect()
}

/// The journal of one deploy, oldest first.
pub(super) struct JournalOf(pub(super) DeployId);

impl Act for JournalOf {
    type Answer = Vec<JournalEntry>;

    async fn perform<S: Session>(&self, session: &mut S) -> Result<Vec<JournalEntry>, StoreError> {
        entries(session, vec![self.0.to_string()]).await
    }
}

async fn entries<S: Session>(session: &mut S, ids: Vec<String>) -> Result<Vec<JournalEntry>, StoreError> {
    let select = Statement::new(SELECT_ENTRIES)
        .push(" WHERE deploy_id ")
        .push_among::<S>(ids)
        .push(" ORDER BY sequence");
    let rows: Vec<StoredEntry> = session.rows(select).await?;
    let entries: Result<Vec<JournalEntry>, ImpossibleRow> =
        rows.into_iter().map(JournalEntry::try_from).collect();
    Ok(entries?)
}

impl Act for EntryFilter {
    type Answer = Vec<StoredEntry>;

    async fn perform<S: Session>(&self, session: &mut S) -> Result<Vec<StoredEntry>, StoreError> {
        let mut select = Statement::new(SELECT_ENTRIES).push(" WHERE sequence > ").push_bind(self.after);
        if let Some(id) = self.deploy_id {
            select = select.push(" AND deploy_id = ").push_bind(id);
        }
        let select = select.push(" ORDER BY sequence LIMIT ").push_bind(i64::from(self.limit));
        Ok(session.rows(select).await?)
    }
}

/// The last entry of the whole journal.
pub(super) struct LastEntry;

impl Act for LastEntry {
    type Answer = Option<StoredEntry>;

    async fn perform<S: Session>(&self, session: &mut S) -> Result<Option<StoredEntry>, StoreError> {
        let select = Statement::new(SELECT_ENTRIES).push(" ORDER BY sequence DESC LIMIT 1");
        Ok(session.row(select).await?)
    }
}

/// The migrations that the database has.
pub(super) struct AppliedMigrations;

impl Act for AppliedMigrations {
    type Answer = Vec<Applied>;

    async fn perform<S: Session>(&self, session: &mut S) -> Result<Vec<Applied>, StoreError> {
        Ok(schema::applied(session).await?)
    }
}
