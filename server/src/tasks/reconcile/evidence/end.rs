//! What the end of a run says where its jobs do not.

use app::domain::{DEADLINE, Overdue, Status};
use github::{Conclusion, Progress};

use super::{Proof, Record, jobs::StepJobs};

/// The end of a run that no job of ours explains.
pub(super) fn of_run(record: &Record, deploy: &StepJobs<'_>) -> Option<Proof> {
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
        Conclusion::Success | Conclusion::Neutral if deploy.is_empty() => return None,
        Conclusion::Success | Conclusion::Neutral if deploy.len() > 1 => {
            "ended without running all of its deploy jobs"
        }
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
