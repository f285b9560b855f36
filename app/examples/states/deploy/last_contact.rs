//! The two clocks of a deploy.

use app::{
    api::{ErrorCode, Problem, UiError},
    domain::{Deploy, Status},
    live::use_deploy::DeploySignals,
    ui::deploy::last_contact::LastContact,
};
use leptos::prelude::*;

use crate::{
    figure::{Figure, Group, Width},
    fixture::{at, reached, signals},
};

pub(crate) fn group() -> Group {
    let building = || reached(Status::Building);
    let problem: UiError = Problem::new(ErrorCode::DatabaseUnavailable).into();
    let figures = vec![
        shown("clocks-served", "As the page was served", building(), None, None),
        shown("clocks-fresh", "Both were heard a moment ago", building(), Some(78), None),
        shown("clocks-no-event", "Nothing came from CI yet", reached(Status::Dispatched), Some(40), None),
        shown("clocks-silent", "Nothing came from CI for long", building(), Some(420), None),
        shown(
            "clocks-reconnecting",
            "The server is not heard",
            building(),
            Some(78),
            Some(UiError::Unreachable),
        ),
        shown(
            "clocks-signed-out",
            "The operator is signed out",
            building(),
            Some(78),
            Some(UiError::SignedOut),
        ),
        shown("clocks-refused", "The server answers with a problem", building(), Some(78), Some(problem)),
        shown("clocks-ended", "The deploy has ended", reached(Status::Succeeded), None, None),
    ];
    Group { title: "Clocks", figures }
}

fn shown(name: &str, caption: &str, deploy: Deploy, now: Option<i64>, error: Option<UiError>) -> Figure {
    Width::Panel.figure(name, caption, || {
        let last_contact = now.map(|now| now - 2);
        let signals = DeploySignals { error: signal(error).0, ..signals(deploy, last_contact) };
        let (now, _) = signal(now.map(at));
        view! { <LastContact signals now /> }
    })
}
