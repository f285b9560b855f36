//! Commits, and what an environment itself says of them.

use leptos::{either::Either, prelude::*};

use super::kit::{
    requester::requester_text,
    time::{Ago, At},
};
use crate::{
    api::VersionCheck,
    domain::{Commit, Deploy},
    text::{
        commit::pull_request,
        deploy::deploy_label,
        printable::{is_web_address, printable},
        time::{date_and_time, time_of_day},
    },
};

/// A commit in its short form, with the whole of it as the title.
#[component]
pub fn CommitId(commit: Commit) -> impl IntoView {
    let short = commit.short().to_owned();
    view! { <code class="commit" title=commit.to_string()>{short}</code> }
}

/// The commit of a deploy as people know it; nothing, where GitHub has not said.
#[component]
pub fn CommitLineOf(deploy: Deploy) -> impl IntoView {
    let repository = repository_url(&deploy);
    let details = deploy.commit_details?;
    let author = details.author.map(|author| format!(" · {}", printable(&author)));
    let committed =
        details.committed_at.map(|at| view! { <span>" · committed " <Ago at in_words=true /></span> });
    Some(view! {
        <p class="commit-line">
            <Subject subject=details.subject repository /> <span class="quiet">{author}{committed}</span>
        </p>
    })
}

/// The first line of a message, in which the pull request that it names leads to it.
#[component]
pub fn Subject(
    subject: String,
    /// The address of the repository, where it is known.
    repository: Option<String>,
) -> impl IntoView {
    let subject = printable(&subject);
    let Some((repository, named)) = repository.zip(pull_request(&subject)) else {
        return Either::Left(subject);
    };
    let [before, number, after] =
        [&subject[..named.start], &subject[named.clone()], &subject[named.end..]].map(str::to_owned);
    let href = format!("{repository}/pull/{}", number.trim_start_matches('#'));
    let label = format!("Pull request {number}");
    Either::Right(view! { {before} <a href=href aria-label=label rel="noreferrer">{number}</a> {after} })
}

/// The address of the repository of a deploy, as its run says.
#[must_use]
pub fn repository_url(deploy: &Deploy) -> Option<String> {
    let run = deploy.github_run_url.as_deref().filter(|address| is_web_address(address))?;
    run.split_once("/actions/runs/").map(|(repository, _)| repository.to_owned())
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
    /// Without when it was asked last: what is shown changes only with the answer.
    #[prop(optional)]
    untimed: bool,
) -> impl IntoView {
    check.map(|check| {
        let is_drift = matches!(check, VersionCheck::Differs { .. }) && !under_way;
        view! { <span class="version" class:version--drift=is_drift>{version_text(&check, under_way, untimed)}</span> }
    })
}

fn version_text(check: &VersionCheck, under_way: bool, untimed: bool) -> String {
    match check {
        VersionCheck::Agrees { .. } if untimed => "Confirmed by the app".to_owned(),
        VersionCheck::Answers { answer, .. } if untimed => format!("The app answers {}", short(answer)),
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
