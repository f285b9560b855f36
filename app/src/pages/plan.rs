//! Before a ref is deployed: what is live, what would change, what is in the way, and the button. A plain form: it works
//! without scripts, and its idempotency key makes one deploy of any number of clicks. The dialog of the board shows parts of it.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::NotFound;
use crate::{
    api::{BoardEnvironment, DeployPlan, ErrorCode, UiError, dispatch::read_deploy_plan},
    domain::InputValues,
    request::{query::use_query, rehearsal::use_rehearsal, response},
    ui::{
        deploy_form::{
            changes::ChangeList,
            form_field::FormField,
            in_the_way::InTheWay,
            input_fields::{InputFields, InputState},
        },
        kit::{
            error_note::{ErrorNote, FormErrorNote},
            field::{ConfirmNameField, OverrideField, ScenarioField, TextField},
            may_not::MayNot,
        },
        layout::page_title::PageTitle,
        versions::DeployLine,
    },
};

/// The list of refs, by its id.
const REFS: &str = "plan-refs";

/// The page. An address that names no environment leads nowhere.
#[component]
pub fn PlanPage() -> impl IntoView {
    let params = use_params_map();
    let git_ref = use_query().field("ref");
    let asked = Memo::new(move |_| {
        let git_ref = git_ref.clone();
        params.with(|params| {
            (params.get("app").unwrap_or_default(), params.get("environment").unwrap_or_default(), git_ref)
        })
    });
    let plan = Resource::new_blocking(
        move || asked.get(),
        async |(app, environment, git_ref)| read_deploy_plan(app, environment, git_ref).await,
    );
    let content = move || {
        Suspend::new(async move {
            match plan.await {
                Ok(plan) => view! { <PlanContent plan /> }.into_any(),
                Err(UiError::Problem(problem)) if problem.code == ErrorCode::UnknownEnvironment => {
                    view! { <NotFound /> }.into_any()
                }
                Err(error) => {
                    response::set_status_of(&error);
                    view! { <PageTitle text="Deploy" /> <ErrorNote error /> }.into_any()
                }
            }
        })
    };
    view! { <Suspense fallback=|| view! { <p class="quiet">"Reading what is there…"</p> }>{content}</Suspense> }
        .into_any()
}

#[component]
fn PlanContent(plan: DeployPlan) -> impl IntoView {
    let posted = use_query().get("problem");
    let title = format!("Deploy {} to {}", plan.app, plan.environment.name);
    let live = live(&plan.environment);
    let (changes, git_ref) = (plan.changes.clone(), plan.git_ref.clone());
    view! {
        <PageTitle text=title.clone() />
        <div class="page-head"><h1>{title}</h1></div>
        <FormErrorNote problem=posted />
        <InTheWay plan=plan.clone() />
        <dl class="facts"><div><dt>"Live now"</dt><dd>{live}</dd></div></dl>
        <PlanForm plan />
        <div class="part" data-part="changes"><ChangeList changes git_ref /></div>
    }
    .into_any()
}

fn live(environment: &BoardEnvironment) -> AnyView {
    match &environment.last_success {
        None => view! { <span class="quiet">"nothing that is recorded"</span> }.into_any(),
        Some(deploy) => view! { <DeployLine deploy=deploy.clone() /> }.into_any(),
    }
}

#[component]
fn PlanForm(plan: DeployPlan) -> impl IntoView {
    let query = use_query();
    let typed = |name: &str| query.get(name).unwrap_or_default();
    let DeployPlan { app, environment, git_ref, refs, inputs, key, override_denied, .. } = plan;
    let problem = |field: FormField| field.problem_on_page(&query, &environment.name);
    let is_refused = query.get("problem").is_some();
    let input_state = InputState::of_page(&inputs, &query, &InputValues::default(), is_refused);
    let action = format!("/deploy/{app}/{}", environment.name);
    let preview = action.clone();
    let refs = refs.into_iter().map(|git_ref| view! { <option value=git_ref></option> }).collect_view();
    let overrides = environment.frozen.is_some() && override_denied.is_none();
    let override_field = overrides.then(|| {
        let (value, problem) = (typed("override_freeze"), problem(FormField::Override));
        view! { <OverrideField id="plan-override" value problem /> }
    });
    let press = if overrides { "Override and deploy" } else { "Deploy" };
    let name = environment.asks_for_name.then(|| {
        let problem = problem(FormField::Name);
        view! { <ConfirmNameField id="plan-name" environment=environment.name.clone() problem /> }
    });
    let (ref_problem, reason_problem) = (problem(FormField::Ref), problem(FormField::Reason));
    let submit = match environment.denied {
        Some(reason) => view! { <MayNot id="may-not-deploy" label="Deploy" reason /> }.into_any(),
        None => view! { <button type="submit" class="button button--primary">{press}</button> }.into_any(),
    };
    view! {
        <form class="panel form" method="post" action=action aria-label="Deploy">
            <input type="hidden" name="key" value=key />
            <div class="part" data-part="refs"><datalist id=REFS>{refs}</datalist></div>
            <TextField
                id="plan-ref"
                name="ref"
                label="Git ref"
                hint="A branch, a tag or a commit."
                value=query.get("ref").unwrap_or(git_ref)
                required=true
                list=REFS
                problem=ref_problem
            />
            <InputFields id="plan" specs=inputs state=input_state />
            <TextField
                id="plan-reason"
                name="reason"
                label="Reason"
                hint="Optional. Recorded in the audit log."
                value=typed("reason")
                required=false
                problem=reason_problem
            />
            {override_field}
            {name}
            {use_rehearsal().then(|| view! { <ScenarioField id="plan-scenario" chosen=query.get("scenario") /> })}
            <div class="form__actions">
                <a class="button button--plain" href="/">"Back to the board"</a>
                <button
                    type="submit"
                    class="button"
                    formmethod="get"
                    formaction=preview
                    formnovalidate=true
                >
                    "Show what changes"
                </button>
                {submit}
            </div>
        </form>
    }
    .into_any()
}
