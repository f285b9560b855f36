//! An authentic callback, and the decision on it.

use std::{collections::HashMap, sync::Arc};

use app::domain::{
    Commit, DeliveryId, DeployId, FailureStage, FreezeVerdict, Leg, LegReport, LegVerdict, RunProof, RunRef,
    Status, StoredStatus, Timestamp, deploy::leg, transition,
};
use serde::{Deserialize, Serialize};

use super::Place;
use crate::audit::event::Contradiction;

/// An authentic callback.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// Its delivery id.
    pub id: DeliveryId,
    /// A hash of its body: the same id with another body is an error of the sender.
    pub body_hash: String,
    /// The deploy.
    pub deploy_id: DeployId,
    /// The status that it claims, known or not.
    pub claim: StoredStatus,
    /// What the workflow says.
    pub log_line: Option<String>,
    /// The step that failed, if it says so.
    pub failure_stage: Option<FailureStage>,
    /// The run that GitHub vouched for, where it did: then the callback is of no other.
    pub proof: Option<RunProof>,
    /// The run that sent it, as it says.
    pub run_id: Option<i64>,
    /// The addresses of run pages, for when the row says which app and environment it belongs to.
    pub run_pages: RunPages,
    /// Which attempt of that run.
    pub run_attempt: Option<i64>,
    /// The commit that it checked out.
    pub commit: Option<Commit>,
    /// When that was made.
    pub committed_at: Option<Timestamp>,
    /// The leg that it speaks for, where the step has several.
    pub leg: Option<Leg>,
    /// Now.
    pub at: Timestamp,
}

/// The addresses of run pages: by configured app and environment, the part before the number of the run.
#[derive(Clone, Debug, Default)]
pub struct RunPages(Arc<HashMap<Place, String>>);

impl FromIterator<(Place, String)> for RunPages {
    fn from_iter<I: IntoIterator<Item = (Place, String)>>(pages: I) -> Self {
        Self(Arc::new(pages.into_iter().collect()))
    }
}

impl RunPages {
    /// A run with its page; none, if its app or environment is not configured.
    #[must_use]
    pub fn run_ref(&self, place: &Place, id: i64) -> Option<RunRef> {
        let before = self.0.get(place)?;
        Some(RunRef { id, url: format!("{before}{id}") })
    }
}

/// The result of a callback.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Received {
    /// Decided now.
    Decided(Decided),
    /// Decided before, with this result; nothing happened this time.
    Replayed(Decided),
    /// GitHub vouched for another run than the one that this names. It is in the journal; the delivery id is not spent.
    Contradicted(Contradiction),
    /// The delivery id belongs to another body.
    DeliveryIdReused,
    /// There is no such deploy.
    Missing,
}

/// The decision on a callback, with the freeze verdict for its workflow.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Decided {
    /// The deploy that it was about, where that is a later attempt of the one that it names.
    pub rerun: Option<DeployId>,
    /// The decision.
    pub decision: Decision,
    /// For a callback that begins the freeze check: the verdict, as it was when the check began.
    pub freeze: Option<FreezeVerdict>,
}

impl From<Decision> for Decided {
    /// A decision about the deploy that the callback names, without a freeze verdict.
    fn from(decision: Decision) -> Self {
        Self { rerun: None, decision, freeze: None }
    }
}

/// The decision on a callback, as it is stored for a repetition.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Decision {
    /// The row moved to this status.
    Applied {
        /// Where the row is now.
        status: Status,
    },
    /// The row was there already. The log line is kept.
    Repeated {
        /// Where the row is.
        status: Status,
    },
    /// A leg was counted; the row stays until others say the same.
    Noted {
        /// Where the row is.
        status: Status,
    },
    /// No edge leads there.
    Refused {
        /// Where the row is.
        current: StoredStatus,
        /// What was claimed.
        claimed: Status,
    },
    /// No callback may claim that, whatever the status of the row.
    NotAStatus,
}

impl Decision {
    /// Decides a claim of a leg against the status of the row and what legs said before.
    #[must_use]
    pub fn of_leg(current: &StoredStatus, claim: &StoredStatus, leg: &Leg, heard: &[LegReport]) -> Self {
        let (Some(status), Some(claimed)) = (current.known(), transition::claimable(claim)) else {
            return Self::of(current, claim);
        };
        match leg::count(status, claimed, leg, heard) {
            LegVerdict::Speaks => Self::of(current, claim),
            LegVerdict::Counted => Self::Noted { status },
            LegVerdict::Repeated => Self::Repeated { status },
            LegVerdict::Contradicts => Self::Refused { current: current.clone(), claimed },
        }
    }

    /// Decides a claim against the status of the row.
    #[must_use]
    pub fn of(current: &StoredStatus, claim: &StoredStatus) -> Self {
        let Some(claimed) = transition::claimable(claim) else {
            return Self::NotAStatus;
        };
        match current {
            StoredStatus::Known(status) if *status == claimed => Self::Repeated { status: claimed },
            StoredStatus::Known(status) if !transition::callback_path(*status, claimed).is_empty() => {
                Self::Applied { status: claimed }
            }
            StoredStatus::Known(_) | StoredStatus::Unknown(_) => {
                Self::Refused { current: current.clone(), claimed }
            }
        }
    }
}
