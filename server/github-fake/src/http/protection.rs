//! Custom deployment protection rules: what the App answers.

use axum::{
    body::Bytes,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Deserialize;

use super::{
    HttpState,
    errors::{not_found, refuse},
};
use crate::{clock::now, model::Answered, protection::ProtectionState};

/// Characters of a comment.
const LONGEST_COMMENT: usize = 1_024;
const NOTHING_WAITS: &str = "There are no pending custom deployment protection rules for this environment.";

#[derive(Deserialize)]
struct RuleAnswer {
    environment_name: String,
    state: Option<ProtectionState>,
    comment: Option<String>,
}

impl RuleAnswer {
    /// What is wrong with it, whatever it is for.
    fn mistake(&self) -> Option<&'static str> {
        match &self.comment {
            None if self.state.is_none() => Some("Invalid request.\n\n\"comment\" wasn't supplied."),
            Some(comment) if comment.chars().count() > LONGEST_COMMENT => {
                Some("Comment is too long (maximum is 1024 characters)")
            }
            Some(_) | None => None,
        }
    }
}

pub(super) async fn answer(
    State(github): State<HttpState>,
    Path((owner, name, id)): Path<(String, String, i64)>,
    body: Bytes,
) -> Response {
    let Ok(answer) = serde_json::from_slice::<RuleAnswer>(&body) else {
        return refuse(422, "Invalid request.");
    };
    if github.find(&owner, &name, id).is_none() {
        return not_found();
    }
    if let Some(mistake) = answer.mistake() {
        return refuse(422, mistake);
    }
    if github.model.is_early_protection_answer() {
        return refuse(422, NOTHING_WAITS);
    }
    let RuleAnswer { environment_name, state, comment } = answer;
    let (repo, comment) = (format!("{owner}/{name}"), comment.unwrap_or_default());
    match github.model.answer_protection((&repo, id), &environment_name, state, &comment, now()) {
        Answered::Taken => StatusCode::NO_CONTENT.into_response(),
        Answered::NoSuchRun => not_found(),
        Answered::NothingWaits => refuse(422, NOTHING_WAITS),
        Answered::TooManyTexts => refuse(422, "A deployment takes no more than 10 status reports."),
    }
}
