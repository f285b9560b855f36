//! The environments of a repository, and the names of its secrets, where the token may list them.

use axum::{
    Json,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use crate::http::{HttpState, errors::refuse, records::node_id};

/// When all of it was made.
const MADE_AT: &str = "2026-01-05T09:00:00Z";

pub(in crate::http) async fn environments(
    State(github): State<HttpState>,
    Path((owner, name)): Path<(String, String)>,
) -> Json<Value> {
    let repo = format!("{owner}/{name}");
    let settings = github.model.repository(&repo);
    let environment = |(place, name): (usize, &&str)| {
        json!({
            "id": place + 1,
            "node_id": node_id("EN", place + 1),
            "name": name,
            "url": github.links.repo(&repo, &format!("/environments/{name}")),
            "html_url": github.links.page(&repo, &format!("/deployments/activity_log?environments_filter={name}")),
            "created_at": MADE_AT,
            "updated_at": MADE_AT,
        })
    };
    let environments: Vec<_> = settings.environments.iter().enumerate().map(environment).collect();
    Json(json!({ "total_count": environments.len(), "environments": environments }))
}

/// The Apps that are asked before a job goes on into an environment.
pub(in crate::http) async fn protection_rules(
    State(github): State<HttpState>,
    Path((owner, name, environment)): Path<(String, String, String)>,
) -> Json<Value> {
    let app = github.model.app_id();
    let rule = json!({
        "id": 3,
        "node_id": node_id("DPR", 3),
        "enabled": true,
        "app": {
            "id": app,
            "node_id": node_id("A", app),
            "slug": "console",
            "integration_url": github.links.api("/apps/console"),
        },
    });
    let is_protected = github.model.is_protected(&format!("{owner}/{name}"), &environment);
    let rules: Vec<_> = is_protected.then_some(rule).into_iter().collect();
    Json(json!({ "total_count": rules.len(), "custom_deployment_protection_rules": rules }))
}

pub(in crate::http) async fn secrets(
    State(github): State<HttpState>,
    Path((owner, name)): Path<(String, String)>,
) -> Response {
    let settings = github.model.repository(&format!("{owner}/{name}"));
    let Some(names) = settings.secrets else {
        let needs = [("x-accepted-github-permissions", "secrets=read")];
        return (needs, refuse(403, "Resource not accessible by personal access token")).into_response();
    };
    list_secrets(&names)
}

pub(in crate::http) async fn organization_secrets() -> Response {
    list_secrets(&[])
}

fn list_secrets(names: &[&str]) -> Response {
    let secret = |name: &&str| json!({ "name": name, "created_at": MADE_AT, "updated_at": MADE_AT });
    let secrets: Vec<_> = names.iter().map(secret).collect();
    Json(json!({ "total_count": secrets.len(), "secrets": secrets })).into_response()
}
