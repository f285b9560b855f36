//! Pages for people.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Html,
};

use super::HttpState;
use crate::{commits::SimulatedCommit, job::SimulatedJob};

pub(super) async fn run(
    State(github): State<HttpState>,
    Path((owner, name, id)): Path<(String, String, i64)>,
) -> Result<Html<String>, StatusCode> {
    let run = github.find(&owner, &name, id).ok_or(StatusCode::NOT_FOUND)?;
    let job = |job: &SimulatedJob| {
        let state = job.conclusion.unwrap_or(job.status).replace('_', " ");
        format!("<li>{}: {state}</li>", escape(&job.name))
    };
    let jobs: String = run.listed_jobs().iter().map(job).collect();
    let by_hand = format!(
        "<p><a href=\"/{owner}/{name}/actions/workflows/{}\">Run this workflow by hand</a></p>",
        escape(&run.workflow)
    );
    let place = format!("{} \u{b7} run {id}", run.repo);
    Ok(page(&place, &run.display_title, &format!("<ol>{jobs}</ol>{by_hand}")))
}

/// As on GitHub: whoever may write there runs a workflow with a press.
pub(super) async fn workflow(Path((owner, name, file)): Path<(String, String, String)>) -> Html<String> {
    let form = "<form method=post>\
        <p><label>Environment <input name=environment value=production></label> \
        <label>Ref <input name=git_ref value=main></label> \
        <label>As <input name=actor value=octocat></label></p>\
        <button>Run workflow</button></form>";
    page(&format!("{owner}/{name}"), &file, form)
}

/// Of a job there is no more to see than of its run.
pub(super) async fn job(
    github: State<HttpState>,
    Path((owner, name, id, _)): Path<(String, String, i64, i64)>,
) -> Result<Html<String>, StatusCode> {
    run(github, Path((owner, name, id))).await
}

pub(super) async fn compare(
    State(github): State<HttpState>,
    Path((owner, name, both)): Path<(String, String, String)>,
) -> Result<Html<String>, StatusCode> {
    let repo = format!("{owner}/{name}");
    let compared = both.split_once("...").and_then(|(base, head)| github.model.compare(&repo, base, head));
    let compared = compared.ok_or(StatusCode::NOT_FOUND)?;
    let line = |commit: &SimulatedCommit| {
        format!("<li>{} {} ({})</li>", &commit.id[..7], commit.subject, commit.author)
    };
    let lines: String = compared.ahead.iter().map(line).collect();
    Ok(page(&repo, "Changes", &format!("<ol>{lines}</ol>")))
}

pub(super) fn page(place: &str, title: &str, content: &str) -> Html<String> {
    let (place, title) = (escape(place), escape(title));
    Html(format!(
        "<!doctype html><html lang=en><meta charset=utf-8><title>{title}</title>\
         <style>body{{font:1rem/1.5 system-ui;margin:2rem;max-width:50rem;color-scheme:light dark}}</style>\
         <p>Simulated GitHub \u{b7} {place}</p><h1>{title}</h1>{content}",
    ))
}

pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
