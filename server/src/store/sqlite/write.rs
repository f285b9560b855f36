//! What every write is made of: the transaction, the compare-and-swap, the entry in the journal.

use app::domain::{DeployId, FailureStage, Recorded, Source, Status, Timestamp, transition};
use sqlx::{Sqlite, SqliteConnection, SqlitePool, Transaction};

use crate::store::{
    Advance, Advanced, Attach, Note, Noted, RunRef, StoreError,
    journal::{Action, Draft},
    row::to_text,
};

/// Begins a write. IMMEDIATE, because a transaction that reads before it writes would otherwise find the
/// file changed under it and get a BUSY that no waiting cures.
pub(super) async fn begin(pool: &SqlitePool) -> Result<Transaction<'static, Sqlite>, StoreError> {
    Ok(pool.begin_with("BEGIN IMMEDIATE").await?)
}

/// The status of a row.
pub(super) async fn status(tx: &mut SqliteConnection, id: DeployId) -> Result<Option<Recorded>, StoreError> {
    let found: Option<String> = sqlx::query_scalar("SELECT status FROM console_deploys WHERE id = $1")
        .bind(id.to_string())
        .fetch_optional(tx)
        .await?;
    Ok(found.as_deref().map(Recorded::from))
}

/// Walks one edge for the console or the reconciler.
pub(super) async fn advance(tx: &mut SqliteConnection, advance: &Advance) -> Result<Advanced, StoreError> {
    let Some(current) = status(tx, advance.id).await? else { return Ok(Advanced::Missing) };
    let step = Swap {
        id: advance.id,
        to: advance.to,
        by: advance.source,
        failure_stage: advance.failure_stage,
        run: advance.run.as_ref(),
        at: advance.at,
    };
    match (swap(tx, &step).await?, current) {
        (true, Recorded::Known(previous)) => {
            append(tx, Draft::advanced(advance, previous)).await?;
            Ok(Advanced::Moved)
        }
        (_, current) => Ok(Advanced::Refused(current)),
    }
}

/// Writes the run down, once.
pub(super) async fn attach_run(tx: &mut SqliteConnection, attach: &Attach) -> Result<Advanced, StoreError> {
    let Some(current) = status(tx, attach.id).await? else { return Ok(Advanced::Missing) };
    if set_run(tx, attach.id, &attach.run, attach.at).await? {
        append(tx, Draft::run_found(attach)).await?;
        Ok(Advanced::Moved)
    } else {
        Ok(Advanced::Refused(current))
    }
}

/// Notes what does not move the row.
pub(super) async fn note(tx: &mut SqliteConnection, note: &Note) -> Result<Advanced, StoreError> {
    let Some(current) = status(tx, note.id).await? else { return Ok(Advanced::Missing) };
    let draft = Draft::noted(note);
    let said = match note.what {
        Noted::Run(_) => last_payload(tx, note.id, Action::RunObserved).await?,
        Noted::CancelRequested | Noted::CancelAnswered(_) => None,
    };
    if current.is_terminal() || said == Some(draft.payload.to_string()) {
        return Ok(Advanced::Refused(current));
    }
    sqlx::query(
        "UPDATE console_deploys SET version = version + 1, updated_at = max(updated_at, $1) WHERE id = $2",
    )
    .bind(to_text(note.at))
    .bind(note.id.to_string())
    .execute(&mut *tx)
    .await?;
    append(tx, draft).await?;
    Ok(Advanced::Moved)
}

/// What the newest entry of this kind says about a deploy.
async fn last_payload(
    tx: &mut SqliteConnection,
    id: DeployId,
    action: Action,
) -> Result<Option<String>, StoreError> {
    let found = sqlx::query_scalar(
        "SELECT payload FROM audit_log WHERE deploy_id = $1 AND action = $2 ORDER BY sequence DESC LIMIT 1",
    )
    .bind(id.to_string())
    .bind(action.as_str())
    .fetch_optional(tx)
    .await?;
    Ok(found)
}

/// Names the run of a row that knows none. Answers whether it did.
pub(super) async fn set_run(
    tx: &mut SqliteConnection,
    id: DeployId,
    run: &RunRef,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let set = sqlx::query(
        "UPDATE console_deploys
         SET github_run_id = $1, github_run_url = $2, version = version + 1, updated_at = max(updated_at, $3)
         WHERE id = $4 AND github_run_id IS NULL",
    )
    .bind(run.id)
    .bind(&run.url)
    .bind(to_text(at))
    .bind(id.to_string())
    .execute(tx)
    .await?;
    Ok(set.rows_affected() == 1)
}

/// One edge to walk.
pub(super) struct Swap<'a> {
    pub(super) id: DeployId,
    pub(super) to: Status,
    pub(super) by: Source,
    pub(super) failure_stage: Option<FailureStage>,
    pub(super) run: Option<&'a RunRef>,
    pub(super) at: Timestamp,
}

/// The compare-and-swap: moves the row if its status may precede the new one, by the domain's table. A run
/// id is written once. Answers whether the row moved.
pub(super) async fn swap(tx: &mut SqliteConnection, swap: &Swap<'_>) -> Result<bool, StoreError> {
    let from: Vec<Status> = transition::predecessors(swap.to, swap.by).collect();
    let moved = sqlx::query(
        "UPDATE console_deploys
         SET status         = $1,
             version        = version + 1,
             updated_at     = max(updated_at, $2),
             finished_at    = CASE WHEN $3 THEN max(updated_at, $2) END,
             failure_stage  = $4,
             github_run_url = CASE WHEN github_run_id IS NULL THEN $6 ELSE github_run_url END,
             github_run_id  = coalesce(github_run_id, $5)
         WHERE id = $7 AND status IN (SELECT value FROM json_each($8))",
    )
    .bind(swap.to.as_str())
    .bind(to_text(swap.at))
    .bind(swap.to.is_terminal())
    .bind(swap.failure_stage.map(FailureStage::as_str))
    .bind(swap.run.map(|run| run.id))
    .bind(swap.run.map(|run| run.url.as_str()))
    .bind(swap.id.to_string())
    .bind(serde_json::json!(from).to_string())
    .execute(tx)
    .await?;
    Ok(moved.rows_affected() == 1)
}

/// Appends an entry to the journal. The write lock makes "the last entry" ours alone.
pub(super) async fn append(tx: &mut SqliteConnection, draft: Draft) -> Result<(), StoreError> {
    let last: Option<(i64, String)> =
        sqlx::query_as("SELECT sequence, hash FROM audit_log ORDER BY sequence DESC LIMIT 1")
            .fetch_optional(&mut *tx)
            .await?;
    let entry = draft.chained(last);
    sqlx::query(
        "INSERT INTO audit_log (sequence, at, actor, action, deploy_id, payload, previous_hash, hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(entry.sequence)
    .bind(to_text(entry.at))
    .bind(entry.actor)
    .bind(entry.action)
    .bind(entry.deploy_id.map(|id| id.to_string()))
    .bind(entry.payload.to_string())
    .bind(entry.previous_hash)
    .bind(entry.hash)
    .execute(tx)
    .await?;
    Ok(())
}
