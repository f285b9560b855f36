//! Runs on GitHub whose title claims a deploy, and whose workflow is not ours: of a fork, of another branch, or for an
//! event that deploys nothing. What they say is shown as what it is, and changes nothing.

use serde::{Deserialize, Serialize};

use crate::domain::Timestamp;

/// A run that claims to have deployed.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Claim {
    /// What it claims to have deployed.
    pub git_ref: String,
    /// Who started it, in GitHub's words.
    pub by: String,
    /// The page of the run.
    pub run_url: String,
    /// When it was started.
    pub at: Timestamp,
    /// Whether it has ended.
    pub has_ended: bool,
    /// Why it is not believed.
    pub origin: ClaimOrigin,
}

/// Why the workflow of a run is not ours.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(tag = "kind", content = "name", rename_all = "snake_case")]
pub enum ClaimOrigin {
    /// It is one of this repository.
    Fork(String),
    /// It is one of a repository that GitHub does not name: a deleted fork.
    UnknownRepository,
    /// It is one of this branch or tag, and the app deploys by another.
    Ref(String),
    /// GitHub does not name its branch.
    UnknownRef,
    /// It was started by this event.
    Event(String),
}
