//! The journal: what an entry holds, and the chain of hashes that shows whether one was changed.
//!
//! Every entry hashes all its fields and the hash of the entry before, so that an edited, removed, inserted
//! or re-ordered entry breaks the chain at its place. A deploy's history is read from here: there is no
//! second log to disagree with.

use app::{
    api::JournalEntry,
    domain::{DeployId, FailureStage, HistoryEntry, Recorded, Source, Status, Timestamp},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{Advance, Attach, Delivery, OpenRequest};

/// The hash before the first entry.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Who the journal names for what a workflow reports.
pub const WORKFLOW: &str = "workflow";

/// What was done.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Action {
    /// A deploy was asked for.
    Requested,
    /// GitHub accepted it.
    Dispatched,
    /// GitHub refused it, or never started a run.
    Refused,
    /// A callback was decided: applied, repeated or refused.
    Callback,
    /// The reconciler moved the row, with GitHub's record as evidence.
    Reconciled,
    /// Its run was found.
    RunFound,
}

impl Action {
    /// The spelling in the journal.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "console.deploy.requested",
            Self::Dispatched => "console.deploy.dispatched",
            Self::Refused => "console.deploy.refused",
            Self::Callback => "console.deploy.callback",
            Self::Reconciled => "console.deploy.reconciled",
            Self::RunFound => "console.deploy.run_found",
        }
    }

    /// The action of an edge that the console or the reconciler walks.
    const fn of(advance: &Advance) -> Self {
        match (advance.source, advance.to) {
            (Source::Callback, _) => Self::Callback,
            (Source::Reconciler, _) => Self::Reconciled,
            (Source::Console, Status::Failed) => Self::Refused,
            (Source::Console, _) => Self::Dispatched,
        }
    }
}

/// The payload of an entry that records a transition. Other entries have no `status` here.
#[derive(Clone, Debug, Deserialize, Serialize)]
struct Transition {
    status: Recorded,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    previous: Option<Status>,
    source: Source,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    evidence: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    log_line: Option<String>,
    #[serde(flatten)]
    details: Details,
}

/// What else an entry may say.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
struct Details {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    outcome: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    claimed: Option<Status>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    current: Option<Recorded>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    failure_stage: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    run_id: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    run_attempt: Option<i64>,
}

/// An entry that has no place in the chain yet.
#[derive(Clone, Debug)]
pub struct Draft {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: String,
    /// What.
    pub action: &'static str,
    /// About which deploy.
    pub deploy_id: DeployId,
    /// The rest.
    pub payload: Value,
}

impl Draft {
    /// A deploy was asked for.
    #[must_use]
    pub fn requested(request: &OpenRequest) -> Self {
        let payload = serde_json::json!({
            "status": Status::Requested,
            "source": Source::Console,
            "app": request.app,
            "environment": request.environment,
            "git_ref": request.git_ref.as_str(),
            "reason": request.reason,
        });
        Self {
            at: request.at,
            actor: request.actor.clone(),
            action: Action::Requested.as_str(),
            deploy_id: request.id,
            payload,
        }
    }

    /// The console or the reconciler walked an edge.
    #[must_use]
    pub fn advanced(advance: &Advance, previous: Status) -> Self {
        let transition = Transition {
            status: advance.to.into(),
            previous: Some(previous),
            source: advance.source,
            evidence: advance.evidence.clone(),
            log_line: advance.log_line.clone(),
            details: Details {
                run_id: advance.run.as_ref().map(|run| run.id),
                failure_stage: advance.failure_stage.map(|stage| stage.as_str().to_owned()),
                ..Details::default()
            },
        };
        Self {
            at: advance.at,
            actor: advance.actor.clone(),
            action: Action::of(advance).as_str(),
            deploy_id: advance.id,
            payload: to_value(&transition),
        }
    }

    /// The run of a deploy was found.
    #[must_use]
    pub fn run_found(attach: &Attach) -> Self {
        Self {
            at: attach.at,
            actor: attach.actor.clone(),
            action: Action::RunFound.as_str(),
            deploy_id: attach.id,
            payload: serde_json::json!({ "run_id": attach.run.id, "evidence": attach.evidence }),
        }
    }

