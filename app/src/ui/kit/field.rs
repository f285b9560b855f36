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
                list=list
                title=only.as_ref().map(|only| format!("Type {only}"))
                pattern=only
                aria-describedby=hint_id.clone()
            />
            <p id=hint_id class="field__hint">{hint}</p>
        </div>
    }
    .into_any()
}

/// Asks for the name of the environment, against deploys there by mistake.
#[component]
pub fn ConfirmNameField(id: &'static str, environment: String) -> impl IntoView {
    view! {
        <TextField
            id
            name="environment_name"
            label="Name of the environment"
            hint=format!("Type {environment} to confirm.")
            value=String::new()
            required=true
            only=environment
        />
    }
    .into_any()
}

/// Asks why a freeze should not hold.
#[component]
pub fn OverrideField(id: &'static str, value: String) -> impl IntoView {
    view! {
        <TextField
            id
            name="override_freeze"
            label="Override reason"
            hint="Overrides the freeze. Recorded in the audit log."
            value
            required=true
        />
    }
    .into_any()
}

/// What the simulated GitHub does, in a rehearsal.
#[component]
pub fn ScenarioField(id: &'static str) -> impl IntoView {
    let options =
        Scenario::ALL.map(|scenario| view! { <option value=scenario.as_str()>{scenario.label()}</option> });
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
