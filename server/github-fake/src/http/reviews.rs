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
use crate::{
    protection::{DeploymentGate, Reviewer},
    run::{Review, SimulatedRun},
};

pub(super) async fn approvals(
    State(github): State<HttpState>,
    Path((owner, name, id)): Path<(String, String, i64)>,
) -> Response {
    let Some(run) = github.find(&owner, &name, id) else { return not_found() };
    let describe = |Review { state, by, comment, environment }: &Review| {
        json!({
            "state": state.as_str(),
            "comment": comment,
            "user": github.links.account(by),
            "environments": [github.environment(&run, environment)],
        })
    };
    Json(run.reviews.iter().map(describe).collect::<Vec<_>>()).into_response()
}

pub(super) async fn pending(
    State(github): State<HttpState>,
    Path((owner, name, id)): Path<(String, String, i64)>,
) -> Response {
    let Some(run) = github.find(&owner, &name, id) else { return not_found() };
    let waiting: Vec<_> = waiting(&run).into_iter().map(|waiting| github.pending(&run, waiting)).collect();
    Json(waiting).into_response()
}

/// Each environment that a run waits for, once, and its reviewers.
fn waiting(run: &SimulatedRun) -> Vec<(&str, Vec<Reviewer>)> {
    let is_under_way = run.now.conclusion.is_none();
    let mut waiting: Vec<(&str, Vec<Reviewer>)> = Vec::new();
    for gate in run.now.gates.iter().filter(|gate| is_under_way && gate.is_open()) {
        let DeploymentGate { environment, reviewers, .. } = gate;
        if !waiting.iter().any(|(known, _)| gate.is_for(known)) {
            waiting.push((environment, reviewers.clone()));
        }
    }
    if waiting.is_empty() && run.status() == "waiting" {
        waiting.push((run.inputs.environment(), vec![Reviewer::user("octocat")]));
    }
    waiting
}

impl HttpState {
    fn pending(&self, run: &SimulatedRun, (environment, reviewers): (&str, Vec<Reviewer>)) -> Value {
        let reviewers = reviewers.iter().map(|reviewer| match reviewer {
            Reviewer::User(login) => json!({ "type": "User", "reviewer": self.links.account(login) }),
            Reviewer::Team(team) => json!({ "type": "Team", "reviewer": self.team(team) }),
        });
        json!({
            "environment": self.environment(run, environment),
            "wait_timer": 0,
            "wait_timer_started_at": null,
            "current_user_can_approve": false,
            "reviewers": reviewers.collect::<Vec<_>>(),
        })
    }

    fn environment(&self, run: &SimulatedRun, name: &str) -> Value {
        let repo = &run.repo;
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
