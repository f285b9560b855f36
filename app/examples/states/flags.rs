//! Flags, each with its value and why.

use std::iter::successors;

use app::{
    api::{FlagOrigin, FlagReport, FlagSetting, Observed},
    domain::{Flag, Stage},
    ui::flags::FlagTable,
};
use leptos::prelude::*;

use super::{
    figure::{Figure, Group, Width},
    fixture::at,
};

pub(crate) fn group() -> Group {
    Group { title: "Flags", figures: stages().map(of_stage).collect() }
}

/// Each stage once. A new one does not compile before it has its place here.
fn stages() -> impl Iterator<Item = Stage> {
    successors(Some(Stage::Dark), |stage| match stage {
        Stage::Dark => Some(Stage::Flag),
        Stage::Flag => Some(Stage::Beta),
        Stage::Beta => Some(Stage::Ga),
        Stage::Ga => None,
    })
}

/// Each origin once, likewise.
fn origins() -> impl Iterator<Item = FlagOrigin> {
    successors(Some(FlagOrigin::Default), |origin| match origin {
        FlagOrigin::Default => Some(FlagOrigin::Promotion { by: "operator".to_owned(), at: at(0) }),
        FlagOrigin::Promotion { .. } => Some(FlagOrigin::Variable),
        FlagOrigin::Variable => None,
    })
}

fn of_stage(stage: Stage) -> Figure {
    let (name, caption, origins) = match stage {
        Stage::Dark => ("flag-dark", "Dark: off everywhere", origins().take(1).collect::<Vec<_>>()),
        Stage::Flag => ("flag", "Behind the flag: off, promoted, set by a variable", origins().collect()),
        Stage::Beta => ("flag-beta", "Beta: on in one environment", origins().take(2).collect()),
        Stage::Ga => ("flag-ga", "Generally available", origins().take(1).collect()),
    };
    let default = match stage {
        Stage::Ga => true,
        Stage::Dark | Stage::Flag | Stage::Beta => false,
    };
    let setting = |(origin, environment): (FlagOrigin, &str)| {
        let is_on = default || origin != FlagOrigin::Default;
        let is_since = matches!(origin, FlagOrigin::Promotion { .. });
        FlagSetting {
            environment: environment.to_owned(),
            is_on,
            observed: is_on.then_some(Observed { shown: 3, ended: 7, is_capped: false, is_since }),
            unable: if is_since { vec!["storefront".to_owned()] } else { Vec::new() },
            asks_to_confirm: !is_on && stage == Stage::Flag,
            denied: None,
            origin,
        }
    };
    let report = FlagReport {
        flag: Flag::ConsoleDeployPhaseCallbacks,
        does: "Workflows report their gates.".to_owned(),
        stage,
        default,
        settings: origins.into_iter().zip(["production", "staging", "preview"]).map(setting).collect(),
    };
    Width::Page.figure(name, caption, || view! { <FlagTable report /> })
}
