//! Callbacks: one transaction decides the delivery id, walks the edges, and writes row, journal and answer.

use std::borrow::Cow;

use app::domain::{
    DeployId, FreezeVerdict, Origin, RunRef, Source, Status, StoredStatus, transition as table,
};

use crate::{
    Decided, Decision, Delivery, ImpossibleRow, Place, Received, StoreError,
    audit::{self, Action, DeployProjection, NewEntry, event::Contradiction},
    database::status_sql::LIVE,
    database::tx::{Operation, Statement, Tx},
    ops::{
        deploys,
        dispatch::approve::awaits_approval,
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
        let named = delivery.deploy_id;
        let Some((mut current, place)) = transition::lock_row(tx, named).await? else {
            return Ok(Received::Missing);
        };
        if let Some(contradiction) = contradiction(tx, delivery).await? {
            append(tx, NewEntry::contradicted(delivery, contradiction, &current)).await?;
            return Ok(Received::Contradicted(contradiction));
        }
        let mut delivery = of_proved_run(delivery);
        if current.is_terminal()
            && let Some(rerun) = live_rerun(tx, &delivery).await?
            && let Some((status, _)) = transition::lock_row(tx, rerun).await?
        {
            (current, delivery.to_mut().deploy_id) = (status, rerun);
        }
        let rerun = Some(delivery.deploy_id).filter(|id| *id != named);
        let delivery = &*delivery;
        let decision = decide(tx, &current, delivery).await?;
        let decided = LockedDelivery::new(delivery, place).decide(tx, &current, decision, *channels).await?;
        remember(tx, delivery, &decided.decision).await?;
        Ok(Received::Decided(Decided { rerun, ..decided }))
    }
}

/// Whether another run is named than the one that GitHub vouched for: by the callback itself, or by the deploy, whose row is
/// locked. A later attempt of a run is the same run.
async fn contradiction<S: Tx>(tx: &mut S, delivery: &Delivery) -> Result<Option<Contradiction>, StoreError> {
    let Some(proof) = &delivery.proof else { return Ok(None) };
    let differs = |said: Option<i64>, proved: i64| said.is_some_and(|said| said != proved);
    if differs(delivery.run_id, proof.run_id) || differs(delivery.run_attempt, proof.run_attempt) {
        return Ok(Some(Contradiction::Callback));
    }
    let select =
        Statement::new("SELECT github_run_id FROM console_deploys WHERE id = $1").bind(delivery.deploy_id);
    let known: Option<(Option<i64>,)> = tx.row(select).await?;
    let known = known.and_then(|(run,)| run);
    Ok(differs(known, proof.run_id).then_some(Contradiction::Deploy))
}

/// The delivery with the run that GitHub vouched for, where it did, in place of what it says itself.
fn of_proved_run(delivery: &Delivery) -> Cow<'_, Delivery> {
    let Some(proof) = &delivery.proof else { return Cow::Borrowed(delivery) };
    let (run_id, run_attempt) = (Some(proof.run_id), Some(proof.run_attempt));
    Cow::Owned(Delivery { run_id, run_attempt, ..delivery.clone() })
}

/// The deploy of the attempt that a callback is about, where that was run again after the deploy of the path had ended:
/// a workflow that is run again still names the first.
async fn live_rerun<S: Tx>(tx: &mut S, delivery: &Delivery) -> Result<Option<DeployId>, StoreError> {
    let (Some(run), Some(attempt)) = (delivery.run_id, delivery.run_attempt.filter(|attempt| *attempt > 1))
    else {
        return Ok(None);
    };
    let select = Statement::new("SELECT id FROM console_deploys WHERE github_run_id = ")
        .push_bind(run)
        .push(" AND ")
        .push(LIVE);
    let live: Vec<(String,)> = tx.rows(select).await?;
    let ids: Vec<String> = live.into_iter().map(|(id,)| id).collect();
    let projections = if ids.is_empty() { return Ok(None) } else { deploys::projections(tx, ids).await? };
    let first = delivery.deploy_id;
    let is_it = |projection: &DeployProjection| match projection.origin {
        Origin::Rerun { deploy_id, attempt: own, .. } => deploy_id == first && own == attempt,
        Origin::Request
        | Origin::Rollback { .. }
        | Origin::Promotion { .. }
        | Origin::GitHub { .. }
        | Origin::Unknown => false,
    };
    Ok(projections.into_iter().find(|(_, projection)| is_it(projection)).map(|(id, _)| id))
}

