use github::JobStep;

use super::*;

fn run(status: Progress, conclusion: Option<Conclusion>) -> Run {
    Run { id: 7, status, conclusion, run_attempt: 1 }
}

fn job(name: &str, status: Progress, conclusion: Option<Conclusion>) -> Job {
    Job {
        id: 1,
        name: name.to_owned(),
        status,
        conclusion,
        steps: vec![step("Set up job", Some(Conclusion::Success))],
    }
}

fn done(name: &str) -> Job {
    job(name, Progress::Completed, Some(Conclusion::Success))
}

fn skipped(name: &str) -> Job {
    job(name, Progress::Completed, Some(Conclusion::Skipped))
}

fn proofs(run: &Run, jobs: &[Job]) -> Vec<Proof> {
    let record = Record { run: run.clone(), jobs: jobs.to_vec(), newer: None, stopped: None, overdue: None };
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

fn step(name: &str, conclusion: Option<Conclusion>) -> JobStep {
    let status = if conclusion.is_some() { Progress::Completed } else { Progress::InProgress };
    JobStep { name: name.to_owned(), status, conclusion }
}

fn with_steps(job: Job, steps: &[(&str, Option<Conclusion>)]) -> Job {
    Job { steps: steps.iter().map(|(name, conclusion)| step(name, *conclusion)).collect(), ..job }
}

/// A step is done only when all of its legs are, whichever of them comes first.
#[test]
fn f76_step_is_done_with_its_last_leg() {
    let live = run(LIVE.0, LIVE.1);
    let leg = |name: &str, conclusion| job(name, Progress::Completed, Some(conclusion));
    let going = |name: &str| job(name, Progress::InProgress, None);
    let queued = |name: &str| Job { steps: Vec::new(), ..job(name, Progress::Queued, None) };
    let (success, failure) = (Conclusion::Success, Conclusion::Failure);
    for (jobs, proved) in [
        (vec![queued("deploy (eu)"), queued("deploy (us)")], vec![]),
        (vec![going("deploy (eu)"), queued("deploy (us)")], vec!["building"]),
        (vec![queued("deploy (eu)"), leg("deploy (us)", success)], vec!["building"]),
        (vec![leg("deploy (eu)", success), going("deploy (us)")], vec!["building"]),
        (
            vec![leg("deploy (eu)", success), leg("deploy (us)", success)],
            vec!["building", "deploying", "succeeded"],
        ),
        (vec![leg("deploy", success), leg("deploy", success)], vec!["building", "deploying", "succeeded"]),
        (vec![leg("deploy", success), going("deploy")], vec!["building"]),
        (vec![leg("deploy (eu)", success), leg("deploy (us)", failure)], vec!["building", "failed"]),
        (vec![going("deploy (eu)"), leg("deploy (us)", failure)], vec!["building", "failed"]),
        (vec![leg("smoke (1)", success), going("smoke (2)")], vec!["smoke_gate_started"]),
        (
            vec![leg("smoke (1)", success), leg("smoke (2)", success)],
            vec!["smoke_gate_started", "smoke_gate_passed"],
        ),
        (vec![leg("a (eu) / deploy", success)], vec![]),
    ] {
        assert_eq!(statuses(&live, &jobs), proved, "{jobs:?}");
    }
}

/// GitHub lists the steps of a job: a failed health check is no failed roll-out.
#[test]
fn failing_step_names_the_stage() {
    let (good, bad, skipped) =
        (Some(Conclusion::Success), Some(Conclusion::Failure), Some(Conclusion::Skipped));
    let failed = run(Progress::Completed, Some(Conclusion::Failure));
    let deploy = job("deploy", Progress::Completed, bad);
    for (steps, proved, stage, named) in [
        (
            vec![("Deploy", good), ("Run the health check", bad)],
            vec!["building", "deploying", "failed"],
            Some(FailureStage::HealthCheck),
            "Run the health check",
        ),
        (
            vec![("Build", bad), ("Deploy", skipped), ("Run the health check", skipped)],
            vec!["building", "failed"],
            Some(FailureStage::Deploy),
            "Build",
        ),
        (vec![("Deploy", bad)], vec!["building", "failed"], None, "Deploy"),
        (
            vec![("Deploy", good), ("Health", good), ("Clean up", bad)],
            vec!["building", "deploying", "failed"],
            None,
            "Clean up",
        ),
    ] {
        let jobs = [with_steps(deploy.clone(), &steps)];
        assert_eq!(statuses(&failed, &jobs), proved, "{steps:?}");
        let end = proofs(&failed, &jobs).pop().unwrap();
        assert_eq!(end.stage, stage, "{steps:?}");
        assert!(end.log_line.unwrap().contains(named), "{steps:?}");
    }
}

/// Of several legs, all have to be beyond the roll-out.
#[test]
fn f76_health_is_checked_once_all_rolled_out() {
    let live = run(LIVE.0, LIVE.1);
    let checks = |name: &str| {
        with_steps(
            job(name, Progress::InProgress, None),
            &[("Deploy", Some(Conclusion::Success)), ("Run the health check", None)],
        )
    };
    let rolls_out = with_steps(job("deploy (us)", Progress::InProgress, None), &[("Deploy", None)]);
    assert_eq!(statuses(&live, &[checks("deploy (eu)"), rolls_out]), ["building"]);
    assert_eq!(statuses(&live, &[checks("deploy (eu)"), checks("deploy (us)")]), ["building", "deploying"]);
}

/// Which step it is can be configured.
#[test]
fn configured_step_is_the_health_check() {
    let names = JobNames { health_check: Some("Probe".to_owned()), ..JobNames::default() };
    assert!(names.is_health_check("Probe") && !names.is_health_check("Run the health check"));
    assert!(JobNames::default().is_health_check("Run the Health check"));
}

/// Only a run that was cancelled for it ended by the deadline: one that ended by itself is what it is.
#[test]
fn f79_only_a_cancelled_run_ended_by_the_deadline() {
    for (conclusion, status) in
        [(Conclusion::Cancelled, Status::TimedOut), (Conclusion::Failure, Status::Failed)]
    {
        let run = run(Progress::Completed, Some(conclusion));
        let overdue = Some(Overdue::Deadline);
        let record = Record { run, jobs: vec![done("smoke")], newer: None, stopped: None, overdue };
        assert_eq!(record.proofs(&JobNames::default()).last().unwrap().status, status);
    }
}
