//! The record of runs.

use app::domain::Timestamp;
use axum::{
    Json,
    extract::{OriginalUri, Path, Query, State},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    HttpState,
    errors::{not_found, refuse},
    paging::{List, PageQuery},
    records::{node_id, time},
};
use crate::run::{Attempt, SimulatedRun};

/// What narrows a list down.
#[derive(Deserialize)]
pub(super) struct Filter {
    event: Option<String>,
    created: Option<String>,
    status: Option<String>,
    branch: Option<String>,
    actor: Option<String>,
    head_sha: Option<String>,
}

impl Filter {
    const fn narrows_down(&self) -> bool {
        self.event.is_some()
            || self.created.is_some()
            || self.status.is_some()
            || self.branch.is_some()
            || self.actor.is_some()
            || self.head_sha.is_some()
    }

    fn takes(&self, run: &SimulatedRun) -> bool {
        let is =
            |wanted: &Option<String>, value: &str| wanted.as_deref().is_none_or(|wanted| wanted == value);
        is(&self.event, &run.event)
            && is(&self.branch, &run.git_ref)
            && is(&self.actor, &run.actor)
            && is(&self.head_sha, &run.head_sha)
            && self
                .status
                .as_deref()
                .is_none_or(|wanted| run.status() == wanted || run.now.conclusion == Some(wanted))
            && self.created.as_deref().is_none_or(|range| is_within(run.created_at, range))
    }
}

/// Whether a time is in a range of GitHub's search: `>=T`, `>T`, `<=T`, `<T`, `T..T`, with `*` for any, or one day.
fn is_within(at: Timestamp, range: &str) -> bool {
    let at = time(at);
    // Times that are written alike are in the order of their letters, and a day is where its times begin.
    let not_before = |from: &str| from == "*" || at.as_str() >= from;
    let not_after = |until: &str| until == "*" || at.get(..until.len()).unwrap_or(&at) <= until;
    if let Some((from, until)) = range.split_once("..") {
        return not_before(from) && not_after(until);
    }
    match (
        range.strip_prefix(">="),
        range.strip_prefix("<="),
        range.strip_prefix('>'),
        range.strip_prefix('<'),
    ) {
        (Some(from), ..) => not_before(from),
        (_, Some(until), ..) => not_after(until),
        (_, _, Some(after), _) => !not_after(after),
        (.., Some(before)) => !not_before(before),
        (None, None, None, None) => at.starts_with(range),
    }
}

pub(super) async fn list(
    State(github): State<HttpState>,
    Path((owner, name, file)): Path<(String, String, String)>,
    Query(filter): Query<Filter>,
    Query(page): Query<PageQuery>,
    OriginalUri(uri): OriginalUri,
) -> Response {
    let repo = format!("{owner}/{name}");
    if !github.model.has_workflow(&repo, &file) {
        return not_found();
    }
    let is_filtered = filter.narrows_down();
    // A list that is narrowed down comes from an index, which may be hours behind.
    let runs = if is_filtered && github.model.is_index_stale() { Vec::new() } else { github.model.runs() };
    let of_workflow = |run: &&SimulatedRun| run.listed && run.repo == repo && run.workflow == file;
    let shown: Vec<_> = runs.iter().rev().filter(of_workflow).filter(|run| filter.takes(run)).collect();
    let list = List { links: &github.links, uri: &uri, page, member: "workflow_runs", is_filtered };
    list.answer(&shown, |run| github.describe(run, &run.now))
}

pub(super) async fn run(
    State(github): State<HttpState>,
    Path((owner, name, id)): Path<(String, String, i64)>,
) -> Response {
    match github.find(&owner, &name, id) {
        Some(run) => Json(github.describe(&run, &run.now)).into_response(),
        None => not_found(),
    }
}

