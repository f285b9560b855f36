//! Before a commit is deployed again: what is live, what would change, and the button. A plain form: it works without
//! scripts, and its key makes one deploy of however many presses.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::NotFound;
use crate::{
    api::{ErrorCode, RedeployKind, RedeployPlan, Scenario, UiError, functions::read_redeploy_plan},
    components::{
        changes::ChangeList,
        frozen::{hold_in_words, opening_in_words},
        origin::asked_by,
        problem::{ErrorNote, PostedNote},
        text::plain,
        time::At,
        version::what,
    },
    domain::{Deploy, DeployId, Frozen},
    hooks::{rehearsal::use_rehearsal, response},
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
                Ok(Some(plan)) => view! { <Planned plan /> }.into_any(),
                Ok(None) => view! { <NotFound /> }.into_any(),
                Err(UiError::Problem(problem)) if leads_nowhere(problem.code) => {
                    view! { <NotFound /> }.into_any()
                }
                Err(error) => {
                    response::set_status_of(&error);
                    view! { <Title text="Deploy again" /> <ErrorNote error /> }.into_any()
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
fn Planned(plan: RedeployPlan) -> impl IntoView {
    let posted = use_query_map().read_untracked().get("problem");
    let environment = plan.redeploy.environment.clone();
    let (title, press) = match plan.redeploy.kind {
        RedeployKind::Rollback => (format!("Roll back {} in {environment}", plan.of.app), "Roll back"),
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
        Some(deploy) => view! { <Commit deploy=deploy.clone() /> }.into_any(),
        None => view! { <span class="quiet">"nothing that is recorded"</span> }.into_any(),
    };
    let from = (plan.of.environment != environment).then(|| format!(" · in {}", plain(&plan.of.environment)));
    view! {
        <Title text=title.clone() />
        <div class="page-head"><h1>{title}</h1></div>
        <PostedNote problem=posted />
        {under_way}
        <dl class="facts">
            <div><dt>"Live now"</dt><dd>{live}</dd></div>
            <div><dt>"It would be"</dt><dd><Commit deploy=plan.of.clone() />{from}</dd></div>
            <div><dt>"Commit"</dt><dd class="code">{plan.commit.to_string()}</dd></div>
        </dl>
        <ChangeList changes=plan.changes.clone() />
        <PlanForm plan press />
    }
    .into_any()
}

/// A deploy by what it deployed, when, and by whom.
#[component]
fn Commit(deploy: Deploy) -> impl IntoView {
    view! {
        <a class="ref" href=format!("/deploys/{}", deploy.id)>{what(&deploy)}</a>
        " · " <At at=deploy.finished_at.unwrap_or(deploy.updated_at) dated=true />
        " · " {asked_by(&deploy)}
    }
}

#[component]
fn PlanForm(plan: RedeployPlan, press: &'static str) -> impl IntoView {
    let typed = use_query_map().get_untracked();
    let typed = |name: &str| typed.get(name).unwrap_or_default();
    let needs_leave = plan.frozen.is_some() && !plan.passes_freezes;
    let freeze = plan.frozen.map(|frozen| view! { <FreezeNote frozen passes=plan.passes_freezes /> });
    let leave = needs_leave.then(|| {
        view! {
            <Text
                id="redeploy-override"
                name="override_freeze"
                label="Deploy all the same, because"
                hint="Overrides the freeze. It stands in the journal."
                value=typed("override_freeze")
                required=true
            />
        }
    });
    let action = format!("/deploys/{}/to/{}", plan.of.id, plan.redeploy.environment);
    view! {
        <form class="panel form" method="post" action=action aria-label=press>
            <input type="hidden" name="key" value=plan.key />
            {freeze}
            <Text
                id="redeploy-reason"
                name="reason"
                label="Reason"
                hint="Optional. It stands in the journal."
                value=typed("reason")
                required=false
            />
            {leave}
            {use_rehearsal().then(|| view! { <ScenarioField /> })}
            <div class="form__actions">
                <a class="button button--plain" href="/">"Back to the board"</a>
                <button type="submit" class="button button--primary">{press}</button>
            </div>
        </form>
    }
}

#[component]
fn FreezeNote(frozen: Frozen, passes: bool) -> impl IntoView {
    let follows = if passes {
        "Roll-backs pass freezes in this environment.".to_owned()
    } else {
        opening_in_words(&frozen)
    };
    let holds = frozen.holds.iter().map(|hold| view! { <p>{hold_in_words(hold)}</p> }).collect_view();
    view! {
        <div class="note note--late">
            <p class="note__title">"Deploys here are frozen."</p>
            {holds}
            <p>{follows}</p>
        </div>
    }
}

#[component]
fn Text(
    id: &'static str,
    name: &'static str,
    label: &'static str,
    hint: &'static str,
    value: String,
    required: bool,
) -> impl IntoView {
    let hint_id = format!("{id}-hint");
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <input
                id=id
                class="input"
                type="text"
                name=name
                value=value
                required=required
                maxlength="500"
                autocomplete="off"
                aria-describedby=hint_id.clone()
            />
            <p id=hint_id class="field__hint">{hint}</p>
        </div>
    }
}

#[component]
fn ScenarioField() -> impl IntoView {
    let options =
        Scenario::ALL.map(|scenario| view! { <option value=scenario.as_str()>{scenario.label()}</option> });
    view! {
        <div class="field">
            <label for="redeploy-scenario">"What should happen"</label>
            <select id="redeploy-scenario" class="input" name="scenario" aria-describedby="redeploy-scenario-hint">
                {options}
            </select>
            <p id="redeploy-scenario-hint" class="field__hint">"Rehearsal only: what the simulated GitHub does."</p>
        </div>
    }
}
