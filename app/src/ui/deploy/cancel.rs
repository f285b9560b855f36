//! The button that ends a deploy early. It asks for confirmation before it asks GitHub, and claims nothing: the
//! deploy ends when GitHub says so.

use leptos::{either::EitherOf3, html, prelude::*, task::spawn_local};

use crate::{
    api::UiError,
    domain::{CannotCancel, Deploy, RunState, StandingRun},
    live::{
        source::{CancelTarget, use_context_or_default},
        use_deploy::DeploySignals,
    },
    ui::kit::error_note::ErrorNote,
};

const UNANSWERED: &str = "Whether the cancellation was recorded is not known. Asking again does no harm.";

/// How far a cancellation has come, on this page.
#[derive(Clone, Debug, Eq, PartialEq)]
enum CancelButtonState {
    /// None was asked for, or it was recorded and is among the notes.
    Idle,
    /// The button was pressed once.
    Confirming,
    /// The request is in flight.
    Sent,
    /// It did not get through.
    Failed(UiError),
}

/// The button, while the deploy is live.
#[component]
pub fn CancelDeploy(
    /// The deploy, and how fresh it is.
    signals: DeploySignals,
) -> impl IntoView {
    let state = RwSignal::new(CancelButtonState::Idle);
    let target = use_context_or_default::<CancelTarget>();
    let cannot_cancel = Memo::new(move |_| signals.deploy.with(Deploy::cannot_cancel));
    let is_gone = Memo::new(move |_| {
        let is_missing = |run: StandingRun| run.state == RunState::Missing;
        signals.deploy.with(|deploy| deploy.standing_run().is_some_and(is_missing))
    });
    // Before it is approved there is no run, and nothing that GitHub could cancel.
    let is_awaited = Memo::new(move |_| signals.deploy.with(|deploy| deploy.awaited_approval().is_some()));
    let confirm = Callback::new(move |()| {
        state.set(CancelButtonState::Sent);
        let answer = target.send(signals.deploy.with_untracked(|deploy| deploy.id));
        spawn_local(async move {
            let next = match answer.await {
                Ok(deploy) => {
                    // The dialog may have been closed since.
                    signals.show_newer.try_run(deploy);
                    CancelButtonState::Idle
                }
                Err(error) => CancelButtonState::Failed(error),
            };
            state.try_set(next);
        });
    });
    move || {
        (cannot_cancel.get() != Some(CannotCancel::Ended) && !is_awaited.get()).then(|| match state.get() {
            CancelButtonState::Idle => EitherOf3::A(view! { <CancelButton state cannot_cancel is_gone /> }),
            CancelButtonState::Confirming | CancelButtonState::Sent => {
                EitherOf3::B(view! { <ConfirmCancel state confirm /> })
            }
            CancelButtonState::Failed(error) => EitherOf3::C(view! {
                <ErrorNote error unanswered=UNANSWERED />
                <CancelButton state cannot_cancel is_gone />
            }),
        })
    }
}

#[component]
fn CancelButton(
    state: RwSignal<CancelButtonState>,
    cannot_cancel: Memo<Option<CannotCancel>>,
    /// Whether GitHub has no record of the run any more.
    is_gone: Memo<bool>,
) -> impl IntoView {
    let disabled = move || cannot_cancel.get().is_some() || is_gone.get();
    let press = move |_| {
        if !disabled() {
            state.set(CancelButtonState::Confirming);
        }
    };
    let reason = move || {
        let words = if is_gone.get() {
            "Its run is gone from GitHub."
        } else {
            "Not yet: its run on GitHub is not known."
        };
        disabled().then(|| view! { <span class="cancel__hint" id="cancel-hint">{words}</span> })
    };
    view! {
        <div class="cancel">
            <button
                type="button"
                class="button button--quiet"
                aria-disabled=move || disabled().then_some("true")
                aria-describedby=move || disabled().then_some("cancel-hint")
                on:click=press
            >
                "Cancel deploy…"
            </button>
            {reason}
        </div>
    }
}

#[component]
fn ConfirmCancel(state: RwSignal<CancelButtonState>, confirm: Callback<()>) -> impl IntoView {
    let is_sent = move || state.with(|state| *state == CancelButtonState::Sent);
    let keep = NodeRef::<html::Button>::new();
    // The safe answer has the focus, and the keyboard does not fall out of the dialog.
    keep.on_load(|button| drop(button.focus()));
    let press = move |_| {
        if !is_sent() {
            confirm.run(());
        }
    };
    view! {
        <div class="note note--late" role="group" aria-label="Cancel this deploy?">
            <p class="note__title">"Cancel this deploy?"</p>
            <p>"GitHub is asked to stop its run. What was rolled out already stays."</p>
            <div class="cancel__choice">
                <button type="button" class="button" node_ref=keep on:click=move |_| state.set(CancelButtonState::Idle)>
                    "Keep it running"
                </button>
                <button
                    type="button"
                    class="button button--danger"
                    aria-disabled=move || is_sent().then_some("true")
                    on:click=press
                >
                    {move || if is_sent() { "Asking GitHub…" } else { "Cancel the run" }}
                </button>
            </div>
        </div>
    }
}
