//! What is on the page of a deploy around its progress.

pub(crate) mod drawn_steps;
pub(crate) mod jobs;
pub(crate) mod last_contact;
pub(crate) mod notes;
pub(crate) mod progress;
pub(crate) mod status;
pub(crate) mod steps;

use std::iter::successors;

use app::{
    api::{Brought, Changes, CommitLine, CommitList, DeployJournal, DeployName, Redeploy, RedeployKind},
    domain::{Commit, Deploy, Origin, Status, TrailEntry},
    ui::deploy::{
        cancel::CancelDeploy,
        deploy_details::DeployDetails,
        log_lines::LogLines,
        next_steps::NextSteps,
        record::{commits::BroughtCommits, journal::Journal},
        run_link::RunLink,
    },
};
use leptos::prelude::*;

use super::{
    figure::{Figure, Group, Width},
    fixture::{at, ended, id, live, reached, signals},
    history::{entry, unreadable},
};

pub(crate) fn group() -> Group {
    let waiting = || reached(Status::Requested);
    let others = [
        run_link("run-link", "The run is known", reached(Status::Building)),
        run_link("run-link-not-yet", "No run is known yet", waiting()),
        run_link(
            "run-link-never",
            "No run is known, and none will be",
            ended(Status::Failed, Status::Requested),
        ),
        log_lines("log-lines", "What the workflow said", reached(Status::Deploying)),
        log_lines("log-lines-not-yet", "The workflow said nothing yet", waiting()),
        log_lines("log-lines-none", "The workflow said nothing", ended(Status::TimedOut, Status::Dispatched)),
        cancel("cancel", "It can be cancelled", reached(Status::Building)),
        cancel("cancel-not-yet", "It cannot be cancelled yet", waiting()),
        next("next-steps", "What to do after a success", live(), redeploys()),
        journal(),
    ];
    Group { title: "A deploy", figures: origins().map(facts).chain(others).chain(brought()).collect() }
}

/// Each origin once. A new one does not compile before it has its place here.
fn origins() -> impl Iterator<Item = Origin> {
    successors(Some(Origin::Request), |origin| match origin {
        Origin::Request => Some(Origin::Rollback { deploy_id: id(), passes_freezes: false }),
        Origin::Rollback { .. } => Some(Origin::Promotion { deploy_id: id() }),
        Origin::Promotion { .. } => Some(Origin::GitHub { event: "push".to_owned(), ended_at: None }),
        Origin::GitHub { .. } => Some(Origin::Rerun { deploy_id: id(), attempt: 2, ended_at: None }),
        Origin::Rerun { .. } => Some(Origin::Unknown),
        Origin::Unknown => None,
    })
}

fn facts(origin: Origin) -> Figure {
    let (name, caption, reason) = match origin {
        Origin::Request => ("facts-request", "Facts of a deploy that was asked for", None),
        Origin::Rollback { .. } => {
            ("facts-rollback", "Facts of a roll-back, with its reason", Some("Prices are wrong"))
        }
        Origin::Promotion { .. } => ("facts-promotion", "Facts of a promotion", None),
        Origin::GitHub { .. } => ("facts-github", "Facts of a run that was started on GitHub", None),
        Origin::Rerun { .. } => ("facts-rerun", "Facts of a run that was run again on GitHub", None),
        Origin::Unknown => ("facts-unknown", "Facts of an origin that this build does not know", None),
    };
    let known = if origin.is_request() { reached(Status::Requested) } else { live() };
    let deploy = Deploy { origin, reason: reason.map(str::to_owned), ..known };
    Width::Page.figure(name, caption, || view! { <DeployDetails deploy /> })
}

fn run_link(name: &str, caption: &str, deploy: Deploy) -> Figure {
    Width::Line.figure(name, caption, || view! { <RunLink deploy=Signal::stored(deploy) /> })
}

fn log_lines(name: &str, caption: &str, deploy: Deploy) -> Figure {
    Width::Panel.figure(name, caption, || view! { <LogLines deploy=Signal::stored(deploy) /> })
}

fn cancel(name: &str, caption: &str, deploy: Deploy) -> Figure {
    Width::Line.figure(name, caption, || view! { <CancelDeploy signals=signals(deploy, None) /> })
}

/// One of each kind, likewise exhaustive.
fn redeploys() -> Vec<Redeploy> {
    let kinds = successors(Some(RedeployKind::Rollback), |kind| match kind {
        RedeployKind::Rollback => Some(RedeployKind::Promotion),
        RedeployKind::Promotion => None,
    });
    kinds
        .zip(["production", "staging"])
        .map(|(kind, name)| Redeploy {
            environment: name.to_owned(),
            kind,
            is_backwards: kind == RedeployKind::Promotion,
            denied: None,
        })
        .collect()
}

fn next(name: &str, caption: &str, deploy: Deploy, redeploys: Vec<Redeploy>) -> Figure {
    Width::Line.figure(name, caption, || view! { <NextSteps deploy=deploy.id redeploys /> })
}

/// What is known of the commits that it brought.
fn brought() -> impl Iterator<Item = Figure> {
    let before = DeployName::from(&reached(Status::Succeeded));
    let line = |commit: Commit, subject: &str| CommitLine {
        commit,
        subject: subject.to_owned(),
        author: Some("ana".to_owned()),
    };
    let commits = |list: &[&str]| {
        let commit = |digit: u32| format!("{digit:040x}").parse().ok();
        let newest = (1..).zip(list).filter_map(|(digit, subject)| Some(line(commit(digit)?, subject)));
        CommitList { total: u32::try_from(list.len()).unwrap_or_default(), newest: newest.collect() }
    };
    let known = Changes::Known {
        brings: commits(&["Round prices to the cent (#512)", "Merge pull request #511 from acme/cart"]),
        takes_back: commits(&["Show prices with tax"]),
        url: "https://github.com/acme/shop/compare/a...b".to_owned(),
    };
    let unknown = Changes::Unknown { why: "GitHub does not know one of the two.".to_owned() };
    let after = |before, changes| Some(Brought { before, changes });
    [
        ("brought", "The commits that it brought", after(Some(before.clone()), Some(known))),
        (
            "brought-unknown",
            "Which commits it brought is not known",
            after(Some(before.clone()), Some(unknown)),
        ),
        ("brought-pending", "GitHub is being asked", after(Some(before), None)),
        ("brought-first", "It is the first", after(None, None)),
    ]
    .map(|(name, caption, brought)| {
        Width::Page.figure(
            name,
            caption,
            || view! { <BroughtCommits deploy=reached(Status::Succeeded) brought /> },
        )
    })
    .into_iter()
}

fn journal() -> Figure {
    let mut entries: Vec<_> = ["console.deploy.dispatch", "console.deploy.callback"]
        .into_iter()
        .zip(1..)
        .map(|(action, sequence)| entry(sequence, action))
        .collect();
    for (entry, second) in entries.iter_mut().zip([0, 9]) {
        entry.at = at(second);
    }
    let mut entries: Vec<_> = entries.into_iter().map(TrailEntry::Readable).collect();
    entries.push(unreadable(6));
    let (id, journal) = (id(), DeployJournal { entries, earlier: 3 });
    Width::Page.figure("journal", "The journal of one deploy", || view! { <Journal id journal /> })
}
