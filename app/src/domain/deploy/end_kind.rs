//! How a deploy ended that failed, and not by itself.

use std::{fmt, str::FromStr};

use crate::domain::{Deploy, RunState, Status, StoredStatus};

/// How a deploy came to its end that is recorded as failed, where nothing in its workflow failed.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum EndKind {
    /// Its run was cancelled before it began, and a newer run took its place.
    Superseded,
    /// A person gave it up by hand.
    Abandoned,
    /// Its run was cancelled.
    Cancelled,
    /// It was rejected, or not approved in time.
    NotApproved,
}

impl EndKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Cancelled, Self::Superseded, Self::Abandoned, Self::NotApproved];

    /// The spelling in addresses and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Superseded => "superseded",
            Self::Abandoned => "abandoned",
            Self::Cancelled => "cancelled",
            Self::NotApproved => "not_approved",
        }
    }

    /// The kind of a failed deploy, by what was last read of its run, whether a person gave it up, and whether it lacked
    /// an approval. A run that was superseded before a person gave its deploy up stays superseded.
    #[must_use]
    pub fn of(run: Option<RunState>, was_abandoned: bool, lacked_approval: bool) -> Option<Self> {
        if run == Some(RunState::Superseded) {
            Some(Self::Superseded)
        } else if was_abandoned {
            Some(Self::Abandoned)
        } else if run == Some(RunState::Cancelled) {
            Some(Self::Cancelled)
        } else {
            lacked_approval.then_some(Self::NotApproved)
        }
    }
}

impl fmt::Display for EndKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text names no kind.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not a way to end")]
pub struct NotAnEndKind;

impl FromStr for EndKind {
    type Err = NotAnEndKind;

    fn from_str(text: &str) -> Result<Self, NotAnEndKind> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(NotAnEndKind)
    }
}

impl Deploy {
    /// How it ended, if it is recorded as failed and did not fail by itself.
    #[must_use]
    pub fn end_kind(&self) -> Option<EndKind> {
        if self.status != StoredStatus::Known(Status::Failed) {
            return None;
        }
        EndKind::of(self.run_state, self.abandoned.is_some(), self.lacked_approval())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_end_has_one_kind() {
        let (superseded, cancelled) = (Some(RunState::Superseded), Some(RunState::Cancelled));
        for (run, was_abandoned, lacked_approval, kind) in [
            (None, false, false, None),
            (Some(RunState::Ended), false, false, None),
            (cancelled, false, false, Some(EndKind::Cancelled)),
            (cancelled, true, false, Some(EndKind::Abandoned)),
            (superseded, true, false, Some(EndKind::Superseded)),
            (None, true, true, Some(EndKind::Abandoned)),
            (None, false, true, Some(EndKind::NotApproved)),
        ] {
            assert_eq!(EndKind::of(run, was_abandoned, lacked_approval), kind, "{run:?}");
        }
        assert!(EndKind::ALL.into_iter().all(|kind| kind.as_str().parse() == Ok(kind)));
        assert_eq!("failed".parse::<EndKind>(), Err(NotAnEndKind));
    }
}
