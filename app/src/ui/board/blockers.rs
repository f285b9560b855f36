//! Why one cannot deploy: everything that is in the way at once, since when, and who can clear it.

use leptos::prelude::*;

use crate::{
    api::BoardEnvironment,
    domain::{Deploy, Frozen, GitHubOutage},
    text::{
        deploy::deploy_label,
        freeze::{freeze_text, opens_text},
        printable::printable,
        status::status_text,
        time::date_and_time,
    },
    ui::kit::requester::requested_by_text,
};

/// One thing that is in the way.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Blocker {
    /// Another deploy is under way there. Nothing but its end helps.
    UnderWay(Box<Deploy>),
    /// It is frozen. A reason to override the freeze lets a deploy through.
    Frozen(Frozen),
    /// GitHub does not answer. What is asked for waits until it does.
    GitHub(GitHubOutage),
}

/// Everything that is in the way of a deploy there.
#[must_use]
pub fn blockers(environment: &BoardEnvironment, github: Option<&GitHubOutage>) -> Vec<Blocker> {
    let under_way = environment.under_way.clone().map(|deploy| Blocker::UnderWay(Box::new(deploy)));
    let frozen = environment.frozen.clone().map(Blocker::Frozen);
    let github = github.cloned().map(Blocker::GitHub);
    [under_way, frozen, github].into_iter().flatten().collect()
}

impl Blocker {
    /// In few words.
    #[must_use]
    pub fn short(&self) -> String {
        match self {
            Self::UnderWay(_) => "One deploy at a time".to_owned(),
            Self::Frozen(frozen) => format!("Frozen. {}", opens_text(frozen)),
            Self::GitHub(_) => "GitHub does not answer".to_owned(),
        }
    }

    /// In full: what it is, since when, and who can clear it.
    fn full(self) -> impl IntoView {
        match self {
            Self::UnderWay(deploy) => under_way_item(&deploy).into_any(),
            Self::Frozen(frozen) => freeze_items(&frozen).into_any(),
            Self::GitHub(trouble) => github_item(&trouble).into_any(),
        }
    }
}

fn under_way_item(deploy: &Deploy) -> impl IntoView + use<> {
    let end = if deploy.awaited_approval().is_some() {
        "It ends by itself, or when it is rejected or abandoned"
    } else {
        "It ends by itself, or when it is cancelled"
    };
    view! {
        <li>
            <a href=format!("/deploys/{}", deploy.id)>{deploy_label(deploy)}</a>
            {format!(
                " is under way, requested {} on {}. {}. {end}.",
                requested_by_text(deploy),
                date_and_time(deploy.requested_at),
                status_text(deploy),
            )}
        </li>
    }
}

fn freeze_items(frozen: &Frozen) -> impl IntoView + use<> {
    let each = |hold| view! { <li>"Frozen: " {freeze_text(hold)}</li> };
    let holds = frozen.holds.iter().map(each).collect_view();
    view! {
        {holds}
        <li>
            "It can be lifted under " <a href="/freezes">"Freezes"</a>
            ", or overridden with a reason."
        </li>
    }
}

fn github_item(trouble: &GitHubOutage) -> impl IntoView + use<> {
    let since = date_and_time(trouble.since);
    let until = trouble.until.map(|at| format!(" It asked to wait until {}.", date_and_time(at)));
    view! {
        <li>
            {format!("Trouble with GitHub since {since}. The last try: {}.", printable(&trouble.what))} {until}
            " What is asked for now is recorded, and waits until GitHub answers. Only GitHub can clear that."
        </li>
    }
}

/// All of them in full.
#[component]
pub fn BlockerList(
    /// What is in the way; at least one.
    list: Vec<Blocker>,
) -> impl IntoView {
    let all = list.into_iter().map(Blocker::full).collect_view();
    view! { <ul class="cell__blockers" role="list" aria-label="What is in the way">{all}</ul> }
}

/// The first of them in few words; opened, all of them in full.
#[component]
pub fn Blockers(
    /// The id of the few words.
    id: String,
    /// What is in the way; at least one.
    list: Vec<Blocker>,
) -> impl IntoView {
    let is_late = list.iter().any(|blocker| !matches!(blocker, Blocker::UnderWay(_)));
    // Only the last of them ends as a sentence.
    let short = list.iter().map(Blocker::short).collect::<Vec<_>>().join(" · ").replace(". · ", " · ");
    let all = list.into_iter().map(Blocker::full).collect_view();
    view! {
        <details class="why" class:why--late=is_late>
            <summary class="why__short"><span id=id>{short}</span></summary>
            <ul class="why__all" role="list">{all}</ul>
        </details>
    }
    .into_any()
}
