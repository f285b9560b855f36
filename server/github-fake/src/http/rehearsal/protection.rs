//! Protected environments, and what asks for them.

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Deserialize;

use crate::{
    clock::now,
    http::{
        HttpState,
        errors::{not_found, refuse},
    },
    protection::{ProtectionState, Reviewer},
    run::SimulatedRun,
};

#[derive(Deserialize)]
pub(in crate::http) struct Rule {
    repo: String,
    environment: String,
    /// Whether the App is asked from now on, or no longer.
    #[serde(default = "yes")]
    protected: bool,
}

const fn yes() -> bool {
    true
}

pub(in crate::http) async fn protect(State(github): State<HttpState>, Json(rule): Json<Rule>) -> StatusCode {
    github.model.protect(&rule.repo, &rule.environment, rule.protected);
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
pub(in crate::http) struct Reviewers {
    repo: String,
    environment: String,
    #[serde(default)]
    users: Vec<String>,
    #[serde(default)]
    teams: Vec<String>,
}

pub(in crate::http) async fn reviewers(
    State(github): State<HttpState>,
    Json(wanted): Json<Reviewers>,
) -> StatusCode {
    let Reviewers { repo, environment, users, teams } = wanted;
    let teams = teams.into_iter().map(Reviewer::Team);
    let all: Vec<_> = users.into_iter().map(Reviewer::User).chain(teams).collect();
    github.model.require_reviewers(&repo, &environment, &all);
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
pub(in crate::http) struct Review {
    run_id: i64,
    state: ProtectionState,
    by: String,
    #[serde(default)]
    comment: String,
}

/// What a person decides on GitHub's page about everything of a run that waits for them.
pub(in crate::http) async fn review(State(github): State<HttpState>, Json(review): Json<Review>) -> Response {
    let Review { run_id, state, by, comment } = review;
    if github.model.run_with_id(run_id).is_none() {
        not_found()
    } else if github.model.review(run_id, state, &by, &comment, now()) {
        StatusCode::NO_CONTENT.into_response()
    } else {
        refuse(422, "Nothing of this run waits for this person.")
    }
}

#[derive(Deserialize)]
pub(in crate::http) struct ByHand {
    repo: String,
    workflow: String,
    environment: String,
    git_ref: String,
    actor: String,
}

/// A run without the console, whose jobs run.
pub(in crate::http) async fn by_hand(
    State(github): State<HttpState>,
    Json(wanted): Json<ByHand>,
) -> Json<SimulatedRun> {
    let ByHand { repo, workflow, environment, git_ref, actor } = wanted;
    Json(github.run_by_hand(&actor, (&repo, &workflow), (&environment, &git_ref)))
}

#[derive(Deserialize)]
pub(in crate::http) struct Loss {
    lost: bool,
}

/// Loses webhooks on the way, or no longer.
pub(in crate::http) async fn webhooks(
    State(github): State<HttpState>,
    Json(Loss { lost }): Json<Loss>,
) -> Response {
    let Some(webhooks) = github.webhooks() else { return not_found() };
    webhooks.lose(lost);
    StatusCode::NO_CONTENT.into_response()
}

impl HttpState {
    /// Runs a workflow as a person does on GitHub's page, with what is planned for it.
    pub(crate) fn run_by_hand(
        &self,
        actor: &str,
        workflow: (&str, &str),
        target: (&str, &str),
    ) -> SimulatedRun {
        let (run, scenario) = self.model.by_hand_of(actor, workflow, target, now());
        self.runner.start(run.clone(), scenario);
        run
    }
}
