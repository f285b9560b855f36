//! What GitHub's record says of the run of a deploy, job by job, as it was read for one page.

use serde::{Deserialize, Serialize};

use crate::domain::{StepKey, Timestamp};

/// The record as it was read for a page.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct RunRecord {
    /// When the page asked, by the console's clock: everything on it is of that time.
    pub asked_at: Timestamp,
    /// What the record says.
    pub jobs: JobsSeen,
}

/// The jobs, or why they cannot be listed.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum JobsSeen {
    /// No run is known, so GitHub was not asked.
    NoRun,
    /// GitHub answered.
    Listed {
        /// Which attempt of the run these are the jobs of.
        attempt: i64,
        /// The jobs, in GitHub's order.
        jobs: Vec<JobLine>,
    },
    /// GitHub gave no usable answer.
    Unread {
        /// Why, as a sentence.
        why: String,
        /// Since when GitHub cannot be read, as far as that was noticed.
        since: Option<Timestamp>,
    },
}

/// One job.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct JobLine {
    /// Its name in the workflow.
    pub name: String,
    /// The steps that it represents; none for a job that the console does not know.
    pub steps: Vec<StepKey>,
    /// Its state.
    pub state: JobState,
    /// When a runner began it, if one has.
    pub began_at: Option<Timestamp>,
    /// When it ended, if it began and has.
    pub ended_at: Option<Timestamp>,
    /// Its page on the GitHub that is configured.
    pub url: String,
}

/// The state of a job, as GitHub reports it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// No runner has taken it.
    Queued,
    /// It waits for an approval, or for another protection rule.
    AwaitingApproval,
    /// It waits for another run of its concurrency group.
    AwaitingTurn,
    /// A runner works on it.
    InProgress,
    /// It ended well.
    Succeeded,
    /// It ended badly.
    Failed,
    /// It ran into a time limit.
    TimedOut,
    /// It was cancelled, by a person or by a newer run.
    Cancelled,
    /// It was not needed for this run.
    Skipped,
    /// It ended neither well nor badly.
    Neutral,
    /// A state that this build does not know, in GitHub's words.
    Other(String),
}
