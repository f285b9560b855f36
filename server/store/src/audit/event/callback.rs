//! Callbacks, applied or not.

use app::domain::{RunProof, StoredStatus};
use serde::{Deserialize, Deserializer, Serialize, de::Error};
use serde_json::Value;

use super::{Reported, Transition};
use crate::Delivery;

/// The payload of `console.deploy.callback`: a transition if it was applied.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(untagged)]
pub enum CallbackDecision {
    /// It walked an edge.
    Applied(Transition),
    /// It was counted, repeated what was known, or was refused.
    NotApplied(NotApplied),
}

/// A callback that moved nothing.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct NotApplied {
    /// Why not.
    pub outcome: CallbackOutcome,
    /// The status that it claimed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claimed: Option<StoredStatus>,
    /// The status of the row, if that was the reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current: Option<StoredStatus>,
    /// In what GitHub's proof of its run does not fit, if that was the reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contradiction: Option<Contradiction>,
    /// Its delivery id.
    #[serde(default)]
    pub evidence: Option<String>,
    /// The run that sent it, where GitHub vouched for that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proved_by: Option<RunProof>,
    /// What the workflow said.
    #[serde(default)]
    pub log_line: Option<String>,
    /// What it reported.
    #[serde(flatten)]
    pub reported: Reported,
}

/// What was decided about a callback.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CallbackOutcome {
    /// The row moved.
    Applied,
    /// The row was there already.
    Repeated,
    /// A leg was counted, and others are still to say the same.
    Noted,
    /// No edge leads there.
    Refused,
    /// A newer build decided something that this one cannot read.
    #[serde(other)]
    Unknown,
}

/// What names another run than the one that GitHub vouched for.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Contradiction {
    /// The callback itself.
    Callback,
    /// The deploy: another run has it.
    Deploy,
    /// Only a newer build knows.
    #[serde(other)]
    Unknown,
}

impl NotApplied {
    pub(in crate::audit) fn new(
        delivery: &Delivery,
        outcome: CallbackOutcome,
        current: Option<StoredStatus>,
    ) -> Self {
        Self {
            outcome,
            claimed: Some(delivery.claim.clone()),
            current,
            contradiction: None,
            evidence: Some(delivery.id.to_string()),
            proved_by: delivery.proof.clone(),
            log_line: delivery.log_line.clone(),
            reported: delivery.into(),
        }
    }

    /// Whether it says that the run ends. The end of one leg is not that of the run: the others may go on.
    #[must_use]
    pub fn claims_end_of_run(&self) -> bool {
        self.reported.leg.is_none() && self.claimed.as_ref().is_some_and(StoredStatus::is_terminal)
    }
}

/// Written by hand, so that an error says what is wrong with the payload, and not that it is neither of two variants.
impl<'de> Deserialize<'de> for CallbackDecision {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let payload = Value::deserialize(deserializer)?;
        let decision = match payload.get("status") {
            Some(_) => Transition::deserialize(payload).map(Self::Applied),
            None => NotApplied::deserialize(payload).map(Self::NotApplied),
        };
        decision.map_err(D::Error::custom)
    }
}
