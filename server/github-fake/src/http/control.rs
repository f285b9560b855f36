//! What is done to a run from outside.

use app::domain::Scenario;
use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::{
    HttpState,
    errors::{faulty, not_found, refuse},
};
use crate::{clock::now, model::Cancel};

type RunPath = Path<(String, String, i64)>;

pub(super) async fn cancel(State(github): State<HttpState>, Path((owner, name, id)): RunPath) -> Response {
    match github.model.cancel(&format!("{owner}/{name}"), id) {
        Cancel::Accepted => {
            github.runner.cancel(id);
            (StatusCode::ACCEPTED, Json(json!({}))).into_response()
        }
        Cancel::HasEnded => refuse(409, "Cannot cancel a workflow run that is completed."),
        Cancel::NoSuchRun => not_found(),
        Cancel::Fault(status) => faulty(refuse(status, "Server Error")),
    }
}

pub(super) async fn rerun(github: State<HttpState>, path: RunPath) -> Response {
    begin_again(&github, path, false)
}

pub(super) async fn rerun_failed(github: State<HttpState>, path: RunPath) -> Response {
    begin_again(&github, path, true)
}

fn begin_again(github: &HttpState, Path((owner, name, id)): RunPath, only_failed: bool) -> Response {
    let Some(run) = github.find(&owner, &name, id) else { return not_found() };
    if run.now.conclusion.is_none() {
        return refuse(403, "This workflow is already running");
    }
    github.model.rerun(id, only_failed, &run.actor, now());
    if let Some(run) = github.find(&owner, &name, id) {
        github.runner.start(run, Scenario::AllWell);
    }
    (StatusCode::CREATED, Json(json!({}))).into_response()
}

pub(super) async fn delete(State(github): State<HttpState>, Path((owner, name, id)): RunPath) -> Response {
    match github.find(&owner, &name, id) {
        None => not_found(),
        Some(run) if run.now.conclusion.is_none() => refuse(403, "Could not delete the workflow run"),
        Some(_) => {
            github.model.delete(id);
            StatusCode::NO_CONTENT.into_response()
        }
    }
}
