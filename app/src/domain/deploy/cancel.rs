//! Ending a deploy early: the operator asks, and GitHub ends the run. The deploy itself ends only when GitHub
//! says so. Where it has ended here without its run, the run alone is cancelled, and the deploy keeps its end.

use serde::{Deserialize, Serialize};

use crate::domain::{Deploy, RunState, Status, StoredStatus, Timestamp};

/// A request to end a deploy.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Cancellation {
    /// When it was asked for.
    #[cfg_attr(feature = "ssr", schema(value_type = String, format = DateTime))]
    pub requested_at: Timestamp,
    /// By whom.
    pub requested_by: String,
    /// What became of it.
    pub state: CancelState,
    /// Which limit the deploy ran past, where that is why; a person needs no reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<Overdue>,
}

/// Which limit of its environment a deploy ran past.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Overdue {
    /// Its run went on for longer than `deadline`.
    Deadline,
    /// Its run waited for longer than `wait_deadline`.
    WaitDeadline,
    /// A newer build recorded something that this one cannot read.
    #[serde(other)]
    Unknown,
}

/// What became of asking GitHub to cancel a run.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CancelState {
    /// It is recorded; what GitHub answered is not known yet.
    Requested,
    /// GitHub will cancel the run.
    Accepted,
    /// GitHub refused: the run has ended, or is ending.
    TooLate,
    /// GitHub gave no clear answer. Asking again does no harm.
    Unconfirmed,
    /// A newer build recorded something that this one cannot read.
    #[serde(other)]
    Unknown,
}

/// Why a deploy cannot be cancelled now.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum CannotCancel {
    /// It has ended, and its run with it, as far as is known.
    Ended,
    /// Its run is not known, so there is nothing that GitHub could be asked to cancel.
    NoRun,
}

/// Whether a deploy with this status ended here and not on GitHub: it timed out, or a person gave it up.
#[must_use]
pub fn ended_without_its_run(status: &StoredStatus, is_abandoned: bool) -> bool {
    *status == StoredStatus::Known(Status::TimedOut) || (is_abandoned && status.is_terminal())
}

impl Deploy {
    /// Whether it ended here and not on GitHub: it timed out, or a person gave it up.
    #[must_use]
    pub fn ended_without_its_run(&self) -> bool {
        ended_without_its_run(&self.status, self.abandoned.is_some())
    }

    /// The run that may go on though the deploy has ended here, as far as is recorded: GitHub's record neither says that it
    /// ended nor lacks it.
    #[must_use]
    pub fn run_that_may_go_on(&self) -> Option<i64> {
        let is_over = self.has_run_ended() || self.run_state == Some(RunState::Missing);
        self.github_run_id.filter(|_| self.ended_without_its_run() && !is_over)
    }

    /// The newest request to cancel its run that came after it had ended here.
    #[must_use]
    pub fn cancellation_after_end(&self) -> Option<&Cancellation> {
        let ended_at = self.finished_at?;
        self.cancellation.as_ref().filter(|asked| asked.why.is_none() && asked.requested_at >= ended_at)
    }

    /// Why this deploy cannot be cancelled now; `None` if it can. The button and the service read it here.
    #[must_use]
    pub fn cannot_cancel(&self) -> Option<CannotCancel> {
        match (self.is_live(), self.github_run_id) {
            (false, _) => self.run_that_may_go_on().is_none().then_some(CannotCancel::Ended),
            (true, None) => Some(CannotCancel::NoRun),
            (true, Some(_)) => None,
        }
    }

    /// Who had the run cancelled here, where GitHub took that and says that the run was cancelled.
    #[must_use]
    pub fn cancelled_by(&self) -> Option<&str> {
        let asked = self.cancellation.as_ref()?;
        let was_taken = asked.state == CancelState::Accepted && asked.why.is_none();
        (was_taken && self.run_state == Some(RunState::Cancelled)).then_some(asked.requested_by.as_str())
    }
}
