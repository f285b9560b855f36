//! What a run waits for on GitHub before it goes on into an environment, and what reviewers said there. None of it moves a
//! step.

use serde::{Deserialize, Serialize};

/// What was last read of the reviews of a run.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct RunReviews {
    /// The environments that it waits to go on into; none, where it does not wait any more.
    pub awaited: Vec<AwaitedReview>,
    /// What reviewers said, oldest first.
    pub said: Vec<RunReview>,
}

/// An environment that a run waits to go on into.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct AwaitedReview {
    /// The environment.
    pub environment: String,
    /// Who may let it go on, in GitHub's words: people, and teams as `owner/team`; none, where no person is asked.
    pub reviewers: Vec<String>,
}

/// What one reviewer said.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct RunReview {
    /// Who, if GitHub says so.
    pub by: Option<String>,
    /// Whether they let it go on.
    pub is_approval: bool,
    /// What they said with it.
    pub comment: Option<String>,
}
