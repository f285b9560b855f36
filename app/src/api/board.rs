//! The first page: every app and environment, and what is known of each.

use leptos::{prelude::*, server_fn::codec::GetUrl};
use serde::{Deserialize, Serialize};

use super::{Outcome, UiError, VersionCheck, client::ApiClient};
use crate::domain::{
    Claim, CommitDistance, Deploy, DeployId, Frozen, GitHubOutage, InputSpec, ProtectionRequest, Timestamp,
};

#[cfg(feature = "ssr")]
use super::service::{ServiceError, caller, service};
#[cfg(feature = "ssr")]
use crate::domain::Caller;

/// What is known of every environment.
#[cfg(feature = "ssr")]
#[async_trait::async_trait]
pub trait BoardApi: Send + Sync {
    /// Every app and environment.
    async fn board(&self, caller: &Caller) -> Result<Board, ServiceError>;
}

/// The first page: every app and environment, and what is known of each.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Board {
    /// The apps, in the order of the configuration.
    pub apps: Vec<BoardApp>,
    /// Whether GitHub is simulated.
    pub rehearsal: bool,
    /// Why GitHub cannot be asked, if it cannot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub github: Option<GitHubOutage>,
    /// Which channels have not taken messages; nothing while all is well.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notifications: Vec<NotificationTrouble>,
}

/// One app of the board.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct BoardApp {
    /// Its name.
    pub name: String,
    /// Its repository, `owner/name`.
    pub repo: String,
    /// The group of apps that it is shown in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The ref that the form offers.
    pub default_ref: String,
    /// The inputs that the form asks for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inputs: Vec<InputSpec>,
    /// Its environments, in the order of the configuration.
    pub environments: Vec<BoardEnvironment>,
}

/// One environment of one app.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct BoardEnvironment {
    /// Its name.
    pub name: String,
    /// Whether the form asks to type its name.
    #[serde(default)]
    pub asks_for_name: bool,
    /// What freezes it now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frozen: Option<Frozen>,
    /// The deploy that is under way.
    pub under_way: Option<Deploy>,
    /// Whether that waits for the caller's approval.
    #[serde(default)]
    pub awaits_caller: bool,
    /// The newest deploy that succeeded: as far as the console knows, what is live.
    pub last_success: Option<Deploy>,
    /// What the environment itself answers, where it is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<VersionCheck>,
    /// The newest deploy that ended, however it did.
    pub last_ended: Option<Deploy>,
    /// A run since then that claims to have deployed, and whose workflow is not ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim: Option<Claim>,
    /// A run since then that was not requested here, and that waits at GitHub's gate or was stopped there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gate: Option<ProtectionRequest>,
    /// What is live in the environment before this one, if that is another commit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upstream: Option<Upstream>,
    /// Why the caller may not deploy there; none, if they may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub denied: Option<String>,
}

impl BoardEnvironment {
    /// What the newest deploy that ended left behind.
    #[must_use]
    pub fn outcome(&self) -> Option<Outcome> {
        Outcome::of(self.last_ended.as_ref()?, self.last_success.as_ref(), None, self.version.clone())
    }

    /// The newest deploy that ended, if its run may go on, with that run: another deploy would run beside it.
    #[must_use]
    pub fn run_before(&self) -> Option<(&Deploy, i64)> {
        let ended = self.last_ended.as_ref().filter(|_| self.under_way.is_none())?;
        Some((ended, ended.run_that_may_go_on()?))
    }
}

/// What is live in the environment before, in the order of the configuration: what would be promoted here.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Upstream {
    /// The environment.
    pub environment: String,
    /// The deploy that is live there.
    pub deploy_id: DeployId,
    /// How far it is from what is live here, once GitHub was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distance: Option<CommitDistance>,
}

/// Messages about ended deploys that a channel has not taken. No deploy waits for them.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct NotificationTrouble {
    /// The channel, as the beginning of a sentence.
    pub channel: String,
    /// How many.
    pub messages: u32,
    /// Since when the oldest of them waits.
    pub since: Timestamp,
    /// The error of the last attempt that failed, as the end of a sentence that begins with the channel.
    pub last_error: Option<String>,
}

/// Every app and environment.
///
/// # Errors
/// What the service answers, or why there was no answer.
#[server(client = ApiClient, prefix = "/api/ui", endpoint = "board", input = GetUrl)]
pub async fn read_board() -> Result<Board, UiError> {
    Ok(service::<dyn BoardApi>()?.board(&caller()?).await?)
}
