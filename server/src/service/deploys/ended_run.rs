//! The run of a deploy that has ended here without it: whether it goes on, as GitHub says. That it ended is written down,
//! so that the page says so and nothing asks again; the end of the deploy stays what it is.
//!
//! A run that was run again is another matter: its later attempt is a deploy of its own, and the attempt before has ended.

use std::sync::Arc;

use app::domain::{JournalEntry, RunReport, RunState, Timestamp};
use github::{Client, Conclusion, Progress, ReadError, Run};
use runtime::clock::SharedClock;
use store::{
    Actor, Advanced, Note, Noted, Store, StoreError, StoredDeploy,
    audit::{Event, event::CallbackDecision},
};

use crate::service::{CONSOLE, Console};

/// What GitHub says of such a run.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::service) enum RunFate {
    /// It goes on.
    GoesOn,
    /// It has ended, or GitHub has no record of it.
    Over,
    /// GitHub says something that this build does not know.
    Unknown,
}

/// Reads such runs. Cheap to clone: a request to GitHub continues when the client has gone.
#[derive(Clone)]
pub(in crate::service) struct EndedRuns {
    store: Arc<dyn Store>,
    pub(super) github: Client,
    clock: SharedClock,
}

impl EndedRuns {
    /// Asks GitHub, and records an end.
    pub(super) async fn read(&self, repo: &str, ended: &StoredDeploy) -> Result<RunFate, ReadError> {
        let Some(run) = &ended.run else { return Ok(RunFate::Unknown) };
        let read = self.github.run(repo, run.id).await;
        let report = match &read {
            Ok(run) => report(ended, run),
            Err(ReadError::NotFound) => RunReport::new(RunState::Missing, Some(ended.attempt)),
            Err(ReadError::Limited(_) | ReadError::NotLetIn(_) | ReadError::Unusable(_)) => {
                return read.map(|_| RunFate::Unknown);
            }
        };
        // What cannot be recorded now is read again.
        if let Err(error) = self.record(ended, report).await {
            tracing::warn!(deploy_id = %ended.id, %error, "where the run of an ended deploy stands could not be recorded");
        }
        Ok(fate(report.state))
    }

    async fn record(&self, ended: &StoredDeploy, report: RunReport) -> Result<bool, StoreError> {
        record(&*self.store, ended, report, Actor::named(CONSOLE), &self.clock).await
    }
}

impl Console {
    pub(super) fn ended_runs(&self) -> EndedRuns {
        EndedRuns {
            store: Arc::clone(&self.store),
            github: self.github.clone(),
            clock: Arc::clone(&self.clock),
        }
    }
}

/// Records where the run stands, if that is worth it: that it ended, that it is missing, or that it was found again. Returns
/// whether it did.
pub(crate) async fn record(
    store: &dyn Store,
    ended: &StoredDeploy,
    report: RunReport,
    actor: Actor,
    clock: &SharedClock,
) -> Result<bool, StoreError> {
    let seen = ended.run_seen.map(|seen| seen.report.state);
    let is_worth_it = fate(report.state) == RunFate::Over || seen == Some(RunState::Missing);
    if !is_worth_it || seen == Some(report.state) || !ended.lacks_end_of_run() {
        return Ok(false);
    }
    let note = Note { id: ended.id, what: Noted::Run(report), actor, at: clock.now() };
    Ok(store.note(&note).await? == Advanced::Moved)
}

/// When its workflow first reported an end that came too late, of a deploy that ended here without its run: the run is about
/// to end, too. A report that is refused changes no row, so this is asked of the journal.
pub(crate) async fn end_reported_at(
    store: &dyn Store,
    ended: &StoredDeploy,
) -> Result<Option<Timestamp>, StoreError> {
    if !ended.lacks_end_of_run() {
        return Ok(None);
    }
    let claims_end = |entry: &JournalEntry| {
        let event = Event::read_or_unknown(&entry.action, &entry.payload);
        matches!(event, Event::Callback(CallbackDecision::NotApplied(late)) if late.claims_end_of_run())
    };
    Ok(store.journal(ended.id).await?.into_iter().find(claims_end).map(|entry| entry.at))
}

/// Where the attempt stands that an ended deploy followed, by GitHub's record of the run.
pub(crate) fn report(ended: &StoredDeploy, run: &Run) -> RunReport {
    let was_run_again = run.run_attempt > ended.attempt;
    let state = match (run.status, run.conclusion) {
        _ if was_run_again => RunState::Ended,
        (Progress::Completed, Some(Conclusion::Cancelled)) => RunState::Cancelled,
        (Progress::Completed, _) => RunState::Ended,
        (Progress::Waiting, _) => RunState::AwaitingApproval,
        (Progress::Pending, _) => RunState::AwaitingTurn,
        (Progress::Queued | Progress::Requested, _) => RunState::Queued,
        (Progress::InProgress, _) => RunState::InProgress,
        (Progress::Unknown, _) => RunState::Unknown,
    };
    RunReport::new(state, Some(ended.attempt))
}

const fn fate(state: RunState) -> RunFate {
    match state {
        RunState::Queued | RunState::AwaitingTurn | RunState::AwaitingApproval | RunState::InProgress => {
            RunFate::GoesOn
        }
        RunState::Cancelled | RunState::Superseded | RunState::Ended | RunState::Missing => RunFate::Over,
        RunState::Ambiguous | RunState::Unknown => RunFate::Unknown,
    }
}
