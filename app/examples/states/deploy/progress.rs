//! The whole progress of a deploy.

use app::{
    domain::{Deploy, FailureStage, Gates, RunState, Status},
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
        shown("progress-unknown", "A status that this build does not know", unknown()),
    ];
    let over = [
        shown("progress-succeeded", "Ended well", reached(Status::Succeeded)),
        shown("progress-timed-out", "Ended by the deadline", ended(Status::TimedOut, Status::Building)),
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

/// A workflow that reports no gate, where there are some and where there are none.
fn old_workflow(has_gates: bool) -> Deploy {
    let path = [(Status::Requested, 0), (Status::Dispatched, 2), (Status::Building, 66)];
    let deploy = of(&path.map(|(status, second)| (status.into(), second)));
    gated(deploy, Gates { smoke_gate: has_gates, freeze_check: has_gates })
}
