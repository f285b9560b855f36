//! The one table of edges: which status may follow which, and who may cause it.
//!
//! It is written as "who may precede me", because that is the question that the guard in the database
//! asks. No other file knows an edge.

use Cause::Abandoned;

use super::{
    Source, StoredStatus,
    status::Status::{
        self, Building, Deploying, Dispatched, Failed, FreezeCheckPassed, FreezeCheckStarted, Requested,
        SmokeGatePassed, SmokeGateStarted, Succeeded, TimedOut,
    },
};

/// Who causes an edge.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Cause {
    /// What this source says.
    Says(Source),
    /// A person gives the deploy up, whatever GitHub says of it. The console records that, and nothing else may claim it.
    Abandoned,
}

impl From<Source> for Cause {
    fn from(source: Source) -> Self {
        Self::Says(source)
    }
}

const CALLBACK: Cause = Cause::Says(Source::Callback);
const RECONCILER: Cause = Cause::Says(Source::Reconciler);
const CONSOLE: Cause = Cause::Says(Source::Console);

/// What may precede a status, and who may cause the edge.
struct Edge {
    from: Status,
    by: &'static [Cause],
}

/// GitHub accepted or found (console, reconciler), or a signed callback proves that it accepted.
const ACCEPTED: &[Cause] = &[CONSOLE, CALLBACK, RECONCILER];
/// GitHub refused, or its record proves that no run was ever started; or a person does not wait for that.
const NEVER_STARTED: &[Cause] = &[CONSOLE, RECONCILER, Abandoned];
/// What a workflow reports: by its callback, or healed from GitHub's record of the same jobs.
const REPORTED: &[Cause] = &[CALLBACK, RECONCILER];
/// The workflow reports a failure; or a person does not wait for a report.
const FAILED: &[Cause] = &[CALLBACK, RECONCILER, Abandoned];
/// No workflow reports that a deadline passed.
const DEADLINE: &[Cause] = &[RECONCILER];

const fn edge(from: Status, by: &'static [Cause]) -> Edge {
    Edge { from, by }
}

/// The table.
const fn edges_into(to: Status) -> &'static [Edge] {
    match to {
        Requested => &[],
        Dispatched => const { &[edge(Requested, ACCEPTED)] },
        SmokeGateStarted => const { &[edge(Dispatched, REPORTED)] },
        SmokeGatePassed => const { &[edge(SmokeGateStarted, REPORTED)] },
        FreezeCheckStarted => const { &[edge(Dispatched, REPORTED), edge(SmokeGatePassed, REPORTED)] },
        FreezeCheckPassed => const { &[edge(FreezeCheckStarted, REPORTED)] },
        Building => {
            const {
                &[
                    // A workflow of before the phase callbacks reports nothing earlier.
                    edge(Dispatched, REPORTED),
                    // Staging has no freeze check.
                    edge(SmokeGatePassed, REPORTED),
                    edge(FreezeCheckPassed, REPORTED),
                ]
            }
        }
        Deploying => const { &[edge(Building, REPORTED)] },
        Succeeded => const { &[edge(Deploying, REPORTED)] },
        Failed => {
            const {
                &[
                    edge(Requested, NEVER_STARTED),
                    edge(Dispatched, FAILED),
                    edge(SmokeGateStarted, FAILED),
                    edge(SmokeGatePassed, FAILED),
                    edge(FreezeCheckStarted, FAILED),
                    edge(FreezeCheckPassed, FAILED),
                    edge(Building, FAILED),
                    edge(Deploying, FAILED),
                ]
            }
        }
        TimedOut => {
            const {
                &[
                    edge(Requested, DEADLINE),
                    edge(Dispatched, DEADLINE),
                    edge(SmokeGateStarted, DEADLINE),
                    edge(SmokeGatePassed, DEADLINE),
                    edge(FreezeCheckStarted, DEADLINE),
                    edge(FreezeCheckPassed, DEADLINE),
                    edge(Building, DEADLINE),
                    edge(Deploying, DEADLINE),
                ]
            }
        }
    }
}

/// Whether `by` may move a deploy from `from` to `to` in one step.
#[must_use]
pub fn allowed(from: Status, to: Status, by: impl Into<Cause>) -> bool {
    let by = by.into();
    edges_into(to).iter().any(|edge| edge.from == from && edge.by.contains(&by))
}

/// The statuses from which `by` may move a deploy to `to`: the guard of the compare-and-swap.
pub fn predecessors(to: Status, by: impl Into<Cause>) -> impl Iterator<Item = Status> {
    let by = by.into();
    edges_into(to).iter().filter(move |edge| edge.by.contains(&by)).map(|edge| edge.from)
}

/// The statuses to which `by` may move a deploy from `from`, in their order.
pub fn successors(from: Status, by: impl Into<Cause>) -> impl Iterator<Item = Status> {
    let by = by.into();
    Status::ALL.into_iter().filter(move |to| allowed(from, *to, by))
}

/// Whether a callback may claim this status at all.
#[must_use]
pub const fn is_callback_status(status: Status) -> bool {
    match status {
        SmokeGateStarted | SmokeGatePassed | FreezeCheckStarted | FreezeCheckPassed | Building
        | Deploying | Succeeded | Failed => true,
        Requested | Dispatched | TimedOut => false,
    }
}

/// The status that a message claims, if a callback may claim it.
#[must_use]
pub fn claimable(claim: &StoredStatus) -> Option<Status> {
    claim.known().filter(|status| is_callback_status(*status))
}

/// The edges that a callback claiming `to` walks from `from`, all in one transaction; empty if it must be
/// refused.
///
/// A signed callback for a row that is still `requested` proves that GitHub accepted it: then the row
/// passes through `dispatched` on its way.
#[must_use]
pub fn callback_path(from: Status, to: Status) -> Vec<Status> {
    if !is_callback_status(to) {
        return Vec::new();
    }
    let accepted = (from == Requested).then_some(Dispatched);
    let start = accepted.unwrap_or(from);
    if allowed(start, to, CALLBACK) { accepted.into_iter().chain([to]).collect() } else { Vec::new() }
}

/// Whether `to` lies ahead of `from` but a callback cannot reach it at once: one in between was lost, or
/// is yet to arrive.
#[must_use]
pub fn lies_ahead(from: Status, to: Status) -> bool {
    callback_path(from, to).is_empty() && reachable(from, to)
}

fn reachable(from: Status, to: Status) -> bool {
    successors(from, RECONCILER).any(|next| next == to || reachable(next, to))
}

#[cfg(test)]
mod tests;
