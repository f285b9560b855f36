//! The status of a deploy, as one line and as a badge.

use app::{
    domain::{Deploy, Origin, RunState, Status},
    text::status::status_label,
    ui::kit::status::{StatusBadge, StatusLine},
};
use leptos::prelude::*;

use crate::{
    figure::{Figure, Group, Width, kebab},
    fixture::{at, ended, of, reached},
};

pub(crate) fn group() -> Group {
    let figures = Status::ALL.map(of_status).into_iter().chain([
        shown("status-waiting-for-run", "Dispatched, and GitHub has not named the run", without_run()),
        shown("status-on-github", "Started on GitHub: followed by its record", on_github()),
        shown("status-not-dispatched", "Failed before a run began", ended(Status::Failed, Status::Requested)),
        shown(
            "status-cancelled",
            "Cancelled between two steps",
            stopped(RunState::Cancelled, Status::Dispatched),
        ),
        shown(
            "status-cancelled-in-step",
            "Cancelled in a step",
            stopped(RunState::Cancelled, Status::Building),
        ),
        shown(
            "status-superseded",
            "Superseded by a newer run",
            stopped(RunState::Superseded, Status::Dispatched),
        ),
        shown("status-unknown", "A status that this build does not know", unknown()),
    ]);
    Group { title: "Status", figures: figures.collect() }
}

fn of_status(status: Status) -> Figure {
    let deploy = match status {
        Status::Failed | Status::TimedOut => ended(status, Status::Building),
        Status::Requested
        | Status::Dispatched
        | Status::SmokeGateStarted
        | Status::SmokeGatePassed
        | Status::FreezeCheckStarted
        | Status::FreezeCheckPassed
        | Status::Building
        | Status::Deploying
        | Status::Succeeded => reached(status),
    };
    shown(&kebab("status", status.as_str()), status_label(status), deploy)
}

fn shown(name: &str, caption: &str, deploy: Deploy) -> Figure {
    Width::Line.figure(name, caption, || {
        view! { <StatusLine deploy=Signal::stored(deploy.clone()) /> <StatusBadge deploy /> }
    })
}

fn without_run() -> Deploy {
    Deploy { github_run_id: None, ..reached(Status::Dispatched) }
}

fn on_github() -> Deploy {
    let origin = Origin::GitHub { event: "push".to_owned(), ended_at: None };
    Deploy { origin, ..reached(Status::Dispatched) }
}

/// It failed after it had come so far, and GitHub says that the run is so.
pub(crate) fn stopped(state: RunState, after: Status) -> Deploy {
    Deploy { run_state: Some(state), run_read_at: Some(at(180)), ..ended(Status::Failed, after) }
}

/// What a newer build recorded.
pub(crate) fn unknown() -> Deploy {
    of(&[(Status::Requested.into(), 0), (Status::Dispatched.into(), 2), ("rolling_back".into(), 9)])
}
