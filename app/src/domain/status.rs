//! The statuses of a deploy and the stages in which it can fail. One enum, one spelling, parsing derived
//! from `ALL`.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// How far a deploy has come. It only ever moves forward (see [`super::transition`]).
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Status {
    /// The console has recorded the request; whether GitHub accepted it is not known yet.
    Requested,
    /// GitHub accepted the request.
    Dispatched,
    /// The smoke job reported that it began.
    SmokeGateStarted,
    /// The smoke job reported that it passed.
    SmokeGatePassed,
    /// The freeze check reported that it began.
    FreezeCheckStarted,
    /// The freeze check reported that it passed.
    FreezeCheckPassed,
    /// The deploy job reported that it began.
    Building,
    /// The new version is rolled out; its health is being checked.
    Deploying,
    /// The new version is healthy.
    Succeeded,
    /// It ended without success.
    Failed,
    /// Its deadline passed and no event ended it.
    TimedOut,
}

impl Status {
    /// Every status, in the order of a deploy that goes well.
    pub const ALL: [Self; 11] = [
        Self::Requested,
        Self::Dispatched,
        Self::SmokeGateStarted,
        Self::SmokeGatePassed,
        Self::FreezeCheckStarted,
        Self::FreezeCheckPassed,
        Self::Building,
        Self::Deploying,
        Self::Succeeded,
        Self::Failed,
        Self::TimedOut,
    ];

    /// The spelling on the wire, in the database and in workflows.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Dispatched => "dispatched",
            Self::SmokeGateStarted => "smoke_gate_started",
            Self::SmokeGatePassed => "smoke_gate_passed",
            Self::FreezeCheckStarted => "freeze_check_started",
            Self::FreezeCheckPassed => "freeze_check_passed",
            Self::Building => "building",
            Self::Deploying => "deploying",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::TimedOut => "timed_out",
        }
    }

    /// Whether nothing can follow.
    #[must_use]
    pub const fn is_terminal(self) -> bool {
        match self {
            Self::Succeeded | Self::Failed | Self::TimedOut => true,
            Self::Requested
            | Self::Dispatched
            | Self::SmokeGateStarted
            | Self::SmokeGatePassed
            | Self::FreezeCheckStarted
            | Self::FreezeCheckPassed
            | Self::Building
            | Self::Deploying => false,
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text names no status of this build.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not a status of this build")]
pub struct NotAStatus;

impl FromStr for Status {
    type Err = NotAStatus;

    fn from_str(text: &str) -> Result<Self, NotAStatus> {
        Self::ALL.into_iter().find(|status| status.as_str() == text).ok_or(NotAStatus)
    }
}

/// A status as it was recorded, perhaps by a newer build than this one. What this build does not know it
/// shows as unknown and never rewrites.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum StoredStatus {
    /// A status of this build.
    Known(Status),
    /// The spelling of a status that this build does not know.
    Unknown(Box<str>),
}

impl StoredStatus {
    /// The spelling on the wire and in the database.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Known(status) => status.as_str(),
            Self::Unknown(text) => text,
        }
    }

    /// The status, if this build knows it.
    #[must_use]
    pub const fn known(&self) -> Option<Status> {
        match self {
            Self::Known(status) => Some(*status),
            Self::Unknown(_) => None,
        }
    }

    /// Whether it is known that nothing can follow. An unknown status may still move.
    #[must_use]
    pub const fn is_terminal(&self) -> bool {
        match self {
            Self::Known(status) => status.is_terminal(),
            Self::Unknown(_) => false,
        }
    }
}

impl From<Status> for StoredStatus {
    fn from(status: Status) -> Self {
        Self::Known(status)
    }
}

impl From<&str> for StoredStatus {
    fn from(text: &str) -> Self {
        text.parse().map_or_else(|NotAStatus| Self::Unknown(text.into()), Self::Known)
    }
}

