//! The way to end a deploy by hand. A plain form, which works without scripts; with them it is sent from where one is. And
//! what is to be known afterwards: who did it, why, and what may still run.

use leptos::{either::Either, ev::SubmitEvent, html, prelude::*, task::spawn_local};

use super::run_link::RunLink;
use crate::{
    api::UiError,
    domain::{Abandonment, Deploy, StoredStatus},
    live::{
        source::{AbandonTarget, use_context_or_default},
        use_deploy::DeploySignals,
    },
    text::printable::printable,
    ui::kit::{error_note::ErrorNote, time::At},
};

const UNANSWERED: &str = "Whether the deploy was abandoned is not known. Asking again does no harm.";

/// How far it has come, on this page.
#[derive(Clone, Debug, Eq, PartialEq)]
enum AbandonState {
    /// It was not asked for.
    Idle,
    /// The request is in flight.
    Sent,
    /// It did not get through.
    Failed(UiError),
}

/// The form, while the deploy is live. One in a status of a newer build is for that build to end.
#[component]
pub fn AbandonDeploy(
    /// The deploy, and how fresh it is.
    signals: DeploySignals,
) -> impl IntoView {
    let can_end = Memo::new(move |_| {
        signals.deploy.with(|deploy| deploy.is_live() && matches!(deploy.status, StoredStatus::Known(_)))
    });
    // What was typed stays while the deploy moves.
    move || can_end.get().then(|| view! { <AbandonForm signals /> })
}

#[component]
fn AbandonForm(signals: DeploySignals) -> impl IntoView {
    let state = RwSignal::new(AbandonState::Idle);
    let reason = NodeRef::<html::Input>::new();
    let target = use_context_or_default::<AbandonTarget>();
    let id = signals.deploy.with_untracked(|deploy| deploy.id);
    let is_sent = move || state.with(|state| *state == AbandonState::Sent);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(reason) = reason.get_untracked().map(|input| input.value()).filter(|_| !is_sent()) else {
            return;
        };
        state.set(AbandonState::Sent);
        let answer = target.send(id, reason);
        spawn_local(async move {
            match answer.await {
                // The dialog may have been closed since.
                Ok(deploy) => drop(signals.show_newer.try_run(deploy)),
                Err(error) => drop(state.try_set(AbandonState::Failed(error))),
            }
        });
    };
    let failed = move || match state.get() {
        AbandonState::Failed(error) => Some(view! { <ErrorNote error unanswered=UNANSWERED /> }),
        AbandonState::Idle | AbandonState::Sent => None,
    };
    let is_awaited = Memo::new(move |_| signals.deploy.with(|deploy| deploy.awaited_approval().is_some()));
    let consequences = move || {
        if is_awaited.get() {
            return Either::Left(view! { <p>"Takes the request back. GitHub was not asked for it."</p> });
        }
        Either::Right(view! {
            <p>
                "Ends this deploy here. It does not stop what GitHub still runs; the console asks GitHub to cancel it."
            </p>
            <p>"What may still be running: " <RunLink deploy=signals.deploy.into() /></p>
        })
    };
    view! {
        <details class="abandon">
            <summary class="button button--quiet">"Abandon…"</summary>
            <form
                class="note note--late form"
                method="post"
                action=format!("/deploys/{id}/abandon")
                aria-label="Abandon this deploy"
                on:submit=submit
            >
                {consequences}
                <div class="field">
                    <label for="abandon-reason">"Reason"</label>
                    <input
                        id="abandon-reason"
                        class="input"
                        type="text"
                        name="reason"
                        node_ref=reason
                        required
                        maxlength="500"
                        autocomplete="off"
                    />
                </div>
                {failed}
                <div class="form__actions">
                    <button
                        type="submit"
                        class="button button--danger"
                        aria-disabled=move || is_sent().then_some("true")
                    >
                        {move || if is_sent() { "Abandoning…" } else { "Abandon the deploy" }}
                    </button>
                </div>
            </form>
        </details>
    }
}

/// Who abandoned it, when and why, and whether its run may still go on.
#[component]
pub fn AbandonedNote(deploy: Signal<Deploy>) -> impl IntoView {
    let abandoned = Memo::new(move |_| deploy.with(|deploy| deploy.abandoned.clone()));
    // Of a run that is known, the outcome speaks.
    let goes_on =
        Memo::new(move |_| deploy.with(|deploy| deploy.github_run_id.is_none() && !deploy.lacked_approval()));
    move || {
        abandoned.get().map(|Abandonment { by, at, reason }| {
            let run = move || {
                goes_on.get().then(|| view! { <p>"Its run may still go on: " <RunLink deploy /></p> })
            };
            view! {
                <div class="note note--late abandoned">
                    <p class="note__title">
                        "Abandoned by " {printable(&by)} ", " <At at dated=true /> ": " {printable(&reason)}
                    </p>
                    {run}
                </div>
            }
        })
    }
}
