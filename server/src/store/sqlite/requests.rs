//! Dispatch requests: the key, the row and the journal entry are written together or not at all.

use app::domain::{DeployId, Status, Timestamp};
use sqlx::SqliteConnection;

use super::write::append;
use crate::store::{ImpossibleRow, OpenRequest, Opened, StoreError, journal::Draft, row::to_text};

pub(super) async fn open(tx: &mut SqliteConnection, request: &OpenRequest) -> Result<Opened, StoreError> {
    if let Some(earlier) = earlier(tx, request).await? {
        return Ok(earlier);
    }
    if let Some(other) = under_way(tx, request).await? {
        return Ok(Opened::UnderWay(other));
    }
    insert_row(tx, request).await?;
    insert_key(tx, request).await?;
    append(tx, Draft::requested(request)).await?;
    Ok(Opened::New)
}

/// What this key was used for before.
async fn earlier(tx: &mut SqliteConnection, request: &OpenRequest) -> Result<Option<Opened>, StoreError> {
    let found: Option<(String, String, bool)> = sqlx::query_as(
        "SELECT fingerprint, deploy_id, answered_at IS NULL AND created_at > $3
         FROM idempotency_keys WHERE actor = $1 AND key = $2",
    )
    .bind(&request.actor)
    .bind(&request.key)
    .bind(to_text(request.in_flight_since))
    .fetch_optional(tx)
    .await?;
    let Some((fingerprint, deploy_id, in_flight)) = found else { return Ok(None) };
    Ok(Some(match () {
        () if fingerprint != request.fingerprint => Opened::KeyReused,
        () if in_flight => Opened::InFlight,
        () => Opened::Replayed(parse_id("idempotency_keys", &request.key, &deploy_id)?),
    }))
}

/// The deploy that is in the way. The partial unique index says the same, for whoever forgets to ask.
async fn under_way(tx: &mut SqliteConnection, request: &OpenRequest) -> Result<Option<DeployId>, StoreError> {
    let found: Option<String> = sqlx::query_scalar(
        "SELECT id FROM console_deploys
         WHERE app = $1 AND environment = $2 AND status NOT IN ('succeeded', 'failed', 'timed_out')",
    )
    .bind(&request.app)
    .bind(&request.environment)
    .fetch_optional(tx)
    .await?;
    found.map(|id| parse_id("console_deploys", &id, &id)).transpose()
}

async fn insert_row(tx: &mut SqliteConnection, request: &OpenRequest) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO console_deploys
           (id, app, environment, git_ref, status, version, requested_by, reason, requested_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, 1, $6, $7, $8, $8)",
    )
    .bind(request.id.to_string())
    .bind(&request.app)
    .bind(&request.environment)
    .bind(request.git_ref.as_str())
    .bind(Status::Requested.as_str())
    .bind(&request.actor)
    .bind(request.reason.as_deref())
    .bind(to_text(request.at))
    .execute(tx)
    .await?;
    Ok(())
}

async fn insert_key(tx: &mut SqliteConnection, request: &OpenRequest) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO idempotency_keys (actor, key, fingerprint, deploy_id, created_at)
         VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(&request.actor)
    .bind(&request.key)
    .bind(&request.fingerprint)
    .bind(request.id.to_string())
    .bind(to_text(request.at))
    .execute(tx)
    .await?;
    Ok(())
}

pub(super) async fn answered(
    tx: &mut SqliteConnection,
    id: DeployId,
    at: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE idempotency_keys SET answered_at = $1 WHERE deploy_id = $2 AND answered_at IS NULL")
        .bind(to_text(at))
        .bind(id.to_string())
        .execute(tx)
        .await?;
    Ok(())
}

fn parse_id(table: &'static str, row: &str, id: &str) -> Result<DeployId, StoreError> {
    let impossible =
        || ImpossibleRow { table, id: row.to_owned(), what: "the deploy id cannot be read".to_owned() };
    Ok(id.parse().map_err(|_| impossible())?)
}
