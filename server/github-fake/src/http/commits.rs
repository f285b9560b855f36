//! Commits, one at a time.

use axum::{
    Json,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::{HttpState, errors::refuse};

/// A commit, by its id or by a ref that leads to it.
pub(super) async fn commit(
    State(github): State<HttpState>,
    Path((owner, name, git_ref)): Path<(String, String, String)>,
) -> Response {
    let repo = format!("{owner}/{name}");
    let Some((commit, parent)) = github.model.commit(&repo, &git_ref) else {
        return refuse(422, &format!("No commit found for SHA: {git_ref}"));
    };
    let mut described = github.links.commit(&repo, &commit, parent.as_ref().map(|parent| &*parent.id));
    described["stats"] = json!({ "additions": 0, "deletions": 0, "total": 0 });
    described["files"] = json!([]);
    Json(described).into_response()
}
