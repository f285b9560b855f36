//! Reads. None of them waits for a writer.

use std::collections::HashMap;

use app::{api::JournalEntry, domain::DeployId};
use sqlx::{QueryBuilder, Sqlite, SqlitePool};

use crate::store::{
    DeployFilter, EntryFilter, ImpossibleRow, StatusFilter, StoreError, StoredDeploy, StoredEntry,
    journal::Story,
    row::{DeployRow, to_text},
};

pub(super) async fn deploy(pool: &SqlitePool, id: DeployId) -> Result<Option<StoredDeploy>, StoreError> {
    // One snapshot for row and journal: they must not be read from two different moments.
    let mut tx = pool.begin_with("BEGIN").await?;
    let row: Option<DeployRow> = sqlx::query_as("SELECT * FROM console_deploys WHERE id = $1")
        .bind(id.to_string())
        .fetch_optional(&mut *tx)
        .await?;
    let deploys = with_history(&mut tx, row.into_iter().collect()).await?;
    Ok(deploys.into_iter().next())
}

pub(super) async fn deploys(
    pool: &SqlitePool,
    filter: &DeployFilter,
) -> Result<Vec<StoredDeploy>, StoreError> {
    let mut query = select(filter);
    let mut tx = pool.begin_with("BEGIN").await?;
    let rows: Vec<DeployRow> = query.build_query_as().fetch_all(&mut *tx).await?;
    with_history(&mut tx, rows).await
}

fn select(filter: &DeployFilter) -> QueryBuilder<Sqlite> {
    let mut query = QueryBuilder::new("SELECT * FROM console_deploys WHERE true");
    if let Some(app) = &filter.app {
        query.push(" AND app = ").push_bind(app.clone());
    }
    if let Some(environment) = &filter.environment {
        query.push(" AND environment = ").push_bind(environment.clone());
    }
    match &filter.status {
        StatusFilter::Any => {}
        StatusFilter::Is(status) => {
            query.push(" AND status = ").push_bind(status.clone());
        }
        StatusFilter::Live => {
            query.push(" AND status NOT IN ('succeeded', 'failed', 'timed_out')");
        }
        StatusFilter::Ended => {
            query.push(" AND status IN ('succeeded', 'failed', 'timed_out')");
        }
    }
    if let Some((requested_at, id)) = filter.before {
        query.push(" AND (requested_at, id) < (").push_bind(to_text(requested_at));
        query.push(", ").push_bind(id.to_string()).push(")");
    }
    query.push(" ORDER BY requested_at DESC, id DESC LIMIT ").push_bind(i64::from(filter.limit));
    query
}

async fn with_history(
    tx: &mut sqlx::SqliteConnection,
    rows: Vec<DeployRow>,
) -> Result<Vec<StoredDeploy>, StoreError> {
    let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    let mut stories: HashMap<DeployId, Story> = HashMap::new();
    for entry in entries(tx, &ids).await? {
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

pub(super) async fn journal(pool: &SqlitePool, id: DeployId) -> Result<Vec<JournalEntry>, StoreError> {
    entries(&mut *pool.acquire().await?, &[&id.to_string()]).await
}

async fn entries(tx: &mut sqlx::SqliteConnection, ids: &[&str]) -> Result<Vec<JournalEntry>, StoreError> {
    let rows: Vec<StoredEntry> = sqlx::query_as(
        "SELECT * FROM audit_log WHERE deploy_id IN (SELECT value FROM json_each($1)) ORDER BY sequence",
    )
    .bind(serde_json::json!(ids).to_string())
    .fetch_all(tx)
    .await?;
    let entries: Result<Vec<JournalEntry>, ImpossibleRow> =
        rows.into_iter().map(JournalEntry::try_from).collect();
    Ok(entries?)
}

pub(super) async fn page(pool: &SqlitePool, filter: &EntryFilter) -> Result<Vec<StoredEntry>, StoreError> {
    let mut query = QueryBuilder::<Sqlite>::new("SELECT * FROM audit_log WHERE sequence > ");
    query.push_bind(filter.after);
    if let Some(id) = filter.deploy_id {
        query.push(" AND deploy_id = ").push_bind(id.to_string());
    }
    query.push(" ORDER BY sequence LIMIT ").push_bind(i64::from(filter.limit));
    Ok(query.build_query_as().fetch_all(pool).await?)
}

pub(super) async fn last(pool: &SqlitePool) -> Result<Option<StoredEntry>, StoreError> {
    let last = sqlx::query_as("SELECT * FROM audit_log ORDER BY sequence DESC LIMIT 1");
    Ok(last.fetch_optional(pool).await?)
}
