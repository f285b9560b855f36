//! Callbacks: one transaction decides the delivery id, walks the edges, and writes row, journal and answer.

use app::domain::{FreezeVerdict, Source, Status, StoredStatus, transition as table};

use crate::{
    Decision, Delivery, ImpossibleRow, Received, StoreError,
    audit::{self, Action, NewEntry},
    database::tx::{Operation, Statement, Tx},
    ops::{
        freezes,
        transition::{self, TransitionUpdate, append},
    },
    outbox::{Channels, WithChannels},
};

impl Operation for WithChannels<Delivery> {
    type Answer = Received;

    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<Received, StoreError> {
        let Self { operation: delivery, channels } = self;
        if let Some(earlier) = earlier(tx, delivery).await? {
            return Ok(earlier);
        }
        let Some(current) = transition::lock_status(tx, delivery.deploy_id).await? else {
            return Ok(Received::Missing);
        };
        let decision = Decision::of(&current, &delivery.claim);
        match &decision {
            Decision::Applied { status } => walk(tx, delivery, &current, *status, *channels).await?,
            Decision::Repeated { .. } => {
                note_run_and_commit(tx, delivery).await?;
                append(tx, NewEntry::repeated(delivery)).await?;
            }
            Decision::Refused { .. } | Decision::NotAStatus => {
                append(tx, NewEntry::refused(delivery, &current)).await?;
            }
        }
        remember(tx, delivery, &decision).await?;
        Ok(Received::Decided(decision))
    }
}

/// What was answered to this delivery id before.
async fn earlier<S: Tx>(tx: &mut S, delivery: &Delivery) -> Result<Option<Received>, StoreError> {
    let select = Statement::new("SELECT body_hash, answer FROM callback_deliveries WHERE delivery_id = $1")
        .bind(delivery.id.as_str());
    let found: Option<(String, String)> = tx.row(select).await?;
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
async fn walk<S: Tx>(
    tx: &mut S,
    delivery: &Delivery,
    current: &StoredStatus,
    claimed: Status,
    channels: Channels,
) -> Result<(), StoreError> {
    let Some(mut previous) = current.known() else { return Ok(()) };
    for to in table::callback_path(previous, claimed) {
        let step = TransitionUpdate {
            id: delivery.deploy_id,
            to,
            by: Source::Callback,
            failure_stage: delivery.failure_stage,
            run: delivery.run.as_ref(),
            commit: delivery.commit.as_ref(),
            committed_at: delivery.committed_at,
            past: None,
            at: delivery.at,
        };
        // The row is ours since its status was read, so the guard agrees with the path.
        if !transition::update_status(tx, &step, channels).await? {
            return Err(StoreError::Invariant("a row that is locked moves along the path of its status"));
        }
        let freeze = if to == Status::FreezeCheckStarted { Some(verdict(tx, delivery).await?) } else { None };
        append(tx, NewEntry::applied(delivery, previous, to, freeze)).await?;
        previous = to;
    }
    Ok(())
}

/// What the workflow is told at its freeze check: a freeze may have begun since the deploy was asked for.
async fn verdict<S: Tx>(tx: &mut S, delivery: &Delivery) -> Result<FreezeVerdict, StoreError> {
    let id = delivery.deploy_id;
    let select = Statement::new("SELECT app, environment FROM console_deploys WHERE id = $1").bind(id);
    let row: Option<(String, String)> = tx.row(select).await?;
    let (app, environment) = row.ok_or(StoreError::Invariant("a row that is locked is there"))?;
    let Some(frozen) = freezes::in_force(tx, &app, &environment, delivery.at).await? else {
        return Ok(FreezeVerdict::Open);
    };
    let requested = transition::last_payload(tx, id, Action::Requested).await?.unwrap_or_default();
    Ok(match audit::freeze_override_reason(&requested) {
        None => FreezeVerdict::Frozen(frozen),
        Some(reason) => FreezeVerdict::Overridden { reason, frozen },
    })
}

/// A repetition moves nothing, but may be the first to name the run, or the commit.
async fn note_run_and_commit<S: Tx>(tx: &mut S, delivery: &Delivery) -> Result<(), StoreError> {
    if let Some(run) = &delivery.run {
        transition::set_run(tx, delivery.deploy_id, run, delivery.at).await?;
    }
    if let Some(commit) = &delivery.commit {
        transition::set_commit(tx, delivery.deploy_id, commit, delivery.committed_at, delivery.at).await?;
    }
    Ok(())
}

async fn remember<S: Tx>(tx: &mut S, delivery: &Delivery, decision: &Decision) -> Result<(), StoreError> {
    let insert = Statement::new(
        "INSERT INTO callback_deliveries (delivery_id, deploy_id, body_hash, answer, received_at)
         VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(delivery.id.as_str())
    .bind(delivery.deploy_id)
    .bind(&delivery.body_hash)
    .bind(serde_json::json!(decision).to_string())
    .bind(delivery.at);
    tx.execute(insert).await?;
    Ok(())
}
