//! What the operator reads of a submission: what happened, since when, and what can be done.

use leptos::prelude::*;

use super::FormState;
use crate::{
    api::{ErrorCode, Problem},
    domain::{DeployId, RunRef, Timestamp},
    live::submission::{RetryState, SubmissionState},
    text::{
        freeze::freeze_text,
        printable::{is_web_address, printable},
        time::{date_and_time, time_of_day},
    },
    ui::{deploy_form::form_field::FormField, kit::error_note::sign_in_link},
};

const RETRY: &str = "“Retry” sends the same request with the same key: it cannot deploy twice.";
const FORGET: &str = "“Forget it” sends nothing. If the deploy was recorded, it shows on the board.";

struct OutcomeNote {
    class: &'static str,
    title: String,
    lines: Vec<String>,
    /// The deploy that is in the way.
    watch: Option<DeployId>,
    /// The run that is in the way.
    run: Option<RunRef>,
    signed_out: bool,
}

impl OutcomeNote {
    fn of(submission: &SubmissionState) -> Option<Self> {
        match submission {
            SubmissionState::Idle | SubmissionState::Sent => None,
            SubmissionState::Refused(problem) => Some(Self::problem(problem, &["Nothing was deployed."])),
            SubmissionState::Failed(problem) => Some(Self::problem(problem, &[RETRY, FORGET])),
            SubmissionState::Unanswered { pressed_at, retry } => Some(Self::unanswered(*pressed_at, *retry)),
        }
    }

    /// What the console said, and what follows from it.
    fn problem(problem: &Problem, consequences: &[&str]) -> Self {
        // What is about one field stands beneath it.
        let is_general = FormField::refused(problem).is_none() && problem.code != ErrorCode::InvalidInput;
        let detail = problem.detail.as_deref().filter(|_| is_general).map(printable);
        let freezes = problem.frozen.iter().flat_map(|frozen| &frozen.holds).map(freeze_text);
        Self {
            class: "note note--bad",
            title: problem.title.clone(),
            lines: detail
                .into_iter()
                .chain(freezes)
                .chain(consequences.iter().map(|line| (*line).to_owned()))
                .collect(),
            watch: problem.active_deploy_id,
            run: problem.run.clone().filter(|run| is_web_address(&run.url)),
            signed_out: false,
        }
    }

    fn unanswered(pressed_at: Timestamp, retry: RetryState) -> Self {
        let (title, lines) = match retry {
            RetryState::Retrying => (
                "The console did not answer.",
                vec![
                    format!("Pressed at {}. Trying again for up to a minute.", time_of_day(pressed_at)),
                    "It is the same request with the same key: it cannot deploy twice.".to_owned(),
                ],
            ),
            RetryState::GaveUp => Self::unknown_outcome(format!(
                "Pressed at {}. The console did not answer, and trying again has stopped.",
                time_of_day(pressed_at)
            )),
            RetryState::Interrupted => Self::unknown_outcome(format!(
                "Pressed at {}. The page was reloaded, or this dialog closed, before an answer came.",
                date_and_time(pressed_at)
            )),
            RetryState::SignedOut => (
                "You are signed out.",
                vec![
                    format!(
                        "Pressed at {}. Sign in in another tab, then come back here.",
                        time_of_day(pressed_at)
                    ),
                    RETRY.to_owned(),
                    FORGET.to_owned(),
                ],
            ),
        };
        let signed_out = retry == RetryState::SignedOut;
        Self { class: "note note--late", title: title.to_owned(), lines, watch: None, run: None, signed_out }
    }

    /// Nothing is sent by itself any more: what that leaves to choose from.
    fn unknown_outcome(happened: String) -> (&'static str, Vec<String>) {
        let title = "Whether this deploy was recorded is not known yet.";
        (title, vec![happened, RETRY.to_owned(), FORGET.to_owned()])
    }
}

pub(super) fn outcome_note(form: FormState, watch: Callback<DeployId>) -> impl IntoView {
    let note = move |OutcomeNote { class, title, lines, watch: in_the_way, run, signed_out }| {
        let lines = lines.into_iter().map(|line| view! { <p>{line}</p> }).collect_view();
        let link = run.map(|RunRef { id, url }| {
            view! { <p><a href=url target="_blank" rel="noopener noreferrer">{format!("Run {id} on GitHub")}</a></p> }
        });
        let button = in_the_way.map(|id| {
            view! {
                <button type="button" class="button" on:click=move |_| watch.run(id)>"Watch that deploy"</button>
            }
        });
        view! { <div class=class><p class="note__title">{title}</p>{lines}{link}{button}{signed_out.then(sign_in_link)}</div> }
    };
    let content = move || form.submission.with(OutcomeNote::of).map(note);
    view! { <div id="deploy-problem" class="form__outcome" role="alert">{content}</div> }
}
