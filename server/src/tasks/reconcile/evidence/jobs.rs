//! The jobs of one step, and what they prove together.

use app::domain::{FailureStage, GITHUB_JOB, GITHUB_REVIEW, Status};
use github::{Conclusion, Job, JobStep, Progress, Rejection};

use super::{Proof, Record, Stopped};
use crate::config::{JobNames, is_leg};

/// The jobs of a step: one, or its legs.
pub(super) struct StepJobs<'a> {
    record: &'a Record,
    jobs: Vec<&'a Job>,
}

impl<'a> StepJobs<'a> {
    /// The jobs of the step that is configured by this name.
    pub(super) fn of(record: &'a Record, name: &str) -> Self {
        let jobs = record.jobs.iter().filter(|job| is_leg(&job.name, name)).collect();
        Self { record, jobs }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.jobs.is_empty()
    }

    /// How many there are.
    pub(super) const fn len(&self) -> usize {
        self.jobs.len()
    }

    pub(super) fn proofs_of_gate(&self, begins: Status, passes: Status, fails: FailureStage) -> Vec<Proof> {
        let failed = self.failed().map(|job| self.failure(job, Some(fails)));
        let passed = self.last_of_all(has_passed).map(|job| self.proof(job, passes));
        [self.begun(begins), failed.or(passed)].into_iter().flatten().collect()
    }

    /// The job that rolls out checks the health, too. Its steps tell one from the other.
    pub(super) fn proofs_of_roll_out(&self, names: &JobNames) -> Vec<Proof> {
        let rolled_out = self.last_of_all(|job| has_passed(job) || checks_health(job, names));
        let rolled_out = rolled_out.map(|job| self.proof(job, Status::Deploying));
        let failed = self.failed().map(|job| self.failure(job, failed_stage(job, names)));
        let passed = self.last_of_all(has_passed).map(|job| self.proof(job, Status::Succeeded));
        [self.begun(Status::Building), rolled_out, failed.or(passed)].into_iter().flatten().collect()
    }

    /// The first that began proves that the step did.
    fn begun(&self, begins: Status) -> Option<Proof> {
        self.jobs.iter().find(|job| has_begun(job)).map(|job| self.proof(job, begins))
    }

    /// One that failed: if there is a choice, one that had begun.
    fn failed(&self) -> Option<&'a Job> {
        let mut failed = self.jobs.iter().copied().filter(|job| has_failed(job));
        failed.clone().find(|job| job.began()).or_else(|| failed.next())
    }

    /// The last of them, if this holds for all.
    fn last_of_all(&self, holds: impl Fn(&Job) -> bool) -> Option<&'a Job> {
        self.jobs.last().copied().filter(|_| self.jobs.iter().all(|job| holds(job)))
    }

    fn proof(&self, job: &Job, status: Status) -> Proof {
        let (name, run) = (&job.name, self.record.run.id);
        let evidence = format!("{GITHUB_JOB}{name} of run {run}");
        Proof { status, stage: None, evidence, log_line: None }
    }

    /// A job that never began proves no beginning, and its step did not fail.
    fn failure(&self, job: &Job, stage: Option<FailureStage>) -> Proof {
        let failed = self.proof(job, Status::Failed);
        if !job.began() {
            return self.not_begun(job, failed);
        }
        let step = job.steps.iter().find(|step| step_failed(step));
        let log_line = step.map(|step| format!("The step “{}” of the job {} failed.", step.name, job.name));
        Proof { stage, log_line, ..failed }
    }

    /// Why a job that failed never began.
    fn not_begun(&self, job: &Job, failed: Proof) -> Proof {
        let (name, run) = (&job.name, self.record.run.id);
        let said = match &self.record.stopped {
            None => format!("GitHub never started the job {name}."),
            Some(Stopped::AtGate(reason)) => {
                format!("The console stopped it at GitHub's gate. {reason} The job {name} never began.")
            }
            Some(Stopped::ByReviewer(rejection)) => {
                return Proof {
                    evidence: format!("{GITHUB_REVIEW}{name} of run {run}"),
                    log_line: Some(rejection_text(rejection, job)),
                    ..failed
                };
            }
        };
        Proof { log_line: Some(said), ..failed }
    }
}

fn rejection_text(Rejection { by, comment }: &Rejection, job: &Job) -> String {
    let who = by.as_deref().unwrap_or("A reviewer");
    let comment = match comment {
        None => ".".to_owned(),
        Some(comment) if comment.ends_with(['.', '!', '?', '…']) => format!(": “{comment}”"),
        Some(comment) => format!(": “{comment}”."),
    };
    format!("{who} rejected the approval on GitHub{comment} The job {} never began.", job.name)
}

const fn has_passed(job: &Job) -> bool {
    matches!((job.status, job.conclusion), (Progress::Completed, Some(Conclusion::Success)))
}

const fn has_failed(job: &Job) -> bool {
    matches!(
        (job.status, job.conclusion),
        (Progress::Completed, Some(Conclusion::Failure | Conclusion::TimedOut))
    )
}

/// Skipped, cancelled, or something that this build does not know: whether it ever began is not said.
fn has_begun(job: &Job) -> bool {
    job.status == Progress::InProgress || has_passed(job) || (has_failed(job) && job.began())
}

/// Whether the roll-out is behind it.
fn checks_health(job: &Job, names: &JobNames) -> bool {
    let has_begun = |step: &JobStep| match step.status {
        Progress::InProgress => true,
        Progress::Completed => step.conclusion != Some(Conclusion::Skipped),
        Progress::Queued
        | Progress::Waiting
        | Progress::Requested
        | Progress::Pending
        | Progress::Unknown => false,
    };
    job.steps.iter().any(|step| names.is_health_check(&step.name) && has_begun(step))
}

/// Which of its two steps a job failed in, as far as its own steps say.
fn failed_stage(job: &Job, names: &JobNames) -> Option<FailureStage> {
    let failed = job.steps.iter().position(step_failed)?;
    let health = job.steps.iter().rposition(|step| names.is_health_check(&step.name))?;
    if names.is_health_check(&job.steps[failed].name) {
        Some(FailureStage::HealthCheck)
    } else {
        (failed < health).then_some(FailureStage::Deploy)
    }
}

fn step_failed(step: &JobStep) -> bool {
    matches!(step.conclusion, Some(Conclusion::Failure | Conclusion::TimedOut))
}
