//! One environment of one app: what is so there in one line, the buttons, and the rest folded away.

pub mod actions;
pub mod details;
pub mod state;

use leptos::prelude::*;

use self::{
    actions::{CellActions, NextStep},
    details::CellDetails,
    state::CellState,
};
use super::blockers::{Blocker, blockers};
use crate::{
    api::{BoardEnvironment, Upstream},
    domain::{Commit, Deploy, GitHubOutage, InputSpec},
    text::{deploy::ref_text, printable::printable},
    ui::{
        deploy_form::target::{DeployTarget, write_inputs},
        kit::{
            icon::{Icon, IconImage},
            stepper::StepBars,
            time::Ago,
        },
    },
};

#[component]
pub fn BoardCell(
    app: String,
    /// The ref that the form offers.
    default_ref: String,
    /// The inputs that the form asks for.
    #[prop(optional)]
    inputs: Vec<InputSpec>,
    /// What is known of the environment.
    environment: BoardEnvironment,
    /// Why GitHub cannot be asked, if it cannot.
    github: Option<GitHubOutage>,
) -> impl IntoView {
    let target = DeployTarget {
        app,
        environment: environment.name.clone(),
        default_ref,
        asks_for_name: environment.asks_for_name,
        inputs: write_inputs(&inputs),
    };
    let in_the_way = blockers(&environment, github.as_ref());
    let short = (!in_the_way.is_empty()).then(|| {
        let short = in_the_way.iter().map(Blocker::short).collect::<Vec<_>>().join(" · ");
        let id = format!("why-{}-{}", target.app, target.environment);
        view! { <span class="visually-hidden" id=id>{short}</span> }
    });
    let state = CellState::of(&environment);
    let (tone, id) = (state.tone(), format!("cell-{}-{}", target.app, target.environment));
    // Another state is another line: nothing of the one before moves over into it.
    let line_id = format!("{tone}-{}-{}", target.app, target.environment);
    let line = cell_line(&state, &environment);
    let more = format!("More about {} in {}", target.app, target.environment);
    view! {
        <td class="cell" id=id data-tone=tone>
            <div class="cell__line" id=line_id>{line}</div>
            <CellActions target=target.clone() environment=environment.clone() is_blocked=short.is_some() />
            <details class="cell__more">
                <summary class="cell__open" aria-label=more title="More"><IconImage icon=Icon::Down /></summary>
                <CellDetails target environment in_the_way />
            </details>
            {short}
        </td>
    }
    .into_any()
}

/// What is so, of which ref and commit, and since when.
fn cell_line(state: &CellState<'_>, environment: &BoardEnvironment) -> impl IntoView + use<> {
    let deploy = state.deploy();
    let steps = state.is_moving().then(|| deploy.map(|deploy| view! { <StepBars deploy=deploy.clone() /> }));
    let words = state.words(environment);
    let title = words.clone();
    let age = state.since().map(|at| view! { <span class="cell__age"><Ago at /></span> });
    view! {
        <span class="cell__environment">{environment.name.clone()}</span>
        <IconImage icon=state.icon() />
        <span class="visually-hidden">{state.label()}</span>
        {deploy.map(|deploy| deploy_name(deploy, !state.is_moving()))}
        {steps}
        <span class="cell__words" title=title>{words}</span>
        {state.is_settled().then(|| promote(environment))}
        <NextStep environment=environment.clone() />
        {age}
    }
}

/// Its ref, as the way to its page, and its commit, where that says more.
fn deploy_name(deploy: &Deploy, with_commit: bool) -> impl IntoView + use<> {
    let git_ref = ref_text(&deploy.git_ref, deploy.commit.as_ref());
    let says_more = |commit: &&Commit| with_commit && !commit.is_named_by(&deploy.git_ref);
    let commit = deploy.commit.as_ref().filter(says_more);
    let commit = commit.map(|commit| view! { <code class="cell__commit">{commit.short().to_owned()}</code> });
    let title = printable(&deploy.git_ref);
    view! { <a class="ref cell__ref" href=format!("/deploys/{}", deploy.id) title=title>{git_ref}</a> {commit} }
}

/// How far the environment before it is ahead, and the way to promote that.
fn promote(environment: &BoardEnvironment) -> impl IntoView + use<> {
    let upstream = environment.upstream.as_ref()?;
    let (arrow, words) = upstream_text(upstream);
    let takes_back = upstream.distance.is_some_and(|distance| distance.behind > 0);
    let href = format!("/deploys/{}/to/{}", upstream.deploy_id, environment.name);
    let link = if environment.denied.is_some() || environment.under_way.is_some() {
        view! { <span class="ahead" class:ahead--back=takes_back title=words>{arrow}</span> }.into_any()
    } else {
        let name = format!("Promote to {}: {words}", environment.name);
        view! { <a class="ahead" class:ahead--back=takes_back href=href title=words aria-label=name>{arrow}</a> }.into_any()
    };
    Some(link)
}

/// The arrow with its number, and what it means.
fn upstream_text(upstream: &Upstream) -> (String, String) {
    let name = &upstream.environment;
    let commits = |count: u32| if count == 1 { "1 commit".to_owned() } else { format!("{count} commits") };
    match upstream.distance {
        None => ("↑".to_owned(), format!("{name} has another commit")),
        Some(distance) => match (distance.ahead, distance.behind) {
            (ahead, 0) => (format!("↑ {ahead}"), format!("{name} is {} ahead", commits(ahead))),
            (0, behind) => (
                format!("↓ {behind}"),
                format!("{name} is {} behind: promoting takes them back", commits(behind)),
            ),
            (ahead, behind) => (
                format!("↑ {ahead} ↓ {behind}"),
                format!("{name} is {} ahead and {behind} behind: promoting takes those back", commits(ahead)),
            ),
        },
    }
}
