//! The whole progress of a deploy.

use app::{
    domain::{Abandonment, Deploy, FailureStage, Gates, Leg, LegReport, RunState, Status, step},
    ui::deploy::progress::DeployProgress,
};
use leptos::prelude::*;

use super::status::{stopped, unknown};
use crate::{
    figure::{Figure, Group, Width, kebab},
    fixture::{ended, failed_in, gated, healed, of, reached, signals},
};

pub(crate) fn group() -> Group {
    let live = [
        shown(
            "progress-requested",
            "Just asked for: its run is not known, so it cannot be cancelled yet",
            reached(Status::Requested),
        ),
        shown("progress-live", "Under way", reached(Status::Building)),
        shown(
            "progress-healed",
            "Under way, with steps that were read from GitHub",
            healed(reached(Status::Building)),
        ),
        shown("progress-not-reported", "An old workflow: its gates were not reported", old_workflow(true)),
        shown("progress-not-required", "An environment without gates", old_workflow(false)),
        shown("progress-legs", "Rolled out in legs", in_legs(reached(Status::Building), Status::Succeeded)),
        shown("progress-unknown", "A status that this build does not know", unknown()),
    ];
    let over = [
        shown("progress-succeeded", "Ended well", reached(Status::Succeeded)),
        shown("progress-timed-out", "Ended by the deadline", ended(Status::TimedOut, Status::Building)),
        shown(
            "progress-leg-failed",
            "One leg failed",
            in_legs(failed_in(FailureStage::Deploy), Status::Failed),
        ),
        shown("progress-abandoned", "Abandoned", abandoned()),
        shown("progress-cancelled", "Cancelled", stopped(RunState::Cancelled, Status::Building)),
    ];
    let failed = FailureStage::ALL
        .map(|stage| shown(&kebab("progress", stage.as_str()), caption(stage), failed_in(stage)));
    Group { title: "Progress", figures: live.into_iter().chain(over).chain(failed).collect() }
}

const fn caption(stage: FailureStage) -> &'static str {
    match stage {
        FailureStage::SmokeGate => "Failed in the smoke gate",
        FailureStage::FreezeCheck => "Failed in the freeze check",
        FailureStage::Deploy => "Failed in the deploy step",
        FailureStage::HealthCheck => "Failed in the health check",
    }
}

fn shown(name: &str, caption: &str, deploy: Deploy) -> Figure {
    Width::Panel.figure(name, caption, || {
        let signals = signals(deploy, None);
        let (_, say) = signal(String::new());
        view! { <div class="panel"><DeployProgress signals known=0 say /></div> }
    })
}

/// Three legs: one is done or failed, one rolled out, and of one nothing was heard.
fn in_legs(deploy: Deploy, first: Status) -> Deploy {
    let said = |index, status, name| {
        let leg = Leg::new(index, 3, Some(name)).ok()?;
        Some(LegReport { leg, status, stage: None, log_line: None, at: deploy.updated_at })
    };
    let heard: Vec<_> =
        [said(0, first, "eu"), said(1, Status::Deploying, "us")].into_iter().flatten().collect();
    Deploy { legs: step::legs(&deploy.status, &heard), ..deploy }
}

fn abandoned() -> Deploy {
    let deploy = ended(Status::Failed, Status::Building);
    let at = deploy.updated_at;
    let reason = "Its run was deleted".to_owned();
    Deploy { abandoned: Some(Abandonment { by: "local operator".to_owned(), at, reason }), ..deploy }
}

/// A workflow that reports no gate, where there are some and where there are none.
fn old_workflow(has_gates: bool) -> Deploy {
    let path = [(Status::Requested, 0), (Status::Dispatched, 2), (Status::Building, 66)];
    let deploy = of(&path.map(|(status, second)| (status.into(), second)));
    gated(deploy, Gates { smoke_gate: has_gates, freeze_check: has_gates })
}
