//! The steps on their axis, as on the page of a deploy.

use app::{
    domain::{Deploy, Origin, Status},
    ui::kit::stepper::Stepper,
};
use leptos::prelude::*;

use crate::{
    figure::{Figure, Group, Width},
    fixture::{at, ended, healed, of, reached},
};

pub(crate) fn group() -> Group {
    let figures = vec![
        shown("drawn-steps-live", "Under way, as of when the page was made", reached(Status::Building)),
        shown("drawn-steps-ended", "Ended well", reached(Status::Succeeded)),
        shown("drawn-steps-gaps", "With gaps in which nothing was under way", with_gaps()),
        shown("drawn-steps-open-gap", "Nothing is under way now", reached(Status::SmokeGatePassed)),
        shown("drawn-steps-failed", "Failed", ended(Status::Failed, Status::Building)),
        shown(
            "drawn-steps-stalled",
            "Ended by the deadline",
            ended(Status::TimedOut, Status::SmokeGateStarted),
        ),
        shown("drawn-steps-not-reported", "Steps that were not reported", not_reported()),
        shown(
            "drawn-steps-recorded",
            "Read from GitHub: when it was recorded, not how long it took",
            healed(reached(Status::Succeeded)),
        ),
        shown("drawn-steps-github", "Started on GitHub", on_github()),
    ];
    Group { title: "Steps on their axis", figures }
}

fn shown(name: &str, caption: &str, deploy: Deploy) -> Figure {
    Width::Page.figure(
        name,
        caption,
        || view! { <Stepper deploy=Signal::stored(deploy) drawn_at=Some(at(150)) /> },
    )
}

fn path(path: &[(Status, i64)]) -> Deploy {
    let path: Vec<_> = path.iter().map(|(status, second)| ((*status).into(), *second)).collect();
    of(&path)
}

fn with_gaps() -> Deploy {
    path(&[
        (Status::Requested, 0),
        (Status::Dispatched, 2),
        (Status::SmokeGateStarted, 30),
        (Status::SmokeGatePassed, 70),
        (Status::FreezeCheckStarted, 130),
        (Status::FreezeCheckPassed, 134),
        (Status::Building, 240),
        (Status::Deploying, 330),
        (Status::Succeeded, 360),
    ])
}

fn not_reported() -> Deploy {
    path(&[(Status::Requested, 0), (Status::Dispatched, 2), (Status::Building, 66), (Status::Succeeded, 190)])
}

fn on_github() -> Deploy {
    let origin = Origin::GitHub { event: "push".to_owned(), ended_at: None };
    Deploy { origin, ..healed(reached(Status::Succeeded)) }
}
