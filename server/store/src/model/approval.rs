//! Approvals of a deploy that needs some before GitHub is asked for it.

use app::domain::{Approval, DeployId, Frozen, Status, StoredStatus, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Actor, StoredDeploy};

/// What a new deploy needs. As it was when it was requested: what is configured later does not change it.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct NeededApproval {
    /// How many people have to approve it, at least one.
    pub needed: u8,
    /// When it ends, if not enough of them have by then.
    pub expires_at: Timestamp,
}

/// What a deploy needs and was given, read from the journal.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct StoredApproval {
    /// As it is shown.
    pub shown: Approval,
    /// The id of who requested the deploy, who cannot approve it.
    pub requested_by: String,
    /// The ids of those who approved it, in their order.
    pub approved_by: Vec<String>,
    /// When the last approval that it needed was given: from then on GitHub may be asked.
    pub complete_at: Option<Timestamp>,
}

impl StoredDeploy {
    /// Whether GitHub may not be asked for it yet.
    #[must_use]
    pub fn awaits_approval(&self) -> bool {
        self.status == StoredStatus::Known(Status::Requested) && self.lacked_approval()
    }

    /// Whether not enough people have approved it: then GitHub was never asked, however it ended.
    #[must_use]
    pub fn lacked_approval(&self) -> bool {
        self.approval.as_ref().is_some_and(|approval| approval.complete_at.is_none())
    }

    /// From when on GitHub may have been asked: since it was requested, or since enough people had approved it.
    #[must_use]
    pub fn released_at(&self) -> Timestamp {
        self.approval.as_ref().and_then(|approval| approval.complete_at).unwrap_or(self.requested_at)
    }
}

/// An approval, or a rejection.
#[derive(Clone, Debug)]
pub struct Approve {
    /// The deploy.
    pub id: DeployId,
    /// Who approves or rejects it.
    pub by: Actor,
    /// What they say with it.
    pub comment: Option<String>,
    /// Now.
    pub at: Timestamp,
}

/// The result of an approval.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum ApproveOutcome {
    /// It counts, and others are still missing.
    Counted,
    /// It was the last one that was missing. Exactly one approval of a deploy is answered so.
    Complete,
    /// The same person has approved it before.
    Repeated,
    /// It does not count.
    Refused(NotApproved),
}

/// Why an approval or a rejection does not count.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum NotApproved {
    /// Who requested the deploy is the one who approves or rejects it.
    OwnRequest,
    /// The deploy waits for no approval. Its status is this.
    NotAwaiting(StoredStatus),
    /// The time for it is over.
    Expired,
    /// The environment is frozen, and the request did not override that.
    Frozen(Frozen),
    /// There is no such deploy.
    Missing,
}
