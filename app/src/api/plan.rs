//! What somebody should know before a ref is deployed.

use serde::{Deserialize, Serialize};

use super::{BoardEnvironment, Changes};
use crate::domain::GitHubOutage;

/// What is there, what could be asked for, and what that would change.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct DeployPlan {
    /// The app.
    pub app: String,
    /// The environment, and what is known of it.
    pub environment: BoardEnvironment,
    /// The ref that is meant: the one that was asked about, or else the one that the configuration names.
    pub git_ref: String,
    /// Refs that the app was deployed from, newest first.
    pub refs: Vec<String>,
    /// What deploying the ref would change, as it is on GitHub now.
    pub changes: Changes,
    /// Why GitHub cannot be asked, if it cannot.
    pub github: Option<GitHubOutage>,
    /// The idempotency key of the form.
    pub key: String,
}
