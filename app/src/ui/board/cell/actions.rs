//! The buttons of a cell. Deploy is quiet until its cell is pointed at or reached by the keyboard; what is pressing stays
//! in sight.

use leptos::prelude::*;

use crate::{
    api::BoardEnvironment,
    domain::Deploy,
    text::outcome::name_label,
    ui::{deploy_form::target::DeployTarget, kit::may_not::MayNot},
};

/// The one step that is pressing: the way back, or the review.
#[component]
pub fn NextStep(environment: BoardEnvironment) -> impl IntoView {
    if environment.awaits_caller {
        let href = environment.under_way.as_ref().map(|deploy| format!("/deploys/{}", deploy.id));
        return href.map(|href| view! { <a class="button button--row" href=href>"Review"</a> }.into_any());
    }
    way_back(&environment).filter(|_| environment.under_way.is_none())
}

/// The way back to what was healthy, where something else may be serving.
fn way_back(environment: &BoardEnvironment) -> Option<AnyView> {
    let outcome = environment.outcome()?;
    let good = outcome.way_back().filter(|_| environment.denied.is_none())?;
    let href = format!("/deploys/{}/to/{}", good.id, environment.name);
    let name = format!("Roll back to {}…", name_label(good));
    let title = name.clone();
    Some(
        view! { <a class="button button--row button--danger" href=href aria-label=name title=title>"Roll back…"</a> }
            .into_any(),
    )
}

/// Deploy, and Watch while one is under way.
#[component]
pub fn CellActions(target: DeployTarget, environment: BoardEnvironment, is_blocked: bool) -> impl IntoView {
    let blockers_id = is_blocked.then(|| format!("why-{}-{}", target.app, target.environment));
    let deploy = match environment.denied {
        Some(reason) => deploy_denied(&target, reason).into_any(),
        None => deploy_button(&target, environment.under_way.is_some(), blockers_id).into_any(),
    };
    let watch = environment.under_way.as_ref().map(|deploy| watch_button(&target, deploy));
    view! { <span class="cell__actions">{deploy} {watch}</span> }
}

/// The id of the button that opens the form.
#[must_use]
pub fn form_button_id(app: &str, environment: &str) -> String {
    format!("open-{app}-{environment}")
}

/// A form of its own, so that it works without scripts. Deploy always stays in place, so that the focus can return to
/// it.
fn deploy_button(
    target: &DeployTarget,
    is_under_way: bool,
    blockers_id: Option<String>,
) -> impl IntoView + use<> {
    let DeployTarget { app, environment, default_ref, asks_for_name, inputs } = target.clone();
    let asks_for_name = asks_for_name.then_some("");
    view! {
        <form method="get" action=target.address()>
            <button
                type="submit"
                class="button button--row"
                id=form_button_id(&app, &environment)
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
                "Deploy…"
            </button>
        </form>
    }
}

/// In its place, for those who may not.
fn deploy_denied(target: &DeployTarget, reason: String) -> impl IntoView + use<> {
    let DeployTarget { app, environment, .. } = target;
    let name = format!("Deploy {app} to {environment}");
    view! { <MayNot id=format!("may-not-{app}-{environment}") label="Deploy…" name reason brief=true small=true /> }
}

fn watch_button(target: &DeployTarget, deploy: &Deploy) -> impl IntoView + use<> {
    let DeployTarget { app, environment, default_ref, .. } = target.clone();
    view! {
        <form method="get" action=format!("/deploys/{}", deploy.id)>
            <button
                type="submit"
                class="button button--row"
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
