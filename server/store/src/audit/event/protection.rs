//! What GitHub was told about its gate.

use app::domain::{Barred, Cleared, ProtectionRequestId, ProtectionState};
use serde::{Deserialize, Serialize};

use crate::{ApproveProtection, StoredProtectionRequest};

/// The payload of `console.protection.decided`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ProtectionDecided {
    /// What it is about.
    #[serde(flatten)]
    pub about: ProtectedRun,
    /// The decision, and why.
    #[serde(flatten)]
    pub decision: ProtectionDecision,
    /// What people call who decided it, where that is not the actor of the entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// The payload of `console.protection.approved`. Who approved it is the actor of the entry.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ProtectionApproval {
    /// What it is about.
    #[serde(flatten)]
    pub about: ProtectedRun,
    /// What they said with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// What people call who did it, where that is not the actor of the entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// A run that would go on into an environment.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ProtectedRun {
    /// The question of GitHub.
    pub request_id: ProtectionRequestId,
    /// The app.
    pub app: String,
    /// The environment.
    pub environment: String,
    /// `owner/name`.
    pub repo: String,
    /// The run.
    pub run_id: i64,
    /// Who started it, in GitHub's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_by: Option<String>,
}

/// What GitHub is told.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(tag = "decision", content = "because", rename_all = "snake_case")]
pub enum ProtectionDecision {
    /// That the job may go on.
    Approved(Cleared),
    /// That it may not.
    Rejected(Barred),
}

impl ProtectedRun {
    fn of(request: &StoredProtectionRequest) -> Self {
        Self {
            request_id: request.id,
            app: request.app.clone(),
            environment: request.environment.clone(),
            repo: request.repo.clone(),
            run_id: request.run,
            started_by: request.started_by.as_ref().map(|by| by.login.clone()),
        }
    }
}

impl ProtectionDecided {
    /// None, if nothing is decided that GitHub is told.
    pub(in crate::audit) fn new(request: &StoredProtectionRequest, name: Option<String>) -> Option<Self> {
        let decision = match &request.state {
            ProtectionState::Approved { because, .. } => ProtectionDecision::Approved(because.clone()),
            ProtectionState::Rejected { because, .. } => ProtectionDecision::Rejected(because.clone()),
            ProtectionState::New
            | ProtectionState::Held { .. }
            | ProtectionState::AwaitsApproval { .. }
            | ProtectionState::Lapsed { .. }
            | ProtectionState::Unknown => return None,
        };
        Some(Self { about: ProtectedRun::of(request), decision, name })
    }
}

impl ProtectionApproval {
    pub(in crate::audit) fn new(approve: &ApproveProtection, request: &StoredProtectionRequest) -> Self {
        Self {
            about: ProtectedRun::of(request),
            comment: approve.comment.clone(),
            name: approve.by.name_beside_id(),
        }
    }
}
