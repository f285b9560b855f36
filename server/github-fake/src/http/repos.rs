//! Repositories, their workflows and the files of these.

pub(super) mod environments;

use axum::{
    Json,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{
    HttpState,
    errors::{not_found, with_header},
    records::node_id,
};

/// Long before anything that a test does.
const LONG_AGO: &str = "2026-01-01T00:00:00Z";

pub(super) async fn by_number(State(github): State<HttpState>, Path(number): Path<usize>) -> Response {
    match github.model.repo_with_number(number) {
        Some(repo) => Json(github.full(&repo)).into_response(),
        None => not_found(),
    }
}

pub(super) async fn repository(
    State(github): State<HttpState>,
    Path((owner, name)): Path<(String, String)>,
) -> Response {
    let repo = format!("{owner}/{name}");
    let answer = Json(github.full(&repo)).into_response();
    match github.model.repository(&repo).scopes {
        Some(scopes) => with_header(answer, "x-oauth-scopes", scopes),
        None => answer,
    }
}

pub(super) async fn workflow(
    State(github): State<HttpState>,
    Path((owner, name, file)): Path<(String, String, String)>,
) -> Response {
    let repo = format!("{owner}/{name}");
    if !github.model.has_workflow(&repo, &file) {
        return not_found();
    }
    match github.model.repository(&repo).workflow_state {
        Some(state) => Json(github.describe_workflow(&repo, &file, state)).into_response(),
        None => not_found(),
    }
}

/// A workflow file, as it is on any ref.
pub(super) async fn contents(
    State(github): State<HttpState>,
    Path((owner, name, path)): Path<(String, String, String)>,
) -> Response {
    let repo = format!("{owner}/{name}");
    let file = path.strip_prefix(".github/workflows/").unwrap_or_default();
    if !github.model.has_workflow(&repo, file) {
        return not_found();
    }
    let text = github.model.workflow(&repo, file).text;
    let sha = hex::encode(Sha256::digest(&text))[..40].to_owned();
    let url = github.links.repo(&repo, &format!("/contents/{path}?ref=main"));
    let html_url = github.links.page(&repo, &format!("/blob/main/{path}"));
    let git_url = github.links.repo(&repo, &format!("/git/blobs/{sha}"));
    Json(json!({
        "type": "file",
        "encoding": "base64",
        "size": text.len(),
        "name": file,
        "path": path,
        "content": STANDARD.encode(&text),
        "sha": sha,
        "url": url,
        "git_url": git_url,
        "html_url": html_url,
        "download_url": github.links.page(&repo, &format!("/raw/main/{path}")),
        "_links": { "self": url, "git": git_url, "html": html_url },
    }))
    .into_response()
}

impl HttpState {
    pub(super) fn describe_workflow(&self, repo: &str, file: &str, state: &str) -> Value {
        let id = self.model.number_of_repo(&format!("{repo}/{file}"));
        let is_disabled = self.model.is_disabled(repo, file);
        json!({
            "id": id,
            "node_id": node_id("W", id),
            "name": self.model.workflow(repo, file).name.unwrap_or_else(|| file.to_owned()),
            "path": format!(".github/workflows/{file}"),
            "state": if is_disabled { "disabled_manually" } else { state },
            "created_at": LONG_AGO,
            "updated_at": LONG_AGO,
            "url": self.links.repo(repo, &format!("/actions/workflows/{id}")),
            "html_url": self.links.page(repo, &format!("/blob/main/.github/workflows/{file}")),
            "badge_url": self.links.page(repo, &format!("/workflows/{file}/badge.svg")),
        })
    }

    /// A repository, with all that is said of it alone.
    pub(super) fn full(&self, repo: &str) -> Value {
        let mut described = self.links.repository(repo, self.model.number_of_repo(repo));
        let more = json!({
            "clone_url": self.links.page(repo, ".git"),
            "git_url": self.links.page(repo, ".git"),
            "ssh_url": format!("git@github.example.com:{repo}.git"),
            "svn_url": self.links.page(repo, ""),
            "mirror_url": null,
            "homepage": null,
            "language": null,
            "license": null,
            "default_branch": "main",
            "forks": 0,
            "forks_count": 0,
            "open_issues": 0,
            "open_issues_count": 0,
            "stargazers_count": 0,
            "subscribers_count": 0,
            "network_count": 0,
            "watchers": 0,
            "watchers_count": 0,
            "size": 1,
            "has_issues": true,
            "has_projects": false,
            "has_wiki": false,
            "has_pages": false,
            "has_discussions": false,
            "archived": self.model.repository(repo).archived,
            "disabled": false,
            "pushed_at": LONG_AGO,
            "created_at": LONG_AGO,
            "updated_at": LONG_AGO,
            "permissions": { "admin": false, "maintain": false, "push": true, "triage": true, "pull": true },
        });
        if let (Some(described), Value::Object(more)) = (described.as_object_mut(), more) {
            described.extend(more);
        }
        described
    }
}
