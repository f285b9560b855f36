//! What the simulated GitHub knows: runs, plans and faults.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
};

use app::domain::{Scenario, Timestamp};
use serde_json::{Map, Value};

use super::{
    commits::{CommitHistory, SimulatedCommit},
    repository::{Repositories, RepositorySettings},
    run::{DISPATCH, DispatchInputs, PUSH, SimulatedRun, jobs_of, title},
    workflow_file::{WorkflowFile, WorkflowFiles},
};

/// Runs and plans.
#[derive(Debug, Default)]
pub(super) struct Model(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    runs: Vec<SimulatedRun>,
    /// The commits of each repository that was requested.
    commits: HashMap<String, CommitHistory>,
    /// The workflow files of each repository.
    workflows: WorkflowFiles,
    repositories: Repositories,
    plans: HashMap<(String, String), Scenario>,
    faults: VecDeque<Fault>,
    dispatches: u32,
    /// The deploys for which a run was requested, one entry each time.
    asked_for: Vec<String>,
    /// How often the record was read.
    reads: u32,
    /// How often of these it was as the reader knew it.
    unchanged: u32,
    /// Runs for which a cancel was requested.
    cancels: Vec<i64>,
    /// The status that answers a cancel request, instead of accepting it.
    cancel_fault: Option<u16>,
    /// What reading the record is answered with, while something is wrong.
    outage: Option<Outage>,
    /// Whether lists that are narrowed down show nothing new: they come from an index.
    index_is_stale: bool,
}

/// What is wrong with reading the record.
#[derive(Clone, Copy, Debug)]
pub enum Outage {
    /// Every read is answered with this status.
    Answering(u16),
    /// Every read is refused, to be repeated after this many seconds.
    Limited(u32),
}

/// What goes wrong with a dispatch.
#[derive(Clone, Debug)]
pub enum Fault {
    /// It is refused with this status and message; no run is made.
    Refused(u16, String),
    /// It is refused for now; the answer says after how many seconds to come back.
    Limited(u32),
    /// A run is made, but the answer is this.
    AcceptedButAnswered(u16, String),
    /// The server is of before run details: it refuses the field by this status.
    NoRunDetails(u16),
}

/// The outcome of a cancel request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Cancel {
    Accepted,
    HasEnded,
    NoSuchRun,
    Fault(u16),
}

/// Real ids have eleven digits; ours look alike without being mistaken for them.
const FIRST_RUN: i64 = 9_000_000_001;

/// The account whose token the console has, and the account that starts runs without the console.
const CONSOLE: &str = "deploy-console";
const OTHER_ACCOUNT: &str = "octocat";

impl State {
    fn commits(&mut self, repo: &str) -> &mut CommitHistory {
        self.commits.entry(repo.to_owned()).or_insert_with(|| CommitHistory::of(repo))
    }

    fn next_id(&self) -> i64 {
        FIRST_RUN + i64::try_from(self.runs.len()).unwrap_or(i64::MAX - FIRST_RUN)
    }

    fn find(&self, run: i64) -> Option<&SimulatedRun> {
        self.runs.iter().find(|candidate| candidate.id == run)
    }
}

impl Model {
    pub(super) fn plan(&self, repo: &str, environment: &str, scenario: Scenario) {
        self.state().plans.insert((repo.to_owned(), environment.to_owned()), scenario);
    }

    pub(super) fn write_workflow(&self, repo: &str, name: &str, file: WorkflowFile) {
        self.state().workflows.write(repo, name, file);
    }

    pub(super) fn workflow_text(&self, repo: &str, name: &str) -> String {
        self.state().workflows.read(repo, name).text
    }

    pub(super) fn repository(&self, repo: &str) -> RepositorySettings {
        self.state().repositories.of(repo)
    }

    pub(super) fn set_repository(&self, repo: &str, settings: RepositorySettings) {
        self.state().repositories.set(repo, settings);
    }

    /// Whether a workflow takes these inputs; if not, GitHub's message.
    pub(super) fn check_inputs(
        &self,
        repo: &str,
        workflow: &str,
        sent: &Map<String, Value>,
    ) -> Result<(), String> {
        self.state().workflows.read(repo, workflow).check(sent)
    }

