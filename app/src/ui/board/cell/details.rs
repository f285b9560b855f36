//! What is folded away in a cell: everything that is known of the environment, in full.

use leptos::{either::EitherOf3, prelude::*};

use crate::{
    api::{BoardEnvironment, Outcome, VersionCheck},
    domain::{Claim, ClaimOrigin, Deploy, Status, StoredStatus},
    text::{deploy::deploy_label, outcome::outcome_text, printable::printable},
    ui::{
        board::blockers::{Blocker, BlockerList},
        deploy_form::target::DeployTarget,
        kit::{requester::requester_text, status::StatusBadge, stepper::StepRow, time::At},
        protection::note::GateNote,
        versions::{CommitLineOf, VersionNote},
    },
};

#[component]
pub fn CellDetails(
    target: DeployTarget,
    environment: BoardEnvironment,
    in_the_way: Vec<Blocker>,
) -> impl IntoView {
    let outcome = environment.outcome();
    let latest = latest(&environment, outcome.as_ref());
    let claim = environment.claim.clone().map(claim_note);
    let gate = environment.gate.clone().map(|request| view! { <GateNote request /> });
    let blockers = (!in_the_way.is_empty()).then(|| view! { <BlockerList list=in_the_way /> });
    view! {
        <div class="cell__details">
            {latest}
            {live(environment, &target, outcome.is_some_and(|outcome| outcome.is_in_doubt()))}
            {blockers}
            {gate}
            {claim}
        </div>
    }
}

fn live(environment: BoardEnvironment, target: &DeployTarget, is_in_doubt: bool) -> impl IntoView + use<> {
    let BoardEnvironment { last_success, version, under_way, .. } = environment;
    // Where nothing is live there is nothing that could answer.
    let is_comparable =
        |check: &VersionCheck| last_success.is_some() || matches!(check, VersionCheck::Answers { .. });
    let version = version.filter(is_comparable);
    let versions = format!("/versions/{}/{}", target.app, target.environment);
    let label = format!("Versions of {} in {}", target.app, target.environment);
    let versions = view! { <a class="cell__versions" href=versions aria-label=label>"Versions"</a> };
    let line = match last_success {
        None => view! { <p>"Nothing is live, as far as is recorded. " {versions}</p> }.into_any(),
        Some(deploy) => view! {
            <p>
                <span class="cell__label">{if is_in_doubt { "Last good" } else { "Live" }}</span> " "
                <a class="ref" href=format!("/deploys/{}", deploy.id)>{deploy_label(&deploy)}</a>
            </p>
            <CommitLineOf deploy=deploy.clone() />
            <p class="quiet">
                "since " <At at=deploy.finished_at.unwrap_or(deploy.updated_at) dated=true />
                " · " {requester_text(&deploy)} " · " {versions}
            </p>
        }
        .into_any(),
    };
    view! { <div>{line} <VersionNote check=version under_way=under_way.is_some() untimed=true /></div> }
}

/// What is under way; else the last outcome, where it is not what is live.
fn latest(environment: &BoardEnvironment, outcome: Option<&Outcome>) -> impl IntoView + use<> {
    if let Some(deploy) = environment.under_way.clone() {
        return EitherOf3::A(view! {
            <div>
                <p><StatusBadge deploy=deploy.clone() /></p>
                <StepRow deploy=deploy.clone() />
                {deploy_line(&deploy)}
            </div>
        });
    }
    match environment.last_ended.as_ref().filter(|deploy| !is_success(deploy)) {
        Some(deploy) => EitherOf3::B(view! {
            <div>
                <p><StatusBadge deploy=deploy.clone() /></p>
                {deploy_line(deploy)}
                {outcome.and_then(|outcome| outcome_text(deploy, outcome)).map(|text| view! { <p>{text}</p> })}
                {deploy.run_that_may_go_on().map(|run| cancel_link(deploy, run))}
            </div>
        }),
        None => EitherOf3::C(()),
    }
}

/// Leads to where its run can be cancelled.
fn cancel_link(deploy: &Deploy, run: i64) -> impl IntoView + use<> {
    view! { <p><a href=format!("/deploys/{}", deploy.id)>{format!("Cancel run {run}…")}</a></p> }
}

fn deploy_line(deploy: &Deploy) -> impl IntoView + use<> {
    view! {
        <p class="quiet">
            <a class="ref" href=format!("/deploys/{}", deploy.id)>{deploy_label(deploy)}</a>
            " · " {requester_text(deploy)} " · " <At at=deploy.updated_at dated=true />
        </p>
        <CommitLineOf deploy=deploy.clone() />
    }
}

/// A run that claims a deploy, and why that is not believed.
fn claim_note(claim: Claim) -> impl IntoView {
    let who = format!("A run by {} on GitHub", printable(&claim.by));
    let claims = if claim.has_ended { " claims to have deployed " } else { " claims to deploy " };
    view! {
        <p class="cell__claim" role="note">
            <a href=claim.run_url>{who}</a>
            {claims}
            <code>{printable(&claim.git_ref)}</code>
            "; its workflow is not ours (" {claim_origin(&claim.origin)} "). "
            <At at=claim.at dated=true />
        </p>
    }
    .into_any()
}

fn claim_origin(origin: &ClaimOrigin) -> String {
    match origin {
        ClaimOrigin::Fork(repo) => format!("of the fork {}", printable(repo)),
        ClaimOrigin::UnknownRepository => "of a repository that is gone".to_owned(),
        ClaimOrigin::Ref(git_ref) => format!("on {}", printable(git_ref)),
        ClaimOrigin::UnknownRef => "on no branch that GitHub names".to_owned(),
        ClaimOrigin::Event(event) => format!("started by {}", printable(&event.replace('_', " "))),
    }
}

fn is_success(deploy: &Deploy) -> bool {
    deploy.status == StoredStatus::Known(Status::Succeeded)
}
