//! That a run which was not requested here waits at GitHub's gate, or was stopped there, in a sentence: who tried, and why it
//! does not go on.

use leptos::prelude::*;

use crate::{
    domain::{ProtectionRequest, ProtectionState},
    text::protection::{decision_text, starter_text},
    ui::kit::time::At,
};

/// Who tried, for one line.
#[must_use]
pub fn tried_text(request: &ProtectionRequest) -> String {
    let who = starter_text(request);
    match request.state {
        ProtectionState::New | ProtectionState::Unknown => format!("{who}’s run asks to go on"),
        ProtectionState::Held { .. } => format!("{who}’s run is held: frozen"),
        ProtectionState::AwaitsApproval { .. } => format!("{who}’s run waits for approval"),
        ProtectionState::Approved { .. } => format!("{who}’s run was let through"),
        ProtectionState::Rejected { .. } => format!("{who}’s run by hand was stopped"),
        ProtectionState::Lapsed { .. } => format!("{who}’s run no longer asks"),
    }
}

/// The same, with the run and the reason.
#[component]
pub fn GateNote(request: ProtectionRequest) -> impl IntoView {
    let page = format!("/protection#request-{}", request.id);
    view! {
        <p role="note" class="cell__claim">
            {tried_text(&request)} " (" <a href=request.run.url.clone()>{format!("run {}", request.run.id)}</a> "). "
            {decision_text(&request)} " " <a href=page>"GitHub’s gate"</a> ", " <At at=request.asked_at dated=true />
        </p>
    }
    .into_any()
}
