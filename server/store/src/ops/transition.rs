//! The parts of every write: the locked row, the compare-and-swap, the message if the deploy ended, the entry in the
//! journal.
//!
//! Locks are taken in one order: a deploy's row first, the end of the journal last. Each operation touches one deploy; the
//! callback of a re-run locks the first attempt before its own, and nothing locks them the other way round. The holder of
//! the journal waits for nothing. So there can be no deadlock.

use app::domain::{
    Commit, DeployId, EndKind, FailureStage, RunRef, Status, StoredStatus, Timestamp, ended_without_its_run,
    transition::{self, Cause},
};
use serde_json::Value;

use crate::{
    Advance, Advanced, AttachRun, Note, Noted, Place, StoreError,
    audit::{Action, NewEntry},
    database::tx::{Operation, Statement, Tx},
    ops::deploys::projection,
    outbox::{Channels, WithChannels, enqueue},
};

/// The status of a row, locked until the transaction ends.
pub(crate) async fn lock_status<S: Tx>(tx: &mut S, id: DeployId) -> Result<Option<StoredStatus>, StoreError> {
    let select =
        Statement::new("SELECT status FROM console_deploys WHERE id = $1").bind(id).push(S::FOR_UPDATE);
    let found: Option<(String,)> = tx.row(select).await?;
    Ok(found.map(|(status,)| StoredStatus::from(status.as_str())))
}

/// The status of a row and its place, locked until the transaction ends.
pub(crate) async fn lock_row<S: Tx>(
    tx: &mut S,
    id: DeployId,
) -> Result<Option<(StoredStatus, Place)>, StoreError> {
    let select = Statement::new("SELECT status, app, environment FROM console_deploys WHERE id = $1")
        .bind(id)
        .push(S::FOR_UPDATE);
    let found: Option<(String, String, String)> = tx.row(select).await?;
    Ok(found
        .map(|(status, app, environment)| (StoredStatus::from(status.as_str()), Place { app, environment })))
}

/// Walks one edge for the console or the reconciler.
impl Operation for WithChannels<Advance> {
    type Answer = Advanced;

    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<Advanced, StoreError> {
        let Self { operation, channels } = self;
        let Some(current) = lock_status(tx, operation.id).await? else { return Ok(Advanced::Missing) };
        let step = TransitionUpdate {
            id: operation.id,
            to: operation.to,
            by: operation.source.into(),
            failure_stage: operation.failure_stage,
            run: operation.run.as_ref(),
            commit: None,
            committed_at: None,
            past: operation.past,
            at: operation.at,
        };
        match (update_status(tx, &step, *channels).await?, current) {
            (true, StoredStatus::Known(previous)) => {
                append(tx, NewEntry::advanced(operation, previous)).await?;
                Ok(Advanced::Moved)
            }
            (_, current) => Ok(Advanced::Refused(current)),
        }
    }
}

/// Records the run, once.
impl Operation for AttachRun {
    type Answer = Advanced;

    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<Advanced, StoreError> {
        let Some(current) = lock_status(tx, self.id).await? else { return Ok(Advanced::Missing) };
        if set_run(tx, self.id, &self.run, self.at).await? {
            append(tx, NewEntry::run_found(self)).await?;
            Ok(Advanced::Moved)
        } else {
            Ok(Advanced::Refused(current))
        }
    }
}

/// Records a fact that does not move the row.
impl Operation for Note {
    type Answer = Advanced;

    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<Advanced, StoreError> {
        let Some(current) = lock_status(tx, self.id).await? else { return Ok(Advanced::Missing) };
        let new_entry = NewEntry::noted(self);
        let said = match self.what {
            Noted::Run(_) => last_payload(tx, self.id, Action::RunObserved).await?,
            // GitHub answered the last request, and the run goes on all the same: it is asked once more.
            Noted::CancelRequested if current.is_terminal() => {
                last_about_cancelling(tx, self.id, Action::CancelRequested).await?
            }
            Noted::CancelRequested | Noted::Overdue(_) => {
                last_payload(tx, self.id, Action::CancelRequested).await?
            }
            Noted::CancelAnswered(_) => last_about_cancelling(tx, self.id, Action::CancelAnswered).await?,
            Noted::InputLeftOut(_) => None,
        };
        let is_repeated = said.is_some_and(|said| says_the_same(&said, &new_entry.event.to_payload()));
        if is_repeated || !is_noted_of(tx, self, &current).await? {
            return Ok(Advanced::Refused(current));
        }
        touch(tx, self.id, self.at).await?;
        append(tx, new_entry).await?;
        Ok(Advanced::Moved)
    }
}

