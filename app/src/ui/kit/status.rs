//! A status in words. The words are for operators: what is so, and what is awaited.

use leptos::prelude::*;

use super::icon::{Icon, Picture};
use crate::{
    domain::{Deploy, Recorded, RunState, Status, StepKey, StepState},
    text::printable::plain,
};

/// How a status feels, for colour; the words and the icon say the same.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Tone {
    /// It moves, or waits for its first event.
    Moving,
    /// It ended well.
    Good,
    /// It failed.
    Bad,
    /// Somebody or something ended it early.
    Stopped,
    /// Nothing ended it in time.
    Late,
    /// This build cannot tell.
    Unknown,
}

impl Tone {
    /// Of a deploy.
    #[must_use]
    pub fn of(deploy: &Deploy) -> Self {
        match &deploy.status {
            Recorded::Unknown(_) => Self::Unknown,
            Recorded::Known(Status::Succeeded) => Self::Good,
            Recorded::Known(Status::Failed) if was_stopped(deploy) => Self::Stopped,
            Recorded::Known(Status::Failed) => Self::Bad,
            Recorded::Known(Status::TimedOut) => Self::Late,
            Recorded::Known(
                Status::Requested
                | Status::Dispatched
                | Status::SmokeGateStarted
                | Status::SmokeGatePassed
                | Status::FreezeCheckStarted
                | Status::FreezeCheckPassed
                | Status::Building
                | Status::Deploying,
            ) => Self::Moving,
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Moving => "moving",
            Self::Good => "good",
            Self::Bad => "bad",
            Self::Stopped => "stopped",
            Self::Late => "late",
            Self::Unknown => "unknown",
        }
    }

    const fn icon(self) -> Icon {
        match self {
            Self::Moving => Icon::Turning,
            Self::Good => Icon::Tick,
            Self::Bad => Icon::Cross,
            Self::Stopped => Icon::Stop,
            Self::Late => Icon::Clock,
            Self::Unknown => Icon::Question,
        }
    }
}

/// Where the deploy stands, as one sentence without a full stop.
#[must_use]
pub fn words(deploy: &Deploy) -> String {
    match &deploy.status {
        Recorded::Unknown(status) => {
            format!("Unknown status “{}” — recorded by a newer console", plain(status))
        }
        Recorded::Known(Status::Dispatched) if deploy.origin.is_github() => {
            "Runs on GitHub — followed by its record".to_owned()
        }
        Recorded::Known(Status::Dispatched) if deploy.github_run_id.is_none() => {
            "Dispatched — waiting for run…".to_owned()
        }
        Recorded::Known(Status::Failed) if deploy.run_state == Some(RunState::Superseded) => {
            "Superseded — a newer run took its place".to_owned()
        }
        Recorded::Known(Status::Failed) if was_stopped(deploy) => {
            ended("Cancelled", deploy, StepState::Failed)
        }
        Recorded::Known(Status::Failed) => ended("Failed", deploy, StepState::Failed),
        Recorded::Known(Status::TimedOut) => ended("Timed out", deploy, StepState::Stalled),
        Recorded::Known(status) => standing(*status).to_owned(),
    }
}

/// Whether GitHub says that the run did not fail by itself.
fn was_stopped(deploy: &Deploy) -> bool {
    deploy.run_state.is_some_and(|state| [RunState::Cancelled, RunState::Superseded].contains(&state))
}

const fn standing(status: Status) -> &'static str {
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

fn ended(how: &str, deploy: &Deploy, state: StepState) -> String {
    let place = deploy.steps.iter().find(|step| step.state == state).map(|step| place(step.key));
    match place {
        Some(place) => format!("{how} {place}"),
        None if !was_dispatched(deploy) => format!("{how} — GitHub did not start a run"),
        None => how.to_owned(),
    }
}

const fn place(key: StepKey) -> &'static str {
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
pub fn reached(status: &Recorded) -> String {
    let phrase = match status {
        Recorded::Unknown(status) => return format!("Unknown status “{}”", plain(status)),
        Recorded::Known(Status::Requested) => "Requested",
        Recorded::Known(Status::Dispatched) => "Accepted by GitHub",
        Recorded::Known(Status::SmokeGateStarted) => "Smoke gate started",
        Recorded::Known(Status::SmokeGatePassed) => "Smoke gate passed",
        Recorded::Known(Status::FreezeCheckStarted) => "Freeze check started",
        Recorded::Known(Status::FreezeCheckPassed) => "Freeze check passed",
        Recorded::Known(Status::Building) => "Deploy started",
        Recorded::Known(Status::Deploying) => "Rolled out, health check started",
        Recorded::Known(Status::Succeeded) => "Deployed",
        Recorded::Known(Status::Failed) => "Failed",
        Recorded::Known(Status::TimedOut) => "Timed out",
    };
    phrase.to_owned()
}

/// The name of a status in a list to choose from.
#[must_use]
pub const fn name(status: Status) -> &'static str {
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

/// The status of a deploy that may still move.
#[component]
pub fn StatusLine(
    /// The deploy.
    deploy: Signal<Deploy>,
) -> impl IntoView {
    let tone = Memo::new(move |_| deploy.with(Tone::of));
    let status = Memo::new(move |_| deploy.with(|deploy| plain(deploy.status.as_str())));
    let words = Memo::new(move |_| deploy.with(words));
    view! {
        <p class="status" data-status=status data-tone=move || tone.get().as_str()>
            <Picture icon=Signal::derive(move || tone.get().icon()) />
            <span class="status__words">{words}</span>
        </p>
    }
}

/// The status of a deploy in a list.
#[component]
pub fn StatusBadge(
    /// The deploy.
    deploy: Deploy,
) -> impl IntoView {
    let tone = Tone::of(&deploy);
    view! {
        <span class="status status--badge" data-tone=tone.as_str()>
            <Picture icon=tone.icon() />
            <span class="status__words">{words(&deploy)}</span>
        </span>
    }
}
