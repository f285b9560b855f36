//! How the console knows something.

use leptos::prelude::*;

use crate::{
    domain::{DEADLINE, Source},
    text::printable::plain,
};

/// How it is known, in words.
#[must_use]
pub fn words(source: Source, evidence: Option<&str>) -> &'static str {
    match source {
        Source::Callback => "reported by the workflow",
        Source::Reconciler if is_deadline(evidence) => "its deadline passed",
        Source::Reconciler => "read from GitHub",
        Source::Console => "recorded by the console",
    }
}

fn is_deadline(evidence: Option<&str>) -> bool {
    evidence == Some(DEADLINE)
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
    let words = words(source, evidence.as_deref());
    // Of a deadline, the words say it all.
    let evidence = evidence.filter(|evidence| !is_deadline(Some(evidence))).map(|evidence| plain(&evidence));
    let title = evidence.as_ref().map(|evidence| format!("{} {evidence}", kind_of_evidence(source)));
    let beside = match source {
        Source::Reconciler => evidence.map(|evidence| format!(" ({evidence})")),
        Source::Callback | Source::Console => None,
    };
    view! { <span class="provenance" title=title>{words}{beside}</span> }
}
