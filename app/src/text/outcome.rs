//! What a deploy that did not succeed left behind, in one or two sentences.

use super::{deploy::ref_label, printable::printable};
use crate::{
    api::{DeployName, Outcome, VersionCheck},
    domain::{Aftermath, Deploy, Status, StoredStatus},
};

/// A deploy by its ref and, where that says more, its commit.
#[must_use]
pub fn name_label(name: &DeployName) -> String {
    ref_label(&name.git_ref, name.commit.as_ref())
}

/// What runs now, as far as that is known; none after a success, which says it itself.
#[must_use]
pub fn outcome_text(deploy: &Deploy, outcome: &Outcome) -> Option<String> {
    let good = outcome.last_good.as_ref().map(name_label);
    let sentence = match outcome.aftermath {
        Aftermath::Live => return None,
        Aftermath::Untouched => match good {
            Some(good) => format!("Nothing was rolled out: {good} is still live."),
            None => "Nothing was rolled out.".to_owned(),
        },
        Aftermath::RolledOut => {
            let git_ref = printable(&deploy.git_ref);
            format!("{git_ref} was rolled out and may be serving. {}", runs_now(outcome, good.as_deref()))
        }
        Aftermath::Unclear => runs_now(outcome, good.as_deref()),
    };
    let may_go_on = deploy.status == StoredStatus::Known(Status::TimedOut) && deploy.github_run_id.is_some();
    Some(if may_go_on { format!("{sentence} Its run on GitHub may still go on.") } else { sentence })
}

/// What the environment itself answers; else that nobody knows.
fn runs_now(outcome: &Outcome, good: Option<&str>) -> String {
    let runs = match &outcome.version {
        Some(VersionCheck::Agrees { .. }) => {
            "The environment still answers with what was live before.".to_owned()
        }
        Some(VersionCheck::Differs { answer, .. } | VersionCheck::Answers { answer, .. }) => {
            format!("The environment answers with {}.", printable(answer.get(..7).unwrap_or(answer)))
        }
        Some(VersionCheck::Unreadable { .. }) | None => "What runs now is not known.".to_owned(),
    };
    match good {
        Some(good) => format!("{runs} {good} was the last that was healthy."),
        None => format!("{runs} No deploy before it was healthy."),
    }
}