/// What a claim comes to. Only that of a leg, or of a deploy that has to be approved, depends on what was said before.
async fn decide<S: Tx>(
    tx: &mut S,
    current: &StoredStatus,
    delivery: &Delivery,
) -> Result<Decision, StoreError> {
    if let Some(claimed) = table::claimable(&delivery.claim)
        && awaits_approval(tx, delivery.deploy_id, current).await?
    {
        // GitHub was never asked for it: this is of a run that somebody started by hand, and proves no approval.
        return Ok(Decision::Refused { current: current.clone(), claimed });
    }
    let Some(leg) = &delivery.leg else { return Ok(Decision::of(current, &delivery.claim)) };
    let id = delivery.deploy_id;
    let heard = deploys::projections(tx, vec![id.to_string()]).await?.remove(&id).unwrap_or_default().legs;
    Ok(Decision::of_leg(current, &delivery.claim, leg, &heard))
}

/// The earlier answer to this delivery id.
async fn earlier<S: Tx>(tx: &mut S, delivery: &Delivery) -> Result<Option<Received>, StoreError> {
    let select =
        Statement::new("SELECT body_hash, answer, deploy_id FROM callback_deliveries WHERE delivery_id = $1")
            .bind(delivery.id.as_str());
    let found: Option<(String, String, String)> = tx.row(select).await?;
    let Some((body_hash, answer, deploy_id)) = found else { return Ok(None) };
    if body_hash != delivery.body_hash {
        return Ok(Some(Received::DeliveryIdReused));
    }
    let impossible = |what: &str| ImpossibleRow {
        table: "callback_deliveries",
        id: delivery.id.to_string(),
        what: what.to_owned(),
    };
    let decision = serde_json::from_str(&answer).map_err(|_| impossible("answer cannot be read"))?;
    let deploy_id: DeployId = deploy_id.parse().map_err(|_| impossible("deploy_id is none"))?;
    let freeze = told(tx, deploy_id, &decision).await?;
    let rerun = Some(deploy_id).filter(|id| *id != delivery.deploy_id);
    Ok(Some(Received::Replayed(Decided { rerun, decision, freeze })))
}

/// The verdict that the workflow got when its freeze check began, if the decision is about that check.
async fn told<S: Tx>(
    tx: &mut S,
    id: DeployId,
    decision: &Decision,
) -> Result<Option<FreezeVerdict>, StoreError> {
    match decision {
        Decision::Applied { status: Status::FreezeCheckStarted }
        | Decision::Repeated { status: Status::FreezeCheckStarted }
        | Decision::Noted { status: Status::FreezeCheckStarted } => {}
        Decision::Applied { .. }
        | Decision::Repeated { .. }
        | Decision::Noted { .. }
        | Decision::Refused { .. }
        | Decision::NotAStatus => return Ok(None),
    }
    let told = deploys::projections(tx, vec![id.to_string()]).await?.remove(&id);
    Ok(told.and_then(|told| told.freeze))
}

/// A delivery about a row that is locked.
struct LockedDelivery<'a> {
    /// The run is removed where it has no page: the row and the journal name it, or neither does.
    delivery: Cow<'a, Delivery>,
    run: Option<RunRef>,
    place: Place,
}

impl<'a> LockedDelivery<'a> {
    fn new(delivery: &'a Delivery, place: Place) -> Self {
        let run = delivery.run_id.and_then(|id| delivery.run_pages.run_ref(&place, id));
        let delivery = if delivery.run_id.is_some() && run.is_none() {
            Cow::Owned(Delivery { run_id: None, ..delivery.clone() })
        } else {
            Cow::Borrowed(delivery)
        };
        Self { delivery, run, place }
    }

