//! Requesting a deploy: what to know before, and the request itself.

use leptos::{
    prelude::*,
    server_fn::codec::{GetUrl, Json},
};
use serde::{Deserialize, Serialize};

use super::{BoardEnvironment, Changes, UiError, client::ApiClient};
use crate::domain::{Deploy, DeployId, GitHubOutage, InputSpec, InputValues, Scenario};

#[cfg(feature = "ssr")]
use super::service::{Ask, ServiceError, ask, caller, service};
#[cfg(feature = "ssr")]
use crate::domain::Caller;
#[cfg(feature = "ssr")]
use crate::domain::deploy::input::InputValue;

/// Deploys, planned and requested.
#[cfg(feature = "ssr")]
#[async_trait::async_trait]
pub trait DispatchApi: Send + Sync {
    /// What deploying a ref to an environment would change, and what is in its way; without a ref, the one that the
    /// configuration names. GitHub is asked what would change.
    async fn deploy_plan(
        &self,
        caller: &Caller,
        app: &str,
        environment: &str,
        git_ref: Option<String>,
        ask: Ask,
    ) -> Result<DeployPlan, ServiceError>;

    /// Records the request under its idempotency key and asks GitHub for a run, at most once per key.
    async fn dispatch(
        &self,
        caller: &Caller,
        key: &str,
        request: DispatchRequest,
    ) -> Result<Dispatched, ServiceError>;
}

/// The simulated GitHub of a rehearsal.
#[cfg(feature = "ssr")]
pub trait RehearsalApi: Send + Sync {
    /// Tells it what to do with the next run of this app and environment. Without a rehearsal, nothing happens.
    fn rehearse(&self, caller: &Caller, app: &str, environment: &str, scenario: Scenario);

    /// Whether GitHub is simulated.
    fn is_rehearsal(&self) -> bool;
}

/// What an operator requests.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct DispatchRequest {
    /// The app.
    pub app: String,
    /// The environment.
    pub environment: String,
    /// The Git ref name or commit to deploy.
    pub git_ref: String,
    /// Why, for readers of the journal.
    #[serde(default)]
    pub reason: Option<String>,
    /// Why to deploy although the environment is frozen; without it, a freeze is obeyed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub override_freeze: Option<String>,
    /// The deploy, one that succeeded, whose commit `git_ref` is: of the same environment to roll back, of another
    /// one to promote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ssr", schema(value_type = Option<uuid::Uuid>))]
    pub pinned_to: Option<DeployId>,
    /// Values for the inputs that are configured for the app. One that is not given has its default; with `pinned_to`,
    /// the value that it had for that deploy, as long as that may still be given.
    #[serde(default, skip_serializing_if = "InputValues::is_empty")]
    #[cfg_attr(feature = "ssr", schema(value_type = std::collections::HashMap<String, InputValue>))]
    pub inputs: InputValues,
}

#[cfg(feature = "ssr")]
/// What became of a dispatch request.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Dispatched {
    /// A deploy was made; GitHub was asked, and its run was not waited for.
    Accepted(Box<Deploy>),
    /// A deploy was made, and its run waited for.
    Created(Box<Deploy>),
    /// The same key and request came before; this is the deploy that it made.
    Replayed(Box<Deploy>),
}

#[cfg(feature = "ssr")]
impl Dispatched {
    /// The deploy, new or not.
    #[must_use]
    pub fn into_deploy(self) -> Deploy {
        match self {
            Self::Accepted(deploy) | Self::Created(deploy) | Self::Replayed(deploy) => *deploy,
        }
    }
}

/// The current state, what could be requested, and what that would change.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct DeployPlan {
    /// The app.
    pub app: String,
    /// The environment, and what is known of it.
    pub environment: BoardEnvironment,
    /// The ref: the one in the question, or else the one that the configuration names.
    pub git_ref: String,
    /// Refs that the app was deployed from, newest first.
    pub refs: Vec<String>,
    /// The inputs to fill in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inputs: Vec<InputSpec>,
    /// How many others have to approve it.
    #[serde(default)]
    pub approvals: u8,
    /// Why the caller may not override a freeze there; none, if they may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub override_denied: Option<String>,
    /// What deploying the ref would change, as it is on GitHub now.
    pub changes: Changes,
    /// Why GitHub cannot be asked, if it cannot.
    pub github: Option<GitHubOutage>,
    /// The idempotency key of the form.
    pub key: String,
}

/// What deploying a ref to an environment would change, and what is in its way.
///
/// # Errors
/// What the service answers, or why there was no answer.
#[server(client = ApiClient, prefix = "/api/ui", endpoint = "deploy_plan", input = GetUrl)]
pub async fn read_deploy_plan(
    app: String,
    environment: String,
    git_ref: Option<String>,
) -> Result<DeployPlan, UiError> {
    Ok(service::<dyn DispatchApi>()?.deploy_plan(&caller()?, &app, &environment, git_ref, ask()).await?)
}

/// Requests a deploy. The same key and request again return the deploy that they made; in a rehearsal, `scenario` says
/// what the simulated GitHub does.
///
/// # Errors
/// What the service answers, or why there was no answer: then whether it was recorded is not known, and
/// the same key may be used again.
#[server(client = ApiClient, prefix = "/api/ui", endpoint = "dispatch", input = Json)]
pub async fn dispatch(
    key: String,
    request: DispatchRequest,
    scenario: Option<Scenario>,
) -> Result<Deploy, UiError> {
    if let Some(scenario) = scenario {
        service::<dyn RehearsalApi>()?.rehearse(&caller()?, &request.app, &request.environment, scenario);
    }
    Ok(service::<dyn DispatchApi>()?.dispatch(&caller()?, &key, request).await?.into_deploy())
}
