//! The fields of forms that the server renders and any browser can send.

use leptos::prelude::*;

use crate::domain::Scenario;

/// A line of text.
#[component]
pub fn TextField(
    id: &'static str,
    name: &'static str,
    label: &'static str,
    /// What to know when filling it in.
    #[prop(into)]
    hint: String,
    value: String,
    /// Whether it must not be empty.
    required: bool,
    /// The only text that it takes, if there is one.
    #[prop(optional, into)]
    only: Option<String>,
    /// The list that suggests values.
    #[prop(optional, into)]
    list: Option<&'static str>,
    /// What is wrong with it, as a sentence. Of several such fields the first has the focus.
    #[prop(optional_no_strip)]
    problem: Option<String>,
) -> impl IntoView {
    let (hint_id, problem_id) = (format!("{id}-hint"), format!("{id}-problem"));
    let is_wrong = problem.is_some();
    let described_by = if is_wrong { format!("{hint_id} {problem_id}") } else { hint_id.clone() };
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
                list=list
                title=only.as_ref().map(|only| format!("Type {only}"))
                pattern=only
                aria-describedby=described_by
                aria-invalid=is_wrong.then_some("true")
                autofocus=is_wrong
            />
            <p id=hint_id class="field__hint">{hint}</p>
            {problem.map(|problem| view! { <p id=problem_id class="field__problem">{problem}</p> })}
        </div>
    }
    .into_any()
}

/// Asks for the name of the environment, against deploys there by mistake.
#[component]
pub fn ConfirmNameField(
    id: &'static str,
    environment: String,
    #[prop(optional_no_strip)] problem: Option<String>,
) -> impl IntoView {
    view! {
        <TextField
            id
            name="environment_name"
            label="Name of the environment"
            hint=format!("Type {environment} to confirm.")
            value=String::new()
            required=true
            only=environment
            problem
        />
    }
    .into_any()
}

/// Asks why a freeze should not hold.
#[component]
pub fn OverrideField(
    id: &'static str,
    value: String,
    #[prop(optional_no_strip)] problem: Option<String>,
) -> impl IntoView {
    view! {
        <TextField
            id
            name="override_freeze"
            label="Override reason"
            hint="Overrides the freeze. Recorded in the audit log."
            value
            required=true
            problem
        />
    }
    .into_any()
}

/// What the simulated GitHub does, in a rehearsal.
#[component]
pub fn ScenarioField(
    id: &'static str,
    /// What was chosen.
    #[prop(optional_no_strip)]
    chosen: Option<String>,
) -> impl IntoView {
    let options = Scenario::ALL.map(|scenario| {
        let selected = chosen.as_deref() == Some(scenario.as_str());
        view! { <option value=scenario.as_str() selected=selected>{scenario.label()}</option> }
    });
    let hint_id = format!("{id}-hint");
    view! {
        <div class="field">
            <label for=id>"What should happen"</label>
            <select id=id class="input" name="scenario" aria-describedby=hint_id.clone()>
                {options}
            </select>
            <p id=hint_id class="field__hint">"Rehearsal only: what the simulated GitHub does."</p>
        </div>
    }
    .into_any()
}
