//! One environment of one app: what is live, what is under way, what is in the way, and the buttons.

use leptos::{either::EitherOf3, prelude::*};

use super::blockers::{Blockers, blockers};
use crate::{
    api::{BoardEnvironment, Outcome, VersionCheck},
    domain::{Claim, ClaimOrigin, Deploy, GitHubOutage, InputSpec, Status, StoredStatus},
    text::{
        deploy::deploy_label,
        outcome::{name_label, outcome_text},
        printable::printable,
    },
    ui::{
        deploy_form::target::{DeployTarget, write_inputs},
        kit::{may_not::MayNot, requester::requester_text, status::StatusBadge, stepper::StepRow, time::At},
        versions::VersionNote,
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
    /// Its column on the board, from 1: the same environment is below itself in every app.
    column: usize,
) -> impl IntoView {
    let target = DeployTarget {
        app,
        environment: environment.name.clone(),
        default_ref,
        asks_for_name: environment.asks_for_name,
        inputs: write_inputs(&inputs),
    };
    let in_the_way = blockers(&environment, github.as_ref());
    let blockers_id = (!in_the_way.is_empty()).then(|| format!("why-{}-{}", target.app, target.environment));
    let is_frozen = environment.frozen.is_some();
    let deploy = match environment.denied.clone() {
        Some(reason) => deploy_denied(&target, reason).into_any(),
        None => {
            let is_under_way = environment.under_way.is_some();
            deploy_button(&target, is_under_way, is_frozen, blockers_id.clone()).into_any()
        }
    };
    let watch = environment.under_way.as_ref().map(|deploy| watch_button(&target, deploy));
    let outcome = outcome(&environment);
    let (latest, claim) = (latest(&environment, outcome.as_ref()), environment.claim.clone());
    let name = environment.name.clone();
    view! {
        <li class="cell" data-column=column.to_string()>
            <div class="cell__head">
                <h3 class="cell__name">{name}</h3>
                <div class="cell__actions">{deploy} {watch}</div>
            </div>
            {blockers_id.map(|id| view! { <Blockers id list=in_the_way /> })}
            {live(environment, &target, outcome.is_some_and(|outcome| outcome.is_in_doubt()))}
            {latest}
            {claim.map(claim_note)}
        </li>
    }
    .into_any()
}

/// What the newest deploy that ended left behind.
fn outcome(environment: &BoardEnvironment) -> Option<Outcome> {
    let BoardEnvironment { last_success, last_ended, version, .. } = environment;
    Outcome::of(last_ended.as_ref()?, last_success.as_ref(), None, version.clone())
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
        None => {
            view! { <p class="cell__line"><span class="quiet">"No successful deploy is recorded"</span> {versions}</p> }
                .into_any()
        }
        Some(deploy) => view! {
            <p class="cell__line">
                <span class="cell__label">{if is_in_doubt { "Last good" } else { "Live" }}</span>
                <a class="ref" href=format!("/deploys/{}", deploy.id)>{deploy_label(&deploy)}</a>
                {versions}
            </p>
            <p class="cell__by">
                "since " <At at=deploy.finished_at.unwrap_or(deploy.updated_at) dated=true />
                " · " {requester_text(&deploy)}
            </p>
        }
        .into_any(),
    };
    view! { <div class="cell__live">{line} <VersionNote check=version under_way=under_way.is_some() /></div> }
}

/// What is under way; else the last outcome, where it is not what is live.
fn latest(environment: &BoardEnvironment, outcome: Option<&Outcome>) -> impl IntoView + use<> {
    if let Some(deploy) = environment.under_way.clone() {
        return EitherOf3::A(view! {
            <div class="cell__latest cell__latest--moving">
                <p class="cell__line">
                    <StatusBadge deploy=deploy.clone() />
                </p>
                <StepRow deploy=deploy.clone() />
                {deploy_line(&deploy)}
            </div>
        });
    }
    match environment.last_ended.as_ref().filter(|deploy| !is_success(deploy)) {
        Some(deploy) => EitherOf3::B(view! {
            <div class="cell__latest">
                <p class="cell__line"><StatusBadge deploy=deploy.clone() /></p>
                {deploy_line(deploy)}
                {outcome.filter(|outcome| outcome.is_in_doubt()).map(|outcome| doubt(environment, deploy, outcome))}
            </div>
        }),
        None => EitherOf3::C(()),
    }
}

/// That something else may be serving, and the way back.
fn doubt(environment: &BoardEnvironment, ended: &Deploy, outcome: &Outcome) -> impl IntoView + use<> {
    let back = outcome.way_back().filter(|_| environment.denied.is_none()).map(|good| {
        let href = format!("/deploys/{}/to/{}", good.id, environment.name);
        let words = format!("Roll back to {}…", name_label(good));
        view! { <a class="button button--small" href=href>{words}</a> }
    });
    view! { <p class="cell__doubt">{outcome_text(ended, outcome)}</p> {back} }
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

fn deploy_line(deploy: &Deploy) -> impl IntoView + use<> {
    view! {
        <p class="cell__by">
            <a class="ref ref--small" href=format!("/deploys/{}", deploy.id)>{deploy_label(deploy)}</a>
            " · " {requester_text(deploy)} " · " <At at=deploy.updated_at dated=true />
        </p>
    }
}

/// A form of its own, so that it works without scripts. Deploy always stays in place, so that the focus can return to
/// it. While deploys are frozen it is not the primary action, and does not look like one.
fn deploy_button(
    target: &DeployTarget,
    is_under_way: bool,
    is_frozen: bool,
    blockers_id: Option<String>,
) -> impl IntoView + use<> {
    let class = if is_frozen { "button button--small" } else { "button button--primary button--small" };
    let DeployTarget { app, environment, default_ref, asks_for_name, inputs } = target.clone();
    let asks_for_name = asks_for_name.then_some("");
    view! {
        <form method="get" action=target.address()>
            <button
                type="submit"
                class=class
                id=format!("open-{app}-{environment}")
                aria-label=format!("Deploy {app} to {environment}")
                aria-describedby=blockers_id
                aria-disabled=is_under_way.then_some("true")
                data-deploy=""
                data-app=app
                data-environment=environment
                data-ref=default_ref
                data-asks-for-name=asks_for_name
                data-inputs=inputs
            >
                "Deploy"
            </button>
        </form>
    }
}

/// In its place, for those who may not.
fn deploy_denied(target: &DeployTarget, reason: String) -> impl IntoView + use<> {
    let DeployTarget { app, environment, .. } = target;
    let name = format!("Deploy {app} to {environment}");
    view! { <MayNot id=format!("may-not-{app}-{environment}") label="Deploy" name reason brief=true small=true /> }
}

fn watch_button(target: &DeployTarget, deploy: &Deploy) -> impl IntoView + use<> {
    let DeployTarget { app, environment, default_ref, .. } = target.clone();
    view! {
        <form method="get" action=format!("/deploys/{}", deploy.id)>
            <button
                type="submit"
                class="button button--small"
                id=format!("watch-{app}-{environment}")
                aria-label=format!("Watch {app} to {environment}")
                data-watch=deploy.id.to_string()
                data-app=app
                data-environment=environment
                data-ref=default_ref
            >
                "Watch"
            </button>
        </form>
    }
}
