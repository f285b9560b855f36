//! How a line of the report is made, and what is the same for every question to GitHub.

use app::api::{Check, CheckResult, CheckSubject};
use github::{LookError, ReadError};

/// What GitHub answered.
pub(super) type Looked<T> = Result<T, LookError>;

pub(super) fn ok(subject: CheckSubject, found: impl Into<String>, known_by: impl Into<String>) -> Check {
    check(subject, CheckResult::Ok, found, known_by, None)
}

pub(super) fn warning(
    subject: CheckSubject,
    found: impl Into<String>,
    known_by: impl Into<String>,
    advice: impl Into<String>,
) -> Check {
    check(subject, CheckResult::Warning, found, known_by, Some(advice.into()))
}

pub(super) fn problem(
    subject: CheckSubject,
    found: impl Into<String>,
    known_by: impl Into<String>,
    advice: impl Into<String>,
) -> Check {
    check(subject, CheckResult::Problem, found, known_by, Some(advice.into()))
}

pub(super) fn unknown(
    subject: CheckSubject,
    found: impl Into<String>,
    known_by: impl Into<String>,
    advice: impl Into<String>,
) -> Check {
    check(subject, CheckResult::Unknown, found, known_by, Some(advice.into()))
}

fn check(
    subject: CheckSubject,
    result: CheckResult,
    found: impl Into<String>,
    known_by: impl Into<String>,
    advice: Option<String>,
) -> Check {
    Check { subject, result, found: found.into(), known_by: known_by.into(), advice }
}

/// What depends on something that is not known itself.
pub(super) fn depends_on(subject: CheckSubject, other: CheckSubject) -> Check {
    unknown(
        subject,
        "Not known.",
        format!("It depends on what is said under “{}”.", other.label()),
        "See there first, and check again.",
    )
}

/// A refusal that has nothing to do with what was asked for: the token is not accepted, the repository has moved, or
/// GitHub gave no answer. A 403 or 404 means something else for each question, and is left to it.
pub(super) fn in_general(subject: CheckSubject, error: &LookError, known_by: &str) -> Option<Check> {
    match error {
        LookError::TokenRefused => {
            let advice = "Renew GITHUB_TOKEN, or look at the App's page at GitHub; and restart.";
            Some(problem(subject, sentence(&error.to_string()), known_by, advice))
        }
        LookError::Moved(moved) => Some(problem(
            subject,
            sentence(moved),
            known_by,
            "Change repo in console.toml, and restart: GitHub starts nothing under the old name.",
        )),
        LookError::Unread(ReadError::NotLetIn(why)) => {
            let advice = "See docs/operating/github-app.md, under “What goes wrong”.";
            Some(problem(subject, sentence(why), known_by, advice))
        }
        LookError::Unread(error) => {
            Some(unknown(subject, format!("Not known: {error}."), known_by, "Check again later."))
        }
        LookError::Forbidden { .. } | LookError::NotFound => None,
    }
}

/// What a 403 says: GitHub's words, and the permission that it names.
pub(super) fn refusal(error: &LookError) -> String {
    match error {
        LookError::Forbidden { words, needs } => {
            let words = words.as_ref().map(|words| format!(" It says: “{words}”.")).unwrap_or_default();
            let needs = needs.as_ref().map(|needs| format!(" It names the permission {needs}."));
            format!("{error}.{words}{}", needs.unwrap_or_default())
        }
        LookError::TokenRefused | LookError::NotFound | LookError::Moved(_) | LookError::Unread(_) => {
            format!("{error}.")
        }
    }
}

/// With a capital letter and a full stop.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| format!("{}{}.", first.to_uppercase(), letters.as_str()))
}

/// Names in a sentence.
pub(super) fn list<T: AsRef<str>>(names: &[T]) -> String {
    let names: Vec<_> = names.iter().map(AsRef::as_ref).collect();
    match names.as_slice() {
        [] => "none".to_owned(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
