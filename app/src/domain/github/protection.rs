//! What GitHub asks the console about its own gate: whether a job of a run may go on into an environment. GitHub calls it a
//! custom deployment protection rule. It asks about every run, also of those that the console did not start.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::run::RunRef;
use crate::domain::{Approval, DeployId, Frozen, GivenApproval, Timestamp};

/// The id of a request of GitHub.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct ProtectionRequestId(Uuid);

impl ProtectionRequestId {
    /// The request of this id.
    #[must_use]
    pub const fn new(id: Uuid) -> Self {
        Self(id)
    }
}

impl fmt::Display for ProtectionRequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for ProtectionRequestId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, uuid::Error> {
        text.parse().map(Self)
    }
}

/// One question of GitHub, and what became of it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct ProtectionRequest {
    /// Its id.
    #[cfg_attr(feature = "ssr", schema(value_type = uuid::Uuid))]
    pub id: ProtectionRequestId,
    /// The app.
    pub app: String,
    /// The environment that the job would go on into.
    pub environment: String,
    /// The run.
    pub run: RunRef,
    /// The deploy that the run is of, if the console knows one.
    #[cfg_attr(feature = "ssr", schema(value_type = Option<uuid::Uuid>))]
    pub deploy_id: Option<DeployId>,
    /// Who started the run, in GitHub's words.
    pub started_by: Option<String>,
    /// When GitHub asked.
    #[cfg_attr(feature = "ssr", schema(value_type = String, format = DateTime))]
    pub asked_at: Timestamp,
    /// What was decided, or what it waits for.
    pub state: ProtectionState,
    /// Those who approved it, where it needs approvals.
    pub approved_by: Vec<GivenApproval>,
    /// When GitHub took the answer.
    #[cfg_attr(feature = "ssr", schema(value_type = Option<String>, format = DateTime))]
    pub told_at: Option<Timestamp>,
    /// When there was no more to be done: GitHub took the answer, or waited for none any more.
    #[cfg_attr(feature = "ssr", schema(value_type = Option<String>, format = DateTime))]
    pub closed_at: Option<Timestamp>,
}

/// What was decided about a request of GitHub, or what it waits for.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ProtectionState {
    /// GitHub's record of the run was not read yet: it is not known what it is.
    New,
    /// It waits for the end of a freeze.
    Held {
        /// What freezes the environment.
        frozen: Frozen,
    },
    /// It waits for people to approve it.
    AwaitsApproval {
        /// How many have to.
        needed: u8,
        /// When it is rejected, if not enough of them have by then.
        #[cfg_attr(feature = "ssr", schema(value_type = String, format = DateTime))]
        expires_at: Timestamp,
    },
    /// The job may go on.
    Approved {
        /// Why.
        because: Cleared,
        /// When that was decided.
        #[cfg_attr(feature = "ssr", schema(value_type = String, format = DateTime))]
        at: Timestamp,
    },
    /// The job may not go on.
    Rejected {
        /// Why.
        because: Barred,
        /// When that was decided.
        #[cfg_attr(feature = "ssr", schema(value_type = String, format = DateTime))]
        at: Timestamp,
    },
    /// GitHub no longer asks: the run ended first, or another rule or person decided.
    Lapsed {
        /// When that was seen.
        #[cfg_attr(feature = "ssr", schema(value_type = String, format = DateTime))]
        at: Timestamp,
    },
    /// Something that only a newer build knows.
    #[serde(other)]
    Unknown,
}

/// Why a job may go on.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Cleared {
    /// Nothing is frozen, and nothing has to be approved, or was approved when the deploy was requested.
    Open,
    /// It is frozen, and the deploy passes that: whoever requested it overrode the freeze, or it is a roll-back.
    PassesFreeze {
        /// Why, where somebody overrode it.
        reason: Option<String>,
    },
    /// Enough people approved it.
    Approved,
}

/// Why a job may not go on.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Barred {
    /// The environment is frozen.
    Frozen {
        /// By what.
        frozen: Frozen,
    },
    /// Not enough people approved it in time.
    NotApproved,
    /// Somebody rejected it.
    Rejected {
        /// Who.
        by: String,
        /// What they said with it.
        comment: Option<String>,
    },
}

impl ProtectionState {
    /// Whether GitHub is to be given, or was given, an answer.
    #[must_use]
    pub const fn is_decided(&self) -> bool {
        match self {
            Self::Approved { .. } | Self::Rejected { .. } | Self::Lapsed { .. } => true,
            Self::New | Self::Held { .. } | Self::AwaitsApproval { .. } | Self::Unknown => false,
        }
    }
}

impl ProtectionRequest {
    /// The approvals that it waits for; none, if it waits for none.
    #[must_use]
    pub fn awaited_approval(&self) -> Option<Approval> {
        match &self.state {
            ProtectionState::AwaitsApproval { needed, expires_at } => {
                Some(Approval { needed: *needed, given: self.approved_by.clone(), expires_at: *expires_at })
            }
            ProtectionState::New
            | ProtectionState::Held { .. }
            | ProtectionState::Approved { .. }
            | ProtectionState::Rejected { .. }
            | ProtectionState::Lapsed { .. }
            | ProtectionState::Unknown => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn state_of_a_newer_build_is_not_decided() {
        let state: ProtectionState = serde_json::from_str(r#"{"kind":"deferred","until":1}"#).unwrap();
        assert_eq!(state, ProtectionState::Unknown);
        assert!(!state.is_decided(), "what is not understood must not let a job go on");
    }
}
