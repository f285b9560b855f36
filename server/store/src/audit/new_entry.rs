//! What each operation writes into the journal.

use app::domain::{
    DeployId, FailureStage, Freeze, FreezeVerdict, Frozen, JournalEntry, Source, Status, StoredStatus,
    Timestamp,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Action, CONSOLE, GENESIS, ROLLBACKS_PASS, WORKFLOW, hash};
use crate::{Advance, AttachRun, Delivery, Import, Lift, NewDeploy, Note, Noted, Promotion, RolledBack};

/// The payload of an entry that records a transition. Other entries have no `status` here.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Transition {
    pub(super) status: StoredStatus,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    previous: Option<Status>,
    pub(super) source: Source,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) evidence: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) log_line: Option<String>,
    #[serde(flatten)]
    pub(super) details: Details,
}

/// What else an entry may say.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(super) struct Details {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    outcome: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    claimed: Option<StoredStatus>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    current: Option<StoredStatus>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    failure_stage: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    run_id: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) run_attempt: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    commit: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    committed_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) freeze: Option<FreezeVerdict>,
}

/// An entry that has no place in the chain yet.
#[derive(Clone, Debug)]
pub struct NewEntry {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: String,
    /// What.
    pub action: &'static str,
    /// About which deploy, if about one.
    pub deploy_id: Option<DeployId>,
    /// The rest.
    pub payload: Value,
}

impl NewEntry {
    /// A deploy was asked for, perhaps in spite of a freeze.
    #[must_use]
    pub fn requested(request: &NewDeploy, overridden: Option<&Frozen>) -> Self {
        let mut payload = serde_json::json!({
            "status": Status::Requested,
            "source": Source::Console,
            "app": request.app,
            "environment": request.environment,
            "git_ref": request.git_ref.as_str(),
            "reason": request.reason,
        });
        if let Some(commit) = &request.commit {
            payload["commit"] = commit.as_str().into();
        }
        if !request.origin.is_request() {
            payload["origin"] = to_value(&request.origin);
        }
        if let Some(frozen) = overridden {
            let reason = request.override_freeze.as_deref().unwrap_or(ROLLBACKS_PASS);
            payload["freeze_override"] = serde_json::json!({ "reason": reason, "frozen": frozen });
        }
        Self {
            at: request.at,
            actor: request.actor.clone(),
            action: Action::Requested.as_str(),
            deploy_id: Some(request.id),
            payload,
        }
    }

    /// A run was found that nobody asked the console for.
    #[must_use]
    pub fn imported(import: &Import) -> Self {
        Self {
            at: import.at,
            actor: import.actor.clone(),
            action: Action::Imported.as_str(),
            deploy_id: Some(import.id),
            payload: serde_json::json!({
                "status": Status::Dispatched,
                "source": Source::Reconciler,
                "evidence": format!("GitHub run {}", import.run.id),
                "app": import.app,
                "environment": import.environment,
                "git_ref": import.git_ref.as_str(),
                "commit": import.commit,
                "run_id": import.run.id,
                "started_by": import.started_by,
                "started_at": import.started_at,
                "origin": import.origin(),
            }),
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
            deploy_id: Some(advance.id),
            payload: to_value(&transition),
        }
    }

    /// The run of a deploy was found.
    #[must_use]
    pub fn run_found(attach: &AttachRun) -> Self {
        Self {
            at: attach.at,
            actor: attach.actor.clone(),
            action: Action::RunFound.as_str(),
            deploy_id: Some(attach.id),
            payload: serde_json::json!({ "run_id": attach.run.id, "evidence": attach.evidence }),
        }
    }

