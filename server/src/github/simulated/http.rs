//! The endpoints of the simulated GitHub, as the real one documents them.

use std::{net::SocketAddr, sync::Arc};

use app::api::Scenario;
use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    response::{Html, IntoResponse, Response},
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::json;

use super::{
    model::{Inputs, Model, Run},
    runner::Runner,
};

#[derive(Clone)]
struct GitHub {
    address: SocketAddr,
    model: Arc<Model>,
    runner: Runner,
}

pub(super) fn router(address: SocketAddr, model: Arc<Model>, runner: Runner) -> Router {
    Router::new()
        .route("/repos/{owner}/{name}/actions/workflows/{file}/dispatches", post(dispatch))
        .route("/{owner}/{name}/actions/runs/{id}", get(run_page))
        .route("/_rehearsal/runs", get(runs))
        .with_state(GitHub { address, model, runner })
}

#[derive(Deserialize)]
struct Dispatch {
    #[serde(rename = "ref")]
    git_ref: String,
    inputs: serde_json::Value,
    #[serde(default)]
    return_run_details: bool,
}

async fn dispatch(
    State(github): State<GitHub>,
    Path((owner, name, file)): Path<(String, String, String)>,
    Json(dispatch): Json<Dispatch>,
) -> Response {
    let Ok(inputs) = serde_json::from_value::<Inputs>(dispatch.inputs) else {
        let message = json!({ "message": "Unexpected inputs provided" });
        return (StatusCode::UNPROCESSABLE_ENTITY, Json(message)).into_response();
    };
    let repo = format!("{owner}/{name}");
    let (run, scenario) = github.model.accept(&repo, &file, &dispatch.git_ref, inputs);
    github.runner.start(run.clone(), scenario);
    if !dispatch.return_run_details || scenario == Scenario::SlowRun {
        return StatusCode::NO_CONTENT.into_response();
    }
    let base = format!("http://{}", github.address);
    Json(json!({
        "workflow_run_id": run.id,
        "run_url": format!("{base}/repos/{repo}/actions/runs/{}", run.id),
        "html_url": format!("{base}/{repo}/actions/runs/{}", run.id),
    }))
    .into_response()
}

/// Not of GitHub: what was dispatched, inputs and all, for whoever runs the workflow elsewhere.
async fn runs(State(github): State<GitHub>) -> Json<Vec<Run>> {
    Json(github.model.runs())
}

async fn run_page(
    State(github): State<GitHub>,
    Path((owner, name, id)): Path<(String, String, i64)>,
) -> Result<Html<String>, StatusCode> {
    let run = github.model.run(&format!("{owner}/{name}"), id).ok_or(StatusCode::NOT_FOUND)?;
    let job = |job: &super::model::Job| {
        format!("<li>{}: {}</li>", job.name, job.conclusion.unwrap_or(job.status).replace('_', " "))
    };
    let jobs: String = run.jobs.iter().map(job).collect();
    let title = escape(&run.display_title);
    Ok(Html(format!(
        "<!doctype html><html lang=en><meta charset=utf-8><title>{title}</title>\
         <style>body{{font:1rem/1.5 system-ui;margin:2rem;max-width:50rem;color-scheme:light dark}}</style>\
         <p>Simulated GitHub \u{b7} {repo} \u{b7} run {id}</p><h1>{title}</h1><ol>{jobs}</ol>",
        repo = escape(&run.repo),
    )))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
