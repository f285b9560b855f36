//! A deploy under way: its status, its steps, its clocks, its log lines, and the ways to end it early.

use leptos::prelude::*;

use super::{
    abandon::{AbandonDeploy, AbandonedNote},
    cancel::CancelDeploy,
    end_notification::EndNotification,
    last_contact::LastContact,
    log_lines::LogLines,
    run_link::RunLink,
    run_notes::RunNotes,
};
use crate::{
    domain::Deploy,
    live::{use_deploy::DeploySignals, use_now::use_now},
    ui::{
        freezes::notes::FreezeNote,
        kit::{announcement::announce, status::StatusLine, stepper::Stepper},
    },
};

/// Shows the deploy and announces what happens to it.
#[component]
pub fn DeployProgress(
    /// The deploy, and how fresh it is.
    signals: DeploySignals,
    /// How many of its transitions were announced already.
    known: usize,
    /// Where transitions are announced.
    say: WriteSignal<String>,
) -> impl IntoView {
    let deploy: Signal<Deploy> = signals.deploy.into();
    let now = use_now(signals.is_live());
    announce(deploy, known, say);
    view! {
        <div class="progress">
            <div class="progress__head">
                <StatusLine deploy />
                <RunLink deploy />
            </div>
            <AbandonedNote deploy />
            <RunNotes signals />
            <FreezeNote deploy />
            <Stepper deploy now usual=signals.usual />
            <LastContact signals now />
            <LogLines deploy />
            <div class="progress__actions">
                <CancelDeploy signals />
                <AbandonDeploy signals />
                <EndNotification signals />
            </div>
        </div>
    }
}
