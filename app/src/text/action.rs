//! Actions of the journal, in words.

/// How each action is spelt in the journal, and what it says on the screen, in the order in which they are offered.
pub const ACTIONS: [(&str, &str); 23] = [
    ("console.deploy.requested", "Deploy requested"),
    ("console.deploy.imported", "Deploy imported"),
    ("console.deploy.approved", "Approved"),
    ("console.deploy.rejected", "Rejected"),
    ("console.deploy.dispatched", "Dispatched"),
    ("console.deploy.refused", "Refused by GitHub"),
    ("console.deploy.callback", "Callback"),
    ("console.deploy.reconciled", "Reconciled"),
    ("console.deploy.run_found", "Run found"),
    ("console.deploy.run_observed", "Run observed"),
    ("console.deploy.cancel_requested", "Cancel requested"),
    ("console.deploy.cancel_answered", "Cancel answered"),
    ("console.deploy.abandoned", "Abandoned"),
    ("console.deploy.input_left_out", "Input left out"),
    ("console.schema.rolled_back", "Schema rolled back"),
    ("console.flag.promoted", "Flag promoted"),
    ("console.freeze.declared", "Freeze declared"),
    ("console.freeze.lifted", "Freeze lifted"),
    ("console.protection.decided", "Gate decided"),
    ("console.protection.approved", "Run approved"),
    ("console.token.created", "Token created"),
    ("console.token.revoked", "Token revoked"),
    ("console.session.revoked", "Session ended"),
];

/// The words for an action; none, if a newer build wrote it.
#[must_use]
pub fn action_label(action: &str) -> Option<&'static str> {
    ACTIONS.iter().find(|(spelling, _)| *spelling == action).map(|(_, words)| *words)
}
