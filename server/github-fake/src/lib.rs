//! A GitHub that is not there: it accepts dispatches over HTTP, runs their jobs over time and posts real
//! signed callbacks, so that the console can be rehearsed and tested end to end without it.
//!
//! - [`model`]: the runs and what is planned for the next one. No I/O. [`commits`]: what there is to deploy.
//! - [`http`]: the endpoints, and a page for each run.
//! - [`repository`]: what is special about a repository.
//! - [`workflow_file`]: which inputs a workflow declares.
//! - [`runner`]: the jobs of one run, and their callbacks.

mod commits;
mod http;
mod model;
mod repository;
mod run;
mod runner;
mod workflow_file;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use app::domain::{DeployId, Scenario, Timestamp};
use tokio::net::TcpListener;

use self::{model::Model, runner::Runner, workflow_file::WorkflowFile};
pub use self::{
    model::{Fault, Outage},
    repository::RepositorySettings,
};
use runtime::clock::{Clock, SystemClock};
use webhook::SigningSecrets;

/// How a rehearsal runs workflows.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where callbacks go, without a slash at the end.
    pub console_url: String,
    /// What they are signed with.
    pub secrets: SigningSecrets,
    /// How long each phase of a job takes.
    pub pace: Duration,
    /// Whether jobs run at all; if not, the workflow is run elsewhere.
    pub jobs: bool,
}

/// The simulated GitHub. It stops when the last clone is dropped with the runtime.
#[derive(Clone, Debug)]
pub struct SimulatedGitHub {
    address: SocketAddr,
    model: Arc<Model>,
}

