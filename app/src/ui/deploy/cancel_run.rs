//! The way to cancel the run of a deploy that has ended here without it. A plain form, which works without scripts; with them
//! it is sent from where one is. It claims nothing: that the run has ended is for GitHub to say.

use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};

use crate::{
    api::UiError,
    live::{
        source::{CancelTarget, use_context_or_default},
        use_deploy::DeploySignals,
    },
    ui::kit::error_note::ErrorNote,
};

const UNANSWERED: &str = "Whether the cancellation was recorded is not known. Asking again does no harm.";

/// How far it has come, on this page.
#[derive(Clone, Debug, Eq, PartialEq)]
enum CancelRunState {
    /// It was not asked for.
    Idle,
    /// The request is in flight.
    Sent,
    /// It did not get through.
    Failed(UiError),
}

/// The form for this run, folded up: the first press opens it, and the second sends it.
#[component]
pub fn CancelRun(
    /// The deploy, and how fresh it is.
    signals: DeploySignals,
    /// Its run, which may go on.
    run: i64,
    /// Whether GitHub was asked since the deploy has ended.
    was_asked: bool,
) -> impl IntoView {
    let state = RwSignal::new(CancelRunState::Idle);
    let target = use_context_or_default::<CancelTarget>();
    let id = signals.deploy.with_untracked(|deploy| deploy.id);
    let is_sent = move || state.with(|state| *state == CancelRunState::Sent);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if is_sent() {
            return;
        }
        state.set(CancelRunState::Sent);
        let answer = target.send(id);
        spawn_local(async move {
            match answer.await {
                Ok(deploy) => {
                    // The dialog may have been closed since.
                    signals.show_newer.try_run(deploy);
                    state.try_set(CancelRunState::Idle);
                }
                Err(error) => drop(state.try_set(CancelRunState::Failed(error))),
            }
        });
    };
    let failed = move || match state.get() {
        CancelRunState::Failed(error) => Some(view! { <ErrorNote error unanswered=UNANSWERED /> }),
        CancelRunState::Idle | CancelRunState::Sent => None,
    };
    let (words, summary) = if was_asked {
        (format!("Cancel run {run} again…"), "button")
    } else {
        (format!("Cancel run {run}…"), "button button--primary")
    };
    view! {
        <details class="abandon">
            <summary class=summary>{words}</summary>
            <form
                class="note note--late form"
                method="post"
                action=format!("/deploys/{id}/cancel")
                aria-label=format!("Cancel run {run}")
                on:submit=submit
            >
                <p>"GitHub is asked to stop it. This deploy keeps its end, and what was rolled out already stays."</p>
                {failed}
                <div class="form__actions">
                    <button
                        type="submit"
                        class="button button--danger"
                        aria-disabled=move || is_sent().then_some("true")
                    >
                        {move || if is_sent() { "Asking GitHub…" } else { "Cancel the run" }}
                    </button>
                </div>
            </form>
        </details>
    }
}
