//! After a deploy that did not succeed: what runs now, as far as that is known, and the one thing to do next. Links alone:
//! each leads to a page that says what it would do. But for a run that may still go on: it is cancelled from here.

use leptos::{either::Either, prelude::*};
use leptos_router::location::Url;

use super::cancel_run::CancelRun;
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
    /// Whether the way on is offered elsewhere: in the dialog, where its other buttons are.
    #[prop(optional)]
    without_actions: bool,
) -> impl IntoView {
    let text = shown_text(signals);
    let is_shown = Memo::new(move |_| text.with(Option::is_some));
    let aftermath =
        Memo::new(move |_| signals.outcome.with(|outcome| outcome.as_ref().map(|it| it.aftermath)));
    let newer = move || {
        let newer = signals.outcome.with(|outcome| outcome.as_ref()?.newer.clone())?;
        let href = format!("/deploys/{}", newer.id);
        Some(
            view! { <p>"A newer deploy was requested since: " <a href=href>{name_label(&newer)}</a> "."</p> },
        )
    };
    move || {
        is_shown.get().then(|| {
            view! {
                <div
                    class="outcome"
                    class:outcome--live=move || aftermath.get() == Some(Aftermath::Live)
                    class:outcome--untouched=move || aftermath.get() == Some(Aftermath::Untouched)
                >
                    <p>{move || text.get()}</p>
                    {newer}
                    {(!without_actions).then(|| view! { <OutcomeActions signals /> })}
                </div>
            }
        })
    }
}

/// What is said of it; nothing while it is under way.
fn shown_text(signals: DeploySignals) -> Memo<Option<String>> {
    Memo::new(move |_| {
        signals.outcome.with(|outcome| signals.deploy.with(|deploy| outcome_text(deploy, outcome.as_ref()?)))
    })
}

/// The one thing to do next, once it has ended.
#[component]
pub fn OutcomeActions(signals: DeploySignals) -> impl IntoView {
    let text = shown_text(signals);
    let is_shown = Memo::new(move |_| text.with(Option::is_some));
    move || {
        is_shown.get().then(|| {
            view! {
                <div role="group" aria-label="What to do next" class="outcome__actions">
                    <CancelRunOrWhyNot signals />
                    <WayOn signals />
                </div>
            }
            .into_any()
        })
    }
}

/// The form to cancel its run stays folded open while what else is known changes.
#[component]
fn CancelRunOrWhyNot(signals: DeploySignals) -> impl IntoView {
    let run = Memo::new(move |_| {
        let with_asked =
            |deploy: &Deploy| Some((deploy.run_that_may_go_on()?, deploy.cancellation_after_end().is_some()));
        let has_reported =
            signals.outcome.with(|outcome| outcome.as_ref().is_some_and(|it| it.run_reported_end));
        signals.deploy.with(with_asked).filter(|_| !has_reported)
    });
    move || {
        let (run, was_asked) = run.get()?;
        Some(match signals.denied.get() {
            Some(reason) => {
                let label = format!("Cancel run {run}…");
                Either::Left(view! { <MayNot id="may-not-cancel-run" label reason brief=true /> })
            }
            None => Either::Right(view! { <CancelRun signals run was_asked /> }),
        })
    }
}

/// The ways on, where nothing was deployed since; for those who may not, the first of them and why.
#[component]
fn WayOn(signals: DeploySignals) -> impl IntoView {
    move || {
        let outcome = signals.outcome.get().filter(|outcome| outcome.newer.is_none())?;
        Some(match signals.denied.get() {
            Some(reason) => {
                Either::Left(view! { <MayNot id="may-not-go-on" label="Deploy again…" reason brief=true /> })
            }
            None => Either::Right(signals.deploy.with(|deploy| actions(deploy, &outcome))),
        })
    }
}

/// Back to what was healthy, where something else may be serving; else the same again. The first of them stands out, unless
/// a run is to be cancelled before, or nothing was changed, or the environment has answered with it since.
fn actions(deploy: &Deploy, outcome: &Outcome) -> impl IntoView + use<> {
    if let Some(next) = outcome.promote_to.as_ref() {
        let href = format!("/deploys/{}/to/{}", deploy.id, Url::escape(next));
        let words = format!("Promote to {next}…");
        return Either::Left(view! { <a class="button button--primary" href=href>{words}</a> });
    }
    let again = again_address(deploy);
    let was_frozen = matches!(deploy.freeze, Some(FreezeVerdict::Frozen(_)));
    let label = if was_frozen { "Override the freeze…" } else { "Deploy again…" };
    let way_back = outcome.way_back();
    let is_pressing = deploy.run_that_may_go_on().is_none()
        && outcome.aftermath != Aftermath::Untouched
        && !outcome.answers_last_good_since(deploy.finished_at);
    let first = if is_pressing { "button button--primary" } else { "button" };
    let class = if outcome.last_good.is_some() { "button" } else { first };
    let back = way_back.map(|good| {
        let href = format!("/deploys/{}/to/{}", good.id, Url::escape(&deploy.environment));
        view! { <a class=first href=href>{format!("Roll back to {}…", name_label(good))}</a> }
    });
    // Which version to go back to, where that of the last good one is not known.
    let choose = (way_back.is_none() && outcome.is_in_doubt() && outcome.last_good.is_some()).then(|| {
        let href = format!("/versions/{}/{}", Url::escape(&deploy.app), Url::escape(&deploy.environment));
        view! { <a class="button" href=href>"Choose a version…"</a> }
    });
    Either::Right(view! { {back} {choose} <a class=class href=again>{label}</a> })
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
