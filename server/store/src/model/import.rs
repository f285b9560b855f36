//! Runs that were started on GitHub.

use app::domain::{Commit, DeployId, GitRef, Origin, RunRef, Timestamp};

/// A run that was not requested through the console.
#[derive(Clone, Debug)]
pub struct Import {
    /// The id that its deploy gets. It is derived from the run, so that every instance that finds the run gets the same
    /// one.
    pub id: DeployId,
    /// The app.
    pub app: String,
    /// The environment, by the title of the run.
    pub environment: String,
    /// What is deployed, by the title of the run.
    pub git_ref: GitRef,
    /// The commit, where GitHub's record or the title says it.
    pub commit: Option<Commit>,
    /// What started it.
    pub event: String,
    /// When it had ended, if it had.
    pub ended_at: Option<Timestamp>,
    /// Who started it.
    pub started_by: String,
    /// When.
    pub started_at: Timestamp,
    /// The run.
    pub run: RunRef,
    /// The attempt, and the deploy of the first one, where the run of a deploy was run again after that had ended.
    pub rerun: Option<(i64, DeployId)>,
    /// Who found it, for the journal.
    pub actor: String,
    /// Now.
    pub at: Timestamp,
}

impl Import {
    /// The origin that is recorded.
    #[must_use]
    pub fn origin(&self) -> Origin {
        let ended_at = self.ended_at;
        match self.rerun {
            Some((attempt, deploy_id)) => Origin::Rerun { deploy_id, attempt, ended_at },
            None => Origin::GitHub { event: self.event.clone(), ended_at },
        }
    }
}

/// The result of an import.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ImportOutcome {
    /// It was recorded as a deploy.
    New,
    /// It was known: some deploy has this run.
    Known,
    /// A deploy of this app and environment is under way. It has to end first.
    Busy,
}

/// A run that may belong to no deploy, with what tells that.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct CandidateRun {
    /// The run.
    pub run: i64,
    /// The id in its title.
    pub named: Option<DeployId>,
}
