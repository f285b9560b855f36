//! How the console knows something, in words.

use crate::domain::{DEADLINE, Source};

/// How it is known, in words.
#[must_use]
pub fn provenance_text(source: Source, evidence: Option<&str>) -> &'static str {
    match source {
        Source::Callback => "reported by the workflow",
        Source::Reconciler if is_deadline(evidence) => "its deadline passed",
        Source::Reconciler => "read from GitHub",
        Source::Console => "recorded by the console",
    }
}

/// Whether it is known by a deadline that passed.
#[must_use]
pub fn is_deadline(evidence: Option<&str>) -> bool {
    evidence == Some(DEADLINE)
}
