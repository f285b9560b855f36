//! An error in plain words: what happened, and what it was about.

use leptos::prelude::*;

use crate::{
    api::{ErrorCode, Problem, UiError},
    domain::DeployId,
    request::query::use_query,
    text::printable::printable,
};

/// Instead of what could not be read.
#[component]
pub fn ErrorNote(
    error: UiError,
    /// What follows for the reader where the console did not answer.
    #[prop(default = "Nothing was changed. Load the page again to see where things stand.")]
    unanswered: &'static str,
) -> impl IntoView {
    let (signed_out, not_allowed) = match &error {
        UiError::Problem(problem) => {
            (problem.code == ErrorCode::NotSignedIn, problem.code == ErrorCode::NotAllowed)
        }
        UiError::SignedOut => (true, false),
        UiError::Unreachable => (false, false),
    };
    let (title, detail) = match error {
        UiError::Problem(problem) => {
            let detail = problem.detail.map(|detail| printable(&detail));
            (problem.title, detail.or_else(|| advice(problem.code).map(str::to_owned)))
        }
        UiError::Unreachable => ("The console did not answer.".to_owned(), Some(unanswered.to_owned())),
        UiError::SignedOut => ("You are signed out.".to_owned(), Some("Nothing was changed.".to_owned())),
    };
    view! {
        <div class="note note--bad" role="alert">
            <p class="note__title">{title}</p>
            {detail.map(|detail| view! { <p>{detail}</p> })}
            {signed_out.then(sign_in_link)}
            {not_allowed.then(|| view! { <a href="/me">"What you may, and whom to ask"</a> })}
        </div>
    }
}

/// What follows for the reader. After trouble with the database the console itself does not know what was written: the
/// connection may have been lost at the very end.
fn advice(code: ErrorCode) -> Option<&'static str> {
    const ADVICE: [(ErrorCode, &str); 2] = [
        (ErrorCode::DatabaseUnavailable, "Load the page again to see where things stand."),
        (ErrorCode::RunUnderWay, "Cancel that run from the page of its deploy, or wait until it has ended."),
    ];
    ADVICE.into_iter().find(|(known, _)| *known == code).map(|(_, advice)| advice)
}

/// The way to signing in, in a tab of its own: this one keeps what was typed.
pub fn sign_in_link() -> impl IntoView {
    view! { <a href="/" target="_blank" rel="noopener">"Sign in"</a> }
}

/// What went wrong with the plain form that led back to this page, if something did.
#[component]
pub fn FormErrorNote(
    /// The code, from the address: it may be written by hand, so only a known code is shown.
    problem: Option<String>,
) -> impl IntoView {
    let code = problem.and_then(|text| serde_json::from_value::<ErrorCode>(text.into()).ok());
    code.map(|code| {
        // The address names the deploy whose run goes on.
        let named = (code == ErrorCode::RunUnderWay).then(|| use_query().get("deploy")).flatten();
        let link = named.and_then(|text| text.parse::<DeployId>().ok()).map(|id| {
            view! { <p><a href=format!("/deploys/{id}")>"The deploy of that run: cancel it there"</a></p> }
        });
        view! { <ErrorNote error=Problem::new(code).into() /> {link} }
    })
}
