//! Freezes, in each of their states, and the forms that declare them.

use std::iter::successors;

use app::{
    api::{FreezeReport, FreezeState},
    domain::{Day, Freeze, Lifted, Scope, WeekTime, Window},
    ui::freezes::{form::FreezeForm, list::FreezeList},
};
use jiff::civil::time;
use leptos::prelude::*;

use super::{
    figure::{Figure, Group, Width},
    fixture::{at, freeze_id},
    history::choices,
};

pub(crate) fn group() -> Group {
    let kinds = windows().map(|window| {
        let (scope, reason) = what_for(&window);
        report(scope, window, reason, FreezeState::Waiting)
    });
    let standing = states().map(|state| {
        let scope = Scope { app: Some("storefront".to_owned()), environment: Some("production".to_owned()) };
        let (reason, window) = standing(state);
        report(scope, window, reason, state)
    });
    let figures = vec![
        list("freezes-none", "None is declared", Vec::new()),
        list("freezes-windows", "Each kind of window, and what it can be for", kinds.collect()),
        list("freezes-states", "In force, waiting, over", standing.collect()),
        list("freezes-lifted", "Lifted by hand", vec![lifted()]),
        Width::Page.figure("freeze-form", "The forms", || view! { <FreezeForm choices=choices() /> }),
    ];
    Group { title: "Freezes", figures }
}

/// Each kind of window once. A new one does not compile before it has its place here.
fn windows() -> impl Iterator<Item = Window> {
    successors(Some(Window::UntilLifted), |window| match window {
        Window::UntilLifted => Some(Window::Once { from: at(86_400), until: at(172_800) }),
        Window::Once { .. } => Some(weekend()),
        Window::Weekly { .. } => Some(Window::Unknown),
        Window::Unknown => None,
    })
}

/// Each state once, likewise.
fn states() -> impl Iterator<Item = FreezeState> {
    successors(Some(FreezeState::InForce { until: Some(at(86_400)) }), |state| match state {
        FreezeState::InForce { until: Some(_) } => Some(FreezeState::InForce { until: None }),
        FreezeState::InForce { until: None } => Some(FreezeState::Waiting),
        FreezeState::Waiting => Some(FreezeState::Over),
        FreezeState::Over => None,
    })
}

/// A freeze in this state: its reason and its window.
fn standing(state: FreezeState) -> (&'static str, Window) {
    match state {
        FreezeState::InForce { until: Some(until) } => ("Stocktaking", Window::Once { from: at(0), until }),
        FreezeState::InForce { until: None } => ("Moving the database", Window::UntilLifted),
        FreezeState::Waiting => ("Weekend", weekend()),
        FreezeState::Over => ("Launch", Window::Once { from: at(-90_000), until: at(-60) }),
    }
}

/// From Friday evening to Monday morning.
fn weekend() -> Window {
    Window::Weekly {
        from: WeekTime { day: Day::Friday, at: time(18, 0, 0, 0) },
        until: WeekTime { day: Day::Monday, at: time(8, 0, 0, 0) },
        time_zone: "Europe/Berlin".to_owned(),
    }
}

fn what_for(window: &Window) -> (Scope, &'static str) {
    let scope = |app: Option<&str>, environment: Option<&str>| Scope {
        app: app.map(str::to_owned),
        environment: environment.map(str::to_owned),
    };
    match window {
        Window::UntilLifted => (scope(None, None), "Moving the database"),
        Window::Once { .. } => (scope(Some("storefront"), None), "Stocktaking"),
        Window::Weekly { .. } => (scope(None, Some("production")), "Weekend"),
        Window::Unknown => (scope(Some("billing-api"), Some("staging")), "Declared by a newer console"),
    }
}

fn report(scope: Scope, window: Window, reason: &str, state: FreezeState) -> FreezeReport {
    let freeze = Freeze {
        id: freeze_id(),
        scope,
        window,
        reason: reason.to_owned(),
        declared_by: "operator".to_owned(),
        declared_at: at(-3_600),
        lifted: None,
    };
    FreezeReport { freeze, state, denied: None }
}

fn lifted() -> FreezeReport {
    let mut report = report(Scope::default(), Window::UntilLifted, "Moving the database", FreezeState::Over);
    report.freeze.lifted = Some(Lifted { by: "operator".to_owned(), at: at(0) });
    report
}

fn list(name: &str, caption: &str, reports: Vec<FreezeReport>) -> Figure {
    Width::Page.figure(name, caption, || {
        view! { <FreezeList title="Declared" reports nothing="Nothing is frozen, now or later." /> }
    })
}
