//! Commits, and what an environment itself says of them.

use leptos::prelude::*;

use super::kit::{requester::requester_text, time::At};
use crate::{
    api::VersionCheck,
    domain::{Commit, Deploy},
    text::{
        deploy::deploy_label,
        printable::printable,
        time::{date_and_time, time_of_day},
    },
};

/// A commit in its short form, with the whole of it as the title.
#[component]
pub fn CommitId(commit: Commit) -> impl IntoView {
    let short = commit.short().to_owned();
    view! { <code class="commit" title=commit.to_string()>{short}</code> }
}

/// A deploy by what it deployed, when, and by whom.
#[component]
pub fn DeployLine(deploy: Deploy) -> impl IntoView {
    view! {
        <a class="ref" href=format!("/deploys/{}", deploy.id)>{deploy_label(&deploy)}</a>
        " · " <At at=deploy.finished_at.unwrap_or(deploy.updated_at) dated=true />
        " · " {requester_text(&deploy)}
    }
}

/// What the environment itself answers. While a deploy is under way there, it may answer either commit.
#[component]
pub fn VersionNote(
    check: Option<VersionCheck>,
    /// Whether a deploy is under way there.
    under_way: bool,
) -> impl IntoView {
    check.map(|check| {
        let is_drift = matches!(check, VersionCheck::Differs { .. }) && !under_way;
        view! { <span class="version" class:version--drift=is_drift>{version_text(&check, under_way)}</span> }
    })
}

fn version_text(check: &VersionCheck, under_way: bool) -> String {
    match check {
        VersionCheck::Agrees { read_at } => format!("Confirmed by the app at {}", time_of_day(*read_at)),
        VersionCheck::Differs { answer, since, .. } if under_way => {
            format!("The app answers {} since {}", short(answer), time_of_day(*since))
        }
        VersionCheck::Differs { answer, since, .. } => {
            format!("Drift: the app answers {}, since {} or before", short(answer), date_and_time(*since))
        }
        VersionCheck::Answers { answer, read_at } => {
            format!("The app answers {} (read at {})", short(answer), time_of_day(*read_at))
        }
        VersionCheck::Unreadable { what, since } => {
            format!("Its version address {}, since {}", printable(what), date_and_time(*since))
        }
    }
}

/// As many digits of an answer as of any commit.
fn short(answer: &str) -> String {
    answer.chars().take(7).collect()
}
