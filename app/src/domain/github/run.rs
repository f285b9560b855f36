//! What GitHub says about a deploy's run that the status of the deploy cannot express: it waits for an approval,
//! it was cancelled, it is a second attempt. None of it moves a step.

use serde::{Deserialize, Serialize};

use crate::domain::Timestamp;

/// A run of GitHub.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct RunRef {
    /// Its id.
    pub id: i64,
    /// Its page.
    pub url: String,
}

impl RunRef {
    /// What proves that a run that was looked for is the deploy's.
    #[must_use]
    pub fn title_evidence(&self) -> String {
        format!("GitHub run {} carries the deploy id in its title", self.id)
    }
}

/// Where a run stands, by GitHub's record.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// No runner has taken it yet.
    Queued,
    /// It waits for another run of its concurrency group to end.
    AwaitingTurn,
    /// It waits for an approval, or for another protection rule of its environment.
    AwaitingApproval,
    /// Its jobs run.
    InProgress,
    /// It was cancelled.
    Cancelled,
    /// It was cancelled before it began, and a newer run of the workflow is there.
    Superseded,
    /// It ended in any other way.
    Ended,
    /// More than one run carries the deploy's id. None of them is taken for the deploy's.
    Ambiguous,
    /// GitHub has no record of it, where there was one: it was deleted, or the token may not see it.
    Missing,
    /// GitHub says something that this build does not know.
    #[serde(other)]
    Unknown,
}

impl RunState {
    /// Whether the run has ended, however it did.
    #[must_use]
    pub const fn has_ended(self) -> bool {
        match self {
            Self::Cancelled | Self::Superseded | Self::Ended => true,
            Self::Queued
            | Self::AwaitingTurn
            | Self::AwaitingApproval
            | Self::InProgress
            | Self::Ambiguous
            | Self::Missing
            | Self::Unknown => false,
        }
    }
}

/// What was last read of a run.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
pub struct RunReport {
    /// Where it stands.
    #[serde(rename = "run_state")]
    pub state: RunState,
    /// Which attempt of the run this is, from 1; `None` while no run is matched to the deploy.
    #[serde(rename = "run_attempt", default, skip_serializing_if = "Option::is_none")]
    pub attempt: Option<i64>,
    /// The newer run that took its place, if it is superseded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub superseded_by: Option<i64>,
}

impl RunReport {
    /// A report of where a run stands.
    #[must_use]
    pub const fn new(state: RunState, attempt: Option<i64>) -> Self {
        Self { state, attempt, superseded_by: None }
    }
}

/// What was last read of a run, and when it was new.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct RunSeen {
    /// What was read.
    pub report: RunReport,
    /// When that was written down.
    pub at: Timestamp,
}
