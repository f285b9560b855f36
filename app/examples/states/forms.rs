//! Fields of the forms that work without scripts. The form in the dialog exists in the browser alone.

use app::{
    text::field_problem::ref_problem,
    ui::kit::field::{ScenarioField, TextField},
};
use leptos::prelude::*;

use super::figure::{Group, Width};

pub(crate) fn group() -> Group {
    let figures = vec![
        Width::Panel.figure("field", "A field that may stay empty", || {
            view! {
                <TextField
                    id="reason"
                    name="reason"
                    label="Reason"
                    hint="Optional. Recorded in the audit log."
                    value=String::new()
                    required=false
                />
            }
        }),
        Width::Panel.figure("field-filled", "A field with something in it", || {
            view! {
                <TextField
                    id="ref"
                    name="ref"
                    label="Git ref"
                    hint="A branch, a tag or a commit."
                    value="v1.4".to_owned()
                    required=true
                />
            }
        }),
        Width::Panel.figure("field-name", "A field that takes one text alone", || {
            view! {
                <TextField
                    id="name"
                    name="environment_name"
                    label="Name of the environment"
                    hint="Type production to confirm."
                    value=String::new()
                    required=true
                    only="production"
                />
            }
        }),
        Width::Panel.figure("field-wrong", "A field that says what is wrong with it", || {
            view! {
                <TextField
                    id="ref"
                    name="ref"
                    label="Git ref"
                    hint="A branch, a tag or a commit."
                    value="a..b".to_owned()
                    required=true
                    problem=ref_problem("a..b")
                />
            }
        }),
        Width::Panel.figure("field-scenario", "What should happen, in a rehearsal", || {
            view! { <ScenarioField id="scenario" /> }
        }),
    ];
    Group { title: "Fields", figures }
}
