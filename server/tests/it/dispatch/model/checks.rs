//! What must hold of all deploys at every moment, and from one moment to the next.

use app::domain::{JournalEntry, RunState, Source, Status, StoredStatus};
use github_fake::SimulatedGitHub;
use store::StoredDeploy;

use crate::support::invariants::{assert_chain, assert_path};

/// A deploy as it was seen.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    pub row: StoredDeploy,
    pub journal: Vec<JournalEntry>,
}

/// Of all deploys, in the order in which they were made: before, and now.
pub fn hold(before: &[Seen], now: &[Seen], github: &SimulatedGitHub) {
    for (before, now) in before.iter().zip(now) {
        follows(before, now);
    }
    for (place, Seen { row, journal }) in now.iter().enumerate() {
        assert_path(row, journal);
        if before.get(place).is_none_or(|before| !before.row.status.is_terminal()) {
            succeeded_on_github_or_by_report(row, github);
        }
    }
    assert_chain(now.iter().map(|seen| seen.journal.as_slice()));
}

/// I15: what is shown as succeeded has an attempt of its run whose deploy jobs all succeeded, or says that its workflow
/// alone reported it.
fn succeeded_on_github_or_by_report(row: &StoredDeploy, github: &SimulatedGitHub) {
    if row.status != StoredStatus::Known(Status::Succeeded) {
        return;
    }
    let is_reported = row.history.last().is_some_and(|entry| entry.source == Source::Callback);
    let has_run = row.run.as_ref().is_some_and(|run| github.has_succeeded(run.id));
    assert!(is_reported || has_run, "{row:#?}");
}

/// One deploy only goes forward.
fn follows(before: &Seen, now: &Seen) {
    let (was, is) = (&before.row, &now.row);
    assert_eq!(was.id, is.id);
    assert!(now.journal.starts_with(&before.journal));
    assert!(is.version >= was.version, "{was:#?}\n{is:#?}");
    if is.version == was.version {
        assert_eq!(is, was, "what changes has a new version");
    }
    if was.run.is_some() {
        assert_eq!(is.run, was.run, "I7: a run id is written once");
    }
    if was.run.is_some() && was.status == StoredStatus::Known(Status::Requested) {
        let next = is.history.get(1).and_then(|entry| entry.status.known());
        let is_dispatched = matches!(next, None | Some(Status::Dispatched));
        assert!(is_dispatched || is.abandoned.is_some(), "its run is known: {is:#?}");
    }
    if was.status.is_terminal() {
        assert_eq!((&is.status, &is.history, is.finished_at), (&was.status, &was.history, was.finished_at));
    }
}

/// I10, before the deadline: it has ended; or the page says what delays it; or GitHub has no record of it.
pub fn has_ended_or_says_why(seen: &Seen, github: &SimulatedGitHub) {
    let Seen { row, .. } = seen;
    let says_why = row.run_seen.is_some_and(|seen| match seen.report.state {
        RunState::Ambiguous | RunState::Missing | RunState::AwaitingApproval | RunState::Ended => true,
        RunState::Queued
        | RunState::AwaitingTurn
        | RunState::InProgress
        | RunState::Cancelled
        | RunState::Superseded
        | RunState::Unknown => false,
    });
    assert!(row.status.is_terminal() || says_why || github.runs_for(row.id).is_empty(), "{row:#?}");
}
