//! The fields. While a request is in flight or unanswered they show what was sent, and are read-only: a retry is the very
//! same request.

use leptos::prelude::*;

use super::FormState;
use crate::{
    domain::Scenario,
    ui::deploy_form::{form_field::FormField, target::DeployTarget},
};

/// The list of refs that comes with the plan, by its id.
const REFS: &str = "plan-refs";

pub(super) fn ref_field(form: FormState) -> impl IntoView {
    text_field(form, FormField::Ref, form.git_ref, "Git ref", "A branch, a tag or a commit.".to_owned())
}

pub(super) fn reason_field(form: FormState) -> impl IntoView {
    let hint = "Optional. Recorded in the audit log.".to_owned();
    text_field(form, FormField::Reason, form.reason, "Reason", hint)
}

/// Shown where there is a freeze that the operator may override, and as long as something is typed in it.
pub(super) fn override_field(form: FormState) -> impl IntoView {
    let is_shown = Memo::new(move |_| form.shows_override());
    let field = move || {
        is_shown.get().then(|| {
            let hint = "Overrides the freeze. Recorded in the audit log.".to_owned();
            text_field(form, FormField::Override, form.override_freeze, "Override reason", hint)
        })
    };
    view! { {field} }
}

/// Shown where the environment asks for its name.
pub(super) fn name_field(form: FormState, target: &DeployTarget) -> impl IntoView + use<> {
    target.asks_for_name.then(|| {
        let hint = format!("Type {} to confirm.", target.environment);
        text_field(form, FormField::Name, form.name, "Name of the environment", hint)
    })
}

fn text_field(
    form: FormState,
    field: FormField,
    value: RwSignal<String>,
    label: &'static str,
    hint: String,
) -> impl IntoView {
    let id = match field {
        FormField::Ref => "deploy-ref",
        FormField::Reason => "deploy-reason",
        FormField::Override => "deploy-override",
        FormField::Name => "deploy-name",
    };
    let is_ref = field == FormField::Ref;
    // What the browser would correct in a sentence it leaves as it is in a name.
    let is_name = is_ref || field == FormField::Name;
    let problem = Memo::new(move |_| form.problem(field));
    let (hint_id, problem_id) = (format!("{id}-hint"), format!("{id}-problem"));
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <input
                id=id
                class="input"
                class:input--code=is_ref
                type="text"
                autofocus=is_ref
                list=is_ref.then_some(REFS)
                autocomplete="off"
                autocapitalize=is_name.then_some("off")
                spellcheck=is_name.then_some("false")
                aria-describedby=format!("{hint_id} {problem_id}")
                aria-invalid=move || problem.with(Option::is_some).then_some("true")
                readonly=move || form.is_locked()
                prop:value=value
                on:input=move |event| {
                    value.set(event_target_value(&event));
                    form.on_typed(field);
                }
            />
            <p id=hint_id class="field__hint">{hint}</p>
            <p id=problem_id class="field__problem">{problem}</p>
        </div>
    }
}

pub(super) fn scenario_field(form: FormState) -> impl IntoView {
    let choose = move |event| {
        let value = event_target_value(&event);
        let chosen = Scenario::ALL.into_iter().find(|scenario| scenario.as_str() == value);
        form.scenario.set(chosen.unwrap_or_default());
    };
    let first = form.scenario.get_untracked();
    let options = Scenario::ALL.map(|scenario| {
        view! { <option value=scenario.as_str() selected=scenario == first>{scenario.label()}</option> }
    });
    view! {
        <div class="field">
            <label for="deploy-scenario">"What should happen"</label>
            <select
                id="deploy-scenario"
                class="input"
                aria-describedby="deploy-scenario-hint"
                disabled=move || form.is_locked()
                on:change=choose
            >
                {options}
            </select>
            <p id="deploy-scenario-hint" class="field__hint">"Rehearsal only: what the simulated GitHub does."</p>
        </div>
    }
}
