//! A deploy, as the poll and every page see it.

pub mod abandon;
pub mod aftermath;
pub mod approval;
pub mod cancel;
pub mod commit;
pub mod commit_details;
pub mod delivery;
pub mod end_kind;
pub mod git_ref;
pub mod history;
pub mod id;
pub mod input;
pub mod leg;
pub mod origin;
pub mod standing_run;
pub mod totals;

use serde::{Deserialize, Serialize};

use self::history::shortened;
use super::{
    Abandonment, Approval, Cancellation, Commit, CommitDetails, DeployId, FailureStage, FreezeVerdict,
    HistoryEntry, InputValues, LegState, Origin, RunRef, RunState, Source, Status, Step, StepState,
    StoredStatus, Timestamp,
};

/// A deploy with its history and its steps.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Deploy {
    /// Its id.
    #[cfg_attr(feature = "ssr", schema(value_type = uuid::Uuid))]
    pub id: DeployId,
    /// The app, as the console's configuration names it.
    pub app: String,
    /// The environment, as the console's configuration names it.
    pub environment: String,
    /// The Git ref or commit that is deployed.
    pub git_ref: String,
    /// The commit that is deployed, as far as somebody who knows has said: a ref may move.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ssr", schema(value_type = Option<String>))]
    pub commit: Option<Commit>,
    /// What GitHub records of that commit, once it was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit_details: Option<CommitDetails>,
    /// How it came to be.
    #[serde(default, skip_serializing_if = "Origin::is_request")]
    pub origin: Origin,
    /// How far it has come.
    #[cfg_attr(feature = "ssr", schema(value_type = String))]
    pub status: StoredStatus,
    /// Grows by one with every change of the row. An answer with a smaller one is out of date.
    pub version: i64,
    /// GitHub's run, once it is known.
    pub github_run_id: Option<i64>,
    /// The page of that run.
    pub github_run_url: Option<String>,
    /// What GitHub's record last said of the run, as far as it was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run_state: Option<RunState>,
    /// Which attempt of the run is followed, as far as it was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run_attempt: Option<i64>,
    /// Which attempt of the run it is, from 1.
    #[serde(default = "first_attempt")]
    pub attempt: i64,
    /// When that was read, and was new.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ssr", schema(value_type = Option<String>, format = DateTime))]
    pub run_read_at: Option<Timestamp>,
    /// The newer run that took its place before its own began, where GitHub's record names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub superseded_by: Option<RunRef>,
    /// The newest request to end it early.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancellation: Option<Cancellation>,
    /// Who gave it up by hand, if that is how it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub abandoned: Option<Abandonment>,
    /// The approvals that it needs and was given; none, if it needs none.
    #[serde(default)]
    pub approval: Option<Approval>,
    /// Why it was asked for though its environment was frozen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub freeze_override: Option<String>,
    /// What its workflow was told when its freeze check began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub freeze: Option<FreezeVerdict>,
    /// The inputs that its workflow was given beside the console's own, by name.
    #[serde(default, skip_serializing_if = "InputValues::is_empty")]
    #[cfg_attr(feature = "ssr", schema(value_type = std::collections::HashMap<String, String>))]
    pub inputs: InputValues,
    /// Who asked for it.
    pub requested_by: String,
    /// Why, in their words.
    pub reason: Option<String>,
    /// When it was asked for.
    #[cfg_attr(feature = "ssr", schema(value_type = String, format = DateTime))]
    pub requested_at: Timestamp,
    /// When the row last changed.
    #[cfg_attr(feature = "ssr", schema(value_type = String, format = DateTime))]
    pub updated_at: Timestamp,
    /// When it ended.
    #[cfg_attr(feature = "ssr", schema(value_type = Option<String>, format = DateTime))]
    pub finished_at: Option<Timestamp>,
    /// The stage that the workflow named when it failed.
    #[cfg_attr(feature = "ssr", schema(value_type = Option<String>))]
    pub failure_stage: Option<FailureStage>,
    /// The legs of steps that are done in several jobs at once.
    #[serde(default)]
    pub legs: Vec<LegState>,
    /// The accepted transitions, oldest first.
    pub history: Vec<HistoryEntry>,
    /// The four steps.
    pub steps: Vec<Step>,
}

const fn first_attempt() -> i64 {
    1
}

impl Deploy {
    /// As a page shows it: with the beginning of log lines that are long.
    #[must_use]
    pub fn for_page(mut self) -> Self {
        for entry in &mut self.history {
            entry.log_line = entry.log_line.take().map(shortened);
        }
        for leg in &mut self.legs {
            leg.log_line = leg.log_line.take().map(shortened);
        }
        self
    }

    /// Whether something can still happen to it.
    #[must_use]
    pub const fn is_live(&self) -> bool {
        !self.status.is_terminal()
    }

    /// Whether something new may come to be known of it: it is live, or its run goes on without it.
    #[must_use]
    pub fn may_change(&self) -> bool {
        self.is_live() || self.run_that_may_go_on().is_some()
    }

    /// Whether its workflow itself reported all of its phases, from the first to a good end: nothing of it was left out,
    /// and nothing had to be read from GitHub's record.
    #[must_use]
    pub fn reported_all_phases(&self) -> bool {
        let is_reported = |step: &Step| matches!(step.state, StepState::Done | StepState::NotRequired);
        let is_of_workflow =
            |entry: &&HistoryEntry| entry.status.known().is_none_or(|status| status > Status::Dispatched);
        self.status == StoredStatus::Known(Status::Succeeded)
            && self.steps.iter().all(is_reported)
            && self.history.iter().filter(is_of_workflow).all(|entry| entry.source == Source::Callback)
    }
}
