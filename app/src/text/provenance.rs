//! How the console knows something, in words.

use std::borrow::Cow;

use crate::domain::{DEADLINE, RunProof, Source};

/// How it is known, in words.
#[must_use]
pub fn provenance_text(
    source: Source,
    evidence: Option<&str>,
    proof: Option<&RunProof>,
) -> Cow<'static, str> {
    let words = match source {
        Source::Callback => match proof {
            Some(proof) => return proof_text(proof).into(),
            None => "reported by the workflow",
        },
        Source::Reconciler if is_deadline(evidence) => "its deadline passed",
        Source::Reconciler => "read from GitHub",
        Source::Console => "recorded by the console",
    };
    words.into()
}

/// What GitHub vouched for, in words.
#[must_use]
pub fn proof_text(proof: &RunProof) -> String {
    let RunProof { run_id, run_attempt, sha } = proof;
    format!("proved by GitHub: run {run_id}, attempt {run_attempt}, commit {}", sha.short())
}

/// Whether it is known by a deadline that passed.
#[must_use]
pub fn is_deadline(evidence: Option<&str>) -> bool {
    evidence == Some(DEADLINE)
}
