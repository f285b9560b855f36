//! A deploy in few words: what of, and by whom.

use super::printable::printable;
use crate::domain::{Commit, Deploy};

/// The ref of a deploy and, where that says more, its commit.
#[must_use]
pub fn deploy_label(deploy: &Deploy) -> String {
    ref_label(&deploy.git_ref, deploy.commit.as_ref())
}

/// A ref and, where that says more, its commit.
#[must_use]
pub fn ref_label(git_ref: &str, commit: Option<&Commit>) -> String {
    match commit {
        Some(commit) if commit.is_named_by(git_ref) => commit.short().to_owned(),
        Some(commit) => format!("{} · {}", printable(git_ref), commit.short()),
        None => printable(git_ref),
    }
}

/// A ref alone; a commit that it names in full, in its short form.
#[must_use]
pub fn ref_text(git_ref: &str, commit: Option<&Commit>) -> String {
    match commit {
        Some(commit) if commit.is_named_by(git_ref) => commit.short().to_owned(),
        Some(_) | None => printable(git_ref),
    }
}

/// Who requested it: "You", if the viewer did. For a run that was started on GitHub, that is a GitHub user.
#[must_use]
pub fn requester(deploy: &Deploy, viewer: Option<&str>) -> String {
    if is_own(deploy, viewer) { "You".to_owned() } else { name(deploy) }
}

/// The same as the end of a sentence: "by you".
#[must_use]
pub fn requested_by(deploy: &Deploy, viewer: Option<&str>) -> String {
    if is_own(deploy, viewer) { "by you".to_owned() } else { format!("by {}", name(deploy)) }
}

fn name(deploy: &Deploy) -> String {
    let name = printable(&deploy.requested_by);
    if deploy.origin.is_found() { format!("{name} on GitHub") } else { name }
}

/// A GitHub user of the viewer's name may be somebody else.
fn is_own(deploy: &Deploy, viewer: Option<&str>) -> bool {
    !deploy.origin.is_found() && viewer == Some(deploy.requested_by.as_str())
}
