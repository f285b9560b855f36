//! What deploying would change and what is in the way, as the page of the plan says it. Without an answer the form
//! works as well: nothing waits for this.

use leptos::{prelude::*, task::spawn_local};

use super::FormState;
use crate::{
    live::{
        page,
        source::{PageSource, use_context_or_default},
    },
    ui::deploy_form::target::DeployTarget,
};

/// The parts of that page that are of use here.
const PARTS: [&str; 3] = ["approvals", "changes", "refs"];

/// The plan for the ref in the field, read again whenever it is another.
pub(super) fn plan_note(form: FormState, target: &DeployTarget) -> impl IntoView + use<> {
    let source = use_context_or_default::<PageSource>();
    let address = target.address();
    let shown = RwSignal::new(String::new());
    Effect::new(move || {
        let asked = form.plan_ref.get();
        let address = format!("{address}?ref={}", js_sys::encode_uri_component(asked.trim()));
        let answer = source.read(address);
        spawn_local(async move {
            let parts = answer.await.map(|text| parts(&text)).unwrap_or_default();
            // What was asked about meanwhile has an answer of its own; and the dialog may be closed.
            if form.plan_ref.try_with_untracked(|newest| *newest == asked) == Some(true) {
                let _ = shown.try_set(parts);
            }
        });
    });
    view! { <div class="form__plan" inner_html=shown></div> }
}

fn parts(text: &str) -> String {
    let Some(page) = page::parse(text) else { return String::new() };
    PARTS.iter().filter_map(|name| Some(page::part(&page, name)?.inner_html())).collect()
}
