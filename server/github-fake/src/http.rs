//! The endpoints of the simulated GitHub, as the real one documents them.

mod repository;

use std::{net::SocketAddr, sync::Arc};

use app::domain::Scenario;
use axum::{
    Json, Router,
    body::to_bytes,
    extract::{Path, Query, Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{Html, IntoResponse, Response},
    routing::{get, post, put},
};
use runtime::clock::{Clock, SystemClock};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::{
    commits::SimulatedCommit,
    model::{Cancel, Fault, Model, Outage},
    run::{DispatchInputs, SimulatedJob, SimulatedRun},
    runner::Runner,
    workflow_file::WorkflowFile,
};

#[derive(Clone)]
struct HttpState {
    address: SocketAddr,
    model: Arc<Model>,
    runner: Runner,
}

pub(super) fn router(address: SocketAddr, model: Arc<Model>, runner: Runner) -> Router {
    Router::new()
        .route("/repos/{owner}/{name}/actions/workflows/{file}/runs", get(list))
        .route("/repos/{owner}/{name}/actions/runs/{id}", get(run))
        .route("/repos/{owner}/{name}/actions/runs/{id}/jobs", get(jobs))
        .route("/repos/{owner}/{name}/actions/runs/{id}/approvals", get(approvals))
        .route("/repos/{owner}/{name}/actions/runs/{id}/attempts/{attempt}/jobs", get(jobs_of_attempt))
        .route("/repos/{owner}/{name}/compare/{both}", get(compare))
        .merge(repository::router())
        .layer(middleware::from_fn_with_state(Arc::clone(&model), unless_known))
        .layer(middleware::from_fn_with_state(Arc::clone(&model), out_of_order))
        .route("/repos/{owner}/{name}/actions/workflows/{file}/dispatches", post(dispatch))
        .route("/repos/{owner}/{name}/actions/runs/{id}/cancel", post(cancel))
        .layer(middleware::from_fn(in_a_known_version))
        .route("/{owner}/{name}/actions/runs/{id}", get(run_page))
        .route("/{owner}/{name}/actions/runs/{id}/job/{job}", get(job_page))
        .route("/{owner}/{name}/compare/{both}", get(compare_page))
        .route("/_rehearsal/runs", get(runs))
        .route("/_rehearsal/push", post(push))
        .route("/_rehearsal/workflows/{owner}/{name}/{file}", put(write_workflow))
        .route("/_rehearsal/version/{owner}/{name}/{environment}", get(version))
        .with_state(HttpState { address, model, runner })
}

#[derive(Deserialize)]
struct DispatchBody {
    #[serde(rename = "ref")]
    git_ref: String,
    inputs: Map<String, Value>,
    #[serde(default)]
    return_run_details: bool,
}

async fn dispatch(
    State(github): State<HttpState>,
    Path((owner, name, file)): Path<(String, String, String)>,
    Json(dispatch): Json<DispatchBody>,
) -> Response {
    let fault = github.model.arrive();
    let refuses_details = matches!(fault, Some(Fault::NoRunDetails(_))) && dispatch.return_run_details;
    let repo = format!("{owner}/{name}");
    let declared = github.model.check_inputs(&repo, &file, &dispatch.inputs);
    if !refuses_details && declared.is_ok() {
        let deploy_id = dispatch.inputs.get("console_deploy_id").and_then(Value::as_str);
        github.model.ask_for(deploy_id.unwrap_or_default());
    }
    let refusal = match &fault {
        Some(Fault::Refused(status, message)) => Some(refuse(*status, message)),
        Some(Fault::Limited(seconds)) => Some(limited(*seconds)),
        Some(Fault::NoRunDetails(status)) if refuses_details => {
            Some(refuse(*status, "Invalid request.\n\n\"return_run_details\" is not a permitted key."))
        }
        Some(Fault::NoRunDetails(_) | Fault::AcceptedButAnswered(..)) | None => None,
    };
    if let Some(refusal) = refusal {
        return refusal;
    }
    if let Err(message) = declared {
        return refuse(422, &message);
    }
    let Ok(inputs) = serde_json::from_value::<DispatchInputs>(dispatch.inputs.into()) else {
        return refuse(422, "Invalid request.");
    };
    let (run, scenario) = github.model.accept(&repo, &file, &dispatch.git_ref, inputs, SystemClock.now());
    github.runner.start(run.clone(), scenario);
    match fault {
        Some(Fault::AcceptedButAnswered(status, body)) => (status_code(status), body).into_response(),
        Some(Fault::Refused(..) | Fault::Limited(_) | Fault::NoRunDetails(_)) | None => {
            let with_details = dispatch.return_run_details && scenario.names_its_run();
            accepted(&github, &run, with_details)
        }
    }
}

fn accepted(github: &HttpState, run: &SimulatedRun, with_details: bool) -> Response {
    if !with_details {
        return StatusCode::NO_CONTENT.into_response();
    }
    let (base, SimulatedRun { repo, id, .. }) = (format!("http://{}", github.address), run);
    Json(json!({
        "workflow_run_id": id,
        "run_url": format!("{base}/repos/{repo}/actions/runs/{id}"),
        "html_url": format!("{base}/{repo}/actions/runs/{id}"),
    }))
    .into_response()
}

fn refuse(status: u16, message: &str) -> Response {
    (status_code(status), Json(json!({ "message": message }))).into_response()
}

fn status_code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// Versions of the API that are spoken here. A request that names none is answered in the oldest.
const VERSIONS: [&str; 2] = ["2022-11-28", "2026-03-10"];

async fn in_a_known_version(request: Request, next: Next) -> Response {
    let version = request.headers().get("x-github-api-version").map(|version| version.to_str().ok());
    match version {
        Some(version) if !version.is_some_and(|version| VERSIONS.contains(&version)) => {
            refuse(400, "The version you specified is not a supported version.")
        }
        Some(_) | None => next.run(request).await,
    }
}

/// Before every read of the record: is something wrong?
async fn out_of_order(State(model): State<Arc<Model>>, request: Request, next: Next) -> Response {
    match model.read() {
        Some(Outage::Answering(status)) => refuse(status, "Server Error"),
        Some(Outage::Limited(seconds)) => limited(seconds),
        None => next.run(request).await,
    }
}

/// Around every read of the record: has it changed since it was last given?
async fn unless_known(State(model): State<Arc<Model>>, request: Request, next: Next) -> Response {
    let known = request.headers().get(header::IF_NONE_MATCH).cloned();
    let (mut parts, body) = next.run(request).await.into_parts();
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let tag = format!("\"{}\"", hex::encode(Sha256::digest(&body)));
    let Ok(tag) = HeaderValue::from_str(&tag) else { return (parts, body).into_response() };
    let is_known = known.as_ref() == Some(&tag);
    parts.headers.insert(header::ETAG, tag);
    if is_known {
        model.read_unchanged();
        parts.headers.remove(header::CONTENT_LENGTH);
        parts.status = StatusCode::NOT_MODIFIED;
        return (parts, ()).into_response();
    }
    (parts, body).into_response()
}

async fn cancel(
    State(github): State<HttpState>,
    Path((owner, name, id)): Path<(String, String, i64)>,
) -> Response {
    match github.model.cancel(&format!("{owner}/{name}"), id) {
        Cancel::Accepted => {
            github.runner.cancel(id);
            (StatusCode::ACCEPTED, Json(json!({}))).into_response()
        }
        Cancel::HasEnded => refuse(409, "Cannot cancel a workflow run that is completed."),
        Cancel::NoSuchRun => refuse(404, "Not Found"),
        Cancel::Fault(status) => refuse(status, "Server Error"),
    }
}

fn limited(seconds: u32) -> Response {
    let retry_after = [(header::RETRY_AFTER, seconds.to_string())];
    (retry_after, refuse(429, "You have exceeded a secondary rate limit")).into_response()
}

async fn list(
    State(github): State<HttpState>,
    Path((owner, name, file)): Path<(String, String, String)>,
    Query(PageQuery { per_page, page, event, created }): Query<PageQuery>,
) -> Json<serde_json::Value> {
    let repo = format!("{owner}/{name}");
    // A list that is narrowed down comes from an index, which may be hours behind.
    let is_filtered = event.is_some() || created.is_some();
    let runs = if is_filtered && github.model.is_index_stale() { Vec::new() } else { github.model.runs() };
    let is_asked_for = |run: &&SimulatedRun| event.as_deref().is_none_or(|event| event == run.event);
    let shown = runs.iter().rev().filter(|run| run.listed && run.repo == repo && run.workflow == file);
    let shown = shown.filter(is_asked_for);
    let all: Vec<_> = shown.map(describe).collect();
    let on_page: Vec<_> = all.iter().skip(per_page * (page.max(1) - 1)).take(per_page).collect();
    Json(json!({ "total_count": all.len(), "workflow_runs": on_page }))
}

#[derive(Deserialize)]
#[serde(default)]
struct PageQuery {
    per_page: usize,
    page: usize,
    event: Option<String>,
    created: Option<String>,
}

impl Default for PageQuery {
    fn default() -> Self {
        Self { per_page: 30, page: 1, event: None, created: None }
    }
}

async fn run(
    State(github): State<HttpState>,
    Path((owner, name, id)): Path<(String, String, i64)>,
) -> Result<Json<serde_json::Value>, StatusCode> {
    github.find(&owner, &name, id).map(|run| Json(describe(&run)))
}

async fn jobs(
    State(github): State<HttpState>,
    Path((owner, name, id)): Path<(String, String, i64)>,
) -> Result<Json<serde_json::Value>, StatusCode> {
    let run = github.find(&owner, &name, id)?;
    Ok(list_jobs(&run, &run.jobs))
}

/// The reviews of a run that waited for an approval.
async fn approvals(
    State(github): State<HttpState>,
    Path((owner, name, id)): Path<(String, String, i64)>,
) -> Result<Json<serde_json::Value>, StatusCode> {
    let run = github.find(&owner, &name, id)?;
    let review = run.rejected.map(|(by, comment)| {
        let environments = [json!({ "name": run.inputs.environment })];
        json!({ "state": "rejected", "comment": comment, "environments": environments, "user": { "login": by } })
    });
    Ok(Json(review.into_iter().collect()))
}

async fn jobs_of_attempt(
    State(github): State<HttpState>,
    Path((owner, name, id, attempt)): Path<(String, String, i64, i64)>,
) -> Result<Json<serde_json::Value>, StatusCode> {
    let run = github.find(&owner, &name, id)?;
    run.jobs_of_attempt(attempt).map(|jobs| list_jobs(&run, jobs)).ok_or(StatusCode::NOT_FOUND)
}

fn list_jobs(run: &SimulatedRun, jobs: &[SimulatedJob]) -> Json<serde_json::Value> {
    let job = |(place, job): (usize, &SimulatedJob)| {
        json!({
            "id": place + 1,
            "run_id": run.id,
            "name": job.name,
            "status": job.status,
            "conclusion": job.conclusion,
            "started_at": job.started_at,
            "completed_at": job.completed_at,
            "steps": if job.began { vec![json!({ "name": "Set up job", "number": 1 })] } else { Vec::new() },
        })
    };
    let jobs: Vec<_> = jobs.iter().enumerate().map(job).collect();
    Json(json!({ "total_count": jobs.len(), "jobs": jobs }))
}

fn describe(run: &SimulatedRun) -> serde_json::Value {
    json!({
        "id": run.id,
        "display_title": run.display_title,
        "event": run.event,
        "head_sha": run.head_sha,
        "actor": { "login": run.actor },
        "created_at": run.created_at,
        "updated_at": run.updated_at,
        "status": run.status(),
        "conclusion": run.conclusion,
        "run_attempt": run.attempt,
    })
}

impl HttpState {
    fn find(&self, owner: &str, name: &str, id: i64) -> Result<SimulatedRun, StatusCode> {
        self.model.run(&format!("{owner}/{name}"), id).ok_or(StatusCode::NOT_FOUND)
    }
}

/// What lies between two commits, which stand in the path with three dots between them.
async fn compare(
    State(github): State<HttpState>,
    Path((owner, name, both)): Path<(String, String, String)>,
) -> Response {
    let repo = format!("{owner}/{name}");
    let compared = both.split_once("...").and_then(|(base, head)| github.model.compare(&repo, base, head));
    let Some((ahead, behind)) = compared else { return refuse(404, "Not Found") };
    let commits: Vec<_> = ahead
        .iter()
        .map(|commit| {
            let record = json!({ "message": commit.subject, "author": { "name": commit.author } });
            json!({ "sha": commit.id, "commit": record })
        })
        .collect();
    Json(json!({
        "html_url": format!("http://{}/{repo}/compare/{both}", github.address),
        "ahead_by": ahead.len(),
        "behind_by": behind,
        "total_commits": ahead.len(),
        "commits": commits,
    }))
    .into_response()
}

async fn compare_page(
    State(github): State<HttpState>,
    Path((owner, name, both)): Path<(String, String, String)>,
) -> Result<Html<String>, StatusCode> {
    let repo = format!("{owner}/{name}");
    let compared = both.split_once("...").and_then(|(base, head)| github.model.compare(&repo, base, head));
    let (ahead, _) = compared.ok_or(StatusCode::NOT_FOUND)?;
    let line = |commit: &SimulatedCommit| {
        format!("<li>{} {} ({})</li>", &commit.id[..7], commit.subject, commit.author)
    };
    let lines: String = ahead.iter().map(line).collect();
    Ok(page(&repo, "Changes", &format!("<ol>{lines}</ol>")))
}

/// Not part of GitHub's API: a push, which the repository's workflow deploys.
async fn push(State(github): State<HttpState>, Json(push): Json<Push>) -> Json<SimulatedRun> {
    let run = github.model.push(&push.repo, &push.workflow, &push.environment, SystemClock.now());
    github.runner.start(run.clone(), Scenario::AllWell);
    Json(run)
}

#[derive(Deserialize)]
struct Push {
    repo: String,
    workflow: String,
    environment: String,
}

/// Not of GitHub: commits a workflow file, which counts from the next dispatch on.
async fn write_workflow(
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

/// Not of GitHub: what the app itself would say that it runs.
async fn version(
    State(github): State<HttpState>,
    Path((owner, name, environment)): Path<(String, String, String)>,
) -> Result<String, StatusCode> {
    github.model.version(&format!("{owner}/{name}"), &environment).ok_or(StatusCode::NOT_FOUND)
}

/// Not part of GitHub's API: what was dispatched, with its inputs, for a runner outside this process.
async fn runs(State(github): State<HttpState>) -> Json<Vec<SimulatedRun>> {
    Json(github.model.runs())
}

async fn run_page(
    State(github): State<HttpState>,
    Path((owner, name, id)): Path<(String, String, i64)>,
) -> Result<Html<String>, StatusCode> {
    let run = github.find(&owner, &name, id)?;
    let job = |job: &SimulatedJob| {
        format!("<li>{}: {}</li>", job.name, job.conclusion.unwrap_or(job.status).replace('_', " "))
    };
    let jobs: String = run.jobs.iter().map(job).collect();
    Ok(page(&format!("{} \u{b7} run {id}", run.repo), &run.display_title, &format!("<ol>{jobs}</ol>")))
}

/// Of a job there is no more to see than of its run.
async fn job_page(
    github: State<HttpState>,
    Path((owner, name, id, _)): Path<(String, String, i64, i64)>,
) -> Result<Html<String>, StatusCode> {
    run_page(github, Path((owner, name, id))).await
}

fn page(place: &str, title: &str, content: &str) -> Html<String> {
    let (place, title) = (escape(place), escape(title));
    Html(format!(
        "<!doctype html><html lang=en><meta charset=utf-8><title>{title}</title>\
         <style>body{{font:1rem/1.5 system-ui;margin:2rem;max-width:50rem;color-scheme:light dark}}</style>\
         <p>Simulated GitHub \u{b7} {place}</p><h1>{title}</h1>{content}",
    ))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
