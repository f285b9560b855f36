//! What GitHub's record of a run proves, in the order in which it happened. Pure.
//!
//! A step may have several jobs, its legs: it began with the first, is done when all are, and failed with the first that
//! failed. [`jobs`] says which jobs are of a step, and what they prove together; [`end`] what the run itself says.

mod end;
mod jobs;
#[cfg(test)]
mod tests;

use app::domain::{FailureStage, Overdue, RunState, Source, Status, transition};
use github::{Conclusion, Job, Progress, Rejection, Run};

use self::jobs::StepJobs;
use crate::config::JobNames;

/// A status that the record proves.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Proof {
    pub status: Status,
    /// The stage, where it is a failure that the record can place.
    pub stage: Option<FailureStage>,
    /// What proves it.
    pub evidence: String,
    /// What to tell people, where the status does not say it all.
    pub log_line: Option<String>,
}

/// What stopped a run before a job.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Stopped {
    /// A reviewer rejected it.
    ByReviewer(Rejection),
    /// The console told GitHub so, when it asked about its gate: for this reason, in sentences.
    AtGate(String),
}

/// Everything that GitHub records of a run, as far as it matters here.
#[derive(Clone, Debug)]
pub struct Record {
    pub run: Run,
    /// The jobs of its latest attempt.
    pub jobs: Vec<Job>,
    /// A run for the same environment that is newer than this one, where this one was cancelled before it began, and not
    /// by us.
    pub newer: Option<i64>,
    /// What stopped it, where that is why a job never began.
    pub stopped: Option<Stopped>,
    /// Which limit the deploy ran past, where the console asked GitHub to cancel the run for that.
    pub overdue: Option<Overdue>,
}

impl Record {
    /// Where the run stands. A run that was cancelled before it began was superseded if a newer one is there:
    /// GitHub keeps one waiting run of a concurrency group.
    #[must_use]
    pub fn state(&self) -> RunState {
        let is_held = self.jobs.iter().any(|job| job.status == Progress::Waiting);
        match (self.run.status, self.run.conclusion) {
            (Progress::Completed, Some(Conclusion::Cancelled)) if self.newer.is_some() => {
                RunState::Superseded
            }
            (Progress::Completed, Some(Conclusion::Cancelled)) => RunState::Cancelled,
            (Progress::Completed, Some(Conclusion::ActionRequired)) | (Progress::Waiting, _) => {
                RunState::AwaitingApproval
            }
            (Progress::Completed, _) => RunState::Ended,
            (Progress::Pending, _) => RunState::AwaitingTurn,
            (Progress::Queued | Progress::Requested, _) => RunState::Queued,
            (Progress::InProgress, _) if is_held => RunState::AwaitingApproval,
            (Progress::InProgress, _) => RunState::InProgress,
            (Progress::Unknown, _) => RunState::Unknown,
        }
    }

    /// Whether the run was cancelled before any of its jobs began.
    #[must_use]
    pub fn never_began(&self) -> bool {
        self.run.conclusion == Some(Conclusion::Cancelled) && !self.jobs.iter().any(Job::began)
    }

    /// Whether a job failed that never began: an approval that it waited for may have been rejected.
    #[must_use]
    pub fn may_be_rejected(&self) -> bool {
        self.jobs.iter().any(|job| job.conclusion == Some(Conclusion::Failure) && !job.began())
    }

    /// Everything that it proves, where the jobs have these names.
    #[must_use]
    pub fn proofs(&self, names: &JobNames) -> Vec<Proof> {
        let of = |name: &str| StepJobs::of(self, name);
        let smoke = of(&names.smoke_gate).proofs_of_gate(
            Status::SmokeGateStarted,
            Status::SmokeGatePassed,
            FailureStage::SmokeGate,
        );
        let freeze = of(&names.freeze_check).proofs_of_gate(
            Status::FreezeCheckStarted,
            Status::FreezeCheckPassed,
            FailureStage::FreezeCheck,
        );
        let deploy = of(&names.deploy);
        let mut proofs = [smoke, freeze, deploy.proofs_of_roll_out(names)].concat();
        let has_ended = proofs.iter().any(|proof| proof.status.is_terminal());
        if !has_ended && let Some(end) = end::of_run(self, &deploy) {
            proofs.push(end);
        }
        proofs
    }
}

/// Those of the proofs, in their order, that a row in this status can be walked along.
#[must_use]
pub fn path(from: Status, proofs: Vec<Proof>) -> Vec<Proof> {
    let mut current = from;
    let is_next = |proof: &Proof| {
        let is_next = transition::allowed(current, proof.status, Source::Reconciler);
        if is_next {
            current = proof.status;
        }
        is_next
    };
    proofs.into_iter().filter(is_next).collect()
}
