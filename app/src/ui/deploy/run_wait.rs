//! What the run of a deploy waits for on GitHub: who may review it there, what was said, and what the console itself was asked.

use leptos::{either::Either, prelude::*};

use crate::{
    api::GateAnswer,
    domain::{Deploy, RunState},
    live::use_deploy::DeploySignals,
    text::printable::is_web_address,
};

/// The lines, while there is something to say.
#[component]
pub fn RunWaitNote(
    /// The deploy, and how fresh it is.
    signals: DeploySignals,
) -> impl IntoView {
    let said = move || {
        let said = signals.wait.get().map(|wait| wait.said).unwrap_or_default();
        said.into_iter().map(|line| view! { <p>{line}</p> }).collect_view()
    };
    let run = Memo::new(move |_| signals.deploy.with(waiting_run));
    let awaited = move || {
        let (wait, url) = (signals.wait.get()?, run.get()?);
        let reviewers = wait.reviewers.map(|reviewers| view! { <p>{reviewers} " " {review_link(url)}</p> });
        Some(view! { {wait.gate.map(gate_note)} {reviewers} })
    };
    view! { <div class="run-notes">{said} {awaited}</div> }
}

/// The page of the run, while that waits; empty, where it is no address that a link may lead to.
fn waiting_run(deploy: &Deploy) -> Option<String> {
    let waits = deploy.standing_run().is_some_and(|run| run.state == RunState::AwaitingApproval);
    let url = deploy.github_run_url.clone().filter(|url| is_web_address(url));
    waits.then(|| url.unwrap_or_default())
}

fn review_link(url: String) -> Option<impl IntoView> {
    let is_known = !url.is_empty();
    is_known.then(|| {
        view! { <a href=url target="_blank" rel="noopener noreferrer">"Review it on GitHub"</a> }
    })
}

/// What was decided about GitHub's gate, or what that waits for.
fn gate_note(GateAnswer { label, reason, page, is_open }: GateAnswer) -> impl IntoView {
    let label = format!("GitHub’s gate: {label}");
    let page = view! { <a href=page>"What GitHub asked"</a> };
    if is_open {
        Either::Left(view! {
            <div class="note note--late">
                <p class="note__title">{label}</p>
                <p>{reason} " " {page}</p>
            </div>
        })
    } else {
        Either::Right(view! { <p>{label} ". " {reason} " " {page}</p> })
    }
}
