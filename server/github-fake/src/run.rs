//! A run of a workflow, as GitHub records it. No I/O.

use std::collections::BTreeMap;

use app::domain::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    expression::fill,
    job::{Leg, SimulatedJob},
    protection::{DeploymentGate, ProtectionState},
    workflow_file::WorkflowFile,
};

/// What starts a run.
pub(super) const DISPATCH: &str = "workflow_dispatch";
pub(super) const PUSH: &str = "push";
/// The job that rolls out, by its key in the shipped workflows.
const DEPLOY: &str = "deploy";

#[derive(Clone, Debug, Serialize)]
pub(super) struct SimulatedRun {
    /// Its id, unique in this GitHub.
    pub(super) id: i64,
    /// Which run of its workflow it is.
    #[serde(skip)]
    pub(super) number: usize,
    /// `owner/name`.
    pub(super) repo: String,
    /// The repository of its commit: another one, if it is of a fork.
    #[serde(skip)]
    pub(super) head_repo: String,
    /// The file name of its workflow.
    pub(super) workflow: String,
    /// The branch or tag that it runs on.
    #[serde(rename = "ref")]
    pub(super) git_ref: String,
    pub(super) inputs: DispatchInputs,
    /// Its title, by the `run-name` of the workflow.
    pub(super) display_title: String,
    /// The latest attempt.
    #[serde(flatten)]
    pub(super) now: Attempt,
    /// The attempts before, oldest first.
    #[serde(skip)]
    pub(super) past: Vec<Attempt>,
    /// Why it is held back: `waiting` for an approval, `pending` for its turn.
    pub(super) held: Option<&'static str>,
    /// The group in which it waits for others.
    #[serde(skip)]
    pub(super) group: Option<Group>,
    /// Whether another run of its group goes before it.
    #[serde(skip)]
    pub(super) awaits_turn: bool,
    /// What was said of the approvals that it waited for.
    #[serde(skip)]
    pub(super) reviews: Vec<Review>,
    /// What started it.
    pub(super) event: String,
    /// Who started it.
    pub(super) actor: String,
    /// The commit that it deploys.
    pub(super) commit: String,
    /// The commit of its workflow file.
    pub(super) head_sha: String,
    /// When it was started.
    pub(super) created_at: Timestamp,
    /// Whether lists show it already: GitHub's can lag.
    #[serde(skip)]
    pub(super) listed: bool,
}

/// One attempt of a run.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Attempt {
    /// From 1.
    #[serde(rename = "attempt")]
    pub(super) number: i64,
    /// Its jobs, in the order of the file.
    pub(super) jobs: Vec<SimulatedJob>,
    /// What its jobs wait for, or waited for.
    #[serde(skip)]
    pub(super) gates: Vec<DeploymentGate>,
    /// How it ended.
    pub(super) conclusion: Option<&'static str>,
    pub(super) started_at: Timestamp,
    /// When it ended, or was started.
    pub(super) updated_at: Timestamp,
    /// Who started it.
    #[serde(skip)]
    pub(super) actor: String,
}

impl Attempt {
    /// Whether its deploy jobs all succeeded.
    pub(super) fn has_deployed(&self) -> bool {
        let mut jobs = self.jobs.iter().filter(|job| job.key == DEPLOY).peekable();
        jobs.peek().is_some() && jobs.all(|job| job.conclusion == Some("success"))
    }
}

/// A concurrency group, of one repository.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Group {
    pub(super) name: String,
    /// Whether a new run ends the one under way.
    pub(super) cancels: bool,
    /// Whether all wait; else a newer one takes the place of the one that waits.
    pub(super) all_wait: bool,
}

/// What a reviewer said of a run that waited for an approval.
#[derive(Clone, Debug)]
pub(super) struct Review {
    pub(super) state: ProtectionState,
    pub(super) by: String,
    pub(super) comment: String,
    pub(super) environment: String,
}

impl SimulatedRun {
    /// An attempt, from 1.
    pub(super) fn attempt(&self, number: i64) -> Option<&Attempt> {
        self.past.iter().chain([&self.now]).find(|attempt| attempt.number == number)
    }

    /// Whether its workflow has this job.
    pub(super) fn has(&self, key: &str) -> bool {
        self.now.jobs.iter().any(|job| job.key == key)
    }