    /// A callback walked an edge. The edge to `dispatched`, which it only proves, says nothing of its own.
    #[must_use]
    pub fn applied(delivery: &Delivery, previous: Status, to: Status) -> Self {
        let is_proof = to == Status::Dispatched;
        let transition = Transition {
            status: to.into(),
            previous: Some(previous),
            source: Source::Callback,
            evidence: Some(delivery.id.to_string()),
            log_line: if is_proof { None } else { delivery.log_line.clone() },
            details: Details { outcome: Some("applied".to_owned()), ..Details::from(delivery) },
        };
        let action = if is_proof { Action::Dispatched } else { Action::Callback };
        Self::of_delivery(delivery, action, to_value(&transition))
    }

    /// A callback said again what was known.
    #[must_use]
    pub fn repeated(delivery: &Delivery) -> Self {
        Self::not_applied(delivery, "repeated", None)
    }

    /// An authentic callback was refused.
    #[must_use]
    pub fn refused(delivery: &Delivery, current: &Recorded) -> Self {
        Self::not_applied(delivery, "refused", Some(current.clone()))
    }

    fn not_applied(delivery: &Delivery, outcome: &str, current: Option<Recorded>) -> Self {
        let details = Details {
            outcome: Some(outcome.to_owned()),
            claimed: Some(delivery.claim),
            current,
            ..Details::from(delivery)
        };
        let mut payload = to_value(&details);
        payload["evidence"] = delivery.id.as_str().into();
        payload["log_line"] = delivery.log_line.clone().into();
        Self::of_delivery(delivery, Action::Callback, payload)
    }

    fn of_delivery(delivery: &Delivery, action: Action, payload: Value) -> Self {
        Self {
            at: delivery.at,
            actor: WORKFLOW.to_owned(),
            action: action.as_str(),
            deploy_id: delivery.deploy_id,
            payload,
        }
    }

    /// Gives the entry its place after `previous`, and its hash.
    #[must_use]
    pub fn chained(self, previous: Option<(i64, String)>) -> JournalEntry {
        let (sequence, previous_hash) = previous.unwrap_or_else(|| (0, GENESIS.to_owned()));
        let mut entry = JournalEntry {
            sequence: sequence + 1,
            at: self.at,
            actor: self.actor,
            action: self.action.to_owned(),
            deploy_id: Some(self.deploy_id),
            payload: self.payload,
            previous_hash,
            hash: String::new(),
        };
        entry.hash = hash(&entry);
        entry
    }
}

impl From<&Delivery> for Details {
    fn from(delivery: &Delivery) -> Self {
        Self {
            failure_stage: delivery.failure_stage.map(|stage| FailureStage::as_str(stage).to_owned()),
            run_id: delivery.run.as_ref().map(|run| run.id),
            run_attempt: delivery.run_attempt,
            ..Self::default()
        }
    }
}

fn to_value<T: Serialize>(value: &T) -> Value {
    // A struct of strings and numbers has nothing that JSON cannot say.
    serde_json::to_value(value).unwrap_or_default()
}

/// The transition that an entry records, if it records one.
#[must_use]
pub fn transition(entry: &JournalEntry) -> Option<HistoryEntry> {
    let transition = Transition::deserialize(&entry.payload).ok()?;
    Some(HistoryEntry {
        status: transition.status,
        at: entry.at,
        source: transition.source,
        log_line: transition.log_line,
        evidence: transition.evidence,
    })
}

/// The hash of an entry: SHA-256 over each field with its length before it, the hash of the entry before
/// first. Hexadecimal.
#[must_use]
pub fn hash(entry: &JournalEntry) -> String {
    let mut hasher = Sha256::new();
    let deploy_id = entry.deploy_id.map(|id| id.to_string()).unwrap_or_default();
    for field in [
        entry.previous_hash.as_str(),
        &entry.sequence.to_string(),
        &entry.at.to_string(),
        &entry.actor,
        &entry.action,
        &deploy_id,
        &entry.payload.to_string(),
    ] {
        hasher.update((field.len() as u64).to_be_bytes());
        hasher.update(field.as_bytes());
    }
    hex(&hasher.finalize())
}

/// Bytes as lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The first entry, in their order, that does not follow from the one before it.
#[must_use]
pub fn first_broken(entries: &[JournalEntry]) -> Option<&JournalEntry> {
    let mut expected = (1, GENESIS);
    entries.iter().find(|entry| {
        let sound = (entry.sequence, entry.previous_hash.as_str()) == expected && entry.hash == hash(entry);
        expected = (entry.sequence + 1, &entry.hash);
        !sound
    })
}