    /// Records the decision.
    async fn decide<S: Tx>(
        &self,
        tx: &mut S,
        current: &StoredStatus,
        decision: Decision,
        channels: Channels,
    ) -> Result<Decided, StoreError> {
        let freeze = match &decision {
            Decision::Applied { status } => self.walk(tx, current, *status, channels).await?,
            Decision::Repeated { .. } => {
                self.note_run_and_commit(tx).await?;
                append(tx, NewEntry::repeated(&self.delivery)).await?;
                told(tx, self.delivery.deploy_id, &decision).await?
            }
            Decision::Noted { .. } => {
                self.note_run_and_commit(tx).await?;
                transition::touch(tx, self.delivery.deploy_id, self.delivery.at).await?;
                append(tx, NewEntry::counted(&self.delivery)).await?;
                told(tx, self.delivery.deploy_id, &decision).await?
            }
            Decision::Refused { .. } | Decision::NotAStatus => {
                append(tx, NewEntry::refused(&self.delivery, current)).await?;
                None
            }
        };
        Ok(Decided { freeze, ..decision.into() })
    }

    /// Walks every edge of the path, each with its entry in the journal. Returns the freeze verdict if the path ends at
    /// the freeze check.
    async fn walk<S: Tx>(
        &self,
        tx: &mut S,
        current: &StoredStatus,
        claimed: Status,
        channels: Channels,
    ) -> Result<Option<FreezeVerdict>, StoreError> {
        let mut freeze = None;
        let Some(mut previous) = current.known() else { return Ok(freeze) };
        for to in table::callback_path(previous, claimed) {
            // The row has been locked since its status was read, so the guard agrees with the path.
            if !transition::update_status(tx, &self.update(to), channels).await? {
                return Err(StoreError::Invariant("a row that is locked moves along the path of its status"));
            }
            freeze = if to == Status::FreezeCheckStarted { Some(self.verdict(tx).await?) } else { None };
            append(tx, NewEntry::applied(&self.delivery, previous, to, freeze.clone())).await?;
            previous = to;
        }
        Ok(freeze)
    }

    fn update(&self, to: Status) -> TransitionUpdate<'_> {
        TransitionUpdate {
            id: self.delivery.deploy_id,
            to,
            by: Source::Callback.into(),
            failure_stage: self.delivery.failure_stage,
            run: self.run.as_ref(),
            commit: self.delivery.commit.as_ref(),
            committed_at: self.delivery.committed_at,
            past: None,
            at: self.delivery.at,
        }
    }

    /// The freeze verdict for the workflow: a freeze may have begun since the deploy was requested.
    async fn verdict<S: Tx>(&self, tx: &mut S) -> Result<FreezeVerdict, StoreError> {
        let Place { app, environment } = &self.place;
        let Some(frozen) = freezes::in_force(tx, app, environment, self.delivery.at).await? else {
            return Ok(FreezeVerdict::Open);
        };
        let id = self.delivery.deploy_id;
        let requested = transition::last_payload(tx, id, Action::Requested).await?.unwrap_or_default();
        Ok(match audit::freeze_override_reason(&requested) {
            None => FreezeVerdict::Frozen(frozen),
            Some(reason) => FreezeVerdict::Overridden { reason, frozen },
        })
    }

    /// A repetition, or a further leg, moves nothing, but may be the first to name the run or the commit.
    async fn note_run_and_commit<S: Tx>(&self, tx: &mut S) -> Result<(), StoreError> {
        let delivery = &self.delivery;
        if let Some(run) = &self.run {
            transition::set_run(tx, delivery.deploy_id, run, delivery.at).await?;
        }
        if let Some(commit) = &delivery.commit {
            transition::set_commit(tx, delivery.deploy_id, commit, delivery.committed_at, delivery.at)
                .await?;
        }
        Ok(())
    }
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
