//! The fields. While a request is in flight or unanswered they show what was sent, and are read-only: a retry is the very
//! same request.

use leptos::prelude::*;

use super::{FormState, ValidationError};
use crate::{domain::Scenario, ui::deploy_form::target::DeployTarget};

/// The list of refs that comes with the plan, by its id.
const REFS: &str = "plan-refs";

pub(super) fn ref_field(form: FormState) -> impl IntoView {
    let wrong = Memo::new(move |_| form.has_ref_error());
    let describe = move || if wrong.get() { "deploy-ref-hint deploy-problem" } else { "deploy-ref-hint" };
    view! {
        <div class="field">
            <label for="deploy-ref">"Git ref"</label>
            <input
                id="deploy-ref"
                class="input input--code"
                type="text"
                autofocus
                list=REFS
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                aria-describedby=describe
                aria-invalid=move || wrong.get().then_some("true")
                readonly=move || form.is_locked()
                prop:value=form.git_ref
                on:input=move |event| {
                    form.git_ref.set(event_target_value(&event));
                    form.validation_error.set(None);
                    form.submitter.reset();
                }
                on:change=move |event| form.plan_ref.set(event_target_value(&event))
            />
            <p id="deploy-ref-hint" class="field__hint">"A branch, a tag or a commit."</p>
        </div>
    }
}

pub(super) fn reason_field(form: FormState) -> impl IntoView {
    view! {
        <div class="field">
            <label for="deploy-reason">"Reason"</label>
            <input
                id="deploy-reason"
                class="input"
                type="text"
                autocomplete="off"
                aria-describedby="deploy-reason-hint"
                readonly=move || form.is_locked()
                prop:value=form.reason
                on:input=move |event| form.reason.set(event_target_value(&event))
            />
            <p id="deploy-reason-hint" class="field__hint">"Optional. Recorded in the audit log."</p>
        </div>
    }
}

/// Shown once the console has said that the environment is frozen, and as long as something is typed in it.
pub(super) fn override_field(form: FormState) -> impl IntoView {
    let is_needed = Memo::new(move |_| form.is_frozen() || !form.override_freeze.with(String::is_empty));
    let field = move || {
        is_needed.get().then(|| {
            view! {
                <div class="field">
                    <label for="deploy-override">"Override reason"</label>
                    <input
                        id="deploy-override"
                        class="input"
                        type="text"
                        autocomplete="off"
                        aria-describedby="deploy-override-hint"
                        readonly=move || form.is_locked()
                        prop:value=form.override_freeze
                        on:input=move |event| form.override_freeze.set(event_target_value(&event))
                    />
                    <p id="deploy-override-hint" class="field__hint">
                        "Overrides the freeze. Recorded in the audit log."
                    </p>
                </div>
            }
        })
    };
    view! { {field} }
}

/// Shown where the environment asks for its name.
pub(super) fn name_field(form: FormState, target: &DeployTarget) -> impl IntoView + use<> {
    target.asks_for_name.then(|| {
        let hint = format!("Type {} to confirm.", target.environment);
        let wrong = move || {
            form.validation_error.with(|validation_error| {
                matches!(validation_error, Some(ValidationError::NameMismatch { .. }))
            })
        };
        view! {
            <div class="field">
                <label for="deploy-name">"Name of the environment"</label>
                <input
                    id="deploy-name"
                    class="input"
                    type="text"
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    aria-describedby="deploy-name-hint"
                    aria-invalid=move || wrong().then_some("true")
                    readonly=move || form.is_locked()
                    prop:value=form.name
                    on:input=move |event| {
                        form.name.set(event_target_value(&event));
                        form.validation_error.set(None);
                    }
                />
                <p id="deploy-name-hint" class="field__hint">{hint}</p>
            </div>
        }
    })
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
