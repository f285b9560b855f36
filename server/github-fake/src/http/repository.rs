//! A repository, its workflows, its environments and the names of its secrets, with every member that GitHub documents as
//! always there.

use axum::{
    Json, Router,
    extract::{Path, State},
    http::HeaderMap,
    response::{IntoResponse, Response},
    routing::get,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::{HttpState, refuse};
use crate::repository::RepositorySettings;

/// When all of it was made.
const MADE_AT: &str = "2026-01-05T09:00:00Z";
/// Requests in an hour, and those that are left.
const RATE: [(&str, &str); 2] = [("x-ratelimit-limit", "5000"), ("x-ratelimit-remaining", "4900")];

pub(super) fn router() -> Router<HttpState> {
    Router::new()
        .route("/repos/{owner}/{name}", get(repository))
        .route("/repos/{owner}/{name}/actions/workflows/{file}", get(workflow))
        .route("/repos/{owner}/{name}/contents/.github/workflows/{file}", get(contents))
        .route("/repos/{owner}/{name}/environments", get(environments))
        .route("/repos/{owner}/{name}/actions/secrets", get(secrets))
        .route("/repos/{owner}/{name}/actions/organization-secrets", get(organization_secrets))
}

/// A repository that was asked about: its addresses, and what is special about it.
struct Asked {
    repo: String,
    owner: String,
    name: String,
    api: String,
    web: String,
    settings: RepositorySettings,
}

impl HttpState {
    fn asked(&self, owner: String, name: String) -> Asked {
        let repo = format!("{owner}/{name}");
        let base = format!("http://{}", self.address);
        let settings = self.model.repository(&repo);
        Asked {
            api: format!("{base}/repos/{repo}"),
            web: format!("{base}/{repo}"),
            repo,
            owner,
            name,
            settings,
        }
    }
}

/// An id that is always the same for the same name.
fn id(name: &str) -> u32 {
    let digest = Sha256::digest(name);
    u32::from_be_bytes([0, digest[0], digest[1], digest[2]]) + 1
}

fn node_id(name: &str) -> String {
    BASE64_STANDARD.encode(name)
}

async fn repository(
    State(github): State<HttpState>,
    Path((owner, name)): Path<(String, String)>,
) -> Response {
    let asked = github.asked(owner, name);
    let mut headers = HeaderMap::new();
    for (name, value) in
        RATE.into_iter().chain(asked.settings.scopes.map(|scopes| ("x-oauth-scopes", scopes)))
    {
        if let (Ok(name), Ok(value)) = (name.parse::<axum::http::HeaderName>(), value.parse()) {
            headers.insert(name, value);
        }
    }
    let mut body = addresses(&asked);
    for part in [names(&asked), switches(&asked), counts()] {
        body.extend(part);
    }
    (headers, Json(Value::from(body))).into_response()
}

/// What is below a repository, each with an address of its own.
const BELOW: &str = "archive assignees blobs branches collaborators comments commits compare contents contributors \
    deployments downloads events forks git_commits git_refs git_tags hooks issue_comment \
    issue_events issues keys labels languages merges milestones notifications pulls releases \
    stargazers statuses subscribers subscription tags teams trees";

fn addresses(asked: &Asked) -> Map<String, Value> {
    let Asked { api, web, repo, .. } = asked;
    let below = BELOW.split_whitespace().map(|name| (format!("{name}_url"), format!("{api}/{name}").into()));
    let own = [
        ("url", api.clone()),
        ("html_url", web.clone()),
        ("clone_url", format!("{web}.git")),
        ("svn_url", web.clone()),
        ("git_url", format!("git:{}.git", web.trim_start_matches("http:"))),
        ("ssh_url", format!("git@github.invalid:{repo}.git")),
    ];
    below.chain(own.map(|(name, url)| (name.to_owned(), url.into()))).collect()
}

fn names(asked: &Asked) -> Map<String, Value> {
    let Asked { repo, owner, name, .. } = asked;
    object(json!({
        "id": id(repo),
        "node_id": node_id(repo),
        "name": name,
        "full_name": repo,
        "owner": account(asked, owner),
        "description": null,
        "homepage": null,
        "language": null,
        "license": null,
        "mirror_url": null,
        "default_branch": "main",
        "visibility": "private",
        "created_at": MADE_AT,
        "updated_at": MADE_AT,
        "pushed_at": MADE_AT,
    }))
}

fn account(asked: &Asked, owner: &str) -> Value {
    let api = format!("{}/users/{owner}", asked.api.split("/repos/").next().unwrap_or_default());
    let below = "events followers following gists organizations received_events repos starred subscriptions";
    let mut account = object(json!({
        "login": owner,
        "id": id(owner),
        "node_id": node_id(owner),
        "avatar_url": format!("{api}/avatar"),
        "gravatar_id": "",
        "url": api,
        "html_url": api,
        "type": "Organization",
        "site_admin": false,
    }));
    account
        .extend(below.split_whitespace().map(|name| (format!("{name}_url"), format!("{api}/{name}").into())));
    account.into()
}

fn switches(asked: &Asked) -> Map<String, Value> {
    object(json!({
        "private": true,
        "fork": false,
        "archived": asked.settings.archived,
        "disabled": false,
        "has_issues": true,
        "has_projects": false,
        "has_wiki": false,
        "has_pages": false,
        "has_discussions": false,
        "permissions": { "admin": false, "maintain": false, "push": true, "triage": true, "pull": true },
    }))
}

fn counts() -> Map<String, Value> {
    let counts = "forks forks_count open_issues open_issues_count size stargazers_count watchers watchers_count \
        network_count subscribers_count";
    counts.split_whitespace().map(|name| (name.to_owned(), 0.into())).collect()
}

fn object(value: Value) -> Map<String, Value> {
    if let Value::Object(object) = value { object } else { Map::new() }
}

async fn workflow(
    State(github): State<HttpState>,
    Path((owner, name, file)): Path<(String, String, String)>,
) -> Response {
    let asked = github.asked(owner, name);
    let Some(state) = asked.settings.workflow_state else { return refuse(404, "Not Found") };
    let (Asked { api, web, .. }, path) = (&asked, format!(".github/workflows/{file}"));
    Json(json!({
        "id": id(&path),
        "node_id": node_id(&path),
        "name": file,
        "path": path,
        "state": state,
        "created_at": MADE_AT,
        "updated_at": MADE_AT,
        "url": format!("{api}/actions/workflows/{}", id(&path)),
        "html_url": format!("{web}/blob/main/{path}"),
        "badge_url": format!("{web}/workflows/{file}/badge.svg"),
    }))
    .into_response()
}

async fn contents(
    State(github): State<HttpState>,
    Path((owner, name, file)): Path<(String, String, String)>,
) -> Response {
    let asked = github.asked(owner, name);
    let (Asked { api, web, .. }, path) = (&asked, format!(".github/workflows/{file}"));
    let text = github.model.workflow_text(&asked.repo, &file);
    let sha = hex::encode(&Sha256::digest(&text)[..20]);
    let (own, git) = (format!("{api}/contents/{path}"), format!("{api}/git/blobs/{sha}"));
    let page = format!("{web}/blob/main/{path}");
    Json(json!({
        "type": "file",
        "encoding": "base64",
        "size": text.len(),
        "name": file,
        "path": path,
        "content": in_lines(&BASE64_STANDARD.encode(&text)),
        "sha": sha,
        "url": own,
        "git_url": git,
        "html_url": page,
        "download_url": null,
        "_links": { "git": git, "html": page, "self": own },
    }))
    .into_response()
}

/// As GitHub breaks it.
fn in_lines(encoded: &str) -> String {
    let lines = encoded.as_bytes().chunks(60).map(String::from_utf8_lossy);
    lines.map(|line| line.into_owned() + "\n").collect()
}

async fn environments(
    State(github): State<HttpState>,
    Path((owner, name)): Path<(String, String)>,
) -> Json<Value> {
    let asked = github.asked(owner, name);
    let Asked { api, web, settings, .. } = &asked;
    let environment = |name: &&str| {
        json!({
            "id": id(name),
            "node_id": node_id(name),
            "name": name,
            "url": format!("{api}/environments/{name}"),
            "html_url": format!("{web}/deployments/activity_log?environments_filter={name}"),
            "created_at": MADE_AT,
            "updated_at": MADE_AT,
        })
    };
    let environments: Vec<_> = settings.environments.iter().map(environment).collect();
    Json(json!({ "total_count": environments.len(), "environments": environments }))
}

async fn secrets(State(github): State<HttpState>, Path((owner, name)): Path<(String, String)>) -> Response {
    let settings = github.asked(owner, name).settings;
    let Some(names) = settings.secrets else {
        let needs = [("x-accepted-github-permissions", "secrets=read")];
        return (needs, refuse(403, "Resource not accessible by personal access token")).into_response();
    };
    list_secrets(&names)
}

async fn organization_secrets() -> Response {
    list_secrets(&[])
}

fn list_secrets(names: &[&str]) -> Response {
    let secret = |name: &&str| json!({ "name": name, "created_at": MADE_AT, "updated_at": MADE_AT });
    let secrets: Vec<_> = names.iter().map(secret).collect();
    Json(json!({ "total_count": secrets.len(), "secrets": secrets })).into_response()
}
