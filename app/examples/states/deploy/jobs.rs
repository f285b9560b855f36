//! The jobs of a run, as GitHub's record says.

use std::iter::successors;

use app::{
    api::{JobLine, JobState, JobsSeen, RunRecord},
    domain::StepKey,
    ui::deploy::record::jobs::JobList,
};
use leptos::prelude::*;

use crate::{
    figure::{Figure, Group, Width},
    fixture::at,
};

pub(crate) fn group() -> Group {
    let figures = records().map(of_record).chain([
        shown("jobs-none", "The run has no job", JobsSeen::Listed { attempt: 2, jobs: Vec::new() }, true),
        shown("jobs-never", "No run was found, and the deploy has ended", JobsSeen::NoRun, false),
    ]);
    Group { title: "Jobs", figures: figures.collect() }
}

/// Each kind of record once. A new one does not compile before it has its place here.
fn records() -> impl Iterator<Item = JobsSeen> {
    successors(Some(JobsSeen::NoRun), |seen| match seen {
        JobsSeen::NoRun => {
            Some(JobsSeen::Unread { why: "GitHub answered 503.".to_owned(), since: Some(at(70)) })
        }
        JobsSeen::Unread { .. } => Some(JobsSeen::Listed { attempt: 1, jobs: states().map(job).collect() }),
        JobsSeen::Listed { .. } => None,
    })
}

/// Each state of a job once, likewise.
fn states() -> impl Iterator<Item = JobState> {
    successors(Some(JobState::Succeeded), |state| match state {
        JobState::Succeeded => Some(JobState::Failed),
        JobState::Failed => Some(JobState::TimedOut),
        JobState::TimedOut => Some(JobState::Cancelled),
        JobState::Cancelled => Some(JobState::Skipped),
        JobState::Skipped => Some(JobState::Neutral),
        JobState::Neutral => Some(JobState::InProgress),
        JobState::InProgress => Some(JobState::AwaitingApproval),
        JobState::AwaitingApproval => Some(JobState::AwaitingTurn),
        JobState::AwaitingTurn => Some(JobState::Queued),
        JobState::Queued => Some(JobState::Other("paused".to_owned())),
        JobState::Other(_) => None,
    })
}

fn job(state: JobState) -> JobLine {
    let (name, steps) = match state {
        JobState::Succeeded => ("smoke", vec![StepKey::SmokeGate]),
        JobState::Failed => ("freeze", vec![StepKey::FreezeCheck]),
        JobState::InProgress => ("deploy", vec![StepKey::Deploy, StepKey::HealthCheck]),
        JobState::TimedOut => ("browser-tests", Vec::new()),
        JobState::Cancelled => ("load-tests", Vec::new()),
        JobState::Skipped => ("preview", Vec::new()),
        JobState::Neutral => ("licence-report", Vec::new()),
        JobState::AwaitingApproval => ("migrate", Vec::new()),
        JobState::AwaitingTurn => ("announce", Vec::new()),
        JobState::Queued => ("clean-up", Vec::new()),
        JobState::Other(_) => ("archive", Vec::new()),
    };
    let (began, ended) = match state {
        JobState::Succeeded
        | JobState::Failed
        | JobState::TimedOut
        | JobState::Cancelled
        | JobState::Neutral => (Some(at(9)), Some(at(52))),
        JobState::InProgress => (Some(at(66)), None),
        JobState::Skipped
        | JobState::AwaitingApproval
        | JobState::AwaitingTurn
        | JobState::Queued
        | JobState::Other(_) => (None, None),
    };
    let url = "https://github.example/acme/storefront/actions/runs/4207/job/1".to_owned();
    JobLine { name: name.to_owned(), steps, state, began_at: began, ended_at: ended, url }
}

fn of_record(jobs: JobsSeen) -> Figure {
    let (name, caption) = match jobs {
        JobsSeen::NoRun => ("jobs-no-run", "The run is not known yet"),
        JobsSeen::Unread { .. } => ("jobs-unread", "GitHub cannot be read"),
        JobsSeen::Listed { .. } => ("jobs", "Jobs, in each of their states"),
    };
    shown(name, caption, jobs, true)
}

fn shown(name: &str, caption: &str, jobs: JobsSeen, is_live: bool) -> Figure {
    Width::Page.figure(name, caption, || {
        view! { <JobList record=RunRecord { asked_at: at(150), jobs } is_live /> }
    })
}
