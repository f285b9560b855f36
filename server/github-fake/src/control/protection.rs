//! Protected environments: the rule of the App, the people who review, and what both decided.

use crate::{ProtectionAnswer, ProtectionState, Reviewer, SimulatedGitHub, clock::now};

impl SimulatedGitHub {
    /// Lets an environment ask the App before a job of it begins: a custom deployment protection rule.
    pub fn protect(&self, repo: &str, environment: &str) {
        self.model.protect(repo, environment, true);
    }

    /// Takes the custom rule of an environment away. What waits for it already still does.
    pub fn unprotect(&self, repo: &str, environment: &str) {
        self.model.protect(repo, environment, false);
    }

    /// Lets one of these people review what deploys to an environment: six of them at most, as on GitHub.
    pub fn require_reviewers(&self, repo: &str, environment: &str, reviewers: &[Reviewer]) {
        self.model.require_reviewers(repo, environment, reviewers);
    }

    /// Lets the next job of a run that has an environment wait for its rule and its reviewers, as its runner would. Gives
    /// the id of the deployment; none, if nothing guards the environment.
    pub fn ask_protection(&self, run: i64) -> Option<i64> {
        self.model.ask_next_protection(run)
    }

    /// Runs a workflow as a person does on GitHub's page, with its jobs where jobs run. Returns the id of the run.
    pub fn run_by_hand(
        &self,
        repo: &str,
        workflow: &str,
        environment: &str,
        git_ref: &str,
        actor: &str,
    ) -> i64 {
        self.http.run_by_hand(actor, (repo, workflow), (environment, git_ref)).id
    }

    /// Decides as a person about what waits for them in a run. Gives whether anything did.
    pub fn review(&self, run: i64, state: ProtectionState, by: &str, comment: &str) -> bool {
        self.model.review(run, state, by, comment, now())
    }

    /// Refuses the next answers of the App, as if GitHub did not know yet what it asked.
    pub fn set_early_protection_answers(&self, answers: u32) {
        self.model.set_early_protection_answers(answers);
    }

    /// Fails what waits in a run, as GitHub does after thirty days.
    pub fn expire_protection(&self, run: i64) {
        self.model.expire_protection(run, now());
    }

    /// What the App answered for a run, in its order: each answer that was taken.
    #[must_use]
    pub fn protection_answers(&self, run: i64) -> Vec<ProtectionAnswer> {
        self.model.protection_answers(run)
    }

    /// How many answers of the App were refused because nothing of the run waited for them.
    #[must_use]
    pub fn refused_protection_answers(&self, run: i64) -> usize {
        self.model.refused_protection_answers(run)
    }
}
