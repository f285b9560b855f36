//! What is shown beside the status: notes of the run, of a cancellation, of GitHub, of freezes.

use std::iter::successors;

use app::{
    domain::{
        CancelState, Deploy, FailureStage, FreezeVerdict, Frozen, GitHubOutage, JournalEntry, RunState,
        Status, TrailEntry,
    },
    live::use_deploy::DeploySignals,
    ui::{
        deploy::{record::later_attempt::LaterAttempt, run_notes::RunNotes},
        freezes::notes::{FreezeNote, FrozenNow},
        kit::status::StatusLine,
    },
};
use leptos::prelude::*;

use crate::{
    figure::{Figure, Group, Width},
    fixture::{at, cancellation, ended, failed_in, frozen, frozen_until_lifted, reached, signals, trouble},
    history::entry,
};

pub(crate) fn group() -> Group {
    let runs = run_states().map(of_run);
    let wishes = cancel_states().map(of_cancellation);
    let others = [
        noted("run-second-attempt", "A second attempt", second_attempt()),
        noted("cancel-in-vain", "A cancellation that changed nothing", cancelled_in_vain()),
        github("github-trouble", "GitHub cannot be read", trouble(None)),
        github("github-trouble-until", "GitHub asked to wait", trouble(Some(at(370)))),
        freeze("freeze-stopped", "A freeze stopped it", stopped_by_freeze()),
        freeze("freeze-told", "Told that it is frozen, and under way all the same", told()),
        freeze("freeze-overridden", "Deployed in spite of a freeze that held", overridden()),
        freeze(
            "freeze-override-unneeded",
            "Asked for in spite of a freeze, which was over at the freeze check",
            override_unneeded(),
        ),
        frozen_now("frozen-now", "Frozen now, where somebody may deploy", frozen_until_lifted(), false),
        frozen_now("frozen-passes", "Frozen now, where roll-backs pass", frozen(), true),
        later_attempt(),
    ];
    Group { title: "Notes", figures: runs.chain(wishes).chain(others).collect() }
}

/// Each state once. A new one does not compile before it has its place here.
fn run_states() -> impl Iterator<Item = RunState> {
    successors(Some(RunState::Queued), |state| match state {
        RunState::Queued => Some(RunState::AwaitingTurn),
        RunState::AwaitingTurn => Some(RunState::AwaitingApproval),
        RunState::AwaitingApproval => Some(RunState::InProgress),
        RunState::InProgress => Some(RunState::Cancelled),
        RunState::Cancelled => Some(RunState::Superseded),
        RunState::Superseded => Some(RunState::Ended),
        RunState::Ended => Some(RunState::Ambiguous),
        RunState::Ambiguous => Some(RunState::Missing),
        RunState::Missing => Some(RunState::Unknown),
        RunState::Unknown => None,
    })
}

/// Each state once, likewise.
fn cancel_states() -> impl Iterator<Item = CancelState> {
    successors(Some(CancelState::Requested), |state| match state {
        CancelState::Requested => Some(CancelState::Accepted),
        CancelState::Accepted => Some(CancelState::TooLate),
        CancelState::TooLate => Some(CancelState::Unconfirmed),
        CancelState::Unconfirmed => Some(CancelState::Unknown),
        CancelState::Unknown => None,
    })
}

