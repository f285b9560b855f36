//! Approvals: those that were given or refused, and those that a run waits for.

use axum::{
    Json,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::{
    HttpState,
    errors::not_found,
    records::{node_id, time},
};
use crate::run::{Review, SimulatedRun};

pub(super) async fn approvals(
    State(github): State<HttpState>,
    Path((owner, name, id)): Path<(String, String, i64)>,
) -> Response {
    let Some(run) = github.find(&owner, &name, id) else { return not_found() };
    let describe = |Review { state, by, comment }: &Review| {
        json!({
            "state": state,
            "comment": comment,
            "user": github.links.account(by),
            "environments": [github.environment(&run)],
        })
    };
    Json(run.reviews.iter().map(describe).collect::<Vec<_>>()).into_response()
}

pub(super) async fn pending(
    State(github): State<HttpState>,
    Path((owner, name, id)): Path<(String, String, i64)>,
) -> Response {
    let Some(run) = github.find(&owner, &name, id) else { return not_found() };
    let deployment = json!({
        "environment": github.environment(&run),
        "wait_timer": 0,
        "wait_timer_started_at": null,
        "current_user_can_approve": false,
        "reviewers": [{ "type": "User", "reviewer": github.links.account("octocat") }],
    });
    let is_waiting = run.status() == "waiting";
    Json(is_waiting.then_some(deployment).into_iter().collect::<Vec<_>>()).into_response()
}

impl HttpState {
    fn environment(&self, run: &SimulatedRun) -> Value {
        let (repo, name) = (&run.repo, run.inputs.environment());
        let id = self.model.number_of_repo(&format!("{repo}/{name}"));
        json!({
            "id": id,
            "node_id": node_id("EN", id),
            "name": name,
            "url": self.links.repo(repo, &format!("/environments/{name}")),
            "html_url": self.links.page(repo, &format!("/deployments/activity_log?environments_filter={name}")),
            "created_at": time(run.created_at),
            "updated_at": time(run.created_at),
        })
    }
}
