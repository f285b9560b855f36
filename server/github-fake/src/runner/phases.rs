//! What a run does, in order. No I/O.

use app::domain::{FailureStage, Scenario, Status};

use crate::run::SimulatedRun;

/// What a phase of a job does when its time has come.
#[derive(Clone, Copy, Debug)]
pub(super) struct Phase {
    /// The key of the job in the workflow file.
    pub(super) job: &'static str,
    /// Which leg of the job, if it has several.
    pub(super) leg: Option<usize>,
    pub(super) status: Status,
    pub(super) stage: Option<FailureStage>,
    pub(super) log_line: &'static str,
    /// Whether the job ends with it.
    pub(super) conclusion: Option<&'static str>,
}

const fn phase(job: &'static str, status: Status, log_line: &'static str) -> Phase {
    Phase { job, leg: None, status, stage: None, log_line, conclusion: None }
}

const fn last(job: &'static str, status: Status, log_line: &'static str) -> Phase {
    Phase { conclusion: Some("success"), ..phase(job, status, log_line) }
}

const fn fails(job: &'static str, stage: FailureStage, log_line: &'static str) -> Phase {
    let stage = Some(stage);
    Phase { stage, conclusion: Some("failure"), ..phase(job, Status::Failed, log_line) }
}

/// The end of a run that the console's freeze stops.
pub(super) const FROZEN: Phase = fails("freeze-check", FailureStage::FreezeCheck, "A freeze is in force.");
/// What a freeze check of one's own finds, of which the console knows nothing.
const CALENDAR_CLOSED: Phase = fails(
    "freeze-check",
    FailureStage::FreezeCheck,
    "The release calendar is closed until Monday, 08:00 UTC.",
);

/// Only what its workflow has a job for. Where there is no job of a gate, none fails in it. Of another attempt, jobs that
/// ended well before do not run again.
pub(super) fn phases(run: &SimulatedRun, scenario: Scenario) -> Vec<Phase> {
    let mut phases = all_phases(run, scenario);
    match scenario {
        Scenario::Superseded | Scenario::ApprovalRejected => {
            phases.truncate(phases.iter().position(|phase| phase.job == "deploy").unwrap_or_default());
            if scenario == Scenario::Superseded {
                phases.clear();
            }
        }
        Scenario::Stalls => phases.truncate(1),
        Scenario::RunDeleted => phases.retain(|phase| phase.conclusion.is_none() || phase.job != "deploy"),
        Scenario::AllWell
        | Scenario::SmokeGateFails
        | Scenario::FreezeCheckFails
        | Scenario::BuildFails
        | Scenario::HealthCheckFails
        | Scenario::CallbackLost
        | Scenario::AllCallbacksLost
        | Scenario::SlowRun
        | Scenario::WaitsForApproval
        | Scenario::LegFails
        | Scenario::GitHubDown => {}
    }
    let has_ended = |phase: &Phase| {
        let mut jobs = run.now.jobs.iter().filter(|job| job.key == phase.job);
        jobs.any(|job| job.conclusion.is_some() && job.leg.as_ref().map(|leg| leg.index) == phase.leg)
    };
    phases.retain(|phase| !has_ended(phase));
    phases
}

fn all_phases(run: &SimulatedRun, scenario: Scenario) -> Vec<Phase> {
    let mut phases = Vec::new();
    if run.has("smoke") {
        phases.push(phase("smoke", Status::SmokeGateStarted, "Smoke gate started."));
        if scenario == Scenario::SmokeGateFails {
            phases.push(fails("smoke", FailureStage::SmokeGate, "Smoke gate failed: 2 of 41 checks."));
            return phases;
        }
        phases.push(last("smoke", Status::SmokeGatePassed, "Smoke gate passed."));
    }
    if run.has("freeze-check") && run.inputs.environment() == "production" {
        phases.push(phase("freeze-check", Status::FreezeCheckStarted, "Freeze check started."));
        if scenario == Scenario::FreezeCheckFails {
            phases.push(CALENDAR_CLOSED);
            return phases;
        }
        phases.push(last("freeze-check", Status::FreezeCheckPassed, "No freeze is in force."));
    }
    let legs = run.legs("deploy").len();
    let roll_out = deploy_phases(scenario);
    if legs == 0 {
        phases.extend(roll_out);
        return phases;
    }
    // Side by side: each has begun before any goes on.
    for phase in roll_out {
        let of_leg = (0..legs).map(|leg| Phase { leg: Some(leg), ..phase });
        let fails_late = scenario == Scenario::LegFails && phase.conclusion.is_some();
        phases.extend(of_leg.map(|of_leg| match of_leg.leg {
            Some(leg) if fails_late && leg + 1 == legs => Phase { leg: of_leg.leg, ..UNHEALTHY },
            _ => of_leg,
        }));
    }
    phases
}

const UNHEALTHY: Phase =
    fails("deploy", FailureStage::HealthCheck, "The health check failed: 503 from /healthz.");

/// The job that rolls out, or each of its legs.
fn deploy_phases(scenario: Scenario) -> Vec<Phase> {
    let begins = phase("deploy", Status::Building, "Building.");
    if scenario == Scenario::BuildFails {
        return vec![begins, fails("deploy", FailureStage::Deploy, "The build failed.")];
    }
    let ends = if scenario == Scenario::HealthCheckFails {
        UNHEALTHY
    } else {
        last("deploy", Status::Succeeded, "Healthy.")
    };
    vec![begins, phase("deploy", Status::Deploying, "Rolled out; checking its health."), ends]
}

/// Whether the callback of this status never arrives.
pub(super) fn is_lost(run: &SimulatedRun, scenario: Scenario, status: Status) -> bool {
    match scenario {
        Scenario::CallbackLost if run.has("smoke") => status == Status::SmokeGateStarted,
        Scenario::CallbackLost => status == Status::Building,
        Scenario::AllCallbacksLost => true,
        Scenario::AllWell
        | Scenario::SmokeGateFails
        | Scenario::FreezeCheckFails
        | Scenario::BuildFails
        | Scenario::HealthCheckFails
        | Scenario::Stalls
        | Scenario::SlowRun
        | Scenario::WaitsForApproval
        | Scenario::ApprovalRejected
        | Scenario::LegFails
        | Scenario::RunDeleted
        | Scenario::Superseded
        | Scenario::GitHubDown => false,
    }
}

/// Whether the status is one of the gates', which a workflow reports only where it is asked to.
pub(super) const fn is_gate(status: Status) -> bool {
    match status {
        Status::SmokeGateStarted
        | Status::SmokeGatePassed
        | Status::FreezeCheckStarted
        | Status::FreezeCheckPassed => true,
        Status::Requested
        | Status::Dispatched
        | Status::Building
        | Status::Deploying
        | Status::Succeeded
        | Status::Failed
        | Status::TimedOut => false,
    }
}
