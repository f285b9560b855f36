//! Ending a deploy early: the operator asks, and GitHub ends the run. The deploy itself ends only when GitHub
//! says so.

use serde::{Deserialize, Serialize};

use crate::domain::{Deploy, Timestamp};

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
    /// It has ended.
    Ended,
    /// Its run is not known, so there is nothing that GitHub could be asked to cancel.
    NoRun,
}

impl Deploy {
    /// Why this deploy cannot be cancelled now; `None` if it can. The button and the service read it here.
    #[must_use]
    pub const fn cannot_cancel(&self) -> Option<CannotCancel> {
        if !self.is_live() {
            Some(CannotCancel::Ended)
        } else if self.github_run_id.is_none() {
            Some(CannotCancel::NoRun)
        } else {
            None
        }
    }
}