/// A run as it was in one attempt.
pub(super) async fn attempt(
    State(github): State<HttpState>,
    Path((owner, name, id, number)): Path<(String, String, i64, i64)>,
) -> Response {
    let run = github.find(&owner, &name, id);
    match run.as_ref().and_then(|run| Some((run, run.attempt(number)?))) {
        Some((run, attempt)) => Json(github.describe(run, attempt)).into_response(),
        None => refuse(404, "Not Found"),
    }
}

impl HttpState {
    pub(super) fn find(&self, owner: &str, name: &str, id: i64) -> Option<SimulatedRun> {
        self.model.run(&format!("{owner}/{name}"), id)
    }

    /// A run, as of one of its attempts.
    pub(super) fn describe(&self, run: &SimulatedRun, attempt: &Attempt) -> Value {
        let SimulatedRun { id, repo, workflow, .. } = run;
        let url = self.links.repo(repo, &format!("/actions/runs/{id}"));
        let workflow_id = self.model.number_of_repo(&format!("{repo}/{workflow}"));
        let status = if attempt.conclusion.is_some() { "completed" } else { run.status() };
        let mut described = json!({
            "id": id,
            "name": "Deploy",
            "node_id": node_id("WFR", id),
            "head_branch": run.git_ref,
            "head_sha": run.head_sha,
            "path": format!(".github/workflows/{workflow}"),
            "display_title": run.display_title,
            "run_number": run.number,
            "event": run.event,
            "status": status,
            "conclusion": attempt.conclusion,
            "workflow_id": workflow_id,
            "check_suite_id": id,
            "check_suite_node_id": node_id("CS", id),
            "url": url,
            "html_url": self.links.page(repo, &format!("/actions/runs/{id}")),
            "pull_requests": [],
            "created_at": time(run.created_at),
            "updated_at": time(attempt.updated_at),
            "actor": self.links.account(&run.actor),
            "triggering_actor": self.links.account(&attempt.actor),
            "run_attempt": attempt.number,
            "referenced_workflows": [],
            "run_started_at": time(attempt.started_at),
            "check_suite_url": self.links.repo(repo, &format!("/check-suites/{id}")),
            "workflow_url": self.links.repo(repo, &format!("/actions/workflows/{workflow_id}")),
            "previous_attempt_url": (attempt.number > 1).then(|| format!("{url}/attempts/{}", attempt.number - 1)),
            "head_commit": self.head_commit(run),
            "repository": self.links.repository(repo, self.model.number_of_repo(repo)),
            "head_repository": self.links.repository(&run.head_repo, self.model.number_of_repo(&run.head_repo)),
        });
        for (member, path) in [
            ("jobs", "jobs"),
            ("logs", "logs"),
            ("artifacts", "artifacts"),
            ("cancel", "cancel"),
            ("rerun", "rerun"),
        ] {
            described[format!("{member}_url")] = format!("{url}/{path}").into();
        }
        described
    }

    fn head_commit(&self, run: &SimulatedRun) -> Value {
        let commit = self.model.commit(&run.head_repo, &run.head_sha);
        let message = commit.map(|(commit, _)| commit.message()).unwrap_or_default();
        let person = json!({ "name": run.actor, "email": format!("{}@example.com", run.actor) });
        json!({
            "id": run.head_sha,
            "tree_id": run.head_sha,
            "message": message,
            "timestamp": time(run.created_at),
            "author": person,
            "committer": person,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_those_of_githubs_search() {
        let at: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        for range in [
            ">=2026-11-22T12:00:00Z",
            "<=2026-11-22T12:00:00Z",
            ">2026-11-22T11:59:59Z",
            "<2026-11-22T12:00:01Z",
            "2026-11-22",
            "<=2026-11-22",
            "2026-11-01..2026-11-22",
            "*..2026-11-30",
        ] {
            assert!(is_within(at, range), "{range}");
        }
        for range in
            [">2026-11-22T12:00:00Z", "<2026-11-22T12:00:00Z", ">2026-11-22", "2026-11-21", "2026-11-23..*"]
        {
            assert!(!is_within(at, range), "{range}");
        }
    }
}
