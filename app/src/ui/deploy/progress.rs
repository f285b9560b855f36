//! A deploy under way: its status, its steps, its clocks, its log lines, and the ways to end it early.

use leptos::{either::EitherOf3, prelude::*};

use super::{
    abandon::{AbandonDeploy, AbandonedNote},
    approval::{ApprovalNote, ReviewForms},
    cancel::CancelDeploy,
    end_notification::EndNotification,
    last_contact::LastContact,
    log_lines::LogLines,
    outcome::OutcomePanel,
    run_link::RunLink,
    run_notes::RunNotes,
};
use crate::{
    domain::{Deploy, Timestamp},
    live::{use_deploy::DeploySignals, use_now::use_now},
    ui::{
        freezes::notes::FreezeNote,
        kit::{announcement::announce, may_not::MayNot, status::StatusLine, stepper::Stepper, time::Ago},
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
    /// When the page was made, on whose axis the steps are drawn; none in the dialog.
    #[prop(optional_no_strip)]
    drawn_at: Option<Timestamp>,
) -> impl IntoView {
    let deploy: Signal<Deploy> = signals.deploy.into();
    let now = use_now(signals.is_live());
    let ended_at = Memo::new(move |_| deploy.with(|deploy| deploy.finished_at));
    announce(deploy, known, say);
    view! {
        <div class="progress">
            <div class="progress__head">
                <div class="progress__status">
                    <StatusLine deploy />
                    {move || ended_at.get().map(|at| view! { <span class="quiet"><Ago at in_words=true /></span> })}
                </div>
                <RunLink deploy />
            </div>
            <Stepper deploy now usual=signals.usual drawn_at />
            <div class="progress__notes">
                <RunNotes signals />
                <OutcomePanel signals />
                <AbandonedNote deploy />
                <ApprovalNote deploy />
                <ReviewForms signals />
                <FreezeNote deploy />
            </div>
            <LogLines deploy />
            <LastContact signals now />
            <div class="progress__actions">
                <EndEarly signals />
                <EndNotification signals />
            </div>
        </div>
    }
}

/// The ways to end it early; for those who may not, the first of them and why.
#[component]
fn EndEarly(signals: DeploySignals) -> impl IntoView {
    let is_live = signals.is_live();
    move || match (is_live.get(), signals.denied.get()) {
        (false, _) => EitherOf3::A(()),
        (true, Some(reason)) => {
            EitherOf3::B(view! { <MayNot id="may-not-end" label="Cancel or abandon…" reason /> })
        }
        (true, None) => EitherOf3::C(view! {
            <CancelDeploy signals />
            <AbandonDeploy signals />
        }),
    }
}