/// Whether a payload says what another does, whoever says it: the second person who cancels adds nothing.
fn says_the_same(said: &str, new: &Value) -> bool {
    let nameless = |payload: &Value| {
        let mut payload = payload.clone();
        payload.as_object_mut().map(|members| members.remove("name"));
        payload
    };
    serde_json::from_str(said).is_ok_and(|said: Value| nameless(&said) == nameless(new))
}

/// A new version of a row that did not move: something that is shown with it is new.
pub(crate) async fn touch<S: Tx>(tx: &mut S, id: DeployId, at: Timestamp) -> Result<(), StoreError> {
    let update = Statement::new(
        "UPDATE console_deploys
         SET version    = version + 1,
             updated_at = CASE WHEN updated_at < $1 THEN $1 ELSE updated_at END
         WHERE id = $2",
    )
    .bind(at)
    .bind(id);
    tx.execute(update).await?;
    Ok(())
}

/// Whether this is noted of a deploy in this status. After its end only what is done about its run is, and only where the
/// run did not end with it; and what GitHub answered, also where the run has ended meanwhile.
async fn is_noted_of<S: Tx>(tx: &mut S, note: &Note, current: &StoredStatus) -> Result<bool, StoreError> {
    if !current.is_terminal() {
        return Ok(true);
    }
    let known = projection(tx, note.id).await?;
    Ok(match note.what {
        Noted::CancelRequested | Noted::Run(_) => known.lacks_end_of_run(current),
        Noted::CancelAnswered(_) => {
            known.cancellation.is_some() && ended_without_its_run(current, known.abandoned.is_some())
        }
        Noted::Overdue(_) | Noted::InputLeftOut(_) => false,
    })
}

/// What the newest entry of this kind says about a deploy.
pub(crate) async fn last_payload<S: Tx>(
    tx: &mut S,
    id: DeployId,
    action: Action,
) -> Result<Option<String>, StoreError> {
    let select = Statement::new(
        "SELECT payload FROM audit_log WHERE deploy_id = $1 AND action = $2 ORDER BY sequence DESC LIMIT 1",
    )
    .bind(id)
    .bind(action.as_str());
    let found: Option<(String,)> = tx.row(select).await?;
    Ok(found.map(|(payload,)| payload))
}

/// What the newest entry about cancelling the run says, if it is of this kind: the request that GitHub has not answered, or
/// its answer to the newest request.
async fn last_about_cancelling<S: Tx>(
    tx: &mut S,
    id: DeployId,
    kind: Action,
) -> Result<Option<String>, StoreError> {
    let select = Statement::new(
        "SELECT action, payload FROM audit_log WHERE deploy_id = $1 AND action IN ($2, $3)
         ORDER BY sequence DESC LIMIT 1",
    )
    .bind(id)
    .bind(Action::CancelRequested.as_str())
    .bind(Action::CancelAnswered.as_str());
    let found: Option<(String, String)> = tx.row(select).await?;
    Ok(found.filter(|(action, _)| action == kind.as_str()).map(|(_, payload)| payload))
}

/// Sets the run of a row that has none. Returns whether it did.
pub(crate) async fn set_run<S: Tx>(
    tx: &mut S,
    id: DeployId,
    run: &RunRef,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let update = Statement::new(
        "UPDATE console_deploys
         SET github_run_id  = $1,
             github_run_url = $2,
             version        = version + 1,
             updated_at     = CASE WHEN updated_at < $3 THEN $3 ELSE updated_at END
         WHERE id = $4 AND github_run_id IS NULL",
    )
    .bind(run.id)
    .bind(&run.url)
    .bind(at)
    .bind(id);
    Ok(tx.execute(update).await? == 1)
}

/// Sets the commit of a row that has none, or its time where that is missing.
pub(crate) async fn set_commit<S: Tx>(
    tx: &mut S,
    id: DeployId,
    commit: &Commit,
    committed_at: Option<Timestamp>,
    at: Timestamp,
) -> Result<(), StoreError> {
    let update = Statement::new(
        "UPDATE console_deploys
         SET commit_id    = $1,
             committed_at = $4,
             version      = version + 1,
             updated_at   = CASE WHEN updated_at < $2 THEN $2 ELSE updated_at END
         WHERE id = $3
           AND (commit_id IS NULL OR (commit_id = $1 AND committed_at IS NULL AND $4 IS NOT NULL))",
    )
    .bind(commit.as_str())
    .bind(at)
    .bind(id)
    .bind(committed_at);
    tx.execute(update).await?;
    Ok(())
}

