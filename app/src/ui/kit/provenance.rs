//! How the console knows something, with the proof of it.

use leptos::prelude::*;

use crate::{
    domain::{RunProof, Source},
    text::{
        printable::printable,
        provenance::{is_deadline, provenance_text},
    },
};

const fn kind_of_evidence(source: Source) -> &'static str {
    match source {
        Source::Callback => "Delivery",
        Source::Reconciler => "Evidence:",
        Source::Console => "Answer:",
    }
}

/// The source, and what proves it: beside it where GitHub was read, on demand where a delivery was signed.
#[component]
pub fn Provenance(
    source: Source,
    evidence: Option<String>,
    /// The run that GitHub vouched for.
    proof: Option<RunProof>,
) -> impl IntoView {
    let words = provenance_text(source, evidence.as_deref(), proof.as_ref());
    // Of a deadline, the words say it all.
    let evidence =
        evidence.filter(|evidence| !is_deadline(Some(evidence))).map(|evidence| printable(&evidence));
    let title = evidence.as_ref().map(|evidence| format!("{} {evidence}", kind_of_evidence(source)));
    let beside = match source {
        Source::Reconciler => evidence.map(|evidence| format!(" ({evidence})")),
        Source::Callback | Source::Console => None,
    };
    view! { <span class="provenance" title=title>{words}{beside}</span> }
}
