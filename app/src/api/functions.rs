//! The server functions: public endpoints like any other, so each is a typed argument and one call of the
//! service. Their paths are set by hand, so that a page of yesterday finds them today.

use leptos::{
    prelude::*,
    server_fn::codec::{GetUrl, Json},
};

use super::{
    Board, DeployJournal, DeployPage, DeployPlan, DeployQuery, DispatchRequest, FlagReport, FreezeReport,
    Insight, InsightQuery, PollAnswer, Redeploy, RedeployPlan, RunRecord, UiError, Versions,
    client::ApiClient,
};
use crate::domain::{Deploy, DeployId, Scenario};

#[cfg(feature = "ssr")]
fn service() -> Result<super::SharedService, UiError> {
    use_context().ok_or_else(|| super::Problem::new(super::ErrorCode::Internal).into())
}

/// A page that another site led to asks GitHub for nothing: what browsers say of that cannot be made up by a page.
#[cfg(feature = "ssr")]
fn ask() -> super::Ask {
    let from = use_context::<axum::http::request::Parts>()
        .and_then(|parts| parts.headers.get("sec-fetch-site").cloned());
    match from.as_ref().map(|from| from.as_bytes()) {
        None | Some(b"same-origin" | b"none") => super::Ask::GitHub,
        Some(_) => super::Ask::Nothing,
    }
}

/// Every app and environment.
///
/// # Errors
/// What the service answers, or why there was no answer.
#[server(client = ApiClient, prefix = "/api/ui", endpoint = "board", input = GetUrl)]
pub async fn read_board() -> Result<Board, UiError> {
    Ok(service()?.board().await?)
}

/// One deploy: what the modal polls.
///
/// # Errors
/// What the service answers, or why there was no answer.
#[server(client = ApiClient, prefix = "/api/ui", endpoint = "deploy", input = GetUrl)]
pub async fn read_deploy(id: DeployId) -> Result<PollAnswer, UiError> {
    Ok(service()?.poll(id).await?)
}

/// One deploy as it is stored: what its page shows.
///
/// # Errors
/// What the service answers, or why there was no answer.
#[server(client = ApiClient, prefix = "/api/ui", endpoint = "stored-deploy", input = GetUrl)]
pub async fn read_stored_deploy(id: DeployId) -> Result<PollAnswer, UiError> {
    Ok(service()?.deploy(id).await?)
}

/// A page of deploys, newest first.
///
/// # Errors
/// What the service answers, or why there was no answer.
#[server(client = ApiClient, prefix = "/api/ui", endpoint = "deploys", input = GetUrl)]
pub async fn read_deploys(#[server(default)] query: DeployQuery) -> Result<DeployPage, UiError> {
    Ok(service()?.deploys(query).await?)
}

/// People who asked for deploys, by name.
///
/// # Errors
/// What the service answers, or why there was no answer.
#[server(client = ApiClient, prefix = "/api/ui", endpoint = "people", input = GetUrl)]
pub async fn read_people() -> Result<Vec<String>, UiError> {
    Ok(service()?.people().await?)
}

/// The end of the journal of one deploy, oldest first.
///
/// # Errors
/// What the service answers, or why there was no answer.
#[server(client = ApiClient, prefix = "/api/ui", endpoint = "journal", input = GetUrl)]
pub async fn read_journal(id: DeployId) -> Result<DeployJournal, UiError> {
    Ok(service()?.journal(id).await?)
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
    Ok(service()?.deploy_plan(&app, &environment, git_ref, ask()).await?)
}

/// What GitHub's record says now of the run of one deploy.
///
/// # Errors
/// What the service answers, or why there was no answer.
#[server(client = ApiClient, prefix = "/api/ui", endpoint = "run_record", input = GetUrl)]
pub async fn read_run_record(id: DeployId) -> Result<RunRecord, UiError> {
    Ok(service()?.run_record(id, ask()).await?)
}

/// Asks for a deploy. The same key and request again answer with the deploy that they made; in a
/// rehearsal, `scenario` says what the simulated GitHub does.
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
    let service = service()?;
    if let Some(scenario) = scenario {
        service.rehearse(&request.app, &request.environment, scenario);
    }
    Ok(service.dispatch(&key, request).await?.into_deploy())
}

/// Asks for the end of a deploy. It ends when GitHub says so; asking again does no harm.
///
/// # Errors
/// What the service answers, or why there was no answer.
#[server(client = ApiClient, prefix = "/api/ui", endpoint = "cancel", input = Json)]
pub async fn cancel(id: DeployId) -> Result<Deploy, UiError> {
    Ok(service()?.cancel(id).await?)
}

/// What is live in an environment, what was, and what is elsewhere.
///
/// # Errors
/// What the service answers, or why there was no answer.
#[server(client = ApiClient, prefix = "/api/ui", endpoint = "versions", input = GetUrl)]
pub async fn read_versions(app: String, environment: String) -> Result<Versions, UiError> {
    Ok(service()?.versions(&app, &environment).await?)
}

/// Where the commit of a deploy could be deployed again.
///
/// # Errors
/// What the service answers, or why there was no answer.
#[server(client = ApiClient, prefix = "/api/ui", endpoint = "redeploys", input = GetUrl)]
pub async fn read_redeploys(id: DeployId) -> Result<Vec<Redeploy>, UiError> {
    Ok(service()?.redeploys(id).await?)
}

/// What deploying the commit of a deploy to an environment would do.
///
/// # Errors
/// What the service answers, or why there was no answer.
#[server(client = ApiClient, prefix = "/api/ui", endpoint = "redeploy_plan", input = GetUrl)]
pub async fn read_redeploy_plan(id: DeployId, environment: String) -> Result<RedeployPlan, UiError> {
    Ok(service()?.redeploy_plan(id, &environment, ask()).await?)
}

/// The history in figures.
///
/// # Errors
/// What the service answers, or why there was no answer.
#[server(client = ApiClient, prefix = "/api/ui", endpoint = "insight", input = GetUrl)]
pub async fn read_insight(#[server(default)] query: InsightQuery) -> Result<Insight, UiError> {
    Ok(service()?.insight(query).await?)
}

/// Every flag, and what it is in each environment.
///
/// # Errors
/// What the service answers, or why there was no answer.
#[server(client = ApiClient, prefix = "/api/ui", endpoint = "flags", input = GetUrl)]
pub async fn read_flags() -> Result<Vec<FlagReport>, UiError> {
    Ok(service()?.flags().await?)
}

/// Every freeze that matters, and how it stands.
///
/// # Errors
/// What the service answers, or why there was no answer.
#[server(client = ApiClient, prefix = "/api/ui", endpoint = "freezes", input = GetUrl)]
pub async fn read_freezes() -> Result<Vec<FreezeReport>, UiError> {
    Ok(service()?.freezes().await?)
}
