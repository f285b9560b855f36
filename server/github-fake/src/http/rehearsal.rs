//! Not of GitHub: what a rehearsal and its tests need besides.

pub(super) mod protection;

use app::domain::Scenario;
use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Deserialize;

use super::{
    HttpState,
    errors::{not_found, refuse},
};
use crate::{
    clock::now,
    model::{ForeignRun, OAuthApp, SimulatedPerson},
    run::SimulatedRun,
    workflow_file::WorkflowFile,
};

/// What was dispatched, with its inputs, for a runner outside this process.
pub(super) async fn runs(State(github): State<HttpState>) -> Json<Vec<SimulatedRun>> {
    Json(github.model.runs())
}

#[derive(Deserialize)]
pub(super) struct Target {
    repo: String,
    workflow: String,
    environment: String,
}

/// A push, which the repository's workflow deploys.
pub(super) async fn push(State(github): State<HttpState>, Json(target): Json<Target>) -> Json<SimulatedRun> {
    let Target { repo, workflow, environment } = target;
    let run = github.model.push(&repo, &workflow, &environment, now());
    github.runner.start(run.clone(), Scenario::AllWell);
    Json(run)
}

/// A run of a fork, whose title says that it deploys. It ends well at once.
pub(super) async fn fork(State(github): State<HttpState>, Json(target): Json<Target>) -> Response {
    let Target { repo, workflow, environment } = target;
    let title = format!("Deploy main to {environment} (by hand)");
    let foreign = ForeignRun {
        title: &title,
        event: "pull_request",
        fork: Some("mallory/fork"),
        environment: &environment,
        actor: "mallory",
        ..ForeignRun::default()
    };
    let id = github.model.foreign(&repo, &workflow, foreign, now());
    github.model.succeed(id, now());
    github.model.run_with_id(id).map_or_else(not_found, |run| Json(run).into_response())
}

#[derive(Deserialize)]
pub(super) struct Again {
    deploy_id: String,
}

/// Another attempt of the run of a deploy, which goes well. The run has to have ended.
pub(super) async fn rerun(
    State(github): State<HttpState>,
    Json(Again { deploy_id }): Json<Again>,
) -> Response {
    let run = github.model.run_for(&deploy_id);
    match run.and_then(|id| github.model.run_with_id(id)) {
        None => not_found(),
        Some(run) if run.now.conclusion.is_none() => refuse(403, "This workflow is already running"),
        Some(SimulatedRun { id, .. }) => {
            github.model.rerun(id, false, "octocat", now());
            let Some(run) = github.model.run_with_id(id) else { return not_found() };
            github.runner.start(run.clone(), Scenario::AllWell);
            Json(run).into_response()
        }
    }
}

/// Commits a workflow file, which counts from the next dispatch on.
pub(super) async fn write_workflow(
    State(github): State<HttpState>,
    Path((owner, name, file)): Path<(String, String, String)>,
    text: String,
) -> Response {
    match WorkflowFile::parse(&text) {
        Ok(workflow) => {
            github.model.write_workflow(&format!("{owner}/{name}"), &file, workflow);
            StatusCode::NO_CONTENT.into_response()
        }
        Err(error) => refuse(422, &error.to_string()),
    }
}

/// What the app itself would say that it runs.
pub(super) async fn version(
    State(github): State<HttpState>,
    Path((owner, name, environment)): Path<(String, String, String)>,
) -> Result<String, StatusCode> {
    github.model.version(&format!("{owner}/{name}"), &environment).ok_or(StatusCode::NOT_FOUND)
}

#[derive(Deserialize)]
pub(super) struct NewPerson {
    login: String,
    id: u64,
    #[serde(default)]
    orgs: Vec<String>,
    #[serde(default)]
    teams: Vec<String>,
}

/// Says who somebody is from now on.
pub(super) async fn person(State(github): State<HttpState>, Json(new): Json<NewPerson>) -> StatusCode {
    let NewPerson { login, id, orgs, teams } = new;
    github.model.set_person(SimulatedPerson { login, id, organizations: orgs, teams });
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
pub(super) struct NewOAuthApp {
    client_id: String,
    client_secret: String,
    redirect_uri: String,
}

/// Registers an OAuth app, or changes it.
pub(super) async fn oauth_app(State(github): State<HttpState>, Json(new): Json<NewOAuthApp>) -> StatusCode {
    let NewOAuthApp { client_id, client_secret, redirect_uri } = new;
    github.model.set_oauth_app(OAuthApp { client_id, client_secret, redirect_uri });
    StatusCode::NO_CONTENT
}
