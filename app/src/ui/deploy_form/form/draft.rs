//! What the form opens on, and what of it stays when the dialog closes.

use leptos::prelude::*;

use super::state::FormState;
use crate::{
    api::DispatchRequest,
    domain::{InputValues, Scenario},
    live::source::Submission,
    ui::deploy_form::target::DeployTarget,
};

/// What the form opens on where nothing is pending or was left, but for its key.
pub(super) fn empty_form(target: &DeployTarget) -> Submission {
    let request = DispatchRequest {
        app: target.app.clone(),
        environment: target.environment.clone(),
        git_ref: target.default_ref.clone(),
        reason: None,
        override_freeze: None,
        pinned_to: None,
        inputs: InputValues::default(),
    };
    Submission { key: String::new(), request, scenario: None }
}

/// A unique key. From `getRandomValues`, because `randomUUID` is missing on plain HTTP.
pub(super) fn new_key() -> String {
    let mut bytes = [0; 16];
    if let Ok(crypto) = window().crypto() {
        // Where it fails, the key is one that the console has seen or will see: it refuses, and nothing is
        // deployed twice.
        let _ = crypto.get_random_values_with_u8_array(&mut bytes);
    }
    uuid::Builder::from_random_bytes(bytes).into_uuid().as_hyphenated().to_string()
}

impl FormState {
    /// Keeps what is typed, as long as it is not sent, and differs from an empty form.
    pub(super) fn keep_draft(self, target: &DeployTarget) {
        let empty = empty_form(target);
        Effect::new(move || {
            let typed = |text: RwSignal<String>| Some(text.get()).filter(|text| !text.is_empty());
            let request = DispatchRequest {
                git_ref: self.git_ref.get(),
                reason: typed(self.reason),
                override_freeze: typed(self.override_freeze),
                inputs: self.inputs.values.get(),
                ..empty.request.clone()
            };
            let scenario = Some(self.scenario.get()).filter(|scenario| *scenario != Scenario::default());
            let draft = Submission { request, scenario, ..empty.clone() };
            if self.is_locked() {
                return;
            }
            if draft == empty {
                self.drafts.forget(&draft.request.app, &draft.request.environment);
            } else {
                self.drafts.keep(draft);
            }
        });
    }
}
