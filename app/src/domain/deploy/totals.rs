//! How many deploys ended in which way.

use serde::{Deserialize, Serialize};

use crate::domain::{EndKind, Status, StoredStatus};

/// How deploys ended, counted over the newest of them.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct DeployTotals {
    /// Whether there are more than were counted.
    pub has_more: bool,
    /// Those that have not ended.
    pub in_progress: i64,
    /// Those that succeeded.
    pub succeeded: i64,
    /// Those that timed out.
    pub timed_out: i64,
    /// Those that failed, in any way.
    pub failed: i64,
    /// Those of the failed whose run was cancelled.
    pub cancelled: i64,
    /// Those of the failed whose run a newer one replaced.
    pub superseded: i64,
    /// Those of the failed that a person gave up.
    pub abandoned: i64,
    /// Those of the failed that were not approved.
    pub not_approved: i64,
}

impl DeployTotals {
    /// Counts one more, by its row.
    pub fn count(&mut self, status: &StoredStatus, kind: Option<EndKind>) {
        match status.known() {
            Some(Status::Succeeded) => self.succeeded += 1,
            Some(Status::TimedOut) => self.timed_out += 1,
            Some(Status::Failed) => {
                self.failed += 1;
                self.count_kind(kind);
            }
            // What a newer build calls them can still change.
            Some(
                Status::Requested
                | Status::Dispatched
                | Status::SmokeGateStarted
                | Status::SmokeGatePassed
                | Status::FreezeCheckStarted
                | Status::FreezeCheckPassed
                | Status::Building
                | Status::Deploying,
            )
            | None => self.in_progress += 1,
        }
    }

    fn count_kind(&mut self, kind: Option<EndKind>) {
        match kind {
            Some(EndKind::Cancelled) => self.cancelled += 1,
            Some(EndKind::Superseded) => self.superseded += 1,
            Some(EndKind::Abandoned) => self.abandoned += 1,
            Some(EndKind::NotApproved) => self.not_approved += 1,
            None => {}
        }
    }

    /// All that were counted.
    #[must_use]
    pub const fn counted(&self) -> i64 {
        self.in_progress + self.succeeded + self.failed + self.timed_out
    }
}