impl SimulatedGitHub {
    /// Starts it on a free loopback port.
    ///
    /// # Errors
    /// If there is no port to listen on, or no HTTP client to be had.
    pub async fn start(settings: Settings) -> std::io::Result<Self> {
        let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
        let address = listener.local_addr()?;
        let model = Arc::new(Model::default());
        let runner = Runner::new(settings, Arc::clone(&model)).map_err(std::io::Error::other)?;
        let router = http::router(address, Arc::clone(&model), runner);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Self { address, model })
    }

    /// Its API, which is also where its pages are.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where an app in this repository would say which commit it runs in an environment.
    #[must_use]
    pub fn version_url(&self, repo: &str, environment: &str) -> String {
        format!("{}/_rehearsal/version/{repo}/{environment}", self.url())
    }

    /// Says what the next run in this repository for this environment does.
    pub fn plan(&self, repo: &str, environment: &str, scenario: Scenario) {
        self.model.plan(repo, environment, scenario);
    }

    /// Writes a workflow file into a repository, in place of the shipped one of this name.
    ///
    /// # Errors
    /// If it is no workflow that can be dispatched.
    pub fn write_workflow(&self, repo: &str, name: &str, text: &str) -> Result<(), serde_saphyr::Error> {
        self.model.write_workflow(repo, name, WorkflowFile::parse(text)?);
        Ok(())
    }

    /// Says what is special about a repository.
    pub fn set_repository(&self, repo: &str, settings: RepositorySettings) {
        self.model.set_repository(repo, settings);
    }

    /// Makes the next dispatch, after those that will fail already, fail like this.
    pub fn fail_next(&self, fault: Fault) {
        self.model.fail_next(fault);
    }

    /// Sets a job of the run for this deploy, as its runner would.
    pub fn set_job(
        &self,
        deploy: DeployId,
        job: &str,
        status: &'static str,
        conclusion: Option<&'static str>,
    ) {
        self.with_run(deploy, |model, run| model.set_job(run, job, status, conclusion, SystemClock.now()));
    }

    /// Ends the run for this deploy.
    pub fn end_run(&self, deploy: DeployId, conclusion: &'static str) {
        self.with_run(deploy, |model, run| model.end(run, conclusion, SystemClock.now()));
    }

    /// Shows the run for this deploy in lists, or hides it: GitHub's can lag.
    pub fn set_listed(&self, deploy: DeployId, listed: bool) {
        self.with_run(deploy, if listed { Model::list } else { Model::hide });
    }

    /// Makes a second run with the same title.
    pub fn double_run(&self, deploy: DeployId) {
        self.with_run(deploy, Model::double);
    }

    /// Holds the run for this deploy back (`waiting`, `pending`), or lets it go on.
    pub fn hold_run(&self, deploy: DeployId, held: Option<&'static str>) {
        self.with_run(deploy, |model, run| model.hold(run, held));
    }

    /// Rejects the approval that the run of a deploy waits for.
    pub fn reject(&self, deploy: DeployId, by: &str, comment: &str) {
        self.with_run(deploy, |model, run| model.reject(run, by, comment, SystemClock.now()));
    }

    /// Runs a workflow by hand, without the console. Returns the id of the run.
    #[must_use]
    pub fn by_hand(&self, repo: &str, workflow: &str, environment: &str, git_ref: &str) -> i64 {
        self.model.by_hand(repo, workflow, environment, git_ref, SystemClock.now())
    }

    /// Pushes a commit, which a workflow deploys. Returns the id of the run, and the commit.
    #[must_use]
    pub fn push(&self, repo: &str, workflow: &str, environment: &str) -> (i64, String) {
        let run = self.model.push(repo, workflow, environment, SystemClock.now());
        (run.id, run.commit)
    }

    /// Ends every job of this run, and the run, well.
    pub fn succeed(&self, run: i64) {
        self.model.succeed(run, SystemClock.now());
    }

    /// Gives this run another title, as another `run-name` would.
    pub fn retitle(&self, run: i64, title: &str) {
        self.model.retitle(run, title);
    }

    /// When this run ended, or was started.
    #[must_use]
    pub fn updated_at(&self, run: i64) -> Option<Timestamp> {
        self.model.runs().into_iter().find(|known| known.id == run).map(|known| known.updated_at)
    }

    /// Begins another attempt of the run for this deploy.
    pub fn rerun(&self, deploy: DeployId) {
        self.with_run(deploy, Model::rerun);
    }

    /// Starts a run of the same workflow that the console did not ask for.
    pub fn follow_with_another(&self, deploy: DeployId) {
        self.with_run(deploy, Model::follow_with_another);
    }

    /// Makes it answer a cancel request with this status, or accept it again.
    pub fn set_cancel_fault(&self, status: Option<u16>) {
        self.model.set_cancel_fault(status);
    }

    /// How many cancel requests it accepted.
    #[must_use]
    pub fn cancels(&self) -> usize {
        self.model.cancels()
    }

    /// How often the record was read and had not changed: such reads are free.
    #[must_use]
    pub fn unchanged_reads(&self) -> u32 {
        self.model.unchanged()
    }

    /// Clears every fault, and ends every run that has not ended.
    pub fn end_all(&self, conclusion: &'static str) {
        self.model.put_in_order();
        for run in self.model.runs() {
            self.model.end(run.id, conclusion, SystemClock.now());
        }
    }

    fn with_run(&self, deploy: DeployId, change: impl FnOnce(&Model, i64)) {
        if let Some(run) = self.model.run_for(&deploy.to_string()) {
            change(&self.model, run);
        }
    }

    /// Lets lists that are narrowed down lag behind, as those of GitHub's search index do for hours, or catch up.
    pub fn set_index_stale(&self, is_stale: bool) {
        self.model.set_index_stale(is_stale);
    }

    /// Makes reading the record go wrong, or right again.
    pub fn set_outage(&self, outage: Option<Outage>) {
        self.model.set_outage(outage);
    }

    /// How often the record was read.
    #[must_use]
    pub fn reads(&self) -> u32 {
        self.model.reads()
    }

    /// How many dispatches arrived, accepted or not.
    #[must_use]
    pub fn dispatches(&self) -> u32 {
        self.model.dispatches()
    }

    /// The deploy of each request for a run, accepted or not, in their order. A request that was refused over
    /// a field and may be repeated without it does not count.
    #[must_use]
    pub fn asked_for(&self) -> Vec<String> {
        self.model.asked_for()
    }

    /// The runs for this deploy, oldest first.
    #[must_use]
    pub fn runs_for(&self, deploy: DeployId) -> Vec<i64> {
        let id = deploy.to_string();
        let ours = self.model.runs().into_iter().filter(|run| run.inputs.console_deploy_id == id);
        ours.map(|run| run.id).collect()
    }

    /// How many runs were made.
    #[must_use]
    pub fn runs(&self) -> usize {
        self.model.runs().len()
    }
}
