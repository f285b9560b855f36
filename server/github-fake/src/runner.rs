//! The jobs of one run, over time, and the callbacks that they post: signed, and retried like the shipped
//! action does.

use std::{sync::Arc, time::Duration};

use app::domain::{FailureStage, Scenario, Status, Timestamp};
use jiff::SignedDuration;
use reqwest::StatusCode;
use runtime::{
    clock::{Clock, SystemClock},
    ids::uuid_at,
};
use serde_json::json;
use webhook::{MessageId, sign};

use super::{
    Settings,
    model::{Model, Outage},
    run::SimulatedRun,
};

const ATTEMPTS: u32 = 6;
const CALLBACK_TIMEOUT: Duration = Duration::from_secs(10);
/// Phases until a slow run is listed, and for which an outage and the wait for an approval last: longer than a pass
/// of the reconciler and the poll after it, so that the operator can see them.
const SLOW_PHASES: u32 = 6;

#[derive(Clone, Debug)]
pub(super) struct Runner {
    settings: Arc<Settings>,
    model: Arc<Model>,
    http: reqwest::Client,
}

/// What the console answers about freezes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum FreezeAnswer {
    /// The deploy must not go on.
    Frozen,
    /// Nothing that would stop it.
    Silent,
}

/// What a phase of a job does when its time has come.
#[derive(Clone, Copy, Debug)]
struct Phase {
    job: &'static str,
    status: Status,
    stage: Option<FailureStage>,
    log_line: &'static str,
    /// Whether the job ends with it.
    conclusion: Option<&'static str>,
}

const fn phase(job: &'static str, status: Status, log_line: &'static str) -> Phase {
    Phase { job, status, stage: None, log_line, conclusion: None }
}

const fn last(job: &'static str, status: Status, log_line: &'static str) -> Phase {
    Phase { job, status, stage: None, log_line, conclusion: Some("success") }
}

const fn fails(job: &'static str, stage: FailureStage, log_line: &'static str) -> Phase {
    Phase { job, status: Status::Failed, stage: Some(stage), log_line, conclusion: Some("failure") }
}

/// What a run does, in order: only what its workflow has a job for. Where there is no job of a gate, none
/// fails in it.
fn phases(run: &SimulatedRun, scenario: Scenario) -> Vec<Phase> {
    let mut phases = all_phases(run, scenario);
    match scenario {
        Scenario::Superseded => phases.clear(),
        Scenario::Stalls => phases.truncate(1),
        Scenario::AllWell
        | Scenario::SmokeGateFails
        | Scenario::FreezeCheckFails
        | Scenario::BuildFails
        | Scenario::HealthCheckFails
        | Scenario::CallbackLost
        | Scenario::AllCallbacksLost
        | Scenario::SlowRun
        | Scenario::WaitsForApproval
        | Scenario::GitHubDown => {}
    }
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
    if run.has("freeze-check") && run.inputs.environment == "production" {
        phases.push(phase("freeze-check", Status::FreezeCheckStarted, "Freeze check started."));
        if scenario == Scenario::FreezeCheckFails {
            phases.push(fails("freeze-check", FailureStage::FreezeCheck, "A freeze is in force."));
            return phases;
        }
        phases.push(last("freeze-check", Status::FreezeCheckPassed, "No freeze is in force."));
    }
    phases.push(phase("deploy", Status::Building, "Building."));
    if scenario == Scenario::BuildFails {
        phases.push(fails("deploy", FailureStage::Deploy, "The build failed."));
        return phases;
    }
    phases.push(phase("deploy", Status::Deploying, "Rolled out; checking its health."));
    phases.push(if scenario == Scenario::HealthCheckFails {
        fails("deploy", FailureStage::HealthCheck, "The health check failed: 503 from /healthz.")
    } else {
        last("deploy", Status::Succeeded, "Healthy.")
    });
    phases
}

/// When the commit was made: some while before its run, longer for some than for others.
fn committed_at(run: &SimulatedRun) -> Timestamp {
    let minutes =
        run.commit.get(..2).and_then(|digits| i64::from_str_radix(digits, 16).ok()).unwrap_or_default();
    run.created_at.saturating_sub(SignedDuration::from_mins(20 + minutes)).unwrap_or(run.created_at)
}

/// Whether the callback of this status never arrives.
fn is_lost(run: &SimulatedRun, scenario: Scenario, status: Status) -> bool {
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
        | Scenario::Superseded
        | Scenario::GitHubDown => false,
    }
}

