//! What the simulated GitHub knows. No I/O.
//!
//! - [`starts`]: how runs come to be; [`progress`]: what becomes of them; [`concurrency`]: which have to wait;
//!   [`protection`]: what holds up their jobs; [`changes`]: what is told of that.
//! - [`repositories`]: what there is, and under which name; [`people`]: who signs in; [`apps`]: the App, and its tokens; [`identity`]: the tokens of workflows; [`faults`]: what goes wrong; [`limits`]: how much may be asked.

mod apps;
mod changes;
mod concurrency;
mod faults;
mod identity;
mod limits;
mod people;
mod progress;
mod protection;
mod repositories;
mod starts;

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use self::{
    apps::Apps,
    changes::{Changes, StateGuard},
    faults::Faults,
    identity::Identity,
    limits::Limits,
    people::People,
    protection::Protections,
    repositories::Repositories,
    starts::Plan,
};
pub(super) use self::{
    apps::{Installation, NotMade, Permissions, Standing},
    changes::{Change, Subject},
    limits::Spent,
    people::{CodeGrant, NoToken, OAuthApp, Redemption, SimulatedPerson},
    progress::Cancel,
    protection::Answered,
    repositories::Whereabouts,
    starts::leg_of,
};
pub use self::{
    faults::{Fault, Outage, Permission, TokenState},
    starts::ForeignRun,
};
use super::{
    commits::{CommitHistory, SimulatedCommit, SimulatedComparison},
    repository::{RepositorySettings, SpecialRepositories},
    run::SimulatedRun,
    workflow_file::{WorkflowFile, WorkflowFiles},
};

#[derive(Debug, Default)]
pub(super) struct Model(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    runs: Vec<SimulatedRun>,
    /// How many runs there ever were: no id is given twice.
    last_run: i64,
    last_job: i64,
    /// The commits of each repository that was requested.
    commits: HashMap<String, CommitHistory>,
    /// The workflow files of each repository.
    workflows: WorkflowFiles,
    repositories: Repositories,
    /// What is special about some of them.
    special: SpecialRepositories,
    plans: HashMap<(String, String), Plan>,
    faults: Faults,
    limits: Limits,
    people: People,
    apps: Apps,
    identity: Identity,
    protections: Protections,
    changes: Changes,
    dispatches: u32,
    /// The deploys for which a run was requested, one entry each time.
    asked_for: Vec<String>,
    /// How often the record was read.
    reads: u32,
    /// How often of these it was as the reader knew it.
    unchanged: u32,
    /// Runs for which a cancel was requested.
    cancels: Vec<i64>,
}

/// Real ids have eleven digits; ours look alike without being mistaken for them.
const FIRST_RUN: i64 = 9_000_000_001;

impl State {
    fn commits(&mut self, repo: &str) -> &mut CommitHistory {
        self.commits.entry(repo.to_owned()).or_insert_with(|| CommitHistory::of(repo))
    }

    fn next_run(&mut self) -> i64 {
        self.last_run += 1;
        FIRST_RUN + self.last_run - 1
    }

    fn next_job(&mut self) -> i64 {
        self.last_job += 1;
        self.last_job
    }

    fn find(&self, run: i64) -> Option<&SimulatedRun> {
        self.runs.iter().find(|candidate| candidate.id == run)
    }

    fn find_mut(&mut self, run: i64) -> Option<&mut SimulatedRun> {
        self.runs.iter_mut().find(|candidate| candidate.id == run)
    }
}

impl Model {
    pub(super) fn write_workflow(&self, repo: &str, name: &str, file: WorkflowFile) {
        self.state().workflows.write(repo, name, file);
    }

    pub(super) fn repository(&self, repo: &str) -> RepositorySettings {
        self.state().special.of(repo)
    }

    pub(super) fn set_repository(&self, repo: &str, settings: RepositorySettings) {
        self.state().special.set(repo, settings);
    }

    pub(super) fn workflow(&self, repo: &str, name: &str) -> WorkflowFile {
        self.state().workflows.read(repo, name)
    }

    pub(super) fn runs(&self) -> Vec<SimulatedRun> {
        self.state().runs.clone()
    }

    pub(super) fn run(&self, repo: &str, id: i64) -> Option<SimulatedRun> {
        self.state().find(id).filter(|run| run.repo == repo).cloned()
    }

    pub(super) fn run_with_id(&self, id: i64) -> Option<SimulatedRun> {
        self.state().find(id).cloned()
    }

    /// The first run for a deploy.
    pub(super) fn run_for(&self, deploy_id: &str) -> Option<i64> {
        self.state().runs.iter().find(|run| run.inputs.deploy_id() == deploy_id).map(|run| run.id)
    }

    pub(super) fn has_ended(&self, run: i64) -> bool {
        self.state().find(run).is_none_or(|run| run.now.conclusion.is_some())
    }

    /// The commit that the newest successful run in this environment deployed.
    pub(super) fn version(&self, repo: &str, environment: &str) -> Option<String> {
        let state = self.state();
        let is_there = |run: &&SimulatedRun| {
            let is_of_it = run.repo == repo && run.head_repo == repo;
            is_of_it && run.inputs.environment() == environment && run.now.conclusion == Some("success")
        };
        let newest = state.runs.iter().filter(is_there).max_by_key(|run| run.now.updated_at);
        newest.map(|run| run.commit.clone())
    }

    /// What lies between two commits or refs.
    pub(super) fn compare(&self, repo: &str, base: &str, head: &str) -> Option<SimulatedComparison> {
        self.state().commits(repo).compare(base, head)
    }

    /// The commit that an id or a ref names, and the one before it.
    pub(super) fn commit(
        &self,
        repo: &str,
        git_ref: &str,
    ) -> Option<(SimulatedCommit, Option<SimulatedCommit>)> {
        let mut state = self.state();
        if state.repositories.lacks_ref(repo, git_ref) {
            return None;
        }
        state.commits(repo).find(git_ref)
    }

    fn change(&self, run: i64, change: impl FnOnce(&mut SimulatedRun)) {
        if let Some(run) = self.state().find_mut(run) {
            change(run);
        }
    }

    fn state(&self) -> StateGuard<'_> {
        StateGuard::of(self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