fn of_run(state: RunState) -> Figure {
    let (name, caption) = match state {
        RunState::Queued => ("run-queued", "The run is queued"),
        RunState::AwaitingTurn => ("run-awaiting-turn", "The run awaits its turn"),
        RunState::AwaitingApproval => ("run-awaiting-approval", "The run awaits an approval"),
        RunState::InProgress => ("run-in-progress", "The run is in progress: nothing to add"),
        RunState::Cancelled => ("run-cancelled", "The run was cancelled: the status says it"),
        RunState::Superseded => ("run-superseded", "The run was superseded: the status says it"),
        RunState::Ended => ("run-ended", "The run ended, and nobody says how"),
        RunState::Ambiguous => ("run-ambiguous", "More than one run carries the id"),
        RunState::Missing => ("run-missing", "GitHub has no record of the run"),
        RunState::Unknown => ("run-unknown", "A state of the run that this build does not know"),
    };
    let deploy = match state {
        RunState::Cancelled | RunState::Superseded => ended(Status::Failed, Status::Dispatched),
        RunState::Queued
        | RunState::AwaitingTurn
        | RunState::AwaitingApproval
        | RunState::InProgress
        | RunState::Ended
        | RunState::Ambiguous
        | RunState::Missing
        | RunState::Unknown => reached(Status::Dispatched),
    };
    noted(name, caption, Deploy { run_state: Some(state), run_read_at: Some(at(20)), ..deploy })
}

fn of_cancellation(state: CancelState) -> Figure {
    let (name, caption) = match state {
        CancelState::Requested => ("cancel-requested", "A cancellation that GitHub has not answered"),
        CancelState::Accepted => ("cancel-accepted", "A cancellation that GitHub accepted"),
        CancelState::TooLate => ("cancel-too-late", "A cancellation that came too late"),
        CancelState::Unconfirmed => ("cancel-unconfirmed", "A cancellation without a clear answer"),
        CancelState::Unknown => ("cancel-unknown", "A cancellation of a newer build"),
    };
    noted(name, caption, Deploy { cancellation: Some(cancellation(state)), ..reached(Status::Building) })
}

/// The status, and the notes beneath it.
fn noted(name: &str, caption: &str, deploy: Deploy) -> Figure {
    Width::Panel.figure(name, caption, || {
        let signals = signals(deploy, None);
        view! { <StatusLine deploy=signals.deploy.into() /> <RunNotes signals /> }
    })
}

fn second_attempt() -> Deploy {
    Deploy { run_attempt: Some(2), ..reached(Status::Building) }
}

fn cancelled_in_vain() -> Deploy {
    Deploy { cancellation: Some(cancellation(CancelState::TooLate)), ..reached(Status::Succeeded) }
}

fn github(name: &str, caption: &str, trouble: GitHubOutage) -> Figure {
    Width::Panel.figure(name, caption, || {
        let signals =
            DeploySignals { github: signal(Some(trouble)).0, ..signals(reached(Status::Building), None) };
        view! { <RunNotes signals /> }
    })
}

fn freeze(name: &str, caption: &str, deploy: Deploy) -> Figure {
    Width::Panel.figure(name, caption, || view! { <FreezeNote deploy=Signal::stored(deploy) /> })
}

fn stopped_by_freeze() -> Deploy {
    Deploy { freeze: Some(FreezeVerdict::Frozen(frozen())), ..failed_in(FailureStage::FreezeCheck) }
}

fn told() -> Deploy {
    Deploy { freeze: Some(FreezeVerdict::Frozen(frozen())), ..reached(Status::Building) }
}

fn overridden() -> Deploy {
    let reason = "The fix for the checkout".to_owned();
    let verdict = FreezeVerdict::Overridden { reason, frozen: frozen() };
    Deploy { freeze: Some(verdict), ..reached(Status::Building) }
}

fn override_unneeded() -> Deploy {
    let reason = Some("The fix for the checkout".to_owned());
    Deploy { freeze: Some(FreezeVerdict::Open), freeze_override: reason, ..reached(Status::Building) }
}

fn frozen_now(name: &str, caption: &str, frozen: Frozen, passes: bool) -> Figure {
    Width::Panel.figure(name, caption, || view! { <FrozenNow frozen passes /> })
}

fn later_attempt() -> Figure {
    let payload = serde_json::json!({ "outcome": "refused", "current": "failed", "run_attempt": 2 });
    let entries = vec![TrailEntry::Readable(JournalEntry { payload, ..entry(9, "console.deploy.callback") })];
    Width::Panel.figure("later-attempt", "GitHub ran it again after it had ended", || {
        view! { <LaterAttempt entries /> }
    })
}
