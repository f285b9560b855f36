//! What went wrong, and addresses that lead nowhere.

use std::iter::successors;

use app::{
    api::{ErrorCode, Problem, UiError},
    pages::NotFound,
    ui::kit::error_note::{ErrorNote, FormErrorNote},
};
use leptos::prelude::*;

use super::figure::{Figure, Group, Width};

pub(crate) fn group() -> Group {
    let posted = Width::Panel.figure("problem-posted", "A plain form was refused", || {
        view! { <FormErrorNote problem=Some("deploy_under_way".to_owned()) /> }
    });
    let detailed = Problem::new(ErrorCode::InvalidField).with_detail("There is a space in the ref.");
    let detailed = error("problem-detailed", "A problem, with what it was about", detailed.into());
    Group { title: "Problems", figures: errors().map(of_error).chain([detailed, posted]).collect() }
}

/// Each kind of error once. A new one does not compile before it has its place here.
fn errors() -> impl Iterator<Item = UiError> {
    successors(Some(UiError::Unreachable), |error| match error {
        UiError::Unreachable => Some(Problem::new(ErrorCode::Internal).into()),
        UiError::Problem(_) => Some(UiError::SignedOut),
        UiError::SignedOut => None,
    })
}

fn of_error(it: UiError) -> Figure {
    let (name, caption) = match it {
        UiError::Unreachable => ("problem-unreachable", "The console did not answer"),
        UiError::Problem(_) => ("problem", "The console answered with a problem"),
        UiError::SignedOut => ("problem-signed-out", "What stands in front of the console wants a sign-in"),
    };
    error(name, caption, it)
}

fn error(name: &str, caption: &str, error: UiError) -> Figure {
    Width::Panel.figure(name, caption, || view! { <ErrorNote error /> })
}

pub(crate) fn pages() -> Group {
    let not_found = Width::Page.figure("not-found", "There is nothing here", || view! { <NotFound /> });
    Group { title: "Pages", figures: vec![not_found] }
}
