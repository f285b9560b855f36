//! The run of a deploy.

use app::domain::{DeployId, Scenario};

use crate::{
    SimulatedGitHub,
    clock::now,
    job::Jobs,
    model::{Model, leg_of},
};

impl SimulatedGitHub {
    /// Says what the next run in this repository for this environment does.
    pub fn plan(&self, repo: &str, environment: &str, scenario: Scenario) {
        self.model.plan(repo, environment, scenario);
    }

    /// Lets the next run in this repository for this environment roll out in these legs, by jobs `deploy (eu)` and so on.
    pub fn plan_legs(&self, repo: &str, environment: &str, legs: &[&str]) {
        self.model.plan_jobs(repo, environment, legs.iter().map(|leg| leg_of(leg)).collect());
    }

    /// Lets the next run in this repository for this environment have jobs of these names in place of its deploy job: the
    /// same name for several legs, or those of a workflow that it calls (`release / deploy (eu)`).
    pub fn plan_jobs(&self, repo: &str, environment: &str, names: &[&str]) {
        let jobs = names.iter().map(|name| ((*name).to_owned(), (*name).to_owned())).collect();
        self.model.plan_jobs(repo, environment, jobs);
    }

    /// Sets every job of this name of the run for this deploy, as its runner would.
    pub fn set_job(
        &self,
        deploy: DeployId,
        job: &str,
        status: &'static str,
        conclusion: Option<&'static str>,
    ) {
        let job = Jobs::Named(job);
        self.with_run(deploy, |model, run| model.set_job(run, job, status, conclusion, now()));
    }

    /// Sets one leg of the deploy job, where several have the same name.
    pub fn set_leg(
        &self,
        deploy: DeployId,
        leg: usize,
        status: &'static str,
        conclusion: Option<&'static str>,
    ) {
        let job = Jobs::Of("deploy", Some(leg));
        self.with_run(deploy, |model, run| model.set_job(run, job, status, conclusion, now()));
    }

    /// Fails a job of the run for this deploy in this step.
    pub fn fail_step(&self, deploy: DeployId, job: &str, step: &str) {
        let job = Jobs::Named(job);
        self.with_run(deploy, |model, run| model.fail_step(run, job, step, now()));
    }

    /// Ends the run for this deploy.
    pub fn end_run(&self, deploy: DeployId, conclusion: &'static str) {
        self.with_run(deploy, |model, run| model.end(run, conclusion, now()));
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

    /// Approves what the run of a deploy waits for.
    pub fn approve(&self, deploy: DeployId, by: &str, comment: &str) {
        self.with_run(deploy, |model, run| model.approve(run, by, comment, now()));
    }

    /// Rejects the approval that the run of a deploy waits for.
    pub fn reject(&self, deploy: DeployId, by: &str, comment: &str) {
        self.with_run(deploy, |model, run| model.reject(run, by, comment, now()));
    }

    /// Begins another attempt of the run for this deploy, with all its jobs.
    pub fn rerun(&self, deploy: DeployId) {
        self.with_run(deploy, |model, run| model.rerun(run, false, "octocat", now()));
    }

    /// Begins another attempt of the run for this deploy: jobs that succeeded keep their result, and their attempt.
    pub fn rerun_failed(&self, deploy: DeployId) {
        self.with_run(deploy, |model, run| model.rerun(run, true, "octocat", now()));
    }

    /// Deletes the run for this deploy: nothing is known of it any more.
    pub fn delete_run(&self, deploy: DeployId) {
        self.with_run(deploy, Model::delete);
    }

    /// Starts a run of the same workflow, for the same environment, that the console did not ask for.
    pub fn follow_with_another(&self, deploy: DeployId) {
        self.with_run(deploy, |model, run| drop(model.follow_with_another(run, now())));
    }

    /// The runs for this deploy, oldest first.
    #[must_use]
    pub fn runs_for(&self, deploy: DeployId) -> Vec<i64> {
        let id = deploy.to_string();
        let ours = self.model.runs().into_iter().filter(|run| run.inputs.deploy_id() == id);
        ours.map(|run| run.id).collect()
    }

    fn with_run(&self, deploy: DeployId, change: impl FnOnce(&Model, i64)) {
        if let Some(run) = self.model.run_for(&deploy.to_string()) {
            change(&self.model, run);
        }
    }
}
