//! Which commit is live where, and what it takes to deploy an earlier one, or one of another environment.

use leptos::{prelude::*, server_fn::codec::GetUrl};
use serde::{Deserialize, Serialize};

use super::{DeployName, UiError, client::ApiClient};
use crate::domain::{Commit, Deploy, DeployId, Frozen, InputSpec, InputValues, Timestamp};

#[cfg(feature = "ssr")]
use super::service::{Ask, ServiceError, ask, caller, service};
#[cfg(feature = "ssr")]
use crate::domain::Caller;

/// Which commit is live where, and what can be deployed again.
#[cfg(feature = "ssr")]
#[async_trait::async_trait]
pub trait VersionsApi: Send + Sync {
    /// What is live in an environment, what was, and what is elsewhere.
    async fn versions(&self, caller: &Caller, app: &str, environment: &str)
    -> Result<Versions, ServiceError>;

    /// Where the commit of a deploy could be deployed again: nowhere, unless it succeeded and its commit is known.
    async fn redeploys(&self, caller: &Caller, id: DeployId) -> Result<Vec<Redeploy>, ServiceError>;

    /// Which commits a deploy brought; nothing, where its own is not known. GitHub is asked, for a second at most.
    async fn brought(&self, caller: &Caller, id: DeployId, ask: Ask)
    -> Result<Option<Brought>, ServiceError>;

    /// What deploying the commit of a deploy to an environment would do. GitHub is asked what would change.
    async fn redeploy_plan(
        &self,
        caller: &Caller,
        id: DeployId,
        environment: &str,
        ask: Ask,
    ) -> Result<RedeployPlan, ServiceError>;
}

/// The commit that an environment itself reports, compared with the one that the console knows.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum VersionCheck {
    /// It answers the commit that is live.
    Agrees {
        /// When it was asked last.
        read_at: Timestamp,
    },
    /// It answers another one.
    Differs {
        /// Which.
        answer: String,
        /// Since when it answers that, as far as was observed.
        since: Timestamp,
        /// When it was asked last.
        read_at: Timestamp,
    },
    /// It answers one, and the console knows none to compare it with.
    Answers {
        /// Which.
        answer: String,
        /// When it was asked last.
        read_at: Timestamp,
    },
    /// It gives no answer that can be used.
    Unreadable {
        /// What is wrong, as the end of a sentence that begins with the address.
        what: String,
        /// Since when.
        since: Timestamp,
    },
}

/// What is known of the versions of one environment.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Versions {
    /// The app.
    pub app: String,
    /// The environment.
    pub environment: String,
    /// The newest deploy that succeeded: what is live, as far as the console knows.
    pub live: Option<Deploy>,
    /// What the environment itself answers.
    pub check: Option<VersionCheck>,
    /// Earlier deploys that succeeded, newest first, each with another commit than those before it.
    pub earlier: Vec<Deploy>,
    /// What is live in the other environments of the app.
    pub elsewhere: Vec<Deploy>,
    /// Why the caller may not deploy there; none, if they may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub denied: Option<String>,
}

/// A commit to deploy again, and where.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Redeploy {
    /// The environment.
    pub environment: String,
    /// Which kind it is.
    pub kind: RedeployKind,
    /// Whether the environment comes before the one that has the commit: what is promoted goes the other way.
    #[serde(default)]
    pub is_backwards: bool,
    /// Why the caller may not deploy there; none, if they may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub denied: Option<String>,
}

/// The kinds of deploying a commit again.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RedeployKind {
    /// To what was live in the same environment before.
    Rollback,
    /// To what was live in another environment.
    Promotion,
}

/// Everything to know before a commit is deployed again.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct RedeployPlan {
    /// What it would be.
    pub redeploy: Redeploy,
    /// The deploy that has the commit.
    pub of: Deploy,
    /// The commit.
    pub commit: Commit,
    /// What is live there now.
    pub live: Option<Deploy>,
    /// What would change.
    pub changes: Changes,
    /// The inputs to fill in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inputs: Vec<InputSpec>,
    /// What that deploy was given for them, as far as it may still be given.
    #[serde(default, skip_serializing_if = "InputValues::is_empty")]
    pub repeated: InputValues,
    /// Whether people have to type the environment's name.
    pub asks_for_name: bool,
    /// What freezes the environment.
    pub frozen: Option<Frozen>,
    /// Whether it goes on through freezes, by what is configured.
    pub passes_freezes: bool,
    /// Why the caller may not override a freeze there; none, if they may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub override_denied: Option<String>,
    /// How many others have to approve it.
    #[serde(default)]
    pub approvals: u8,
    /// The deploy that is in the way.
    pub under_way: Option<DeployId>,
    /// The idempotency key of the form.
    pub key: String,
}

/// The difference between what is live and what would be.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Changes {
    /// By GitHub's record.
    Known {
        /// Commits that it would bring.
        brings: CommitList,
        /// Commits that it would take back.
        takes_back: CommitList,
        /// GitHub's page that shows them.
        url: String,
    },
    /// It is not known.
    Unknown {
        /// Why, as a sentence.
        why: String,
    },
}

/// What a deploy changed in its environment.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Brought {
    /// The deploy that was live before it; none, where it is the first that is recorded.
    pub before: Option<DeployName>,
    /// What lies between the two; none, while GitHub is still asked, or where there was nothing before.
    pub changes: Option<Changes>,
}

impl Brought {
    /// Whether GitHub is still asked.
    #[must_use]
    pub const fn is_pending(&self) -> bool {
        self.before.is_some() && self.changes.is_none()
    }
}

/// Commits, newest first.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct CommitList {
    /// How many there are.
    pub total: u32,
    /// The newest of them.
    pub newest: Vec<CommitLine>,
}

/// One commit, for a list.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct CommitLine {
    /// Its id.
    pub commit: Commit,
    /// The first line of its message.
    pub subject: String,
    /// Who wrote it, where that is known.
    pub author: Option<String>,
}

/// What is live in an environment, what was, and what is elsewhere.
///
/// # Errors
/// What the service answers, or why there was no answer.
#[server(client = ApiClient, prefix = "/api/ui", endpoint = "versions", input = GetUrl)]
pub async fn read_versions(app: String, environment: String) -> Result<Versions, UiError> {
    Ok(service::<dyn VersionsApi>()?.versions(&caller()?, &app, &environment).await?)
}

/// Where the commit of a deploy could be deployed again.
///
/// # Errors
/// What the service answers, or why there was no answer.
#[server(client = ApiClient, prefix = "/api/ui", endpoint = "redeploys", input = GetUrl)]
pub async fn read_redeploys(id: DeployId) -> Result<Vec<Redeploy>, UiError> {
    Ok(service::<dyn VersionsApi>()?.redeploys(&caller()?, id).await?)
}

/// What deploying the commit of a deploy to an environment would do.
///
/// # Errors
/// What the service answers, or why there was no answer.
#[server(client = ApiClient, prefix = "/api/ui", endpoint = "redeploy_plan", input = GetUrl)]
pub async fn read_redeploy_plan(id: DeployId, environment: String) -> Result<RedeployPlan, UiError> {
    Ok(service::<dyn VersionsApi>()?.redeploy_plan(&caller()?, id, &environment, ask()).await?)
}

/// Which commits a deploy brought.
///
/// # Errors
/// What the service answers, or why there was no answer.
#[server(client = ApiClient, prefix = "/api/ui", endpoint = "brought", input = GetUrl)]
pub async fn read_brought(id: DeployId) -> Result<Option<Brought>, UiError> {
    Ok(service::<dyn VersionsApi>()?.brought(&caller()?, id, ask()).await?)
}
