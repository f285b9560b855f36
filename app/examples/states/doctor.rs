//! What the doctor found: each result, the summaries, and an app.

use std::iter::successors;

use app::{
    api::{AppChecks, Check, CheckResult, CheckSubject, DoctorReport},
    ui::doctor::{AppSection, ConsoleChecks, DoctorSummary},
};
use leptos::prelude::*;

use super::{
    figure::{Group, Width},
    fixture::at,
};

pub(crate) fn group() -> Group {
    let in_order = report(vec![check(CheckResult::Ok)]);
    let not = report(results().map(check).collect());
    let (console, app) = (results().map(check).collect::<Vec<_>>(), not.apps[0].clone());
    let figures = vec![
        Width::Page.figure("doctor-ready", "Every app is ready", || {
            view! { <DoctorSummary report=in_order /> }
        }),
        Width::Page.figure("doctor-not-ready", "Something is in the way", || {
            view! { <DoctorSummary report=not /> }
        }),
        Width::Page.figure("doctor-results", "Each result", || view! { <ConsoleChecks checks=console /> }),
        Width::Page.figure("doctor-app", "One app alone", || view! { <AppSection app is_alone=true /> }),
    ];
    Group { title: "Doctor", figures }
}

/// Each result once. A new one does not compile before it has its place here.
fn results() -> impl Iterator<Item = CheckResult> {
    successors(Some(CheckResult::Problem), |result| match result {
        CheckResult::Problem => Some(CheckResult::Warning),
        CheckResult::Warning => Some(CheckResult::Unknown),
        CheckResult::Unknown => Some(CheckResult::Ok),
        CheckResult::Ok => None,
    })
}

fn check(result: CheckResult) -> Check {
    let (subject, found, advice) = match result {
        CheckResult::Ok => (CheckSubject::Repository, "The console sees acme/storefront.", None),
        CheckResult::Warning => (
            CheckSubject::RunName,
            "Its run-name names the deploy, but is not “Deploy <ref> to <environment> (…)”.",
            Some("Write: run-name: Deploy ${{ inputs.git_ref }} to ${{ inputs.environment }} (…)"),
        ),
        CheckResult::Problem => (
            CheckSubject::Environments,
            "qa cannot be chosen: its input environment offers production.",
            Some("Add them to the options of the input, or take them out of console.toml."),
        ),
        CheckResult::Unknown => (
            CheckSubject::Secret,
            "Whether there is a secret DEPLOY_CALLBACK_HMAC_SECRET is not known.",
            Some("Look at the repository's settings, under Secrets and variables, Actions."),
        ),
    };
    Check {
        subject,
        result,
        found: found.to_owned(),
        known_by: "the file deploy-console.yml on main".to_owned(),
        advice: advice.map(str::to_owned),
    }
}

fn report(checks: Vec<Check>) -> DoctorReport {
    let app = |name: &str, checks| AppChecks {
        app: name.to_owned(),
        repo: format!("acme/{name}"),
        workflow: "deploy-console.yml".to_owned(),
        git_ref: "main".to_owned(),
        checks,
    };
    let other = app("customer-docs", vec![check(CheckResult::Ok)]);
    DoctorReport { checked_at: at(0), console: Vec::new(), apps: vec![app("storefront", checks), other] }
}