    /// The legs of a job; none, if it is one job.
    pub(super) fn legs(&self, key: &str) -> Vec<Leg> {
        let of_key = self.now.jobs.iter().filter(|job| job.key == key);
        of_key.filter_map(|job| job.leg.clone()).collect()
    }

    /// What holds it back, if anything does.
    pub(super) fn held(&self) -> Option<&'static str> {
        self.held.or_else(|| self.is_waiting().then_some("waiting")).or(self.awaits_turn.then_some("pending"))
    }

    /// Whether nothing goes on in it until a deployment is approved.
    fn is_waiting(&self) -> bool {
        let is_under_way = self.now.jobs.iter().any(|job| job.status == "in_progress");
        !is_under_way && self.now.gates.iter().any(DeploymentGate::is_open)
    }

    /// What the jobs of a key wait for, or waited for, in its latest attempt.
    pub(super) fn gate(&self, job: &str) -> Option<&DeploymentGate> {
        self.now.gates.iter().find(|gate| gate.job == job)
    }

    /// Fills in the environments of its jobs.
    pub(super) fn name_environments(&mut self) {
        let named = |job: &SimulatedJob| {
            let name = fill(job.environment.as_ref()?, &|name| self.context(name));
            (!name.is_empty()).then_some(name)
        };
        let names: Vec<_> = self.now.jobs.iter().map(named).collect();
        for (job, name) in self.now.jobs.iter_mut().zip(names) {
            job.environment = name;
        }
    }

    /// `queued`, `in_progress`, `completed`, or why it is held back.
    pub(super) fn status(&self) -> &'static str {
        match (self.now.conclusion, self.held()) {
            (Some(_), _) => "completed",
            (None, Some(held)) => held,
            (None, None) if self.now.jobs.iter().all(|job| job.status == "queued") => "queued",
            (None, None) => "in_progress",
        }
    }

    /// The jobs of its latest attempt that GitHub lists: none of a run whose turn has not come.
    pub(super) fn listed_jobs(&self) -> &[SimulatedJob] {
        if self.status() == "pending" { &[] } else { &self.now.jobs }
    }

    /// What an expression in its workflow file may name.
    pub(super) fn context(&self, name: &str) -> Option<String> {
        match name.split_once('.')? {
            ("inputs", input) => self.inputs.get(input).map(str::to_owned),
            ("github", "event_name") => Some(self.event.clone()),
            ("github", "ref") => Some(format!("refs/heads/{}", self.git_ref)),
            ("github", "ref_name") => Some(self.git_ref.clone()),
            ("github", "repository") => Some(self.repo.clone()),
            ("github", "workflow") => Some(self.workflow.clone()),
            ("github", "actor") => Some(self.actor.clone()),
            ("github", "sha") => Some(self.head_sha.clone()),
            ("github", "run_id") => Some(self.id.to_string()),
            (_, _) => None,
        }
    }

    /// Its title, by the `run-name` of its workflow.
    pub(super) fn title(&self, file: &WorkflowFile) -> String {
        let name = file.name.as_ref().unwrap_or(&self.workflow);
        file.run_name.as_ref().map_or_else(|| name.clone(), |title| fill(title, &|name| self.context(name)))
    }

    /// The group in which it waits, by its workflow.
    pub(super) fn group_of(&self, file: &WorkflowFile) -> Option<Group> {
        let group = file.concurrency.as_ref()?.group(&|name| self.context(name));
        (!group.name.is_empty()).then_some(group)
    }
}

/// The inputs of a run. Which of them its workflow declares was checked before.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(transparent)]
pub(super) struct DispatchInputs(BTreeMap<String, String>);

impl DispatchInputs {
    /// The inputs of a run that is started by hand.
    pub(super) fn without_console(environment: &str, git_ref: &str) -> Self {
        let inputs = [("console_deploy_id", ""), ("environment", environment), ("git_ref", git_ref)];
        Self(inputs.map(|(name, value)| (name.to_owned(), value.to_owned())).into())
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The same, without the deploy.
    pub(super) fn by_hand(mut self) -> Self {
        self.0.insert("console_deploy_id".to_owned(), String::new());
        self
    }

    pub(super) fn deploy_id(&self) -> &str {
        self.get("console_deploy_id").unwrap_or_default()
    }

    pub(super) fn environment(&self) -> &str {
        self.get("environment").unwrap_or_default()
    }
}
