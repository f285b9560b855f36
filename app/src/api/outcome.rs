//! What a deploy left behind in its environment, and what is known of that since.

use serde::{Deserialize, Serialize};

use super::VersionCheck;
use crate::domain::{Aftermath, Commit, Deploy, DeployId, Timestamp};

/// What is known of an environment after a deploy of it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Outcome {
    pub aftermath: Aftermath,
    /// The newest deploy there that succeeded, if it is another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_good: Option<DeployName>,
    /// The newest deploy there, if it was requested after this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub newer: Option<DeployName>,
    /// What the environment itself answers, compared with the last good one, where it is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<VersionCheck>,
    /// The next environment, in the order of the configuration, if another commit is live there: where to promote to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promote_to: Option<String>,
    /// Whether its workflow reported an end that was not counted, because the deploy had ended here: its run is about to
    /// end, too.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub run_reported_end: bool,
}

/// What a deploy is called, and where its page is.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct DeployName {
    pub id: DeployId,
    pub git_ref: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<Commit>,
}

impl From<&Deploy> for DeployName {
    fn from(deploy: &Deploy) -> Self {
        Self { id: deploy.id, git_ref: deploy.git_ref.clone(), commit: deploy.commit.clone() }
    }
}

impl Outcome {
    /// After this deploy, where these are the newest deploys that succeeded and that was requested; none while it is
    /// under way.
    #[must_use]
    pub fn of(
        deploy: &Deploy,
        last_good: Option<&Deploy>,
        newest: Option<&Deploy>,
        version: Option<VersionCheck>,
    ) -> Option<Self> {
        let aftermath = deploy.aftermath()?;
        let other = |other: &&Deploy| other.id != deploy.id;
        let is_newer = |other: &&Deploy| other.requested_at > deploy.requested_at;
        Some(Self {
            aftermath,
            last_good: last_good.filter(other).map(DeployName::from),
            newer: newest.filter(other).filter(is_newer).map(DeployName::from),
            version,
            promote_to: None,
            run_reported_end: false,
        })
    }

    /// Whether something else than the last good one may be serving. What the environment answers does not settle that:
    /// it was asked at one moment, and one of its machines answered.
    #[must_use]
    pub fn is_in_doubt(&self) -> bool {
        let is_at_risk = match self.aftermath {
            Aftermath::RolledOut | Aftermath::Unclear => true,
            Aftermath::Live | Aftermath::Untouched => false,
        };
        is_at_risk && self.newer.is_none()
    }

    /// Whether the environment has answered with the last good one after the deploy had ended. That does not settle what
    /// serves, but nothing presses then.
    #[must_use]
    pub fn answers_last_good_since(&self, end: Option<Timestamp>) -> bool {
        match &self.version {
            Some(VersionCheck::Agrees { read_at }) => end.is_some_and(|end| *read_at >= end),
            Some(
                VersionCheck::Differs { .. } | VersionCheck::Answers { .. } | VersionCheck::Unreadable { .. },
            )
            | None => false,
        }
    }

    /// What to roll back to, where something else may be serving. What has no known commit cannot be deployed again as
    /// it was.
    #[must_use]
    pub fn way_back(&self) -> Option<&DeployName> {
        self.last_good.as_ref().filter(|good| self.is_in_doubt() && good.commit.is_some())
    }
}
