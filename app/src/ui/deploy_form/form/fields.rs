//! The fields. While a request is on its way or unanswered they show it, and cannot be changed.

use leptos::prelude::*;

use super::{Form, Unfit};
use crate::{api::Scenario, ui::deploy_form::target::Place};

/// The list of refs that the plan brings along.
const REFS: &str = "plan-refs";

pub(super) fn ref_field(form: Form) -> impl IntoView {
    let wrong = Memo::new(move |_| form.is_wrong_about_the_ref());
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
                readonly=move || form.is_bound()
                prop:value=form.git_ref
                on:input=move |event| {
                    form.git_ref.set(event_target_value(&event));
                    form.unfit.set(None);
                    form.press.correct();
                }
                on:change=move |event| form.asked_about.set(event_target_value(&event))
            />
            <p id="deploy-ref-hint" class="field__hint">"A branch, a tag or a commit."</p>
        </div>
    }
}

pub(super) fn reason_field(form: Form) -> impl IntoView {
    view! {
        <div class="field">
            <label for="deploy-reason">"Reason"</label>
            <input
                id="deploy-reason"
                class="input"
                type="text"
                autocomplete="off"
                aria-describedby="deploy-reason-hint"
                readonly=move || form.is_bound()
                prop:value=form.reason
                on:input=move |event| form.reason.set(event_target_value(&event))
            />
            <p id="deploy-reason-hint" class="field__hint">"Optional. It stands in the journal."</p>
        </div>
    }
}

/// There once the console has said that it is frozen, and as long as something is written in it.
pub(super) fn override_field(form: Form) -> impl IntoView {
    let is_needed = Memo::new(move |_| form.is_frozen() || !form.override_freeze.with(String::is_empty));
    let field = move || {
        is_needed.get().then(|| {
            view! {
                <div class="field">
                    <label for="deploy-override">"Deploy all the same, because"</label>
                    <input
                        id="deploy-override"
                        class="input"
                        type="text"
                        autocomplete="off"
                        aria-describedby="deploy-override-hint"
                        readonly=move || form.is_bound()
                        prop:value=form.override_freeze
                        on:input=move |event| form.override_freeze.set(event_target_value(&event))
                    />
                    <p id="deploy-override-hint" class="field__hint">
                        "Overrides the freeze. It stands in the journal."
                    </p>
                </div>
            }
        })
    };
    view! { {field} }
}

/// There where the environment has to be named.
pub(super) fn name_field(form: Form, place: &Place) -> impl IntoView + use<> {
    place.asks_for_name.then(|| {
        let hint = format!("Type {} to say that you mean it.", place.environment);
        let wrong = move || form.unfit.with(|unfit| matches!(unfit, Some(Unfit::NotNamed { .. })));
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
                    readonly=move || form.is_bound()
                    prop:value=form.name
                    on:input=move |event| {
                        form.name.set(event_target_value(&event));
                        form.unfit.set(None);
                    }
                />
                <p id="deploy-name-hint" class="field__hint">{hint}</p>
            </div>
        }
    })
}

pub(super) fn scenario_field(form: Form) -> impl IntoView {
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
                disabled=move || form.is_bound()
                on:change=choose
            >
                {options}
            </select>
            <p id="deploy-scenario-hint" class="field__hint">"Rehearsal only: what the simulated GitHub does."</p>
        </div>
    }
}
