//! Before a commit is deployed again: what is live, what would change, and the button. A plain form: it works without
//! scripts, and its idempotency key makes one deploy of any number of clicks.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::NotFound;
use crate::{
    api::{Changes, ErrorCode, RedeployKind, RedeployPlan, UiError, versions::read_redeploy_plan},
    domain::DeployId,
    request::{query::use_query, rehearsal::use_rehearsal, response},
    text::printable::printable,
    ui::{
        approvals::asked::ApprovalsAsked,
        deploy_form::{
            changes::ChangeList,
            form_field::FormField,
            input_fields::{InputFields, InputState},
        },
        freezes::notes::FrozenNow,
        kit::{
            error_note::{ErrorNote, FormErrorNote},
            field::{ConfirmNameField, OverrideField, ScenarioField, TextField},
            may_not::MayNot,
        },
        layout::page_title::PageTitle,
        versions::DeployLine,
    },
};

/// The page. An address that names no deploy or no environment leads nowhere.
#[component]
pub fn RedeployPage() -> impl IntoView {
    let params = use_params_map();
    let asked = Memo::new(move |_| {
        params.with(|params| Some((params.get("id")?.parse::<DeployId>().ok()?, params.get("environment")?)))
    });
    let plan = Resource::new_blocking(
        move || asked.get(),
        async |asked| match asked {
            Some((id, environment)) => read_redeploy_plan(id, environment).await.map(Some),
            None => Ok(None),
        },
    );
    let content = move || {
        Suspend::new(async move {
            match plan.await {
                Ok(Some(plan)) => view! { <RedeployContent plan /> }.into_any(),
                Ok(None) => view! { <NotFound /> }.into_any(),
                Err(UiError::Problem(problem)) if leads_nowhere(problem.code) => {
                    view! { <NotFound /> }.into_any()
                }
                Err(error) => {
                    response::set_status_of(&error);
                    view! { <PageTitle text="Deploy again" /> <ErrorNote error /> }.into_any()
                }
            }
        })
    };
    view! { <Suspense fallback=|| view! { <p class="quiet">"Reading the deploy…"</p> }>{content}</Suspense> }
        .into_any()
}

fn leads_nowhere(code: ErrorCode) -> bool {
    [ErrorCode::UnknownDeploy, ErrorCode::UnknownEnvironment].contains(&code)
}

#[component]
fn RedeployContent(plan: RedeployPlan) -> impl IntoView {
    let posted = use_query().get("problem");
    let environment = plan.redeploy.environment.clone();
    let (title, press) = match plan.redeploy.kind {
        RedeployKind::Rollback => (format!("Roll back {} in {environment}", plan.of.app), "Roll back"),
        RedeployKind::Promotion if plan.redeploy.is_backwards => {
            (format!("Deploy {} to {environment}, as in {}", plan.of.app, plan.of.environment), "Deploy")
        }
        RedeployKind::Promotion => (format!("Promote {} to {environment}", plan.of.app), "Promote"),
    };
    let under_way = plan.under_way.map(|id| {
        view! {
            <div class="note note--late">
                <p class="note__title">"Another deploy is under way here."</p>
                <p>"One at a time: this one can be asked for when it has ended."</p>
                <p><a href=format!("/deploys/{id}")>"Open that deploy"</a></p>
            </div>
        }
    });
    let live = match &plan.live {
        Some(deploy) => view! { <DeployLine deploy=deploy.clone() /> }.into_any(),
        None => view! { <span class="quiet">"nothing that is recorded"</span> }.into_any(),
    };
    let from =
        (plan.of.environment != environment).then(|| format!(" · in {}", printable(&plan.of.environment)));
    view! {
        <PageTitle text=title.clone() />
        <div class="page-head"><h1>{title}</h1></div>
        <FormErrorNote problem=posted />
        {under_way}
        {takes_back(&plan)}
        <dl class="facts">
            <div><dt>"Live now"</dt><dd>{live}</dd></div>
            <div><dt>"After"</dt><dd><DeployLine deploy=plan.of.clone() />{from}</dd></div>
            <div><dt>"Commit"</dt><dd class="code">{plan.commit.to_string()}</dd></div>
        </dl>
        <ApprovalsAsked needed=plan.approvals />
        <ChangeList changes=plan.changes.clone() />
        <RedeployForm plan press />
    }
    .into_any()
}

/// A roll-back is meant to take commits back. Anything else that does says so before it is asked for.
fn takes_back(plan: &RedeployPlan) -> Option<impl IntoView + use<>> {
    let count = match (&plan.changes, plan.redeploy.kind) {
        (Changes::Known { takes_back, .. }, RedeployKind::Promotion) => takes_back.total,
        (Changes::Known { .. }, RedeployKind::Rollback) | (Changes::Unknown { .. }, _) => 0,
    };
    let environment = plan.redeploy.environment.clone();
    let commits =
        if count == 1 { "1 commit that is".to_owned() } else { format!("{count} commits that are") };
    (count > 0).then(|| {
        view! {
            <div class="note note--late">
                <p class="note__title">{format!("This takes back {commits} live in {environment}.")}</p>
            </div>
        }
    })
}

#[component]
fn RedeployForm(plan: RedeployPlan, press: &'static str) -> impl IntoView {
    let query = use_query();
    let typed = |name: &str| query.get(name).unwrap_or_default();
    let is_refused = query.get("problem").is_some();
    let input_state = InputState::of_page(&plan.inputs, &query, &plan.repeated, is_refused);
    let problem = |field: FormField| field.problem_on_page(&query, &plan.redeploy.environment);
    let overrides = plan.frozen.is_some() && !plan.passes_freezes && plan.override_denied.is_none();
    let override_denied = plan.override_denied.clone();
    let freeze = plan.frozen.clone().map(|frozen| {
        view! { <FrozenNow frozen passes=plan.passes_freezes override_denied /> }
    });
    let override_field = overrides.then(|| {
        let (value, problem) = (typed("override_freeze"), problem(FormField::Override));
        view! { <OverrideField id="redeploy-override" value problem /> }
    });
    let name = plan.asks_for_name.then(|| {
        let (environment, problem) = (plan.redeploy.environment.clone(), problem(FormField::Name));
        view! { <ConfirmNameField id="redeploy-name" environment problem /> }
    });
    let reason_problem = problem(FormField::Reason);
    let submit = match plan.redeploy.denied {
        Some(reason) => view! { <MayNot id="may-not-deploy" label=press reason /> }.into_any(),
        None => view! { <button type="submit" class="button button--primary">{press}</button> }.into_any(),
    };
    let action = format!("/deploys/{}/to/{}", plan.of.id, plan.redeploy.environment);
    view! {
        <form class="panel form" method="post" action=action aria-label=press>
            <input type="hidden" name="key" value=plan.key />
            {freeze}
            <InputFields id="redeploy" specs=plan.inputs state=input_state />
            <TextField
                id="redeploy-reason"
                name="reason"
                label="Reason"
                hint="Optional. Recorded in the audit log."
                value=typed("reason")
                required=false
                problem=reason_problem
            />
            {override_field}
            {name}
            {use_rehearsal().then(|| view! { <ScenarioField id="redeploy-scenario" chosen=query.get("scenario") /> })}
            <div class="form__actions">
                <a class="button button--plain" href="/">"Back to the board"</a>
                {submit}
            </div>
        </form>
    }
}
