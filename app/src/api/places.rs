//! Every place where something can be deployed, in few words: what the palette offers.

use leptos::{prelude::*, server_fn::codec::GetUrl};
use serde::{Deserialize, Serialize};

use super::{Board, BoardEnvironment, DeployName, UiError, client::ApiClient};
use crate::domain::DeployId;

#[cfg(feature = "ssr")]
use super::{
    BoardApi,
    service::{caller, service},
};

/// One environment of one app.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct KnownPlace {
    pub app: String,
    pub environment: String,
    /// Whether the caller may deploy there.
    pub may_deploy: bool,
    /// What is live there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub live: Option<DeployName>,
    /// The deploy that is under way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub under_way: Option<DeployId>,
    /// What to roll back to, where something else may be serving.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub way_back: Option<DeployName>,
    /// The deploy that would be promoted there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upstream: Option<DeployId>,
}

impl KnownPlace {
    /// Every place of a board, in its order.
    #[must_use]
    pub fn of(board: Board) -> Vec<Self> {
        let places = board.apps.into_iter().flat_map(|app| {
            let name = app.name;
            app.environments
                .into_iter()
                .map(move |environment| Self::of_environment(name.clone(), environment))
        });
        places.collect()
    }

    fn of_environment(app: String, environment: BoardEnvironment) -> Self {
        let outcome = environment.outcome();
        let BoardEnvironment { name, denied, last_success, under_way, upstream, .. } = environment;
        Self {
            app,
            environment: name,
            may_deploy: denied.is_none(),
            live: last_success.as_ref().map(DeployName::from),
            under_way: under_way.map(|deploy| deploy.id),
            way_back: outcome.and_then(|outcome| outcome.way_back().cloned()),
            upstream: upstream.map(|upstream| upstream.deploy_id),
        }
    }
}

/// Every place that the caller may see.
///
/// # Errors
/// What the service answers, or why there was no answer.
#[server(client = ApiClient, prefix = "/api/ui", endpoint = "places", input = GetUrl)]
pub async fn read_places() -> Result<Vec<KnownPlace>, UiError> {
    Ok(KnownPlace::of(service::<dyn BoardApi>()?.board(&caller()?).await?))
}
