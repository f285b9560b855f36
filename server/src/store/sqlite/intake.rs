//! Callbacks: one transaction decides the delivery id, walks the edges, and writes row, journal and answer.

use app::domain::{Recorded, Source, transition};
use sqlx::SqliteConnection;

use super::write::{self, Swap, append};
use crate::store::{Decision, Delivery, ImpossibleRow, Received, StoreError, journal::Draft, row::to_text};

pub(super) async fn receive(tx: &mut SqliteConnection, delivery: &Delivery) -> Result<Received, StoreError> {
    if let Some(earlier) = earlier(tx, delivery).await? {
        return Ok(earlier);
    }
    let Some(current) = write::status(tx, delivery.deploy_id).await? else { return Ok(Received::Missing) };
    let decision = Decision::of(&current, delivery.claim);
    match &decision {
        Decision::Applied { .. } => walk(tx, delivery, &current).await?,
        Decision::Repeated { .. } => {
            note_run(tx, delivery).await?;
            append(tx, Draft::repeated(delivery)).await?;
        }
        Decision::Refused { current, .. } => append(tx, Draft::refused(delivery, current)).await?,
    }
    remember(tx, delivery, &decision).await?;
    Ok(Received::Decided(decision))
}

/// What was answered to this delivery id before.
async fn earlier(tx: &mut SqliteConnection, delivery: &Delivery) -> Result<Option<Received>, StoreError> {
    let found: Option<(String, String)> =
        sqlx::query_as("SELECT body_hash, answer FROM callback_deliveries WHERE delivery_id = $1")
            .bind(delivery.id.as_str())
            .fetch_optional(tx)
            .await?;
    let Some((body_hash, answer)) = found else { return Ok(None) };
    if body_hash != delivery.body_hash {
        return Ok(Some(Received::DeliveryIdReused));
    }
    let decision = serde_json::from_str(&answer).map_err(|_| ImpossibleRow {
        table: "callback_deliveries",
        id: delivery.id.to_string(),
        what: "answer cannot be read".to_owned(),
    })?;
    Ok(Some(Received::Replayed(decision)))
}

/// Walks every edge of the path, each with its entry in the journal.
async fn walk(tx: &mut SqliteConnection, delivery: &Delivery, current: &Recorded) -> Result<(), StoreError> {
    let Some(mut previous) = current.known() else { return Ok(()) };
    for to in transition::callback_path(previous, delivery.claim) {
        let step = Swap {
            id: delivery.deploy_id,
            to,
            by: Source::Callback,
            failure_stage: delivery.failure_stage,
            run: delivery.run.as_ref(),
            at: delivery.at,
        };
        // The write lock is ours since the status was read, so the guard agrees with the path.
        if !write::swap(tx, &step).await? {
            return Err(StoreError::Other(sqlx::Error::RowNotFound));
        }
        append(tx, Draft::applied(delivery, previous, to)).await?;
        previous = to;
    }
    Ok(())
}

/// A repetition moves nothing, but may be the first to name the run.
async fn note_run(tx: &mut SqliteConnection, delivery: &Delivery) -> Result<(), StoreError> {
    if let Some(run) = &delivery.run {
        write::set_run(tx, delivery.deploy_id, run, delivery.at).await?;
    }
    Ok(())
}

async fn remember(
    tx: &mut SqliteConnection,
    delivery: &Delivery,
    decision: &Decision,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO callback_deliveries (delivery_id, deploy_id, body_hash, answer, received_at)
         VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(delivery.id.as_str())
    .bind(delivery.deploy_id.to_string())
    .bind(&delivery.body_hash)
    .bind(serde_json::json!(decision).to_string())
    .bind(to_text(delivery.at))
    .execute(tx)
    .await?;
    Ok(())
}