    /// Accepts a dispatch: the run, and what is planned for it. A plan is used once.
    pub(super) fn accept(
        &self,
        repo: &str,
        workflow: &str,
        git_ref: &str,
        inputs: DispatchInputs,
        at: Timestamp,
    ) -> (SimulatedRun, Scenario) {
        let mut state = self.state();
        let commits = state.commits(repo);
        let (commit, head_sha) = (commits.resolve(&inputs.git_ref), commits.resolve(git_ref));
        let is_by_hand = inputs.console_deploy_id.is_empty();
        let plan = (repo.to_owned(), inputs.environment.clone());
        let scenario = state.plans.remove(&plan).unwrap_or_default();
        let run = SimulatedRun {
            id: state.next_id(),
            repo: repo.to_owned(),
            workflow: workflow.to_owned(),
            git_ref: git_ref.to_owned(),
            display_title: title(&inputs, DISPATCH),
            inputs,
            jobs: jobs_of(workflow),
            conclusion: None,
            held: None,
            attempt: 1,
            past_jobs: Vec::new(),
            rejected: None,
            event: DISPATCH,
            actor: if is_by_hand { OTHER_ACCOUNT } else { CONSOLE },
            commit,
            head_sha,
            created_at: at,
            updated_at: at,
            listed: scenario != Scenario::SlowRun,
        };
        state.runs.push(run.clone());
        (run, scenario)
    }

    /// Runs a workflow without the console.
    pub(super) fn by_hand(
        &self,
        repo: &str,
        workflow: &str,
        environment: &str,
        git_ref: &str,
        at: Timestamp,
    ) -> i64 {
        self.accept(repo, workflow, "main", DispatchInputs::without_console(environment, git_ref), at).0.id
    }

    /// Ends every job, and the run, well.
    pub(super) fn succeed(&self, run: i64, at: Timestamp) {
        let jobs = self.state().find(run).map(|run| run.jobs.clone()).unwrap_or_default();
        for job in jobs {
            self.set_job(run, job.name, "completed", Some("success"), at);
        }
        self.end(run, "success", at);
    }

    pub(super) fn retitle(&self, run: i64, title: &str) {
        self.change(run, |run| title.clone_into(&mut run.display_title));
    }

    /// Pushes to the branch on which a workflow runs, and the workflow deploys the commit.
    pub(super) fn push(&self, repo: &str, workflow: &str, environment: &str, at: Timestamp) -> SimulatedRun {
        let commit = self.state().commits(repo).push();
        let inputs = DispatchInputs::without_console(environment, "main");
        let (mut run, _) = self.accept(repo, workflow, "main", inputs, at);
        (run.event, run.commit, run.head_sha) = (PUSH, commit.clone(), commit);
        run.display_title = title(&run.inputs, PUSH);
        self.change(run.id, |kept| *kept = run.clone());
        run
    }

    /// The commit that the newest successful run in this environment deployed.
    pub(super) fn version(&self, repo: &str, environment: &str) -> Option<String> {
        let state = self.state();
        let is_there = |run: &&SimulatedRun| {
            run.repo == repo && run.inputs.environment == environment && run.conclusion == Some("success")
        };
        let newest = state.runs.iter().filter(is_there).max_by_key(|run| run.updated_at);
        newest.map(|run| run.commit.clone())
    }

    /// What lies between two commits.
    pub(super) fn compare(
        &self,
        repo: &str,
        base: &str,
        head: &str,
    ) -> Option<(Vec<SimulatedCommit>, usize)> {
        self.state().commits(repo).compare(base, head)
    }

    pub(super) fn set_job(
        &self,
        run: i64,
        name: &str,
        status: &'static str,
        conclusion: Option<&'static str>,
        at: Timestamp,
    ) {
        self.change(run, |run| {
            for job in run.jobs.iter_mut().filter(|job| job.name == name) {
                job.set(status, conclusion, at);
            }
        });
    }

    /// Holds the run back, or lets it go on.
    pub(super) fn hold(&self, run: i64, held: Option<&'static str>) {
        self.change(run, |run| run.held = held);
    }

    /// Rejects the approval that the run waits for: the job that would be next fails without beginning, and the run with it.
    pub(super) fn reject(&self, run: i64, by: &str, comment: &str, at: Timestamp) {
        self.change(run, |run| {
            run.rejected = Some((by.to_owned(), comment.to_owned()));
            if let Some(job) = run.jobs.iter_mut().find(|job| job.conclusion.is_none()) {
                (job.status, job.conclusion, job.completed_at) = ("completed", Some("failure"), Some(at));
            }
        });
        self.end(run, "failure", at);
    }

    /// Begins another attempt of the run: its jobs are queued again.
    pub(super) fn rerun(&self, run: i64) {
        self.change(run, |run| {
            run.attempt += 1;
            run.conclusion = None;
            let jobs = std::mem::replace(&mut run.jobs, jobs_of(&run.workflow));
            run.past_jobs.push(jobs);
        });
    }

    /// Adds a run by another account, of the same workflow as this one.
    pub(super) fn follow_with_another(&self, run: i64) {
        let mut state = self.state();
        if let Some(mut other) = state.find(run).cloned() {
            other.id = state.next_id();
            other.inputs.console_deploy_id = String::new();
            other.display_title = title(&other.inputs, DISPATCH);
            other.actor = OTHER_ACCOUNT;
            (other.jobs, other.conclusion) = (jobs_of(&other.workflow), None);
            state.runs.push(other);
        }
    }

