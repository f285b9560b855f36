//! The jobs of a run, with their steps.

use axum::{
    extract::{OriginalUri, Path, Query, State},
    http::Uri,
    response::Response,
};
use serde_json::{Value, json};

use super::{
    HttpState,
    errors::not_found,
    paging::{List, PageQuery},
    records::{node_id, time},
};
use crate::{job::SimulatedJob, run::SimulatedRun};

pub(super) async fn latest(
    State(github): State<HttpState>,
    Path((owner, name, id)): Path<(String, String, i64)>,
    Query(page): Query<PageQuery>,
    OriginalUri(uri): OriginalUri,
) -> Response {
    let Some(run) = github.find(&owner, &name, id) else { return not_found() };
    github.list_jobs(&run, run.listed_jobs(), page, &uri)
}

pub(super) async fn of_attempt(
    State(github): State<HttpState>,
    Path((owner, name, id, number)): Path<(String, String, i64, i64)>,
    Query(page): Query<PageQuery>,
    OriginalUri(uri): OriginalUri,
) -> Response {
    let run = github.find(&owner, &name, id);
    let Some((run, attempt)) = run.as_ref().and_then(|run| Some((run, run.attempt(number)?))) else {
        return not_found();
    };
    let jobs = if number == run.now.number { run.listed_jobs() } else { &attempt.jobs };
    github.list_jobs(run, jobs, page, &uri)
}

impl HttpState {
    fn list_jobs(&self, run: &SimulatedRun, jobs: &[SimulatedJob], page: PageQuery, uri: &Uri) -> Response {
        let list = List { links: &self.links, uri, page, member: "jobs", is_filtered: false };
        let waiting = jobs.iter().find(|job| run.held == Some("waiting") && job.status == "queued");
        let waiting = waiting.map(|job| job.key.as_str());
        list.answer(jobs, |job| {
            let is_waiting = waiting == Some(job.key.as_str()) && job.status == "queued";
            self.describe_job(run, job, if is_waiting { "waiting" } else { job.status })
        })
    }

    pub(super) fn describe_job(&self, run: &SimulatedRun, job: &SimulatedJob, status: &str) -> Value {
        let (SimulatedJob { id, .. }, SimulatedRun { repo, id: run_id, .. }) = (job, run);
        let run_url = self.links.repo(repo, &format!("/actions/runs/{run_id}"));
        json!({
            "id": id,
            "run_id": run_id,
            "workflow_name": "Deploy",
            "head_branch": run.git_ref,
            "run_url": run_url,
            "run_attempt": job.attempt,
            "node_id": node_id("CR", id),
            "head_sha": run.head_sha,
            "url": self.links.repo(repo, &format!("/actions/jobs/{id}")),
            "html_url": self.links.page(repo, &format!("/actions/runs/{run_id}/job/{id}")),
            "status": status,
            "conclusion": job.conclusion,
            "created_at": time(job.queued_at),
            "started_at": time(job.started_at),
            "completed_at": job.completed_at.map(time),
            "name": job.name,
            "steps": steps(job),
            "check_run_url": self.links.repo(repo, &format!("/check-runs/{id}")),
            "labels": ["ubuntu-24.04"],
            "runner_id": job.began.then_some(1),
            "runner_name": job.began.then_some("GitHub Actions 1"),
            "runner_group_id": job.began.then_some(0),
            "runner_group_name": job.began.then_some("GitHub Actions"),
        })
    }
}

fn steps(job: &SimulatedJob) -> Vec<Value> {
    let describe = |(place, step): (usize, crate::job::SimulatedStep<'_>)| {
        let has_begun = step.status != "queued";
        json!({
            "name": step.name,
            "status": step.status,
            "conclusion": step.conclusion,
            "number": place + 1,
            "started_at": has_begun.then(|| time(job.started_at)),
            "completed_at": step.conclusion.map(|_| time(job.completed_at.unwrap_or(job.started_at))),
        })
    };
    job.steps().into_iter().enumerate().map(describe).collect()
}
