//! What goes wrong, what there is not, and how much was asked.

use crate::{Fault, Outage, RepositorySettings, SimulatedGitHub, TokenState};

impl SimulatedGitHub {
    /// Makes the next dispatch, after those that will fail already, fail like this.
    pub fn fail_next(&self, fault: Fault) {
        self.model.fail_next(fault);
    }

    /// Makes it answer a cancel request with this status, or accept it again.
    pub fn set_cancel_fault(&self, status: Option<u16>) {
        self.model.set_cancel_fault(status);
    }

    /// Lets lists that are narrowed down lag behind, as those of GitHub's search index do for hours, or catch up.
    pub fn set_index_stale(&self, is_stale: bool) {
        self.model.set_index_stale(is_stale);
    }

    /// Makes reading the record go wrong, or right again.
    pub fn set_outage(&self, outage: Option<Outage>) {
        self.model.set_outage(outage);
    }

    /// Holds back the answers about what lies between two commits, or lets them go.
    pub fn hold_comparisons(&self, are_held: bool) {
        self.model.hold_comparisons(are_held);
    }

    /// Says what GitHub thinks of every token from now on.
    pub fn set_token(&self, token: TokenState) {
        self.model.set_token(token);
    }

    /// Says how many requests an hour GitHub answers.
    pub fn set_rate_limit(&self, requests: u32) {
        self.model.set_limit(requests);
    }

    /// Says what is special about a repository.
    pub fn set_repository(&self, repo: &str, settings: RepositorySettings) {
        self.model.set_repository(repo, settings);
    }

    /// Takes a repository away, or out of the token's sight. Until then there is every one that is asked for.
    pub fn remove_repo(&self, repo: &str) {
        self.model.remove_repo(repo);
    }

    /// Gives a repository another name. The old one is answered with where it is now.
    pub fn rename_repo(&self, old: &str, new: &str) {
        self.model.rename_repo(old, new);
    }

    /// Takes a workflow away. Until then a repository has every one that is asked for.
    pub fn remove_workflow(&self, repo: &str, workflow: &str) {
        self.model.remove_workflow(repo, workflow);
    }

    pub fn disable_workflow(&self, repo: &str, workflow: &str) {
        self.model.set_disabled(repo, workflow, true);
    }

    pub fn enable_workflow(&self, repo: &str, workflow: &str) {
        self.model.set_disabled(repo, workflow, false);
    }

    /// Takes a branch or a tag away. Until then a repository has every one that is asked for.
    pub fn remove_ref(&self, repo: &str, git_ref: &str) {
        self.model.remove_ref(repo, git_ref);
    }

    /// How many cancel requests it accepted.
    #[must_use]
    pub fn cancels(&self) -> usize {
        self.model.cancels()
    }

    /// How often the record was read.
    #[must_use]
    pub fn reads(&self) -> u32 {
        self.model.reads()
    }

    /// How often the record was read and had not changed: such reads are free.
    #[must_use]
    pub fn unchanged_reads(&self) -> u32 {
        self.model.unchanged()
    }

    /// How many requests counted for the rate limit.
    #[must_use]
    pub fn counted_requests(&self) -> u32 {
        self.model.counted()
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
}
