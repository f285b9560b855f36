//! What a deploy that did not succeed left behind, in one or two sentences.

use super::{
    deploy::{ref_label, ref_text},
    printable::printable,
    status::status_text,
    time::time_of_day,
};
use crate::{
    api::{DeployName, Outcome, VersionCheck},
    domain::{Aftermath, Deploy, Timestamp},
};

/// A deploy by its ref and, where that says more, its commit.
#[must_use]
pub fn name_label(name: &DeployName) -> String {
    ref_label(&name.git_ref, name.commit.as_ref())
}

/// What runs now, as far as that is known; after a success, which says it itself, where that could be promoted.
#[must_use]
pub fn outcome_text(deploy: &Deploy, outcome: &Outcome) -> Option<String> {
    let good = outcome.last_good.as_ref().map(name_label);
    let sentence = match outcome.aftermath {
        Aftermath::Live => {
            let next = outcome.promote_to.as_ref()?;
            return Some(format!(
                "{} is live here, and not in {next}.",
                ref_text(&deploy.git_ref, deploy.commit.as_ref())
            ));
        }
        Aftermath::Untouched => match good {
            Some(good) => format!("Nothing was rolled out: {good} is still live."),
            None => "Nothing was rolled out.".to_owned(),
        },
        Aftermath::RolledOut => {
            let git_ref = ref_text(&deploy.git_ref, deploy.commit.as_ref());
            let legs = of_legs(deploy, " in all its ", "");
            let runs = runs_now(deploy, outcome, good.as_deref());
            format!("{git_ref} was rolled out{legs} and may be serving. {runs}")
        }
        Aftermath::Unclear => {
            let runs = runs_now(deploy, outcome, good.as_deref());
            format!("Whether anything was rolled out is not known. {runs}")
        }
    };
    Some(match run_text(deploy, outcome) {
        Some(of_run) => format!("{sentence} {of_run}"),
        None => sentence,
    })
}

/// What is known of the run of a deploy that ended here without it.
fn run_text(deploy: &Deploy, outcome: &Outcome) -> Option<String> {
    let run = deploy.github_run_id.filter(|_| deploy.ended_without_its_run())?;
    let of_run = if deploy.has_run_ended() {
        "Its run has ended on GitHub."
    } else if outcome.run_reported_end {
        "Its workflow has reported its end since."
    } else if deploy.run_that_may_go_on().is_some() {
        return Some(format!("Run {run} may still go on."));
    } else {
        "GitHub has no record of its run."
    };
    Some(of_run.to_owned())
}

/// The same in few words, behind how it ended: for one line.
#[must_use]
pub fn outcome_words(deploy: &Deploy, outcome: &Outcome) -> String {
    let ended = status_text(deploy);
    let good = outcome.last_good.as_ref().map(|good| ref_text(&good.git_ref, good.commit.as_ref()));
    match (outcome.aftermath, good, &outcome.version) {
        (Aftermath::Live, ..) | (Aftermath::Untouched, None, _) => ended,
        (Aftermath::Untouched, Some(good), _) => format!("{ended} · {good} is live"),
        (
            Aftermath::RolledOut | Aftermath::Unclear,
            _,
            Some(VersionCheck::Differs { answer, .. } | VersionCheck::Answers { answer, .. }),
        ) => format!("{ended} · the app answers {}", printable(answer.get(..7).unwrap_or(answer))),
        (Aftermath::RolledOut | Aftermath::Unclear, Some(good), Some(VersionCheck::Agrees { .. })) => {
            format!("{ended} · the app answers {good}")
        }
        (Aftermath::RolledOut | Aftermath::Unclear, ..) => format!("{ended} · what runs is not known"),
    }
}

/// Some words around the number of its legs; none, if it has none.
fn of_legs(deploy: &Deploy, before: &str, after: &str) -> String {
    match deploy.legs.len() {
        0 => String::new(),
        legs => format!("{before}{legs} legs{after}"),
    }
}

/// That it is not known what runs now, and what the environment itself answered, where it was asked: one machine did.
fn runs_now(deploy: &Deploy, outcome: &Outcome, good: Option<&str>) -> String {
    let answered = |read_at: Timestamp, answer: &str| {
        let was_over = deploy.finished_at.is_some_and(|end| read_at >= end);
        let when = if was_over { "after" } else { "before" };
        format!("At {}, {when} it ended, one request was answered by {answer}", time_of_day(read_at))
    };
    let good_text = match good {
        Some(good) => format!("{good} was the last that was healthy."),
        None => "No earlier deploy is recorded as healthy.".to_owned(),
    };
    let known = match &outcome.version {
        Some(VersionCheck::Agrees { read_at }) => {
            let good = good.unwrap_or("the same as before");
            let answered = answered(*read_at, good);
            format!("{answered}, the last that was healthy. Roll back to make sure that it runs everywhere.")
        }
        Some(VersionCheck::Differs { answer, read_at, .. } | VersionCheck::Answers { answer, read_at }) => {
            let short = printable(answer.get(..7).unwrap_or(answer));
            format!("{}. {good_text}", answered(*read_at, &short))
        }
        Some(VersionCheck::Unreadable { .. }) | None => good_text,
    };
    let legs = of_legs(deploy, " To roll back or to deploy again is for all ", ", the healthy ones too.");
    format!("What runs now is not known. {known}{legs}")
}
