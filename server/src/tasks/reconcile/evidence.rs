//! What GitHub's record of a run proves, in the order in which it happened. Pure.

use app::domain::{DEADLINE, FailureStage, Overdue, RunState, Source, Status, transition};
use github::{Conclusion, Job, Progress, Rejection, Run};

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

/// Everything that GitHub records of a run, as far as it matters here.
#[derive(Clone, Debug)]
pub struct Record {
    pub run: Run,
    /// The jobs of its latest attempt.
    pub jobs: Vec<Job>,
    /// A run for the same environment that is newer than this one, where this one was cancelled before it began, and not
    /// by us.
    pub newer: Option<i64>,
    /// The rejected approval, where that is why a job never began.
    pub rejection: Option<Rejection>,
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
        self.run.conclusion == Some(Conclusion::Cancelled) && !self.jobs.iter().any(|job| job.began)
    }

    /// Whether a job failed that never began: an approval that it waited for may have been rejected.
    #[must_use]
    pub fn may_be_rejected(&self) -> bool {
        self.jobs.iter().any(|job| job.conclusion == Some(Conclusion::Failure) && !job.began)
    }

    /// Everything that it proves, where the jobs have these names.
    #[must_use]
    pub fn proofs(&self, names: &JobNames) -> Vec<Proof> {
        let find = |name: &str| self.jobs.iter().find(|job| job.name == name);
        let smoke = find(&names.smoke_gate).into_iter().flat_map(|job| {
            let stages = Stages {
                begins: Status::SmokeGateStarted,
                passes: &[Status::SmokeGatePassed],
                fails: Some(FailureStage::SmokeGate),
            };
            self.proofs_of(&stages, job)
        });
        let freeze = find(&names.freeze_check).into_iter().flat_map(|job| {
            let stages = Stages {
                begins: Status::FreezeCheckStarted,
                passes: &[Status::FreezeCheckPassed],
                fails: Some(FailureStage::FreezeCheck),
            };
            self.proofs_of(&stages, job)
        });
        // The job does not say which of its two steps failed; the status before it does.
        let deploy = find(&names.deploy).into_iter().flat_map(|job| {
            let stages = Stages {
                begins: Status::Building,
                passes: &[Status::Deploying, Status::Succeeded],
                fails: None,
            };
            self.proofs_of(&stages, job)
        });
        let mut proofs: Vec<Proof> = smoke.chain(freeze).chain(deploy).collect();
        let ended = proofs.iter().any(|proof| proof.status.is_terminal());
        if !ended && let Some(end) = end_of(self, find(&names.deploy)) {
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

/// The statuses that a job stands for.
struct Stages {
    begins: Status,
    passes: &'static [Status],
    fails: Option<FailureStage>,
}

impl Record {
    fn proofs_of(&self, stages: &Stages, job: &Job) -> Vec<Proof> {
        let proof = |status, stage| Proof {
            status,
            stage,
            evidence: format!("GitHub job {} of run {}", job.name, self.run.id),
            log_line: None,
        };
        let mut proofs = Vec::new();
        match (job.status, job.conclusion) {
            (Progress::InProgress, _) => proofs.push(proof(stages.begins, None)),
            (Progress::Completed, Some(Conclusion::Success)) => {
                proofs.push(proof(stages.begins, None));
                proofs.extend(stages.passes.iter().map(|status| proof(*status, None)));
            }
            // It proves no beginning, and its step did not fail.
            (Progress::Completed, Some(Conclusion::Failure | Conclusion::TimedOut)) if !job.began => {
                proofs.push(Proof { log_line: Some(self.why_not_begun(job)), ..proof(Status::Failed, None) });
            }
            (Progress::Completed, Some(Conclusion::Failure | Conclusion::TimedOut)) => {
                proofs.push(proof(stages.begins, None));
                proofs.push(proof(Status::Failed, stages.fails));
            }
            // Skipped, cancelled, or something that this build does not know: whether it ever began is not
            // said. What ended the run is for the run to say.
            (
                Progress::Queued
                | Progress::Completed
                | Progress::Waiting
                | Progress::Requested
                | Progress::Pending
                | Progress::Unknown,
                _,
            ) => {}
        }
        proofs
    }

    /// Why a job that failed never began, as a sentence.
    fn why_not_begun(&self, job: &Job) -> String {
        let Some(Rejection { by, comment }) = &self.rejection else {
            return format!("GitHub never started the job {}.", job.name);
        };
        let who = by.as_deref().unwrap_or("A reviewer");
        let comment = comment.as_ref().map(|comment| format!(": “{comment}”")).unwrap_or_default();
        format!("{who} rejected the approval on GitHub{comment}. The job {} never began.", job.name)
    }
}

/// The end of a run that no job of ours explains.
fn end_of(record: &Record, deploy: Option<&Job>) -> Option<Proof> {
    let Record { run, newer, overdue, .. } = record;
    if run.status != Progress::Completed {
        return None;
    }
    let evidence = format!("GitHub run {}", run.id);
    let end = |what: &str, evidence| Proof {
        status: Status::Failed,
        stage: None,
        evidence,
        log_line: Some(format!("The run {what}.")),
    };
    let what = match run.conclusion? {
        // The jobs have other names than configured. Nothing is known then.
        Conclusion::Success | Conclusion::Neutral if deploy.is_none() => return None,
        Conclusion::Success | Conclusion::Neutral => "ended without running its deploy job",
        Conclusion::Cancelled if overdue.is_some() => return overdue.map(cancelled_late),
        Conclusion::Cancelled => match newer {
            Some(newer) => {
                return Some(end(
                    &format!("was cancelled before it began; run {newer} is newer and took its place"),
                    format!("{evidence}, and run {newer}"),
                ));
            }
            None => "was cancelled",
        },
        Conclusion::Failure => "failed",
        Conclusion::Skipped => "was skipped",
        Conclusion::TimedOut => "ran into GitHub's time limit",
        Conclusion::ActionRequired => return None,
        Conclusion::Stale => "was given up by GitHub",
        Conclusion::StartupFailure => "could not start: its workflow file is not valid",
        Conclusion::Unknown => "ended in a way that this console does not know",
    };
    Some(end(what, evidence))
}

/// The end of a run that was cancelled because it took too long.
fn cancelled_late(overdue: Overdue) -> Proof {
    let limit = match overdue {
        Overdue::Deadline | Overdue::Unknown => "did not end within its deadline",
        Overdue::WaitDeadline => "waited for longer than its wait_deadline",
    };
    Proof {
        status: Status::TimedOut,
        stage: None,
        evidence: DEADLINE.to_owned(),
        log_line: Some(format!("It {limit}, and GitHub cancelled its run.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(status: Progress, conclusion: Option<Conclusion>) -> Run {
        Run { id: 7, status, conclusion, run_attempt: 1 }
    }

    fn job(name: &str, status: Progress, conclusion: Option<Conclusion>) -> Job {
        Job { id: 1, name: name.to_owned(), status, conclusion, began: true }
    }

    fn done(name: &str) -> Job {
        job(name, Progress::Completed, Some(Conclusion::Success))
    }

    fn skipped(name: &str) -> Job {
        job(name, Progress::Completed, Some(Conclusion::Skipped))
    }

    fn proofs(run: &Run, jobs: &[Job]) -> Vec<Proof> {
        let record =
            Record { run: run.clone(), jobs: jobs.to_vec(), newer: None, rejection: None, overdue: None };
        record.proofs(&JobNames::default())
    }

    fn statuses(run: &Run, jobs: &[Job]) -> Vec<&'static str> {
        proofs(run, jobs).iter().map(|proof| proof.status.as_str()).collect()
    }

    const LIVE: (Progress, Option<Conclusion>) = (Progress::InProgress, None);

    #[test]
    fn f34_successful_jobs_prove_every_status() {
        let run = run(Progress::Completed, Some(Conclusion::Success));
        let whole = [done("smoke"), done("freeze-check"), done("deploy")];
        assert_eq!(
            statuses(&run, &whole),
            [
                "smoke_gate_started",
                "smoke_gate_passed",
                "freeze_check_started",
                "freeze_check_passed",
                "building",
                "deploying",
                "succeeded"
            ]
        );
        let staging = [done("smoke"), skipped("freeze-check"), done("deploy")];
        assert_eq!(
            statuses(&run, &staging),
            ["smoke_gate_started", "smoke_gate_passed", "building", "deploying", "succeeded"]
        );
    }

    /// A job under way proves that it began, and no more.
    #[test]
    fn running_job_proves_only_its_start() {
        let live = run(LIVE.0, LIVE.1);
        assert_eq!(statuses(&live, &[job("smoke", Progress::InProgress, None)]), ["smoke_gate_started"]);
        let deploying = [done("smoke"), skipped("freeze-check"), job("deploy", Progress::InProgress, None)];
        assert_eq!(statuses(&live, &deploying), ["smoke_gate_started", "smoke_gate_passed", "building"]);
        for waiting in
            [Progress::Queued, Progress::Waiting, Progress::Requested, Progress::Pending, Progress::Unknown]
        {
            assert_eq!(statuses(&live, &[job("smoke", waiting, None)]), [""; 0], "{waiting:?}");
        }
    }

    #[test]
    fn failed_job_names_its_stage() {
        let failed = run(Progress::Completed, Some(Conclusion::Failure));
        let jobs = [job("smoke", Progress::Completed, Some(Conclusion::Failure)), skipped("deploy")];
        let proofs = proofs(&failed, &jobs);
        assert_eq!(proofs.len(), 2);
        assert_eq!((proofs[1].status, proofs[1].stage), (Status::Failed, Some(FailureStage::SmokeGate)));
        assert_eq!(proofs[1].evidence, "GitHub job smoke of run 7");
    }

    #[test]
    fn f33_other_run_conclusions_are_named() {
        for (conclusion, words) in [
            (Conclusion::Cancelled, "cancelled"),
            (Conclusion::TimedOut, "time limit"),
            (Conclusion::Stale, "given up"),
            (Conclusion::StartupFailure, "could not start"),
            (Conclusion::Skipped, "skipped"),
            (Conclusion::Unknown, "does not know"),
        ] {
            let ended = run(Progress::Completed, Some(conclusion));
            let proofs = proofs(&ended, &[job("smoke", Progress::Completed, Some(Conclusion::Cancelled))]);
            assert_eq!(proofs.len(), 1, "{conclusion:?}");
            assert_eq!(proofs[0].status, Status::Failed);
            assert!(proofs[0].log_line.as_ref().unwrap().contains(words), "{proofs:?}");
        }
    }

    /// Only a run that was cancelled for it ended by the deadline: one that ended by itself is what it is.
    #[test]
    fn f79_only_a_cancelled_run_ended_by_the_deadline() {
        for (conclusion, status) in
            [(Conclusion::Cancelled, Status::TimedOut), (Conclusion::Failure, Status::Failed)]
        {
            let run = run(Progress::Completed, Some(conclusion));
            let overdue = Some(Overdue::Deadline);
            let record = Record { run, jobs: vec![done("smoke")], newer: None, rejection: None, overdue };
            assert_eq!(record.proofs(&JobNames::default()).last().unwrap().status, status);
        }
    }

    /// A path takes up the proofs where the row stands.
    #[test]
    fn path_continues_from_the_current_row() {
        let run = run(Progress::Completed, Some(Conclusion::Success));
        let whole = [done("smoke"), done("freeze-check"), done("deploy")];
        let from = |status| {
            let path = path(status, proofs(&run, &whole));
            path.iter().map(|proof| proof.status.as_str()).collect::<Vec<_>>()
        };
        assert_eq!(from(Status::Dispatched).len(), 7);
        assert_eq!(from(Status::FreezeCheckStarted)[..2], ["freeze_check_passed", "building"]);
        assert_eq!(from(Status::Deploying), ["succeeded"]);
        assert_eq!(from(Status::Failed), [""; 0]);
    }

    #[test]
    fn success_requires_a_deploy_job() {
        let ended = run(Progress::Completed, Some(Conclusion::Success));
        assert_eq!(
            statuses(&ended, &[done("smoke"), skipped("deploy")]),
            ["smoke_gate_started", "smoke_gate_passed", "failed"]
        );
        assert_eq!(statuses(&ended, &[done("another")]), [""; 0]);
    }
}
