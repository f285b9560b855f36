//! Freezes, in each of their states, and the forms that declare them.

use std::iter::successors;

use app::{
    api::{
        FieldProblem, FreezeDraft, FreezeEffect, FreezePeriod, FreezePreview, FreezeReport, FreezeState,
        freezes::WEEKLY,
    },
    domain::{Day, Freeze, Lifted, Scope, WeekTime, Window},
    ui::freezes::{
        form::{FreezeForm, FreezeForms},
        list::FreezeList,
    },
};
use jiff::civil::time;
use leptos::prelude::*;

use super::{
    figure::{Figure, Group, Width},
    fixture::{at, freeze_id, live},
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
        form("freeze-form", "The forms", FreezeForms::default()),
        form("freeze-form-wrong", "What was typed into one cannot be declared", refused()),
        form("freeze-form-preview", "What it would do", previewed()),
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

fn form(name: &str, caption: &str, forms: FreezeForms) -> Figure {
    let forms = FreezeForms { choices: choices(), time_zones: vec!["Europe/Berlin".to_owned()], ..forms };
    Width::Page.figure(name, caption, || view! { <FreezeForm forms /> })
}

fn typed() -> FreezeDraft {
    let [kind, reason, from_day, from, until_day, until, time_zone] =
        [WEEKLY, "Weekend", "friday", "18:00", "monday", "08:00", "Europe/Berlin"].map(str::to_owned);
    FreezeDraft { kind, reason, from_day, from, until_day, until, time_zone, ..FreezeDraft::default() }
}

fn refused() -> FreezeForms {
    let draft = FreezeDraft { reason: String::new(), time_zone: "Berlin".to_owned(), ..typed() };
    let wrong = [("reason", "Say why."), ("time_zone", "Not a time zone of the IANA database.")];
    let problems = wrong.map(|(field, text)| FieldProblem { field: field.to_owned(), text: text.to_owned() });
    let preview = FreezePreview { problems: problems.into(), effect: None };
    FreezeForms { draft: Some(draft), preview: Some(preview), ..FreezeForms::default() }
}

fn previewed() -> FreezeForms {
    let period = FreezePeriod {
        from: at(0),
        until: at(212_400),
        local_from: "Fri 2026-11-27 18:00 CET".to_owned(),
        local_until: "Mon 2026-11-30 08:00 CET".to_owned(),
    };
    let effect = FreezeEffect {
        periods: vec![period; 5],
        stopped: 12,
        is_more: false,
        days: 30,
        newest: vec![live(); 2],
    };
    let preview = FreezePreview { problems: Vec::new(), effect: Some(effect) };
    FreezeForms { draft: Some(typed()), preview: Some(preview), ..FreezeForms::default() }
}

fn list(name: &str, caption: &str, reports: Vec<FreezeReport>) -> Figure {
    Width::Page.figure(name, caption, || {
        view! { <FreezeList title="Declared" reports nothing="Nothing is frozen, now or later." /> }
    })
}
