//! Runs that the console did not ask for, and all runs.

use app::domain::Timestamp;

use crate::{ForeignRun, SimulatedGitHub, clock::now, run::Attempt, workflow_file::WorkflowFile};

impl SimulatedGitHub {
    /// Writes a workflow file into a repository, in place of the shipped one of this name.
    ///
    /// # Errors
    /// If it is no workflow.
    pub fn write_workflow(&self, repo: &str, name: &str, text: &str) -> Result<(), serde_saphyr::Error> {
        self.model.write_workflow(repo, name, WorkflowFile::parse(text)?);
        Ok(())
    }

    /// Runs a workflow by hand, without the console. Returns the id of the run.
    #[must_use]
    pub fn by_hand(&self, repo: &str, workflow: &str, environment: &str, git_ref: &str) -> i64 {
        self.model.by_hand(repo, workflow, environment, git_ref, now())
    }

    /// Pushes a commit, which a workflow deploys. Returns the id of the run, and the commit.
    #[must_use]
    pub fn push(&self, repo: &str, workflow: &str, environment: &str) -> (i64, String) {
        let run = self.model.push(repo, workflow, environment, now());
        (run.id, run.commit)
    }

    /// Adds a run of a fork, of another branch, or that something else started. Returns its id.
    #[must_use]
    pub fn foreign_run(&self, repo: &str, workflow: &str, run: ForeignRun<'_>) -> i64 {
        self.model.foreign(repo, workflow, run, now())
    }

    /// Ends every job of this run, and the run, well.
    pub fn succeed(&self, run: i64) {
        self.model.succeed(run, now());
    }

    /// Ends this run.
    pub fn end(&self, run: i64, conclusion: &'static str) {
        self.model.end(run, conclusion, now());
    }

    /// Whether this run has an attempt whose deploy jobs all succeeded.
    #[must_use]
    pub fn has_succeeded(&self, run: i64) -> bool {
        let run = self.model.run_with_id(run);
        run.is_some_and(|run| run.past.iter().chain([&run.now]).any(Attempt::has_deployed))
    }

    /// Begins another attempt of this run, with all its jobs.
    pub fn rerun_run(&self, run: i64) {
        self.model.rerun(run, false, "octocat", now());
    }

    /// Gives this run another title, as another `run-name` would.
    pub fn retitle(&self, run: i64, title: &str) {
        self.model.retitle(run, title);
    }

    /// When this run ended, or was started.
    #[must_use]
    pub fn updated_at(&self, run: i64) -> Option<Timestamp> {
        self.model.run_with_id(run).map(|run| run.now.updated_at)
    }

    /// How many runs were made.
    #[must_use]
    pub fn runs(&self) -> usize {
        self.model.runs().len()
    }

    /// Clears every fault, and ends every run that has not ended.
    pub fn end_all(&self, conclusion: &'static str) {
        self.model.put_in_order();
        for run in self.model.runs() {
            self.model.end(run.id, conclusion, now());
        }
    }
}
