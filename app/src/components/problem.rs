//! An error in plain words: what happened, and what it was about.

use leptos::prelude::*;

use super::text::plain;
use crate::api::UiError;

/// Instead of what could not be read.
#[component]
pub fn ErrorNote(
    /// What went wrong.
    error: UiError,
    /// What follows for the reader where the console did not answer.
    #[prop(default = "Nothing was changed. Load the page again to see where things stand.")]
    unanswered: &'static str,
) -> impl IntoView {
    let (title, detail) = match error {
        UiError::Problem(problem) => (problem.title, problem.detail.map(|detail| plain(&detail))),
        UiError::Unreachable => ("The console did not answer.".to_owned(), Some(unanswered.to_owned())),
    };
    view! {
        <div class="note note--bad" role="alert">
            <p class="note__title">{title}</p>
            {detail.map(|detail| view! { <p>{detail}</p> })}
        </div>
    }
}
