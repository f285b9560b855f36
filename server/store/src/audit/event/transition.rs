//! Entries that record a transition: all of them have the members of [`Transition`], and no other entry has a `status`.

use app::domain::{FailureStage, FreezeVerdict, Leg, RunProof, Source, Status, StoredStatus, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::CallbackOutcome;
use crate::{Advance, Delivery, RolledBack};

/// The payload of an entry that records a transition.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Transition {
    /// The status that was reached.
    pub status: StoredStatus,
    /// The one before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<StoredStatus>,
    /// Who caused it.
    pub source: Source,
    /// What proves it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
    /// The run that sent it, where GitHub vouched for that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proved_by: Option<RunProof>,
    /// What was said with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log_line: Option<String>,
    /// That it is a callback that was applied, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<CallbackOutcome>,
    /// What the workflow was told, if this is its freeze check.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub freeze: Option<FreezeVerdict>,
    /// What was reported with it.
    #[serde(flatten)]
    pub reported: Reported,
}

/// What a callback or GitHub's record reports of a run. Texts and numbers as they came: a build with other rules may
/// have accepted them.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Reported {
    /// The stage that failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure_stage: Option<String>,
    /// The run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run_id: Option<i64>,
    /// Which attempt of it, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run_attempt: Option<i64>,
    /// The commit that it checked out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// When that was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub committed_at: Option<Timestamp>,
    /// The leg that it speaks for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leg: Option<Value>,
}

impl Transition {
    /// An edge that the console or the reconciler walked.
    pub(in crate::audit) fn advanced(advance: &Advance, previous: Status) -> Self {
        Self {
            evidence: advance.evidence.clone(),
            log_line: advance.log_line.clone(),
            reported: Reported {
                run_id: advance.run.as_ref().map(|run| run.id),
                ..Reported::failed_at(advance.failure_stage)
            },
            ..Self::edge(previous, advance.to, advance.source)
        }
    }

    /// An edge that a callback walked. For the edge to `dispatched`, which the callback only proves, nothing else is
    /// recorded.
    pub(in crate::audit) fn applied(
        delivery: &Delivery,
        previous: Status,
        to: Status,
        freeze: Option<FreezeVerdict>,
    ) -> Self {
        Self {
            evidence: Some(delivery.id.to_string()),
            proved_by: delivery.proof.clone(),
            log_line: delivery.log_line.clone().filter(|_| to != Status::Dispatched),
            outcome: Some(CallbackOutcome::Applied),
            freeze,
            reported: delivery.into(),
            ..Self::edge(previous, to, Source::Callback)
        }
    }

    /// The end that a migration down gave to a deploy.
    pub(in crate::audit) fn rolled_back(ended: &RolledBack) -> Self {
        const WHY: &str =
            "The database was migrated to an older schema, which does not know the status of this deploy.";
        Self {
            log_line: Some(WHY.to_owned()),
            reported: Reported::failed_at(ended.failure_stage),
            ..Self::edge(ended.was, Status::Failed, Source::Console)
        }
    }

    /// The end that a person gave to a deploy, or the console without asking GitHub.
    pub(super) fn ended_by_hand(previous: Status, said: String) -> Self {
        Self { log_line: Some(said), ..Self::edge(previous, Status::Failed, Source::Console) }
    }

    fn edge(previous: Status, to: Status, source: Source) -> Self {
        Self {
            status: to.into(),
            previous: Some(previous.into()),
            source,
            evidence: None,
            proved_by: None,
            log_line: None,
            outcome: None,
            freeze: None,
            reported: Reported::default(),
        }
    }
}

impl Reported {
    /// The leg that it speaks for, where this build knows its shape.
    #[must_use]
    pub fn leg(&self) -> Option<Leg> {
        Leg::deserialize(self.leg.as_ref()?).ok()
    }

    fn failed_at(stage: Option<FailureStage>) -> Self {
        Self { failure_stage: stage.map(|stage| stage.as_str().to_owned()), ..Self::default() }
    }
}

impl From<&Delivery> for Reported {
    fn from(delivery: &Delivery) -> Self {
        Self {
            run_id: delivery.run_id,
            run_attempt: delivery.run_attempt,
            commit: delivery.commit.as_ref().map(ToString::to_string),
            committed_at: delivery.committed_at,
            leg: delivery.leg.as_ref().map(|leg| serde_json::json!(leg)),
            ..Self::failed_at(delivery.failure_stage)
        }
    }
}
