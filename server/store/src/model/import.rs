//! Runs that were started on GitHub.

use app::domain::{Commit, DeployId, GitRef, Origin, RunRef, Timestamp};

/// A run that nobody asked the console for.
#[derive(Clone, Debug)]
pub struct Import {
    /// The id that its deploy gets. It is made from the run, so that whoever finds the run makes the same one.
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
    /// Who found it, for the journal.
    pub actor: String,
    /// Now.
    pub at: Timestamp,
}

impl Import {
    /// As what it is recorded.
    #[must_use]
    pub fn origin(&self) -> Origin {
        Origin::GitHub { event: self.event.clone(), ended_at: self.ended_at }
    }
}

/// What became of a run that was found.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Imported {
    /// It is recorded as a deploy now.
    New,
    /// It was known: some deploy has this run.
    Known,
    /// A deploy of this app and environment is under way. It has to end first.
    Busy,
}

/// A run that may be nobody's, by what tells whose it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct CandidateRun {
    /// The run.
    pub run: i64,
    /// The id in its title.
    pub named: Option<DeployId>,
}
