//! After a deploy that did not succeed: what runs now, as far as that is known, and the one thing to do next. Links alone:
//! each leads to a page that says what it would do.

use leptos::{
    either::{Either, EitherOf3},
    prelude::*,
};
use leptos_router::location::Url;

use crate::{
    api::Outcome,
    domain::{Aftermath, Deploy, FreezeVerdict},
    live::use_deploy::DeploySignals,
    text::outcome::{name_label, outcome_text},
    ui::{deploy_form::input_fields::PREFIX, kit::may_not::MayNot},
};

/// What it left behind; nothing while it is under way, or after a success.
#[component]
pub fn OutcomePanel(
    /// The deploy, and how fresh it is.
    signals: DeploySignals,
) -> impl IntoView {
    move || {
        let outcome = signals.outcome.get()?;
        let denied = signals.denied.get();
        signals.deploy.with(|deploy| panel(deploy, &outcome, denied))
    }
}

fn panel(deploy: &Deploy, outcome: &Outcome, denied: Option<String>) -> Option<impl IntoView + use<>> {
    let text = outcome_text(deploy, outcome)?;
    let is_live = outcome.aftermath == Aftermath::Live;
    let newer = outcome.newer.as_ref().map(|newer| {
        let href = format!("/deploys/{}", newer.id);
        view! { <p>"Since then: " <a href=href>{name_label(newer)}</a> "."</p> }
    });
    let actions = match (denied, outcome.newer.is_some()) {
        (_, true) => EitherOf3::A(()),
        (Some(reason), false) => {
            EitherOf3::B(view! { <MayNot id="may-not-go-on" label="Deploy again…" reason brief=true /> })
        }
        (None, false) => EitherOf3::C(actions(deploy, outcome)),
    };
    Some(view! {
        <div class="outcome" class:outcome--live=is_live role="group" aria-label="What to do next">
            <p>{text}</p>
            {newer}
            <div class="outcome__actions">{actions}</div>
        </div>
    })
}

/// Back to what was healthy, where something else may be serving; else the same again.
fn actions(deploy: &Deploy, outcome: &Outcome) -> impl IntoView + use<> {
    if let Some(next) = outcome.promote_to.as_ref() {
        let href = format!("/deploys/{}/to/{}", deploy.id, Url::escape(next));
        let words = format!("Promote to {next}…");
        return Either::Left(view! { <a class="button button--primary" href=href>{words}</a> });
    }
    let again = again_address(deploy);
    let was_frozen = matches!(deploy.freeze, Some(FreezeVerdict::Frozen(_)));
    let label = if was_frozen { "Override the freeze…" } else { "Deploy again…" };
    let back = outcome.way_back().map(|good| {
        let href = format!("/deploys/{}/to/{}", good.id, Url::escape(&deploy.environment));
        view! { <a class="button button--primary" href=href>{format!("Roll back to {}…", name_label(good))}</a> }
    });
    let class = if back.is_some() { "button" } else { "button button--primary" };
    Either::Right(view! { {back} <a class=class href=again>{label}</a> })
}

/// The form with the same ref and the same inputs in it.
fn again_address(deploy: &Deploy) -> String {
    let [app, environment, git_ref] =
        [&deploy.app, &deploy.environment, &deploy.git_ref].map(|text| Url::escape(text));
    let input =
        |(name, value): (&str, &str)| format!("&{PREFIX}{}={}", Url::escape(name), Url::escape(value));
    let inputs: String = deploy.inputs.iter().map(input).collect();
    format!("/deploy/{app}/{environment}?ref={git_ref}{inputs}")
}