    /// A migration down ended a deploy.
    #[must_use]
    pub fn rolled_back(ended: &RolledBack, at: Timestamp) -> Self {
        let transition = Transition {
            status: Status::Failed.into(),
            previous: Some(ended.was),
            source: Source::Console,
            evidence: None,
            log_line: Some(
                "The database was migrated to an older schema, which does not know the status of this deploy."
                    .to_owned(),
            ),
            details: Details {
                failure_stage: ended.failure_stage.map(|stage| stage.as_str().to_owned()),
                ..Details::default()
            },
        };
        Self {
            at,
            actor: CONSOLE.to_owned(),
            action: Action::RolledBack.as_str(),
            deploy_id: Some(ended.id),
            payload: to_value(&transition),
        }
    }

    /// A freeze was declared.
    #[must_use]
    pub fn freeze_declared(freeze: &Freeze) -> Self {
        Self {
            at: freeze.declared_at,
            actor: freeze.declared_by.clone(),
            action: Action::FreezeDeclared.as_str(),
            deploy_id: None,
            payload: serde_json::json!({
                "freeze_id": freeze.id,
                "app": freeze.scope.app,
                "environment": freeze.scope.environment,
                "window": freeze.window,
                "reason": freeze.reason,
            }),
        }
    }

    /// A freeze was ended by hand.
    #[must_use]
    pub fn freeze_lifted(lift: &Lift) -> Self {
        Self {
            at: lift.at,
            actor: lift.by.clone(),
            action: Action::FreezeLifted.as_str(),
            deploy_id: None,
            payload: serde_json::json!({ "freeze_id": lift.id }),
        }
    }

    /// A flag was turned on or off in an environment.
    #[must_use]
    pub fn promoted(promotion: &Promotion, previous: Option<bool>) -> Self {
        let mut payload = serde_json::json!({
            "flag": promotion.flag,
            "environment": promotion.environment,
            "is_on": promotion.is_on,
            "previous": previous,
        });
        if promotion.without_observation {
            payload["without_observation"] = true.into();
        }
        Self {
            at: promotion.at,
            actor: promotion.by.clone(),
            action: Action::FlagPromoted.as_str(),
            deploy_id: None,
            payload,
        }
    }

    /// Something was noted that moves no row.
    #[must_use]
    pub fn noted(note: &Note) -> Self {
        let payload = match &note.what {
            Noted::Run(report) => to_value(report),
            Noted::CancelRequested => serde_json::json!({}),
            Noted::CancelAnswered(state) => serde_json::json!({ "cancellation": state }),
            Noted::InputLeftOut(input) => serde_json::json!({ "input": input }),
        };
        Self {
            at: note.at,
            actor: note.actor.clone(),
            action: Action::of_note(&note.what).as_str(),
            deploy_id: Some(note.id),
            payload,
        }
    }

    /// A callback walked an edge. The edge to `dispatched`, which it only proves, says nothing of its own.
    /// The edge into the freeze check says what the workflow was told there.
    #[must_use]
    pub fn applied(delivery: &Delivery, previous: Status, to: Status, freeze: Option<FreezeVerdict>) -> Self {
        let is_proof = to == Status::Dispatched;
        let transition = Transition {
            status: to.into(),
            previous: Some(previous),
            source: Source::Callback,
            evidence: Some(delivery.id.to_string()),
            log_line: if is_proof { None } else { delivery.log_line.clone() },
            details: Details { outcome: Some("applied".to_owned()), freeze, ..Details::from(delivery) },
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
    pub fn refused(delivery: &Delivery, current: &StoredStatus) -> Self {
        Self::not_applied(delivery, "refused", Some(current.clone()))
    }

    fn not_applied(delivery: &Delivery, outcome: &str, current: Option<StoredStatus>) -> Self {
        let details = Details {
            outcome: Some(outcome.to_owned()),
            claimed: Some(delivery.claim.clone()),
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
            deploy_id: Some(delivery.deploy_id),
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
            deploy_id: self.deploy_id,
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
            commit: delivery.commit.as_ref().map(ToString::to_string),
            committed_at: delivery.committed_at,
            ..Self::default()
        }
    }
}

fn to_value<T: Serialize>(value: &T) -> Value {
    // A struct of strings and numbers has nothing that JSON cannot say.
    serde_json::to_value(value).unwrap_or_default()
}
