//! Approvals and rejections.

use app::domain::Status;
use serde::{Deserialize, Serialize};

use super::Transition;
use crate::{Approve, StoredApproval};

/// The payload of `console.deploy.approved`. Who approved it is the actor of the entry.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Approved {
    /// What they said with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// Whether it was the last that was missing: from then on GitHub may be asked.
    pub complete: bool,
    /// What people call who did it, where that is not the actor of the entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// The payload of `console.deploy.rejected`: by a person; or by the console, when the time for approvals was over.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Rejected {
    /// What they said with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// Whether nobody rejected it, and its time was over.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub expired: bool,
    /// What people call who did it, where that is not the actor of the entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The edge to its end.
    #[serde(flatten)]
    pub transition: Transition,
}

impl Approved {
    pub(in crate::audit) fn new(approve: &Approve, complete: bool) -> Self {
        Self { comment: approve.comment.clone(), complete, name: approve.by.name_beside_id() }
    }
}

impl Rejected {
    pub(in crate::audit) fn by(reject: &Approve) -> Self {
        let said = match &reject.comment {
            Some(comment) => format!("Rejected by {}: {comment}", reject.by.name),
            None => format!("Rejected by {}.", reject.by.name),
        };
        Self {
            comment: reject.comment.clone(),
            expired: false,
            name: reject.by.name_beside_id(),
            transition: Transition::ended_by_hand(Status::Requested, said),
        }
    }

    pub(in crate::audit) fn expired(approval: &StoredApproval) -> Self {
        let said = match (approval.shown.given.len(), approval.shown.needed) {
            (0, _) => "Nobody approved it in time.".to_owned(),
            (given, needed) => format!("Only {given} of {needed} approved it in time."),
        };
        let transition = Transition::ended_by_hand(Status::Requested, said);
        Self { comment: None, expired: true, name: None, transition }
    }
}
