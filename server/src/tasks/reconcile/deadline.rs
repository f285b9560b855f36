//! What becomes of a deploy that takes too long: GitHub is asked to cancel its run, and the deploy ends when GitHub says
//! that the run did; or a little later, saying that it may still go on.
//!
//! The time that a run waits for a runner, an approval or another run does not count: for that there is a limit of its
//! own. All that is counted from is in the journal, so that a restart or another instance changes nothing.

use app::domain::{CancelState, DEADLINE, Overdue, RunSeen, RunState, Status, Timestamp};
use jiff::SignedDuration;
use store::{Actor, Advance, Advanced, Note, Noted, StoreError, StoredDeploy};

use super::{
    Reconciler,
    heal::{HealError, Healed, RECONCILER},
};
use crate::{
    config::{AppConfig, EnvironmentConfig},
    service::cancel_state,
};

/// How long GitHub may take to confirm that it cancelled a run.
const GRACE: SignedDuration = SignedDuration::from_mins(2);

/// What a row is due for.
enum Due {
    /// Nothing: it has time.
    Nothing,
    /// GitHub is asked to cancel its run.
    Cancel,
    /// It ends here. What to say of its run.
    End(&'static str),
}

/// Which limit counts for a row, and since when.
struct Limit {
    kind: Overdue,
    time: SignedDuration,
    since: Timestamp,
}

impl Reconciler {
    /// Follows the time that has passed, once GitHub's record was read, or could not be.
    pub(super) async fn with_deadline(
        &self,
        row: StoredDeploy,
        app: &AppConfig,
        environment: &EnvironmentConfig,
        read: Result<Healed, HealError>,
    ) -> Result<Healed, HealError> {
        let healed = match &read {
            Ok(Healed { ended: true, .. }) | Err(HealError::Store(_)) => return read,
            Ok(healed) => *healed,
            Err(HealError::GitHub(_)) => Healed::NOTHING,
        };
        let Some(row) = (if healed.changed { self.store.deploy(row.id).await? } else { Some(row) }) else {
            return read;
        };
        let limit = limit(&row, environment, healed.state);
        match self.due(&row, &limit, healed.state) {
            Due::Nothing => read,
            Due::Cancel => {
                let changed = self.ask_to_cancel(&row, app, limit.kind).await? || healed.changed;
                Ok(Healed { changed, ..healed })
            }
            Due::End(of_run) => {
                let ended = self.time_out(&row, &limit, of_run).await?;
                Ok(Healed { changed: ended || healed.changed, ended, ..healed })
            }
        }
    }

    fn due(&self, row: &StoredDeploy, limit: &Limit, state: Option<RunState>) -> Due {
        if let Some((asked_at, _)) = row.overdue {
            let answer = row.cancellation.as_ref().map_or(CancelState::Unknown, |asked| asked.state);
            return if self.age(row, asked_at) > GRACE { Due::End(of_run(answer)) } else { again(answer) };
        }
        let over = self.age(row, limit.since) - limit.time;
        match (&row.run, state) {
            _ if !over.is_positive() => Due::Nothing,
            (_, Some(RunState::Ended)) => Due::End("Its run has ended, and does not say how."),
            (Some(_), _) => Due::Cancel,
            (None, _) if over > GRACE => Due::End("Its run on GitHub is not known, and may still go on."),
            (None, _) => Due::Nothing,
        }
    }

    /// Asks GitHub, and records both: that it was asked, once, and what it answered. Returns whether any of it is new.
    async fn ask_to_cancel(
        &self,
        row: &StoredDeploy,
        app: &AppConfig,
        kind: Overdue,
    ) -> Result<bool, StoreError> {
        let Some(run) = &row.run else { return Ok(false) };
        let is_new = row.overdue.is_none() && self.record_overdue(row, kind).await?;
        let answer = self.github.cancel(&app.repo, run.id).await;
        tracing::info!(deploy_id = %row.id, run = run.id, ?answer, "GitHub was asked to cancel a run");
        let answered = Noted::CancelAnswered(cancel_state(&answer));
        let is_answered = self.note_of(row, answered, self.clock.now()).await?;
        Ok(is_new || is_answered)
    }

    /// The two minutes begin now, however the clock is set before the next pass.
    async fn record_overdue(&self, row: &StoredDeploy, kind: Overdue) -> Result<bool, StoreError> {
        let at = self.clock.now();
        self.age(row, at);
        self.note_of(row, Noted::Overdue(kind), at).await
    }

    async fn note_of(&self, row: &StoredDeploy, what: Noted, at: Timestamp) -> Result<bool, StoreError> {
        let note = Note { id: row.id, what, actor: Actor::named(RECONCILER), at };
        Ok(self.store.note(&note).await? == Advanced::Moved)
    }

