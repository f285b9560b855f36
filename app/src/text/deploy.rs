//! A deploy in few words: what of, and by whom.

use super::printable::printable;
use crate::domain::Deploy;

/// The ref of a deploy and, where that says more, its commit.
#[must_use]
pub fn deploy_label(deploy: &Deploy) -> String {
    match &deploy.commit {
        Some(commit) if commit.is_named_by(&deploy.git_ref) => commit.short().to_owned(),
        Some(commit) => format!("{} · {}", printable(&deploy.git_ref), commit.short()),
        None => printable(&deploy.git_ref),
    }
}

/// Who requested it. For a run that was started on GitHub, that is a GitHub user.
#[must_use]
pub fn requester(deploy: &Deploy) -> String {
    let name = printable(&deploy.requested_by);
    if deploy.origin.is_found() { format!("{name} on GitHub") } else { name }
}
