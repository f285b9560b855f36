//! First entries: a deploy was requested, or imported.

use app::domain::{Frozen, InputValues, Origin, Source, Status, StoredStatus, Timestamp};
use serde::{Deserialize, Deserializer, Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{Import, NeededApproval, NewDeploy, audit::ROLLBACKS_PASS};

/// The payload of `console.deploy.requested`. Who requested it is the actor of the entry, and when is its time.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Requested {
    /// The first status.
    pub status: StoredStatus,
    /// The console.
    pub source: Source,
    /// The app.
    pub app: String,
    /// The environment.
    pub environment: String,
    /// What to deploy.
    pub git_ref: String,
    /// The commit, where that was requested.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// Why.
    #[serde(default)]
    pub reason: Option<String>,
    /// The inputs that are sent beside the console's own.
    #[serde(default, skip_serializing_if = "InputValues::is_empty", deserialize_with = "or_default")]
    pub inputs: InputValues,
    /// What has to be approved before GitHub may be asked.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "or_none")]
    pub approval: Option<NeededApproval>,
    /// What people call who requested it, where that is not the actor of the entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// How it came to be.
    #[serde(flatten)]
    pub provenance: Provenance,
}

/// The payload of `console.deploy.imported`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Imported {
    /// The first status: its run is known.
    pub status: StoredStatus,
    /// The reconciler.
    pub source: Source,
    /// The run, in words.
    pub evidence: String,
    /// The app.
    pub app: String,
    /// The environment, by the title of the run.
    pub environment: String,
    /// What is deployed, by the title of the run.
    pub git_ref: String,
    /// The commit, where it is known.
    #[serde(default)]
    pub commit: Option<String>,
    /// The run.
    pub run_id: i64,
    /// Who started it.
    pub started_by: String,
    /// When.
    pub started_at: Timestamp,
    /// That it was started on GitHub, by what, and when it had ended.
    #[serde(deserialize_with = "origin_or_unknown")]
    pub origin: Origin,
}

/// The origin of a deploy, and why it passes freezes. Older builds knew neither origins nor freezes, and an origin of a
/// newer one is unknown here.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Provenance {
    /// Left out where a ref was requested.
    #[serde(default, skip_serializing_if = "Origin::is_request", deserialize_with = "origin_or_unknown")]
    pub origin: Origin,
    /// What was overridden, if it was frozen.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "or_none")]
    pub freeze_override: Option<FreezeOverride>,
}

/// That a deploy was requested although it was frozen.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct FreezeOverride {
    /// Why.
    pub reason: String,
    /// What was overridden; none where a newer build writes that in another form.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "or_none")]
    pub frozen: Option<Frozen>,
}

impl Requested {
    pub(in crate::audit) fn new(request: &NewDeploy, overridden: Option<&Frozen>) -> Self {
        let freeze_override = overridden.map(|frozen| FreezeOverride {
            reason: request.override_freeze.as_deref().unwrap_or(ROLLBACKS_PASS).to_owned(),
            frozen: Some(frozen.clone()),
        });
        Self {
            status: Status::Requested.into(),
            source: Source::Console,
            app: request.app.clone(),
            environment: request.environment.clone(),
            git_ref: request.git_ref.as_str().to_owned(),
            commit: request.commit.as_ref().map(ToString::to_string),
            reason: request.reason.clone(),
            inputs: request.inputs.clone(),
            approval: request.approval,
            name: request.actor.name_beside_id(),
            provenance: Provenance { origin: request.origin.clone(), freeze_override },
        }
    }
}

impl From<&Import> for Imported {
    fn from(import: &Import) -> Self {
        Self {
            status: Status::Dispatched.into(),
            source: Source::Reconciler,
            evidence: format!("GitHub run {}", import.run.id),
            app: import.app.clone(),
            environment: import.environment.clone(),
            git_ref: import.git_ref.as_str().to_owned(),
            commit: import.commit.as_ref().map(ToString::to_string),
            run_id: import.run.id,
            started_by: import.started_by.clone(),
            started_at: import.started_at,
            origin: import.origin(),
        }
    }
}

impl Provenance {
    /// Reads it from a first entry, even if the rest cannot be read: every build writes it under these names.
    #[must_use]
    pub fn read(payload: &Value) -> Self {
        Self::deserialize(payload).unwrap_or_default()
    }

    /// Why the deploy passes freezes: an override, or because rollbacks may; none if it does not.
    #[must_use]
    pub fn freeze_override_reason(self) -> Option<String> {
        let by_policy = self.origin.passes_freezes().then(|| ROLLBACKS_PASS.to_owned());
        self.freeze_override.map(|said| said.reason).or(by_policy)
    }
}

/// A value that cannot be read was written by a newer build. Without a value, a ref was requested.
fn origin_or_unknown<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Origin, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Null => Origin::Request,
        origin => Origin::deserialize(origin).unwrap_or(Origin::Unknown),
    })
}

/// The same, of a value that is empty where there is none.
fn or_default<'de, D: Deserializer<'de>, T: Default + DeserializeOwned>(
    deserializer: D,
) -> Result<T, D::Error> {
    or_none(deserializer).map(Option::unwrap_or_default)
}

/// A value that cannot be read counts as none: the deploy is shown without it.
fn or_none<'de, D: Deserializer<'de>, T: DeserializeOwned>(deserializer: D) -> Result<Option<T>, D::Error> {
    Ok(T::deserialize(Value::deserialize(deserializer)?).ok())
}
