//! How runs come to be.

use app::domain::{Scenario, Timestamp};

use super::{Model, State};
use crate::{
    job::{Leg, SimulatedJob},
    run::{Attempt, DISPATCH, DispatchInputs, PUSH, SimulatedRun},
    workflow_file::{JobTemplate, WorkflowFile},
};

/// The account whose token the console has, and the account that starts runs without the console.
const CONSOLE: &str = "deploy-console";
pub(super) const OTHER_ACCOUNT: &str = "octocat";

/// What is planned for the next run of an environment.
#[derive(Clone, Debug, Default)]
pub(super) struct Plan {
    scenario: Scenario,
    /// The names of its deploy jobs, and of what they are for: more than one, if it rolls out in legs.
    deploy_jobs: Vec<(String, String)>,
}

/// A run that the console did not ask for, and that may not be what it says.
#[derive(Clone, Copy, Debug)]
pub struct ForeignRun<'a> {
    pub title: &'a str,
    /// What started it: `pull_request`, `schedule`, …
    pub event: &'a str,
    /// The branch that it runs on.
    pub head_branch: &'a str,
    /// The fork that its commit is of; none: the repository itself.
    pub fork: Option<&'a str>,
    /// Where it would deploy to, for what the app says of itself.
    pub environment: &'a str,
    pub actor: &'a str,
}

impl Default for ForeignRun<'_> {
    fn default() -> Self {
        Self {
            title: "Deploy main to production (by hand)",
            event: DISPATCH,
            head_branch: "main",
            fork: None,
            environment: "production",
            actor: OTHER_ACCOUNT,
        }
    }
}

/// What a run is made of.
pub(super) struct NewRun<'a> {
    pub(super) repo: &'a str,
    pub(super) workflow: &'a str,
    pub(super) git_ref: &'a str,
    pub(super) inputs: DispatchInputs,
    pub(super) event: &'a str,
    pub(super) actor: &'a str,
    pub(super) at: Timestamp,
}

impl State {
    /// A run as its workflow file makes it, which is not there yet.
    fn make(&mut self, new: NewRun<'_>, deploy_jobs: &[(String, String)]) -> SimulatedRun {
        let NewRun { repo, workflow, git_ref, inputs, event, actor, at } = new;
        let file = self.workflows.read(repo, workflow);
        let commits = self.commits(repo);
        let commit =
            commits.resolve(inputs.get("git_ref").filter(|name| !name.is_empty()).unwrap_or(git_ref));
        let head_sha = commits.resolve(git_ref);
        let number = self.runs.iter().filter(|run| run.repo == repo && run.workflow == workflow).count() + 1;
        let jobs = self.jobs_of(&file, deploy_jobs, at);
        let now = Attempt {
            number: 1,
            jobs,
            gates: Vec::new(),
            conclusion: None,
            started_at: at,
            updated_at: at,
            actor: actor.to_owned(),
        };
        let mut run = SimulatedRun {
            id: self.next_run(),
            number,
            repo: repo.to_owned(),
            head_repo: repo.to_owned(),
            workflow: workflow.to_owned(),
            git_ref: git_ref.to_owned(),
            display_title: String::new(),
            inputs,
            now,
            past: Vec::new(),
            held: None,
            group: None,
            awaits_turn: false,
            reviews: Vec::new(),
            event: event.to_owned(),
            actor: actor.to_owned(),
            commit,
            head_sha,
            created_at: at,
            listed: true,
        };
        (run.display_title, run.group) = (run.title(&file), run.group_of(&file));
        run.name_environments();
        run
    }

    /// The jobs of a workflow, with those that are planned in place of its deploy job.
    fn jobs_of(
        &mut self,
        file: &WorkflowFile,
        planned: &[(String, String)],
        at: Timestamp,
    ) -> Vec<SimulatedJob> {
        let mut jobs = Vec::new();
        for template in &file.jobs {
            let names = if template.id == "deploy" && !planned.is_empty() {
                planned.iter().map(|(name, leg)| (name.clone(), Some(leg.clone()))).collect()
            } else {
                template.names()
            };
            jobs.extend(self.queue(template, names, at));
        }
        jobs
    }

    fn queue(
        &mut self,
        template: &JobTemplate,
        names: Vec<(String, Option<String>)>,
        at: Timestamp,
    ) -> Vec<SimulatedJob> {
        let total = names.len();
        let queued = names.into_iter().enumerate().map(|(index, (name, leg))| {
            let leg = leg.filter(|_| total > 1).map(|name| Leg { index, total, name });
            let mut job = SimulatedJob::queued(self.next_job(), template, &name, 1, at);
            job.leg = leg;
            job
        });
        queued.collect()
    }
}

impl Model {
    pub(crate) fn plan(&self, repo: &str, environment: &str, scenario: Scenario) {
        self.state().plans.entry((repo.to_owned(), environment.to_owned())).or_default().scenario = scenario;
    }

