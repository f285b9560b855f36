//! The jobs of one run, over time.
//!
//! - [`phases`]: what there is to do. [`callback`]: how it is reported.

mod callback;
mod phases;

use std::{sync::Arc, time::Duration};

use app::domain::{FailureStage, Scenario, Status};

use self::{
    callback::FreezeAnswer,
    phases::{FROZEN, Phase, is_gate, is_lost, phases},
};
use super::{
    Settings,
    clock::now,
    job::Jobs,
    model::{Model, Outage},
    protection::{ProtectionState, Reviewer},
    run::SimulatedRun,
};

const CALLBACK_TIMEOUT: Duration = Duration::from_secs(10);
/// Phases until a slow run is listed, and for which an outage and the wait for an approval last: longer than a pass
/// of the reconciler and the poll after it, so that the operator can see them.
const SLOW_PHASES: u32 = 6;
/// How often a run looks whether its turn has come, where phases take no time.
const SHORTEST_WAIT: Duration = Duration::from_millis(20);

/// Who reviews where a scenario says that somebody does.
const REVIEWER: &str = "octocat";

#[derive(Clone, Debug)]
pub(super) struct Runner {
    settings: Arc<Settings>,
    model: Arc<Model>,
    http: reqwest::Client,
    /// Who signs identity tokens.
    issuer: String,
}

impl Runner {
    pub(super) fn new(settings: Settings, model: Arc<Model>, issuer: String) -> Result<Self, reqwest::Error> {
        let http = reqwest::Client::builder().timeout(CALLBACK_TIMEOUT).build()?;
        Ok(Self { settings: Arc::new(settings), model, http, issuer })
    }

    pub(super) fn start(&self, run: SimulatedRun, scenario: Scenario) {
        if self.settings.jobs {
            let runner = self.clone();
            tokio::spawn(async move { runner.run(&run, scenario).await });
        }
    }

    async fn run(&self, run: &SimulatedRun, scenario: Scenario) {
        while self.model.awaits_turn(run.id) {
            tokio::time::sleep(self.settings.pace.max(SHORTEST_WAIT)).await;
        }
        self.begin(run, scenario).await;
        let phases = phases(run, scenario);
        let mut conclusion = "success";
        for (place, phase) in phases.iter().copied().enumerate() {
            if !self.may_begin(run, scenario, phase).await {
                return;
            }
            self.before(scenario, phase).await;
            self.wait(1).await;
            if self.model.has_ended(run.id) {
                return;
            }
            if self.carry_out(run, phase, is_lost(run, scenario, phase.status)).await == FreezeAnswer::Frozen
            {
                self.wait(1).await;
                self.carry_out(run, FROZEN, false).await;
                return self.model.end(run.id, "failure", now());
            }
            if phase.conclusion == Some("failure") {
                conclusion = "failure";
            }
            if phase.status.is_terminal() && place + 1 == phases.len() {
                self.model.end(run.id, conclusion, now());
            }
        }
        self.after(run, scenario).await;
    }

    /// Asks about the environment of a job that is next, and waits for what is decided. Gives whether the job begins.
    async fn may_begin(&self, run: &SimulatedRun, scenario: Scenario, phase: Phase) -> bool {
        let is_reviewed = scenario == Scenario::WaitsForApproval && phase.status == Status::Building;
        let reviewer = is_reviewed.then(|| Reviewer::user(REVIEWER)).into_iter().collect();
        let asked = self.model.ask_protection(run.id, phase.job, reviewer);
        if asked.is_some() && is_reviewed {
            self.wait(SLOW_PHASES).await;
            self.model.review(run.id, ProtectionState::Approved, REVIEWER, "Go ahead.", now());
        }
        self.model.may_begin(run.id, run.now.number, phase.job).await
    }

    /// What holds a phase up.
    async fn before(&self, scenario: Scenario, phase: Phase) {
        // By then the other legs have succeeded for all to see.
        if scenario == Scenario::LegFails && phase.status == Status::Failed {
            self.wait(SLOW_PHASES).await;
        }
    }

    /// What comes instead of the phases that are left out.
    async fn after(&self, run: &SimulatedRun, scenario: Scenario) {
        match scenario {
            Scenario::ApprovalRejected => {
                self.model.ask_protection(run.id, "deploy", vec![Reviewer::user(REVIEWER)]);
                self.wait(SLOW_PHASES).await;
                self.model.reject(run.id, REVIEWER, "Not on a Friday.", now());
            }
            Scenario::RunDeleted => {
                self.wait(1).await;
                self.model.delete(run.id);
            }
            Scenario::AllWell
            | Scenario::SmokeGateFails
            | Scenario::FreezeCheckFails
            | Scenario::BuildFails
            | Scenario::HealthCheckFails
            | Scenario::CallbackLost
            | Scenario::AllCallbacksLost
            | Scenario::Stalls
            | Scenario::SlowRun
            | Scenario::WaitsForApproval
            | Scenario::LegFails
            | Scenario::Superseded
            | Scenario::GitHubDown => {}
        }
    }

    /// Goes on with a job or ends it, and reports that, unless the report is lost. Gives what the console said of
    /// freezes.
    async fn carry_out(&self, run: &SimulatedRun, phase: Phase, is_lost: bool) -> FreezeAnswer {
        let status = if phase.conclusion.is_some() { "completed" } else { "in_progress" };
        let job = Jobs::Of(phase.job, phase.leg);
        let is_of_health =
            phase.stage == Some(FailureStage::HealthCheck) || phase.status == Status::Deploying;
        self.model.go_to_main_step(run.id, job, is_of_health || phase.status == Status::Succeeded);
        self.model.set_job(run.id, job, status, phase.conclusion, now());
        let is_silent = is_gate(phase.status) && run.inputs.get("phase_callbacks") != Some("true");
        let is_by_hand = run.inputs.deploy_id().is_empty();
        let is_heard = !is_lost && !is_silent && !is_by_hand;
        if is_heard { self.report(run, phase).await } else { FreezeAnswer::Silent }
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
                let newer = self.model.follow_with_another(run.id, now());
                self.model.end(run.id, "cancelled", now());
                // It is by hand, and ends as any other does.
                if let Some(newer) = newer {
                    self.start(newer, Scenario::AllWell);
                }
            }
            Scenario::AllWell
            | Scenario::SmokeGateFails
            | Scenario::FreezeCheckFails
            | Scenario::BuildFails
            | Scenario::HealthCheckFails
            | Scenario::CallbackLost
            | Scenario::AllCallbacksLost
            | Scenario::Stalls
            | Scenario::WaitsForApproval
            | Scenario::ApprovalRejected
            | Scenario::LegFails
            | Scenario::RunDeleted => {}
        }
    }

    /// The run was cancelled: it ends a phase later. If no jobs run here, the outside runner ends it.
    pub(super) fn cancel(&self, run: i64) {
        if self.settings.jobs {
            let runner = self.clone();
            tokio::spawn(async move {
                runner.wait(1).await;
                runner.model.end(run, "cancelled", now());
            });
        }
    }

    async fn wait(&self, phases: u32) {
        tokio::time::sleep(self.settings.pace * phases).await;
    }
}