/// One edge to walk.
pub(crate) struct TransitionUpdate<'a> {
    pub(crate) id: DeployId,
    pub(crate) to: Status,
    pub(crate) by: Cause,
    pub(crate) failure_stage: Option<FailureStage>,
    pub(crate) run: Option<&'a RunRef>,
    pub(crate) commit: Option<&'a Commit>,
    pub(crate) committed_at: Option<Timestamp>,
    pub(crate) past: Option<Timestamp>,
    pub(crate) at: Timestamp,
}

/// The compare-and-swap: moves the row if its status may precede the new one, by the domain's table. A run id and a
/// commit are written once, the time of a commit only beside that very commit, and a clock that was set back does not
/// set the row's times back. If the deploy ended by it, the message is put into the outbox here, so that every way to
/// end one includes it: unless it had ended before the console knew of it. Returns whether the row moved.
pub(crate) async fn update_status<S: Tx>(
    tx: &mut S,
    update_status: &TransitionUpdate<'_>,
    channels: Channels,
) -> Result<bool, StoreError> {
    let end_kind = end_kind(tx, update_status).await?;
    let from = transition::predecessors(update_status.to, update_status.by)
        .map(|status| status.as_str().to_owned())
        .collect();
    let update = Statement::new(
        "UPDATE console_deploys
         SET status         = $1,
             version        = version + 1,
             updated_at     = CASE WHEN updated_at < $2 THEN $2 ELSE updated_at END,
             finished_at    = CASE WHEN NOT $3 THEN NULL
                                   WHEN $9 >= requested_at THEN $9
                                   WHEN updated_at < $2 THEN $2 ELSE updated_at END,
             committed_at   = CASE WHEN committed_at IS NULL AND coalesce(commit_id, $8) = $8 THEN $10
                                   ELSE committed_at END,
             commit_id      = coalesce(commit_id, $8),
             rolled_out_at  = CASE WHEN $11 THEN $2 ELSE rolled_out_at END,
             failure_stage  = $4,
             end_kind       = $12,
             github_run_url = CASE WHEN github_run_id IS NULL THEN $6 ELSE github_run_url END,
             github_run_id  = coalesce(github_run_id, $5)
         WHERE id = $7 AND status ",
    )
    .bind(update_status.to.as_str())
    .bind(update_status.at)
    .bind(update_status.to.is_terminal())
    .bind(update_status.failure_stage.map(FailureStage::as_str))
    .bind(update_status.run.map(|run| run.id))
    .bind(update_status.run.map(|run| run.url.as_str()))
    .bind(update_status.id)
    .bind(update_status.commit.map(Commit::as_str))
    .bind(update_status.past)
    .bind(update_status.committed_at)
    .bind(update_status.to == Status::Deploying)
    .bind(end_kind.map(EndKind::as_str))
    .push_in::<S>(from);
    if tx.execute(update).await? != 1 {
        return Ok(false);
    }
    if update_status.past.is_none() {
        enqueue(tx, update_status.id, update_status.to, update_status.at, channels).await?;
    }
    Ok(true)
}

/// How a deploy that is about to fail ends: by what its journal says until now. Nothing is read of the others.
async fn end_kind<S: Tx>(tx: &mut S, update: &TransitionUpdate<'_>) -> Result<Option<EndKind>, StoreError> {
    if update.to != Status::Failed {
        return Ok(None);
    }
    let known = projection(tx, update.id).await?;
    let lacks_approval = known.approval.is_some_and(|approval| approval.shown.missing() > 0);
    Ok(EndKind::of(known.run.map(|seen| seen.report.state), update.by == Cause::Abandoned, lacks_approval))
}

/// Appends an entry to the journal. The end of the journal is locked from the read of the last entry to the end of the
/// transaction: so no number is skipped, and no two entries follow the same one.
pub(crate) async fn append<S: Tx>(tx: &mut S, new_entry: NewEntry) -> Result<(), StoreError> {
    let entry = new_entry.chained(tx.journal_end().await?);
    tx.appended(entry.sequence, &entry.hash);
    let insert = Statement::new(
        "INSERT INTO audit_log (sequence, at, actor, action, deploy_id, payload, previous_hash, hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(entry.sequence)
    .bind(entry.at)
    .bind(entry.actor)
    .bind(entry.action)
    .bind(entry.deploy_id.map(|id| id.to_string()).as_deref())
    .bind(entry.payload.to_string())
    .bind(entry.previous_hash)
    .bind(entry.hash);
    tx.execute(insert).await?;
    Ok(())
}