/// Whether the status is one of the gates', which a workflow reports only where it is asked to.
const fn is_gate(status: Status) -> bool {
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

impl Runner {
    pub(super) fn new(settings: Settings, model: Arc<Model>) -> Result<Self, reqwest::Error> {
        let http = reqwest::Client::builder().timeout(CALLBACK_TIMEOUT).build()?;
        Ok(Self { settings: Arc::new(settings), model, http })
    }

    pub(super) fn start(&self, run: SimulatedRun, scenario: Scenario) {
        if self.settings.jobs {
            let runner = self.clone();
            tokio::spawn(async move { runner.run(&run, scenario).await });
        }
    }

    async fn run(&self, run: &SimulatedRun, scenario: Scenario) {
        self.begin(run, scenario).await;
        for phase in phases(run, scenario) {
            if scenario == Scenario::WaitsForApproval && phase.status == Status::Building {
                self.model.hold(run.id, Some("waiting"));
                self.wait(SLOW_PHASES).await;
                self.model.hold(run.id, None);
            }
            self.wait(1).await;
            if self.model.has_ended(run.id) {
                return;
            }
            if self.carry_out(run, phase, is_lost(run, scenario, phase.status)).await == FreezeAnswer::Frozen
            {
                self.wait(1).await;
                let stopped = fails("freeze-check", FailureStage::FreezeCheck, "A freeze is in force.");
                self.carry_out(run, stopped, false).await;
                return;
            }
        }
    }

    /// Goes on with a job or ends it, and reports that, unless the report is lost. Gives what the console said of
    /// freezes.
    async fn carry_out(&self, run: &SimulatedRun, phase: Phase, is_lost: bool) -> FreezeAnswer {
        let status = if phase.conclusion.is_some() { "completed" } else { "in_progress" };
        self.model.set_job(run.id, phase.job, status, phase.conclusion, SystemClock.now());
        let is_silent = is_gate(phase.status) && run.inputs.phase_callbacks.as_deref() != Some("true");
        let is_by_hand = run.inputs.console_deploy_id.is_empty();
        let is_heard = !is_lost && !is_silent && !is_by_hand;
        let verdict = if is_heard { self.report(run, phase).await } else { FreezeAnswer::Silent };
        if phase.status.is_terminal() {
            self.model.end(run.id, phase.conclusion.unwrap_or("success"), SystemClock.now());
        }
        verdict
    }

    /// What comes before the first job.
    async fn begin(&self, run: &SimulatedRun, scenario: Scenario) {
        match scenario {
            Scenario::SlowRun => {
                self.wait(SLOW_PHASES).await;
                self.model.list(run.id);
            }
            Scenario::GitHubDown => {
                self.model.set_outage(Some(Outage::Answering(503)));
                self.wait(SLOW_PHASES).await;
                self.model.set_outage(None);
            }
            Scenario::Superseded => {
                self.model.hold(run.id, Some("pending"));
                self.wait(SLOW_PHASES).await;
                self.model.follow_with_another(run.id);
                self.model.end(run.id, "cancelled", SystemClock.now());
            }
            Scenario::AllWell
            | Scenario::SmokeGateFails
            | Scenario::FreezeCheckFails
            | Scenario::BuildFails
            | Scenario::HealthCheckFails
            | Scenario::CallbackLost
            | Scenario::AllCallbacksLost
            | Scenario::Stalls
            | Scenario::WaitsForApproval => {}
        }
    }

    /// The run was cancelled: it ends a phase later. If no jobs run here, the outside runner ends it.
    pub(super) fn cancel(&self, run: i64) {
        if self.settings.jobs {
            let runner = self.clone();
            tokio::spawn(async move {
                runner.wait(1).await;
                runner.model.end(run, "cancelled", SystemClock.now());
            });
        }
    }

    async fn wait(&self, phases: u32) {
        tokio::time::sleep(self.settings.pace * phases).await;
    }

    /// Posts a callback; a retry carries the same delivery id and a new signature.
    async fn report(&self, run: &SimulatedRun, phase: Phase) -> FreezeAnswer {
        let body = json!({
            "console_deploy_id": run.inputs.console_deploy_id,
            "status": phase.status,
            "log_line": phase.log_line,
            "run_id": run.id,
            "run_attempt": 1,
            "failure_stage": phase.stage,
            "commit": run.commit,
            "committed_at": committed_at(run),
        })
        .to_string();
        let id = MessageId::from(uuid_at(SystemClock.now()).to_string().as_str());
        for attempt in 0..ATTEMPTS {
            match self.post(run, &id, &body).await {
                Ok((status, verdict)) if !status.is_server_error() => return verdict,
                Ok((status, _)) => tracing::warn!(%status, "the simulated workflow tries its callback again"),
                Err(error) => tracing::warn!(%error, "the simulated workflow tries its callback again"),
            }
            tokio::time::sleep(Duration::from_millis(250) * 2_u32.pow(attempt)).await;
        }
        FreezeAnswer::Silent
    }

    async fn post(
        &self,
        run: &SimulatedRun,
        id: &MessageId,
        body: &str,
    ) -> Result<(StatusCode, FreezeAnswer), reqwest::Error> {
        let timestamp = SystemClock.now().as_second();
        let Settings { console_url, secrets, .. } = &*self.settings;
        let deploy_id = &run.inputs.console_deploy_id;
        let answer = self
            .http
            .post(format!("{console_url}/api/internal/deploys/{deploy_id}/callback"))
            .header("content-type", "application/json")
            .header("webhook-id", id.as_str())
            .header("webhook-timestamp", timestamp)
            .header("webhook-signature", sign(secrets, id, timestamp, body.as_bytes()))
            .body(body.to_owned())
            .send()
            .await?;
        let status = answer.status();
        let said: serde_json::Value = answer.json().await.unwrap_or_default();
        let is_frozen = said["freeze"]["verdict"] == "frozen";
        Ok((status, if is_frozen { FreezeAnswer::Frozen } else { FreezeAnswer::Silent }))
    }
}