    async fn time_out(&self, row: &StoredDeploy, limit: &Limit, of_run: &str) -> Result<bool, StoreError> {
        let kind = row.overdue.map_or(limit.kind, |(_, kind)| kind);
        let why = match kind {
            Overdue::Deadline | Overdue::Unknown => "It did not end within its deadline.",
            Overdue::WaitDeadline => "It waited for longer than its wait_deadline.",
        };
        let edge = Advance {
            log_line: Some(format!("{why} {of_run}")),
            ..self.edge(row.id, Status::TimedOut, DEADLINE.to_owned())
        };
        Ok(self.store.advance(&edge).await? == Advanced::Moved)
    }

    /// How long ago this moment of a deploy was. A clock that was set since does not count.
    pub(super) fn age(&self, row: &StoredDeploy, at: Timestamp) -> SignedDuration {
        self.ages.since(row.id, at, &*self.clock)
    }
}

/// When a row reaches the limit that counts for it, as far as is known now; none, where no time runs, or it was reached.
/// A report of the workflow may change which limit that is.
pub(crate) fn ends_at(row: &StoredDeploy, environment: &EnvironmentConfig) -> Option<Timestamp> {
    let is_started = !row.status.is_terminal() && row.overdue.is_none() && !row.lacked_approval();
    let limit = limit(row, environment, None);
    is_started.then(|| limit.since.saturating_add(limit.time).ok()).flatten()
}

/// Before GitHub has confirmed anything: it is asked again if it is not known whether it heard.
const fn again(answer: CancelState) -> Due {
    match answer {
        CancelState::Requested | CancelState::Unconfirmed => Due::Cancel,
        CancelState::Accepted | CancelState::TooLate | CancelState::Unknown => Due::Nothing,
    }
}

/// What is known of the run of a deploy that ends here.
const fn of_run(answer: CancelState) -> &'static str {
    match answer {
        CancelState::Accepted | CancelState::TooLate | CancelState::Unknown => {
            "GitHub was asked to cancel its run, and has not said that it ended: it may still go on."
        }
        CancelState::Requested | CancelState::Unconfirmed => {
            "GitHub could not be asked to cancel its run, which may still go on."
        }
    }
}

/// The limit that counts: of waiting, while GitHub says that the run waits. `state` is what it says now; if it cannot be
/// asked, what it said last, unless the workflow has reported since.
fn limit(row: &StoredDeploy, environment: &EnvironmentConfig, state: Option<RunState>) -> Limit {
    let seen = row.run_seen;
    let last = last_report(row);
    let still = seen.filter(|seen| last.is_none_or(|last| last <= seen.at)).map(|seen| seen.report.state);
    if state.or(still).is_some_and(waits) {
        let since = seen.filter(|seen| waits(seen.report.state)).map(|seen| seen.at);
        let since = since.or(last).unwrap_or(row.released_at());
        return Limit { kind: Overdue::WaitDeadline, time: environment.wait_deadline, since };
    }
    Limit { kind: Overdue::Deadline, time: environment.deadline, since: goes_on_since(row, seen) }
}

/// Since when its run goes on: since it last stopped waiting; if it never waited for long, since its first report, or
/// the request.
fn goes_on_since(row: &StoredDeploy, seen: Option<RunSeen>) -> Timestamp {
    let began = |after: Option<Timestamp>| {
        reports(row).find(|at| after.is_none_or(|after| *at > after)).unwrap_or(row.released_at())
    };
    match seen {
        // Before it was missed it may have waited: it is given its time from then on.
        Some(RunSeen { report, at }) if matches!(report.state, RunState::InProgress | RunState::Missing) => {
            at
        }
        Some(RunSeen { report, at }) if waits(report.state) => began(Some(at)).max(at),
        Some(_) | None => began(None),
    }
}

const fn waits(state: RunState) -> bool {
    match state {
        RunState::Queued | RunState::AwaitingTurn | RunState::AwaitingApproval => true,
        RunState::InProgress
        | RunState::Cancelled
        | RunState::Superseded
        | RunState::Ended
        | RunState::Ambiguous
        | RunState::Missing
        | RunState::Unknown => false,
    }
}

/// When what was reported of the run was recorded, oldest first.
fn reports(row: &StoredDeploy) -> impl DoubleEndedIterator<Item = Timestamp> {
    let is_report = |status: Status| status > Status::Dispatched;
    row.history.iter().filter(move |entry| entry.status.known().is_some_and(is_report)).map(|entry| entry.at)
}

/// When the last of it was.
pub(super) fn last_report(row: &StoredDeploy) -> Option<Timestamp> {
    reports(row).next_back()
}
