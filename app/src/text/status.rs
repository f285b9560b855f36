//! A status in words. The words are for operators: what is so, and what is awaited.

use super::{approval::approvals, leg::leg_name, printable::printable};
use crate::domain::{Approval, Deploy, EndKind, RunState, Status, StepKey, StepState, StoredStatus};

/// The status of the deploy, as one sentence without a full stop.
#[must_use]
pub fn status_text(deploy: &Deploy) -> String {
    if let Some(held) = held_text(deploy) {
        return held.to_owned();
    }
    match &deploy.status {
        StoredStatus::Unknown(status) => {
            format!("Unknown status “{}” — recorded by a newer console", printable(status))
        }
        StoredStatus::Known(Status::Requested) if deploy.awaited_approval().is_some() => {
            format!("Waits for {}", approvals(deploy.awaited_approval().map_or(0, Approval::missing)))
        }
        StoredStatus::Known(Status::Dispatched) if deploy.origin.is_found() => {
            "Runs on GitHub — followed by its record".to_owned()
        }
        StoredStatus::Known(Status::Dispatched) if deploy.github_run_id.is_none() => {
            "Dispatched — waiting for run…".to_owned()
        }
        StoredStatus::Known(Status::Failed) => failed_text(deploy),
        StoredStatus::Known(Status::TimedOut) => ended("Timed out", deploy, StepState::Stalled),
        StoredStatus::Known(status) => live_status_text(*status).to_owned(),
    }
}

/// What GitHub says of the run that its status does not: that it is held, or that how it goes on is not known.
fn held_text(deploy: &Deploy) -> Option<&'static str> {
    match deploy.standing_run()?.state {
        RunState::AwaitingApproval => Some("Waits on GitHub for an approval or a protection rule"),
        RunState::AwaitingTurn => Some("Waits on GitHub for another run to end"),
        RunState::Ambiguous => Some("Not known — several runs on GitHub carry its id"),
        RunState::Missing => Some("Not known — its run is gone from GitHub"),
        RunState::Ended => Some("Not known — its run ended without saying how"),
        RunState::Queued
        | RunState::InProgress
        | RunState::Cancelled
        | RunState::Superseded
        | RunState::Unknown => None,
    }
}

/// How it failed, or ended without having failed by itself.
fn failed_text(deploy: &Deploy) -> String {
    match deploy.end_kind() {
        Some(EndKind::Superseded) => "Superseded — a newer run took its place".to_owned(),
        Some(EndKind::Abandoned) => abandoned(deploy),
        Some(EndKind::Cancelled) => ended(&cancelled(deploy), deploy, StepState::Failed),
        Some(EndKind::NotApproved) => "Not approved — GitHub was not asked".to_owned(),
        None if deploy.was_rejected_on_github() => "Rejected on GitHub".to_owned(),
        None => ended("Failed", deploy, StepState::Failed) + &failed_legs(deploy),
    }
}

/// Which of its legs failed, where it has some.
fn failed_legs(deploy: &Deploy) -> String {
    let failed = deploy.legs.iter().filter(|leg| leg.state == StepState::Failed);
    let names: Vec<_> = failed.map(leg_name).collect();
    let (some, all) = (names.len(), deploy.legs.len());
    if some == 0 { String::new() } else { format!(" — in {some} of {all} legs: {}", names.join(", ")) }
}

/// Whether GitHub says that the run did not fail by itself.
#[must_use]
pub fn was_stopped(deploy: &Deploy) -> bool {
    deploy.run_state.is_some_and(|state| [RunState::Cancelled, RunState::Superseded].contains(&state))
}

const fn live_status_text(status: Status) -> &'static str {
    match status {
        Status::Requested => "Requested — asking GitHub",
        Status::Dispatched => "Dispatched — waiting for the first report",
        Status::SmokeGateStarted => "Smoke gate in progress",
        Status::SmokeGatePassed => "Smoke gate passed — waiting for the next step",
        Status::FreezeCheckStarted => "Freeze check in progress",
        Status::FreezeCheckPassed => "Freeze check passed — waiting for the deploy step",
        Status::Building => "Deploy in progress",
        Status::Deploying => "Rolled out — health check in progress",
        Status::Succeeded => "Deployed",
        Status::Failed => "Failed",
        Status::TimedOut => "Timed out",
    }
}

/// By whom, where it was cancelled from here.
fn cancelled(deploy: &Deploy) -> String {
    deploy
        .cancelled_by()
        .map_or_else(|| "Cancelled".to_owned(), |by| format!("Cancelled by {}", printable(by)))
}

/// Whether GitHub started a run is not known then.
fn abandoned(deploy: &Deploy) -> String {
    let place = place_of(deploy, StepState::Failed);
    place.map_or_else(|| "Abandoned".to_owned(), |place| format!("Abandoned {place}"))
}

fn place_of(deploy: &Deploy, state: StepState) -> Option<&'static str> {
    deploy.steps.iter().find(|step| step.state == state).map(|step| step_phrase(step.key))
}

fn ended(how: &str, deploy: &Deploy, state: StepState) -> String {
    match place_of(deploy, state) {
        Some(place) => format!("{how} {place}"),
        None if !was_dispatched(deploy) => format!("{how} — GitHub did not start a run"),
        None => how.to_owned(),
    }
}

const fn step_phrase(key: StepKey) -> &'static str {
    match key {
        StepKey::SmokeGate => "in the smoke gate",
        StepKey::FreezeCheck => "in the freeze check",
        StepKey::Deploy => "in the deploy step",
        StepKey::HealthCheck => "in the health check",
    }
}

fn was_dispatched(deploy: &Deploy) -> bool {
    deploy.history.iter().any(|entry| entry.status.known() == Some(Status::Dispatched))
}

/// A transition in the history, as a short phrase.
#[must_use]
pub fn transition_text(status: &StoredStatus) -> String {
    let phrase = match status {
        StoredStatus::Unknown(status) => return format!("Unknown status “{}”", printable(status)),
        StoredStatus::Known(Status::Requested) => "Requested",
        StoredStatus::Known(Status::Dispatched) => "Accepted by GitHub",
        StoredStatus::Known(Status::SmokeGateStarted) => "Smoke gate started",
        StoredStatus::Known(Status::SmokeGatePassed) => "Smoke gate passed",
        StoredStatus::Known(Status::FreezeCheckStarted) => "Freeze check started",
        StoredStatus::Known(Status::FreezeCheckPassed) => "Freeze check passed",
        StoredStatus::Known(Status::Building) => "Deploy started",
        StoredStatus::Known(Status::Deploying) => "Rolled out, health check started",
        StoredStatus::Known(Status::Succeeded) => "Deployed",
        StoredStatus::Known(Status::Failed) => "Failed",
        StoredStatus::Known(Status::TimedOut) => "Timed out",
    };
    phrase.to_owned()
}

/// The name of a status in a list to choose from.
#[must_use]
pub const fn status_label(status: Status) -> &'static str {
    match status {
        Status::Requested => "Requested",
        Status::Dispatched => "Dispatched",
        Status::SmokeGateStarted => "Smoke gate in progress",
        Status::SmokeGatePassed => "Smoke gate passed",
        Status::FreezeCheckStarted => "Freeze check in progress",
        Status::FreezeCheckPassed => "Freeze check passed",
        Status::Building => "Deploy in progress",
        Status::Deploying => "Health check in progress",
        Status::Succeeded => "Deployed",
        Status::Failed => "Failed",
        Status::TimedOut => "Timed out",
    }
}