    pub(crate) fn plan_jobs(&self, repo: &str, environment: &str, deploy_jobs: Vec<(String, String)>) {
        let mut state = self.state();
        state.plans.entry((repo.to_owned(), environment.to_owned())).or_default().deploy_jobs = deploy_jobs;
    }

    /// Accepts a dispatch: the run, and what is planned for it. A plan is used once.
    pub(crate) fn accept(
        &self,
        repo: &str,
        workflow: &str,
        git_ref: &str,
        inputs: DispatchInputs,
        at: Timestamp,
    ) -> (SimulatedRun, Scenario) {
        let actor = if inputs.deploy_id().is_empty() { OTHER_ACCOUNT } else { CONSOLE };
        self.start(NewRun { repo, workflow, git_ref, inputs, event: DISPATCH, actor, at })
    }

    fn start(&self, new: NewRun<'_>) -> (SimulatedRun, Scenario) {
        let mut state = self.state();
        let (at, plan) = (new.at, (new.repo.to_owned(), new.inputs.environment().to_owned()));
        let Plan { scenario, mut deploy_jobs } = state.plans.remove(&plan).unwrap_or_default();
        if scenario == Scenario::LegFails && deploy_jobs.is_empty() {
            deploy_jobs = ["eu", "us", "ap"].map(leg_of).into();
        }
        let mut run = state.make(new, &deploy_jobs);
        run.listed = scenario != Scenario::SlowRun;
        let id = run.id;
        state.add(run.clone(), at);
        let run = state.find(id).cloned().unwrap_or(run);
        (run, scenario)
    }

    /// Runs a workflow without the console.
    pub(crate) fn by_hand(
        &self,
        repo: &str,
        workflow: &str,
        environment: &str,
        git_ref: &str,
        at: Timestamp,
    ) -> i64 {
        self.accept(repo, workflow, "main", DispatchInputs::without_console(environment, git_ref), at).0.id
    }

    /// The same as this person, with what is planned for it.
    pub(crate) fn by_hand_of(
        &self,
        actor: &str,
        (repo, workflow): (&str, &str),
        (environment, git_ref): (&str, &str),
        at: Timestamp,
    ) -> (SimulatedRun, Scenario) {
        let inputs = DispatchInputs::without_console(environment, git_ref);
        self.start(NewRun { repo, workflow, git_ref: "main", inputs, event: DISPATCH, actor, at })
    }

    /// Pushes to the branch on which a workflow runs, and the workflow deploys the commit.
    pub(crate) fn push(&self, repo: &str, workflow: &str, environment: &str, at: Timestamp) -> SimulatedRun {
        let mut state = self.state();
        state.commits(repo).push(at);
        let inputs = DispatchInputs::without_console(environment, "main");
        let new = NewRun { repo, workflow, git_ref: "main", inputs, event: PUSH, actor: OTHER_ACCOUNT, at };
        let mut run = state.make(new, &[]);
        run.display_title = format!("Deploy main to {environment} (push)");
        state.add(run.clone(), at);
        state.find(run.id).cloned().unwrap_or(run)
    }

    /// A run that the console did not ask for.
    pub(crate) fn foreign(&self, repo: &str, workflow: &str, foreign: ForeignRun<'_>, at: Timestamp) -> i64 {
        let ForeignRun { title, event, head_branch, fork, environment, actor } = foreign;
        let mut state = self.state();
        let inputs = DispatchInputs::without_console(environment, "");
        let new = NewRun { repo, workflow, git_ref: head_branch, inputs, event, actor, at };
        let mut run = state.make(new, &[]);
        title.clone_into(&mut run.display_title);
        if let Some(fork) = fork {
            run.head_sha = state.commits(fork).resolve(head_branch);
            (run.head_repo, run.commit) = (fork.to_owned(), run.head_sha.clone());
            // A run of a fork is of the pull request's branch, which is in no group of the repository's.
            run.group = None;
        }
        let id = run.id;
        state.add(run, at);
        id
    }

    /// Adds a run by another account, of the same workflow and in the same environment as this one.
    pub(crate) fn follow_with_another(&self, run: i64, at: Timestamp) -> Option<SimulatedRun> {
        let mut state = self.state();
        let SimulatedRun { repo, workflow, git_ref, inputs, .. } = state.find(run).cloned()?;
        let new = NewRun {
            repo: &repo,
            workflow: &workflow,
            git_ref: &git_ref,
            inputs: inputs.by_hand(),
            event: DISPATCH,
            actor: OTHER_ACCOUNT,
            at,
        };
        let other = state.make(new, &[]);
        state.add(other.clone(), at);
        Some(other)
    }

    /// Makes a second run with the same title, as a re-delivered dispatch would.
    pub(crate) fn double(&self, run: i64) {
        let mut state = self.state();
        if let Some(mut twin) = state.find(run).cloned() {
            twin.id = state.next_run();
            state.runs.push(twin);
        }
    }
}

/// The name of the job of a leg, and of the leg.
pub(crate) fn leg_of(leg: &str) -> (String, String) {
    (format!("deploy ({leg})"), leg.to_owned())
}