    /// Requests the cancellation of a run.
    pub(super) fn cancel(&self, repo: &str, id: i64) -> Cancel {
        let mut state = self.state();
        if let Some(status) = state.cancel_fault {
            return Cancel::Fault(status);
        }
        match state.find(id).filter(|run| run.repo == repo).map(|run| run.conclusion) {
            None => Cancel::NoSuchRun,
            Some(Some(_)) => Cancel::HasEnded,
            Some(None) => {
                state.cancels.push(id);
                Cancel::Accepted
            }
        }
    }

    pub(super) fn set_cancel_fault(&self, fault: Option<u16>) {
        self.state().cancel_fault = fault;
    }

    pub(super) fn cancels(&self) -> usize {
        self.state().cancels.len()
    }

    /// Shows the run in lists.
    pub(super) fn list(&self, run: i64) {
        self.change(run, |run| run.listed = true);
    }

    /// Hides the run from lists.
    pub(super) fn hide(&self, run: i64) {
        self.change(run, |run| run.listed = false);
    }

    /// Ends the run, once: jobs that had not ended go with it.
    pub(super) fn end(&self, run: i64, conclusion: &'static str, at: Timestamp) {
        self.change(run, |run| {
            if run.conclusion.is_some() {
                return;
            }
            run.conclusion = Some(conclusion);
            run.updated_at = at.max(run.created_at);
            for job in run.jobs.iter_mut().filter(|job| job.conclusion.is_none()) {
                let how = if conclusion == "cancelled" { "cancelled" } else { "skipped" };
                (job.status, job.conclusion) = ("completed", Some(how));
                job.completed_at = Some(run.updated_at);
            }
        });
    }

    pub(super) fn has_ended(&self, run: i64) -> bool {
        self.state().find(run).is_none_or(|run| run.conclusion.is_some())
    }

    fn change(&self, run: i64, change: impl FnOnce(&mut SimulatedRun)) {
        let mut state = self.state();
        if let Some(run) = state.runs.iter_mut().find(|candidate| candidate.id == run) {
            change(run);
        }
    }

    pub(super) fn fail_next(&self, fault: Fault) {
        self.state().faults.push_back(fault);
    }

    /// Counts a dispatch that arrived, and says what goes wrong with it.
    pub(super) fn arrive(&self) -> Option<Fault> {
        let mut state = self.state();
        state.dispatches += 1;
        state.faults.pop_front()
    }

    /// Notes for which deploy a run is requested.
    pub(super) fn ask_for(&self, deploy_id: &str) {
        self.state().asked_for.push(deploy_id.to_owned());
    }

    pub(super) fn asked_for(&self) -> Vec<String> {
        self.state().asked_for.clone()
    }

    /// Counts a read, and says what is wrong with it.
    pub(super) fn read(&self) -> Option<Outage> {
        let mut state = self.state();
        state.reads += 1;
        state.outage
    }

    /// Counts a read of what the reader knew.
    pub(super) fn read_unchanged(&self) {
        self.state().unchanged += 1;
    }

    pub(super) fn unchanged(&self) -> u32 {
        self.state().unchanged
    }

    pub(super) fn reads(&self) -> u32 {
        self.state().reads
    }

    pub(super) fn set_index_stale(&self, is_stale: bool) {
        self.state().index_is_stale = is_stale;
    }

    pub(super) fn is_index_stale(&self) -> bool {
        self.state().index_is_stale
    }

    pub(super) fn set_outage(&self, outage: Option<Outage>) {
        self.state().outage = outage;
    }

    /// Clears every fault, and everything that hides runs or holds them back.
    pub(super) fn put_in_order(&self) {
        let mut state = self.state();
        (state.outage, state.cancel_fault, state.index_is_stale) = (None, None, false);
        state.faults.clear();
        for run in &mut state.runs {
            (run.listed, run.held) = (true, None);
        }
    }

    /// The run for a deploy.
    pub(super) fn run_for(&self, deploy_id: &str) -> Option<i64> {
        self.state().runs.iter().find(|run| run.inputs.console_deploy_id == deploy_id).map(|run| run.id)
    }

    /// Makes a second run with the same title, as a re-delivered dispatch would.
    pub(super) fn double(&self, run: i64) {
        let mut state = self.state();
        if let Some(mut twin) = state.find(run).cloned() {
            twin.id = state.next_id();
            state.runs.push(twin);
        }
    }

    pub(super) fn dispatches(&self) -> u32 {
        self.state().dispatches
    }

    pub(super) fn runs(&self) -> Vec<SimulatedRun> {
        self.state().runs.clone()
    }

    pub(super) fn run(&self, repo: &str, id: i64) -> Option<SimulatedRun> {
        self.state().runs.iter().find(|run| run.repo == repo && run.id == id).cloned()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
