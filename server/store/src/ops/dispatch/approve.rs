//! Approvals: a deploy that needs some holds its environment, and GitHub is not asked for it before they are given.
//!
//! All of it is in the journal, and is read from there while the row is locked. Who gives the last approval is told so,
//! and nobody else is. Asking GitHub is a step of its own, which is taken once: see [`ClaimDispatch`].

use app::domain::{DeployId, Source, Status, StoredStatus, Timestamp};

use crate::{
    Approve, ApproveOutcome, NotApproved, Place, StoreError, StoredApproval,
    audit::{DeployProjection, NewEntry},
    database::tx::{Operation, Statement, Tx},
    ops::{
        deploys::projection,
        freezes,
        transition::{TransitionUpdate, append, lock_row, touch, update_status},
    },
    outbox::{Channels, WithChannels},
};

/// Counts an approval.
impl Operation for Approve {
    type Answer = ApproveOutcome;

    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<ApproveOutcome, StoreError> {
        let awaiting = match awaiting(tx, self).await? {
            Ok(awaiting) => awaiting,
            Err(NotApproved::NotAwaiting(current)) if is_repeated(tx, self, &current).await? => {
                return Ok(ApproveOutcome::Repeated);
            }
            Err(why) => return Ok(ApproveOutcome::Refused(why)),
        };
        let Awaiting { approval, place, passes_freezes } = awaiting;
        if approval.approved_by.contains(&self.by.id) {
            return Ok(ApproveOutcome::Repeated);
        }
        // A freeze that began since the request is obeyed now: later nobody would ask.
        let frozen = freezes::in_force(tx, &place.app, &place.environment, self.at).await?;
        if let Some(frozen) = frozen.filter(|_| !passes_freezes) {
            return Ok(ApproveOutcome::Refused(NotApproved::Frozen(frozen)));
        }
        let complete = approval.shown.missing() <= 1;
        touch(tx, self.id, self.at).await?;
        append(tx, NewEntry::approved(self, complete)).await?;
        Ok(if complete { ApproveOutcome::Complete } else { ApproveOutcome::Counted })
    }
}

/// Ends a deploy that somebody rejects.
#[derive(Clone)]
pub(crate) struct Reject(pub(crate) Approve);

impl Operation for WithChannels<Reject> {
    type Answer = Option<NotApproved>;

    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<Option<NotApproved>, StoreError> {
        let Self { operation: Reject(reject), channels } = self;
        if let Err(why) = awaiting(tx, reject).await? {
            return Ok(Some(why));
        }
        end(tx, reject.id, reject.at, *channels).await?;
        append(tx, NewEntry::rejected(reject)).await?;
        Ok(None)
    }
}

/// Ends a deploy whose time for approvals is over. Returns whether it did.
#[derive(Clone, Copy)]
pub(crate) struct Expire {
    pub(crate) id: DeployId,
    pub(crate) at: Timestamp,
}

impl Operation for WithChannels<Expire> {
    type Answer = bool;

    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<bool, StoreError> {
        let Self { operation: Expire { id, at }, channels } = self;
        let Some((current, _)) = lock_row(tx, *id).await? else { return Ok(false) };
        let approval = if is_requested(&current) { projection(tx, *id).await?.approval } else { None };
        let over =
            |approval: &StoredApproval| approval.complete_at.is_none() && approval.shown.expires_at <= *at;
        let Some(approval) = approval.filter(over) else { return Ok(false) };
        end(tx, *id, *at, *channels).await?;
        append(tx, NewEntry::approval_expired(*id, &approval, *at)).await?;
        Ok(true)
    }
}