impl fmt::Display for StoredStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The step that a failure names, as the workflow says it.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum FailureStage {
    /// The smoke gate refused the commit.
    SmokeGate,
    /// A freeze is in force.
    FreezeCheck,
    /// Building or rolling out failed.
    Deploy,
    /// The new version did not become healthy.
    HealthCheck,
}

impl FailureStage {
    /// Every stage, in the order of the steps.
    pub const ALL: [Self; 4] = [Self::SmokeGate, Self::FreezeCheck, Self::Deploy, Self::HealthCheck];

    /// The spelling on the wire, in the database and in workflows.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SmokeGate => "smoke_gate_failed",
            Self::FreezeCheck => "freeze_check_failed",
            Self::Deploy => "deploy_failed",
            Self::HealthCheck => "health_check_failed",
        }
    }
}

/// The text names no failure stage of this build.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not a failure stage of this build")]
pub struct NotAFailureStage;

impl FromStr for FailureStage {
    type Err = NotAFailureStage;

    fn from_str(text: &str) -> Result<Self, NotAFailureStage> {
        Self::ALL.into_iter().find(|stage| stage.as_str() == text).ok_or(NotAFailureStage)
    }
}

impl Serialize for Status {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Status {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl Serialize for StoredStatus {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for StoredStatus {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Ok(Self::from(text.as_ref()))
    }
}

impl Serialize for FailureStage {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for FailureStage {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Written by hand from the contract: a spelling that changes breaks every workflow out there.
    const SPELLINGS: [&str; 11] = [
        "requested",
        "dispatched",
        "smoke_gate_started",
        "smoke_gate_passed",
        "freeze_check_started",
        "freeze_check_passed",
        "building",
        "deploying",
        "succeeded",
        "failed",
        "timed_out",
    ];

    /// Every status has the spelling of the contract, and parses back.
    #[test]
    fn status_spelling_follows_the_contract() {
        assert_eq!(Status::ALL.map(Status::as_str), SPELLINGS);
        for (status, spelling) in Status::ALL.into_iter().zip(SPELLINGS) {
            assert_eq!(spelling.parse(), Ok(status));
            assert_eq!(status.to_string(), spelling);
            assert_eq!(StoredStatus::Known(status).to_string(), spelling);
            let json = serde_json::to_string(&status).unwrap();
            assert_eq!(json, format!("\"{spelling}\""));
            assert_eq!(serde_json::from_str::<StoredStatus>(&json).unwrap(), StoredStatus::Known(status));
        }
    }

    #[test]
    fn terminal_statuses_are_the_last_three() {
        let terminal: Vec<_> = Status::ALL.into_iter().filter(|status| status.is_terminal()).collect();
        assert_eq!(terminal, [Status::Succeeded, Status::Failed, Status::TimedOut]);
        for status in Status::ALL {
            assert_eq!(StoredStatus::Known(status).is_terminal(), terminal.contains(&status), "{status}");
        }
    }

    #[test]
    fn f50_newer_status_is_kept_verbatim() {
        for text in ["rolling_back", "Succeeded", " failed", ""] {
            let recorded = StoredStatus::from(text);
            assert_eq!(recorded, StoredStatus::Unknown(text.into()));
            assert!(!recorded.is_terminal());
            assert_eq!(recorded.to_string(), text);
            let json = serde_json::to_string(&recorded).unwrap();
            assert_eq!(serde_json::from_str::<StoredStatus>(&json).unwrap(), recorded);
        }
    }

    /// Every failure stage has the spelling of the contract, and parses back.
    #[test]
    fn failure_stage_spelling_follows_the_contract() {
        let spellings = ["smoke_gate_failed", "freeze_check_failed", "deploy_failed", "health_check_failed"];
        assert_eq!(FailureStage::ALL.map(FailureStage::as_str), spellings);
        for stage in FailureStage::ALL {
            assert_eq!(stage.as_str().parse(), Ok(stage));
        }
        assert_eq!("smoke_gate".parse::<FailureStage>(), Err(NotAFailureStage));
    }
}
