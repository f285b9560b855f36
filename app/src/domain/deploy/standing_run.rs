//! When CI was last heard of, and where the run stands if nothing has been reported since.

use crate::domain::{Deploy, GITHUB_REVIEW, RunState, Source, Status, StoredStatus, Timestamp};

/// What was last read of the run of a live deploy.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct StandingRun {
    /// Where it stands.
    pub state: RunState,
    /// When that was read, and was new.
    pub read_at: Timestamp,
}

impl StandingRun {
    /// Whether it moves, as far as it says: it is not held back, and not [lost](Self::is_lost).
    #[must_use]
    pub const fn moves(self) -> bool {
        !self.is_lost() && !matches!(self.state, RunState::AwaitingTurn | RunState::AwaitingApproval)
    }

    /// Whether the deploy may go on, or may not: its run is not there, or says nothing that leads to an end.
    #[must_use]
    pub const fn is_lost(self) -> bool {
        match self.state {
            RunState::Ambiguous | RunState::Missing | RunState::Ended => true,
            RunState::Queued
            | RunState::AwaitingTurn
            | RunState::AwaitingApproval
            | RunState::InProgress
            | RunState::Cancelled
            | RunState::Superseded
            | RunState::Unknown => false,
        }
    }
}

impl Deploy {
    /// The newest event of CI: what the workflow reported and what was read from GitHub; the console's own are not.
    #[must_use]
    pub fn last_event(&self) -> Option<Timestamp> {
        let from_ci = |source| match source {
            Source::Callback | Source::Reconciler => true,
            Source::Console => false,
        };
        self.history.iter().rev().find(|entry| from_ci(entry.source)).map(|entry| entry.at)
    }

    /// Where its run stands, unless the workflow has reported more since; nothing once it has ended.
    #[must_use]
    pub fn standing_run(&self) -> Option<StandingRun> {
        let standing = StandingRun { state: self.run_state?, read_at: self.run_read_at? };
        let is_newest = self.last_event().is_none_or(|event| event <= standing.read_at);
        (self.is_live() && is_newest).then_some(standing)
    }

    /// Whether it failed because a reviewer on GitHub rejected it.
    #[must_use]
    pub fn was_rejected_on_github(&self) -> bool {
        let evidence = self.history.last().and_then(|end| end.evidence.as_ref());
        self.status == StoredStatus::Known(Status::Failed)
            && evidence.is_some_and(|evidence| evidence.starts_with(GITHUB_REVIEW))
    }
}
