//! How the console knows something.

use leptos::prelude::*;

use super::text::plain;
use crate::domain::Source;

/// Who said it, in words.
#[must_use]
pub const fn words(source: Source) -> &'static str {
    match source {
        Source::Callback => "reported by the workflow",
        Source::Reconciler => "read from GitHub",
        Source::Console => "recorded by the console",
    }
}

const fn kind_of_evidence(source: Source) -> &'static str {
    match source {
        Source::Callback => "Delivery",
        Source::Reconciler => "Evidence:",
        Source::Console => "Answer:",
    }
}

/// Who said it, and what proves it: beside it where GitHub was read, on demand where a delivery was signed.
#[component]
pub fn Provenance(
    /// Who said it.
    source: Source,
    /// What proves it.
    evidence: Option<String>,
) -> impl IntoView {
    let evidence = evidence.map(|evidence| plain(&evidence));
    let title = evidence.as_ref().map(|evidence| format!("{} {evidence}", kind_of_evidence(source)));
    let beside = match source {
        Source::Reconciler => evidence.map(|evidence| format!(" ({evidence})")),
        Source::Callback | Source::Console => None,
    };
    view! { <span class="provenance" title=title>{words(source)}{beside}</span> }
}
