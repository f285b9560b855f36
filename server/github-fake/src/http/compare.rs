//! What lies between two commits.

use axum::{
    Json,
    extract::{Path, Query, State},
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::{HttpState, errors::not_found, paging::PageQuery};

/// The two stand in the path with three dots between them.
pub(super) async fn compare(
    State(github): State<HttpState>,
    Path((owner, name, both)): Path<(String, String, String)>,
    Query(page): Query<PageQuery>,
) -> Response {
    github.model.comparisons_are_let_go().await;
    let repo = format!("{owner}/{name}");
    let Some((base, head)) = both.split_once("...") else { return not_found() };
    let Some(comparison) = github.model.compare(&repo, base, head) else { return not_found() };
    let before = std::iter::once(&comparison.base).chain(&comparison.ahead);
    let describe = |(commit, parent)| github.links.commit(&repo, commit, Some(parent));
    let commits = comparison.ahead.iter().zip(before.map(|commit| commit.id.as_str())).map(describe);
    let commits: Vec<_> = commits.skip(page.size() * (page.number() - 1)).take(page.size()).collect();
    let base_commit = github.links.commit(&repo, &comparison.base, None);
    let merge_base_commit = github.links.commit(&repo, &comparison.merge_base, None);
    let html_url = github.links.page(&repo, &format!("/compare/{both}"));
    let (ahead, behind) = (comparison.ahead.len(), comparison.behind);
    Json(json!({
        "url": github.links.repo(&repo, &format!("/compare/{both}")),
        "permalink_url": html_url,
        "diff_url": format!("{html_url}.diff"),
        "patch_url": format!("{html_url}.patch"),
        "html_url": html_url,
        "base_commit": base_commit,
        "merge_base_commit": merge_base_commit,
        "status": match (ahead, behind) {
            (0, 0) => "identical",
            (_, 0) => "ahead",
            (0, _) => "behind",
            (_, _) => "diverged",
        },
        "ahead_by": ahead,
        "behind_by": behind,
        "total_commits": ahead,
        "commits": commits,
        "files": [],
    }))
    .into_response()
}
