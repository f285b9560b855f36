//! A deploy under way: its status, its steps, its clocks, its log lines, and the ways to end it early.

use leptos::{
    either::{EitherOf3, EitherOf4},
    prelude::*,
};

use super::{
    abandon::{AbandonDeploy, AbandonedNote},
    approval::{ApprovalNote, ReviewForms},
    cancel::CancelDeploy,
    end_notification::EndNotification,
    last_contact::{LastContact, silence},
    log_lines::LogLines,
    outcome::{OutcomeActions, OutcomePanel},
    run_link::RunLink,
    run_notes::RunNotes,
    run_wait::RunWaitNote,
};
use crate::{
    domain::{Deploy, Timestamp},
    live::{use_deploy::DeploySignals, use_now::use_now},
    text::time::time_of_day,
    ui::{
        freezes::notes::FreezeNote,
        kit::{
            announcement::announce,
            may_not::MayNot,
            status::StatusLine,
            stepper::Stepper,
            time::{Ago, At},
        },
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
    let is_dialog = drawn_at.is_none();
    announce(deploy, known, say);
    view! {
        <div class="progress">
            <div class="progress__head">
                <div class="progress__status">
                    <StatusLine deploy />
                    <StatusAge signals now />
                </div>
                <RunLink deploy />
            </div>
            <Stepper deploy now usual=signals.usual drawn_at />
            <div class="progress__notes">
                <RunNotes signals />
                <RunWaitNote signals />
                <OutcomePanel signals without_actions=is_dialog />
                <AbandonedNote deploy />
                <ApprovalNote deploy />
                <ReviewForms signals />
                <FreezeNote deploy />
            </div>
            <LogLines deploy />
            <LastContact signals now />
            <div class="progress__actions">
                <EndEarly signals />
                {is_dialog.then(|| view! { <OutcomeActions signals /> })}
                <EndNotification signals />
            </div>
        </div>
    }
}

/// Beside the status: how long ago it ended; while it is live, when the status was so where it may have changed since, or
/// for how long CI has been silent.
#[component]
fn StatusAge(signals: DeploySignals, now: ReadSignal<Option<Timestamp>>) -> impl IntoView {
    let ended_at = Memo::new(move |_| signals.deploy.with(|deploy| deploy.finished_at));
    let is_stale = Memo::new(move |_| signals.error.with(Option::is_some));
    let silence = Memo::new(move |_| silence(signals, now.get()));
    let standing =
        Memo::new(move |_| signals.deploy.with(|deploy| deploy.standing_run().filter(|run| !run.moves())));
    move || {
        if let Some(at) = ended_at.get() {
            return Some(EitherOf4::A(view! { <span class="quiet"><Ago at in_words=true /></span> }));
        }
        if is_stale.get() {
            let at = signals.last_contact.get().map_or_else(|| "first".to_owned(), time_of_day);
            let words = format!("as it was at {at}");
            return Some(EitherOf4::B(view! { <strong class="status-age" data-stale="">{words}</strong> }));
        }
        if let Some(standing) = standing.get() {
            let since = view! { <span class="quiet">"since " <At at=standing.read_at /></span> };
            return Some(EitherOf4::D(since));
        }
        let words = format!("silent for {}", silence.get()?);
        Some(EitherOf4::C(view! { <strong class="status-age">{words}</strong> }))
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
            <p class="end-early__hint">
                "Cancel asks GitHub to stop its run. Abandon ends it here, whatever the run does."
            </p>
        }),
    }
}