/// Takes a deploy that enough people have approved, so as to ask GitHub for it. Returns whether that is to be done: one
/// caller is told so, whichever instance it belongs to and however often it is asked.
///
/// A console that stops after the last approval and before this leaves a deploy that can be taken: the next look at
/// what is `requested` goes on with it. One that stops after this leaves what every request leaves that stops before
/// GitHub's answer is recorded: it may have been sent, and is never sent again, but looked for.
#[derive(Clone, Copy)]
pub(crate) struct ClaimDispatch {
    pub(crate) id: DeployId,
    pub(crate) at: Timestamp,
}

impl Operation for ClaimDispatch {
    type Answer = bool;

    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<bool, StoreError> {
        let Some((current, _)) = lock_row(tx, self.id).await? else { return Ok(false) };
        let approval = if is_requested(&current) { projection(tx, self.id).await?.approval } else { None };
        if approval.is_none_or(|approval| approval.complete_at.is_none()) {
            return Ok(false);
        }
        let insert = Statement::new(
            "INSERT INTO approved_dispatches (deploy_id, claimed_at) VALUES ($1, $2) ON CONFLICT (deploy_id) DO NOTHING",
        )
        .bind(self.id)
        .bind(self.at);
        Ok(tx.execute(insert).await? == 1)
    }
}

/// Whether a deploy waits for approvals, as this transaction sees it: then nothing that is said of it was caused by it.
pub(crate) async fn awaits_approval<S: Tx>(
    tx: &mut S,
    id: DeployId,
    current: &StoredStatus,
) -> Result<bool, StoreError> {
    if !is_requested(current) {
        return Ok(false);
    }
    let approval = projection(tx, id).await?.approval;
    Ok(approval.is_some_and(|approval| approval.complete_at.is_none()))
}

/// A locked row that waits for an approval.
struct Awaiting {
    approval: StoredApproval,
    place: Place,
    passes_freezes: bool,
}

/// Locks the row, and says why this person can neither approve nor reject it, if they cannot.
async fn awaiting<S: Tx>(tx: &mut S, asked: &Approve) -> Result<Result<Awaiting, NotApproved>, StoreError> {
    let Some((current, place)) = lock_row(tx, asked.id).await? else {
        return Ok(Err(NotApproved::Missing));
    };
    let not_awaiting = Ok(Err(NotApproved::NotAwaiting(current.clone())));
    if !is_requested(&current) {
        return not_awaiting;
    }
    let DeployProjection { approval, origin, freeze_override, .. } = projection(tx, asked.id).await?;
    let Some(approval) = approval.filter(|approval| approval.complete_at.is_none()) else {
        return not_awaiting;
    };
    Ok(if approval.requested_by == asked.by.id {
        Err(NotApproved::OwnRequest)
    } else if approval.shown.expires_at <= asked.at {
        Err(NotApproved::Expired)
    } else {
        let passes_freezes = freeze_override.is_some() || origin.passes_freezes();
        Ok(Awaiting { approval, place, passes_freezes })
    })
}

/// Whether somebody's approval of a deploy that is on its way is the one that they gave: its answer may have been lost.
async fn is_repeated<S: Tx>(tx: &mut S, asked: &Approve, current: &StoredStatus) -> Result<bool, StoreError> {
    if current.is_terminal() {
        return Ok(false);
    }
    let approval = projection(tx, asked.id).await?.approval;
    Ok(approval.is_some_and(|approval| approval.approved_by.contains(&asked.by.id)))
}

fn is_requested(current: &StoredStatus) -> bool {
    *current == StoredStatus::Known(Status::Requested)
}

/// The edge to its end, for which the row is locked.
async fn end<S: Tx>(tx: &mut S, id: DeployId, at: Timestamp, channels: Channels) -> Result<(), StoreError> {
    let end = TransitionUpdate {
        id,
        to: Status::Failed,
        by: Source::Console.into(),
        failure_stage: None,
        run: None,
        commit: None,
        committed_at: None,
        past: None,
        at,
    };
    if update_status(tx, &end, channels).await? {
        Ok(())
    } else {
        Err(StoreError::Invariant("a row that is locked stays where it is"))
    }
}
