//! The stepper: each state of a step, from each source.

use std::iter::successors;

use app::{
    domain::{Deploy, DurationStats, Source, Status, Step, StepKey, StepState, Timestamp},
    ui::kit::stepper::{StepRow, Stepper},
};
use leptos::prelude::*;

use crate::{
    figure::{Figure, Group, Width, kebab},
    fixture::{at, reached, usual},
};

pub(crate) fn group() -> Group {
    let figures = states().map(of_state).chain([
        under_way("step-usual", "In progress, with what is usual", 72),
        under_way("step-long", "Longer than 9 in 10 took", 190),
        rows(),
    ]);
    Group { title: "Steps", figures: figures.collect() }
}

/// Each state once. A new one does not compile before it has its place here.
fn states() -> impl Iterator<Item = StepState> {
    successors(Some(StepState::Pending), |state| match state {
        StepState::Pending => Some(StepState::Active),
        StepState::Active => Some(StepState::Done),
        StepState::Done => Some(StepState::Failed),
        StepState::Failed => Some(StepState::Stalled),
        StepState::Stalled => Some(StepState::NotReached),
        StepState::NotReached => Some(StepState::NotRequired),
        StepState::NotRequired => Some(StepState::NotReported),
        StepState::NotReported => Some(StepState::Unknown),
        StepState::Unknown => None,
    })
}

/// Each source once, likewise, and at last none.
fn sources() -> impl Iterator<Item = Option<Source>> {
    let sources = successors(Some(Source::Callback), |source| match source {
        Source::Callback => Some(Source::Reconciler),
        Source::Reconciler => Some(Source::Console),
        Source::Console => None,
    });
    sources.map(Some).chain([None])
}

/// Four steps in this state, each from another source.
fn of_state(state: StepState) -> Figure {
    let caption = match state {
        StepState::Pending => "Pending: nothing is known yet",
        StepState::Active => "In progress, by each source and by none",
        StepState::Done => "Done, by each source and by none",
        StepState::Failed => "Failed, by each source and by none",
        StepState::Stalled => "Stalled: the deadline passed in it, by each source and by none",
        StepState::NotReached => "Not reached: the deploy ended before it",
        StepState::NotRequired => "Not required: the environment has no such gate",
        StepState::NotReported => "Not reported: a later step did, this one never",
        StepState::Unknown => "Unknown: recorded by a newer console",
    };
    let steps = StepKey::ALL.into_iter().zip(sources()).map(|(key, source)| step(key, state, source));
    let deploy = Deploy { steps: steps.collect(), ..reached(Status::Building) };
    Width::Panel.figure(kebab("step", state.as_str()), caption, || {
        view! { <Stepper deploy=Signal::stored(deploy) /> }
    })
}

fn step(key: StepKey, state: StepState, source: Option<Source>) -> Step {
    let (began, ended) = match state {
        StepState::Active => (Some(at(66)), None),
        StepState::Done | StepState::Failed | StepState::Stalled => (Some(at(66)), Some(at(190))),
        StepState::Pending
        | StepState::NotReached
        | StepState::NotRequired
        | StepState::NotReported
        | StepState::Unknown => (None, None),
    };
    let source = source.filter(|_| began.is_some());
    let evidence = source.map(|source| match source {
        Source::Callback => "msg_0066",
        Source::Reconciler => "job 88213",
        Source::Console => "202",
    });
    Step {
        key,
        state,
        began_at: began,
        ended_at: ended,
        source,
        evidence: evidence.map(str::to_owned),
        proved_by: None,
    }
}

/// A deploy step that has been under way for this many seconds.
fn under_way(name: &str, caption: &str, seconds: i64) -> Figure {
    Width::Panel.figure(name, caption, || {
        let deploy = Signal::stored(reached(Status::Building));
        let now: Signal<Option<Timestamp>> = Signal::stored(Some(at(66 + seconds)));
        let usual: Signal<Vec<DurationStats>> = Signal::stored(usual());
        view! { <Stepper deploy now usual /> }
    })
}

/// The small form, in each state.
fn rows() -> Figure {
    let steps: Vec<_> = StepKey::ALL.into_iter().cycle().zip(states()).collect();
    let row = |steps: &[(StepKey, StepState)]| {
        let steps = steps.iter().map(|(key, state)| step(*key, *state, None)).collect();
        let deploy = Deploy { steps, ..reached(Status::Building) };
        view! { <StepRow deploy /> }
    };
    Width::Line.figure("step-row", "As a row of icons, in each state", || {
        steps.chunks(StepKey::ALL.len()).map(row).collect_view()
    })
}
